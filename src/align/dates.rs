//! Dates that fit two orders of day and month: the order in which more mails meet those of other logs is the right one.

use super::compare::Texts;
use super::units::Units;
use super::{anchors, keys};
use crate::evidence::{Evidence, Span, Store};
use crate::source::{Note, Source};
use std::collections::BTreeSet;

/// Beginning of the note that a format leaves.
const GUESS: &str = "dates are read month first: a guess";

/// Reads sources of doubtful order the other way round where that fits more mails; says what decided.
pub fn settle(store: &mut Store, sources: &mut [Source]) {
    let doubtful: BTreeSet<u32> = store.tables.either_order.iter().copied().collect();
    let doubtful: Vec<u32> = doubtful.into_iter().filter(|at| exchangeable(store, *at)).collect();
    if doubtful.is_empty() {
        return;
    }
    let month_first = fitting(store, sources);
    for at in &doubtful {
        exchange(store, *at);
    }
    let day_first = fitting(store, sources);
    for at in doubtful {
        let (month, day) = (count(&month_first, at), count(&day_first, at));
        if day <= month {
            exchange(store, at);
        }
        let Some(source) = sources.get_mut(at as usize).filter(|_| day != month) else { continue };
        let (order, more, less) = if day > month { ("day", day, month) } else { ("month", month, day) };
        let told = format!("dates are read {order} first: {more} mails then meet those of other logs, in the other order {less}");
        for Note { text, .. } in source.notes.iter_mut().filter(|note| note.text.starts_with(GUESS)) {
            text.clone_from(&told);
        }
        let spans = store.records.iter().filter(|record| record.source == at).flat_map(|record| times(store, record));
        source.span = spans.reduce(Span::join);
    }
}

fn times(store: &Store, record: &Evidence) -> impl Iterator<Item = Span> {
    [record.local, store.sap_of(record).and_then(|facts| facts.requested)].into_iter().flatten()
}

/// Whether all times of a source can be read the other way round.
fn exchangeable(store: &Store, source: u32) -> bool {
    let mut own = store.records.iter().filter(|record| record.source == source).flat_map(|record| times(store, record));
    own.all(|span| span.day_and_month_exchanged().is_some())
}

fn exchange(store: &mut Store, source: u32) {
    let other = |time: &mut Option<Span>| *time = time.and_then(Span::day_and_month_exchanged);
    for record in store.records.iter_mut().filter(|record| record.source == source) {
        other(&mut record.local);
        if let crate::evidence::Detail::Sap(facts) = record.detail {
            store.sap.get_mut(facts as usize).into_iter().for_each(|facts| other(&mut facts.requested));
        }
    }
}

/// Mails of each source that meet those of other logs in time.
fn fitting(store: &mut Store, sources: &[Source]) -> Vec<usize> {
    let texts = Texts::of(store);
    let units = Units::collect(&texts);
    let exact = keys::exact(&texts, &units);
    anchors::collect(&texts, sources, &units, &exact).iter().map(Vec::len).collect()
}

fn count(counts: &[usize], at: u32) -> usize {
    counts.get(at as usize).copied().unwrap_or(0)
}
