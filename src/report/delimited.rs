//! CSV and TSV, safe to open in a spreadsheet.

use super::table::{Cell, Table};
use std::io::{self, Write};

/// Comma separated.
pub fn csv(table: Table<'_>, out: &mut dyn Write) -> io::Result<()> {
    write(table, b',', out)
}

/// Tab separated.
pub fn tsv(table: Table<'_>, out: &mut dyn Write) -> io::Result<()> {
    write(table, b'\t', out)
}

fn write(table: Table<'_>, delimiter: u8, out: &mut dyn Write) -> io::Result<()> {
    let mut writer = csv::WriterBuilder::new().delimiter(delimiter).from_writer(out);
    writer.write_record(table.columns.iter().map(|column| column.name)).map_err(as_io)?;
    for row in table.rows {
        writer.write_record(row.iter().map(guarded)).map_err(as_io)?;
    }
    writer.flush()
}

/// The error of the stream itself, so that a closed pipe is still known as one.
fn as_io(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        other => io::Error::other(format!("{other:?}")),
    }
}

/// Spreadsheets run what begins like a formula: such text gets an apostrophe in front.
fn guarded(cell: &Cell<'_>) -> String {
    let text = cell.text();
    let formula = matches!(cell, Cell::Text(_)) && text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    if formula { format!("'{text}") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_disarmed_and_numbers_are_not() {
        assert_eq!(guarded(&Cell::Text("=HYPERLINK(\"x\")".into())), "'=HYPERLINK(\"x\")");
        assert_eq!(guarded(&Cell::Text("@5B@".into())), "'@5B@");
        assert_eq!(guarded(&Cell::Number(Some(-3))), "-3");
    }
}
