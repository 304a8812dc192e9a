//! Pairs of a local time and the UTC at which the same thing happened.

use super::Map;
use super::blocks::{Blocks, Goal, Heads};
use super::compare::{Part, Texts};
use super::keys::Exact;
use super::requests::Request;
use super::units::{Arrival, Units};
use crate::evidence::{Fold, HOUR, Hop, Kind, MINUTE, Span, Store, Sym};
use crate::smtp::trailer;
use crate::source::Source;
use foldhash::fast::FixedState;
use std::collections::BTreeMap;
use std::hash::BuildHasher;

/// Local times can not be further from UTC than this (+14 hours, and the way of the mail).
const FARTHEST: i64 = 14 * HOUR + HOUR / 4;
/// More anchors than this add nothing.
const ENOUGH: usize = 5000;
/// With fewer pairs than this of a part of all mails, all are looked at.
const FEW: usize = 200;

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
pub fn collect(texts: &Texts<'_>, sources: &[Source], units: &Units, exact: &Exact) -> Vec<Vec<Anchor>> {
    let store = texts.store;
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
    let relayed = (0u32..).zip(&store.records).filter(|(_, record)| record.hop == Hop::Relay && !record.reply.is_empty());
    for (at, record) in relayed {
        if let Some(utc) = trailer(store.text(record.reply)).and_then(|trailer| trailer.at) {
            push(at, Span::instant(utc));
        }
    }
    let utc_of = |arrival: usize| {
        let record = store.records.get(units.arrivals[arrival].first() as usize)?;
        if sources.get(record.source as usize)?.utc { record.local } else { None }
    };
    for (row, arrival) in handed_on(store, units) {
        if let Some(utc) = utc_of(arrival) {
            push(row, utc);
        }
    }
    for (attempt, arrival) in ordered(&exact.echoes) {
        if let Some(utc) = utc_of(arrival) {
            push(units.attempts[attempt], utc);
        }
    }
    let in_utc =
        |row: &u32| store.records.get(*row as usize).filter(|row| sources.get(row.source as usize).is_some_and(|source| source.utc));
    let utc_at_relay = |unit: &Arrival| unit.rows.iter().find_map(in_utc).and_then(|row| row.local);
    for (request, relay) in ordered(&exact.relays) {
        if let Some(utc) = utc_at_relay(&units.relays[relay]) {
            push(units.requests[request].last(), utc);
        }
    }
    // Of relays one behind the other, one may log in UTC.
    for (unit, utc) in units.relays.iter().filter_map(|unit| Some((unit, utc_at_relay(unit)?))) {
        for row in firsts(store, unit).filter(|row| in_utc(row).is_none()) {
            push(row, utc);
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
    let needy = |row: u32| !store.records.get(row as usize).and_then(|record| keyed.get(record.source as usize)).copied().unwrap_or(true);
    for (request, arrival) in unique_pairs(texts, units, &needy) {
        if let Some(utc) = utc_of(arrival) {
            push(units.requests[request].last(), utc);
        }
    }
    out
}

/// Rows in which a relay handed a mail on, with the arrival of the same Message-ID and recipient.
fn handed_on(store: &Store, units: &Units) -> Vec<(u32, usize)> {
    if units.relays.is_empty() || units.arrivals.is_empty() {
        return Vec::new();
    }
    let by_id: Map<(Sym, Sym), usize> =
        units.arrivals.iter().enumerate().map(|(at, unit)| ((unit.message_id, unit.recipient.text), at)).collect();
    let known = units.relays.iter().filter(|unit| !unit.message_id.is_empty());
    let pairs = known.filter_map(|unit| Some((unit, *by_id.get(&(unit.message_id, unit.recipient.text))?)));
    pairs.flat_map(|(unit, arrival)| sent(store, unit).map(move |row| (row, arrival))).collect()
}

/// The last hand-over of a mail in each source.
fn sent<'a>(store: &'a Store, unit: &'a Arrival) -> impl Iterator<Item = u32> + 'a {
    let mut seen = Vec::new();
    let delivered = unit.rows.iter().rev().filter(|row| store.records[**row as usize].kind == Kind::Deliver);
    delivered.copied().filter(move |row| new(&mut seen, store.records[*row as usize].source))
}

/// The first row of a mail in each source.
fn firsts<'a>(store: &'a Store, unit: &'a Arrival) -> impl Iterator<Item = u32> + 'a {
    let mut seen = Vec::new();
    unit.rows.iter().copied().filter(move |row| new(&mut seen, store.records[*row as usize].source))
}

/// Whether a source is seen for the first time.
fn new(seen: &mut Vec<u32>, source: u32) -> bool {
    let new = !seen.contains(&source);
    if new {
        seen.push(source);
    }
    new
}

fn ordered(pairs: &Map<usize, usize>) -> Vec<(usize, usize)> {
    let mut out: Vec<(usize, usize)> = pairs.iter().map(|(a, b)| (*a, *b)).collect();
    out.sort_unstable();
    out
}

/// Requests handed over and arrivals that nothing else can be meant by: within the farthest zone, the recipient has one
/// of either that agrees on the subject.
fn unique_pairs(texts: &Texts<'_>, units: &Units, needy: &dyn Fn(u32) -> bool) -> Vec<(usize, usize)> {
    let sample = Sample::of(texts, units);
    let pairs = sampled_pairs(&sample, units, needy);
    if sample.is_whole() || !starves(texts.store, units, needy, &pairs) {
        return pairs;
    }
    sampled_pairs(&Sample { texts, one_in: 1 }, units, needy)
}

/// Whether a source that needs them got few pairs, and has requests that might give more.
fn starves(store: &Store, units: &Units, needy: &dyn Fn(u32) -> bool, pairs: &[(usize, usize)]) -> bool {
    let mut counts: BTreeMap<u32, (usize, usize)> = BTreeMap::new();
    let source = |request: &Request| store.records.get(request.last() as usize).map(|record| record.source);
    for source in units.requests.iter().filter(|request| needy(request.last())).filter_map(source) {
        counts.entry(source).or_default().0 += 1;
    }
    for source in pairs.iter().filter_map(|(at, _)| source(&units.requests[*at])) {
        counts.entry(source).or_default().1 += 1;
    }
    counts.values().any(|(requests, pairs)| *pairs < FEW && pairs < requests)
}

fn sampled_pairs(sample: &Sample<'_>, units: &Units, needy: &dyn Fn(u32) -> bool) -> Vec<(usize, usize)> {
    let (texts, store) = (sample.texts, sample.texts.store);
    if !units.requests.iter().any(|request| needy(request.last())) {
        return Vec::new();
    }
    let goals = units.arrivals.iter().enumerate().filter(|(_, unit)| sample.holds(unit.recipient)).filter_map(|(arrival, unit)| {
        let at = store.records.get(unit.first() as usize)?.local?;
        Some(Goal { arrival, at, recipient: unit.recipient, subject: unit.subject })
    });
    let wanted: Vec<(usize, Span, Part, Part)> =
        units.requests.iter().enumerate().filter_map(|(at, request)| wanted(sample, at, request)).collect();
    let heads = Heads::of(texts, wanted.iter().map(|(_, _, recipient, subject)| (*recipient, *subject)));
    let blocks = Blocks::new(texts, goals.collect(), heads);
    let mut pairs: Vec<(usize, usize)> = Vec::new();
    let mut suitors = vec![0_u32; units.arrivals.len()];
    for (at, when, recipient, subject) in wanted {
        let near = blocks.windows(recipient, subject, when, FARTHEST).into_iter().flatten().map(|place| &blocks.order[place]);
        let fits = near.filter(|goal| texts.same(goal.recipient, recipient) && texts.same(goal.subject, subject));
        let fitting: Vec<usize> = fits.map(|goal| goal.arrival).take(2).collect();
        for arrival in &fitting {
            suitors[*arrival] += 1;
        }
        if let ([only], true) = (&fitting[..], needy(units.requests[at].last())) {
            pairs.push((at, *only));
        }
    }
    pairs.retain(|(_, arrival)| suitors[*arrival] == 1);
    pairs
}

/// What a request that was handed over looks for.
fn wanted(sample: &Sample<'_>, at: usize, request: &Request) -> Option<(usize, Span, Part, Part)> {
    let texts = sample.texts;
    let record = &texts.store.records[request.last() as usize];
    let (recipient, subject) = (texts.recipient(record), texts.subject(record));
    let telling =
        !recipient.is_empty() && sample.holds(recipient) && texts.store.sap_of(record).is_some_and(|facts| facts.state.handed_over());
    Some((at, record.local.filter(|_| telling)?, recipient, subject))
}

/// Every so many recipients, all mails of each: those compete with each other alone, and of a million mails a part tells
/// the clock as well as all.
struct Sample<'a> {
    texts: &'a Texts<'a>,
    one_in: u64,
}

impl<'a> Sample<'a> {
    /// Requests beyond this are not all looked at.
    const MOST: usize = 10 * ENOUGH;

    fn of(texts: &'a Texts<'a>, units: &Units) -> Self {
        // A recipient that was cut may be any that begins so.
        let cut = |request: &Request| texts.recipient(&texts.store.records[request.last() as usize]).cut;
        let whole =
            units.requests.len() > Self::MOST && !units.requests.iter().any(cut) && !units.arrivals.iter().any(|unit| unit.recipient.cut);
        Self { texts, one_in: if whole { units.requests.len().div_ceil(Self::MOST) as u64 } else { 1 } }
    }

    fn is_whole(&self) -> bool {
        self.one_in == 1
    }

    fn holds(&self, recipient: Part) -> bool {
        self.is_whole() || FixedState::with_seed(0).hash_one(self.texts.text(recipient.text)).is_multiple_of(self.one_in)
    }
}
