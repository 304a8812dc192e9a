//! The tables of Log Analytics as CSV: `ACSEmailSendMailOperational` and `ACSEmailStatusUpdateOperational`.

use super::row::{self, Row};
use crate::formats::Sink;
use crate::formats::exchange::moment::{self, Dates, Order};
use crate::formats::records::Place;
use crate::formats::relay::output::Output;
use crate::formats::relay::sheet::Header;
use crate::formats::relay::syslog::Stamp;
use crate::source::{Class, lines};

/// The column of the time: the portal writes its zone behind the name.
const TIMES: &[&str] = &["timegenerated", "timegeneratedutc", "timegeneratedlocaltime"];

/// The header of such a table.
pub fn header(text: &str) -> Option<Header<'_>> {
    let own = |header: &Header<'_>| {
        let tells = ["deliverystatus", "trafficsource", "uniquerecipientscount"].iter().any(|name| header.has(name));
        header.has("correlationid") && tells && time(header).is_some()
    };
    Header::open(text).filter(own)
}

fn time(header: &Header<'_>) -> Option<&'static str> {
    TIMES.iter().copied().find(|name| header.has(name))
}

/// A row of the table.
struct Cells<'a> {
    header: &'a Header<'a>,
    record: &'a [&'a str],
}

impl Row for Cells<'_> {
    fn get(&self, key: &str) -> &str {
        self.header.cell(self.record, key)
    }
}

/// Reads a table.
pub fn read(text: &str, header: &Header<'_>, sink: &mut Sink<'_>) {
    let Some(time) = time(header) else { return };
    let order = order(header, time, sink);
    let mut out = Output::new(sink);
    out.mark(Place { line: 1, lines: header.line }, Class::Frame);
    for (number, _) in lines(text).filter(|(_, line)| line.trim().is_empty()) {
        out.mark(Place { line: number, lines: 1 }, Class::Frame);
    }
    header.each(time, &mut |record, place| match record {
        Err(reason) => out.reject(place, reason),
        Ok(record) => {
            let cells = Cells { header, record };
            match stamp(cells.get(time), order, !time.ends_with("localtime")) {
                None => out.reject(place, "no time in this row"),
                Some(_) if !cells.is_own() => out.reject(place, "a row of another table"),
                stamp => row::push(&cells, stamp, place, &mut out),
            }
        }
    });
    out.finish();
}

/// One person exported them, so one order of day and month holds.
fn order(header: &Header<'_>, time: &str, sink: &mut Sink<'_>) -> Order {
    let mut dates = Dates::default();
    header.each(time, &mut |record, _| {
        if let Ok(record) = record {
            dates.see(header.cell(record, time), None);
        }
    });
    let (order, doubt) = dates.settle();
    if let Some(doubt) = doubt {
        sink.source.note(header.line, doubt);
    }
    order
}

fn stamp(text: &str, order: Order, utc: bool) -> Option<Stamp> {
    let at = moment::at(text, Some(order))?;
    let stamp = Stamp::of_utc(at.from)?;
    Some(Stamp { offset: stamp.offset.filter(|_| utc || text.ends_with('Z')), precise: at.to == at.from, ..stamp })
}
