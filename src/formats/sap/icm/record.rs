//! Physical lines to records: header, stamps, wrapped lines (icm.md sections 1.2 to 1.6).

use super::line;
use crate::evidence::{Fold, HOUR, MINUTE, Millis, Span};
use crate::formats::Sink;
use crate::source::{Class, lines};

/// Time moves on at most this far without a new stamp.
const RESOLUTION: Millis = MINUTE;

/// One message of the trace.
#[derive(Clone, Debug)]
pub struct Record {
    /// First physical line.
    pub line: u32,
    /// Physical lines.
    pub lines: u32,
    /// Thread.
    pub thread: String,
    /// Text of all lines, joined by a blank, without thread prefixes.
    pub text: String,
    /// Index of the stamp above it.
    stamp: Option<usize>,
    closed: bool,
}

/// All records of a file with their times.
#[derive(Debug, Default)]
pub struct Records {
    /// In order of the file.
    pub all: Vec<Record>,
    stamps: Vec<(Millis, Fold)>,
}

impl Records {
    /// Reads a file: marks frame lines and the landscape in the sink, leaves the lines of records to their reader.
    pub fn read(text: &str, sink: &mut Sink<'_>) -> Self {
        let mut out = Self::default();
        for (number, physical) in lines(text) {
            out.line(number, physical, sink);
        }
        out.folds();
        out
    }

    fn line(&mut self, number: u32, physical: &str, sink: &mut Sink<'_>) {
        let (thread, rest) = line::thread(physical).unwrap_or(("", physical));
        if let Some(at) = line::stamp(rest) {
            self.stamps.push((at, Fold::Unknown));
            sink.source.ledger.mark(number, Class::Frame);
            sink.source.cover(Span::instant(at));
        } else if thread.is_empty() && (header(number, physical, sink) || physical.trim().is_empty() || !known_shape(physical)) {
            if known_shape(physical) {
                sink.source.ledger.mark(number, Class::Frame);
            } else {
                sink.source.ledger.reject(number, "neither thread prefix nor a shape of the trace");
            }
        } else if !self.joins(thread, rest) {
            sink.source.ledger.mark(number, Class::Frame);
            let (text, stamp) = (rest.trim_end().to_owned(), self.stamps.len().checked_sub(1));
            let closed = line::tail(rest).closed;
            self.all.push(Record { line: number, lines: 1, thread: thread.to_owned(), text, stamp, closed });
        } else {
            sink.source.ledger.mark(number, Class::Frame);
        }
    }

    /// Adds a continuation to the record before it: without prefix that of the file, with prefix and two blanks that
    /// of the same thread.
    fn joins(&mut self, thread: &str, rest: &str) -> bool {
        if !rest.starts_with("  ") && !(thread.is_empty() && rest.starts_with([' ', '\t'])) {
            return false;
        }
        let found = self.all.iter_mut().rev().take(16).find(|record| thread.is_empty() || record.thread == thread);
        let Some(record) = found.filter(|record| !record.closed) else { return false };
        record.text.push(' ');
        record.text.push_str(rest.trim());
        record.lines += 1;
        record.closed = line::tail(rest).closed;
        true
    }

    /// A stamp about an hour before its predecessor: the clocks went back, so the hour before it is the first of the
    /// doubled one and the hour behind it the second (icm.md section 8).
    fn folds(&mut self) {
        let Some(back) = (1..self.stamps.len()).find(|at| {
            let step = self.stamps[at - 1].0 - self.stamps[*at].0;
            (MINUTE..=HOUR).contains(&step)
        }) else {
            return;
        };
        let turn = self.stamps[back].0;
        let hour = turn - turn.rem_euclid(HOUR);
        for (at, (stamp, fold)) in self.stamps.iter_mut().enumerate() {
            if (hour..hour + HOUR).contains(stamp) {
                *fold = if at < back { Fold::First } else { Fold::Second };
            }
        }
    }

    /// Time of a record on the host's clock: from its stamp to the next one.
    pub fn time(&self, record: &Record) -> (Option<Span>, Fold) {
        let Some((at, fold)) = record.stamp.and_then(|stamp| self.stamps.get(stamp)).copied() else { return (None, Fold::Unknown) };
        let next = record.stamp.and_then(|stamp| self.stamps.get(stamp + 1)).map_or(at + 999, |(next, _)| *next);
        (Some(Span { from: at, to: next.clamp(at, at + RESOLUTION) }), fold)
    }
}

/// Reads a line of the header; `false` when it is none.
fn header(number: u32, physical: &str, sink: &mut Sink<'_>) -> bool {
    if let Some((_, level)) = physical.split_once("trc level:") {
        let level: Option<u8> = level.trim_start().split(|c: char| !c.is_ascii_digit()).next().and_then(|digits| digits.parse().ok());
        sink.source.landscape.trace_level = sink.source.landscape.trace_level.max(level);
        if level.is_some_and(|level| level < 2) {
            sink.source.note(number, "trace level 1 shows connections only, no SMTP dialogue: replies of the server cannot be seen here");
        }
        return true;
    }
    let (word, rest) = physical.split_once(char::is_whitespace).unwrap_or((physical, ""));
    match word {
        "sid" => rest.trim().clone_into(&mut sink.source.landscape.system),
        "profile" => {
            let name = rest.trim().rsplit('/').next().unwrap_or("").rsplit('\\').next().unwrap_or("");
            name.rsplit('_').next().unwrap_or("").clone_into(&mut sink.source.landscape.app_server);
        }
        "trc" | "sysno" | "systemid" | "relno" | "patchlevel" | "patchno" | "intno" | "make" | "pid" => {}
        _ => return false,
    }
    true
}

/// Lines without a thread prefix that belong to the form: header, rules, blanks, continuations, markers.
fn known_shape(physical: &str) -> bool {
    let trimmed = physical.trim();
    let header = ["trc ", "sid", "sysno", "systemid", "relno", "patchlevel", "patchno", "intno", "make", "profile", "pid", "trc file"];
    trimmed.is_empty()
        || physical.starts_with([' ', '\t'])
        || trimmed.starts_with("***")
        || trimmed.chars().all(|c| matches!(c, '-' | '=' | '*' | '+'))
        || header.iter().any(|word| trimmed.starts_with(word))
}
