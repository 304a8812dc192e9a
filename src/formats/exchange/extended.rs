//! The extended report (`Start-HistoricalSearch -ReportType MessageTraceDetail`): 27 columns, one row per event, not
//! sorted by anything (exchange.md sections 1.5 to 1.7). Each event that decides something becomes evidence; what only
//! the first of them tells (connector, TLS, sending host) is put beside all of the same mail.
//!
//! Assumed: the raw header line; that a `SEND` to one of Microsoft's own servers is a step inside, while one to any
//! other server left; that an inbound connector stands in `custom_data` of `RECEIVE`, else in its `connector_id`.

use super::columns::{Cells, Field, normal};
use super::custom_data;
use super::failure;
use super::listing;
use super::moment::{self, Order};
use super::records::Place;
use super::sheet::{Outcome, Row, Sheet};
use super::sighting::{self, Shifts, Sighting};
use crate::error::ReadError;
use crate::evidence::{Hop, Kind, Span, Sym, TraceStatus};
use crate::formats::{Claim, Format, Sink};
use crate::smtp::{find_reply, fold_address, trailer};
use crate::source::Class;
use std::collections::HashMap;

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
        let sheet = Sheet::open(head)?;
        // An on-premises tracking log has other names, and other ends of the way.
        let own = sheet.names("datetimeutc") || sheet.names("tenantid");
        (own && sheet.known(KNOWN) == KNOWN.len())
            .then(|| Claim { confidence: 95, why: format!("line {}: a CSV header with events of the extended report", sheet.line) })
    }

    fn read(&self, text: &str, sink: &mut Sink<'_>) -> Result<(), ReadError> {
        let Some(sheet) = Sheet::open(text) else { return Ok(()) };
        sheet.demand(NEEDED, REMEDY, sink)?;
        let order = listing::order(&sheet, sink);
        let mut events = Events { begin: sink.store.records.len(), ..Events::default() };
        let rows = sheet.read(sink, &mut |row, place, sink| events.push(row, place, order, sink));
        events.fold(sink);
        events.shifts.correct(sheet.line, sink);
        sighting::finish(rows, sheet.line, sink);
        Ok(())
    }

    fn samples(&self) -> &'static [&'static str] {
        &[include_str!("extended.sample.csv")]
    }
}

/// What one event tells about the mail as a whole; the least `rank` is the surest.
#[derive(Clone, Copy)]
struct Known {
    rank: (u8, i64),
    text: Sym,
}

impl Known {
    fn better(slot: &mut Option<Self>, rank: (u8, i64), text: Sym) {
        if !text.is_empty() && slot.is_none_or(|known| rank < known.rank) {
            *slot = Some(Self { rank, text });
        }
    }
}

/// What is known of the hand-over of a mail to Exchange.
#[derive(Default)]
struct Entry {
    connector: Option<Known>,
    client_ip: Option<Known>,
    tls: Option<Known>,
}

#[derive(Default)]
struct Events {
    /// Index of the file's first record.
    begin: usize,
    shifts: Shifts,
    /// By Message-ID, which several trace ids may share.
    entries: HashMap<Sym, Entry>,
}

