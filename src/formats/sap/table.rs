//! "Text with Tabs" of a table export with technical names or labels (sost.md section 1.4 b), and the same saved again
//! as CSV by a spreadsheet program (section 1.4 c).

use super::columns::{self, Column};
use super::datetime;
use super::quoted::is_quoted;
use super::recognise;
use super::request;
use super::sheet::Sheet;
use crate::error::ReadError;
use crate::evidence::Hop;
use crate::formats::records::{self, Place};
use crate::formats::{Claim, Format, Headers, Settings, Sink};
use crate::source::{Class, lines};

/// Lines among which the header stands: title rows and parameters may be above it.
const ABOVE: usize = 1000;

/// Table of SOES/SOOS/SOST.
pub struct Table;

impl Format for Table {
    fn id(&self) -> &'static str {
        "sap-table"
    }

    fn title(&self) -> &'static str {
        "SAP table of send requests (SOES/SOST, text with tabs or CSV)"
    }

    fn hop(&self) -> Hop {
        Hop::Sap
    }

    fn recognise(&self, head: &str) -> Option<Claim> {
        self.recognise_with(head, &Settings::default())
    }

    fn recognise_with(&self, head: &str, settings: &Settings) -> Option<Claim> {
        let Head { line, delimiter, known } = Head::find(head, &settings.headers)?;
        let between = match delimiter {
            '\t' => "tabs",
            ';' => "semicolons",
            _ => "commas",
        };
        Some(Claim { confidence: 85, why: format!("line {line}: a header between {between} with {known} known columns") })
    }

    fn read(&self, text: &str, sink: &mut Sink<'_>) -> Result<(), ReadError> {
        match Head::find(text, &sink.settings.headers) {
            Some(head) if head.delimiter != '\t' => self.read_csv(text, &head, sink),
            Some(head) if is_quoted(text, head.text(text)) => {
                sink.source.note(head.line, "cells are quoted, as a spreadsheet program saves them: the quotes are taken off, a guess");
                self.read_csv(text, &head, sink)
            }
            _ => {
                let rows = lines(text).map(|(number, line)| (number, line.split('\t').collect()));
                request::emit_all(sheets(rows, sink), self.title(), sink)
            }
        }
    }

    fn samples(&self) -> &'static [&'static str] {
        &[
            include_str!("table.sample.txt"),
            include_str!("table.sample.csv"),
            include_str!("sost.sample.txt"),
            include_str!("soos.sample.txt"),
            include_str!("sood.sample.txt"),
            include_str!("adr6.sample.txt"),
            include_str!("t100.sample.txt"),
        ]
    }
}

impl Table {
    /// Rows may reach over several lines here: these go where the first one goes.
    fn read_csv(&self, text: &str, head: &Head, sink: &mut Sink<'_>) -> Result<(), ReadError> {
        for (number, _) in lines(text).filter(|(number, line)| *number < head.line || line.trim().is_empty()) {
            sink.source.ledger.mark(number, Class::Frame);
        }
        let records = head.records(text, sink);
        let rows = records.iter().map(|(record, place)| (place.line, record.iter().collect()));
        let outcome = request::emit_all(sheets(rows, sink), self.title(), sink);
        for (_, place) in records.iter().filter(|(_, place)| place.lines > 1) {
            sink.source.ledger.follow(place.line, place.lines);
        }
        outcome
    }
}

/// The first header of a file.
struct Head {
    line: u32,
    delimiter: char,
    known: usize,
}

impl Head {
    fn find(text: &str, headers: &Headers) -> Option<Self> {
        let head = || lines(text).take(ABOVE);
        let mut delimiters = ['\t', ';', ','].into_iter();
        delimiters.find_map(|delimiter| {
            let rows = || head().filter(|(_, line)| line.contains(delimiter)).map(|(number, line)| (number, names(line, delimiter)));
            let icons = rows().any(|(_, cells)| cells.into_iter().any(recognise::is_icon));
            rows().find_map(|(line, cells)| Some(Self { line, delimiter, known: recognise::header(&cells, icons, headers)? }))
        })
    }

