//! Where the results go: `--format` and `-o`.

use super::config::Config;
use super::{CommandError, Outcome, complain, tell, when};
use crate::error::UsageError;
use crate::report::{self, Dialect, Format, JOURNEYS, Named, Run, TABLES};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// The format that is no table.
const TICKET: &str = "ticket";

// The lines are shown as help, where backticks would be noise.
#[allow(clippy::doc_markdown)]
#[derive(Debug, clap::Args)]
pub struct Outputs {
    /// Print the journeys instead of the summary: csv, tsv or jsonl; the whole run: json, html or md; or each incident
    /// as a ticket for its owner: ticket
    #[arg(long, value_name = "FORMAT")]
    format: Option<String>,
    /// Write the journeys, or another table: incidents, findings, sources, resend, evidence, timesketch; the extension
    /// chooses csv, tsv, jsonl or parquet; html, xlsx, json and md hold the whole run (repeatable)
    #[arg(short, long, value_name = "[TABLE=]FILE")]
    output: Vec<String>,
    /// What stands between the cells of CSV: , ; | or tab [default: ,]
    #[arg(long, value_name = "CHAR")]
    delimiter: Option<String>,
    /// CSV and TSV begin with a byte order mark, by which Excel knows UTF-8
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    bom: Option<bool>,
    /// CSV and TSV have decimal commas, as a German or French spreadsheet reads them
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    decimal_comma: Option<bool>,
}

/// The outputs of a run, checked.
pub struct Wanted {
    printed: Option<Printed>,
    files: Vec<File>,
    dialect: Dialect,
}

/// What stands on standard output in place of the summary.
enum Printed {
    Table(&'static Format),
    Tickets,
}

/// A file to be written.
struct File {
    path: PathBuf,
    table: &'static Named,
    format: &'static Format,
}

impl Outputs {
    /// Checks names and extensions, before anything is read.
    pub fn wanted(&self, config: &Config) -> Result<Wanted, UsageError> {
        let printed = self.format.as_deref().map(printable).transpose()?;
        let files = self.output.iter().map(|text| file(text)).collect::<Result<Vec<_>, _>>()?;
        for (at, file) in files.iter().enumerate() {
            if files[..at].iter().any(|other| other.path == file.path) {
                return Err(wrong(&file.path.display().to_string(), "two outputs have this name; give each its own".to_owned()));
            }
        }
        Ok(Wanted { printed, files, dialect: self.dialect(config)? })
    }

    /// The command line wins over the file of settings.
    fn dialect(&self, config: &Config) -> Result<Dialect, UsageError> {
        let delimiter = self.delimiter.clone().or_else(|| config.text("delimiter"));
        Ok(Dialect {
            delimiter: delimiter.map_or(Ok(Dialect::default().delimiter), |text| self::delimiter(&text))?,
            bom: self.bom.unwrap_or_else(|| config.flag("bom")),
            decimal_comma: self.decimal_comma.unwrap_or_else(|| config.flag("decimal-comma")),
        })
    }
}

/// What stands between the cells of CSV.
pub fn delimiter(text: &str) -> Result<u8, UsageError> {
    match text {
        "," => Ok(b','),
        ";" => Ok(b';'),
        "|" => Ok(b'|'),
        "tab" | "\t" => Ok(b'\t'),
        other => {
            let what = "expected one of , ; | tab".to_owned();
            Err(UsageError::Option { option: "delimiter", value: other.to_owned(), what })
        }
    }
}

impl Wanted {
    /// Whether a report shows lines of the sources.
    pub fn quotes(&self) -> bool {
        let printed = matches!(&self.printed, Some(Printed::Table(format)) if format.quotes());
        printed || self.files.iter().any(|file| file.format.quotes())
    }

    /// Writes all files; trouble when one of them fails.
    pub fn write(&self, run: Run<'_>, force: bool) -> Outcome {
        let mut outcome = Outcome::Done;
        for file in &self.files {
            let mut remarks = Vec::new();
            let written = report::write_whole(&file.path, force, &mut |out| {
                remarks = file.format.write(run, file.table, self.dialect, out)?;
                Ok(())
            });
            for remark in remarks {
                tell(&format!("{}: {remark}", file.path.display()));
            }
            if let Err(error) = written {
                complain(&error);
                outcome = Outcome::Trouble;
            }
        }
        outcome
    }

    /// Prints the journeys or the tickets where that is asked for.
    pub fn print(&self, run: Run<'_>) -> Result<bool, CommandError> {
        let Some(printed) = &self.printed else { return Ok(false) };
        let mut out = io::BufWriter::new(io::stdout().lock());
        let remarks = match printed {
            Printed::Table(format) => format.write(run, &JOURNEYS, self.dialect, &mut out)?,
            Printed::Tickets => report::tickets(run.analysis, run.catalogue, &mut out).map(|()| Vec::new())?,
        };
        for remark in remarks {
            tell(&remark);
        }
        out.flush()?;
        Ok(true)
    }
}

fn printable(name: &str) -> Result<Printed, UsageError> {
    let tables = report::FORMATS.iter().filter(|format| format.text).map(|format| format.name);
    when::word("format", name, &tables.chain([TICKET]).collect::<Vec<_>>())?;
    Ok(report::format(name).map_or(Printed::Tickets, Printed::Table))
}

/// `FILE` or `TABLE=FILE`. A file whose own name has an equals sign is written with its folder: `./a=b.csv`.
fn file(text: &str) -> Result<File, UsageError> {
    let (name, path) = match text.split_once('=') {
        Some((name, path)) if !name.contains(['/', '\\', '.']) => (name, path),
        _ => (JOURNEYS.name, text),
    };
    let names: Vec<&str> = TABLES.iter().map(|table| table.name).collect();
    let table = report::table(name).ok_or_else(|| {
        let nearest = when::nearest(name, &names);
        wrong(
            text,
            format!("no such table; did you mean {nearest}? Known: {}; a file of that name is written as ./{text}", names.join(", ")),
        )
    })?;
    let format = by_extension(text, Path::new(path))?;
    if format.whole() && text != path {
        let what =
            format!("a file .{} holds the whole run; write {path} without {name}=, or choose .csv, .tsv, .jsonl or .parquet", format.name);
        return Err(wrong(text, what));
    }
    Ok(File { path: PathBuf::from(path), table, format })
}

fn by_extension(text: &str, path: &Path) -> Result<&'static Format, UsageError> {
    let extension = path.extension().map(|extension| extension.to_string_lossy().into_owned()).unwrap_or_default();
    report::format(&extension).ok_or_else(|| {
        let names: Vec<&str> = report::FORMATS.iter().map(|format| format.name).collect();
        wrong(text, format!("the extension must be one of {}", names.join(", ")))
    })
}

fn wrong(value: &str, what: String) -> UsageError {
    UsageError::Option { option: "output", value: value.to_owned(), what }
}
