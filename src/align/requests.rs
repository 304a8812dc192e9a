//! Rows of SAP's exports grouped into send requests: the same request in several exports is one.

use super::Map;
use super::compare::{self, Part};
use crate::evidence::{Evidence, Hop, Kind, SapState, Store};
use std::collections::BTreeMap;

/// A send request with all its rows.
#[derive(Debug)]
pub struct Request {
    /// Rows, the latest status last.
    pub rows: Vec<u32>,
    /// SAP key, folded; empty when no export has it.
    pub key: String,
}

impl Request {
    /// The row with the latest status.
    pub fn last(&self) -> u32 {
        self.rows.last().copied().unwrap_or(u32::MAX)
    }
}

/// What makes rows of one layout the same request.
#[derive(PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Identity {
    /// System, client, key.
    Key(String, String, String),
    /// Without a key: all that a row says, and which of equal rows of its source it is.
    Row { owner: [String; 2], requested: Option<i64>, sender: String, recipient: String, subject: String, ordinal: u32 },
}

/// What rows of different layouts must agree on.
struct Looks {
    /// System and client.
    owner: [String; 2],
    recipient: Part,
    subject: Part,
    sender: Part,
}

impl Looks {
    fn of(store: &Store, record: &Evidence) -> Self {
        Self {
            owner: owner(store, record),
            recipient: compare::recipient(store, record),
            subject: compare::subject(store, record),
            sender: compare::sender(store, record),
        }
    }

    fn agrees(&self, other: &Self) -> bool {
        let one = |(own, other): (&String, &String)| own.is_empty() || other.is_empty() || own == other;
        let owner = self.owner.iter().zip(&other.owner).all(one);
        owner && self.recipient.agrees(&other.recipient) && self.subject.agrees(&other.subject) && self.sender.agrees(&other.sender)
    }
}

/// All requests in order of their first row, and the number of keys that stand for more than one.
pub fn collect(store: &Store) -> (Vec<Request>, usize) {
    let mut ordinals: Map<(u32, Identity), u32> = Map::default();
    let mut groups: BTreeMap<Identity, Vec<u32>> = BTreeMap::new();
    for (at, record) in (0u32..).zip(&store.records).filter(|(_, r)| r.hop == Hop::Sap && r.kind == Kind::Request) {
        groups.entry(identity(store, record, &mut ordinals)).or_default().push(at);
    }
    let (mut keyed, mut keyless, mut shared) = (Vec::new(), Vec::new(), 0);
    for (identity, rows) in groups {
        if let Identity::Key(_, _, key) = identity {
            let apart = split(store, &rows);
            shared += usize::from(apart.len() > 1);
            keyed.extend(apart.into_iter().map(|rows| Request { rows, key: key.clone() }));
        } else {
            keyless.push(Request { rows, key: String::new() });
        }
    }
    let mut out = merge(store, keyed, keyless);
    for request in &mut out {
        sort(store, &mut request.rows);
    }
    out.sort_by_key(|request| request.rows.iter().min().copied());
    (out, shared)
}

fn identity(store: &Store, record: &Evidence, ordinals: &mut Map<(u32, Identity), u32>) -> Identity {
    let text = |sym| store.text(sym).trim().to_lowercase();
    let facts = store.sap_of(record);
    let owner = owner(store, record);
    if let Some(facts) = facts.filter(|facts| !facts.key.is_empty()) {
        let [system, client] = owner;
        return Identity::Key(system, client, compare::local_part(store.text(facts.key)));
    }
    let (requested, sender, recipient, subject) = (asked(store, record), text(record.sender), text(record.recipient), text(record.subject));
    let twin = Identity::Row {
        owner: owner.clone(),
        requested,
        sender: sender.clone(),
        recipient: recipient.clone(),
        subject: subject.clone(),
        ordinal: 0,
    };
    let count = ordinals.entry((record.source, twin)).or_default();
    *count += 1;
    Identity::Row { owner, requested, sender, recipient, subject, ordinal: *count }
}

