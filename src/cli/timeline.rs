//! `sostrace timeline`: one mail across all systems.

use super::known::{Keep, Known};
use super::weight::Weight;
use super::{CommandError, Outcome, Paths, print};
use crate::report;

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  sostrace timeline 3f0c2a91b7de incident/\n  sostrace timeline ap@fabrikam.example incident/")]
pub struct Args {
    /// Journey id, Message-ID, SAP key, address, or part of the subject
    what: String,
    #[command(flatten)]
    paths: Paths,
    #[command(flatten)]
    known: Known,
}

/// Runs the command.
pub fn run(args: &Args) -> Result<Outcome, CommandError> {
    let config = args.known.config()?;
    let catalogue = args.known.catalogue()?;
    let known = args.known.over(&config);
    let (analysis, outcome) = known.judge(&args.paths, config, &catalogue, &Weight::default(), false, Keep::default())?;
    let (count, text) = report::timeline(&analysis, &args.what);
    if count == 0 {
        return Err(CommandError::Told(format!(
            "no mail matches {:?}; give a journey id, a Message-ID, an address, or part of a subject ('sostrace analyze PATH... --format tsv' lists all)",
            args.what
        )));
    }
    print(&text)?;
    Ok(outcome)
}
