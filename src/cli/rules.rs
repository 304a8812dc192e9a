//! `sostrace rules`: list, show and test the catalogue.

use super::{CommandError, Outcome, catalogue, print};
use crate::rules::{Catalogue, Matcher, Said, page};
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
        Command::Show { id } => match catalogue.get(id) {
            Some(rule) => print(&page(rule))?,
            None => {
                let hint = catalogue.nearest(id).map_or_else(String::new, |near| format!("; did you mean {near}?"));
                return Err(CommandError::Told(format!("{id:?} is no rule{hint}")));
            }
        },
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
    let matcher = Matcher::new(catalogue)?;
    let (mut right, mut out) = (0, String::new());
    let mut wrong = 0;
    for rule in catalogue.iter() {
        for sample in &rule.samples {
            let said = Said {
                text: &sample.text,
                cut: sample.cut,
                sap_message: sample.sap_message.as_deref().unwrap_or(""),
                host: sample.host.as_deref().unwrap_or(""),
                port: sample.port.unwrap_or(0),
                ..Said::default()
            };
            let got = matcher.judge(&said).map_or("", |found| found.rule.id.as_str());
            let want = if sample.matches { rule.id.as_str() } else { sample.gives.as_str() };
            if got == want {
                right += 1;
            } else {
                wrong += 1;
                let _ = writeln!(out, "{}: {:?} gives {got:?}, not {want:?}", rule.id, sample.text);
            }
        }
    }
    let _ = writeln!(out, "{right} samples as they should be, {wrong} not");
    print(&out)?;
    Ok(if wrong == 0 { Outcome::Done } else { Outcome::Matched })
}