impl Events {
    fn push(&mut self, row: &Row<'_>, place: Place, order: Option<Order>, sink: &mut Sink<'_>) -> Outcome {
        let at = moment::at(row.cell(Field::Time), order).ok_or("no time in date_time_utc")?;
        let event = normal(row.cell(Field::Event));
        if event.is_empty() {
            return Err("no event");
        }
        if event == "receive" {
            self.shifts.see(at, row.cell(Field::TraceId));
        }
        self.enter(row, &event, at, sink);
        let recipients = recipients(row, &event);
        let mut class = Class::Frame;
        for (recipient, said) in recipients {
            let texts = [said, row.cell(Field::Context)];
            let Some(status) = status(&event, &texts) else { continue };
            let reply = if status == TraceStatus::GettingStatus { "" } else { failure::reply(&texts) };
            // Kinds of address (`To`, `Cc`) and session ids are no replies.
            let reply = if find_reply(reply).is_some() || sighting::kind(status) == Kind::Fail { reply } else { "" };
            let whole = Sighting { recipient, reply, connector: "", client_ip: "", ..Sighting::new(row, place, Some(at), status) };
            let other = fold_address(whole.return_path) != fold_address(whole.sender);
            Sighting { return_path: if other { whole.return_path } else { "" }, ..whole }.push(sink);
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
        let strings = &mut sink.store.strings;
        let entry = self.entries.entry(strings.intern(row.cell(Field::MessageId))).or_default();
        Known::better(&mut entry.connector, (0, at.from), strings.intern(custom.connector));
        Known::better(&mut entry.client_ip, (0, at.from), strings.intern(custom.client_ip));
        if received {
            Known::better(&mut entry.tls, (0, at.from), strings.intern(custom.tls));
            Known::better(&mut entry.connector, (1, at.from), strings.intern(custom_data::inbound(row.cell(Field::Connector))));
            Known::better(&mut entry.client_ip, (1, at.from), strings.intern(row.cell(Field::ClientIp)));
        }
    }

    /// The last end of a recipient is its end; what came before it was a step on the way.
    fn fold(&self, sink: &mut Sink<'_>) {
        let store = &mut *sink.store;
        let own = store.records.get_mut(self.begin..).unwrap_or_default();
        let is_end = |kind: Kind| matches!(kind, Kind::Deliver | Kind::Fail);
        let mut keys = Vec::with_capacity(own.len());
        let mut last: HashMap<(Sym, Sym), (Option<Span>, usize)> = HashMap::new();
        for (at, record) in own.iter().enumerate() {
            let recipient = fold_address(store.strings.get(record.recipient));
            let key = (record.message_id, store.strings.intern(&recipient));
            keys.push(key);
            if is_end(record.kind) {
                let end = last.entry(key).or_default();
                *end = (*end).max((record.local, at));
            }
        }
        for ((at, record), key) in own.iter_mut().enumerate().zip(keys) {
            let crate::evidence::Detail::Trace(facts) = record.detail else { continue };
            let Some(facts) = store.trace.get_mut(facts as usize) else { continue };
            if is_end(record.kind) && last.get(&key).is_some_and(|(_, end)| *end != at) {
                record.kind = Kind::Event;
                facts.status = TraceStatus::GettingStatus;
            }
            if let Some(entry) = self.entries.get(&record.message_id) {
                let text = |known: Option<Known>| known.map_or(Sym::EMPTY, |known| known.text);
                facts.connector = text(entry.connector);
                facts.client_ip = text(entry.client_ip);
                facts.tls = text(entry.tls);
            }
        }
    }
}

/// Whom an event speaks of, with what it says of each. Where addresses are replaced, it is the old one.
fn recipients<'a>(row: &'a Row<'_>, event: &str) -> Vec<(&'a str, &'a str)> {
    let (cell, said) = (row.cell(Field::Recipient), row.cell(Field::RecipientStatus));
    if matches!(event, "expand" | "resolve" | "redirect") {
        let old = row.cell(Field::Related);
        let replaced = !old.is_empty() && fold_address(old) != fold_address(cell);
        return if replaced { vec![(old, said)] } else { Vec::new() };
    }
    let addresses: Vec<&str> = cell.split(';').map(str::trim).filter(|address| !address.is_empty()).collect();
    let parts: Vec<&str> = said.split(';').map(str::trim).collect();
    // The text of an error holds semicolons itself.
    let apart = parts.len() == addresses.len();
    addresses.into_iter().enumerate().map(|(at, address)| (address, if apart { parts[at] } else { said })).collect()
}

/// What an event comes to for its recipient; `None` for steps and copies inside (exchange.md section 1.7).
fn status(event: &str, texts: &[&str]) -> Option<TraceStatus> {
    Some(match event {
        "receive" => TraceStatus::GettingStatus,
        "deliver" => TraceStatus::Delivered,
        "sendexternal" => TraceStatus::Sent,
        "send" if texts.iter().any(|text| trailer(text).is_some() || inside(text)) => TraceStatus::GettingStatus,
        "send" => TraceStatus::Sent,
        "expand" | "resolve" | "redirect" => TraceStatus::Expanded,
        // A group copy ends so when its members have taken its place (exchange.md section 1.1).
        "fail" | "drop" if texts.iter().any(|text| text.contains("2.1.5 RESOLVER.GRP.Expanded")) => TraceStatus::Expanded,
        "fail" | "drop" | "badmail" | "poisonmessage" | "moderatorreject" | "moderationexpire" => TraceStatus::Failed,
        "defer" => TraceStatus::Pending,
        _ => return None,
    })
}

/// Whether a reply names one of Microsoft's own servers as the one that took the mail.
fn inside(reply: &str) -> bool {
    let reply = reply.to_ascii_lowercase();
    reply
        .split_once("hostname=")
        .is_some_and(|(_, host)| host.split([']', ',', ' ']).next().is_some_and(|host| host.ends_with(".prod.outlook.com")))
}
