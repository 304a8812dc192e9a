//! `Get-MessageTrace` and `Get-MessageTraceV2` as `Export-Csv` writes them, one row per mail and recipient (exchange.md
//! sections 1.1 and 1.2), with the columns of remote sessions, in any culture.
//!
//! Assumed: the `#TYPE` line and the encodings of the PowerShell versions, of which no file was seen; that a mail with
//! an address in `ToIP` left the organisation (documented, but one masked record speaks against it); that a trace
//! exported from the portal has the same columns by other names.

use super::columns::{Cells, Field};
use super::moment::{self, Dates, Order};
use super::network_id;
use super::sheet::{Row, Sheet};
use super::sighting::{self, Repeats, Shifts, Sighting};
use crate::error::ReadError;
use crate::evidence::{Hop, Span, TraceStatus};
use crate::formats::objects::{Outcome, normal};
use crate::formats::records::Place;
use crate::formats::{Claim, Format, Settings, Sink};
use crate::source::Class;

const KNOWN: &[Field] = &[Field::Time, Field::Sender, Field::Recipient, Field::Status];
const IDS: &[Field] = &[Field::MessageId, Field::TraceId];
const NEEDED: &[(Field, &str)] = &[(Field::Time, "Received"), (Field::Recipient, "RecipientAddress"), (Field::Status, "Status")];
/// Time columns whose values are UTC by documentation (exchange.md sections 1.1, 1.2 and 1.11); the download of the admin
/// center calls its own `Date` (section 1.9).
const UTC: &[&str] = &["received", "receivedutc", "receiveddatetime", "datetimeutc", "dateutc", "datumutc", "fechautc", "datautc"];
const REMEDY: &str = "Export the trace again with all columns: Get-MessageTraceV2 ... | Export-Csv trace.csv";

/// The message trace as the cmdlets list it.
pub struct MessageTrace;

impl Format for MessageTrace {
    fn id(&self) -> &'static str {
        "exchange-trace"
    }

    fn title(&self) -> &'static str {
        "Exchange Online message trace, CSV of Get-MessageTrace or Get-MessageTraceV2"
    }

    fn hop(&self) -> Hop {
        Hop::Exchange
    }

    fn recognise(&self, head: &str) -> Option<Claim> {
        self.recognise_with(head, &Settings::default())
    }

    fn recognise_with(&self, head: &str, settings: &Settings) -> Option<Claim> {
        let sheet = Sheet::open(head, settings)?;
        if sheet.known(KNOWN) < KNOWN.len() || sheet.names("origintimestamputc") || sheet.names("origintimestamp") {
            return None;
        }
        let ids = sheet.known(IDS);
        let spoken = sheet.begins_with(&|row| status(row.cell(Field::Status)).is_some()) == Some(true);
        if sheet.begins_with(&|row| moment::stamp(row.cell(Field::Time)).is_some()) == Some(false) {
            return None;
        }
        (ids > 0 || spoken).then(|| Claim {
            confidence: if ids > 0 { 95 } else { 80 },
            why: format!("line {}: a header {} with sender, recipient, time and status of the message trace", sheet.line, sheet.between()),
        })
    }

    fn read(&self, text: &str, sink: &mut Sink<'_>) -> Result<(), ReadError> {
        let Some(sheet) = Sheet::open(text, sink.settings) else { return Ok(()) };
        sheet.demand(NEEDED, REMEDY, sink)?;
        let order = order(&sheet, sink);
        let (mut repeats, mut shifts) = (Repeats::default(), Shifts::default());
        let rows = sheet.read(sink, &mut |row, place, sink| push(row, place, order, &mut repeats, &mut shifts, sink));
        shifts.correct(sheet.line, sink);
        repeats.tell(sink);
        sighting::finish(rows, sheet.line, sink);
        if !sheet.columns.has(Field::TraceId) && !sheet.says(UTC) && !sheet.has_offset() {
            sink.source.utc = false;
            let told = "the admin center writes times in the zone of its search: without network message ids it is found by the other files, or named with --zone";
            sink.source.note(sheet.line, told);
        }
        Ok(())
    }

    fn samples(&self) -> &'static [&'static str] {
        &[include_str!("listing.v1.sample.csv"), include_str!("listing.v2.sample.csv")]
    }
}

