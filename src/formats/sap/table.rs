//! "Text with Tabs" of a table export with technical names or labels (sost.md section 1.4 b).

use super::columns::{self, Column};
use super::request;
use super::sheet::Sheet;
use crate::error::ReadError;
use crate::evidence::Hop;
use crate::formats::{Claim, Format, Sink};
use crate::source::{Class, lines};

/// Header cells that must be known before a line counts as the header.
const KNOWN: usize = 3;

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
        let (line, known) = lines(head).filter(|(_, l)| l.contains('\t')).map(|(n, l)| (n, known(l))).find(|(_, known)| *known >= KNOWN)?;
        Some(Claim { confidence: 85, why: format!("line {line}: a header between tabs with {known} known columns") })
    }

    fn read(&self, text: &str, sink: &mut Sink<'_>) -> Result<(), ReadError> {
        let mut sheet: Option<Sheet<'_>> = None;
        for (number, line) in lines(text) {
            let cells: Vec<&str> = line.split('\t').collect();
            let header = columns::hits(&columns::layout(&cells)) >= KNOWN;
            match &mut sheet {
                _ if line.trim().is_empty() => sink.source.ledger.mark(number, Class::Frame),
                None if header => {
                    sink.source.ledger.mark(number, Class::Frame);
                    sheet = Some(Sheet::new(number, cells, Vec::new()));
                }
                None => sink.source.ledger.mark(number, Class::Frame),
                Some(sheet) if header && sheet.header == cells => sink.source.ledger.mark(number, Class::Frame),
                Some(sheet) if fits(sheet, &cells) => sheet.rows.push((number, cells)),
                Some(_) => sink.source.ledger.reject(number, "not as many cells as the header"),
            }
        }
        let Some(sheet) = sheet else { return Ok(()) };
        sheet.check(&sink.source.label)?;
        request::emit(&sheet, sink);
        Ok(())
    }

    fn samples(&self) -> &'static [&'static str] {
        &[include_str!("table.sample.txt")]
    }
}

fn known(line: &str) -> usize {
    columns::hits(&columns::layout(&line.split('\t').collect::<Vec<_>>()))
}

/// As many cells as the header, give or take empty ones at the end, and something in the cells that tell a mail.
fn fits(sheet: &Sheet<'_>, cells: &[&str]) -> bool {
    let spare = cells.iter().skip(sheet.header.len()).all(|cell| cell.trim().is_empty());
    let told = [Column::Recipient, Column::RecNumber].iter().any(|column| !sheet.cell(cells, *column).is_empty());
    spare && told
}
