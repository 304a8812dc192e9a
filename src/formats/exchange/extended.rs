//! The extended report (`Start-HistoricalSearch -ReportType MessageTraceDetail`): 27 columns, one row per event, not
//! sorted by anything (exchange.md sections 1.5 to 1.7). Each event that decides something becomes evidence; what only
//! the first of them tells (connector, TLS, sending host) is put beside all of the same mail.
//!
//! Assumed: the raw header line; that a `SEND` to one of Microsoft's own servers is a step inside, while one to any
//! other server left; that an inbound connector stands in `custom_data` of `RECEIVE`, else in its `connector_id`.

use super::columns::{Cells, Field};
use super::custom_data;
use super::failure;
use super::fold::Fold;
use super::listing;
use super::moment::{self, Order};
use super::sheet::{Row, Sheet};
use super::sighting::{self, Repeats, Shifts, Sighting};
use crate::error::ReadError;
use crate::evidence::{Hop, Kind, Span, TraceStatus};
use crate::formats::objects::{Outcome, normal};
use crate::formats::records::Place;
use crate::formats::{Claim, Format, Settings, Sink};
use crate::smtp::{find_reply, fold_address, is_microsoft, trailer};
use crate::source::Class;

const KNOWN: &[Field] = &[Field::Time, Field::Event, Field::Source, Field::MessageId, Field::Recipient];
const NEEDED: &[(Field, &str)] = &[
    (Field::Time, "date_time_utc"),
    (Field::Event, "event_id"),
    (Field::MessageId, "message_id"),
    (Field::Recipient, "recipient_address"),
];
const REMEDY: &str = "Export the extended report of the message trace again, with all columns";

/// Extended report of the message trace.
pub struct ExtendedReport;

impl Format for ExtendedReport {
    fn id(&self) -> &'static str {
        "exchange-extended"
    }

    fn title(&self) -> &'static str {
        "Exchange Online message trace, extended report CSV"
    }

    fn hop(&self) -> Hop {
        Hop::Exchange
    }

    fn recognise(&self, head: &str) -> Option<Claim> {
        self.recognise_with(head, &Settings::default())
    }

    fn recognise_with(&self, head: &str, settings: &Settings) -> Option<Claim> {
        let sheet = Sheet::open(head, settings)?;
        // An on-premises tracking log has other names, and other ends of the way.
        let own = sheet.names("datetimeutc") || sheet.names("tenantid") && !sheet.names("internalmessageid") && !sheet.names("recipients");
        (own && sheet.known(KNOWN) == KNOWN.len()).then(|| Claim {
            confidence: 95,
            why: format!("line {}: a header {} with events of the extended report", sheet.line, sheet.between()),
        })
    }

    fn read(&self, text: &str, sink: &mut Sink<'_>) -> Result<(), ReadError> {
        let Some(sheet) = Sheet::open(text, sink.settings) else { return Ok(()) };
        sheet.demand(NEEDED, REMEDY, sink)?;
        let order = listing::order(&sheet, sink);
        let mut events = Events { repeats: Repeats::default(), shifts: Shifts::default(), fold: Fold::new(sink) };
        let rows = sheet.read(sink, &mut |row, place, sink| events.push(row, place, order, sink));
        events.fold.settle(sink);
        events.shifts.correct(sheet.line, sink);
        events.repeats.tell(sink);
        sighting::finish(rows, sheet.line, sink);
        Ok(())
    }

    fn samples(&self) -> &'static [&'static str] {
        &[include_str!("extended.sample.csv")]
    }
}

struct Events {
    repeats: Repeats,
    shifts: Shifts,
    fold: Fold,
}

impl Events {
    fn push(&mut self, row: &Row<'_>, place: Place, order: Option<Order>, sink: &mut Sink<'_>) -> Outcome {
        let at = moment::at(row.cell(Field::Time), order).ok_or("no time in date_time_utc")?;
        let event = normal(row.cell(Field::Event));
        if event.is_empty() {
            return Err("no event");
        }
        if self.repeats.again_whole(row, place) {
            return Ok(Class::Frame);
        }
        if event == "receive" {
            self.shifts.see(at, row.cell(Field::TraceId));
        }
        self.enter(row, &event, at, sink);
        let (recipients, shared) = recipients(row, &event);
        let mut class = Class::Frame;
        for (recipient, said) in recipients {
            let texts = [said, row.cell(Field::Context)];
            let Some(status) = status(&event, &texts) else { continue };
            let reply = if status == TraceStatus::GettingStatus { "" } else { failure::reply(&texts) };
            // Kinds of address (`To`, `Cc`) and session ids are no replies.
            let reply = if find_reply(reply).is_some() || sighting::kind(status) == Kind::Fail { reply } else { "" };
            if shared && !reply.is_empty() {
                let told =
                    "one status stands for several recipients of a row and does not tell whose it is: each of them has the whole of it";
                sink.source.note(place.line, told);
            }
            Sighting { recipient, reply, connector: "", client_ip: "", ..Sighting::new(row, place, Some(at), status) }.push(sink);
            class = Class::Evidence;
        }
        Ok(class)
    }

