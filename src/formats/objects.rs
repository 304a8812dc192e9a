//! Objects of a JSON text with the physical lines they stand on: one object per line, an array, or an array inside an
//! answer of a web service (`value`, `d.results`, Defender's `properties`). A row is the innermost object that has a
//! certain key, so it matters little what stands around it, and a damaged object costs its own lines only.

use super::Sink;
use super::records::Place;
use crate::source::{Class, lines};
use memchr::memchr_iter;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Objects that a recogniser looks at.
const LOOK_AT: usize = 5;

/// Why an object is none.
const BROKEN: &str = "a broken JSON object";
const OPEN: &str = "an object that is not closed";

/// What an object becomes; an error says why it is not understood.
pub type Outcome = Result<Class, &'static str>;

/// Takes an object, whether it has the key of a row, and where it stands.
type Take<'a> = dyn FnMut(Map<String, Value>, bool, Place, &mut Sink<'_>) -> Option<Outcome> + 'a;

/// An object as it stands in the text.
struct Object {
    from: usize,
    to: usize,
    /// It has the key of a row.
    own: bool,
}

/// A name as it is compared.
pub fn normal(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Whether a text may be JSON at all.
pub fn begins(text: &str) -> bool {
    text.trim_start_matches('\u{feff}').trim_start().starts_with(['{', '['])
}

/// The keys of the first row, normalised, for recognisers. The text may end inside of it.
pub fn first_keys(head: &str, key: &str) -> Vec<String> {
    if !begins(head) {
        return Vec::new();
    }
    let mut objects = Scan::new(head, key).filter(|object| object.own).take(LOOK_AT);
    objects.find_map(|object| parsed(head, &object)).map_or_else(Vec::new, |object| object.keys().map(|key| normal(key)).collect())
}

fn parsed(text: &str, object: &Object) -> Option<Map<String, Value>> {
    serde_json::from_str(text.get(object.from..object.to)?).ok()
}

/// Hands on every object that holds no row, with whether it has the key (normalised) of one, and enters all lines into
/// the ledger; `take` returns `None` for objects of the answer's frame. Returns the number of rows.
pub fn each(text: &str, key: &str, sink: &mut Sink<'_>, take: &mut Take<'_>) -> usize {
    lines(text).filter(|(_, line)| is_frame(line)).for_each(|(number, _)| sink.source.ledger.mark(number, Class::Frame));
    let mut scan = Scan::new(text, key);
    let mut objects: Vec<Object> = scan.by_ref().collect();
    objects.sort_unstable_by_key(|object| object.from);
    let mut at = LineOf { text, byte: 0, line: 1 };
    let mut outcomes = Vec::new();
    if let Some(from) = scan.open.iter().find(|open| open.own).map(|open| open.from) {
        let line = LineOf { ..at }.of(from);
        let last = u32::try_from(sink.source.ledger.lines()).unwrap_or(u32::MAX);
        outcomes.push((Place { line, lines: last.saturating_sub(line) + 1 }, Err(OPEN)));
        sink.source.note(line, "the text ends inside an object: it was cut off, so absence proves nothing");
        sink.source.selected = true;
    }
    for object in &objects {
        let line = at.of(object.from);
        let place = Place { line, lines: LineOf { ..at }.of(object.to) - line + 1 };
        let outcome = match parsed(text, object) {
            Some(map) => take(map, object.own, place, sink),
            None => Some(Err(BROKEN)),
        };
        outcomes.extend(outcome.map(|outcome| (place, outcome)));
    }
    enter(&outcomes, sink);
    objects.iter().filter(|object| object.own).count()
}

/// Enters outcomes into the ledger. Lines may hold several objects: one that holds evidence is evidence, and what was not read of it is told.
pub fn enter(outcomes: &[(Place, Outcome)], sink: &mut Sink<'_>) {
    for (place, outcome) in outcomes {
        if let Err(reason) = outcome {
            (place.line..place.line.saturating_add(place.lines)).for_each(|at| sink.source.ledger.reject(at, *reason));
        }
    }
    for wanted in [Class::Frame, Class::Others, Class::Evidence] {
        for (place, _) in outcomes.iter().filter(|(_, outcome)| *outcome == Ok(wanted)) {
            sink.source.ledger.mark_run(place.line, place.lines, wanted);
        }
    }
    let mut hidden: BTreeMap<&str, (u32, usize)> = BTreeMap::new();
    for (place, outcome) in outcomes {
        let seen = |line: u32| sink.source.ledger.class(line) == Some(Class::NotUnderstood);
        if let Err(reason) = outcome
            && !(place.line..place.line.saturating_add(place.lines)).any(seen)
        {
            hidden.entry(reason).or_insert((place.line, 0)).1 += 1;
        }
    }
    for (reason, (line, count)) in hidden {
        sink.source.note(line, format!("{count} of {} objects share a line with others and were not read: {reason}", outcomes.len()));
    }
}

/// Counts physical lines while objects go by.
struct LineOf<'a> {
    text: &'a str,
    byte: usize,
    line: u32,
}

