//! The enhanced-summary message trace CSV, one row per mail (exchange.md section 1.4); the minimal example of a format.
//!
//! Assumed: the raw header line, of which only PowerShell's view was ever seen; names are taken with or without quotes.

use super::columns::{Cells, Field};
use super::listing::order;
use super::moment::{self, Order};
use super::recipient_status;
use super::sheet::{Row, Sheet};
use super::sighting::{self, Repeats, Shifts, Sighting};
use crate::error::ReadError;
use crate::evidence::Hop;
use crate::formats::objects::Outcome;
use crate::formats::records::Place;
use crate::formats::{Claim, Format, Settings, Sink};
use crate::source::Class;

const KNOWN: &[Field] = &[Field::Time, Field::Sender, Field::RecipientStatus, Field::MessageId, Field::TraceId];
const NEEDED: &[(Field, &str)] = &[
    (Field::Time, "origin_timestamp_utc"),
    (Field::Sender, "sender_address"),
    (Field::RecipientStatus, "recipient_status"),
    (Field::MessageId, "message_id"),
];
const REMEDY: &str = "Export the enhanced summary report of the message trace again, with all columns";

/// Enhanced summary report of the message trace.
pub struct EnhancedSummary;

impl Format for EnhancedSummary {
    fn id(&self) -> &'static str {
        "exchange-summary"
    }

    fn title(&self) -> &'static str {
        "Exchange Online message trace, enhanced summary CSV"
    }

    fn hop(&self) -> Hop {
        Hop::Exchange
    }

    fn recognise(&self, head: &str) -> Option<Claim> {
        self.recognise_with(head, &Settings::default())
    }

    fn recognise_with(&self, head: &str, settings: &Settings) -> Option<Claim> {
        let sheet = Sheet::open(head, settings)?;
        let (hits, number) = (sheet.known(KNOWN), sheet.line);
        let own = sheet.names("origintimestamputc") || sheet.names("origintimestamp");
        (hits >= 3 && own).then(|| Claim {
            confidence: 95,
            why: format!("line {number}: a header {} with {hits} columns of the message trace", sheet.between()),
        })
    }

    fn read(&self, text: &str, sink: &mut Sink<'_>) -> Result<(), ReadError> {
        let Some(sheet) = Sheet::open(text, sink.settings) else { return Ok(()) };
        sheet.demand(NEEDED, REMEDY, sink)?;
        let (mut repeats, mut shifts) = (Repeats::default(), Shifts::default());
        let order = order(&sheet, sink);
        let rows = sheet.read(sink, &mut |row, place, sink| push(row, place, order, &mut repeats, &mut shifts, sink));
        shifts.correct(sheet.line, sink);
        repeats.tell(sink);
        sighting::finish(rows, sheet.line, sink);
        Ok(())
    }

    fn samples(&self) -> &'static [&'static str] {
        &[include_str!("summary.sample.csv")]
    }
}

fn push(row: &Row<'_>, place: Place, order: Option<Order>, repeats: &mut Repeats, shifts: &mut Shifts, sink: &mut Sink<'_>) -> Outcome {
    let at = moment::at(row.cell(Field::Time), order).ok_or("no time in origin_timestamp")?;
    let items = recipient_status::items(row.cell(Field::RecipientStatus)).filter(|items| !items.is_empty());
    let items = items.ok_or("recipient_status is not of the form address##event")?;
    shifts.see(at, row.cell(Field::TraceId));
    let mut class = Class::Frame;
    for item in &items {
        let status = item.status();
        let sighting = Sighting { recipient: item.address, ..Sighting::new(row, place, Some(at), status) };
        if !repeats.again(&sighting, sink) {
            sighting.push(sink);
            class = Class::Evidence;
        }
    }
    Ok(class)
}
