//! A relay's own reports on a mail, and what became of them: where nobody receives them, nobody knows of the failure.

use super::Context;
use super::facts::Facts;
use crate::align::Mail;
use crate::evidence::{Kind, Store, Sym};
use std::collections::{BTreeSet, HashMap};

/// Ends of reports, by relay and queue id of the mail they are about.
pub type Notices = HashMap<(Sym, Sym), Vec<u32>>;

/// All ends of reports.
pub fn all(store: &Store) -> Notices {
    let mut out = Notices::new();
    for (at, record) in (0u32..).zip(&store.records).filter(|(_, record)| matches!(record.kind, Kind::Deliver | Kind::Fail | Kind::Defer)) {
        if let Some(facts) = store.relay_of(record).filter(|facts| !facts.parent_queue_id.is_empty()) {
            out.entry((facts.name, facts.parent_queue_id)).or_default().push(at);
        }
    }
    out
}

/// Those of a mail.
pub fn of(context: &Context<'_, '_>, mail: &Mail, facts: &Facts) -> Vec<u32> {
    if context.notices.is_empty() {
        return Vec::new();
    }
    let own = mail.relays.iter().filter_map(|(at, _)| context.store.relay_of(context.record(Some(*at))?));
    let queues: BTreeSet<(Sym, Sym)> = own.map(|own| (own.name, own.queue_id)).collect();
    let all = queues.iter().filter_map(|queue| context.notices.get(queue)).flatten().copied();
    // A short id may have been used before.
    let begun = facts.evidence.iter().find_map(|at| context.at(*at));
    all.filter(|at| context.at(*at).zip(begun).is_none_or(|(at, begun)| at.to >= begun.from)).collect()
}

/// Whether a record is of a report rather than of the mail.
pub fn is(context: &Context<'_, '_>, at: u32) -> bool {
    context.record(Some(at)).and_then(|record| context.store.relay_of(record)).is_some_and(|facts| !facts.parent_queue_id.is_empty())
}