impl LineOf<'_> {
    fn of(&mut self, byte: usize) -> u32 {
        let bytes = self.text.as_bytes().get(self.byte..byte).unwrap_or_default();
        self.line = self.line.saturating_add(u32::try_from(memchr_iter(b'\n', bytes).count()).unwrap_or(u32::MAX));
        self.byte = self.byte.max(byte);
        self.line
    }
}

/// What stands around rows: brackets, and keys of the answer itself.
fn is_frame(line: &str) -> bool {
    let line = line.trim();
    let punctuation = line.chars().all(|c| matches!(c, '{' | '}' | '[' | ']' | ',' | ' '));
    let opens = line.starts_with('{') && line.ends_with(['[', '{']);
    punctuation || ((line.starts_with('"') || opens) && line.contains("\":"))
}

/// Objects that hold no row, in order of their ends.
struct Scan<'a> {
    text: &'a str,
    key: &'a str,
    at: usize,
    open: Vec<Open>,
}

/// An object whose end is not in sight yet.
struct Open {
    from: usize,
    /// It has the key.
    own: bool,
    /// It holds a row, so it is none itself.
    holds: bool,
}

impl<'a> Scan<'a> {
    fn new(text: &'a str, key: &'a str) -> Self {
        Self { text, key, at: 0, open: Vec::new() }
    }

    /// End of the string that begins at a quote, behind its closing quote.
    fn string_end(&self, open: usize) -> usize {
        let bytes = self.text.as_bytes();
        let mut at = open + 1;
        while let Some(byte) = bytes.get(at) {
            match byte {
                b'\\' => at += 2,
                // A line break is no part of a string: the quote was never closed.
                b'"' | b'\n' => return at + 1,
                _ => at += 1,
            }
        }
        bytes.len()
    }

    /// Whether the string is the key of its object.
    fn is_key(&self, from: usize, to: usize) -> bool {
        let followed = self.text.as_bytes().get(to..).unwrap_or_default().iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b':');
        followed && self.text.get(from..to).is_some_and(|name| normal(name) == self.key)
    }
}

impl Iterator for Scan<'_> {
    type Item = Object;

    fn next(&mut self) -> Option<Object> {
        let bytes = self.text.as_bytes();
        while let Some(byte) = bytes.get(self.at) {
            let here = self.at;
            self.at += 1;
            match byte {
                b'"' => {
                    self.at = self.string_end(here);
                    if self.is_key(here, self.at) {
                        self.open.last_mut().into_iter().for_each(|object| object.own = true);
                    }
                }
                b'{' => self.open.push(Open { from: here, own: false, holds: false }),
                b'}' => {
                    let Some(object) = self.open.pop() else { continue };
                    if let Some(outer) = self.open.last_mut() {
                        outer.holds |= object.own || object.holds;
                    }
                    if !object.holds {
                        return Some(Object { from: object.from, to: self.at, own: object.own });
                    }
                }
                _ => {}
            }
        }
        None
    }
}
