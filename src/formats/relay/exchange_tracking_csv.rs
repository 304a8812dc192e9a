//! `Get-MessageTrackingLog | Export-Csv` of Exchange on-premises: the rows of the message tracking log under other names,
//! with times as the server's clock and the culture of the person write them (exchange.md section 1.14 and the alias
//! table of 1.5).
//!
//! Rests on documentation only: the names of the columns and that lists become type names unless they are joined.

use super::exchange_tracking::{Cell, push};
use super::output::Output;
use super::syslog::Stamp;
use crate::error::ReadError;
use crate::evidence::Hop;
use crate::formats::exchange::moment::{self, Dates, Order};
use crate::formats::objects::normal;
use crate::formats::records::{self, Place};
use crate::formats::secret::without_logons;
use crate::formats::{Claim, Format, Sink};
use crate::source::{Class, lines};

/// What PowerShell writes for a list that nobody joined.
const TYPE: &str = "System.String[]";
const JOIN: &str = "recipients were exported as the name of their type: export again with Select-Object *,@{n='Recipients';e={$_.Recipients -join ';'}},@{n='RecipientStatus';e={$_.RecipientStatus -join ';'}} -ExcludeProperty Recipients,RecipientStatus";

/// Message tracking log by way of PowerShell.
pub struct ExchangeTrackingCsv;

impl Format for ExchangeTrackingCsv {
    fn id(&self) -> &'static str {
        "relay-exchange-tracking-csv"
    }

    fn title(&self) -> &'static str {
        "Exchange Server message tracking (Get-MessageTrackingLog | Export-Csv)"
    }

    fn hop(&self) -> Hop {
        Hop::Relay
    }

    fn recognise(&self, head: &str) -> Option<Claim> {
        let header = Header::open(head)?;
        let has = |name: &str| header.names.iter().any(|known| known == name);
        let needed = ["timestamp", "eventid", "recipients"].iter().all(|name| has(name)) && !has("datetimeutc");
        let own =
            ["internalmessageid", "serverhostname", "sourcecontext", "messagelatency", "source"].iter().filter(|name| has(name)).count();
        (needed && own > 0).then(|| Claim { confidence: 95, why: format!("line {}: the columns of Get-MessageTrackingLog", header.line) })
    }

    fn read(&self, text: &str, sink: &mut Sink<'_>) -> Result<(), ReadError> {
        let text = &*without_logons(text);
        let Some(header) = Header::open(text) else { return Ok(()) };
        let order = order(&header, sink);
        let mut out = Output::new(sink);
        out.mark(Place { line: 1, lines: header.line }, Class::Frame);
        for (number, _) in lines(text).filter(|(_, line)| line.trim().is_empty()) {
            out.mark(Place { line: number, lines: 1 }, Class::Frame);
        }
        let mut unjoined = None;
        header.each(&mut |record, place| match record {
            Err(reason) => out.reject(place, reason),
            Ok(record) => {
                let row = Row { names: &header.names, record };
                unjoined = unjoined.or((row.raw("recipients") == TYPE).then_some(place.line));
                match stamp(row.cell("date-time"), order) {
                    _ if row.raw("timestamp").eq_ignore_ascii_case("timestamp") => out.mark(place, Class::Frame),
                    Some(stamp) if !row.cell("event-id").is_empty() => push(&row, stamp, place, &mut out),
                    _ => out.reject(place, "no time and event in this row"),
                }
            }
        });
        if let Some(line) = unjoined {
            out.sink.source.note(line, JOIN);
        }
        out.finish();
        Ok(())
    }

    fn samples(&self) -> &'static [&'static str] {
        &[include_str!("exchange_tracking_csv.sample.csv"), include_str!("exchange_tracking_csv.picked.sample.csv")]
    }
}

/// Names of the columns, and where the rows begin.
struct Header<'a> {
    line: u32,
    names: Vec<String>,
    delimiter: char,
    body: &'a str,
}

impl<'a> Header<'a> {
    fn open(text: &'a str) -> Option<Self> {
        let (line, header) = lines(text).find(|(_, line)| !line.trim().is_empty() && !line.starts_with('#'))?;
        let delimiter = [',', ';', '\t'].into_iter().rev().max_by_key(|c| header.matches(*c).count())?;
        let names = header.trim_start_matches('\u{feff}').split(delimiter).map(|name| normal(name.trim().trim_matches('"'))).collect();
        let from = header.as_ptr().addr().wrapping_sub(text.as_ptr().addr()).saturating_add(header.len());
        Some(Self { line, names, delimiter, body: text.get(from..)? })
    }

    fn each(&self, take: &mut records::Take<'_>) {
        let time = self.names.iter().position(|name| name == "timestamp");
        let begins = |line: &str| {
            let cell = time.and_then(|time| line.split(self.delimiter).nth(time));
            cell.is_some_and(|cell| moment::stamp(cell.trim().trim_matches('"')).is_some())
        };
        records::each(self.body, self.line, u8::try_from(self.delimiter).unwrap_or(b','), &begins, take);
    }
}

/// A row; columns by the names of the log itself.
struct Row<'a> {
    names: &'a [String],
    record: &'a [&'a str],
}

impl Row<'_> {
    fn raw(&self, name: &str) -> &str {
        let at = self.names.iter().position(|known| known == name);
        at.and_then(|at| self.record.get(at)).map_or("", |cell| cell.trim())
    }
}

impl Cell for Row<'_> {
    fn cell(&self, name: &str) -> &str {
        let cell = match name {
            "date-time" => self.raw("timestamp"),
            "recipient-address" => self.raw("recipients"),
            "sender-address" => self.raw("sender"),
            name => self.raw(&normal(name)),
        };
        if cell == TYPE { "" } else { cell }
    }
}

/// One person exported them, so one order of day and month holds.
fn order(header: &Header<'_>, sink: &mut Sink<'_>) -> Order {
    let mut dates = Dates::default();
    header.each(&mut |record, _| {
        if let Ok(record) = record {
            dates.see(Row { names: &header.names, record }.raw("timestamp"), None);
        }
    });
    let (order, doubt) = dates.settle();
    if let Some(doubt) = doubt {
        sink.source.note(header.line, doubt);
    }
    order
}

/// The server's own time, unless the text tells its zone.
fn stamp(text: &str, order: Order) -> Option<Stamp> {
    let at = moment::at(text, Some(order))?;
    let zoned = text.ends_with('Z') || text.get(19..).is_some_and(|rest| rest.contains('+'));
    let stamp = Stamp::of_utc(at.from)?;
    Some(Stamp { offset: stamp.offset.filter(|_| zoned), precise: at.to == at.from, ..stamp })
}
