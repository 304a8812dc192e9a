//! Exact keys: Message-ID echoed in a reply, Message-ID built from the SAP key (after the self-test).

use super::compare::{self, Part};
use super::model::{KeyTest, Link, LinkKey, Mail};
use super::units::{Arrival, Taken, Units};
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

/// Recipients by what names their mail, in order of their texts: one mail may go to thousands.
struct Recipients(Map<String, Vec<(Part, usize)>>);

impl Recipients {
    fn of(all: impl Iterator<Item = (String, Part, usize)>) -> Self {
        let mut map: Map<String, Vec<(Part, usize)>> = Map::default();
        for (name, recipient, at) in all.filter(|(name, ..)| !name.is_empty()) {
            map.entry(name).or_default().push((recipient, at));
        }
        for mails in map.values_mut() {
            mails.sort_by(|(a, at), (b, other)| a.text.cmp(&b.text).then(at.cmp(other)));
        }
        Self(map)
    }

    fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// The mail to a recipient; where one of the two is cut or unknown, the first that can be meant.
    fn find(&self, name: &str, wanted: &Part) -> Option<usize> {
        let mails = self.0.get(name)?;
        let first = mails.partition_point(|(recipient, _)| recipient.text < wanted.text);
        let same = mails.get(first).filter(|(recipient, _)| recipient.text == wanted.text && !wanted.text.is_empty());
        let vague = |(recipient, _): &&(Part, usize)| wanted.cut || wanted.text.is_empty() || recipient.cut || recipient.text.is_empty();
        let meant = || mails.iter().filter(vague).filter(|(recipient, _)| recipient.agrees(wanted)).min_by_key(|(_, at)| *at);
        same.or_else(meant).map(|(_, at)| *at)
    }
}

/// Finds all exact pairs.
pub fn exact(store: &Store, units: &Units) -> Exact {
    let by_id = Recipients::of(units.arrivals.iter().enumerate().map(|(at, a)| (a.message_id.clone(), a.recipient.clone(), at)));
    let mut out = Exact { echoes: echoes(store, units, &by_id), ..Exact::default() };
    let by_local = |all: &[Arrival]| {
        Recipients::of(all.iter().enumerate().map(|(at, unit)| (compare::local_part(&unit.message_id), unit.recipient.clone(), at)))
    };
    let tried = units.attempts.iter().enumerate().map(|(at, record)| {
        let record = &store.records[*record as usize];
        (compare::local_part(store.text(record.message_id)), compare::recipient(store, record), at)
    });
    self_test(store, units, &[by_local(&units.arrivals), Recipients::of(tried), by_local(&units.relays)], &mut out);
    out
}

fn echoes(store: &Store, units: &Units, by_id: &Recipients) -> HashMap<usize, usize> {
    let mut out = HashMap::new();
    for (at, record) in units.attempts.iter().enumerate() {
        let record = &store.records[*record as usize];
        let (id, recipient) = (compare::message_id(store.text(record.message_id)), compare::recipient(store, record));
        let found = by_id.find(&id, &recipient).filter(|arrival| units.arrivals[*arrival].recipient.same(&recipient));
        out.extend(found.map(|arrival| (at, arrival)));
    }
    out
}

/// Looks every request's key up among the Message-IDs; keys are relied on with three hits, or half of the requests
/// that were handed over, and hardly any with another recipient (sost.md section 4 has seen one real mail only).
fn self_test(store: &Store, units: &Units, [arrivals, attempts, relays]: &[Recipients; 3], out: &mut Exact) {
    let mut test = KeyTest::default();
    for (at, request) in units.requests.iter().enumerate().filter(|(_, r)| !r.key.is_empty()) {
        let record = &store.records[request.last() as usize];
        test.tried += usize::from(store.sap_of(record).is_some_and(|facts| facts.state.handed_over()));
        let wanted = compare::recipient(store, record);
        let [hit, tried, relayed] = [arrivals, attempts, relays].map(|all| all.find(&request.key, &wanted));
        if hit.is_some() || tried.is_some() || relayed.is_some() {
            test.hits += 1;
        } else if arrivals.has(&request.key) {
            test.contradicted += 1;
        }
        out.arrivals.extend(hit.map(|arrival| (at, arrival)));
        out.attempts.extend(tried.map(|attempt| (at, attempt)));
        out.relays.extend(relayed.map(|relay| (at, relay)));
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
