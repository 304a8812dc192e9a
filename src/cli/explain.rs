//! `sostrace explain`: the page of a rule, by id or by a text that breaks it.

use super::classify::because;
use super::{CommandError, Outcome, catalogue, print};
use crate::rules::{Matcher, Said, page};
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  sostrace explain RELAY-01\n  sostrace explain '535 5.7.3 Authentication unsuccessful'")]
pub struct Args {
    /// Id of a rule, a reply, or a SAP message such as XS816
    #[arg(required = true, value_name = "ID|TEXT")]
    what: Vec<String>,
    /// Folder with rules of your own
    #[arg(long, value_name = "DIR")]
    rules: Option<PathBuf>,
}

/// Runs the command.
pub fn run(args: &Args) -> Result<Outcome, CommandError> {
    let catalogue = catalogue(args.rules.as_deref())?;
    let what = args.what.join(" ");
    if let Some(rule) = catalogue.get(what.trim()) {
        print(&page(rule))?;
        return Ok(Outcome::Done);
    }
    let matcher = Matcher::new(&catalogue)?;
    if let Some(found) = matcher.judge(&Said { text: &what, ..Said::default() }) {
        let sure = if found.guess { " (a guess)" } else { "" };
        print(&format!("{}\nFound by {}{sure}\n", page(found.rule), because(&found)))?;
        return Ok(Outcome::Done);
    }
    let hint = catalogue.nearest(what.trim()).map_or_else(String::new, |id| format!("; did you mean {id}?"));
    Err(CommandError::Told(format!("{what:?} is no rule and no text that a rule knows{hint}; 'sostrace rules list' shows all rules")))
}
