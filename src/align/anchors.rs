//! Pairs of a local time and the UTC at which the same thing happened.

use super::compare;
use super::keys::Exact;
use super::units::Units;
use crate::evidence::{Fold, HOUR, MINUTE, Span, Store};
use crate::smtp::trailer;
use crate::source::Source;
use std::collections::BTreeMap;

/// Local times can not be further from UTC than this (+14 hours, and the way of the mail).
const FARTHEST: i64 = 14 * HOUR + HOUR / 4;
/// More anchors than this add nothing.
const ENOUGH: usize = 5000;

/// A local time and its UTC.
#[derive(Clone, Copy, Debug)]
pub struct Anchor {
    /// On the source's clock.
    pub local: Span,
    /// In UTC.
    pub utc: Span,
    /// Reading that the source itself shows.
    pub fold: Fold,
}

/// Anchors of each source, by index. Sources that state UTC need none.
pub fn collect(store: &Store, sources: &[Source], units: &Units, exact: &Exact) -> Vec<Vec<Anchor>> {
    let mut out: Vec<Vec<Anchor>> = vec![Vec::new(); sources.len()];
    let mut push = |record: u32, utc: Span| {
        let record = &store.records[record as usize];
        let Some(local) = record.local else { return };
        // A day without a time says nothing about a clock.
        let near = local.distance(utc) <= FARTHEST && local.to - local.from <= MINUTE;
        if let Some(anchors) = out.get_mut(record.source as usize).filter(|anchors| near && anchors.len() < ENOUGH) {
            anchors.push(Anchor { local, utc, fold: record.fold });
        }
    };
    for record in units.attempts.iter().chain(&units.sessions) {
        let reply = store.text(store.records[*record as usize].reply);
        if let Some(at) = trailer(reply).and_then(|trailer| trailer.at) {
            push(*record, Span::instant(at));
        }
    }
    let utc_of = |arrival: usize| {
        let record = store.records.get(units.arrivals[arrival].first() as usize)?;
        if sources.get(record.source as usize)?.utc { record.local } else { None }
    };
    for (attempt, arrival) in ordered(&exact.echoes) {
        if let Some(utc) = utc_of(arrival) {
            push(units.attempts[attempt], utc);
        }
    }
    for (request, arrival) in ordered(&exact.arrivals) {
        if let Some(utc) = utc_of(arrival) {
            push(units.requests[request].last(), utc);
        }
    }
    if exact.arrivals.is_empty() {
        for (request, arrival) in unique_pairs(store, units) {
            if let Some(utc) = utc_of(arrival) {
                push(units.requests[request].last(), utc);
            }
        }
    }
    out
}

fn ordered(pairs: &std::collections::HashMap<usize, usize>) -> Vec<(usize, usize)> {
    let mut out: Vec<(usize, usize)> = pairs.iter().map(|(a, b)| (*a, *b)).collect();
    out.sort_unstable();
    out
}

/// Requests handed over and arrivals whose recipient and subject occur once on either side.
fn unique_pairs(store: &Store, units: &Units) -> Vec<(usize, usize)> {
    #[derive(Default)]
    struct Both {
        requests: Vec<usize>,
        arrivals: Vec<usize>,
    }
    let mut seen: BTreeMap<(&str, &str), Both> = BTreeMap::new();
    let parts: Vec<_> = units
        .requests
        .iter()
        .map(|request| &store.records[request.last() as usize])
        .map(|record| (compare::recipient(store, record), compare::subject(store, record), store.sap_of(record)))
        .collect();
    for (at, arrival) in units.arrivals.iter().enumerate() {
        seen.entry((&arrival.recipient.text, &arrival.subject.text)).or_default().arrivals.push(at);
    }
    for (at, (recipient, subject, _)) in parts.iter().enumerate() {
        if !recipient.cut && !recipient.text.is_empty() {
            seen.entry((&recipient.text, &subject.text)).or_default().requests.push(at);
        }
    }
    let handed_over = |at: usize| parts[at].2.is_some_and(|facts| facts.state.handed_over());
    seen.into_values()
        .filter_map(|both| match (&both.requests[..], &both.arrivals[..]) {
            ([request], [arrival]) if handed_over(*request) => Some((*request, *arrival)),
            _ => None,
        })
        .collect()
}
