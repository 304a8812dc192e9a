//! Defender's `EmailEvents`, as CSV from the portal or as JSON from a stream or a query (exchange.md section 1.12): the
//! shape that tells the folder of delivery and the inbound connector in one row.
//!
//! Assumed: the CSV, of which no file was seen; that an empty location follows the action. A query may have chosen any
//! mails, so that absence proves nothing.

use super::columns::{Cells, Field};
use super::json;
use super::listing;
use super::moment::{self, Order};
use super::sheet::Sheet;
use super::sighting::{Repeats, Shifts, Sighting};
use crate::error::ReadError;
use crate::evidence::{Hop, TraceStatus};
use crate::formats::objects::normal;
use crate::formats::records::Place;
use crate::formats::{Claim, Format, Settings, Sink};
use crate::source::Class;

/// The key that every row has.
const KEY: &str = "recipientemailaddress";
const OWN: &[&str] = &["deliveryaction", "deliverylocation", "latestdeliverylocation"];
const NEEDED: &[(Field, &str)] =
    &[(Field::Time, "Timestamp"), (Field::Recipient, "RecipientEmailAddress"), (Field::TraceId, "NetworkMessageId")];
const REMEDY: &str =
    "Export EmailEvents again with Timestamp, NetworkMessageId, RecipientEmailAddress, DeliveryAction and DeliveryLocation";

/// `EmailEvents` as CSV.
pub struct EmailEvents;

/// `EmailEvents` as JSON.
pub struct EmailEventsJson;

impl Format for EmailEvents {
    fn id(&self) -> &'static str {
        "defender-email"
    }

    fn title(&self) -> &'static str {
        "Defender EmailEvents, CSV"
    }

    fn hop(&self) -> Hop {
        Hop::Exchange
    }

    fn recognise(&self, head: &str) -> Option<Claim> {
        self.recognise_with(head, &Settings::default())
    }

    fn recognise_with(&self, head: &str, settings: &Settings) -> Option<Claim> {
        let sheet = Sheet::open(head, settings)?;
        let own = sheet.names(KEY) && OWN.iter().any(|name| sheet.names(name));
        own.then(|| Claim { confidence: 95, why: format!("line {}: a header {} of Defender's EmailEvents", sheet.line, sheet.between()) })
    }

    fn read(&self, text: &str, sink: &mut Sink<'_>) -> Result<(), ReadError> {
        let Some(sheet) = Sheet::open(text, sink.settings) else { return Ok(()) };
        sheet.demand(NEEDED, REMEDY, sink)?;
        let order = listing::order(&sheet, sink);
        let mut events = Events::default();
        let rows = sheet.read(sink, &mut |row, place, sink| events.push(row, place, order, sink));
        events.finish(rows, sheet.line, sink);
        Ok(())
    }

    fn samples(&self) -> &'static [&'static str] {
        &[include_str!("defender.sample.csv")]
    }
}

impl Format for EmailEventsJson {
    fn id(&self) -> &'static str {
        "defender-email-json"
    }

    fn title(&self) -> &'static str {
        "Defender EmailEvents, JSON"
    }

    fn hop(&self) -> Hop {
        Hop::Exchange
    }

    fn recognise(&self, head: &str) -> Option<Claim> {
        let keys = json::first_keys(head, KEY);
        let own = keys.iter().any(|key| OWN.contains(&key.as_str()));
        own.then(|| Claim { confidence: 95, why: "JSON objects of Defender's EmailEvents".to_owned() })
    }

    fn read(&self, text: &str, sink: &mut Sink<'_>) -> Result<(), ReadError> {
        let mut events = Events::default();
        let rows = json::read(text, KEY, sink, &mut |row, place, sink| events.push(row, place, None, sink));
        events.finish(rows, 1, sink);
        Ok(())
    }

    fn samples(&self) -> &'static [&'static str] {
        &[include_str!("defender.sample.ndjson")]
    }
}

#[derive(Default)]
struct Events {
    repeats: Repeats,
    shifts: Shifts,
}

impl Events {
    fn push(&mut self, row: &dyn Cells, place: Place, order: Option<Order>, sink: &mut Sink<'_>) -> Result<Class, &'static str> {
        let at = moment::at(row.cell(Field::Time), order).ok_or("no time that fits the column")?;
        if row.cell(Field::Recipient).is_empty() {
            return Err("no recipient");
        }
        let status =
            status(row.cell(Field::Location), row.cell(Field::Delivery)).ok_or("neither a location nor an action of a delivery")?;
        let direction = normal(row.cell(Field::Direction));
        let originating = (!direction.is_empty() && direction != "unknown").then(|| direction != "inbound");
        let sighting = Sighting { originating, ..Sighting::new(row, place, Some(at), status) };
        if self.repeats.again(&sighting, sink) {
            return Ok(Class::Frame);
        }
        self.shifts.see(at, sighting.network_id);
        sighting.push(sink);
        Ok(Class::Evidence)
    }

    fn finish(self, rows: usize, line: u32, sink: &mut Sink<'_>) {
        self.shifts.correct(line, sink);
        self.repeats.tell(sink);
        sink.source.rows = rows;
        sink.source.utc = sink.source.offset.is_none();
        sink.source.selected = true;
    }
}

/// Where a mail was put: the location where it is told, else what the action comes to.
fn status(location: &str, action: &str) -> Option<TraceStatus> {
    let location = normal(location);
    let by_location = [
        ("junk", TraceStatus::Junked),
        ("quarantine", TraceStatus::Quarantined),
        ("onpremises", TraceStatus::Sent),
        ("external", TraceStatus::Sent),
        ("failed", TraceStatus::Failed),
        ("dropped", TraceStatus::Failed),
        ("inbox", TraceStatus::Delivered),
        ("folder", TraceStatus::Delivered),
        ("deleted", TraceStatus::Delivered),
    ];
    let known = by_location.into_iter().find(|(word, _)| location.contains(word)).map(|(_, status)| status);
    known.or_else(|| match normal(action).as_str() {
        "delivered" | "replaced" => Some(TraceStatus::Delivered),
        "junked" => Some(TraceStatus::Junked),
        "blocked" => Some(TraceStatus::Failed),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_location_and_action() {
        use TraceStatus as T;
        let rows = [
            ("Inbox/folder", "Delivered", Some(T::Delivered)),
            ("Junk folder", "Junked", Some(T::Junked)),
            ("JunkFolder", "Delivered", Some(T::Junked)),
            ("Quarantine", "Blocked", Some(T::Quarantined)),
            ("On-premises/external", "Delivered", Some(T::Sent)),
            ("Failed", "Blocked", Some(T::Failed)),
            ("Dropped", "Blocked", Some(T::Failed)),
            ("Deleted items", "Delivered", Some(T::Delivered)),
            ("", "Junked", Some(T::Junked)),
            ("", "Replaced", Some(T::Delivered)),
            ("", "", None),
        ];
        for (location, action, want) in rows {
            assert_eq!(status(location, action), want, "{location} {action}");
        }
    }
}
