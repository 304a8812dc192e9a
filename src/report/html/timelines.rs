//! What happened to each mail, in order of time, with the lines that say so.

use super::lines::{self, Lines};
use crate::align::Link;
use crate::evidence::Millis;
use crate::journey::Journey;
use crate::report::run::Run;
use crate::report::timeline::{clock_assumed, links, said, why};
use serde::Serialize;
use std::collections::HashMap;
use std::io;

/// Something that happened.
#[derive(Serialize)]
pub struct Event {
    #[serde(rename = "t", skip_serializing_if = "Option::is_none")]
    at: Option<Millis>,
    /// The time is that of a clock whose zone nobody knows.
    #[serde(rename = "c", skip_serializing_if = "is_false")]
    assumed: bool,
    #[serde(rename = "h")]
    hop: &'static str,
    #[serde(rename = "s")]
    said: String,
    #[serde(rename = "p", skip_serializing_if = "String::is_empty")]
    place: String,
    #[serde(rename = "w", skip_serializing_if = "String::is_empty")]
    why: String,
    #[serde(rename = "l", skip_serializing_if = "Vec::is_empty")]
    lines: Vec<String>,
}

#[allow(clippy::trivially_copy_pass_by_ref)] // as serde calls it
fn is_false(value: &bool) -> bool {
    !value
}

/// The timelines of mails, in their order.
pub fn of(run: Run<'_>, told: &[&Journey]) -> io::Result<Vec<Vec<Event>>> {
    let (links, lines) = (links(run.analysis), lines::of(run, told)?);
    Ok(told.iter().map(|journey| events(run, journey, &links, &lines)).collect())
}

fn events(run: Run<'_>, journey: &Journey, links: &HashMap<u32, Link>, lines: &Lines) -> Vec<Event> {
    let records = &run.store().records;
    let first = journey.evidence.first().and_then(|at| records.get(*at as usize));
    let assumed = first.is_some_and(|record| clock_assumed(run.analysis, record));
    let requested = journey.requested_at.map(|at| Event {
        at: Some(at),
        assumed,
        hop: "sap",
        said: "requested".to_owned(),
        place: String::new(),
        why: String::new(),
        lines: Vec::new(),
    });
    let event = |at: &u32| {
        let record = records.get(*at as usize)?;
        Some(Event {
            at: run.analysis.alignment.utc.get(*at as usize).copied().flatten().map(|span| span.from),
            assumed: clock_assumed(run.analysis, record),
            hop: record.hop.word(),
            said: said(run.analysis, record),
            place: run.place(record),
            why: links.get(at).map_or_else(String::new, |link| why(run.analysis, link)),
            lines: lines.get(at).cloned().unwrap_or_default(),
        })
    };
    requested.into_iter().chain(journey.evidence.iter().filter_map(event)).collect()
}
