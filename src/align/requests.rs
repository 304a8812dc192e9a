//! Rows of SAP's exports grouped into send requests: the same request in several exports is one.

use super::Map;
use super::compare::{self, Part};
use crate::evidence::{Evidence, Hop, Kind, SapState, Store, Sym};

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

/// What makes rows of one layout the same request; texts by their number in [`Folds`].
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Identity {
    /// System and client, key.
    Key([u32; 2], u32),
    /// Without a key: all that a row says (owner, second, sender, recipient and subject), and which of equal rows of its
    /// source it is.
    Row([u32; 2], Option<i64>, [u32; 3], u32),
}

/// Texts as they are compared, by number: each is folded once.
#[derive(Default)]
struct Folds {
    known: Map<(Sym, bool), u32>,
    texts: Map<String, u32>,
}

impl Folds {
    /// Without regard to case and outer blanks.
    fn text(&mut self, store: &Store, sym: Sym) -> u32 {
        self.number(sym, false, || store.text(sym).trim().to_lowercase())
    }

    /// As keys are compared.
    fn key(&mut self, store: &Store, sym: Sym) -> u32 {
        self.number(sym, true, || compare::local_part(store.text(sym)))
    }

    fn number(&mut self, sym: Sym, key: bool, fold: impl FnOnce() -> String) -> u32 {
        let (known, texts) = (&mut self.known, &mut self.texts);
        *known.entry((sym, key)).or_insert_with(|| {
            let next = u32::try_from(texts.len()).unwrap_or(u32::MAX);
            *texts.entry(fold()).or_insert(next)
        })
    }
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

    /// Its recipient may be that of several.
    fn is_vague(&self) -> bool {
        self.recipient.cut || self.recipient.text.is_empty()
    }

    fn agrees(&self, other: &Self) -> bool {
        let one = |(own, other): (&String, &String)| own.is_empty() || other.is_empty() || own == other;
        let owner = self.owner.iter().zip(&other.owner).all(one);
        owner && self.recipient.agrees(&other.recipient) && self.subject.agrees(&other.subject) && self.sender.agrees(&other.sender)
    }
}

/// All requests in order of their first row, and the number of keys that stand for more than one.
pub fn collect(store: &Store) -> (Vec<Request>, usize) {
    let (mut folds, mut ordinals) = (Folds::default(), Map::default());
    let mut groups: Map<Identity, Vec<u32>> = Map::default();
    for (at, record) in (0u32..).zip(&store.records).filter(|(_, r)| r.hop == Hop::Sap && r.kind == Kind::Request) {
        groups.entry(identity(store, record, &mut folds, &mut ordinals)).or_default().push(at);
    }
    let mut groups: Vec<(Identity, Vec<u32>)> = groups.into_iter().collect();
    groups.sort_unstable_by_key(|(_, rows)| rows.first().copied());
    let (mut keyed, mut keyless, mut shared) = (Vec::new(), Vec::new(), 0);
    for (identity, rows) in groups {
        if matches!(identity, Identity::Key(..)) {
            let key = rows.first().and_then(|row| store.sap_of(&store.records[*row as usize])).map(|facts| facts.key);
            let key = key.map_or_else(String::new, |key| compare::local_part(store.text(key)));
            let apart = split(store, rows);
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

fn identity(store: &Store, record: &Evidence, folds: &mut Folds, ordinals: &mut Map<(u32, Identity), u32>) -> Identity {
    let facts = store.sap_of(record);
    let owner = facts.map_or([0; 2], |facts| [facts.system, facts.client].map(|sym| folds.text(store, sym)));
    if let Some(facts) = facts.filter(|facts| !facts.key.is_empty()) {
        return Identity::Key(owner, folds.key(store, facts.key));
    }
    let requested = asked(store, record);
    let said = [record.sender, record.recipient, record.subject].map(|sym| folds.text(store, sym));
    let count = ordinals.entry((record.source, Identity::Row(owner, requested, said, 0))).or_default();
    *count += 1;
    Identity::Row(owner, requested, said, *count)
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
fn split(store: &Store, rows: Vec<u32>) -> Vec<Vec<u32>> {
    if rows.len() == 1 {
        return vec![rows];
    }
    let mut out: Vec<(Looks, Vec<u32>)> = Vec::new();
    for row in rows {
        let looks = Looks::of(store, &store.records[row as usize]);
        match out.iter_mut().find(|(known, _)| known.agrees(&looks)) {
            Some((_, rows)) => rows.push(row),
            None => out.push((looks, vec![row])),
        }
    }
    out.into_iter().map(|(_, rows)| rows).collect()
}

/// Joins layouts: a request without a key is that of another source of the same system and client, asked for in the same
/// second, when nothing both tell contradicts it. Twins of one source stay two, the first with the first.
fn merge(store: &Store, keyed: Vec<Request>, keyless: Vec<Request>) -> Vec<Request> {
    let mut sources = keyed.iter().chain(&keyless).flat_map(|request| &request.rows).map(|row| store.records[*row as usize].source);
    let first = sources.next();
    if sources.all(|source| Some(source) == first) {
        return keyed.into_iter().chain(keyless).collect();
    }
    let mut known = Known::default();
    for request in keyed {
        known.add(store, request);
    }
    for request in keyless {
        let same = known.like(store, &request);
        match same.and_then(|at| known.requests.get_mut(at)) {
            Some(same) => same.rows.extend(request.rows),
            None => known.add(store, request),
        }
    }
    known.requests
}

/// Requests by the second they were asked for in and by recipient.
#[derive(Default)]
struct Known {
    requests: Vec<Request>,
    looks: Vec<Option<Looks>>,
    whole: Map<(i64, String), Vec<usize>>,
    /// Those whose recipient was cut or is unknown.
    vague: Map<i64, Vec<usize>>,
    seconds: Map<i64, Vec<usize>>,
}

impl Known {
    fn add(&mut self, store: &Store, request: Request) {
        let at = self.requests.len();
        let looks = first(store, &request).map(|record| Looks::of(store, record));
        if let (Some(looks), Some(second)) = (&looks, first(store, &request).and_then(|record| asked(store, record))) {
            self.seconds.entry(second).or_default().push(at);
            if looks.is_vague() {
                self.vague.entry(second).or_default().push(at);
            } else {
                self.whole.entry((second, looks.recipient.text.clone())).or_default().push(at);
            }
        }
        self.looks.push(looks);
        self.requests.push(request);
    }

    /// The first request of another source that can be the same.
    fn like(&self, store: &Store, request: &Request) -> Option<usize> {
        let record = first(store, request)?;
        let (second, looks) = (asked(store, record)?, Looks::of(store, record));
        let source = |row: &u32| store.records[*row as usize].source;
        let apart = |known: &Request| known.rows.iter().all(|a| request.rows.iter().all(|b| source(a) != source(b)));
        let fits = |at: &&usize| apart(&self.requests[**at]) && self.looks[**at].as_ref().is_some_and(|known| known.agrees(&looks));
        if looks.is_vague() {
            return self.seconds.get(&second)?.iter().find(fits).copied();
        }
        let whole = self.whole.get(&(second, looks.recipient.text.clone())).and_then(|all| all.iter().find(fits));
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
