//! Objects of a JSON text as rows of the message trace.

use super::columns::{Cells, Field, field};
use crate::formats::Sink;
use crate::formats::objects::{self, Outcome, normal};
pub use crate::formats::objects::{begins, first_keys};
use crate::formats::records::Place;
use crate::source::lines;
use serde_json::{Map, Value};

/// Keys by which the web services say that there are more pages (exchange.md sections 1.10 and 1.11).
const MORE: &[&str] = &["@odata.nextLink", "odata.nextLink", "__next"];

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
            // Windows PowerShell writes some times as objects: `{"value": "\/Date(...)\/", "DisplayHint": 2, ...}`.
            let value = value.get("value").filter(|_| value.is_object()).unwrap_or(value);
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

/// Hands on every object that has the key (normalised) and enters all lines into the ledger. Returns the number of rows.
pub fn read(text: &str, key: &str, sink: &mut Sink<'_>, take: &mut dyn FnMut(&Row, Place, &mut Sink<'_>) -> Outcome) -> usize {
    for (number, _) in lines(text).filter(|(_, line)| MORE.iter().any(|more| line.contains(more))) {
        sink.source.note(number, "the answer has more pages than this file holds: absence proves nothing");
        sink.source.selected = true;
    }
    objects::each(text, key, sink, &mut |object, own, place, sink| {
        let row = Row::of(object);
        // An object of an answer's frame has no fields of a mail; with one alone it may still be one.
        match own {
            true => Some(take(&row, place, sink)),
            false if row.cells.len() < 2 => None,
            false => Some(Err("an object without the field of its kind")),
        }
    })
}
