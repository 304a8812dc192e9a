//! E-mail logs of Azure Communication Services: one JSON object per line, as diagnostic settings write them, and the
//! tables of Log Analytics as JSON or CSV (relay.md section 1.10). `CorrelationId` is the id that the send call returned,
//! not the Message-ID.
//!
//! Assumed: that the time stands in `TimeGenerated` or around the properties in `time`; the documented samples show the
//! properties alone, and those rows are counted without becoming evidence. The CSV rests on the documented columns of the
//! tables and on how the portal writes times.

mod row;
mod sheet;

use super::fields::utc;
use super::output::Output;
use super::syslog::Stamp;
use crate::error::ReadError;
use crate::evidence::Hop;
use crate::formats::objects::normal;
use crate::formats::records::Place;
use crate::formats::secret::without_logons;
use crate::formats::{Claim, Format, Sink};
use crate::source::{Class, lines};
use row::Row;
use serde_json::{Map, Value};

/// E-mail logs of Azure Communication Services.
pub struct CommunicationServices;

impl Format for CommunicationServices {
    fn id(&self) -> &'static str {
        "relay-acs"
    }

    fn title(&self) -> &'static str {
        "Azure Communication Services e-mail log (JSON, CSV)"
    }

    fn hop(&self) -> Hop {
        Hop::Relay
    }

    fn recognise(&self, head: &str) -> Option<Claim> {
        if let Some(header) = sheet::header(head) {
            let why = format!("line {}: the columns of a table of Azure Communication Services", header.line);
            return Some(Claim { confidence: 93, why });
        }
        let (line, _) = lines(head).take(20).find(|(_, line)| Object::of(line).is_some_and(|row| row.is_own()))?;
        Some(Claim { confidence: 93, why: format!("line {line}: an object of the e-mail operations of Azure Communication Services") })
    }

    fn read(&self, text: &str, sink: &mut Sink<'_>) -> Result<(), ReadError> {
        let text = &*without_logons(text);
        if let Some(header) = sheet::header(text) {
            sheet::read(text, &header, sink);
            return Ok(());
        }
        let mut out = Output::new(sink);
        for (number, line) in lines(text) {
            let place = Place { line: number, lines: 1 };
            match Object::of(line) {
                Some(row) if row.is_own() => row::push(&row, row.at(), place, &mut out),
                Some(_) => out.reject(place, "an object of another kind"),
                None if line.trim().is_empty() || matches!(line.trim(), "[" | "]") => out.mark(place, Class::Frame),
                None => out.reject(place, "no whole JSON object"),
            }
        }
        out.finish();
        Ok(())
    }

    fn samples(&self) -> &'static [&'static str] {
        &[include_str!("sample.jsonl"), include_str!("sample.csv")]
    }
}

/// An object with what stands in its properties, by normalised keys.
struct Object(Vec<(String, String)>);

impl Object {
    fn of(line: &str) -> Option<Self> {
        let line = line.trim().trim_end_matches(',');
        let Value::Object(object) = line.starts_with('{').then(|| serde_json::from_str(line).ok())?? else { return None };
        let mut cells = Vec::new();
        flatten(&object, &mut cells);
        Some(Self(cells))
    }

    fn at(&self) -> Option<Stamp> {
        ["timegenerated", "time", "timegeneratedutc"].iter().find_map(|key| utc(self.get(key)))
    }
}

impl Row for Object {
    fn get(&self, key: &str) -> &str {
        self.0.iter().find(|(name, _)| name == key).map_or("", |(_, value)| value)
    }
}

fn flatten(object: &Map<String, Value>, cells: &mut Vec<(String, String)>) {
    for (name, value) in object {
        match value {
            Value::Object(inner) if normal(name) == "properties" => flatten(inner, cells),
            Value::String(text) => cells.push((normal(name), text.clone())),
            Value::Number(_) | Value::Bool(_) => cells.push((normal(name), value.to_string())),
            _ => {}
        }
    }
}
