//! The whole way: paths in, analysis out.

use crate::align::{self, Alignment, Zone};
use crate::error::{ReadError, UsageError};
use crate::evidence::{Hop, Millis, Store};
use crate::formats::{self, Sink};
use crate::incident::{self, Incident};
use crate::journey::{self, Journey, Policy, Silence};
use crate::rules::{Catalogue, Matcher};
use crate::source::{self, Class, Source};
use std::path::{Path, PathBuf};

/// What the user may say about a run.
#[derive(Debug, Default)]
pub struct Options {
    /// Zones by hop or label: `sap`, `app1/dev_icm`.
    pub zones: Vec<(String, Zone)>,
    /// Journeys requested before are left out of the result, never out of the linking.
    pub since: Option<Millis>,
    /// Journeys requested later are left out.
    pub until: Option<Millis>,
    /// What is known about the own landscape.
    pub policy: Policy,
    /// Time of the question; when absent, the end of the export that speaks of a mail: what SAP says of a mail that waits
    /// is as old as its export, however long another log goes on.
    pub as_of: Option<Millis>,
}

/// Told about each file; progress bars live behind it.
pub trait Progress {
    /// A file is about to be read.
    fn file(&mut self, at: usize, of: usize, path: &Path);
    /// A step that needs all files begins.
    fn step(&mut self, name: &'static str);
}

impl Progress for () {
    fn file(&mut self, _: usize, _: usize, _: &Path) {}
    fn step(&mut self, _: &'static str) {}
}

/// Everything that was read, before it is judged.
#[derive(Debug, Default)]
pub struct Reading {
    /// Files that a format read.
    pub sources: Vec<Source>,
    /// Their evidence.
    pub store: Store,
    /// Files in folders that are no logs, with what they are.
    pub strangers: Vec<(PathBuf, String)>,
    /// Named paths that could not be read or understood, and cut-off files.
    pub problems: Vec<ReadError>,
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
    /// Journeys outside `--since/--until`.
    pub outside_window: usize,
    /// Times in which no send job ran.
    pub silences: Vec<Silence>,
}

/// Reads all files below the paths; never fails as a whole.
#[must_use]
pub fn read(paths: &[PathBuf], progress: &mut dyn Progress) -> Reading {
    let (found, problems) = source::find(paths);
    let mut reading = Reading { problems, ..Reading::default() };
    for (at, file) in found.iter().enumerate() {
        progress.file(at + 1, found.len(), &file.path);
        read_file(file, &mut reading);
    }
    let labels = source::labels(&reading.sources.iter().map(|s| s.path.clone()).collect::<Vec<_>>());
    for (source, label) in reading.sources.iter_mut().zip(labels) {
        source.label = label;
    }
    for folder in paths.iter().filter(|p| p.is_dir()) {
        let looked_at = found.iter().filter(|f| f.path.starts_with(folder)).count();
        if !reading.sources.iter().any(|s| s.path.starts_with(folder)) {
            reading.problems.push(ReadError::NoLogs(folder.clone(), looked_at));
        }
    }
    reading
}

fn read_file(file: &source::Found, reading: &mut Reading) {
    let label = file.path.display().to_string();
    let bytes = match std::fs::read(&file.path) {
        Ok(bytes) => bytes,
        Err(error) => return reading.problems.push(ReadError::Io(file.path.clone(), error)),
    };
    let stranger = if bytes.is_empty() {
        Some(ReadError::Empty(label.clone()))
    } else {
        source::sniff_binary(&bytes).map(|what| ReadError::Binary(label.clone(), what))
    };
    if let Some(error) = stranger {
        return stranger_or_problem(file, error, reading);
    }
    let (size, sha256) = (bytes.len() as u64, source::sha256(&bytes));
    if let Some(same) = reading.sources.iter().find(|known| known.sha256 == sha256) {
        let what = format!("the same bytes as {}, read once", same.path.display());
        return reading.strangers.push((file.path.clone(), what));
    }
    let decoded = source::decode(bytes);
    let Some((format, claim)) = formats::recognise(&decoded.text) else {
        let first = source::lines(&decoded.text).map(|(_, l)| l.trim()).find(|l| !l.is_empty()).unwrap_or("").chars().take(40).collect();
        return stranger_or_problem(file, ReadError::NoFormat(label, first), reading);
    };
    let lines = source::lines(&decoded.text).count();
    let mut source = Source::new(file.path.clone(), label.clone(), lines);
    source.sha256 = sha256;
    source.bytes = size;
    source.encoding = decoded.encoding;
    source.format = format.id();
    source.why = claim.why;
    source.hop = format.hop();
    let index = u32::try_from(reading.sources.len()).unwrap_or(u32::MAX);
    if decoded.replaced > 0 {
        source.note(1, format!("{} broken characters were replaced by U+FFFD", decoded.replaced));
    }
    let outcome = format.read(&decoded.text, &mut Sink { store: &mut reading.store, source: &mut source, index });
    if decoded.truncated {
        let line = u32::try_from(lines).unwrap_or(u32::MAX);
        reading.problems.push(ReadError::Truncated { label, line, encoding: decoded.encoding.name });
    }
    if let Err(error) = outcome {
        reading.problems.push(error);
    }
    reading.sources.push(source);
}

/// A stranger inside a folder is listed; one that was named is an error.
fn stranger_or_problem(file: &source::Found, error: ReadError, reading: &mut Reading) {
    if file.named {
        reading.problems.push(error);
    } else {
        reading.strangers.push((file.path.clone(), error.kind().to_owned()));
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
    let alignment = align::align(&reading.store, &reading.sources, &options.zones);
    progress.step("judging");
    let mut all = journey::judge(&mut reading.store, &reading.sources, &alignment, &matcher, &options.policy, options.as_of);
    mark_others(&mut reading, &all);
    // Incidents are told from all mails: what went well outside the window still says when the trouble began and ended.
    let incidents = incident::group(&mut all, &mut reading.store, &matcher);
    let before = all.len();
    let (journeys, mut incidents) = incident::within(all, incidents, options.since, options.until);
    let silences = journey::silences(&reading.store, &reading.sources, &alignment);
    incident::prove(&mut incidents, &journeys, &reading.store, &silences);
    let outside_window = before - journeys.len();
    Ok(Analysis { reading, alignment, journeys, incidents, outside_window, silences })
}

/// Lines of a trace that speak of no journey hold the mail of others.
fn mark_others(reading: &mut Reading, journeys: &[Journey]) {
    let mut ours = vec![false; reading.store.records.len()];
    for at in journeys.iter().flat_map(|journey| &journey.evidence) {
        if let Some(slot) = ours.get_mut(*at as usize) {
            *slot = true;
        }
    }
    // A line with several recipients is evidence when one of them is SAP's.
    for (class, own) in [(Class::Others, false), (Class::Evidence, true)] {
        let records = reading
            .store
            .records
            .iter()
            .zip(&ours)
            .filter(|(record, ours)| record.hop == Hop::Exchange && record.of_mail() && **ours == own);
        for (record, _) in records {
            if let Some(source) = reading.sources.get_mut(record.source as usize) {
                source.ledger.mark_run(record.line, record.lines, class);
            }
        }
    }
}