/// Order of day and month, which the whole file settles; a file that begins with ISO times has no need of one.
pub fn order(sheet: &Sheet<'_>, sink: &mut Sink<'_>) -> Option<Order> {
    let exact = sheet.begins_with(&|row| matches!(moment::stamp(row.cell(Field::Time)), Some(moment::Stamp::Exact(_))));
    if exact == Some(true) {
        return None;
    }
    let mut dates = Dates::default();
    sheet.scan(&mut |row| {
        dates.see(row.cell(Field::Time), network_id::utc(row.cell(Field::TraceId)));
        dates.see(row.cell(Field::WindowStart), None);
        dates.see(row.cell(Field::WindowEnd), None);
    });
    let (order, doubt) = dates.settle();
    if let Some(doubt) = doubt {
        sink.source.note(sheet.line, doubt);
    }
    Some(order)
}

fn push(row: &Row<'_>, place: Place, order: Option<Order>, repeats: &mut Repeats, shifts: &mut Shifts, sink: &mut Sink<'_>) -> Outcome {
    let at = moment::at(row.cell(Field::Time), order).ok_or("no time that fits the column")?;
    let sighting = sighting(row, place, at)?;
    if repeats.again(&sighting, sink) {
        return Ok(Class::Frame);
    }
    shifts.see(at, sighting.network_id);
    sighting.push(sink);
    Ok(Class::Evidence)
}

/// What a row of the list says, whatever it was written in.
pub fn sighting(row: &dyn Cells, place: Place, at: Span) -> Result<Sighting<'_>, &'static str> {
    if row.cell(Field::Recipient).is_empty() {
        return Err("no recipient");
    }
    let status = status(row.cell(Field::Status)).ok_or("a status that the message trace does not know")?;
    let left = status == TraceStatus::Arrived && !row.cell(Field::ToIp).is_empty();
    Ok(Sighting::new(row, place, Some(at), if left { TraceStatus::Sent } else { status }))
}

/// Status words of the cmdlets, the portal and Graph (exchange.md sections 1.1 and 1.11), and what a portal in another
/// language may write in their place (assumed).
const STATUSES: &[(TraceStatus, &[&str])] = &[
    (TraceStatus::Arrived, &["delivered", "zugestellt", "übermittelt", "remis", "livré", "distribué", "entregado", "entregue"]),
    (TraceStatus::Failed, &["failed", "fehlgeschlagen", "fehler", "échec", "échoué", "error", "erróneo", "falha", "falhou", "comfalha"]),
    (TraceStatus::Pending, &["pending", "ausstehend", "enattente", "pendiente", "pendente"]),
    (TraceStatus::Expanded, &["expanded", "erweitert", "développé", "étendu", "expandido"]),
    (TraceStatus::Resolved, &["resolved", "aufgelöst", "résolu", "resuelto", "resolvido"]),
    (
        TraceStatus::Quarantined,
        &["quarantined", "inquarantäne", "unterquarantäne", "enquarantaine", "misenquarantaine", "encuarentena", "emquarentena"],
    ),
    (
        TraceStatus::FilteredAsSpam,
        &[
            "filteredasspam",
            "alsspamgefiltert",
            "filtrécommecourrierindésirable",
            "filtrécommespam",
            "filtradocomospam",
            "filtradocomocorreonodeseado",
        ],
    ),
    (
        TraceStatus::GettingStatus,
        &["gettingstatus", "none", "statuswirdabgerufen", "obtentiondelétat", "obteniendoestado", "obtendostatus"],
    ),
];

fn status(word: &str) -> Option<TraceStatus> {
    let word = normal(word);
    STATUSES.iter().find(|(_, words)| words.contains(&word.as_str())).map(|(status, _)| *status)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn status_words_in_every_language() {
        let rows = [
            ("FilteredAsSpam", Some(TraceStatus::FilteredAsSpam)),
            ("gettingStatus", Some(TraceStatus::GettingStatus)),
            ("Zugestellt", Some(TraceStatus::Arrived)),
            ("En attente", Some(TraceStatus::Pending)),
            ("Échec", Some(TraceStatus::Failed)),
            ("En cuarentena", Some(TraceStatus::Quarantined)),
            ("Entregue", Some(TraceStatus::Arrived)),
            ("Unter Quarantäne", Some(TraceStatus::Quarantined)),
            ("sent", None),
            ("", None),
        ];
        for (word, want) in rows {
            assert_eq!(status(word), want, "{word}");
        }
    }
}
