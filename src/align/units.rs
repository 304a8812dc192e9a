//! Records grouped into the three things that are joined: requests, tries, arrivals.

use super::compare::{self, Part, Texts};
use super::doors;
use super::keys::Exact;
use super::model::Mail;
use super::relays;
use super::requests::{self, Request};
use super::{Map, View};
use crate::evidence::{Evidence, Hop, Kind, Store, Sym};
use foldhash::fast::FixedState;
use std::collections::HashSet;

/// A recipient of a mail in the message trace or in the logs of relays, with all rows about it.
#[derive(Debug)]
pub struct Arrival {
    /// Rows, by time.
    pub rows: Vec<u32>,
    /// Message-ID, folded.
    pub message_id: Sym,
    /// Recipient.
    pub recipient: Part,
    /// Subject.
    pub subject: Part,
    /// Sender.
    pub sender: Part,
}

impl Arrival {
    /// Its first row.
    pub fn first(&self) -> u32 {
        self.rows.first().copied().unwrap_or(u32::MAX)
    }
}

/// All units of a run.
#[derive(Debug, Default)]
pub struct Units {
    /// Send requests.
    pub requests: Vec<Request>,
    /// Keys that stand for more than one request.
    pub shared_keys: usize,
    /// SMTP tries with a recipient.
    pub attempts: Vec<u32>,
    /// SMTP sessions that failed before a recipient was named.
    pub sessions: Vec<u32>,
    /// Recipients in the trace.
    pub arrivals: Vec<Arrival>,
    /// Recipients in the logs of relays.
    pub relays: Vec<Arrival>,
}

impl Units {
    /// Groups the records of a run.
    pub fn collect(texts: &Texts<'_>) -> Self {
        let (requests, shared_keys) = requests::collect(texts);
        let mut units = Self { requests, shared_keys, arrivals: arrivals(texts), relays: relays::collect(texts), ..Self::default() };
        let store = texts.store;
        for (at, record) in (0u32..).zip(&store.records).filter(|(_, r)| r.hop == Hop::Icm) {
            if !record.recipient.is_empty() && matches!(record.kind, Kind::Accept | Kind::Fail | Kind::Defer | Kind::Event) {
                units.attempts.push(at);
            } else if matches!(record.kind, Kind::Auth | Kind::Connect | Kind::Tls | Kind::Reply | Kind::Fail | Kind::Defer) {
                units.sessions.push(at);
            }
        }
        if units.attempts.is_empty() {
            let (named, nameless) = doors::refused(store);
            units.attempts = named;
            units.sessions.extend(nameless);
        }
        units
    }
}

fn arrivals(texts: &Texts<'_>) -> Vec<Arrival> {
    let (store, names) = (texts.store, Names::of(texts));
    let named = trace_rows(store).filter_map(|(at, record)| Some((names.of_row(texts, record)?, at)));
    let mut rows: Vec<((Sym, Part), u32)> = named.collect();
    // Rows of one recipient of a mail come together.
    rows.sort_unstable_by_key(|((message_id, recipient), at)| (*message_id, recipient.text, *at));
    let mut out = Vec::with_capacity(rows.len());
    for alike in rows.chunk_by(|((id, to), _), ((other_id, other_to), _)| id == other_id && to.text == other_to.text) {
        let begin = out.len();
        for (name, at) in alike {
            add(texts, *name, *at, begin, &mut out);
        }
    }
    for arrival in out.iter_mut().filter(|arrival| arrival.rows.len() > 1) {
        arrival.rows.sort_by_key(|row| (store.records.get(*row as usize).and_then(|r| r.local), *row));
    }
    out.sort_unstable_by_key(Arrival::first);
    out
}

