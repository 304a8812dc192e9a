//! What the user may say about a run, and the run itself: shared by the commands that read files.

use super::config::{self, Config};
use super::progress::Bar;
use super::weight::Weight;
use super::{CommandError, Outcome, Paths, catalogue, tell_problems, warn, when};
use crate::error::UsageError;
use crate::evidence::Hop;
use crate::journey::Policy;
use crate::pipeline::{Analysis, Options, ReadOptions, Reading, analyse, read_with};
use crate::pseudonym::Pseudonyms;
use crate::report::quoted;
use crate::rules::{Catalogue, OPTIONS};
use crate::source;
use std::path::PathBuf;

/// Systems whose zone can be named.
const HOPS: [Hop; 4] = [Hop::Sap, Hop::Icm, Hop::Relay, Hop::Exchange];

/// What a command wants of a run.
#[derive(Default)]
pub struct Wishes<'a> {
    /// What weighs most.
    pub weight: Option<&'a Weight>,
    /// No progress.
    pub quiet: bool,
    /// Keep the lines that were not understood.
    pub rejects: bool,
    /// Keep the texts, for reports that show their lines.
    pub texts: bool,
    /// Names are to be replaced in what is told.
    pub names: Option<&'a Pseudonyms>,
}

/// What the user knows and the files may not tell.
// The lines are shown as help, where backticks would be noise.
#[allow(clippy::doc_markdown)]
#[derive(Debug, Clone, clap::Args)]
pub struct Known {
    /// Zone of a system's or a file's times: sap=Europe/Berlin, app1/dev_icm=+01:00 (repeatable)
    #[arg(long, value_name = "HOP=ZONE|LABEL=ZONE")]
    zone: Vec<String>,
    /// Encoding of a file, where it is taken for another: sost.txt=windows-1250; SAP's 1100, 1160, 4102, 4103, 4110 too
    /// (repeatable)
    #[arg(long, value_name = "LABEL=NAME")]
    encoding: Vec<String>,
    /// Only mails requested at or after this time (UTC)
    #[arg(long, value_name = "TIME")]
    since: Option<String>,
    /// Only mails requested at or before this time (UTC)
    #[arg(long, value_name = "TIME")]
    until: Option<String>,
    /// Whose mails of a trace are meant when there is no SAP export
    #[arg(long, value_name = "ADDRESS")]
    sender: Option<String>,
    /// Only mails to recipients of this domain in every output: a proof for one customer (repeatable)
    #[arg(long, value_name = "DOMAIN")]
    recipient_domain: Vec<String>,
    /// Domain whose recipients are internal (repeatable)
    #[arg(long, value_name = "DOMAIN")]
    accepted_domain: Vec<String>,
    /// The way of sending, where the files do not tell
    #[arg(long, value_name = "ID")]
    option: Option<String>,
    /// Time of the question, for ages of waiting mails; default: the end of the SAP export that shows them
    #[arg(long, value_name = "TIME")]
    as_of: Option<String>,
    /// File with settings of your own, such as the headers of your layouts ('config show' prints all); none is read unless it
    /// is named here
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

    /// The user's file of settings.
    pub fn config(&self) -> Result<Config, UsageError> {
        self.config.as_deref().map(config::read).transpose().map(Option::unwrap_or_default)
    }

    /// The same, with what the file of settings says where the command line says nothing.
    pub fn over(&self, config: &Config) -> Self {
        let text = |own: &Option<String>, name| own.clone().or_else(|| config.text(name));
        let list = |own: &[String], name| if own.is_empty() { config.list(name) } else { own.to_vec() };
        Self {
            zone: list(&self.zone, "zone"),
            encoding: list(&self.encoding, "encoding"),
            since: text(&self.since, "since"),
            until: text(&self.until, "until"),
            sender: text(&self.sender, "sender"),
            accepted_domain: list(&self.accepted_domain, "accepted-domain"),
            option: text(&self.option, "option"),
            ..self.clone()
        }
    }

    /// Reads and judges the paths of a command, with progress unless it is to be quiet; tells what could not be read.
    pub fn judge(
        &self,
        paths: &Paths,
        config: Config,
        catalogue: &Catalogue,
        wishes: &Wishes<'_>,
    ) -> Result<(Analysis, Outcome), CommandError> {
        let mut options = self.options()?;
        if wishes.rejects && !options.recipient_domains.is_empty() {
            let what = "the lines that were not understood may be of anybody; leave --rejects out".to_owned();
            return Err(UsageError::Option { option: "recipient-domain", value: options.recipient_domains.join(", "), what }.into());
        }
        options.priorities = config.priorities;
        let weighed = wishes.weight.map_or(Ok(Outcome::Done), |weight| weight.put(&mut options))?;
        let mut bar = Bar::new(wishes.quiet);
        let encodings = self.encoding.iter().map(|text| when::encoding(text)).collect::<Result<_, _>>()?;
        // The lines of a trace name other customers beside the one for whom the proof is.
        let texts = wishes.texts && options.recipient_domains.is_empty();
        let read_options = ReadOptions { encodings, settings: config.settings, rejects: wishes.rejects, texts };
        let mut reading = read_with(&paths.paths, &read_options, &mut bar);
        let outcome = bar.aside(|| tell_problems(&mut reading, wishes.names)).max(weighed);
        check_zones(&options, &reading, wishes.names.is_some())?;
        check_encodings(&read_options, &reading, wishes.names.is_some())?;
        Ok((analyse(reading, catalogue, &options, &mut bar)?, outcome))
    }

