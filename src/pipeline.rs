//! The whole way: paths in, analysis out.

mod read;
mod scope;

pub use read::{ReadOptions, Reading, read, read_with};
pub use scope::LeftOut;

use crate::align::{self, Alignment, Zone};
use crate::error::UsageError;
use crate::evidence::{Evidence, Millis, Store};
use crate::incident::{self, Event, Incident, Priorities};
use crate::journey::{self, Journey, Policy, Silence};
use crate::rules::{Catalogue, Matcher};
use crate::settings::{self, Setting};
use crate::source::Class;
use std::path::Path;

/// What the user may say about a run.
#[derive(Debug, Default)]
pub struct Options {
    /// Zones by hop or label: `sap`, `app1/dev_icm`.
    pub zones: Vec<(String, Zone)>,
    /// Journeys requested before are left out of the result, never out of the linking.
    pub since: Option<Millis>,
    /// Journeys requested later are left out.
    pub until: Option<Millis>,
    /// Only journeys to recipients of these domains, lower case, are in the result; empty for all.
    pub recipient_domains: Vec<String>,
    /// What is known about the own landscape.
    pub policy: Policy,
    /// Time of the question; when absent, the end of the export that speaks of a mail: what SAP says of a mail that waits
    /// is as old as its export, however long another log goes on.
    pub as_of: Option<Millis>,
    /// Which mails the user calls important.
    pub priorities: Priorities,
    /// What the user knows to have happened, in order of time.
    pub events: Vec<Event>,
}

/// Told about each file; progress bars live behind it.
pub trait Progress {
    /// So many bytes are about to be read, as far as the system tells their number.
    fn begin(&mut self, bytes: u64);
    /// A file is about to be read.
    fn file(&mut self, at: usize, of: usize, path: &Path);
    /// So many of the bytes are read and understood.
    fn done(&mut self, bytes: u64);
    /// A step that needs all files begins.
    fn step(&mut self, name: &'static str);
}

impl Progress for () {
    fn begin(&mut self, _: u64) {}
    fn file(&mut self, _: usize, _: usize, _: &Path) {}
    fn done(&mut self, _: u64) {}
    fn step(&mut self, _: &'static str) {}
}

/// The result of a run.
#[derive(Debug)]
pub struct Analysis {
    /// What was read.
    pub reading: Reading,
    /// Clocks, coverage and links.
    pub alignment: Alignment,
    /// One row per mail, by time of request.
    pub journeys: Vec<Journey>,
    /// The most urgent first.
    pub incidents: Vec<Incident>,
    /// Whose mails were asked for, where there is no SAP export.
    pub sender: Option<String>,
    /// The only domains whose recipients are in the result; empty for all.
    pub recipient_domains: Vec<String>,
    /// Journeys that are not in the result.
    pub left_out: LeftOut,
    /// Settings that the logs show to be wrong or risky.
    pub settings: Vec<Setting>,
    /// Times in which no send job ran.
    pub silences: Vec<Silence>,
    /// Time of the question, where it was given.
    pub as_of: Option<Millis>,
    /// Which mails the user calls important.
    pub priorities: Priorities,
    /// What the user knows to have happened.
    pub events: Vec<Event>,
}

impl Analysis {
    /// Time of the question, else the newest time in the evidence.
    #[must_use]
    pub fn now(&self) -> Option<Millis> {
        self.as_of.or_else(|| self.alignment.utc.iter().flatten().map(|at| at.to).max())
    }
}

/// Judges what was read.
///
/// # Errors
/// When the catalogue of rules cannot be compiled.
pub fn analyse(
    mut reading: Reading,
    catalogue: &Catalogue,
    options: &Options,
    progress: &mut dyn Progress,
) -> Result<Analysis, UsageError> {
    let matcher = Matcher::new(catalogue)?;
    progress.step("linking");
    let mut alignment = align::align(&mut reading.store, &reading.sources, &options.zones);
    for (source, line, text) in std::mem::take(&mut alignment.notes) {
        if let Some(source) = reading.sources.get_mut(source as usize) {
            source.note(line, text);
        }
    }
    progress.step("judging");
    let mut all = journey::judge(&mut reading.store, &reading.sources, &alignment, &matcher, &options.policy, options.as_of);
    mark_others(&mut reading, &all);
    // Incidents are told from all mails: what went well outside the window still says when the trouble began and ended.
    let incidents = incident::group(&mut all, &mut reading.store, &matcher, &options.priorities);
    let silences = journey::silences(&reading.store, &reading.sources, &alignment);
    let mut analysis = Analysis {
        reading,
        alignment,
        journeys: all,
        incidents,
        sender: options.policy.sender.clone(),
        recipient_domains: options.recipient_domains.clone(),
        left_out: LeftOut::default(),
        settings: Vec::new(),
        silences,
        as_of: options.as_of,
        priorities: options.priorities.clone(),
        events: options.events.clone(),
    };
    scope::narrow(&mut analysis, options);
    incident::prove(&mut analysis.incidents, &analysis.journeys, &analysis.reading.store, &analysis.silences);
    analysis.settings = settings::settings(&mut analysis.reading.store, &analysis.journeys, &options.policy, &matcher);
    options.priorities.count(&mut analysis.incidents, &mut analysis.journeys, &analysis.reading.store);
    incident::lay_beside(&mut analysis.incidents, &options.events);
    Ok(analysis)
}

/// Logs of Exchange and of relays hold everybody's mail.
fn of_anybody(store: &Store, record: &Evidence) -> bool {
    let whose = !record.recipient.is_empty() || !record.message_id.is_empty();
    store.trace_of(record).is_some() || store.relay_of(record).is_some() && whose
}

/// Lines of a trace or of a relay's log that speak of no journey hold the mail of others.
fn mark_others(reading: &mut Reading, journeys: &[Journey]) {
    let mut ours = vec![false; reading.store.records.len()];
    for at in journeys.iter().flat_map(|journey| &journey.evidence) {
        if let Some(slot) = ours.get_mut(*at as usize) {
            *slot = true;
        }
    }
    // A line with several recipients is evidence when one of them is SAP's.
    for (class, own) in [(Class::Others, false), (Class::Evidence, true)] {
        let records = reading.store.records.iter().zip(&ours).filter(|(record, ours)| of_anybody(&reading.store, record) && **ours == own);
        for (record, _) in records {
            if let Some(source) = reading.sources.get_mut(record.source as usize) {
                source.ledger.mark_run(record.line, record.lines, class);
            }
        }
    }
}
