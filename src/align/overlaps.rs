//! Exports without keys that overlap in time: a mail that waits in the earlier one has another time in the later one
//! when SAP has tried it again, so only sender, recipient and subject can tell that both are one request.
//!
//! Assumed: SOST goes on listing a request that waits. So where the later export shows all mails that the earlier one
//! saw end, one that waited is in it too, and its only like is it.

use super::Map;
use super::compare::Texts;
use super::requests::{Request, asked, owner};
use crate::evidence::{SapState, Sym};
use std::collections::BTreeMap;

/// What overlapping exports make of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Overlap {
    /// A row follows those of an earlier export.
    Followed(u32),
    /// A row may be that of a request in an earlier export.
    Doubtful(u32),
}

/// What a row without a key says of its request, and of whom.
type Said = ([Sym; 2], [Sym; 4]);

/// Joins requests without keys where the later export is known to show what waited in the earlier one.
pub fn join(texts: &Texts<'_>, requests: Vec<Request>) -> Vec<Request> {
    let mut sources = requests.iter().flat_map(|request| &request.rows).map(|row| source_of(texts, *row));
    let first = sources.next();
    if sources.all(|source| Some(source) == first) {
        return requests;
    }
    let exports = Exports::of(texts, &requests);
    if exports.spans.len() < 2 {
        return requests;
    }
    let mut alike: Map<Said, Vec<usize>> = Map::default();
    for (at, request) in requests.iter().enumerate() {
        if let Some(said) = said(texts, request) {
            alike.entry(said).or_default().push(at);
        }
    }
    let mut all: Vec<Option<Request>> = requests.into_iter().map(Some).collect();
    let mut proven = Map::default();
    for mut places in alike.into_values().filter(|places| places.len() > 1) {
        places.sort_unstable_by_key(|at| (time(texts, all.get(*at).and_then(Option::as_ref)), *at));
        if !is_unique(texts, &places, &all) {
            doubt(texts, &places, &mut all);
            continue;
        }
        for pair in places.windows(2) {
            let &[before, after] = pair else { continue };
            let (Some(one), Some(other)) = (all[before].as_ref(), all[after].as_ref()) else { continue };
            let Some((at, row)) = follows(texts, one, other) else { continue };
            let (from, to) = (source(texts, one), source(texts, other));
            let covered = exports.spans.get(&to).is_some_and(|(begin, _)| *begin <= at);
            if covered && *proven.entry((from, to)).or_insert_with(|| exports.same_selection(from, to)) {
                let rows = all[before].take().map(|request| request.rows).unwrap_or_default();
                if let Some(joined) = all[after].as_mut() {
                    joined.rows.extend(rows);
                    joined.overlap = Some(Overlap::Followed(row));
                }
            } else if let Some(doubtful) = all[after].as_mut() {
                doubtful.overlap = Some(Overlap::Doubtful(row));
            }
        }
    }
    all.into_iter().flatten().collect()
}

/// Of several that are alike, all behind the first one that waits may be that one when another export has them.
fn doubt(texts: &Texts<'_>, places: &[usize], all: &mut [Option<Request>]) {
    let mut waits: Option<(i64, u32)> = None;
    for at in places {
        let Some(request) = all.get_mut(*at).and_then(Option::as_mut) else { continue };
        let (own, from, row) = (time(texts, Some(request)), source(texts, request), request.rows.first().copied());
        match (waits, own, row) {
            (Some((first, other)), Some(own), Some(row)) if first < own && other != from => {
                request.overlap = Some(Overlap::Doubtful(row));
            }
            (None, Some(own), _) if is_waiting(texts, request) => waits = Some((own, from)),
            _ => {}
        }
    }
}

/// What a request says that no export has a key or a GUID of; `None` when it says too little.
fn said(texts: &Texts<'_>, request: &Request) -> Option<Said> {
    if !is_keyless(texts, request) {
        return None;
    }
    let record = texts.store.records.get(*request.rows.first()? as usize)?;
    let user = texts.store.sap_of(record)?.user;
    let (recipient, subject) = (texts.recipient(record), texts.subject(record));
    let tells = !recipient.cut && !recipient.is_empty() && !subject.is_empty();
    tells.then(|| (owner(texts, record), [texts.sender(record).text, user, recipient.text, subject.text]))
}

fn is_keyless(texts: &Texts<'_>, request: &Request) -> bool {
    let bare = |row: &u32| {
        let facts = texts.store.records.get(*row as usize).and_then(|record| texts.store.sap_of(record));
        facts.is_some_and(|facts| facts.key.is_empty() && facts.guid.is_empty())
    };
    request.key.is_empty() && request.rows.iter().all(bare)
}

