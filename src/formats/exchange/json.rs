//! Rows of a JSON text with the physical lines they stand on: one object per line, an array, or an array inside an
//! answer of a web service (`value`, `d.results`, Defender's `properties`). A row is the innermost object that has a
//! certain key, so it matters little what stands around it, and a damaged object costs its own lines only.

use super::columns::{Cells, Field, field, normal};
use super::sheet::Outcome;
use crate::formats::Sink;
use crate::formats::records::Place;
use crate::source::{Class, lines};
use memchr::memchr_iter;
use serde_json::{Map, Value};

/// Keys by which the web services say that there are more pages (exchange.md sections 1.10 and 1.11).
const MORE: &[&str] = &["@odata.nextLink", "odata.nextLink", "__next"];

/// Objects that a recogniser looks at.
const LOOK_AT: usize = 5;

/// An object as it stands in the text.
struct Object {
    from: usize,
    to: usize,
    /// It has the key of a row.
    own: bool,
}

/// One object as a row.
pub struct Row {
    cells: Vec<(Field, usize, String)>,
    object: Map<String, Value>,
}

impl Row {
    /// A value by its normalised key, for what is no column of the message trace.
    pub fn value(&self, key: &str) -> Option<&Value> {
        self.object.iter().find(|(name, _)| normal(name) == key).map(|(_, value)| value)
    }

    fn of(object: Map<String, Value>) -> Self {
        let mut cells: Vec<(Field, usize, String)> = Vec::new();
        for (name, value) in &object {
            let text = match value {
                Value::String(text) => text.trim().to_owned(),
                Value::Number(number) => number.to_string(),
                _ => continue,
            };
            if let Some((field, rank)) = field(&normal(name)).filter(|_| !text.is_empty()) {
                cells.push((field, rank, text));
            }
        }
        cells.sort_by_key(|(_, rank, _)| *rank);
        Self { cells, object }
    }
}

impl Cells for Row {
    fn cell(&self, field: Field) -> &str {
        self.cells.iter().find(|(known, ..)| *known == field).map_or("", |(.., text)| text)
    }
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

/// Hands on every object that has the key (normalised) and enters all lines into the ledger. Returns the number of rows.
pub fn read(text: &str, key: &str, sink: &mut Sink<'_>, take: &mut dyn FnMut(&Row, Place, &mut Sink<'_>) -> Outcome) -> usize {
    for (number, line) in lines(text) {
        if is_frame(line) {
            sink.source.ledger.mark(number, Class::Frame);
        }
        if MORE.iter().any(|more| line.contains(more)) {
            sink.source.note(number, "the answer has more pages than this file holds: absence proves nothing");
            sink.source.selected = true;
        }
    }
    let mut scan = Scan::new(text, key);
    let objects: Vec<Object> = scan.by_ref().collect();
    let mut at = LineOf { text, byte: 0, line: 1 };
    if let Some(from) = scan.open.iter().find(|open| open.own).map(|open| open.from) {
        let first = LineOf { ..at }.of(from);
        let last = u32::try_from(sink.source.ledger.lines()).unwrap_or(u32::MAX);
        (first..=last).for_each(|number| sink.source.ledger.reject(number, "an object that is not closed"));
    }
    for object in &objects {
        let line = at.of(object.from);
        let place = Place { line, lines: LineOf { ..at }.of(object.to) - line + 1 };
        let row = parsed(text, object).ok_or("a broken JSON object").map(Row::of);
        // An object of an answer's frame has no fields of a mail; with one alone it may still be one.
        if !object.own && row.as_ref().is_ok_and(|row| row.cells.len() < 2) {
            continue;
        }
        let outcome = row.and_then(|row| if object.own { take(&row, place, sink) } else { Err("an object without the field of its kind") });
        match outcome {
            Ok(class) => sink.source.ledger.mark_run(place.line, place.lines, class),
            Err(reason) => (place.line..place.line.saturating_add(place.lines)).for_each(|at| sink.source.ledger.reject(at, reason)),
        }
    }
    objects.iter().filter(|object| object.own).count()
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
