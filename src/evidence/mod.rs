//! The canonical record: one observation about one mail, one SMTP session or one setting, from one place of a source.
//!
//! Records are small (interned strings, side tables per hop), because a run may hold ten million of them.

mod context;
mod network;
mod record;
mod relay;
mod strings;
mod tables;
mod time;

pub use context::{Connector, ContextFacts, JobStatus};
pub use network::Network;
pub use record::{Cut, Detail, Evidence, Fold, Hop, Kind, SapFacts, SapState, SmtpFacts, TraceFacts, TraceStatus};
pub use relay::{Phase, RelayFacts};
pub use strings::{Strings, Sym};
pub use tables::{MessageText, Named, SendProcess, Tables};
pub use time::{HOUR, MINUTE, Millis, Span, ZoneBasis, day_time, rfc3339};

/// All evidence of a run, in order of sources and lines.
#[derive(Debug, Default)]
pub struct Store {
    /// Interned texts.
    pub strings: Strings,
    /// The records.
    pub records: Vec<Evidence>,
    /// What only SAP knows, by [`Detail::Sap`].
    pub sap: Vec<SapFacts>,
    /// What only an SMTP dialogue knows, by [`Detail::Smtp`].
    pub smtp: Vec<SmtpFacts>,
    /// What only the message trace knows, by [`Detail::Trace`].
    pub trace: Vec<TraceFacts>,
    /// What only a relay's log knows, by [`Detail::Relay`].
    pub relay: Vec<RelayFacts>,
    /// What completes SAP's requests.
    pub tables: Tables,
    /// What is known around the mails, by [`Detail::Context`].
    pub context: Vec<ContextFacts>,
}

/// Bytes of a line that holds a record: sender, recipient and time at least.
const LEAST: usize = 64;

/// Lines of a file that may hold a record: blank ones hold none, however many there are.
#[must_use]
pub fn full_lines(lines: usize, bytes: usize) -> usize {
    lines.min(bytes / LEAST)
}

impl Store {
    /// Text of a symbol.
    #[must_use]
    pub fn text(&self, sym: Sym) -> &str {
        self.strings.get(sym)
    }

    /// Makes room for the records of a file of so many lines and bytes, so that millions of them are not moved again and
    /// again. A relay writes several lines of a mail, and most lines of ICM are of other matters. Room that is not to be
    /// had is no error: records then take it as they come.
    pub fn make_room(&mut self, hop: Hop, lines: usize, bytes: usize) {
        let lines = full_lines(lines, bytes);
        let records = match hop {
            Hop::Sap | Hop::Exchange => lines,
            Hop::Relay => lines / 2,
            Hop::Icm | Hop::Outside => 0,
        };
        let facts = match hop {
            Hop::Sap => self.sap.try_reserve(records),
            Hop::Exchange => self.trace.try_reserve(records),
            Hop::Relay => self.relay.try_reserve(records),
            Hop::Icm | Hop::Outside => Ok(()),
        };
        let _ = facts.and_then(|()| self.records.try_reserve(records));
        if records > 0 {
            // A third of what stands in a log are texts that stand there once: ids, subjects, replies.
            self.strings.make_room(records, bytes / 3);
        }
    }

    /// SAP's facts of a record.
    #[must_use]
    pub fn sap_of(&self, record: &Evidence) -> Option<&SapFacts> {
        match record.detail {
            Detail::Sap(at) => self.sap.get(at as usize),
            _ => None,
        }
    }

    /// SMTP facts of a record.
    #[must_use]
    pub fn smtp_of(&self, record: &Evidence) -> Option<&SmtpFacts> {
        match record.detail {
            Detail::Smtp(at) => self.smtp.get(at as usize),
            _ => None,
        }
    }

    /// Trace facts of a record.
    #[must_use]
    pub fn trace_of(&self, record: &Evidence) -> Option<&TraceFacts> {
        match record.detail {
            Detail::Trace(at) => self.trace.get(at as usize),
            _ => None,
        }
    }

    /// Facts of a relay's log of a record.
    #[must_use]
    pub fn relay_of(&self, record: &Evidence) -> Option<&RelayFacts> {
        match record.detail {
            Detail::Relay(at) => self.relay.get(at as usize),
            _ => None,
        }
    }

    /// The fact around the mails that a record is.
    #[must_use]
    pub fn context_of(&self, record: &Evidence) -> Option<&ContextFacts> {
        match record.detail {
            Detail::Context(at) => self.context.get(at as usize),
            _ => None,
        }
    }

    /// All facts around the mails with the index of their record.
    pub fn contexts(&self) -> impl Iterator<Item = (u32, &ContextFacts)> {
        (0u32..).zip(&self.records).filter_map(|(at, record)| Some((at, self.context_of(record)?)))
    }

    /// Adds a record with SAP's facts.
    pub fn push_sap(&mut self, mut record: Evidence, facts: SapFacts) {
        record.detail = Detail::Sap(index(self.sap.len()));
        self.sap.push(facts);
        self.records.push(record);
    }

    /// Adds a record with SMTP facts.
    pub fn push_smtp(&mut self, mut record: Evidence, facts: SmtpFacts) {
        record.detail = Detail::Smtp(index(self.smtp.len()));
        self.smtp.push(facts);
        self.records.push(record);
    }

    /// Adds a record with facts of a relay's log.
    pub fn push_relay(&mut self, mut record: Evidence, facts: RelayFacts) {
        record.detail = Detail::Relay(index(self.relay.len()));
        self.relay.push(facts);
        self.records.push(record);
    }

    /// Adds a record that is a fact around the mails.
    pub fn push_context(&mut self, mut record: Evidence, facts: ContextFacts) {
        record.detail = Detail::Context(index(self.context.len()));
        self.context.push(facts);
        self.records.push(record);
    }

    /// Adds a record with trace facts.
    pub fn push_trace(&mut self, mut record: Evidence, facts: TraceFacts) {
        record.detail = Detail::Trace(index(self.trace.len()));
        self.trace.push(facts);
        self.records.push(record);
    }
}

/// Indices are 32 bits wide; a run beyond 4 billion records would saturate rather than wrap.
pub(crate) fn index(len: usize) -> u32 {
    u32::try_from(len).unwrap_or(u32::MAX)
}
