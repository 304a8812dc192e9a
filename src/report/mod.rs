//! What a run prints and writes. A table is a file in [`tables`], a format of tables or of whole runs a file beside this
//! one and a row in [`FORMATS`]; `jsonl.rs` is the minimal example.

mod clean;
mod colours;
mod counts;
mod delimited;
mod export;
mod hours;
mod html;
mod json;
mod jsonl;
mod markdown;
mod output;
mod parquet;
mod rejects;
mod run;
mod summary;
mod table;
mod tables;
mod ticket;
mod timeline;
mod xlsx;

pub use clean::clean;
pub(crate) use delimited::guarded;
pub use delimited::{Dialect, raw_value};
pub use export::{Gap, gaps};
pub use json::{SCHEMA, VERSION};
pub use jsonl::Object;
pub use output::write_whole;
pub use rejects::rejects;
pub use run::Run;
pub use summary::{Style, clock_offset, quoted, summary};
pub use table::{Cell, Column, Named, Rows, Table, Type};
pub use tables::{COLUMNS, JOURNEYS, TABLES, rows, table};
pub use ticket::write as tickets;
pub use timeline::{named, timeline, timeline_of};

use std::io::{self, Write};

/// What a format writes.
#[derive(Clone, Copy)]
pub enum Writes {
    /// Any one table.
    Table(fn(Table<'_>, Dialect, &mut dyn Write) -> io::Result<()>),
    /// The whole run; tells what could not be shown.
    Whole(fn(Run<'_>, &mut dyn Write) -> io::Result<Vec<String>>),
}

/// A format of reports.
#[derive(Clone, Copy)]
pub struct Format {
    /// File extension, and name for `--format`.
    pub name: &'static str,
    /// Whether it may be printed on a terminal.
    pub text: bool,
    /// The writer.
    pub writes: Writes,
}

impl Format {
    /// Whether it holds all of a run.
    #[must_use]
    pub fn whole(&self) -> bool {
        matches!(self.writes, Writes::Whole(_))
    }

    /// Whether it shows lines of the sources, whose texts must be kept for it.
    #[must_use]
    pub fn quotes(&self) -> bool {
        self.name == "html"
    }

    /// Writes a table, or the whole run; tells what could not be shown.
    ///
    /// # Errors
    /// Those of the stream.
    pub fn write(&self, run: Run<'_>, table: &Named, dialect: Dialect, out: &mut dyn Write) -> io::Result<Vec<String>> {
        match self.writes {
            Writes::Table(write) => write(table.of(run), dialect, out).map(|()| Vec::new()),
            Writes::Whole(write) => write(run, out),
        }
    }
}

/// All formats.
pub const FORMATS: &[Format] = &[
    Format { name: "csv", text: true, writes: Writes::Table(delimited::csv) },
    Format { name: "tsv", text: true, writes: Writes::Table(delimited::tsv) },
    Format { name: "jsonl", text: true, writes: Writes::Table(jsonl::write) },
    Format { name: "parquet", text: false, writes: Writes::Table(parquet::write) },
    Format { name: "json", text: true, writes: Writes::Whole(json::write) },
    Format { name: "xlsx", text: false, writes: Writes::Whole(xlsx::write) },
    Format { name: "html", text: true, writes: Writes::Whole(html::write) },
    Format { name: "md", text: true, writes: Writes::Whole(markdown::write) },
];

/// The format of a name or extension.
#[must_use]
pub fn format(name: &str) -> Option<&'static Format> {
    FORMATS.iter().find(|format| format.name.eq_ignore_ascii_case(name))
}
