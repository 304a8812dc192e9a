//! "Text with Tabs" of a table export with technical names or labels (sost.md section 1.4 b).

use super::columns::{self, Column};
use super::datetime;
use super::recognise;
use super::request;
use super::sheet::Sheet;
use crate::error::ReadError;
use crate::evidence::Hop;
use crate::formats::{Claim, Format, Settings, Sink};
use crate::source::{Class, lines};

/// Tab text of SOES/SOOS/SOST.
pub struct Table;

impl Format for Table {
    fn id(&self) -> &'static str {
        "sap-table"
    }

    fn title(&self) -> &'static str {
        "SAP table of send requests (SOES/SOST, text with tabs)"
    }

    fn hop(&self) -> Hop {
        Hop::Sap
    }

    fn recognise(&self, head: &str) -> Option<Claim> {
        self.recognise_with(head, &Settings::default())
    }

    fn recognise_with(&self, head: &str, settings: &Settings) -> Option<Claim> {
        let rows = || lines(head).filter(|(_, line)| line.contains('\t')).map(|(number, line)| (number, cells(line)));
        let icons = rows().any(|(_, cells)| cells.into_iter().any(recognise::is_icon));
        let (line, known) = rows().find_map(|(number, cells)| Some((number, recognise::header(&cells, icons, &settings.headers)?)))?;
        Some(Claim { confidence: 85, why: format!("line {line}: a header between tabs with {known} known columns") })
    }

    fn read(&self, text: &str, sink: &mut Sink<'_>) -> Result<(), ReadError> {
        let headers = &sink.settings.headers;
        let mut sheets: Vec<Sheet<'_>> = Vec::new();
        for (number, line) in lines(text) {
            let cells = cells(line);
            if recognise::is_header(&cells, columns::hits(&columns::layout(&cells, headers)), headers) {
                sink.source.ledger.mark(number, Class::Frame);
                if sheets.last().is_none_or(|sheet| sheet.header != cells) {
                    sheets.push(Sheet::new(number, cells, Vec::new(), headers));
                }
                continue;
            }
            match sheets.last_mut() {
                Some(sheet) if !line.trim().is_empty() => match misfit(sheet, &cells) {
                    None => sheet.rows.push((number, cells)),
                    Some(reason) => sink.source.ledger.reject(number, reason),
                },
                _ => sink.source.ledger.mark(number, Class::Frame),
            }
        }
        request::emit_all(sheets, self.title(), sink)
    }

    fn samples(&self) -> &'static [&'static str] {
        &[
            include_str!("table.sample.txt"),
            include_str!("sost.sample.txt"),
            include_str!("soos.sample.txt"),
            include_str!("sood.sample.txt"),
            include_str!("adr6.sample.txt"),
            include_str!("t100.sample.txt"),
        ]
    }
}

fn cells(line: &str) -> Vec<&str> {
    line.split('\t').collect()
}

/// Why the cells do not stand below their headers. Tabs inside a value are not escaped: they shift the date away from
/// its column, whether or not they make the row too long.
fn misfit(sheet: &Sheet<'_>, cells: &[&str]) -> Option<&'static str> {
    if cells.iter().skip(sheet.header.len()).any(|cell| !cell.trim().is_empty()) {
        return Some("more cells than the header, probably a tab inside the subject");
    }
    let long = cells.len() > sheet.header.len();
    let shifted =
        [Column::SendDate, Column::ProcessDate, Column::StatusDate].into_iter().filter_map(|column| sheet.place(column)).any(|at| {
            let is_date = |at: usize| cells.get(at).is_some_and(|cell| datetime::is_date(cell));
            let told = cells.get(at).is_some_and(|cell| !datetime::blank(cell));
            told && !is_date(at) && (long || is_date(at + 1))
        });
    shifted.then_some("one tab too many, probably inside the subject: no date in the column of the date")
}

#[cfg(test)]
mod tests {
    use super::*;

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
