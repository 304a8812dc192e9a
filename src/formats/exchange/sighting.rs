//! What every shape of the message trace says of one recipient of a mail, and how it becomes evidence.

use super::caps;
use super::columns::{Cells, Field};
use super::custom_data;
use super::network_id;
use super::sheet::Row;
use crate::evidence::{Evidence, Hop, Kind, MINUTE, Millis, Span, Sym, TraceFacts, TraceStatus};
use crate::formats::Sink;
use crate::formats::records::Place;
use crate::smtp::fold_address;
use foldhash::fast::FixedState;
use std::collections::HashSet;

/// A clock this far from that of the network message ids is not UTC.
const OFF: Millis = 10 * MINUTE;
/// Fewer ids than this settle no clock.
const ENOUGH: usize = 3;

/// One recipient of a mail as one row shows it.
#[derive(Clone, Copy, Debug)]
pub struct Sighting<'a> {
    pub hop: Hop,
    pub place: Place,
    pub at: Option<Span>,
    pub status: TraceStatus,
    pub sender: &'a str,
    pub recipient: &'a str,
    pub subject: &'a str,
    pub message_id: &'a str,
    pub network_id: &'a str,
    pub client_ip: &'a str,
    pub connector: &'a str,
    pub size: &'a str,
    pub reply: &'a str,
    pub originating: Option<bool>,
    pub tls: &'a str,
    pub return_path: &'a str,
}

impl<'a> Sighting<'a> {
    /// What shapes have in common.
    pub fn new(row: &'a dyn Cells, place: Place, at: Option<Span>, status: TraceStatus) -> Self {
        let direction = row.cell(Field::Direction);
        Self {
            hop: Hop::Exchange,
            place,
            at,
            status,
            sender: row.cell(Field::Sender),
            recipient: row.cell(Field::Recipient),
            subject: row.cell(Field::Subject),
            message_id: row.cell(Field::MessageId),
            network_id: row.cell(Field::TraceId),
            client_ip: row.cell(Field::ClientIp),
            connector: row.cell(Field::Connector),
            size: row.cell(Field::Size),
            reply: "",
            originating: (!direction.is_empty()).then(|| direction.eq_ignore_ascii_case("Originating")),
            tls: "",
            return_path: row.cell(Field::ReturnPath),
        }
    }

    /// Adds the evidence.
    pub fn push(&self, sink: &mut Sink<'_>) {
        let mut record = Evidence::at(sink.index, self.place.line, self.hop, kind(self.status));
        let strings = &mut sink.store.strings;
        record.lines = self.place.lines;
        record.local = self.at;
        record.sender = strings.intern(self.sender);
        record.recipient = strings.intern(self.recipient);
        record.subject = strings.intern(self.subject);
        record.message_id = strings.intern(self.message_id);
        record.reply = strings.intern(self.reply);
        record.size = self.size.parse().unwrap_or(0);
        let other = !self.return_path.is_empty() && fold_address(self.return_path) != fold_address(self.sender);
        let facts = TraceFacts {
            network_message_id: strings.intern(self.network_id),
            status: self.status,
            connector: strings.intern(custom_data::inbound(self.connector)),
            client_ip: strings.intern(self.client_ip),
            originating: self.originating,
            tls: strings.intern(self.tls),
            return_path: strings.intern(if other { self.return_path } else { "" }),
        };
        if let Some(at) = self.at {
            sink.source.cover(at);
        }
        sink.store.push_trace(record, facts);
    }
}

/// What a status is at this hop.
pub fn kind(status: TraceStatus) -> Kind {
    match status {
        TraceStatus::Arrived | TraceStatus::Delivered | TraceStatus::Sent => Kind::Deliver,
        TraceStatus::Failed | TraceStatus::Junked | TraceStatus::FilteredAsSpam | TraceStatus::Quarantined => Kind::Fail,
        TraceStatus::Pending => Kind::Defer,
        TraceStatus::GettingStatus | TraceStatus::Expanded | TraceStatus::Resolved => Kind::Event,
    }
}

/// Rows of one file that were seen before, as where pages overlap (exchange.md section 1.2).
#[derive(Default)]
pub struct Repeats {
    /// Id, recipient, status and time of each row.
    seen: HashSet<(Sym, Sym, TraceStatus, Option<Millis>), FixedState>,
    /// Rows of events, cell by cell, as a number that no other row has.
    events: HashSet<u128, FixedState>,
    count: usize,
    first: u32,
}

impl Repeats {
    /// Whether an event stands in the file already with the same in every cell. Without an id it may be of another mail.
    pub fn again_whole(&mut self, row: &Row<'_>, place: Place) -> bool {
        if row.cell(Field::TraceId).is_empty() && row.cell(Field::MessageId).is_empty() {
            return false;
        }
        let new = self.events.insert(row.digest());
        self.count_again(new, place.line)
    }

    /// Whether a row stands in the file already. Without an id two rows may well be two mails.
    pub fn again(&mut self, row: &Sighting<'_>, sink: &mut Sink<'_>) -> bool {
        let id = if row.network_id.is_empty() { row.message_id } else { row.network_id };
        if id.is_empty() {
            return false;
        }
        let strings = &mut sink.store.strings;
        let new = self.seen.insert((strings.intern(id), strings.intern(row.recipient), row.status, row.at.map(|at| at.from)));
        self.count_again(new, row.place.line)
    }

    fn count_again(&mut self, new: bool, line: u32) -> bool {
        if !new {
            self.first = if self.count == 0 { line } else { self.first };
            self.count += 1;
        }
        !new
    }

    /// Says how many there were.
    pub fn tell(&self, sink: &mut Sink<'_>) {
        if self.count > 0 {
            let rows = if self.count == 1 { "row stands" } else { "rows stand" };
            sink.source.note(self.first, format!("{} {rows} in the file before, as where pages overlap: counted once", self.count));
        }
    }
}

/// Row times beside the UTC inside the network message ids (exchange.md section 3.2).
#[derive(Default)]
pub struct Shifts(Vec<Millis>);

impl Shifts {
    /// Looks at a row.
    pub fn see(&mut self, at: Span, network_id: &str) {
        self.0.extend(network_id::utc(network_id).map(|known| at.from - known));
    }

    /// Puts the times of a file right that were converted from UTC. `line` is that of its header.
    pub fn correct(mut self, line: u32, sink: &mut Sink<'_>) {
        if self.0.len() < ENOUGH {
            return;
        }
        // The ids know better than a header that names an offset.
        sink.source.offset = None;
        let middle = self.0.len() / 2;
        let median = *self.0.select_nth_unstable(middle).1;
        if median.abs() <= OFF {
            return;
        }
        let minutes = (median + median.signum() * MINUTE / 2) / MINUTE;
        sink.source.note(line, format!("times are {minutes} minutes off those inside the network message ids: corrected to UTC"));
        let by = -minutes * MINUTE;
        for record in sink.store.records.iter_mut().filter(|record| record.source == sink.index) {
            record.local = record.local.map(|span| span.shifted(by));
        }
        sink.source.span = sink.source.span.map(|span| span.shifted(by));
    }
}

/// Closes the account of a file of so many rows.
pub fn finish(rows: usize, line: u32, sink: &mut Sink<'_>) {
    sink.source.rows = rows;
    sink.source.utc = sink.source.offset.is_none();
    if caps::probably_cut(rows) {
        sink.source.note(line, format!("exactly {rows} rows: the export is probably cut off, so absence proves nothing"));
    }
}