    /// Keeps what an event tells of the hand-over.
    fn enter(&mut self, row: &Row<'_>, event: &str, at: Span, sink: &mut Sink<'_>) {
        let custom = custom_data::read(row.cell(Field::Custom));
        let received = event == "receive" && row.cell(Field::Source).eq_ignore_ascii_case("SMTP");
        if !received && custom == custom_data::Custom::default() {
            return;
        }
        let entry = self.fold.entry(row, sink);
        let strings = &mut sink.store.strings;
        entry.connector.offer((0, at.from), strings.intern(custom.connector));
        entry.client_ip.offer((0, at.from), strings.intern(custom.client_ip));
        if received {
            entry.tls.offer((0, at.from), strings.intern(custom.tls));
            entry.connector.offer((1, at.from), strings.intern(custom_data::inbound(row.cell(Field::Connector))));
            entry.client_ip.offer((1, at.from), strings.intern(row.cell(Field::ClientIp)));
        }
    }
}

/// Whom an event speaks of, with what it says of each, and whether that is one text for several. Where addresses are
/// replaced, it is the old one.
fn recipients<'a>(row: &'a Row<'_>, event: &str) -> (Vec<(&'a str, &'a str)>, bool) {
    let (cell, said) = (row.cell(Field::Recipient), row.cell(Field::RecipientStatus));
    if matches!(event, "expand" | "resolve" | "redirect") {
        let old = row.cell(Field::Related);
        let replaced = !old.is_empty() && fold_address(old) != fold_address(cell);
        return (if replaced { vec![(old, said)] } else { Vec::new() }, false);
    }
    let addresses: Vec<&str> = cell.split(';').map(str::trim).filter(|address| !address.is_empty()).collect();
    let parts = statuses(said);
    let apart = parts.len() == addresses.len();
    let shared = !apart && !said.is_empty();
    (addresses.into_iter().enumerate().map(|(at, address)| (address, if apart { parts[at] } else { said })).collect(), shared)
}

/// The statuses of a row's recipients. The text of an error holds semicolons itself: where there is a code, only what
/// begins with one is a status of its own.
fn statuses(said: &str) -> Vec<&str> {
    let coded = said.split(';').any(begins_with_code);
    let (mut out, mut begin) = (Vec::new(), 0);
    for (at, _) in said.match_indices(';').filter(|(at, _)| !coded || begins_with_code(&said[at + 1..])) {
        out.push(said[begin..at].trim());
        begin = at + 1;
    }
    out.push(said[begin..].trim());
    out
}

/// `550 `, as replies begin.
fn begins_with_code(text: &str) -> bool {
    let text = text.trim_start().as_bytes();
    matches!(text, [b'2'..=b'5', b'0'..=b'9', b'0'..=b'9', b' ' | b'-', ..])
}

/// What an event comes to for its recipient; `None` for steps and copies inside (exchange.md section 1.7).
fn status(event: &str, texts: &[&str]) -> Option<TraceStatus> {
    Some(match event {
        "receive" => TraceStatus::GettingStatus,
        "deliver" => TraceStatus::Delivered,
        "send" if texts.iter().any(|text| trailer(text).is_some() || inside(text)) => TraceStatus::GettingStatus,
        "send" | "sendexternal" => TraceStatus::Sent,
        "expand" => TraceStatus::Expanded,
        "resolve" | "redirect" => TraceStatus::Resolved,
        // A group copy ends so when its members have taken its place (exchange.md section 1.1).
        "fail" | "drop" if texts.iter().any(|text| text.contains("2.1.5 RESOLVER.GRP.Expanded")) => TraceStatus::Expanded,
        "fail" | "drop" | "badmail" | "poisonmessage" | "moderatorreject" | "moderationexpire" => TraceStatus::Failed,
        "defer" => TraceStatus::Pending,
        _ => return None,
    })
}

/// Whether a reply names one of Microsoft's own servers as the one that took the mail.
fn inside(reply: &str) -> bool {
    reply.to_ascii_lowercase().split_once("hostname=").is_some_and(|(_, host)| host.split([']', ',', ' ']).next().is_some_and(is_microsoft))
}
