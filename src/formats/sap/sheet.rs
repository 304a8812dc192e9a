//! A header with the rows below it, whatever the file form: the common ground of list and table.

use super::columns::{self, Column};
use crate::error::ReadError;
use std::collections::BTreeMap;

/// Lines of a file read as one table.
#[derive(Debug)]
pub struct Sheet<'a> {
    /// Line of the header.
    pub line: u32,
    /// Header cells as written.
    pub header: Vec<&'a str>,
    /// Position of each known column.
    positions: BTreeMap<Column, usize>,
    /// Width of each cell in characters, where the form has one.
    pub widths: Vec<usize>,
    /// Rows with their line.
    pub rows: Vec<(u32, Vec<&'a str>)>,
}

impl<'a> Sheet<'a> {
    /// A sheet without rows.
    pub fn new(line: u32, header: Vec<&'a str>, widths: Vec<usize>) -> Self {
        let layout = columns::layout(&header);
        let positions = layout.iter().enumerate().filter_map(|(at, column)| Some(((*column)?, at))).collect();
        Self { line, header, positions, widths, rows: Vec::new() }
    }

    /// Whether the header has a column.
    pub fn has(&self, column: Column) -> bool {
        self.positions.contains_key(&column)
    }

    /// Cell of a row, trimmed; empty when there is none.
    pub fn cell(&self, row: &[&'a str], column: Column) -> &'a str {
        self.positions.get(&column).and_then(|at| row.get(*at)).map_or("", |cell| cell.trim())
    }

    /// Characters at which values of a column are cut: the dictionary's length unless a longer value occurs, or the
    /// width of the cell when that is less.
    pub fn limit(&self, column: Column, dictionary: usize) -> usize {
        let longest = self.rows.iter().map(|(_, row)| self.cell(row, column).chars().count()).max().unwrap_or(0);
        let limit = if longest <= dictionary { dictionary } else { usize::MAX };
        let width = self.positions.get(&column).and_then(|at| self.widths.get(*at)).copied();
        limit.min(width.unwrap_or(usize::MAX))
    }

    /// Says what is missing for telling mails and their status.
    pub fn check(&self, label: &str) -> Result<(), ReadError> {
        let key = [Column::RecType, Column::RecYear, Column::RecNumber].iter().all(|column| self.has(*column));
        let status = [Column::Status, Column::Icon, Column::MessageNumber, Column::MessageType, Column::Message]
            .iter()
            .any(|column| self.has(*column));
        let missing = match (key || self.has(Column::Recipient), status) {
            (false, _) => "the recipient (ADDRESS, 'Recipient') or the key RECTP, RECYR, RECNO",
            (true, false) => "the status (STATUS, MSGNO, 'Message number')",
            (true, true) => return Ok(()),
        };
        let found: Vec<&str> = self.header.iter().map(|cell| cell.trim()).filter(|cell| !cell.is_empty()).collect();
        Err(ReadError::MissingColumn {
            label: label.to_owned(),
            line: self.line,
            missing: missing.to_owned(),
            found: found.join(", "),
            remedy: "Choose a layout with recipient, subject, status, message class and number, message variables, dates and times, and export again",
        })
    }
}
