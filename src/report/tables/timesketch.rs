//! The evidence of the journeys as Timesketch imports it: `message`, `datetime` and `timestamp_desc` are its own fields.

use crate::evidence::Evidence;
use crate::journey::Journey;
use crate::report::run::Run;
use crate::report::table::{Cell, Column, Named, Rows, text, time};
use crate::report::timeline::said;

/// The table.
pub const TIMESKETCH: Named = Named { name: "timesketch", columns: COLUMNS, rows: all };

const COLUMNS: &[Column] = &[
    text("message"),
    time("datetime"),
    text("timestamp_desc"),
    text("hop"),
    text("journey"),
    text("verdict"),
    text("rule"),
    text("sender"),
    text("recipient"),
    text("subject"),
    text("message_id"),
    text("zone_basis"),
    text("evidence"),
];

/// Records without a time are left out: Timesketch has no place for them.
fn all(run: Run<'_>) -> Rows<'_> {
    Box::new(run.analysis.journeys.iter().flat_map(move |journey| {
        let asked = journey.requested_at.map(|at| row(run, journey, None, at));
        let seen = journey.evidence.iter().filter_map(move |at| {
            let time = run.analysis.alignment.utc.get(*at as usize).copied().flatten()?;
            Some(row(run, journey, run.store().records.get(*at as usize), time.from))
        });
        asked.into_iter().chain(seen)
    }))
}

/// A record, or the request of the journey.
fn row<'a>(run: Run<'a>, journey: &'a Journey, record: Option<&'a Evidence>, at: i64) -> Vec<Cell<'a>> {
    let first = || journey.evidence.first().and_then(|at| run.store().records.get(*at as usize));
    let clock = record.or_else(first).and_then(|record| run.analysis.alignment.clocks.get(record.source as usize));
    let (hop, what) = match record {
        Some(record) => (record.hop.word(), said(run.analysis, record)),
        None => ("sap", "requested".to_owned()),
    };
    let to = run.store().text(journey.recipient);
    vec![
        Cell::owned(format!("{hop}: {what} (to {})", if to.is_empty() { "(unknown)" } else { to })),
        Cell::Time(Some(at)),
        Cell::of(record.map_or("Mail requested", |record| described(record.hop.word()))),
        Cell::of(hop),
        Cell::of(&journey.id),
        Cell::of(journey.verdict.word()),
        run.cell(journey.rule),
        run.cell(journey.sender),
        run.cell(journey.recipient),
        run.cell(journey.subject),
        run.cell(journey.message_id),
        Cell::of(clock.map_or("", |clock| clock.basis.word())),
        Cell::owned(record.or_else(first).map_or_else(String::new, |record| run.place(record))),
    ]
}

/// What the time of a record is.
fn described(hop: &str) -> &'static str {
    match hop {
        "sap" => "SAP status time",
        "icm" => "SMTP session time",
        "relay" => "Relay log time",
        _ => "Message trace time",
    }
}