    /// The paths and what is said about them, as one would write them again; words of more than one part are quoted. Where
    /// names are to be replaced, here too.
    pub fn words(&self, paths: &Paths, names: Option<&Pseudonyms>) -> Vec<String> {
        let file = |path: &PathBuf| names.map_or_else(|| path.clone(), |names| names.path(path)).display().to_string();
        let address = |text: &String| names.map_or_else(|| text.clone(), |names| names.address(text));
        let domain = |text: &String| names.map_or_else(|| text.clone(), |names| names.host(text));
        let label = |text: &String| match (names, text.rsplit_once('=')) {
            (Some(names), Some((label, value))) if !HOPS.iter().any(|hop| hop.word() == label) => format!("{}={value}", names.file(label)),
            _ => text.clone(),
        };
        let mut out: Vec<String> = paths.paths.iter().map(file).collect();
        let mut add = |name: &str, values: Vec<String>| out.extend(values.into_iter().flat_map(|value| [name.to_owned(), value]));
        add("--zone", self.zone.iter().map(label).collect());
        add("--encoding", self.encoding.iter().map(label).collect());
        add("--recipient-domain", self.recipient_domain.iter().map(domain).collect());
        add("--accepted-domain", self.accepted_domain.iter().map(domain).collect());
        add("--since", self.since.iter().cloned().collect());
        add("--until", self.until.iter().cloned().collect());
        add("--sender", self.sender.iter().map(address).collect());
        add("--option", self.option.iter().cloned().collect());
        add("--as-of", self.as_of.iter().cloned().collect());
        add("--config", self.config.iter().map(file).collect());
        add("--rules", self.rules.iter().map(file).collect());
        out.iter().map(|word| quoted(word)).collect()
    }

    /// Checked values.
    fn options(&self) -> Result<Options, CommandError> {
        let time = |option: &'static str, value: &Option<String>| value.as_deref().map(|text| when::time(option, text)).transpose();
        if let Some(option) = &self.option {
            when::word("option", option, OPTIONS)?;
        }
        let (since, until) = (time("since", &self.since)?, time("until", &self.until)?);
        if since.zip(until).is_some_and(|(since, until)| since > until) {
            let what = "the window ends before it begins; exchange --since and --until".to_owned();
            return Err(UsageError::Option { option: "until", value: self.until.clone().unwrap_or_default(), what }.into());
        }
        Ok(Options {
            zones: self.zone.iter().map(|text| when::zone(text)).collect::<Result<_, _>>()?,
            since,
            until,
            recipient_domains: self.recipient_domain.iter().map(|text| when::domain(text)).collect::<Result<_, _>>()?,
            as_of: time("as-of", &self.as_of)?,
            policy: Policy { accepted_domains: self.accepted_domain.clone(), option: self.option.clone(), sender: self.sender.clone() },
            ..Options::default()
        })
    }
}

/// Zones must name a system or a file of the run.
fn check_zones(options: &Options, reading: &Reading, hide: bool) -> Result<(), UsageError> {
    let mut names: Vec<&str> = HOPS.iter().map(|hop| hop.word()).collect();
    names.extend(reading.sources.iter().map(|source| source.label.as_str()));
    for (name, zone) in &options.zones {
        word("zone", name, &names, hide)?;
        let mut named = reading.sources.iter().filter(|source| source.label == *name || source.hop.word() == name).peekable();
        if named.peek().is_none() {
            warn(&format!("--zone {name}={zone}: no file of this run is of {name}"));
        } else if named.all(|source| source.utc) {
            let what = "its times say themselves that they are UTC; leave the zone out".to_owned();
            return Err(UsageError::Option { option: "zone", value: format!("{name}={zone}"), what });
        }
    }
    Ok(())
}

/// Encodings must name a file of the run.
fn check_encodings(wishes: &ReadOptions, reading: &Reading, hide: bool) -> Result<(), UsageError> {
    let nobody = |(suffix, _): &&(PathBuf, _)| !reading.looked_at.iter().any(|path| path.ends_with(suffix));
    let Some((suffix, _)) = wishes.encodings.iter().find(nobody) else { return Ok(()) };
    let labels = source::labels(&reading.looked_at);
    word("encoding", &suffix.display().to_string(), &labels.iter().map(String::as_str).collect::<Vec<_>>(), hide)
}

/// A name that must be one of those of the run, which the error lists unless they are to be hidden.
fn word(option: &'static str, name: &str, known: &[&str], hide: bool) -> Result<(), UsageError> {
    let hidden = |_| {
        let what = "no file of this run is called so (--pseudonymize keeps the names that there are to itself)".to_owned();
        UsageError::Option { option, value: name.to_owned(), what }
    };
    let found = when::word(option, name, known);
    if hide { found.map_err(hidden) } else { found }
}
