//! When a mail was requested and when its status changed, and the account of cells that tell neither.

use super::columns::Column as C;
use super::datetime::{self, Form};
use super::sheet::Sheet;
use crate::evidence::Span;
use std::collections::BTreeMap;

/// Date and time of the request, the preferred source first.
const REQUESTED: [(C, C); 2] = [(C::SendDate, C::SendTime), (C::ProcessDate, C::ProcessTime)];
/// Date and time of the status.
const CHANGED: [(C, C); 2] = [(C::StatusDate, C::StatusTime), (C::EntryDate, C::EntryTime)];

/// Reader of the times of a sheet.
pub struct Moments {
    form: Form,
    /// Line of the header.
    line: u32,
    unread: BTreeMap<C, Unread>,
}

/// Cells of a column that are not empty and cannot be read.
struct Unread {
    cells: usize,
    line: u32,
    text: String,
}

impl Moments {
    /// Learns the form of the dates from all rows.
    pub fn of(sheet: &Sheet<'_>) -> Self {
        let columns = REQUESTED.iter().chain(&CHANGED).map(|(date, _)| *date).filter(|date| sheet.has(*date));
        let columns: Vec<C> = columns.collect();
        let dates = sheet.rows.iter().flat_map(|(_, row)| columns.iter().map(|column| sheet.cell(row, *column)));
        Self { form: datetime::form(dates), line: sheet.line, unread: BTreeMap::new() }
    }

    /// Whether all dates fit another order of day and month as well.
    pub fn either_order(&self) -> bool {
        self.form.either
    }

    /// Time of the request and of the status.
    pub fn read(&mut self, sheet: &Sheet<'_>, line: u32, row: &[&str]) -> (Option<Span>, Option<Span>) {
        let [requested, changed] =
            [REQUESTED, CHANGED].map(|pairs| pairs.into_iter().find_map(|columns| self.moment(sheet, line, row, columns)));
        (requested, changed)
    }

    fn moment(&mut self, sheet: &Sheet<'_>, line: u32, row: &[&str], (date, time): (C, C)) -> Option<Span> {
        let (day, clock) = (sheet.cell(row, date), sheet.cell(row, time));
        if datetime::blank(day) {
            return None;
        }
        let Some(read) = datetime::date(day, self.form.order) else {
            self.miss(date, line, day);
            return None;
        };
        let within = datetime::time(clock);
        if within.is_none() && !clock.is_empty() {
            self.miss(time, line, clock);
        }
        Some(datetime::moment(read, within))
    }

    fn miss(&mut self, column: C, line: u32, text: &str) {
        let fresh = || Unread { cells: 0, line, text: text.chars().take(20).collect() };
        self.unread.entry(column).or_insert_with(fresh).cells += 1;
    }

    /// Guesses and unreadable cells, with their line.
    pub fn notes(&self) -> impl Iterator<Item = (u32, String)> + '_ {
        let doubts = self.form.doubts.iter().map(|doubt| (self.line, (*doubt).to_owned()));
        doubts.chain(self.unread.iter().map(|(column, unread)| {
            let (what, then) = match column {
                C::SendTime | C::ProcessTime | C::StatusTime | C::EntryTime => ("time", "the whole day is taken"),
                _ => ("date", "it counts as unknown"),
            };
            let of = match column {
                C::StatusDate | C::StatusTime | C::EntryDate | C::EntryTime => "status",
                _ => "send",
            };
            let Unread { cells, line, text } = unread;
            (*line, format!("{cells} cells with the {of} {what} cannot be read, the first is {text:?}: {then}"))
        }))
    }
}
