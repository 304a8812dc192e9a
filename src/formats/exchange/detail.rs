//! `Get-MessageTraceDetail` and `Get-MessageTraceDetailV2` as `Export-Csv` writes them: the events of chosen mails
//! (exchange.md section 1.3). A row names its recipient only where a script added it.
//!
//! Assumed: the texts that name folder and next server, which come from a developer's notes; the keys of `Data`.

use super::columns::{Cells, Field};
use super::custom_data;
use super::data;
use super::failure;
use super::fold::Fold;
use super::listing;
use super::moment;
use super::sheet::Sheet;
use super::sighting::{Shifts, Sighting};
use crate::error::ReadError;
use crate::evidence::{Hop, Span, TraceStatus};
use crate::formats::objects::{Outcome, normal};
use crate::formats::records::Place;
use crate::formats::{Claim, Format, Settings, Sink};
use crate::source::Class;

const NEEDED: &[(Field, &str)] = &[(Field::Time, "Date"), (Field::Event, "Event"), (Field::Detail, "Detail")];
const IDS: &[Field] = &[Field::MessageId, Field::TraceId];
const REMEDY: &str = "Export the details again with all columns: Get-MessageTraceDetailV2 ... | Export-Csv detail.csv";

/// Events of chosen mails.
pub struct TraceDetail;

impl Format for TraceDetail {
    fn id(&self) -> &'static str {
        "exchange-detail"
    }

    fn title(&self) -> &'static str {
        "Exchange Online message trace, CSV of Get-MessageTraceDetail or Get-MessageTraceDetailV2"
    }

    fn hop(&self) -> Hop {
        Hop::Exchange
    }

    fn recognise(&self, head: &str) -> Option<Claim> {
        self.recognise_with(head, &Settings::default())
    }

    fn recognise_with(&self, head: &str, settings: &Settings) -> Option<Claim> {
        let sheet = Sheet::open(head, settings)?;
        let needed = NEEDED.iter().all(|(field, _)| sheet.columns.has(*field));
        let other = sheet.columns.has(Field::Source) || sheet.columns.has(Field::Status);
        (needed && !other && sheet.known(IDS) > 0).then(|| Claim {
            confidence: 90,
            why: format!("line {}: a header {} with events and details of the message trace", sheet.line, sheet.between()),
        })
    }

    fn read(&self, text: &str, sink: &mut Sink<'_>) -> Result<(), ReadError> {
        let Some(sheet) = Sheet::open(text, sink.settings) else { return Ok(()) };
        sheet.demand(NEEDED, REMEDY, sink)?;
        let order = listing::order(&sheet, sink);
        let mut events = Events::new(sink);
        let rows = sheet.read(sink, &mut |row, place, sink| {
            let at = moment::at(row.cell(Field::Time), order).ok_or("no time that fits the column")?;
            events.push(row, place, at, sink)
        });
        events.finish(rows, sheet.line, sink);
        Ok(())
    }

    fn samples(&self) -> &'static [&'static str] {
        &[include_str!("detail.sample.csv")]
    }
}

/// The events of one file, whatever it was written in.
pub struct Events {
    fold: Fold,
    shifts: Shifts,
}

impl Events {
    /// Before the first event of a file.
    pub fn new(sink: &Sink<'_>) -> Self {
        Self { fold: Fold::new(sink), shifts: Shifts::default() }
    }

    /// Adds an event.
    pub fn push(&mut self, row: &dyn Cells, place: Place, at: Span, sink: &mut Sink<'_>) -> Outcome {
        if row.cell(Field::MessageId).is_empty() && row.cell(Field::TraceId).is_empty() {
            return Err("no id of a mail");
        }
        let (event, said) = (normal(row.cell(Field::Event)), row.cell(Field::Detail));
        if event.is_empty() {
            return Err("no event");
        }
        let values: Vec<(&str, String)> = data::elements(row.cell(Field::Data)).collect();
        let value = |name: &str| values.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map_or("", |(_, value)| value.as_str());
        if event == "receive" {
            self.shifts.see(at, row.cell(Field::TraceId));
            let blobs = values.iter().filter(|(name, _)| name.eq_ignore_ascii_case("CustomData"));
            let blobs = blobs.map(|(_, blob)| blob.as_str()).collect::<Vec<_>>().join(";");
            enter(row, at, &value, custom_data::read(&blobs), &mut self.fold, sink);
        }
        let status = status(&event, said);
        let telling = !matches!(event.as_str(), "receive" | "submit" | "deliver" | "transfer");
        let reply = if telling { failure::reply(&[said]) } else { "" };
        let path = value("ReturnPath");
        Sighting { reply, connector: "", client_ip: "", return_path: path, ..Sighting::new(row, place, Some(at), status) }.push(sink);
        Ok(Class::Evidence)
    }

    /// Closes the account of a file of so many events.
    pub fn finish(self, rows: usize, line: u32, sink: &mut Sink<'_>) {
        self.fold.settle(sink);
        self.shifts.correct(line, sink);
        sink.source.rows = rows;
        sink.source.utc = sink.source.offset.is_none();
        sink.source.selected = true;
    }
}

/// Keeps what the first event tells of the hand-over.
fn enter<'v>(
    row: &dyn Cells,
    at: Span,
    value: &dyn Fn(&str) -> &'v str,
    custom: custom_data::Custom<'_>,
    fold: &mut Fold,
    sink: &mut Sink<'_>,
) {
    let entry = fold.entry(row, sink);
    let strings = &mut sink.store.strings;
    for (rank, connector, client_ip, tls) in [
        (0, custom.connector, custom.client_ip, custom.tls),
        (1, custom_data::inbound(value("ConnectorId")), value("ProxiedClientIPAddress"), value("tlsversion")),
        (2, "", value("ClientIP"), ""),
    ] {
        entry.connector.offer((rank, at.from), strings.intern(connector));
        entry.client_ip.offer((rank, at.from), strings.intern(client_ip));
        entry.tls.offer((rank, at.from), strings.intern(tls));
    }
}

/// What an event comes to; those that only explain (rules, spam levels) leave it open.
fn status(event: &str, said: &str) -> TraceStatus {
    let said = said.to_ascii_lowercase();
    match event {
        "deliver" | "delivered" if said.contains("junkemail") => TraceStatus::Junked,
        "deliver" | "delivered" if said.contains("quarantined") => TraceStatus::Quarantined,
        "deliver" | "delivered" => TraceStatus::Delivered,
        "send" if said.contains(".prod.outlook.com") => TraceStatus::GettingStatus,
        "send" | "sendexternal" => TraceStatus::Sent,
        "fail" | "failed" | "drop" if said.contains("2.1.5 resolver.grp.expanded") => TraceStatus::Expanded,
        "fail" | "failed" | "drop" => TraceStatus::Failed,
        "defer" => TraceStatus::Pending,
        "expand" | "expanddl" => TraceStatus::Expanded,
        "resolve" | "resolved" | "redirect" => TraceStatus::Resolved,
        _ => TraceStatus::GettingStatus,
    }
}
