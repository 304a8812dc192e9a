//! Mails in the queues of relays: from relay to relay by Message-ID, else by queue id, and the mails of the run that they
//! belong to (relay.md section 0).

use super::compare::{self, Part};
use super::fuzzy;
use super::keys::Exact;
use super::model::{Link, LinkKey, Mail};
use super::units::{Arrival, Taken};
use super::{Map, View};
use crate::evidence::{Evidence, Hop, Kind, Phase, RelayFacts, Store, Sym};
use crate::smtp::next_queue_id;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// A relay hands a mail on to another one this many times at most.
const MOST_RELAYS: usize = 16;

/// A mail in the queue of one relay.
struct Entry {
    message_id: String,
    queue_id: Sym,
    /// Rows of the mail as a whole.
    common: Vec<u32>,
    /// Rows by recipient.
    rows: Vec<(u32, Part)>,
}

/// Rows of relays' logs, without those of the relays' own notices and of mails that never had a queue id.
fn rows(store: &Store) -> impl Iterator<Item = (u32, &Evidence, &RelayFacts)> {
    let all = (0u32..).zip(&store.records).filter_map(|(at, record)| Some((at, record, store.relay_of(record)?)));
    all.filter(|(_, record, facts)| !facts.queue_id.is_empty() && facts.parent_queue_id.is_empty() && record.hop == Hop::Relay)
}

/// Relay and Message-ID of each queue id: the list of a queue names neither, and a log may begin behind them.
struct Names(HashMap<Sym, BTreeSet<(Sym, String)>>);

impl Names {
    fn of(store: &Store) -> Self {
        let mut out: HashMap<Sym, BTreeSet<(Sym, String)>> = HashMap::new();
        for (_, record, facts) in rows(store).filter(|(_, record, facts)| !record.message_id.is_empty() && !facts.name.is_empty()) {
            out.entry(facts.queue_id).or_default().insert((facts.name, compare::message_id(store.text(record.message_id))));
        }
        Self(out)
    }

    /// What the row says itself, else what the only other one with its queue id says.
    fn of_row(&self, store: &Store, record: &Evidence, facts: &RelayFacts) -> (Sym, String) {
        let own = (facts.name, compare::message_id(store.text(record.message_id)));
        let fits = |known: &&(Sym, String)| (own.0.is_empty() || own.0 == known.0) && (own.1.is_empty() || own.1 == known.1);
        let mut all = self.0.get(&facts.queue_id).into_iter().flatten().filter(fits);
        match (all.next(), all.next()) {
            (Some(only), None) => only.clone(),
            _ => own,
        }
    }
}

/// One unit for each mail and recipient, whatever relays it went through.
pub fn collect(store: &Store) -> Vec<Arrival> {
    let mut entries: Vec<Entry> = Vec::new();
    let mut places: BTreeMap<(Sym, Sym, String), usize> = BTreeMap::new();
    let mut before: Map<Sym, usize> = Map::default();
    let names = Names::of(store);
    for (at, record, facts) in rows(store) {
        let (name, message_id) = names.of_row(store, record, facts);
        let place = *places.entry((name, facts.queue_id, message_id.clone())).or_insert_with(|| {
            entries.push(Entry { message_id, queue_id: facts.queue_id, common: Vec::new(), rows: Vec::new() });
            entries.len() - 1
        });
        let asked = if facts.original.is_empty() { record.recipient } else { facts.original };
        if !facts.next_queue_id.is_empty() && record.kind == Kind::Deliver {
            before.insert(facts.next_queue_id, place);
        }
        if asked.is_empty() {
            let of_all = matches!(record.kind, Kind::Accept | Kind::Fail) || matches!(facts.phase, Phase::Held | Phase::Released);
            entries[place].common.extend(of_all.then_some(at));
        } else {
            let recipient = Part { text: crate::smtp::fold_address(store.text(asked)), cut: false };
            entries[place].rows.push((at, recipient));
        }
    }
    let mut units: BTreeMap<(String, String), Arrival> = BTreeMap::new();
    for (place, entry) in entries.iter().enumerate() {
        let head = head(&entries, &before, place);
        let name = if entries[head].message_id.is_empty() { format!(" {head}") } else { entries[head].message_id.clone() };
        let mut own: BTreeMap<&str, (&Part, Vec<u32>)> = BTreeMap::new();
        for (at, recipient) in &entry.rows {
            own.entry(&recipient.text).or_insert_with(|| (recipient, Vec::new())).1.push(*at);
        }
        let nobody = Part::default();
        if own.is_empty() && head == place {
            own.insert("", (&nobody, Vec::new()));
        }
        for (recipient, rows) in own.into_values() {
            let unit = units.entry((name.clone(), recipient.text.clone())).or_insert_with(|| Arrival {
                rows: Vec::new(),
                message_id: entries[head].message_id.clone(),
                recipient: recipient.clone(),
                subject: Part::default(),
                sender: Part::default(),
            });
            unit.rows.extend(&entry.common);
            unit.rows.extend(rows);
        }
    }
    let mut out: Vec<Arrival> = units.into_values().collect();
    for unit in &mut out {
        unit.rows.sort_by_key(|row| (store.records[*row as usize].local, *row));
        unit.rows.dedup();
        let first = |of: &dyn Fn(&Store, &Evidence) -> Part| {
            unit.rows.iter().map(|row| of(store, &store.records[*row as usize])).find(|part| !part.text.is_empty()).unwrap_or_default()
        };
        (unit.sender, unit.subject) = (first(&compare::sender), first(&compare::subject));
    }
    out.sort_by_key(Arrival::first);
    out
}

