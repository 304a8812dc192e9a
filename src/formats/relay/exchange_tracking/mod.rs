//! Message tracking logs of Exchange on-premises and Edge (exchange.md section 1.14): columns by `#Fields`, one row per
//! event with all its recipients, times in UTC.
//!
//! Assumed: that a failure whose row names no other server is of the one that its connector leads all other mails to.

mod csv;
mod event;
mod tracking;

pub use csv::ExchangeTrackingCsv;
pub use event::internal_id;

use super::fields::{self, Line, Row};
use crate::error::ReadError;
use crate::evidence::Hop;
use crate::formats::records::Place;
use crate::formats::secret::without_logons;
use crate::formats::{Claim, Format, Sink};
use crate::source::Class;
use event::Cell;
use tracking::Tracking;

/// Message tracking log.
pub struct ExchangeTracking;

impl Format for ExchangeTracking {
    fn id(&self) -> &'static str {
        "relay-exchange-tracking"
    }

    fn title(&self) -> &'static str {
        "Exchange Server message tracking log"
    }

    fn hop(&self) -> Hop {
        Hop::Relay
    }

    fn recognise(&self, head: &str) -> Option<Claim> {
        let names = fields::names(head)?;
        let known =
            ["internal-message-id", "event-id", "source-context", "recipient-status"].iter().filter(|name| names.contains(*name)).count();
        (known >= 3).then(|| Claim { confidence: 97, why: format!("#Fields names {known} columns of the message tracking log") })
    }

    fn read(&self, text: &str, sink: &mut Sink<'_>) -> Result<(), ReadError> {
        let text = &*without_logons(text);
        let mut tracking = Tracking::new(sink);
        fields::each(text, ',', &[], &mut |line, number| {
            let place = Place { line: number, lines: 1 };
            match line {
                Line::Frame => tracking.out.mark(place, Class::Frame),
                Line::Unknown(reason) => tracking.out.reject(place, reason),
                Line::Row(row) => match row.utc("date-time").filter(|_| !row.cell("event-id").is_empty()) {
                    Some(stamp) => tracking.push(&row, stamp, place),
                    None => tracking.out.reject(place, "no time and event in this row"),
                },
            }
        });
        tracking.finish();
        Ok(())
    }

    fn samples(&self) -> &'static [&'static str] {
        &[include_str!("sample.log")]
    }
}

impl Cell for Row<'_> {
    fn cell(&self, name: &str) -> &str {
        Row::cell(self, name)
    }
}
