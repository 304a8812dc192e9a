//! Aliases, groups and redirections: Exchange replaces the recipient, the end stands in rows of other addresses.

use super::View;
use super::compare::ByName;
use super::model::Mail;
use super::units::Taken;
use crate::evidence::{Sym, TraceStatus};
use std::collections::{BTreeSet, HashSet};

/// A mail whose recipient was replaced gets the rows of the same Message-ID that belong to nobody else's request
/// (exchange.md section 1.1: the row of an alias or a group is no end by itself).
pub fn follow(view: &View<'_>, mails: &mut [Mail], taken: &mut Taken) {
    let replaced = |mail: &Mail| mail.arrivals.iter().find(|(row, _)| status(view, *row).is_some_and(TraceStatus::is_replaced)).copied();
    if !mails.iter().any(|mail| replaced(mail).is_some()) {
        return;
    }
    let by_id = ByName::of(view.units.arrivals.iter().map(|arrival| arrival.message_id));
    for mail in mails {
        let Some((row, link)) = replaced(mail) else { continue };
        for at in by_id.all(view.texts.message_id(&view.store.records[row as usize])) {
            if !std::mem::replace(&mut taken.arrivals[at], true) {
                mail.arrivals.extend(view.units.arrivals[at].rows.iter().map(|row| (*row, link)));
            }
        }
    }
}

/// Arrivals at aliases and groups whose mail has rows of other recipients: those tell how it ended.
pub fn replaced(view: &View<'_>) -> BTreeSet<usize> {
    let all = || view.units.arrivals.iter().enumerate().filter(|(_, arrival)| !arrival.message_id.is_empty());
    let expanded = |rows: &[u32]| rows.iter().all(|row| status(view, *row).is_some_and(TraceStatus::is_replaced));
    let (parents, ends): (Vec<_>, Vec<_>) = all().partition(|(_, arrival)| expanded(&arrival.rows));
    let ended: HashSet<Sym> = ends.iter().map(|(_, arrival)| arrival.message_id).collect();
    parents.into_iter().filter(|(_, arrival)| ended.contains(&arrival.message_id)).map(|(at, _)| at).collect()
}

fn status(view: &View<'_>, row: u32) -> Option<TraceStatus> {
    view.store.trace_of(view.store.records.get(row as usize)?).map(|facts| facts.status)
}
