//! CSV (RFC 4180) and TSV, safe to open in a spreadsheet.

mod guard;

pub use guard::raw_value;

use super::table::{Cell, Table};
pub(crate) use guard::guarded;
use guard::would_change;
use std::borrow::Cow;
use std::io::{self, Write};

/// How texts are delimited.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Dialect {
    /// Between the cells of CSV; TSV has tabs always.
    pub delimiter: u8,
    /// Begin with the byte order mark by which Excel knows UTF-8.
    pub bom: bool,
    /// Shares are written `0,97`, as a spreadsheet of a country with decimal commas reads them, and texts that it would
    /// read as a date or another number, such as `5.4.1`, are kept from that.
    pub decimal_comma: bool,
}

impl Default for Dialect {
    fn default() -> Self {
        Self { delimiter: b',', bom: false, decimal_comma: false }
    }
}

/// With lines that end as RFC 4180 wants it.
pub fn csv(table: Table<'_>, dialect: Dialect, out: &mut dyn Write) -> io::Result<()> {
    write(table, dialect, csv::Terminator::CRLF, out)
}

/// Tab separated, with lines that end as pipes want it.
pub fn tsv(table: Table<'_>, dialect: Dialect, out: &mut dyn Write) -> io::Result<()> {
    write(table, Dialect { delimiter: b'\t', ..dialect }, csv::Terminator::Any(b'\n'), out)
}

fn write(table: Table<'_>, dialect: Dialect, end: csv::Terminator, out: &mut dyn Write) -> io::Result<()> {
    if dialect.bom {
        out.write_all("\u{feff}".as_bytes())?;
    }
    let mut writer = csv::WriterBuilder::new().delimiter(dialect.delimiter).terminator(end).from_writer(out);
    writer.write_record(table.columns.iter().map(|column| column.name)).map_err(as_io)?;
    for row in table.rows {
        for cell in &row {
            writer.write_field(shown(cell, dialect).as_bytes()).map_err(as_io)?;
        }
        writer.write_record(None::<&[u8]>).map_err(as_io)?;
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

/// Numbers and times stay what they are; texts are guarded.
fn shown<'a>(cell: &'a Cell<'_>, dialect: Dialect) -> Cow<'a, str> {
    match cell {
        Cell::Text(text) if dialect.decimal_comma && would_change(text) => Cow::Owned(format!("'{}", guarded(text))),
        Cell::Text(text) => guarded(text),
        Cell::Share(_) if dialect.decimal_comma => Cow::Owned(cell.text().replace('.', ",")),
        _ => Cow::Owned(cell.text()),
    }
}
