//! The enhanced-summary message trace CSV, one row per mail (exchange.md section 1); the minimal example of a format.

use super::network_id;
use super::recipient_status::{self, Item};
use super::records::{self, Place};
use crate::error::ReadError;
use crate::evidence::{Evidence, Hop, Kind, Millis, Span, TraceFacts, TraceStatus};
use crate::formats::{Claim, Format, Sink};
use crate::source::{Class, lines};
use chrono::{DateTime, NaiveDateTime};

/// Row counts at which exports are cut off (exchange.md section 2).
const CAPS: &[usize] = &[1000, 5000, 50_000, 100_000];
/// A clock of the CSV this far from that of the network message ids is not UTC.
const OFF: Millis = 10 * crate::evidence::MINUTE;

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
        let (number, line) = lines(head).find(|(_, l)| !l.trim().is_empty() && !l.starts_with("#TYPE"))?;
        let header = Header::parse(line);
        let known = ["origin_timestamp_utc", "origin_timestamp", "sender_address", "recipient_status", "message_id", "network_message_id"];
        let hits = known.iter().filter(|name| header.at(name).is_some()).count();
        let own = header.at("origin_timestamp_utc").or(header.at("origin_timestamp")).is_some();
        (hits >= 3 && own)
            .then(|| Claim { confidence: 95, why: format!("line {number}: a CSV header with {hits} columns of the message trace") })
    }

    fn read(&self, text: &str, sink: &mut Sink<'_>) -> Result<(), ReadError> {
        let Some((first, line)) = lines(text).find(|(_, l)| !l.trim().is_empty() && !l.starts_with("#TYPE")) else { return Ok(()) };
        let header = Header::parse(line);
        sink.source.ledger.mark_run(1, first, Class::Frame);
        let columns = Columns::of(&header).map_err(|missing| missing_column(sink, first, missing, &header))?;
        for (number, _) in lines(text).filter(|(_, line)| line.trim().is_empty()) {
            sink.source.ledger.mark(number, Class::Frame);
        }
        let body = text.get(offset_of(text, line) + line.len()..).unwrap_or("");
        Rows { columns, first, seen: 0, shifts: Vec::new() }.read(body, &header, sink);
        sink.source.utc = true;
        if CAPS.contains(&sink.source.rows) {
            let rows = sink.source.rows;
            sink.source.note(first, format!("exactly {rows} rows: the export is probably cut off, so absence proves nothing"));
        }
        Ok(())
    }

    fn samples(&self) -> &'static [&'static str] {
        &[include_str!("summary.sample.csv")]
    }
}

fn offset_of(text: &str, part: &str) -> usize {
    part.as_ptr().addr().wrapping_sub(text.as_ptr().addr()).min(text.len())
}

fn missing_column(sink: &Sink<'_>, line: u32, missing: &str, header: &Header) -> ReadError {
    ReadError::MissingColumn {
        label: sink.source.label.clone(),
        line,
        missing: missing.to_owned(),
        found: header.names.join(", "),
        remedy: "Export the enhanced summary report of the message trace again, with all columns",
    }
}

/// The header line: lower case, blanks and hyphens as underscores.
struct Header {
    names: Vec<String>,
    delimiter: u8,
}

impl Header {
    fn parse(line: &str) -> Self {
        let count = |c: char| line.matches(c).count();
        let delimiter =
            [(b',', count(',')), (b';', count(';')), (b'\t', count('\t'))].into_iter().max_by_key(|(_, n)| *n).map_or(b',', |(d, _)| d);
        let names = line.split(char::from(delimiter)).map(Self::normal);
        Self { names: names.collect(), delimiter }
    }

    /// Whether a row is the header once more, as in files that were appended to each other.
    fn is(&self, row: &csv::StringRecord) -> bool {
        row.iter().map(Self::normal).eq(self.names.iter().cloned())
    }

    fn normal(name: &str) -> String {
        name.trim().trim_matches('"').to_lowercase().replace([' ', '-'], "_")
    }

    fn at(&self, name: &str) -> Option<usize> {
        self.names.iter().position(|known| known == name)
    }
}

/// Positions of the columns that are read.
struct Columns {
    time: usize,
    sender: usize,
    recipients: usize,
    subject: Option<usize>,
    size: Option<usize>,
    message_id: usize,
    network_id: Option<usize>,
    client_ip: Option<usize>,
    direction: Option<usize>,
    connector: Option<usize>,
}

impl Columns {
    fn of(header: &Header) -> Result<Self, &'static str> {
        Ok(Self {
            time: header.at("origin_timestamp_utc").or(header.at("origin_timestamp")).ok_or("origin_timestamp_utc")?,
            sender: header.at("sender_address").ok_or("sender_address")?,
            recipients: header.at("recipient_status").ok_or("recipient_status")?,
            message_id: header.at("message_id").ok_or("message_id")?,
            subject: header.at("message_subject"),
            size: header.at("total_bytes"),
            network_id: header.at("network_message_id"),
            client_ip: header.at("original_client_ip"),
            direction: header.at("directionality"),
            connector: header.at("connector_id"),
        })
    }
}

