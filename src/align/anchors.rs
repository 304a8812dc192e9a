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
    // Only a source without exact pairs needs those that merely look alike.
    let mut keyed = vec![false; sources.len()];
    for (request, arrival) in ordered(&exact.arrivals) {
        let row = units.requests[request].last();
        if let Some(utc) = utc_of(arrival) {
            push(row, utc);
            keyed[store.records[row as usize].source as usize] = true;
        }
    }
    for (request, arrival) in unique_pairs(store, units) {
        let row = units.requests[request].last();
        if let Some(utc) = utc_of(arrival).filter(|_| !keyed[store.records[row as usize].source as usize]) {
            push(row, utc);
        }
    }
    out
}

fn ordered(pairs: &std::collections::HashMap<usize, usize>) -> Vec<(usize, usize)> {
    let mut out: Vec<(usize, usize)> = pairs.iter().map(|(a, b)| (*a, *b)).collect();
    out.sort_unstable();
    out
}

/// Requests handed over and arrivals that nothing else can be meant by: within the farthest zone, the recipient has one
/// of either that agrees on the subject.
fn unique_pairs(store: &Store, units: &Units) -> Vec<(usize, usize)> {
    let mut by_recipient: BTreeMap<&str, Vec<(Span, usize)>> = BTreeMap::new();
    for (at, arrival) in units.arrivals.iter().enumerate() {
        if let Some(when) = store.records[arrival.first() as usize].local {
            by_recipient.entry(&arrival.recipient.text).or_default().push((when, at));
        }
    }
    for all in by_recipient.values_mut() {
        all.sort_unstable();
    }
    let mut pairs: Vec<(usize, usize)> = Vec::new();
    let mut wanted = vec![0_u32; units.arrivals.len()];
    for (at, request) in units.requests.iter().enumerate() {
        let record = &store.records[request.last() as usize];
        let (recipient, subject) = (compare::recipient(store, record), compare::subject(store, record));
        let handed_over = store.sap_of(record).is_some_and(|facts| facts.state.handed_over());
        let (Some(when), false, true) = (record.local, recipient.cut, handed_over) else { continue };
        let all = by_recipient.get(recipient.text.as_str()).map_or(&[][..], Vec::as_slice);
        let first = all.partition_point(|(span, _)| span.to < when.from - FARTHEST);
        let near = all[first..].iter().take_while(|(span, _)| span.from <= when.to + FARTHEST);
        let fitting: Vec<usize> =
            near.map(|(_, arrival)| *arrival).filter(|arrival| units.arrivals[*arrival].subject.same(&subject)).take(2).collect();
        for arrival in &fitting {
            wanted[*arrival] += 1;
        }
        if let [only] = fitting[..] {
            pairs.push((at, only));
        }
    }
    pairs.retain(|(_, arrival)| wanted[*arrival] == 1);
    pairs
}
