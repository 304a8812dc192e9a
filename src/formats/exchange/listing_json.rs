//! The message trace as JSON: `Get-MessageTrace | ConvertTo-Json`, one object per line, the Reporting Web Service
//! (`d.results`, times as `/Date(ms)/` or as UTC without `Z`) and Graph's `exchangeMessageTrace` (exchange.md sections
//! 1.1, 1.10 and 1.11).
//!
//! Assumed: the wrapper of the web service (`d.results`), of which only single objects were captured; Graph's status
//! words beyond the documented example.

use super::columns::{Cells, Field};
use super::json;
use super::listing;
use super::moment;
use super::sighting::{self, Repeats, Shifts};
use crate::error::ReadError;
use crate::evidence::Hop;
use crate::formats::{Claim, Format, Sink};
use crate::source::Class;

/// The key that every rendering of a row has.
const KEY: &str = "recipientaddress";
/// The times of a row; their names tell the renderings apart.
const TIMES: &[&str] = &["received", "receiveddatetime"];

/// The message trace as cmdlets and web services hand it out.
pub struct MessageTraceJson;

impl Format for MessageTraceJson {
    fn id(&self) -> &'static str {
        "exchange-trace-json"
    }

    fn title(&self) -> &'static str {
        "Exchange Online message trace, JSON of Get-MessageTrace, the Reporting Web Service or Graph"
    }

    fn hop(&self) -> Hop {
        Hop::Exchange
    }

    fn recognise(&self, head: &str) -> Option<Claim> {
        let keys = json::first_keys(head, KEY);
        let time = TIMES.iter().find(|time| keys.iter().any(|key| key == **time))?;
        keys.iter().any(|key| key == "status").then(|| Claim {
            confidence: 95,
            why: format!("JSON objects with recipient, status and the time '{time}' of the message trace"),
        })
    }

    fn read(&self, text: &str, sink: &mut Sink<'_>) -> Result<(), ReadError> {
        let (mut repeats, mut shifts) = (Repeats::default(), Shifts::default());
        let rows = json::read(text, KEY, sink, &mut |row, place, sink| {
            let at = moment::at(row.cell(Field::Time), None).ok_or("no time of a known form")?;
            let sighting = listing::sighting(row, place, at)?;
            if repeats.again(&sighting, sink) {
                return Ok(Class::Frame);
            }
            shifts.see(at, sighting.network_id);
            sighting.push(sink);
            Ok(Class::Evidence)
        });
        shifts.correct(1, sink);
        repeats.tell(sink);
        sighting::finish(rows, 1, sink);
        Ok(())
    }

    fn samples(&self) -> &'static [&'static str] {
        &[include_str!("listing.sample.ndjson"), include_str!("listing.service.sample.json"), include_str!("listing.graph.sample.json")]
    }
}