/// System and client, as far as the row names them.
fn owner(store: &Store, record: &Evidence) -> [String; 2] {
    let text = |sym| store.text(sym).trim().to_lowercase();
    store.sap_of(record).map_or_else(Default::default, |facts| [text(facts.system), text(facts.client)])
}

/// Second of the request on SAP's clock, else of its status.
fn asked(store: &Store, record: &Evidence) -> Option<i64> {
    store.sap_of(record).and_then(|facts| facts.requested).or(record.local).map(|span| span.from)
}

/// Keys count per system and client; exports that name neither may use one key for two requests, which recipient and
/// subject tell apart.
fn split(store: &Store, rows: &[u32]) -> Vec<Vec<u32>> {
    let mut out: Vec<(Looks, Vec<u32>)> = Vec::new();
    for row in rows {
        let looks = Looks::of(store, &store.records[*row as usize]);
        match out.iter_mut().find(|(known, _)| known.agrees(&looks)) {
            Some((_, rows)) => rows.push(*row),
            None => out.push((looks, vec![*row])),
        }
    }
    out.into_iter().map(|(_, rows)| rows).collect()
}

/// Joins layouts: a request without a key is that of another source of the same system and client, asked for in the same second, when nothing both
/// tell contradicts it. Twins of one source stay two, the first with the first.
fn merge(store: &Store, keyed: Vec<Request>, keyless: Vec<Request>) -> Vec<Request> {
    let mut out = keyed;
    let mut seconds: BTreeMap<i64, Vec<usize>> = BTreeMap::new();
    let second = |request: &Request| request.rows.first().and_then(|row| asked(store, &store.records[*row as usize]));
    for (at, request) in out.iter().enumerate() {
        seconds.entry(second(request).unwrap_or(i64::MIN)).or_default().push(at);
    }
    for request in keyless {
        let Some(at) = second(&request) else {
            out.push(request);
            continue;
        };
        let known = seconds.entry(at).or_default();
        if let Some(same) = known.iter().find(|known| same(store, &out[**known], &request)) {
            out[*same].rows.extend(request.rows);
        } else {
            known.push(out.len());
            out.push(request);
        }
    }
    out
}

fn same(store: &Store, known: &Request, other: &Request) -> bool {
    let source = |row: &u32| store.records[*row as usize].source;
    let apart = known.rows.iter().all(|a| other.rows.iter().all(|b| source(a) != source(b)));
    let looks = |request: &Request| request.rows.first().map(|row| Looks::of(store, &store.records[*row as usize]));
    apart && looks(known).zip(looks(other)).is_some_and(|(a, b)| a.agrees(&b))
}

/// Later status last, of the same second the state that is further on. A row without a time of its status repeats the
/// last status that it agrees with, else only the states can be compared: a hand-over is later than an error, and an
/// error later than a wait.
fn sort(store: &Store, rows: &mut Vec<u32>) {
    let facts = |row: u32| store.records.get(row as usize).and_then(|record| Some((record.local, store.sap_of(record)?)));
    let state = |row: u32| facts(row).map_or(SapState::Unknown, |(_, facts)| facts.state);
    let local = |row: u32| facts(row).and_then(|(local, _)| Some(local?.from));
    let said = |row: u32| facts(row).map(|(_, facts)| (facts.state, facts.message));
    let (mut timed, mut others): (Vec<u32>, Vec<u32>) = rows.iter().partition(|row| facts(**row).is_some_and(|(_, facts)| facts.timed));
    timed.sort_by_key(|row| (local(*row), state(*row), *row));
    others.sort_by_key(|row| (state(*row), local(*row), *row));
    let last = timed.last().copied();
    let later = |row: &u32| last.is_some_and(|last| state(*row) > state(last)) && !timed.iter().any(|other| said(*other) == said(*row));
    let (later, before): (Vec<u32>, Vec<u32>) = others.into_iter().partition(later);
    *rows = before.into_iter().chain(timed).chain(later).collect();
}