/// The entry in which a mail's way through the relays begins to have a Message-ID, else its first one.
fn head(entries: &[Entry], before: &Map<Sym, usize>, place: usize) -> usize {
    let mut at = place;
    for _ in 0..MOST_RELAYS {
        match before.get(&entries[at].queue_id) {
            Some(previous) if entries[at].message_id.is_empty() && *previous != at => at = *previous,
            _ => break,
        }
    }
    at
}

/// Relays by Message-ID.
fn by_id<'a>(view: &View<'a>) -> Map<&'a str, Vec<usize>> {
    let mut out: Map<&str, Vec<usize>> = Map::default();
    for (at, unit) in view.units.relays.iter().enumerate().filter(|(_, unit)| !unit.message_id.is_empty()) {
        out.entry(&unit.message_id).or_default().push(at);
    }
    out
}

fn give(view: &View<'_>, relay: usize, link: Link, mail: &mut Mail, taken: &mut Taken) {
    taken.relays[relay] = true;
    mail.relays.extend(view.units.relays[relay].rows.iter().map(|row| (*row, link)));
}

/// Gives mails what relays log of them: by the SAP key, by the Message-ID of an arrival, then by recipient and time; and
/// then the arrivals that the relays' Message-IDs name.
pub fn link(view: &View<'_>, exact: &Exact, mails: &mut [Mail], taken: &mut Taken) {
    if view.units.relays.is_empty() {
        return;
    }
    for (at, mail) in mails.iter_mut().enumerate() {
        if let Some(relay) = exact.relays.get(&at).filter(|relay| !taken.relays[**relay]) {
            give(view, *relay, Link { key: LinkKey::SapKey, confidence: 0.99, runner_up: None }, mail, taken);
        }
    }
    by_message_id(view, mails, taken);
    fuzzy::link_relays(view, mails, taken);
    arrivals(view, mails, taken);
}

/// A relay knows the Message-ID that the mail has elsewhere.
pub fn by_message_id(view: &View<'_>, mails: &mut [Mail], taken: &mut Taken) {
    if view.units.relays.is_empty() {
        return;
    }
    let by_id = by_id(view);
    for mail in mails.iter_mut().filter(|mail| mail.relays.is_empty()) {
        let records = mail.arrivals.iter().chain(&mail.attempts).filter_map(|(row, _)| view.store.records.get(*row as usize));
        let known: Vec<(String, Part)> = records
            .map(|record| (compare::message_id(view.store.text(record.message_id)), compare::recipient(view.store, record)))
            .collect();
        let found = known.iter().find_map(|(id, recipient)| {
            let all = by_id.get(id.as_str()).into_iter().flatten();
            all.copied().find(|relay| !taken.relays[*relay] && view.units.relays[*relay].recipient.agrees(recipient))
        });
        if let Some(relay) = found {
            give(view, relay, Link { key: LinkKey::MessageId, confidence: 0.99, runner_up: None }, mail, taken);
        }
    }
}

