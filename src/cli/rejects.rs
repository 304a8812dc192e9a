//! `--rejects`: all lines that were not understood, in a file.

use super::{Outcome, complain};
use crate::pipeline::Reading;
use crate::report;
use std::path::PathBuf;

// The lines are shown as help, where backticks would be noise.
#[allow(clippy::doc_markdown)]
#[derive(Debug, clap::Args)]
pub struct Rejects {
    /// Write every line that was not understood into a file: LABEL:LINE, reason and text; what may hold logon data is
    /// withheld
    #[arg(long, value_name = "FILE")]
    rejects: Option<PathBuf>,
    /// Overwrite files that exist
    #[arg(long)]
    pub force: bool,
}

impl Rejects {
    /// Whether somebody asks for them.
    pub fn wanted(&self) -> bool {
        self.rejects.is_some()
    }

    /// Writes them; trouble when that fails.
    pub fn write(&self, reading: &Reading) -> Outcome {
        let Some(path) = &self.rejects else { return Outcome::Done };
        match report::write_whole(path, self.force, &mut |out| report::rejects(reading, out)) {
            Ok(()) => Outcome::Done,
            Err(error) => {
                complain(&error);
                Outcome::Trouble
            }
        }
    }
}
