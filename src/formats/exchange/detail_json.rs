//! The events of chosen mails as JSON: Graph's `exchangeMessageTraceDetail` and `Get-MessageTraceDetail | ConvertTo-Json`
//! (exchange.md sections 1.3 and 1.11).
//!
//! Assumed: that PowerShell's JSON has the names of its CSV; only Graph's documented example was seen.

use super::columns::{Cells, Field};
use super::detail::Events;
use super::json;
use super::moment;
use crate::error::ReadError;
use crate::evidence::Hop;
use crate::formats::{Claim, Format, Sink};

/// The key that every event has.
const KEY: &str = "event";
/// One of the keys of its text, and one of its ids, must stand beside it.
const TEXTS: &[&str] = &["description", "detail"];
const IDS: &[&str] = &["messageid", "messagetraceid", "id"];

/// Events of chosen mails as web services hand them out.
pub struct TraceDetailJson;

impl Format for TraceDetailJson {
    fn id(&self) -> &'static str {
        "exchange-detail-json"
    }

    fn title(&self) -> &'static str {
        "Exchange Online message trace, details of chosen mails as JSON (Graph, PowerShell)"
    }

    fn hop(&self) -> Hop {
        Hop::Exchange
    }

    fn recognise(&self, head: &str) -> Option<Claim> {
        let keys = json::first_keys(head, KEY);
        let one_of = |names: &[&str]| names.iter().any(|name| keys.iter().any(|key| key == name));
        (one_of(TEXTS) && one_of(IDS) && one_of(&["datetime", "date"])).then(|| Claim {
            confidence: 90,
            why: "JSON objects with time, event and description of the message trace's details".to_owned(),
        })
    }

    fn read(&self, text: &str, sink: &mut Sink<'_>) -> Result<(), ReadError> {
        let mut events = Events::new(sink);
        let rows = json::read(text, KEY, sink, &mut |row, place, sink| {
            let at = moment::at(row.cell(Field::Time), None).ok_or("no time of a known form")?;
            events.push(row, place, at, sink)
        });
        events.finish(rows, 1, sink);
        Ok(())
    }

    fn samples(&self) -> &'static [&'static str] {
        &[include_str!("detail.sample.json")]
    }
}