/// Adds a row to its arrival among those from a place on; without a Message-ID it is one of its own. Two clients of a
/// system may use one Message-ID for two mails, which their subjects tell apart.
fn add(texts: &Texts<'_>, (message_id, recipient): (Sym, Part), at: u32, begin: usize, out: &mut Vec<Arrival>) {
    let Some(record) = texts.store.records.get(at as usize) else { return };
    let (subject, sender) = (texts.subject(record), texts.sender(record));
    let same = |known: &&mut Arrival| !message_id.is_empty() && texts.agree(known.subject, subject);
    let Some(known) = out[begin..].iter_mut().find(same) else {
        return out.push(Arrival { rows: vec![at], message_id, recipient, subject, sender });
    };
    for (known, part) in [(&mut known.subject, subject), (&mut known.sender, sender)] {
        if known.is_empty() {
            *known = part;
        }
    }
    known.rows.push(at);
}

fn trace_rows(store: &Store) -> impl Iterator<Item = (u32, &Evidence)> {
    (0u32..).zip(&store.records).filter(|(_, record)| store.trace_of(record).is_some())
}

/// What some shapes of the trace tell that others leave out.
#[derive(Default)]
struct Names {
    /// Message-ID by network message id.
    message_ids: Map<String, Sym>,
    /// The only recipient of each Message-ID, `None` where there are several.
    recipients: Map<Sym, Option<Part>>,
}

impl Names {
    fn of(texts: &Texts<'_>) -> Self {
        let (store, mut out) = (texts.store, Self::default());
        let lack = trace_rows(store).any(|(_, record)| record.message_id.is_empty());
        for (_, record) in trace_rows(store).filter(|(_, record)| lack && !record.message_id.is_empty()) {
            let network = network_id(store, record);
            if !network.is_empty() {
                out.message_ids.entry(network).or_insert(record.message_id);
            }
        }
        let nameless: HashSet<Sym, FixedState> =
            trace_rows(store).filter(|(_, record)| record.recipient.is_empty()).map(|(_, record)| out.message_id(texts, record)).collect();
        for (_, record) in trace_rows(store).filter(|(_, record)| !record.recipient.is_empty() && !nameless.is_empty()) {
            let message_id = out.message_id(texts, record);
            if nameless.contains(&message_id) {
                let recipient = texts.recipient(record);
                let only = out.recipients.entry(message_id).or_insert(Some(recipient));
                *only = only.take().filter(|known| *known == recipient);
            }
        }
        out
    }

    /// Message-ID and recipient of a row; none where the row may be of any of several (exchange.md section 1.3).
    fn of_row(&self, texts: &Texts<'_>, record: &Evidence) -> Option<(Sym, Part)> {
        let message_id = self.message_id(texts, record);
        let recipient = match self.recipients.get(&message_id).filter(|_| record.recipient.is_empty() && !message_id.is_empty()) {
            Some(only) => (*only)?,
            None => texts.recipient(record),
        };
        Some((message_id, recipient))
    }

    /// Message-ID of a row, folded.
    fn message_id(&self, texts: &Texts<'_>, record: &Evidence) -> Sym {
        let known = || self.message_ids.get(&network_id(texts.store, record)).copied().unwrap_or_default();
        let lacks = record.message_id.is_empty() && !self.message_ids.is_empty();
        texts.address(if lacks { known() } else { record.message_id })
    }
}

/// Network message id of a row, as every shape writes it: lower case, without hyphens.
fn network_id(store: &Store, record: &Evidence) -> String {
    store.trace_of(record).map_or_else(String::new, |facts| store.text(facts.network_message_id).replace('-', "").to_lowercase())
}

/// What already belongs to a mail.
#[derive(Debug)]
pub struct Taken {
    /// Arrivals, by index.
    pub arrivals: Vec<bool>,
    /// Attempts, by index.
    pub attempts: Vec<bool>,
    /// Mails in relays, by index.
    pub relays: Vec<bool>,
}

impl Taken {
    /// Nothing is taken.
    pub fn new(units: &Units) -> Self {
        Self {
            arrivals: vec![false; units.arrivals.len()],
            attempts: vec![false; units.attempts.len()],
            relays: vec![false; units.relays.len()],
        }
    }
}

