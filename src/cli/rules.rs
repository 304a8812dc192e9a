//! `sostrace rules`: list, show and test the catalogue.

use super::{CommandError, Outcome, catalogue, print};
use crate::rules::{Catalogue, Matcher, page, test_samples};
use clap::Subcommand;
use comfy_table::{Table, presets};
use std::fmt::Write as _;
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
    /// Folder with rules of your own
    #[arg(long, global = true, value_name = "DIR")]
    rules: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// All rules
    List,
    /// The page of a rule
    Show {
        /// Id
        id: String,
    },
    /// Every sample against every rule
    Test,
}

/// Runs the command.
pub fn run(args: &Args) -> Result<Outcome, CommandError> {
    let catalogue = catalogue(args.rules.as_deref())?;
    match &args.command {
        Command::List => print(&list(&catalogue))?,
        Command::Show { id } => {
            let Some(rule) = catalogue.get(id) else {
                let hint = catalogue.nearest(id).map_or_else(String::new, |near| format!("; did you mean {near}?"));
                return Err(CommandError::Told(format!("{id:?} is no rule{hint}")));
            };
            print(&page(rule))?;
        }
        Command::Test => return test(&catalogue),
    }
    Ok(Outcome::Done)
}

fn list(catalogue: &Catalogue) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).force_no_tty().set_header(["rule", "kind", "who acts first", "the mails", "title"]);
    for rule in catalogue.iter() {
        table.add_row([&rule.id, rule.kind.as_str(), &rule.owner, &rule.action, &rule.title]);
    }
    table.to_string().lines().fold(String::new(), |mut out, line| {
        let _ = writeln!(out, "{}", line.trim_end());
        out
    })
}

fn test(catalogue: &Catalogue) -> Result<Outcome, CommandError> {
    let (all, wrong) = test_samples(catalogue, &Matcher::new(catalogue)?);
    let mut out = wrong.iter().fold(String::new(), |mut out, sample| {
        let _ = writeln!(out, "{sample}");
        out
    });
    let _ = writeln!(out, "{} samples as they should be, {} not", all - wrong.len(), wrong.len());
    print(&out)?;
    Ok(if wrong.is_empty() { Outcome::Done } else { Outcome::Matched })
}