struct Rows {
    columns: Columns,
    /// Line of the header.
    first: u32,
    seen: usize,
    /// Row time minus the time inside the network message id.
    shifts: Vec<Millis>,
}

impl Rows {
    fn read(mut self, body: &str, header: &Header, sink: &mut Sink<'_>) {
        let time = self.columns.time;
        let delimiter = char::from(header.delimiter);
        let begins_row = |line: &str| line.split(delimiter).nth(time).is_some_and(|cell| utc(cell.trim().trim_matches('"')).is_some());
        records::each(body, self.first, header.delimiter, &begins_row, &mut |row, place| {
            let outcome =
                row.and_then(|row| if header.is(row) { Ok(Class::Frame) } else { self.push(row, place, sink).map(|()| Class::Evidence) });
            match outcome {
                Ok(class) => sink.source.ledger.mark_run(place.line, place.lines, class),
                Err(reason) => (place.line..place.line + place.lines).for_each(|at| sink.source.ledger.reject(at, reason)),
            }
            self.seen += usize::from(outcome != Ok(Class::Frame));
        });
        sink.source.rows = self.seen;
        self.check_clock(sink);
    }

    fn push(&mut self, row: &csv::StringRecord, place: Place, sink: &mut Sink<'_>) -> Result<(), &'static str> {
        let cell = |at: Option<usize>| at.and_then(|at| row.get(at)).unwrap_or("").trim();
        let at = utc(cell(Some(self.columns.time))).ok_or("no time in origin_timestamp")?;
        let items = recipient_status::items(cell(Some(self.columns.recipients))).filter(|items| !items.is_empty());
        let items = items.ok_or("recipient_status is not of the form address##event")?;
        let network = cell(self.columns.network_id);
        self.shifts.extend(network_id::utc(network).map(|known| at - known));
        sink.source.cover(Span::instant(at));
        for item in &items {
            let mut record = Evidence::at(sink.index, place.line, Hop::Exchange, kind(recipient_status::status(&item.events)));
            record.lines = place.lines;
            record.local = Some(Span::instant(at));
            let strings = &mut sink.store.strings;
            record.sender = strings.intern(cell(Some(self.columns.sender)));
            record.recipient = strings.intern(item.address);
            record.subject = strings.intern(cell(self.columns.subject));
            record.message_id = strings.intern(cell(Some(self.columns.message_id)));
            record.size = cell(self.columns.size).parse().unwrap_or(0);
            let facts = self.facts(row, item, network, sink);
            sink.store.push_trace(record, facts);
        }
        Ok(())
    }

    fn facts(&self, row: &csv::StringRecord, item: &Item<'_>, network: &str, sink: &mut Sink<'_>) -> TraceFacts {
        let cell = |at: Option<usize>| at.and_then(|at| row.get(at)).unwrap_or("").trim();
        let direction = cell(self.columns.direction);
        let strings = &mut sink.store.strings;
        TraceFacts {
            network_message_id: strings.intern(network),
            status: recipient_status::status(&item.events),
            connector: strings.intern(cell(self.columns.connector)),
            client_ip: strings.intern(cell(self.columns.client_ip)),
            originating: (!direction.is_empty()).then(|| direction.eq_ignore_ascii_case("Originating")),
        }
    }

    /// The network message ids tell UTC themselves (exchange.md section 3.2).
    fn check_clock(&mut self, sink: &mut Sink<'_>) {
        self.shifts.sort_unstable();
        let Some(median) = self.shifts.get(self.shifts.len() / 2).copied().filter(|_| self.shifts.len() >= 3) else { return };
        if median.abs() > OFF {
            let minutes = (median + median.signum() * crate::evidence::MINUTE / 2) / crate::evidence::MINUTE;
            sink.source.note(self.first, format!("times are {minutes} minutes off those inside the network message ids: corrected to UTC"));
            let by = -minutes * crate::evidence::MINUTE;
            for record in sink.store.records.iter_mut().filter(|record| record.source == sink.index) {
                record.local = record.local.map(|span| span.shifted(by));
            }
            sink.source.span = sink.source.span.map(|span| span.shifted(by));
        }
    }
}

fn kind(status: TraceStatus) -> Kind {
    match status {
        TraceStatus::Delivered | TraceStatus::Sent => Kind::Deliver,
        TraceStatus::Failed | TraceStatus::FilteredAsSpam | TraceStatus::Quarantined => Kind::Fail,
        TraceStatus::Pending => Kind::Defer,
        TraceStatus::GettingStatus | TraceStatus::Expanded => Kind::Event,
    }
}

/// ISO 8601 with or without `T`, `Z` and fractions.
fn utc(text: &str) -> Option<Millis> {
    if let Ok(at) = DateTime::parse_from_rfc3339(text) {
        return Some(at.timestamp_millis());
    }
    let text = text.trim_end_matches('Z').trim_end_matches(" UTC");
    let parsed = ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f"].iter().find_map(|form| NaiveDateTime::parse_from_str(text, form).ok());
    parsed.map(|at| at.and_utc().timestamp_millis())
}
