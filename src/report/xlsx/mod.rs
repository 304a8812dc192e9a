//! A workbook of the whole run: summary with charts, and a sheet for each table that people read.

mod charts;
mod sheet;
mod summary;
mod value;

use super::run::Run;
use super::table::{Cell, Named, Table};
use super::tables::{FINDINGS, INCIDENTS, JOURNEYS, RESEND, SOURCES};
use crate::evidence::Millis;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook, XlsxError};
use std::io::{self, BufReader, BufWriter, Seek, Write};

/// Rows of a sheet, that of the header included: Excel has no more.
const ROWS: u32 = 1_048_576;

/// Writes the workbook; tells what did not fit.
pub fn write(run: Run<'_>, out: &mut dyn Write) -> io::Result<Vec<String>> {
    write_with(run, ROWS, out)
}

fn write_with(run: Run<'_>, most: u32, out: &mut dyn Write) -> io::Result<Vec<String>> {
    let (mut book, remarks) = workbook(run, most).map_err(io::Error::other)?;
    // The writer of workbooks wants a stream that may go to another thread.
    let mut file = tempfile::tempfile()?;
    let mut buffer = BufWriter::new(&file);
    book.save_to_writer(&mut buffer).map_err(io::Error::other)?;
    buffer.flush()?;
    drop(buffer);
    file.rewind()?;
    io::copy(&mut BufReader::new(file), out)?;
    Ok(remarks)
}

fn workbook(run: Run<'_>, most: u32) -> Result<(Workbook, Vec<String>), XlsxError> {
    let mut book = Workbook::new();
    book.set_properties(&DocProperties::new().set_title("Sostrace").set_creation_datetime(&made_at(run)?));
    book.add_worksheet().set_name("Summary")?;
    let mut remarks = Vec::new();
    for (name, table) in [("Incidents", &INCIDENTS), ("Journeys", &JOURNEYS), ("Findings", &FINDINGS), ("Sources", &SOURCES)] {
        remarks.extend(sheet::add(&mut book, name, table.of(run), most)?);
    }
    remarks.extend(sheet::add(&mut book, "Resend", needed(&RESEND, run), most)?);
    summary::fill(book.worksheet_from_name("Summary")?, run, &remarks)?;
    Ok((book, remarks))
}

/// The mails of the list that somebody must do something about; the whole list is a table of its own.
fn needed<'a>(table: &'static Named, run: Run<'a>) -> Table<'a> {
    let owner = table.columns.iter().position(|column| column.name == "owner").unwrap_or(0);
    let acts = move |row: &Vec<Cell<'a>>| row.get(owner).is_some_and(|cell| !cell.text().is_empty());
    Table { columns: table.columns, rows: Box::new((table.rows)(run).filter(acts)) }
}

/// The newest time in the evidence: the same input gives the same bytes.
fn made_at(run: Run<'_>) -> Result<ExcelDateTime, XlsxError> {
    /// 2000-01-01, where the evidence has no time.
    const NEVER: Millis = 946_684_800_000;
    let newest = run.analysis.alignment.utc.iter().flatten().map(|span| span.to).max().unwrap_or(NEVER);
    ExcelDateTime::from_timestamp(newest.div_euclid(1000).clamp(NEVER / 1000, 4_102_444_800))
}

#[cfg(test)]
mod tests;
