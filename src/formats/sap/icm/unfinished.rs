//! What `dev_icm.old` leaves to `dev_icm`: when the trace is full it goes on in a new file, and the sessions and the clock
//! go on with it (icm.md 1.1). That nothing is missing between them is assumed where the process is the same one, as far
//! as the headers name it, and the clock goes on.

use super::clock::Clock;
use super::dialogue::Dialogue;
use super::line::{self, Stamp};
use super::output::Output;
use super::prefix::Prefix;
use crate::evidence::{Fold, HOUR, MINUTE, Millis, Store};
use crate::formats::{Settings, Sink};
use crate::source::{Source, lines};
use std::fmt;
use std::path::{Path, PathBuf};

/// A clock that autumn turns goes back so far; with no line for longer than a day a file is of another time.
const CLOCK: std::ops::Range<Millis> = -(HOUR + MINUTE)..24 * HOUR;
/// A header stands among so many lines.
const HEADER: usize = 40;

/// A file that has ended, with its open sessions.
pub struct Unfinished {
    path: PathBuf,
    source: u32,
    pid: Option<String>,
    pub(super) clock: Clock,
    pub(super) dialogue: Dialogue,
}

/// Sessions hold what must not be printed.
impl fmt::Debug for Unfinished {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Unfinished").field("path", &self.path).finish_non_exhaustive()
    }
}

impl Unfinished {
    pub(super) fn new(sink: &Sink<'_>, text: &str, clock: Clock, dialogue: Dialogue) -> Self {
        Self { path: sink.source.path.clone(), source: sink.index, pid: pid(text), clock, dialogue }
    }

    /// What a file goes on with: nothing where it is another one by its name or by its clock, the clock alone where a new
    /// process writes it. Sessions that end with this file are told in it.
    pub fn go_on(mut self, path: &Path, text: &str, store: &mut Store, sources: &mut [Source], settings: &Settings) -> Option<Self> {
        let last = self.clock.at(self.clock.now());
        let near = || first_stamp(text).zip(last).is_some_and(|(first, last)| CLOCK.contains(&(first - last)));
        let goes_on = newer(&self.path).is_some_and(|newer| newer == path) && near();
        let restarted = self.pid.as_ref().zip(pid(text)).is_some_and(|(old, new)| *old != new);
        if !goes_on || restarted {
            self.end(store, sources, settings);
        }
        goes_on.then_some(self)
    }

    /// Its evidence in the doubled hour stood before the turn that the next file shows.
    pub(super) fn turn(source: u32, clock: &Clock, store: &mut Store) {
        let own = store.records.iter_mut().rev().skip_while(|record| record.source != source).take_while(|record| record.source == source);
        for record in own.filter(|record| record.fold == Fold::Unknown) {
            record.fold = record.local.map_or(Fold::Unknown, |local| clock.fold_before(local.from));
        }
    }

    /// The source that it is.
    pub(super) fn source(&self) -> u32 {
        self.source
    }

    /// Its name without the folder.
    pub(super) fn name(&self) -> String {
        self.path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
    }

    /// Ends its sessions, as nothing goes on with them.
    pub fn end(&mut self, store: &mut Store, sources: &mut [Source], settings: &Settings) {
        let index = self.source;
        if let Some(source) = sources.get_mut(index as usize) {
            self.end_in(&mut Sink { store, source, index, settings });
        }
    }

    /// The same; nothing else was read since.
    pub(super) fn end_in(&mut self, sink: &mut Sink<'_>) {
        let mut out = Output::new(sink);
        self.dialogue.end_all(&mut out);
        out.finish(&self.clock);
        let store = &mut *sink.store;
        let first = store.records.iter().rposition(|record| record.source != self.source).map_or(0, |at| at + 1);
        store.records.get_mut(first..).unwrap_or_default().sort_by_key(|record| record.line);
    }
}

/// Whether a file is one that another goes on with.
pub fn is_old(path: &Path) -> bool {
    newer(path).is_some()
}

/// `dev_icm` of `dev_icm.old`.
fn newer(path: &Path) -> Option<PathBuf> {
    path.extension().is_some_and(|end| end.eq_ignore_ascii_case("old")).then(|| path.with_extension(""))
}

/// The first time stamp of a text.
fn first_stamp(text: &str) -> Option<Millis> {
    let prefix = Prefix::of(text);
    let stamp = |line| line::stamp(prefix.split(line).map_or(line, |(_, rest)| rest));
    lines(text).find_map(|(_, line)| if let Some(Stamp::At(at)) = stamp(prefix.line(line)) { Some(at) } else { None })
}

/// The process that a header names.
fn pid(text: &str) -> Option<String> {
    let prefix = Prefix::of(text);
    lines(text).take(HEADER).find_map(|(_, line)| {
        let (key, value) = prefix.line(line).split_once([' ', '\t'])?;
        (key == "pid" && !value.trim().is_empty()).then(|| value.trim().to_owned())
    })
}
