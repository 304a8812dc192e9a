//! `sostrace compare`: two runs, journey by journey.

use super::screen::Screen;
use super::{CommandError, Outcome, print, tell, when};
use crate::compare::{self, Class, Comparison, Results};
use crate::report::{self, Dialect, VERSION, Writes};
use std::io::{self, Write};
use std::path::PathBuf;

/// The format of the whole comparison.
const JSON: &str = "json";

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Each mail is in one class: new (a failure that OLD has not), worse, still-failing, fixed, delivered (handed over before),
unclear (known before), gone (only in OLD), added (only in NEW, not failed), same.

Exit status: 0 done; 1 done, and --fail-on matched; 2 a file could not be read, or a usage error.

Examples:
  sostrace compare monday.json tuesday.json
  sostrace compare yesterday.parquet today.parquet --fail-on new --fail-on worse
  sostrace compare old.csv new.jsonl --format csv > changes.csv")]
pub struct Args {
    /// Journeys of the earlier run: a .json, .jsonl, .csv, .tsv or .parquet that 'analyze -o' wrote
    old: PathBuf,
    /// Journeys of the later run
    new: PathBuf,
    /// Print the changes instead of the summary: csv, tsv, jsonl or json
    #[arg(long, value_name = "FORMAT")]
    format: Option<String>,
    /// Exit with 1 when a mail is in this class: new, worse, still-failing, ... (repeatable)
    #[arg(long, value_name = "CLASS")]
    fail_on: Vec<String>,
    #[command(flatten)]
    screen: Screen,
    /// All mails in the summary
    #[arg(short, long)]
    verbose: bool,
}

/// Runs the command.
pub fn run(args: &Args) -> Result<Outcome, CommandError> {
    let classes = Class::ALL.map(Class::word);
    args.fail_on.iter().try_for_each(|word| when::word("fail-on", word, &classes))?;
    let tables = report::FORMATS.iter().filter(|format| format.text && !format.whole()).map(|format| format.name);
    let formats: Vec<&str> = tables.chain([JSON]).collect();
    args.format.iter().try_for_each(|name| when::word("format", name, &formats))?;
    let (old, new) = (compare::read(&args.old)?, compare::read(&args.new)?);
    let comparison = compare::compare(&old, &new);
    for remark in newer(&old).into_iter().chain(newer(&new)).chain(comparison.remarks()) {
        tell(&remark);
    }
    show(args, &comparison)?;
    let hit = comparison.changes.iter().any(|change| args.fail_on.iter().any(|word| word == change.class.word()));
    Ok(if hit { Outcome::Matched } else { Outcome::Done })
}

fn show(args: &Args, comparison: &Comparison<'_>) -> Result<(), CommandError> {
    let mut out = io::BufWriter::new(io::stdout().lock());
    match args.format.as_deref() {
        None => return print(&compare::summary(comparison, &args.screen.style(args.verbose, None))),
        Some(JSON) => compare::json(comparison, &mut out)?,
        Some(name) => {
            if let Some(Writes::Table(write)) = report::format(name).map(|format| format.writes) {
                write(compare::table(comparison), Dialect::default(), &mut out)?;
            }
        }
    }
    Ok(out.flush()?)
}

/// A file of a later version may mean something else by the same names.
fn newer(results: &Results) -> Option<String> {
    let version = results.schema_version.filter(|version| *version != u64::from(VERSION))?;
    Some(format!("{}: version {version} of the schema, this program knows {VERSION}: compare with the program that wrote it", results.name))
}
