//! What a run prints and writes. A new report is a new file beside its siblings and a row in [`FORMATS`];
//! `jsonl.rs` is the minimal example.

mod clean;
mod delimited;
mod export;
mod jsonl;
mod output;
mod parquet;
mod rejects;
mod rows;
mod summary;
mod timeline;

pub use clean::clean;
pub use export::{Gap, gaps};
pub use output::{write_file, write_stream, write_whole};
pub use rejects::rejects;
pub use rows::{COLUMNS, Cell, rows};
pub use summary::{Style, clock_offset, summary};
pub use timeline::timeline;

use crate::pipeline::Analysis;
use crate::rules::Catalogue;
use std::io::{self, Write};

/// Writes the journeys of a run.
pub type Writer = fn(&Analysis, &Catalogue, &mut dyn Write) -> io::Result<()>;

/// A format of the journeys table.
#[derive(Clone, Copy)]
pub struct Format {
    /// File extension, and name for `--format`.
    pub name: &'static str,
    /// Whether it may be printed on a terminal.
    pub text: bool,
    /// The writer.
    pub write: Writer,
}

/// All formats of the journeys table.
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
