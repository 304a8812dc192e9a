//! What a table is, whatever it is written as: typed columns and rows of cells.

use super::clean::cleaned;
use super::run::Run;
use crate::evidence::{Millis, rfc3339};
use std::borrow::Cow;

/// What a column holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Type {
    /// Text, empty where unknown.
    Text,
    /// Whole number.
    Number,
    /// Share between 0 and 1.
    Share,
    /// Time in UTC.
    Time,
}

/// A column.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Column {
    /// Its name, `snake_case`.
    pub name: &'static str,
    /// What it holds.
    pub of: Type,
}

/// A column of texts.
pub(super) const fn text(name: &'static str) -> Column {
    Column { name, of: Type::Text }
}

/// A column of whole numbers.
pub(super) const fn number(name: &'static str) -> Column {
    Column { name, of: Type::Number }
}

/// A column of shares.
pub(super) const fn share(name: &'static str) -> Column {
    Column { name, of: Type::Share }
}

/// A column of times.
pub(super) const fn time(name: &'static str) -> Column {
    Column { name, of: Type::Time }
}

/// A value of a table.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell<'a> {
    /// Text, empty where unknown.
    Text(Cow<'a, str>),
    /// Whole number.
    Number(Option<i64>),
    /// Share between 0 and 1.
    Share(Option<f32>),
    /// Milliseconds since 1970 UTC.
    Time(Option<Millis>),
}

impl<'a> Cell<'a> {
    /// A text of our own or of a log, made harmless.
    pub(crate) fn of(text: &'a str) -> Self {
        Self::Text(cleaned(text))
    }

    /// A text that was put together.
    pub(super) fn owned(text: String) -> Self {
        match cleaned(&text) {
            Cow::Owned(clean) => Self::Text(Cow::Owned(clean)),
            Cow::Borrowed(_) => Self::Text(Cow::Owned(text)),
        }
    }

    /// A count.
    pub(super) fn count(count: usize) -> Self {
        Self::Number(i64::try_from(count).ok())
    }

    /// As text; empty where unknown.
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            Self::Text(text) => text.to_string(),
            Self::Number(number) => number.map_or_else(String::new, |number| number.to_string()),
            Self::Share(share) => share.map_or_else(String::new, |share| format!("{share:.2}")),
            Self::Time(at) => at.map_or_else(String::new, rfc3339),
        }
    }
}

/// Rows of a table.
pub type Rows<'a> = Box<dyn Iterator<Item = Vec<Cell<'a>>> + 'a>;

/// A table with its rows.
pub struct Table<'a> {
    /// Columns in order.
    pub columns: &'static [Column],
    /// One cell for each column.
    pub rows: Rows<'a>,
}

/// A table that a run can give.
pub struct Named {
    /// Name for `-o NAME=FILE`.
    pub name: &'static str,
    /// Columns in order; new ones go to the end.
    pub columns: &'static [Column],
    /// Its rows.
    pub rows: for<'a> fn(Run<'a>) -> Rows<'a>,
}

impl Named {
    /// The table of a run.
    #[must_use]
    pub fn of<'a>(&self, run: Run<'a>) -> Table<'a> {
        Table { columns: self.columns, rows: (self.rows)(run) }
    }
}
