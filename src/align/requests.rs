//! Rows of SAP's exports grouped into send requests: the same request in several exports is one.

use super::Map;
use super::compare::{Part, Texts};
use super::overlaps::{self, Overlap};
use crate::evidence::{Evidence, Hop, Kind, SapState, Store, Sym};

/// A send request with all its rows.
#[derive(Debug)]
pub struct Request {
    /// Rows, the latest status last.
    pub rows: Vec<u32>,
    /// SAP key, folded; empty when no export has it.
    pub key: Sym,
    /// What exports without keys that overlap make of it.
    pub overlap: Option<Overlap>,
}

impl Request {
    fn new(rows: Vec<u32>, key: Sym) -> Self {
        Self { rows, key, overlap: None }
    }

    /// The row with the latest status.
    pub fn last(&self) -> u32 {
        self.rows.last().copied().unwrap_or(u32::MAX)
    }
}

/// What makes rows of one layout the same request; all texts are folded.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Identity {
    /// System and client, key.
    Key([Sym; 2], Sym),
    /// GUID of the send request, recipient.
    Guid(Sym, Sym),
    /// Without a key: all that a row says (owner, second, sender, recipient and subject), and which of equal rows of its
    /// source it is.
    Row([Sym; 2], Option<i64>, [Sym; 3], u32),
}

/// What rows of different layouts must agree on.
struct Looks {
    /// System and client.
    owner: [Sym; 2],
    recipient: Part,
    subject: Part,
    sender: Part,
}

impl Looks {
    fn of(texts: &Texts<'_>, record: &Evidence) -> Self {
        Self {
            owner: owner(texts, record),
            recipient: texts.recipient(record),
            subject: texts.subject(record),
            sender: texts.sender(record),
        }
    }

    /// Its recipient may be that of several.
    fn is_vague(&self) -> bool {
        self.recipient.cut || self.recipient.is_empty()
    }

    fn agrees(&self, texts: &Texts<'_>, other: &Self) -> bool {
        let one = |(own, other): (&Sym, &Sym)| own.is_empty() || other.is_empty() || own == other;
        let owner = self.owner.iter().zip(&other.owner).all(one);
        let parts = [(self.recipient, other.recipient), (self.subject, other.subject), (self.sender, other.sender)];
        owner && parts.into_iter().all(|(own, other)| texts.agree(own, other))
    }
}

/// All requests in order of their first row, and the number of keys that stand for more than one.
pub fn collect(texts: &Texts<'_>) -> (Vec<Request>, usize) {
    let (store, mut ordinals) = (texts.store, Map::default());
    let mut groups: Map<Identity, Vec<u32>> = Map::default();
    for (at, record) in (0u32..).zip(&store.records).filter(|(_, r)| r.hop == Hop::Sap && r.kind == Kind::Request) {
        groups.entry(identity(texts, record, &mut ordinals)).or_default().push(at);
    }
    let mut groups: Vec<(Identity, Vec<u32>)> = groups.into_iter().collect();
    groups.sort_unstable_by_key(|(_, rows)| rows.first().copied());
    // Keys first: a row that names the GUID of one is of it.
    groups.sort_by_key(|(identity, _)| !matches!(identity, Identity::Key(..)));
    let (mut keyed, mut keyless, mut shared, mut guids) = (Vec::<Request>::new(), Vec::new(), 0, Map::default());
    for (identity, rows) in groups {
        match identity {
            Identity::Key(_, key) => {
                let apart = split(texts, rows);
                shared += usize::from(apart.len() > 1);
                for rows in apart {
                    for guid in rows.iter().filter_map(|row| guid(texts, record(texts, *row)?)) {
                        guids.entry(guid).or_insert_with(Vec::new).push(keyed.len());
                    }
                    keyed.push(Request::new(rows, key));
                }
            }
            Identity::Guid(..) => {
                for rows in split(texts, rows) {
                    let same = guids.get(&identity).into_iter().flatten().find(|at| is_one(texts, &keyed[**at].rows, &rows));
                    match same {
                        Some(at) => keyed[*at].rows.extend(rows),
                        None => keyless.push(Request::new(rows, Sym::EMPTY)),
                    }
                }
            }
            Identity::Row(..) => keyless.push(Request::new(rows, Sym::EMPTY)),
        }
    }
    let mut out = overlaps::join(texts, merge(texts, keyed, keyless));
    for request in &mut out {
        sort(store, &mut request.rows);
    }
    out.sort_by_key(|request| request.rows.iter().min().copied());
    (out, shared)
}

fn identity(texts: &Texts<'_>, record: &Evidence, ordinals: &mut Map<(u32, Identity), u32>) -> Identity {
    let owner = owner(texts, record);
    if let Some(facts) = texts.store.sap_of(record).filter(|facts| !facts.key.is_empty()) {
        return Identity::Key(owner, texts.key(facts.key));
    }
    if let Some(guid) = guid(texts, record) {
        return guid;
    }
    let requested = asked(texts.store, record);
    let said = [texts.sender(record), texts.recipient(record), texts.subject(record)].map(|part| part.text);
    let count = ordinals.entry((record.source, Identity::Row(owner, requested, said, 0))).or_default();
    *count += 1;
    Identity::Row(owner, requested, said, *count)
}

