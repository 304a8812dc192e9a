//! `Get-MessageTrackingLog | Export-Csv` of Exchange on-premises: the rows of the message tracking log under other names,
//! with times as the server's clock and the culture of the person write them (exchange.md section 1.14 and the alias
//! table of 1.5).
//!
//! Rests on documentation only: the names of the columns and that lists become type names unless they are joined.

use super::event::Cell;
use super::tracking::Tracking;
use crate::error::ReadError;
use crate::evidence::Hop;
use crate::formats::exchange::moment::{self, Dates, Order};
use crate::formats::objects::normal;
use crate::formats::records::Place;
use crate::formats::relay::sheet::Header;
use crate::formats::relay::syslog::Stamp;
use crate::formats::secret::without_logons;
use crate::formats::{Claim, Format, Sink};
use crate::source::{Class, lines};

/// Column of the time.
const TIME: &str = "timestamp";
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
        let has = |name: &str| header.has(name);
        let needed = ["timestamp", "eventid", "recipients"].iter().all(|name| has(name)) && !has("datetimeutc");
        let own =
            ["internalmessageid", "serverhostname", "sourcecontext", "messagelatency", "source"].iter().filter(|name| has(name)).count();
        (needed && own > 0).then(|| Claim { confidence: 95, why: format!("line {}: the columns of Get-MessageTrackingLog", header.line) })
    }

    fn read(&self, text: &str, sink: &mut Sink<'_>) -> Result<(), ReadError> {
        let text = &*without_logons(text);
        let Some(header) = Header::open(text) else { return Ok(()) };
        let order = order(&header, sink);
        let mut tracking = Tracking::new(sink);
        tracking.out.mark(Place { line: 1, lines: header.line }, Class::Frame);
        for (number, _) in lines(text).filter(|(_, line)| line.trim().is_empty()) {
            tracking.out.mark(Place { line: number, lines: 1 }, Class::Frame);
        }
        let mut unjoined = None;
        header.each(TIME, &mut |record, place| match record {
            Err(reason) => tracking.out.reject(place, reason),
            Ok(record) => {
                let row = Row { header: &header, record };
                unjoined = unjoined.or((row.raw("recipients") == TYPE).then_some(place.line));
                match stamp(row.cell("date-time"), order) {
                    _ if row.raw("timestamp").eq_ignore_ascii_case("timestamp") => tracking.out.mark(place, Class::Frame),
                    Some(stamp) if !row.cell("event-id").is_empty() => tracking.push(&row, stamp, place),
                    _ => tracking.out.reject(place, "no time and event in this row"),
                }
            }
        });
        if let Some(line) = unjoined {
            tracking.out.sink.source.note(line, JOIN);
        }
        tracking.finish();
        Ok(())
    }

    fn samples(&self) -> &'static [&'static str] {
        &[include_str!("csv.sample.csv"), include_str!("csv.picked.sample.csv")]
    }
}

/// A row; columns by the names of the log itself.
struct Row<'a> {
    header: &'a Header<'a>,
    record: &'a [&'a str],
}

impl Row<'_> {
    fn raw(&self, name: &str) -> &str {
        self.header.cell(self.record, name)
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
    header.each(TIME, &mut |record, _| {
        if let Ok(record) = record {
            dates.see(Row { header, record }.raw(TIME), None);
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
