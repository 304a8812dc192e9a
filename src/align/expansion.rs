//! Aliases, groups and redirections: Exchange replaces the recipient, the end stands in rows of other addresses.

use super::compare;
use super::model::Mail;
use super::units::Taken;
use super::{Map, View};
use crate::evidence::TraceStatus;
use std::collections::{BTreeSet, HashSet};

/// A mail whose recipient was replaced gets the rows of the same Message-ID that belong to nobody else's request
/// (exchange.md section 1.1: the row of an alias or a group is no end by itself).
pub fn follow(view: &View<'_>, mails: &mut [Mail], taken: &mut Taken) {
    let replaced = |mail: &Mail| mail.arrivals.iter().find(|(row, _)| status(view, *row) == Some(TraceStatus::Expanded)).copied();
    if !mails.iter().any(|mail| replaced(mail).is_some()) {
        return;
    }
    let mut by_id: Map<&str, Vec<usize>> = Map::default();
    for (at, arrival) in view.units.arrivals.iter().enumerate().filter(|(at, a)| !taken.arrivals[*at] && !a.message_id.is_empty()) {
        by_id.entry(&arrival.message_id).or_default().push(at);
    }
    for mail in mails {
        let Some((row, link)) = replaced(mail) else { continue };
        let message_id = compare::message_id(view.store.text(view.store.records[row as usize].message_id));
        for at in by_id.get(message_id.as_str()).into_iter().flatten() {
            if !std::mem::replace(&mut taken.arrivals[*at], true) {
                mail.arrivals.extend(view.units.arrivals[*at].rows.iter().map(|row| (*row, link)));
            }
        }
    }
}

/// Arrivals at aliases and groups whose mail has rows of other recipients: those tell how it ended.
pub fn replaced(view: &View<'_>) -> BTreeSet<usize> {
    let all = || view.units.arrivals.iter().enumerate().filter(|(_, arrival)| !arrival.message_id.is_empty());
    let expanded = |rows: &[u32]| rows.iter().all(|row| status(view, *row) == Some(TraceStatus::Expanded));
    let (parents, ends): (Vec<_>, Vec<_>) = all().partition(|(_, arrival)| expanded(&arrival.rows));
    let ended: HashSet<&str> = ends.iter().map(|(_, arrival)| arrival.message_id.as_str()).collect();
    parents.into_iter().filter(|(_, arrival)| ended.contains(arrival.message_id.as_str())).map(|(at, _)| at).collect()
}

fn status(view: &View<'_>, row: u32) -> Option<TraceStatus> {
    view.store.trace_of(view.store.records.get(row as usize)?).map(|facts| facts.status)
}
