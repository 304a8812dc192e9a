//! What a run prints and writes. A table is a file in [`tables`], a format of tables or of whole runs a file beside this
//! one and a row in [`FORMATS`]; `jsonl.rs` is the minimal example.

mod clean;
mod delimited;
mod export;
mod jsonl;
mod output;
mod parquet;
mod rejects;
mod run;
mod summary;
mod table;
mod tables;
mod ticket;
mod timeline;

pub use clean::clean;
pub use delimited::{Dialect, raw_value};
pub use export::{Gap, gaps};
pub use output::write_whole;
pub use rejects::rejects;
pub use run::Run;
pub use summary::{Style, clock_offset, summary};
pub use table::{Cell, Column, Named, Rows, Table, Type};
pub use tables::{COLUMNS, JOURNEYS, TABLES, rows, table};
pub use ticket::write as tickets;
pub use timeline::timeline;

use std::io::{self, Write};

/// A format of tables.
#[derive(Clone, Copy)]
pub struct Format {
    /// File extension, and name for `--format`.
    pub name: &'static str,
    /// Whether it may be printed on a terminal.
    pub text: bool,
    /// The writer.
    pub write: fn(Table<'_>, Dialect, &mut dyn Write) -> io::Result<()>,
}

/// All formats.
pub const FORMATS: &[Format] = &[
    Format { name: "csv", text: true, write: delimited::csv },
    Format { name: "tsv", text: true, write: delimited::tsv },
    Format { name: "jsonl", text: true, write: jsonl::write },
    Format { name: "parquet", text: false, write: parquet::write },
];

/// The format of a name or extension.
#[must_use]
pub fn format(name: &str) -> Option<&'static Format> {
    FORMATS.iter().find(|format| format.name.eq_ignore_ascii_case(name))
}