/// Whether no export has two of them.
fn is_unique(texts: &Texts<'_>, places: &[usize], all: &[Option<Request>]) -> bool {
    let requests = places.iter().filter_map(|at| all.get(*at)?.as_ref());
    let mut sources: Vec<u32> = requests.flat_map(|request| &request.rows).map(|row| source_of(texts, *row)).collect();
    let rows = sources.len();
    sources.sort_unstable();
    sources.dedup();
    sources.len() == rows
}

/// Time of a request that waits and the row of a later one that may be the same.
fn follows(texts: &Texts<'_>, one: &Request, other: &Request) -> Option<(i64, u32)> {
    let (before, after) = (time(texts, Some(one))?, time(texts, Some(other))?);
    (is_waiting(texts, one) && before < after).then_some((before, *other.rows.first()?))
}

fn is_waiting(texts: &Texts<'_>, request: &Request) -> bool {
    let state = request.rows.iter().map(|row| state(texts, *row)).max();
    state.is_some_and(|state| state > SapState::Unknown && state < SapState::Error)
}

fn time(texts: &Texts<'_>, request: Option<&Request>) -> Option<i64> {
    let times = request?.rows.iter().filter_map(|row| asked(texts.store, texts.store.records.get(*row as usize)?));
    times.max()
}

fn state(texts: &Texts<'_>, row: u32) -> SapState {
    let record = texts.store.records.get(row as usize);
    record.and_then(|record| texts.store.sap_of(record)).map_or(SapState::Unknown, |facts| facts.state)
}

fn source_of(texts: &Texts<'_>, row: u32) -> u32 {
    texts.store.records.get(row as usize).map_or(u32::MAX, |record| record.source)
}

fn source(texts: &Texts<'_>, request: &Request) -> u32 {
    request.rows.first().map_or(u32::MAX, |row| source_of(texts, *row))
}

/// The exports that have requests without keys.
struct Exports {
    /// First and last second of each.
    spans: BTreeMap<u32, (i64, i64)>,
    /// Requests that have ended: their second, the exports that saw the end, all that have them.
    ended: Vec<(i64, Vec<u32>, Vec<u32>)>,
}

impl Exports {
    fn of(texts: &Texts<'_>, requests: &[Request]) -> Self {
        let mut out = Self { spans: BTreeMap::new(), ended: Vec::new() };
        for request in requests.iter().filter(|request| is_keyless(texts, request)) {
            let Some(at) = time(texts, Some(request)) else { continue };
            let all: Vec<u32> = request.rows.iter().map(|row| source_of(texts, *row)).collect();
            let end = |row: &&u32| state(texts, **row) >= SapState::Error;
            let saw: Vec<u32> = request.rows.iter().filter(end).map(|row| source_of(texts, *row)).collect();
            for source in &all {
                let span = out.spans.entry(*source).or_insert((at, at));
                *span = (span.0.min(at), span.1.max(at));
            }
            if !saw.is_empty() {
                out.ended.push((at, saw, all));
            }
        }
        out
    }

    /// Whether the later export has all, and at least one, of the mails that the earlier one saw end in the time of both.
    fn same_selection(&self, earlier: u32, later: u32) -> bool {
        let Some((begin, end)) = self.spans.get(&later) else { return false };
        let mut both = self.ended.iter().filter(|(at, saw, _)| at >= begin && at <= end && saw.contains(&earlier)).peekable();
        both.peek().is_some() && both.all(|(.., all)| all.contains(&later))
    }
}

/// Says in each export what became of its requests without keys: source, line and text.
pub fn notes(texts: &Texts<'_>, requests: &[Request]) -> Vec<(u32, u32, String)> {
    let mut counts: BTreeMap<(u32, bool), (usize, u32)> = BTreeMap::new();
    for overlap in requests.iter().filter_map(|request| request.overlap) {
        let (row, joined) = match overlap {
            Overlap::Followed(row) => (row, true),
            Overlap::Doubtful(row) => (row, false),
        };
        let Some(record) = texts.store.records.get(row as usize) else { continue };
        let (count, line) = counts.entry((record.source, joined)).or_insert((0, record.line));
        *count += 1;
        *line = record.line.min(*line);
    }
    let told = |((source, joined), (count, line)): ((u32, bool), (usize, u32))| {
        let mails = if count == 1 { "1 mail".to_owned() } else { format!("{count} mails") };
        let text = if joined {
            format!("{mails} without a key waited in an earlier export: joined by sender, recipient and subject, a guess")
        } else {
            format!(
                "{mails} without a key may be listed twice, for one alike waits in an earlier export: a layout with RECTP, RECYR and RECNO tells"
            )
        };
        (source, line, text)
    };
    counts.into_iter().map(told).collect()
}