/// Rows that name a send request and a whole recipient are of one request, whenever their status was written.
fn guid(texts: &Texts<'_>, record: &Evidence) -> Option<Identity> {
    let facts = texts.store.sap_of(record)?;
    let recipient = texts.recipient(record);
    let named = texts.store.text(facts.guid).bytes().any(|b| b.is_ascii_alphanumeric() && b != b'0');
    (named && !recipient.cut && !recipient.is_empty()).then_some(Identity::Guid(facts.guid, recipient.text))
}

fn record<'t>(texts: &'t Texts<'_>, row: u32) -> Option<&'t Evidence> {
    texts.store.records.get(row as usize)
}

/// Whether the first rows of two groups contradict each other in nothing.
fn is_one(texts: &Texts<'_>, rows: &[u32], others: &[u32]) -> bool {
    let looks = |rows: &[u32]| rows.first().and_then(|row| record(texts, *row)).map(|record| Looks::of(texts, record));
    matches!((looks(rows), looks(others)), (Some(one), Some(other)) if one.agrees(texts, &other))
}

/// System and client, as far as the row names them.
pub fn owner(texts: &Texts<'_>, record: &Evidence) -> [Sym; 2] {
    texts.store.sap_of(record).map_or_else(Default::default, |facts| [facts.system, facts.client].map(|sym| texts.address(sym)))
}

/// Second of the request on SAP's clock, else of its status.
pub fn asked(store: &Store, record: &Evidence) -> Option<i64> {
    store.sap_of(record).and_then(|facts| facts.requested).or(record.local).map(|span| span.from)
}

/// Keys and GUIDs count per system and client; exports that name neither may use one for two requests, which recipient
/// and subject tell apart.
fn split(texts: &Texts<'_>, rows: Vec<u32>) -> Vec<Vec<u32>> {
    if rows.len() == 1 {
        return vec![rows];
    }
    let mut out: Vec<(Looks, Vec<u32>)> = Vec::new();
    for row in rows {
        let looks = Looks::of(texts, &texts.store.records[row as usize]);
        match out.iter_mut().find(|(known, _)| known.agrees(texts, &looks)) {
            Some((_, rows)) => rows.push(row),
            None => out.push((looks, vec![row])),
        }
    }
    out.into_iter().map(|(_, rows)| rows).collect()
}

/// Joins layouts: a request without a key is that of another source of the same system and client, asked for in the same
/// second, when nothing both tell contradicts it. Twins of one source stay two, the first with the first.
fn merge(texts: &Texts<'_>, keyed: Vec<Request>, keyless: Vec<Request>) -> Vec<Request> {
    let mut sources = keyed.iter().chain(&keyless).flat_map(|request| &request.rows).map(|row| texts.store.records[*row as usize].source);
    let first = sources.next();
    if sources.all(|source| Some(source) == first) {
        return keyed.into_iter().chain(keyless).collect();
    }
    let mut known = Known::default();
    for request in keyed {
        known.add(texts, request);
    }
    for request in keyless {
        let same = known.like(texts, &request);
        match same.and_then(|at| known.requests.get_mut(at)) {
            Some(same) => same.rows.extend(request.rows),
            None => known.add(texts, request),
        }
    }
    known.requests
}

/// Requests by the second they were asked for in and by recipient.
#[derive(Default)]
struct Known {
    requests: Vec<Request>,
    looks: Vec<Option<Looks>>,
    whole: Map<(i64, Sym), Vec<usize>>,
    /// Those whose recipient was cut or is unknown.
    vague: Map<i64, Vec<usize>>,
    seconds: Map<i64, Vec<usize>>,
}

impl Known {
    fn add(&mut self, texts: &Texts<'_>, request: Request) {
        let at = self.requests.len();
        let first = first(texts.store, &request);
        let looks = first.map(|record| Looks::of(texts, record));
        if let (Some(looks), Some(second)) = (&looks, first.and_then(|record| asked(texts.store, record))) {
            self.seconds.entry(second).or_default().push(at);
            if looks.is_vague() {
                self.vague.entry(second).or_default().push(at);
            } else {
                self.whole.entry((second, looks.recipient.text)).or_default().push(at);
            }
        }
        self.looks.push(looks);
        self.requests.push(request);
    }

    /// The first request of another source that can be the same.
    fn like(&self, texts: &Texts<'_>, request: &Request) -> Option<usize> {
        let store = texts.store;
        let record = first(store, request)?;
        let (second, looks) = (asked(store, record)?, Looks::of(texts, record));
        let source = |row: &u32| store.records[*row as usize].source;
        let apart = |known: &Request| known.rows.iter().all(|a| request.rows.iter().all(|b| source(a) != source(b)));
        let fits = |at: &&usize| apart(&self.requests[**at]) && self.looks[**at].as_ref().is_some_and(|known| known.agrees(texts, &looks));
        if looks.is_vague() {
            return self.seconds.get(&second)?.iter().find(fits).copied();
        }
        let whole = self.whole.get(&(second, looks.recipient.text)).and_then(|all| all.iter().find(fits));
        let vague = self.vague.get(&second).and_then(|all| all.iter().find(fits));
        whole.into_iter().chain(vague).min().copied()
    }
}

fn first<'a>(store: &'a Store, request: &Request) -> Option<&'a Evidence> {
    store.records.get(*request.rows.first()? as usize)
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
