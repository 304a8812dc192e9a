//! Times as intervals: a trace stamps blocks of lines, a list knows whole seconds.

use chrono::{DateTime, Datelike, NaiveDate, SecondsFormat, Utc};

/// Milliseconds since 1970-01-01 00:00 of whichever clock is meant.
pub type Millis = i64;

/// One minute.
pub const MINUTE: Millis = 60_000;
/// One hour.
pub const HOUR: Millis = 60 * MINUTE;

/// Closed interval in which something happened.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash)]
pub struct Span {
    /// Earliest possible time.
    pub from: Millis,
    /// Latest possible time.
    pub to: Millis,
}

impl Span {
    /// A known second.
    #[must_use]
    pub fn second(at: Millis) -> Self {
        Self { from: at, to: at + 999 }
    }

    /// A known instant.
    #[must_use]
    pub fn instant(at: Millis) -> Self {
        Self { from: at, to: at }
    }

    /// Middle of the interval.
    #[must_use]
    pub fn middle(self) -> Millis {
        self.from + (self.to - self.from) / 2
    }

    /// Distance between two intervals, 0 when they overlap.
    #[must_use]
    pub fn distance(self, other: Self) -> Millis {
        (self.from - other.to).max(other.from - self.to).max(0)
    }

    /// Smallest interval that holds both.
    #[must_use]
    pub fn join(self, other: Self) -> Self {
        Self { from: self.from.min(other.from), to: self.to.max(other.to) }
    }

    /// The interval with day and month of its date exchanged, where that is a date.
    #[must_use]
    pub fn day_and_month_exchanged(self) -> Option<Self> {
        let day = DateTime::<Utc>::from_timestamp_millis(self.from)?.date_naive();
        let other = NaiveDate::from_ymd_opt(day.year(), day.day(), day.month())?;
        Some(self.shifted((other - day).num_milliseconds()))
    }

    /// The interval moved by a number of milliseconds.
    #[must_use]
    pub fn shifted(self, by: Millis) -> Self {
        Self { from: self.from + by, to: self.to + by }
    }
}

/// How the zone of a source's times is known.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum ZoneBasis {
    /// Named by the user.
    Explicit,
    /// Stated in the file.
    File,
    /// Concluded from links to other sources.
    Inferred,
    /// Nothing speaks for or against it.
    Assumed,
}

impl ZoneBasis {
    /// The word of the reports.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Explicit => "explicit",
            Self::File => "file",
            Self::Inferred => "inferred",
            Self::Assumed => "assumed",
        }
    }
}

/// RFC 3339 in UTC with milliseconds; empty outside the calendar.
#[must_use]
pub fn rfc3339(at: Millis) -> String {
    DateTime::<Utc>::from_timestamp_millis(at).map_or_else(String::new, |t| t.to_rfc3339_opts(SecondsFormat::Millis, true))
}

/// `2026-03-10 09:17:30` of whichever clock the milliseconds belong to.
#[must_use]
pub fn day_time(at: Millis) -> String {
    DateTime::<Utc>::from_timestamp_millis(at).map_or_else(String::new, |t| t.format("%Y-%m-%d %H:%M:%S").to_string())
}
