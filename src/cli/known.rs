//! What the user may say about a run, and the run itself: shared by the commands that read files.

use super::progress::Bar;
use super::{CommandError, Outcome, Paths, catalogue, config, tell_problems, when};
use crate::error::UsageError;
use crate::evidence::Hop;
use crate::journey::Policy;
use crate::pipeline::{Analysis, Options, Reading, analyse, read_with};
use crate::rules::{Catalogue, OPTIONS};
use std::path::PathBuf;

/// What the user knows and the files may not tell.
// The lines are shown as help, where backticks would be noise.
#[allow(clippy::doc_markdown)]
#[derive(Debug, clap::Args)]
pub struct Known {
    /// Zone of a system's or a file's times: sap=Europe/Berlin, app1/dev_icm=+01:00 (repeatable)
    #[arg(long, value_name = "HOP=ZONE|LABEL=ZONE")]
    zone: Vec<String>,
    /// Only mails requested at or after this time (UTC)
    #[arg(long, value_name = "TIME")]
    since: Option<String>,
    /// Only mails requested at or before this time (UTC)
    #[arg(long, value_name = "TIME")]
    until: Option<String>,
    /// Whose mails of a trace are meant when there is no SAP export
    #[arg(long, value_name = "ADDRESS")]
    sender: Option<String>,
    /// Domain whose recipients are internal (repeatable)
    #[arg(long, value_name = "DOMAIN")]
    accepted_domain: Vec<String>,
    /// The way of sending, where the files do not tell
    #[arg(long, value_name = "ID")]
    option: Option<String>,
    /// Time of the question, for ages of waiting mails; default: the end of the SAP export that shows them
    #[arg(long, value_name = "TIME")]
    as_of: Option<String>,
    /// File with settings of your own, such as the headers of your layouts; none is read unless it is named here
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Folder with rules of your own
    #[arg(long, value_name = "DIR")]
    rules: Option<PathBuf>,
}

impl Known {
    /// The built-in rules and the user's.
    pub fn catalogue(&self) -> Result<Catalogue, CommandError> {
        catalogue(self.rules.as_deref())
    }

    /// Reads and judges the paths of a command, with progress unless it is to be quiet; tells what could not be read.
    pub fn judge(&self, paths: &Paths, catalogue: &Catalogue, quiet: bool) -> Result<(Analysis, Outcome), CommandError> {
        let options = self.options()?;
        let settings = self.config.as_deref().map(config::read).transpose()?.unwrap_or_default();
        let mut bar = Bar::new(quiet);
        let reading = read_with(&paths.paths, &settings, &mut bar);
        let outcome = tell_problems(&reading);
        check_zones(&options, &reading)?;
        Ok((analyse(reading, catalogue, &options, &mut bar)?, outcome))
    }

    /// Checked values.
    fn options(&self) -> Result<Options, CommandError> {
        let time = |option: &'static str, value: &Option<String>| value.as_deref().map(|text| when::time(option, text)).transpose();
        if let Some(option) = &self.option {
            when::word("option", option, OPTIONS)?;
        }
        Ok(Options {
            zones: self.zone.iter().map(|text| when::zone(text)).collect::<Result<_, _>>()?,
            since: time("since", &self.since)?,
            until: time("until", &self.until)?,
            as_of: time("as-of", &self.as_of)?,
            policy: Policy { accepted_domains: self.accepted_domain.clone(), option: self.option.clone(), sender: self.sender.clone() },
        })
    }
}

/// Zones must name a system or a file of the run.
fn check_zones(options: &Options, reading: &Reading) -> Result<(), UsageError> {
    let mut names: Vec<&str> = [Hop::Sap, Hop::Icm, Hop::Relay, Hop::Exchange].iter().map(|hop| hop.word()).collect();
    names.extend(reading.sources.iter().map(|source| source.label.as_str()));
    options.zones.iter().try_for_each(|(name, _)| when::word("zone", name, &names))
}
