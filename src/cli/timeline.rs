//! `sostrace timeline`: one mail across all systems.

use super::known::{Known, Wishes};
use super::privacy::Privacy;
use super::{CommandError, Outcome, Paths, print};
use crate::pseudonym::pseudonymize;
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
    #[command(flatten)]
    privacy: Privacy,
}

/// Runs the command.
pub fn run(args: &Args) -> Result<Outcome, CommandError> {
    let config = args.known.config()?;
    let catalogue = args.known.catalogue()?;
    let known = args.known.over(&config);
    let mut names = args.privacy.pseudonyms()?;
    let wishes = Wishes { names: names.as_ref(), ..Wishes::default() };
    let (mut analysis, outcome) = known.judge(&args.paths, config, &catalogue, &wishes)?;
    let (count, text) = match &mut names {
        None => report::timeline(&analysis, &args.what),
        Some(names) => {
            // Who asks may know the mail by its own names, or by their tokens.
            let asked = report::named(&analysis, &args.what);
            pseudonymize(&mut analysis, names);
            if asked.is_empty() { report::timeline(&analysis, &args.what) } else { report::timeline_of(&analysis, &asked) }
        }
    };
    if count == 0 {
        return Err(CommandError::Told(format!(
            "no mail matches {:?}; give a journey id, a Message-ID, an address, or part of a subject ('sostrace analyze PATH... --format tsv' lists all)",
            args.what
        )));
    }
    print(&text)?;
    Ok(outcome)
}
