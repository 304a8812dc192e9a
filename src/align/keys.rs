//! Exact keys: Message-ID echoed in a reply, Message-ID built from the SAP key (after the self-test).

use super::compare;
use super::model::{KeyTest, Link, LinkKey, Mail};
use super::units::{Taken, Units};
use super::{Map, View};
use crate::evidence::{Kind, Store};
use std::collections::HashMap;

/// What exact keys say, before anything is known about clocks.
#[derive(Debug, Default)]
pub struct Exact {
    /// Self-test.
    pub test: KeyTest,
    /// Arrival of each request, by index; empty unless the self-test passed.
    pub arrivals: HashMap<usize, usize>,
    /// Accepted attempt of each request, by index; empty unless the self-test passed.
    pub attempts: HashMap<usize, usize>,
    /// Mail in a relay of each request, by index; empty unless the self-test passed.
    pub relays: HashMap<usize, usize>,
    /// Arrival of each attempt, by index, through the echoed Message-ID.
    pub echoes: HashMap<usize, usize>,
}

/// Finds all exact pairs.
pub fn exact(store: &Store, units: &Units) -> Exact {
    let mut by_id: Map<&str, Vec<usize>> = Map::default();
    let mut by_local: Map<String, Vec<usize>> = Map::default();
    for (at, arrival) in units.arrivals.iter().enumerate().filter(|(_, a)| !a.message_id.is_empty()) {
        by_id.entry(&arrival.message_id).or_default().push(at);
        by_local.entry(compare::local_part(&arrival.message_id)).or_default().push(at);
    }
    let mut out = Exact { echoes: echoes(store, units, &by_id), ..Exact::default() };
    let mut tried_by_local: Map<String, Vec<usize>> = Map::default();
    for (at, record) in units.attempts.iter().enumerate() {
        let id = store.text(store.records[*record as usize].message_id);
        if !id.is_empty() {
            tried_by_local.entry(compare::local_part(id)).or_default().push(at);
        }
    }
    let mut relayed: Map<String, Vec<usize>> = Map::default();
    for (at, relay) in units.relays.iter().enumerate().filter(|(_, relay)| !relay.message_id.is_empty()) {
        relayed.entry(compare::local_part(&relay.message_id)).or_default().push(at);
    }
    self_test(store, units, [&by_local, &tried_by_local, &relayed], &mut out);
    out
}

fn echoes(store: &Store, units: &Units, by_id: &Map<&str, Vec<usize>>) -> HashMap<usize, usize> {
    let mut out = HashMap::new();
    for (at, record) in units.attempts.iter().enumerate() {
        let record = &store.records[*record as usize];
        let id = compare::message_id(store.text(record.message_id));
        let recipient = compare::recipient(store, record);
        let found = by_id.get(id.as_str()).and_then(|all| all.iter().find(|a| units.arrivals[**a].recipient.same(&recipient)));
        if let (false, Some(arrival)) = (id.is_empty(), found) {
            out.insert(at, *arrival);
        }
    }
    out
}

/// Looks every request's key up among the Message-IDs; keys are relied on with three hits, or half of the requests
/// that were handed over, and hardly any with another recipient (sost.md section 4 has seen one real mail only).
fn self_test(store: &Store, units: &Units, [arrivals, attempts, relays]: [&Map<String, Vec<usize>>; 3], out: &mut Exact) {
    let mut test = KeyTest::default();
    for (at, request) in units.requests.iter().enumerate().filter(|(_, r)| !r.key.is_empty()) {
        let record = &store.records[request.last() as usize];
        test.tried += usize::from(store.sap_of(record).is_some_and(|facts| facts.state.handed_over()));
        let wanted = compare::recipient(store, record);
        let arrived = arrivals.get(&request.key);
        let hit = arrived.and_then(|all| all.iter().find(|a| units.arrivals[**a].recipient.agrees(&wanted)));
        let tried = attempts
            .get(&request.key)
            .and_then(|all| all.iter().find(|a| compare::recipient(store, &store.records[units.attempts[**a] as usize]).agrees(&wanted)));
        let relayed = relays.get(&request.key).and_then(|all| all.iter().find(|at| units.relays[**at].recipient.agrees(&wanted)));
        if hit.is_some() || tried.is_some() || relayed.is_some() {
            test.hits += 1;
        } else if arrived.is_some() {
            test.contradicted += 1;
        }
        out.arrivals.extend(hit.map(|arrival| (at, *arrival)));
        out.attempts.extend(tried.map(|attempt| (at, *attempt)));
        out.relays.extend(relayed.map(|relay| (at, *relay)));
    }
    test.passed = test.hits > 0 && (test.hits >= 3 || test.hits * 2 >= test.tried) && test.contradicted * 20 <= test.hits;
    if !test.passed {
        out.arrivals.clear();
        out.attempts.clear();
        out.relays.clear();
    }
    out.test = test;
}

/// Gives requests the arrivals that their key names.
pub fn link_arrivals(view: &View<'_>, exact: &Exact, mails: &mut [Mail], taken: &mut Taken) {
    for (at, mail) in mails.iter_mut().enumerate() {
        if let Some(arrival) = exact.arrivals.get(&at) {
            let link = Link { key: LinkKey::SapKey, confidence: 0.99, runner_up: None };
            taken.arrivals[*arrival] = true;
            mail.arrivals.extend(view.units.arrivals[*arrival].rows.iter().map(|row| (*row, link)));
        }
    }
    for (at, mail) in mails.iter_mut().enumerate() {
        if let Some(attempt) = exact.attempts.get(&at).filter(|attempt| is_accept(view, **attempt)) {
            taken.attempts[*attempt] = true;
            mail.attempts.push((view.units.attempts[*attempt], Link { key: LinkKey::SapKey, confidence: 0.99, runner_up: None }));
            if let Some(arrival) = exact.echoes.get(attempt).filter(|arrival| !taken.arrivals[**arrival]) {
                taken.arrivals[*arrival] = true;
                let link = Link { key: LinkKey::MessageId, confidence: 0.99, runner_up: None };
                mail.arrivals.extend(view.units.arrivals[*arrival].rows.iter().map(|row| (*row, link)));
            }
        }
    }
}

fn is_accept(view: &View<'_>, attempt: usize) -> bool {
    view.store.records[view.units.attempts[attempt] as usize].kind == Kind::Accept
}