/// One mail per request; `attempts::link` adds those of runs without a SAP export.
pub fn mails(units: &Units) -> Vec<Mail> {
    units.requests.iter().map(|request| Mail { requests: request.rows.clone(), ..Mail::default() }).collect()
}

/// Arrivals that belong to nobody's request, and those of them that look like SAP's: the relied-on Message-ID shape,
/// an ICM trace that echoes the Message-ID, or the address from which linked mails came; that of a relay is everybody's.
pub fn left_over(view: &View<'_>, exact: &Exact, mails: &[Mail], taken: &Taken) -> (Vec<u32>, Vec<u32>) {
    let facts_of = |row: u32| view.store.records.get(row as usize).and_then(|r| view.store.trace_of(r));
    let facts = |arrival: &Arrival| facts_of(arrival.first());
    let all = || view.units.arrivals.iter().zip(&taken.arrivals);
    let direct = mails.iter().filter(|mail| mail.relays.is_empty()).flat_map(|mail| &mail.arrivals);
    let ours: HashSet<_, FixedState> =
        direct.filter_map(|(row, _)| facts_of(*row)).map(|f| f.client_ip).filter(|ip| !ip.is_empty()).collect();
    let echoed: HashSet<Sym, FixedState> =
        view.units.attempts.iter().map(|at| view.texts.message_id(&view.store.records[*at as usize])).collect();
    let (mut others, mut sap_like) = (Vec::new(), Vec::new());
    let own = senders(view, mails);
    let traced: HashSet<Sym, FixedState> = view.units.arrivals.iter().map(|unit| unit.message_id).filter(|id| !id.is_empty()).collect();
    for unit in view.units.relays.iter().zip(&taken.relays).filter(|(_, taken)| !**taken).map(|(unit, _)| unit) {
        // What the trace has too is counted there.
        if traced.contains(&unit.message_id) {
            continue;
        }
        others.push(unit.first());
        if own.contains(&unit.sender.text) || exact.test.passed && looks_like_key(view.texts.text(unit.message_id)) {
            sap_like.push(unit.first());
        }
    }
    for (arrival, _) in all().filter(|(_, taken)| !**taken) {
        let by_key = exact.test.passed && looks_like_key(view.texts.text(arrival.message_id));
        let by_echo = !arrival.message_id.is_empty() && echoed.contains(&arrival.message_id);
        let by_address = facts(arrival).is_some_and(|f| ours.contains(&f.client_ip));
        others.push(arrival.first());
        if by_key || by_echo || by_address {
            sap_like.push(arrival.first());
        }
    }
    (others, sap_like)
}

/// Whole senders of SAP's requests.
fn senders(view: &View<'_>, mails: &[Mail]) -> HashSet<Sym, FixedState> {
    let rows = mails.iter().filter_map(|mail| view.store.records.get(*mail.requests.last()? as usize));
    let whole = rows.map(|record| view.texts.sender(record)).filter(|part| !part.is_empty() && !part.cut);
    whole.map(|part| part.text).filter(|sender| view.texts.text(*sender).contains('@')).collect()
}

/// Three characters of object type, two digits of the year, twelve of the number (sost.md section 4).
fn looks_like_key(message_id: &str) -> bool {
    let local = compare::local_part(message_id);
    local.len() == 17
        && local.is_ascii()
        && local[5..].bytes().all(|b| b.is_ascii_digit())
        && local.starts_with(|c: char| c.is_ascii_alphabetic())
}

/// Tries and failed sessions that belong to no mail.
pub fn loose(units: &Units, taken: &Taken, mails: &[Mail]) -> Vec<u32> {
    let linked: HashSet<u32, FixedState> = mails.iter().flat_map(|mail| &mail.attempts).map(|(record, _)| *record).collect();
    let attempts = units.attempts.iter().zip(&taken.attempts).filter(|(_, taken)| !**taken).map(|(at, _)| at);
    attempts.chain(&units.sessions).filter(|record| !linked.contains(record)).copied().collect()
}
