//! What other programs need to work with this one: completions, made from the command line itself, and the schema of
//! its outputs.

use super::{Cli, CommandError, Outcome, print};
use crate::report::SCHEMA;
use clap::CommandFactory;
use clap_complete::Shell;

#[derive(Debug, clap::Args)]
pub struct Completions {
    /// The shell
    shell: Shell,
}

/// Prints completions.
pub fn completions(args: &Completions) -> Result<Outcome, CommandError> {
    let mut out = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "sostrace", &mut out);
    print(&String::from_utf8_lossy(&out))?;
    Ok(Outcome::Done)
}

/// Prints the schema of the outputs.
pub fn schema() -> Result<Outcome, CommandError> {
    print(SCHEMA)?;
    Ok(Outcome::Done)
}
