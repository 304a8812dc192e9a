//! The connector report (`Start-HistoricalSearch -ReportType ConnectorReport`): mails by the connector they came through
//! or went out by, with the version of TLS (exchange.md sections 1.8 and 1.13).
//!
//! Assumed: everything but `sender_address`, the one column that was ever seen named. So any header is taken that has a
//! sender, a time and a column of connectors or TLS; columns go by the names that the other reports use, and a row
//! without a status proves only that Exchange had the mail.

use super::columns::{Cells, Field};
use super::listing;
use super::moment::{self, Order};
use super::sheet::{Row, Sheet};
use super::sighting::{self, Repeats, Shifts, Sighting};
use crate::error::ReadError;
use crate::evidence::{Hop, TraceStatus};
use crate::formats::objects::Outcome;
use crate::formats::records::Place;
use crate::formats::{Claim, Format, Settings, Sink};
use crate::source::Class;

const NEEDED: &[(Field, &str)] = &[(Field::Time, "date_time_utc"), (Field::Sender, "sender_address")];
/// Columns that only reports on connectors have, normalised.
const OWN: &[&str] = &["connectorname", "connectortype", "connectordirection", "tlsused", "tlsversion", "forcedtls"];
const REMEDY: &str = "Export the connector report again, with all columns";

/// Mails by connector.
pub struct ConnectorReport;

impl Format for ConnectorReport {
    fn id(&self) -> &'static str {
        "exchange-connector-report"
    }

    fn title(&self) -> &'static str {
        "Exchange Online connector report CSV"
    }

    fn hop(&self) -> Hop {
        Hop::Exchange
    }

    fn recognise(&self, head: &str) -> Option<Claim> {
        self.recognise_with(head, &Settings::default())
    }

    fn recognise_with(&self, head: &str, settings: &Settings) -> Option<Claim> {
        let sheet = Sheet::open(head, settings)?;
        let own = OWN.iter().find(|name| sheet.names(name))?;
        let needed = NEEDED.iter().all(|(field, _)| sheet.columns.has(*field));
        // A trace with a status of each recipient, or with events, is one of the other reports.
        let other = [Field::Status, Field::RecipientStatus, Field::Event, Field::Delivery].iter().any(|field| sheet.columns.has(*field));
        (needed && !other).then(|| Claim {
            confidence: 70,
            why: format!("line {}: a header {} with sender, time and '{own}'", sheet.line, sheet.between()),
        })
    }

    fn read(&self, text: &str, sink: &mut Sink<'_>) -> Result<(), ReadError> {
        let Some(sheet) = Sheet::open(text, sink.settings) else { return Ok(()) };
        sheet.demand(NEEDED, REMEDY, sink)?;
        sink.source
            .note(sheet.line, "connector report: its columns are not documented; what is taken from it rests on their names, a guess");
        let order = listing::order(&sheet, sink);
        let (mut repeats, mut shifts) = (Repeats::default(), Shifts::default());
        let rows = sheet.read(sink, &mut |row, place, sink| push(row, place, order, &mut repeats, &mut shifts, sink));
        shifts.correct(sheet.line, sink);
        repeats.tell(sink);
        sighting::finish(rows, sheet.line, sink);
        // It holds the mails of one kind of connector: that another mail is not among them proves nothing.
        sink.source.selected = true;
        Ok(())
    }

    fn samples(&self) -> &'static [&'static str] {
        &[include_str!("connector_report.sample.csv")]
    }
}

fn push(row: &Row<'_>, place: Place, order: Option<Order>, repeats: &mut Repeats, shifts: &mut Shifts, sink: &mut Sink<'_>) -> Outcome {
    let at = moment::at(row.cell(Field::Time), order).ok_or("no time that fits the column")?;
    if [Field::MessageId, Field::TraceId, Field::Recipient].iter().all(|field| row.cell(*field).is_empty()) {
        return Err("neither recipient nor id of a mail");
    }
    let sighting = Sighting { tls: row.cell(Field::Tls), ..Sighting::new(row, place, Some(at), TraceStatus::GettingStatus) };
    if repeats.again(&sighting, sink) {
        return Ok(Class::Frame);
    }
    shifts.see(at, sighting.network_id);
    sighting.push(sink);
    Ok(Class::Evidence)
}
