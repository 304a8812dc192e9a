//! All of a run, part by part.

use super::strings::{Names, Rewriter};
use super::text::Pseudonyms;
use super::words::Words;
use super::{journey, records};
use crate::align::{Alignment, Clock, Coverage};
use crate::error::ReadError;
use crate::evidence::Strings;
use crate::incident::Event;
use crate::pipeline::{Analysis, Reading};
use crate::settings::Setting;
use crate::source::{Landscape, Reject, Source};
use std::mem;

/// Replaces all names of a run by tokens; learns on the way which names to look for inside texts.
pub fn pseudonymize(analysis: &mut Analysis, names: &mut Pseudonyms) {
    let strings = mem::take(&mut analysis.reading.store.strings);
    learn(analysis, &strings, names);
    let mut texts = Rewriter::new(names, strings);
    let Analysis {
        reading,
        alignment,
        journeys,
        incidents,
        settings,
        sender,
        recipient_domains,
        left_out: _,
        silences: _,
        as_of: _,
        priorities: _,
        events,
    } = analysis;
    for one in journeys {
        journey::journey(one, &mut texts);
    }
    for one in incidents {
        journey::incident(one, &mut texts);
    }
    for Setting { rule, text, mails: _, records: _ } in settings {
        texts.put(Names::Nobody, rule);
        *text = texts.names.text(text);
    }
    records::store(&mut reading.store, &mut texts);
    of_reading(reading, texts.names);
    of_alignment(alignment, texts.names);
    if let Some(sender) = sender {
        *sender = texts.names.address(sender);
    }
    for domain in recipient_domains {
        *domain = texts.names.host(domain);
    }
    for Event { at: _, text, line: _ } in events {
        *text = texts.names.text(text);
    }
    let strings = texts.finish();
    analysis.reading.store.strings = strings;
}

/// Names that stand alone inside texts: users, systems, hosts, connectors, files.
fn learn(analysis: &Analysis, strings: &Strings, names: &mut Pseudonyms) {
    let mut known = records::names(&analysis.reading.store, strings, names);
    for source in &analysis.reading.sources {
        let path = source.path.display().to_string();
        for (name, token) in [
            (&source.label, names.file(&source.label)),
            (&path, names.file(&path)),
            (&source.landscape.system, names.tokens.name("system", &source.landscape.system)),
            (&source.landscape.app_server, names.host(&source.landscape.app_server)),
        ] {
            known.insert(name.clone(), token);
        }
    }
    names.learn(Words::new(known));
}

fn of_reading(reading: &mut Reading, names: &Pseudonyms) {
    let Reading { sources, store: _, twins, strangers, problems, looked_at, rejects, texts, unfinished: _ } = reading;
    // Nothing is left to quote from: a line holds more than its fields.
    texts.clear();
    for source in sources {
        of_source(source, names);
    }
    for path in twins.iter_mut().flat_map(|(twin, of)| [twin, of]).chain(strangers.iter_mut().map(|(path, _)| path)).chain(looked_at) {
        *path = names.path(path);
    }
    for Reject { source: _, line: _, reason, text } in rejects {
        *reason = names.text(reason);
        *text = Pseudonyms::shape(text);
    }
    for problem in problems {
        names.problem(problem);
    }
}

fn of_source(source: &mut Source, names: &Pseudonyms) {
    let Source {
        path,
        label,
        sha256: _,
        bytes: _,
        encoding: _,
        format: _,
        why,
        confidence: _,
        hop: _,
        ledger,
        span: _,
        rows: _,
        utc: _,
        offset: _,
        year_unknown: _,
        selected: _,
        context: _,
        landscape: Landscape { system, app_server, trace_level: _ },
        notes,
    } = source;
    *path = names.path(path);
    *label = names.file(label);
    *why = names.text(why);
    ledger.rewrite(&|reason| names.text(reason));
    *system = names.tokens.name("system", system);
    *app_server = names.host(app_server);
    for note in notes {
        note.text = names.text(&note.text);
    }
}

fn of_alignment(alignment: &mut Alignment, names: &Pseudonyms) {
    let Alignment { clocks, coverage, utc: _, mails: _, key_test: _, others: _, sap_like: _, loose: _, shared_keys: _, notes: _ } =
        alignment;
    for Clock { zone: _, basis: _, drift_ms: _, spread_ms: _, anchors: _, rate: _, night: _, why } in clocks {
        *why = names.text(why);
    }
    for Coverage { hop: _, span: _, basis: _, sender, recipient, only_failed: _, capped: _, few: _ } in coverage {
        for address in [sender, recipient].into_iter().flatten() {
            *address = names.address(address);
        }
    }
}

impl Pseudonyms {
    /// What could not be read, without its names.
    pub fn problem(&self, problem: &mut ReadError) {
        match problem {
            ReadError::NotFound(path) | ReadError::Io(path, _) | ReadError::NoLogs(path, ..) => *path = self.path(path),
            ReadError::Archive { path, what, remedy: _ } => {
                *path = self.path(path);
                *what = self.text(what);
            }
            ReadError::Empty(label) | ReadError::Binary(label, _) | ReadError::Truncated { label, line: _, encoding: _ } => {
                *label = self.file(label);
            }
            ReadError::NoFormat(label, first) => {
                *label = self.file(label);
                *first = Self::shape(first);
            }
            ReadError::MissingColumn { label, line: _, missing: _, found, remedy: _ } => {
                *label = self.file(label);
                *found = Self::shape(found);
            }
            ReadError::Malformed { label, line: _, format: _, what, remedy: _ } => {
                *label = self.file(label);
                *what = self.text(what);
            }
        }
    }
}