/// The reply to SAP names the queue id under which the relay took the mail.
pub fn by_queue_id(view: &View<'_>, mails: &mut [Mail], taken: &mut Taken) {
    if view.units.relays.is_empty() {
        return;
    }
    let mut by_queue: Map<&str, Vec<usize>> = Map::default();
    for (at, unit) in view.units.relays.iter().enumerate() {
        for facts in unit.rows.iter().filter_map(|row| view.store.relay_of(&view.store.records[*row as usize])) {
            let known = by_queue.entry(view.store.text(facts.queue_id)).or_default();
            if known.last() != Some(&at) {
                known.push(at);
            }
        }
    }
    for mail in mails.iter_mut().filter(|mail| mail.relays.is_empty()) {
        let accepted = mail.attempts.iter().map(|(row, _)| &view.store.records[*row as usize]).filter(|record| record.kind == Kind::Accept);
        let found = accepted.into_iter().find_map(|record| {
            let all = by_queue.get(next_queue_id(view.store.text(record.reply))?)?;
            let recipient = compare::recipient(view.store, record);
            all.iter().copied().find(|relay| !taken.relays[*relay] && view.units.relays[*relay].recipient.agrees(&recipient))
        });
        if let Some(relay) = found {
            give(view, relay, Link { key: LinkKey::QueueId, confidence: 0.97, runner_up: None }, mail, taken);
        }
    }
    arrivals(view, mails, taken);
}

/// Arrivals at Exchange that bear the Message-ID under which a relay logged the mail.
pub fn arrivals(view: &View<'_>, mails: &mut [Mail], taken: &mut Taken) {
    if view.units.relays.is_empty() {
        return;
    }
    let mut by_id: Map<&str, Vec<usize>> = Map::default();
    for (at, unit) in view.units.arrivals.iter().enumerate().filter(|(_, unit)| !unit.message_id.is_empty()) {
        by_id.entry(&unit.message_id).or_default().push(at);
    }
    for mail in mails.iter_mut().filter(|mail| mail.arrivals.is_empty() && !mail.relays.is_empty()) {
        let found = mail.relays.iter().find_map(|(row, _)| {
            let record = view.store.records.get(*row as usize)?;
            let recipient = compare::recipient(view.store, record);
            let all = by_id.get(compare::message_id(view.store.text(record.message_id)).as_str())?;
            all.iter().copied().find(|at| !taken.arrivals[*at] && view.units.arrivals[*at].recipient.agrees(&recipient))
        });
        if let Some(arrival) = found {
            taken.arrivals[arrival] = true;
            let link = Link { key: LinkKey::MessageId, confidence: 0.99, runner_up: None };
            mail.arrivals.extend(view.units.arrivals[arrival].rows.iter().map(|row| (*row, link)));
        }
    }
}

/// Runs without SAP's export and without a trace of its dialogue start at the relay: a mail for each entry and recipient.
pub fn start(view: &View<'_>, mails: &mut Vec<Mail>, taken: &mut Taken) {
    let own = Link { key: LinkKey::None, confidence: 1.0, runner_up: None };
    for (at, unit) in view.units.relays.iter().enumerate() {
        taken.relays[at] = true;
        let recipient = |row: &u32| view.store.records[*row as usize].recipient;
        let mut all: Vec<Sym> = unit.rows.iter().map(recipient).filter(|sym| !sym.is_empty()).collect();
        all.sort_unstable_by_key(|sym| view.store.text(*sym));
        all.dedup();
        // Where the relay replaced a recipient by several, each has a fate of its own.
        for one in all.first().map_or_else(|| vec![Sym::EMPTY], |_| all.clone()) {
            let rows = unit.rows.iter().filter(|row| recipient(row).is_empty() || recipient(row) == one);
            mails.push(Mail { relays: rows.map(|row| (*row, own)).collect(), ..Mail::default() });
        }
    }
    arrivals(view, mails, taken);
}
