//! Mails in the queues of relays: from relay to relay by Message-ID, else by queue id, and the mails of the run that they
//! belong to (relay.md section 0).

use super::compare::{ByName, Part, Texts};
use super::fuzzy;
use super::keys::Exact;
use super::model::{Link, LinkKey, Mail};
use super::queued::Rows;
use super::units::{Arrival, Taken};
use super::{Map, View};
use crate::evidence::{Evidence, Kind, Phase, RelayFacts, Sym};
use crate::smtp::next_queue_id;
use std::collections::BTreeSet;

/// A relay hands a mail on to another one this many times at most.
const MOST_RELAYS: usize = 16;

/// A mail in the queue of one relay.
#[derive(Clone, Copy)]
struct Entry {
    message_id: Sym,
    queue_id: Sym,
    /// It has a row that names a recipient.
    named: bool,
}

/// Relay and Message-ID of a row.
type Name = (Sym, Sym);

/// Relay and Message-ID of each queue id that some row leaves without one of them: the list of a queue names neither, and
/// a log may begin behind them.
struct Names(Map<Sym, BTreeSet<Name>>);

impl Names {
    fn of(texts: &Texts<'_>, rows: &Rows<'_>) -> Self {
        let name = |record: &Evidence, facts: &RelayFacts| (facts.name, texts.message_id(record));
        let whole = |(relay, message_id): Name| !relay.is_empty() && !message_id.is_empty();
        let lacking = rows.all().filter(|(_, record, facts)| !facts.queue_id.is_empty() && !whole(name(record, facts)));
        let mut out: Map<Sym, BTreeSet<Name>> = lacking.map(|(_, _, facts)| (facts.queue_id, BTreeSet::new())).collect();
        if out.is_empty() {
            return Self(out);
        }
        for (_, record, facts) in rows.all().filter(|(_, record, facts)| whole(name(record, facts))) {
            if let Some(known) = out.get_mut(&facts.queue_id) {
                known.insert(name(record, facts));
            }
        }
        Self(out)
    }

    /// What the row says itself, else what the only other one with its queue id says.
    fn of_row(&self, texts: &Texts<'_>, record: &Evidence, facts: &RelayFacts) -> Name {
        let own = (facts.name, texts.message_id(record));
        let fits = |known: &&Name| (own.0.is_empty() || own.0 == known.0) && (own.1.is_empty() || own.1 == known.1);
        let mut all = self.0.get(&facts.queue_id).into_iter().flatten().filter(fits);
        match (all.next(), all.next()) {
            (Some(only), None) => *only,
            _ => own,
        }
    }
}

/// Entries by what names them.
#[derive(Default)]
struct Places {
    named: Map<(Name, Sym), usize>,
    /// By relay, sender and recipient: mails still tried of which a log without ids tells.
    idless: Map<(Sym, Sym, Sym), usize>,
}

impl Places {
    /// The entry of a row, a new one where none is known. Without an id of a queue, tries of one sender and recipient are
    /// of one mail until one of them ends it.
    fn of(&mut self, name: Name, (record, facts): (&Evidence, &RelayFacts), who: (Sym, Sym, Sym), entries: &mut Vec<Entry>) -> usize {
        let mut enter = || {
            entries.push(Entry { message_id: name.1, queue_id: facts.queue_id, named: false });
            entries.len() - 1
        };
        if !facts.queue_id.is_empty() || record.kind == Kind::Accept {
            return *self.named.entry((name, facts.queue_id)).or_insert_with(enter);
        }
        let place = match (self.idless.remove(&who), name.1.is_empty()) {
            (Some(open), _) => open,
            (None, true) => enter(),
            (None, false) => *self.named.entry((name, facts.queue_id)).or_insert_with(enter),
        };
        entries[place].message_id = name.1;
        if record.kind == Kind::Defer && name.1.is_empty() {
            self.idless.insert(who, place);
        }
        place
    }
}

