//! The command line: one file per sub-command.

mod analyze;
mod classify;
mod compare;
mod config;
mod explain;
mod inspect;
mod known;
mod man;
mod outputs;
mod privacy;
mod progress;
mod rejects;
mod rules;
mod screen;
mod shell;
mod timeline;
mod weight;
mod when;

use crate::error::UsageError;
use crate::pipeline::Reading;
use crate::pseudonym::Pseudonyms;
use crate::rules::Catalogue;
use clap::{Parser, Subcommand};
use std::ffi::OsString;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Says what became of every mail that SAP tried to send through Exchange Online, and who must do what.
#[derive(Debug, Parser)]
#[command(name = "sostrace", version, propagate_version = true, after_help = EXAMPLES)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "\
Examples:
  sostrace analyze sost.txt dev_icm MTSummary.csv     what became of every mail
  sostrace analyze incident/ -o journeys.csv          the same, and a table for the spreadsheet
  sostrace inspect incident/                          what each file is and what was not understood
  sostrace classify '550 5.7.64 TenantAttribution; Relay Access Denied'
  sostrace explain RELAY-01";

#[derive(Debug, Subcommand)]
enum Command {
    /// The main job: a summary of what became of every mail, or the table of journeys
    Analyze(analyze::Args),
    /// What each file is: format, encoding, zone, span, rows, what was not understood
    Inspect(inspect::Args),
    /// Which rule an SMTP reply, a SAP text or a trace line breaks
    Classify(classify::Args),
    /// One mail across all systems
    Timeline(timeline::Args),
    /// Two runs compared, journey by journey: what got fixed, what is new, what still fails
    Compare(compare::Args),
    /// The page of a rule
    Explain(explain::Args),
    /// List, show and test the rules
    Rules(rules::Args),
    /// Settings: which hold, and where each comes from
    Config(config::Args),
    /// The JSON Schema of what .json and .jsonl files hold
    Schema,
    /// Completions for a shell
    Completions(shell::Completions),
    /// The manual page
    Man,
}

/// How a command ended.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Outcome {
    /// Done.
    Done,
    /// Done, and `--fail-on` matched.
    Matched,
    /// Something could not be read or understood; what could be done was done.
    Trouble,
}

/// Why a command could not go on.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CommandError {
    #[error(transparent)]
    Usage(#[from] UsageError),
    #[error(transparent)]
    Rule(#[from] crate::rules::RuleError),
    #[error(transparent)]
    Compare(#[from] crate::compare::CompareError),
    #[error(transparent)]
    Key(#[from] crate::pseudonym::KeyError),
    #[error("cannot write to the terminal or pipe: {0}")]
    Io(#[from] io::Error),
    #[error("{0}")]
    Told(String),
}

/// Runs a command line; never panics on what users or files say.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(error) => {
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    let done = match cli.command {
        Command::Analyze(args) => analyze::run(&args),
        Command::Inspect(args) => inspect::run(&args),
        Command::Classify(args) => classify::run(&args),
        Command::Timeline(args) => timeline::run(&args),
        Command::Compare(args) => compare::run(&args),
        Command::Explain(args) => explain::run(&args),
        Command::Rules(args) => rules::run(&args),
        Command::Config(args) => config::run(&args),
        Command::Schema => shell::schema(),
        Command::Completions(args) => shell::completions(&args),
        Command::Man => man::man(),
    };
    exit(done)
}

fn exit(done: Result<Outcome, CommandError>) -> ExitCode {
    match done {
        Ok(outcome) => ExitCode::from(outcome as u8),
        // Whoever closed the pipe has seen enough.
        Err(CommandError::Io(error)) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            complain(&error);
            ExitCode::from(2)
        }
    }
}

/// One message on stderr.
fn complain(what: &dyn std::fmt::Display) {
    let _ = writeln!(io::stderr(), "sostrace: error: {}", crate::report::clean(&what.to_string()));
}

/// Says what the user may not have meant; the work goes on.
fn warn(what: &dyn std::fmt::Display) {
    let _ = writeln!(io::stderr(), "sostrace: warning: {}", crate::report::clean(&what.to_string()));
}

/// One remark on stderr.
fn tell(what: &str) {
    let _ = writeln!(io::stderr(), "sostrace: {}", crate::report::clean(what));
}

/// The built-in rules and those of a folder.
fn catalogue(folder: Option<&Path>) -> Result<Catalogue, CommandError> {
    let builtin = Catalogue::builtin()?;
    Ok(if let Some(folder) = folder { builtin.with_dir(folder)? } else { builtin })
}

/// Tells what could not be read; trouble when there was any. Where names are to be replaced, here too.
fn tell_problems(reading: &mut Reading, names: Option<&Pseudonyms>) -> Outcome {
    if let Some(names) = names {
        reading.problems.iter_mut().for_each(|problem| names.problem(problem));
    }
    reading.problems.iter().for_each(|problem| complain(problem));
    if reading.problems.is_empty() { Outcome::Done } else { Outcome::Trouble }
}

/// Prints a text.
fn print(text: &str) -> Result<(), CommandError> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    Ok(out.flush()?)
}

/// The paths of a command.
#[derive(Debug, clap::Args)]
struct Paths {
    /// Files, folders and archives (zip, gzip, zstd) with exports, traces and logs, - for standard input; formats are
    /// recognised by content
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
}

impl Paths {
    /// The paths as they are shown: where names are to be replaced, by their tokens.
    fn shown(&self, names: Option<&Pseudonyms>) -> Vec<PathBuf> {
        self.paths.iter().map(|path| names.map_or_else(|| path.clone(), |names| names.path(path))).collect()
    }
}