    /// The header's own line.
    fn text<'a>(&self, text: &'a str) -> &'a str {
        lines(text).find(|(number, _)| *number == self.line).map_or("", |(_, line)| line)
    }

    /// Records from the header on; one whose quote is not closed is rejected.
    fn records(&self, text: &str, sink: &mut Sink<'_>) -> Vec<(csv::StringRecord, Place)> {
        let above = (self.line as usize).saturating_sub(1);
        let begin = memchr::memchr_iter(b'\n', text.as_bytes()).take(above).last().map_or(0, |at| at + 1);
        let body = text[begin..].trim_start_matches('\u{feff}');
        let sheet = Sheet::new(self.line, names(body.lines().next().unwrap_or(""), self.delimiter), Vec::new(), &sink.settings.headers);
        let dates: Vec<usize> = DATES.into_iter().filter_map(|column| sheet.place(column)).collect();
        let begins_row = |line: &str| {
            let cells = names(line, self.delimiter);
            dates.iter().any(|at| cells.get(*at).is_some_and(|cell| datetime::is_date(cell)))
        };
        let mut out = Vec::new();
        let delimiter = u8::try_from(self.delimiter).unwrap_or(b',');
        records::each(body, self.line, delimiter, &begins_row, &mut |record, place| match record {
            Ok(record) => out.push((csv::StringRecord::from(record.to_vec()), place)),
            Err(reason) => (place.line..place.line + place.lines).for_each(|line| sink.source.ledger.reject(line, reason)),
        });
        out
    }
}

/// Columns of dates.
const DATES: [Column; 3] = [Column::SendDate, Column::ProcessDate, Column::StatusDate];

/// Cells of a header: names hold no delimiter.
fn names(line: &str, delimiter: char) -> Vec<&str> {
    line.split(delimiter).map(|cell| cell.trim().trim_matches('"')).collect()
}

/// Rows below their headers: a new sheet begins at each header that differs from the last.
fn sheets<'a>(rows: impl Iterator<Item = (u32, Vec<&'a str>)>, sink: &mut Sink<'_>) -> Vec<Sheet<'a>> {
    let headers = &sink.settings.headers;
    let mut sheets: Vec<Sheet<'a>> = Vec::new();
    for (number, cells) in rows {
        if recognise::is_header(&cells, columns::hits(&columns::layout(&cells, headers)), headers) {
            sink.source.ledger.mark(number, Class::Frame);
            if sheets.last().is_none_or(|sheet| sheet.header != cells) {
                sheets.push(Sheet::new(number, cells, Vec::new(), headers));
            }
            continue;
        }
        match sheets.last_mut() {
            Some(sheet) if cells.iter().any(|cell| !cell.trim().is_empty()) => match misfit(sheet, &cells) {
                None => sheet.rows.push((number, cells)),
                Some(reason) => sink.source.ledger.reject(number, reason),
            },
            _ => sink.source.ledger.mark(number, Class::Frame),
        }
    }
    sheets
}

/// Why the cells do not stand below their headers. Tabs inside a value are not escaped: they shift the date away from
/// its column, whether or not they make the row too long.
fn misfit(sheet: &Sheet<'_>, cells: &[&str]) -> Option<&'static str> {
    if cells.iter().skip(sheet.header.len()).any(|cell| !cell.trim().is_empty()) {
        return Some("more cells than the header, probably a tab inside the subject");
    }
    let long = cells.len() > sheet.header.len();
    let shifted = DATES.into_iter().filter_map(|column| sheet.place(column)).any(|at| {
        let is_date = |at: usize| cells.get(at).is_some_and(|cell| datetime::is_date(cell));
        let told = cells.get(at).is_some_and(|cell| !datetime::blank(cell));
        told && !is_date(at) && (long || is_date(at + 1))
    });
    shifted.then_some("one tab too many, probably inside the subject: no date in the column of the date")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(line: &str) -> Vec<&str> {
        line.split('\t').collect()
    }

    #[test]
    fn a_tab_inside_a_value_shifts_the_date() {
        let sheet = Sheet::new(1, cells("STATUS\tTITEL\tADDRESS\tSNDDAT\tSNDTIM\tNODE"), Vec::new(), &Settings::default().headers);
        let rows = [
            ("806\tInvoice\ta@fabrikam.example\t20260310\t080000\tSMTP", None),
            ("806\tInvoice\ta@fabrikam.example\t20260310\t080000\tSMTP\t\t", None),
            ("806\tInvoice\ta@fabrikam.example\t20260310\t080000", None),
            ("806\tInvoice\ta@fabrikam.example\tsoon\t080000\tSMTP", None),
            ("806\tInvoice\t1\ta@fabrikam.example\t20260310\t080000\tSMTP", Some("more cells")),
            ("806\tInvoice\t1\ta@fabrikam.example\t20260310\t080000\t", Some("one tab too many")),
            ("806\tInvoice\t1\ta@fabrikam.example\t20260310\t080000", Some("one tab too many")),
        ];
        for (row, want) in rows {
            let reason = misfit(&sheet, &cells(row));
            assert!(reason.map_or(want.is_none(), |reason| want.is_some_and(|want| reason.starts_with(want))), "{row}: {reason:?}");
        }
    }
}