/// Rows of relays by the queue entry they are of.
#[derive(Default)]
struct Queues {
    entries: Vec<Entry>,
    /// By the queue id under which the next relay took a mail: the entry it was in before.
    before: Map<Sym, usize>,
    /// Entry, recipient and row.
    of_one: Vec<(usize, Part, u32)>,
    /// Entry and row of a mail as a whole.
    of_all: Vec<(usize, u32)>,
}

impl Queues {
    fn of(texts: &Texts<'_>) -> Self {
        let rows = Rows::of(texts.store);
        let (mut out, names) = (Self::default(), Names::of(texts, &rows));
        let (mut places, mut originals) = (Places::default(), Map::<(usize, Sym), Sym>::default());
        for (at, record, facts) in rows.all() {
            let asked = if facts.original.is_empty() { record.recipient } else { facts.original };
            let who = (facts.name, texts.sender(record).text, texts.address(asked));
            let place = places.of(names.of_row(texts, record, facts), (record, facts), who, &mut out.entries);
            if !facts.next_queue_id.is_empty() && record.kind == Kind::Deliver {
                out.before.insert(facts.next_queue_id, place);
            }
            if asked.is_empty() {
                let whole = matches!(record.kind, Kind::Accept | Kind::Fail)
                    || matches!(facts.phase, Phase::Held | Phase::Released | Phase::Unfinished | Phase::Rejected);
                out.of_all.extend(whole.then_some((place, at)));
            } else {
                out.entries[place].named = true;
                if !facts.original.is_empty() {
                    originals.insert((place, texts.address(record.recipient)), texts.address(asked));
                }
                out.of_one.push((place, Part { text: texts.address(asked), cut: false }, at));
            }
        }
        // Lines about a recipient that the relay put in place need not name the one that was asked for.
        for (place, recipient, _) in out.of_one.iter_mut().filter(|_| !originals.is_empty()) {
            recipient.text = originals.get(&(*place, recipient.text)).copied().unwrap_or(recipient.text);
        }
        out.of_one.sort_unstable_by_key(|(place, recipient, at)| (*place, recipient.text, *at));
        out.of_all.sort_unstable();
        out
    }

    /// Entry, recipient and rows of each; of a mail that names nobody the recipient is empty.
    fn each(&self, take: &mut dyn FnMut(usize, Part, &mut dyn Iterator<Item = u32>)) {
        for alike in self.of_one.chunk_by(|(place, to, _), (other, other_to, _)| (place, to.text) == (other, other_to.text)) {
            let (place, recipient, _) = alike[0];
            take(place, recipient, &mut alike.iter().map(|(_, _, at)| *at).chain(self.whole(place)));
        }
        for (place, _) in self.entries.iter().enumerate().filter(|(_, entry)| !entry.named) {
            take(place, Part::default(), &mut self.whole(place));
        }
    }

    fn whole(&self, place: usize) -> impl Iterator<Item = u32> {
        let first = self.of_all.partition_point(|(other, _)| *other < place);
        self.of_all[first..].iter().take_while(move |(other, _)| *other == place).map(|(_, at)| *at)
    }
}

/// One unit for each mail and recipient, whatever relays it went through.
pub fn collect(texts: &Texts<'_>) -> Vec<Arrival> {
    let (store, queues) = (texts.store, Queues::of(texts));
    let mut units: Map<(Result<Sym, usize>, Sym), usize> = Map::default();
    let mut out: Vec<Arrival> = Vec::new();
    queues.each(&mut |place, recipient, rows| {
        let head = head(&queues, place);
        if recipient.is_empty() && head != place {
            return;
        }
        let message_id = queues.entries[head].message_id;
        let name = if message_id.is_empty() { Err(head) } else { Ok(message_id) };
        let unit = *units.entry((name, recipient.text)).or_insert_with(|| {
            out.push(Arrival { rows: Vec::new(), message_id, recipient, subject: Part::default(), sender: Part::default() });
            out.len() - 1
        });
        out[unit].rows.extend(rows);
    });
    for unit in &mut out {
        unit.rows.sort_unstable_by_key(|row| (store.records[*row as usize].local, *row));
        unit.rows.dedup();
        let first = |of: &dyn Fn(&Evidence) -> Part| {
            unit.rows.iter().map(|row| of(&store.records[*row as usize])).find(|part| !part.is_empty()).unwrap_or_default()
        };
        (unit.sender, unit.subject) = (first(&|record| texts.sender(record)), first(&|record| texts.subject(record)));
    }
    // Recipients of one mail share the row of its acceptance.
    let text = |unit: &Arrival| texts.text(unit.recipient.text);
    out.sort_unstable_by(|a, b| a.first().cmp(&b.first()).then_with(|| text(a).cmp(text(b))));
    out
}

/// The entry in which a mail's way through the relays begins to have a Message-ID, else its first one.
fn head(queues: &Queues, place: usize) -> usize {
    let mut at = place;
    for _ in 0..MOST_RELAYS {
        let entry = queues.entries[at];
        match queues.before.get(&entry.queue_id) {
            Some(previous) if entry.message_id.is_empty() && *previous != at => at = *previous,
            _ => break,
        }
    }
    at
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
    if view.units.relays.is_empty() || mails.iter().all(|mail| !mail.relays.is_empty()) {
        return;
    }
    let by_id = ByName::of(view.units.relays.iter().map(|unit| unit.message_id));
    for mail in mails.iter_mut().filter(|mail| mail.relays.is_empty()) {
        let mut records = mail.arrivals.iter().chain(&mail.attempts).filter_map(|(row, _)| view.store.records.get(*row as usize));
        let found = records.find_map(|record| {
            let recipient = view.texts.recipient(record);
            let fits = |relay: &usize| !taken.relays[*relay] && view.texts.agree(view.units.relays[*relay].recipient, recipient);
            by_id.all(view.texts.message_id(record)).find(fits)
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
    let lacking = |mail: &Mail| mail.relays.is_empty() && !mail.attempts.is_empty();
    let by_queue = if mails.iter().any(lacking) { queues(view) } else { Map::default() };
    for mail in mails.iter_mut().filter(|mail| lacking(mail)) {
        let accepted = mail.attempts.iter().map(|(row, _)| &view.store.records[*row as usize]).filter(|record| record.kind == Kind::Accept);
        let found = accepted.into_iter().find_map(|record| {
            let all = by_queue.get(next_queue_id(view.store.text(record.reply))?)?;
            let recipient = view.texts.recipient(record);
            all.iter().copied().find(|relay| !taken.relays[*relay] && view.texts.agree(view.units.relays[*relay].recipient, recipient))
        });
        if let Some(relay) = found {
            give(view, relay, Link { key: LinkKey::QueueId, confidence: 0.97, runner_up: None }, mail, taken);
        }
    }
    arrivals(view, mails, taken);
}

/// Mails in relays by the ids of their queues.
fn queues<'a>(view: &View<'a>) -> Map<&'a str, Vec<usize>> {
    let mut out: Map<&str, Vec<usize>> = Map::default();
    for (at, unit) in view.units.relays.iter().enumerate() {
        for facts in unit.rows.iter().filter_map(|row| view.store.relay_of(&view.store.records[*row as usize])) {
            let known = out.entry(view.store.text(facts.queue_id)).or_default();
            if known.last() != Some(&at) {
                known.push(at);
            }
        }
    }
    out
}

/// Arrivals at Exchange that bear the Message-ID under which a relay logged the mail.
pub fn arrivals(view: &View<'_>, mails: &mut [Mail], taken: &mut Taken) {
    if view.units.relays.is_empty() || view.units.arrivals.is_empty() {
        return;
    }
    let by_id = ByName::of(view.units.arrivals.iter().map(|unit| unit.message_id));
    for mail in mails.iter_mut().filter(|mail| mail.arrivals.is_empty() && !mail.relays.is_empty()) {
        let found = mail.relays.iter().find_map(|(row, _)| {
            let record = view.store.records.get(*row as usize)?;
            let recipient = view.texts.recipient(record);
            let fits = |at: &usize| !taken.arrivals[*at] && view.texts.agree(view.units.arrivals[*at].recipient, recipient);
            by_id.all(view.texts.message_id(record)).find(fits)
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
