//! From paths to evidence: find, unpack, decode, recognise, read.

use super::Progress;
use crate::align;
use crate::error::ReadError;
use crate::evidence::{Hop, Store};
use crate::formats::{self, Recognised, Settings, Sink, Unfinished};
use crate::source::{self, Decoded, Found, Limits, Packed, Reject, Sheet, Source};
use std::path::{Path, PathBuf};

/// What the user may say about reading.
#[derive(Debug, Default)]
pub struct ReadOptions {
    /// Encodings of files by path suffix: `app1/dev_icm`.
    pub encodings: Vec<(PathBuf, &'static encoding_rs::Encoding)>,
    /// What the user says about the formats.
    pub settings: Settings,
    /// Whether lines that are not understood are kept.
    pub rejects: bool,
    /// Whether the texts are kept, so that their lines can be shown.
    pub texts: bool,
}

impl ReadOptions {
    fn encoding(&self, path: &Path) -> Option<&'static encoding_rs::Encoding> {
        self.encodings.iter().rev().find(|(suffix, _)| path.ends_with(suffix)).map(|(_, codec)| *codec)
    }
}

/// Everything that was read, before it is judged.
#[derive(Debug, Default)]
pub struct Reading {
    /// Files that a format read.
    pub sources: Vec<Source>,
    /// Their evidence.
    pub store: Store,
    /// Files with the same bytes as another one, which alone was read.
    pub twins: Vec<(PathBuf, PathBuf)>,
    /// Files in folders and archives that are no logs, with what they are.
    pub strangers: Vec<(PathBuf, String)>,
    /// Named paths that could not be read or understood, cut-off files, refused archives.
    pub problems: Vec<ReadError>,
    /// Paths of all files and members that were looked at.
    pub looked_at: Vec<PathBuf>,
    /// Lines that were not understood, when they were asked for.
    pub rejects: Vec<Reject>,
    /// The texts of the sources, when they were asked for.
    pub texts: Vec<Packed>,
    /// What the file that was read last leaves to the next one.
    pub(crate) unfinished: Option<Unfinished>,
}

/// Reads all files below the paths; never fails as a whole.
#[must_use]
pub fn read(paths: &[PathBuf], progress: &mut dyn Progress) -> Reading {
    read_with(paths, &ReadOptions::default(), progress)
}

/// Reads all files below the paths as the user wishes.
#[must_use]
pub fn read_with(paths: &[PathBuf], options: &ReadOptions, progress: &mut dyn Progress) -> Reading {
    let (found, problems) = source::find(paths);
    let mut reading = Reading { problems, ..Reading::default() };
    progress.begin(found.iter().map(Found::size).sum());
    for (at, file) in found.iter().enumerate() {
        progress.file(at + 1, found.len(), &file.path);
        read_file(file, options, &mut reading);
        progress.done(file.size());
    }
    if let Some(mut left) = reading.unfinished.take() {
        left.end(&mut reading.store, &mut reading.sources, &options.settings);
    }
    let labels = source::labels(&reading.sources.iter().map(|s| s.path.clone()).collect::<Vec<_>>());
    for (source, label) in reading.sources.iter_mut().zip(labels) {
        source.label = label;
    }
    formats::settle_years(&mut reading.store, &mut reading.sources);
    align::complete(&mut reading.store, &mut reading.sources);
    for folder in paths.iter().filter(|p| p.is_dir()) {
        let below = source::real(folder);
        let inside = |path: &Path| source::real(path).starts_with(&below);
        let twin = reading.twins.iter().any(|(twin, _)| inside(twin));
        if !twin && !reading.sources.iter().any(|source| inside(&source.path)) {
            let looked_at = found.iter().filter(|file| inside(&file.path)).count();
            reading.problems.push(ReadError::NoLogs(folder.clone(), "folder", looked_at));
        }
    }
    reading
}

/// A file, or the members of an archive: those are looked at like the files of a folder.
fn read_file(file: &Found, options: &ReadOptions, reading: &mut Reading) {
    let bytes = match file.read() {
        Ok(bytes) => bytes,
        Err(error) => return reading.problems.push(ReadError::Io(file.path.clone(), error)),
    };
    let mut members = (0, 0, false);
    source::unpack(&file.path, bytes, &Limits::default(), &mut |path, content| {
        let inside = path != file.path;
        reading.looked_at.push(path.clone());
        match content.and_then(|bytes| read_once(&path, &bytes, options, reading)) {
            Ok(()) => members.1 += 1,
            Err(error) if inside && error.is_stranger() => reading.strangers.push((path, error.kind().to_owned())),
            Err(error) => {
                members.2 = true;
                stranger_or_problem(file, error, reading);
            }
        }
        members.0 += 1;
    });
    if let (count, 0, false) = members {
        stranger_or_problem(file, ReadError::NoLogs(file.path.clone(), "archive", count), reading);
    }
}

/// Shorter contents are not worth a thread.
const LONG: usize = 1 << 20;

/// Reads the content of a file; fine when it was read before.
fn read_once(path: &Path, bytes: &[u8], options: &ReadOptions, reading: &mut Reading) -> Result<(), ReadError> {
    let first = reading.sources.len();
    // Nothing waits for the hash unless another file may have the same bytes.
    let (sha256, outcome) = if bytes.len() < LONG || reading.sources.iter().any(|known| known.bytes == bytes.len() as u64) {
        let sha256 = source::sha256(bytes);
        if let Some(same) = reading.sources.iter().find(|known| known.sha256 == sha256) {
            let twin = (path.to_path_buf(), same.path.clone());
            reading.twins.push(twin);
            return Ok(());
        }
        (sha256, read_content(path, bytes, options, reading))
    } else {
        std::thread::scope(|scope| {
            let beside = std::thread::Builder::new().spawn_scoped(scope, || source::sha256(bytes));
            let outcome = read_content(path, bytes, options, reading);
            let sha256 = beside.ok().and_then(|thread| thread.join().ok());
            // The system may have no thread to give.
            (sha256.unwrap_or_else(|| source::sha256(bytes)), outcome)
        })
    };
    for source in reading.sources.iter_mut().skip(first) {
        source.sha256.clone_from(&sha256);
    }
    outcome
}

fn read_content(path: &Path, bytes: &[u8], options: &ReadOptions, reading: &mut Reading) -> Result<(), ReadError> {
    let label = path.display().to_string();
    if bytes.is_empty() {
        return Err(ReadError::Empty(label));
    }
    let file = File { path, size: bytes.len() as u64 };
    let explicit = options.encoding(path);
    match source::sheets(bytes, explicit) {
        Some(Ok(sheets)) => return read_sheets(&file, sheets, options, reading),
        Some(Err(what)) => {
            let remedy = "Open it, save it again as XLSX or as text with tabs, and give that file";
            return Err(ReadError::Archive { path: path.to_path_buf(), what, remedy });
        }
        None => {}
    }
    if let (None, Some(what)) = (explicit, source::sniff_binary(bytes)) {
        return Err(ReadError::Binary(label, what));
    }
    let decoded = match explicit {
        Some(codec) => source::decode_as(bytes, codec),
        None => source::decode(bytes),
    };
    read_text(&file, &decoded, Vec::new(), options, reading)
}

/// A file whose bytes were taken.
struct File<'a> {
    path: &'a Path,
    size: u64,
}

/// Several sheets are members, those that are no logs strangers; of a file without a log the first one tells why.
fn read_sheets(file: &File<'_>, sheets: Vec<Sheet>, options: &ReadOptions, reading: &mut Reading) -> Result<(), ReadError> {
    let several = sheets.len() > 1;
    let mut refused = Vec::new();
    let count = sheets.len();
    for (number, sheet) in (1..).zip(sheets) {
        let path = if several { file.path.join(sheet.file_name(number)) } else { file.path.to_path_buf() };
        let decoded = Decoded { text: sheet.text.into(), encoding: sheet.encoding, truncated: false, replaced: 0 };
        let member = File { path: &path, ..*file };
        if let Err(error) = read_text(&member, &decoded, sheet.notes, options, reading) {
            refused.push((path, error));
        }
    }
    if refused.len() == count {
        let first = refused.into_iter().next().map(|(_, error)| error);
        return Err(first.unwrap_or_else(|| ReadError::Empty(file.path.display().to_string())));
    }
    reading.strangers.extend(refused.into_iter().map(|(path, error)| (path, error.kind().to_owned())));
    Ok(())
}

/// Reads a text by the format that claims it.
fn read_text(
    file: &File<'_>,
    decoded: &Decoded<'_>,
    notes: Vec<String>,
    options: &ReadOptions,
    reading: &mut Reading,
) -> Result<(), ReadError> {
    let label = file.path.display().to_string();
    let Some(Recognised { format, claim, text, notes: layers, cut }) = formats::recognise(&decoded.text, &options.settings) else {
        let first = source::lines(&decoded.text).map(|(_, l)| l.trim()).find(|l| !l.is_empty()).unwrap_or("").chars().take(40).collect();
        return Err(ReadError::NoFormat(label, first));
    };
    let lines = source::count_lines(&text);
    let mut source = Source::new(file.path.to_path_buf(), label.clone(), lines);
    source.bytes = file.size;
    source.encoding = decoded.encoding;
    source.format = format.id();
    source.why = claim.why;
    source.confidence = claim.confidence;
    source.hop = format.hop();
    let index = u32::try_from(reading.sources.len()).unwrap_or(u32::MAX);
    source.selected = cut;
    for (line, note) in notes.into_iter().map(|note| (1, note)).chain(layers) {
        source.note(line, note);
    }
    if decoded.replaced > 0 {
        source.note(1, format!("{} broken characters were replaced by U+FFFD", decoded.replaced));
    }
    let settings = &options.settings;
    reading.store.make_room(source.hop, lines, text.len());
    let left = reading.unfinished.take();
    let mut left = left.and_then(|left| left.go_on(file.path, &text, &mut reading.store, &mut reading.sources, settings));
    let outcome = format.read_on(&text, &mut left, &mut Sink { store: &mut reading.store, source: &mut source, index, settings });
    reading.unfinished = left;
    if decoded.truncated {
        let line = u32::try_from(lines).unwrap_or(u32::MAX);
        reading.problems.push(ReadError::Truncated { label, line, encoding: decoded.encoding.name });
    }
    reading.problems.extend(outcome.err());
    if options.rejects {
        reading.rejects.extend(source::rejects(&text, &source.ledger, reading.sources.len(), format.hop() == Hop::Icm));
    }
    if options.texts {
        reading.texts.push(Packed::of(&text));
    }
    reading.sources.push(source);
    Ok(())
}

/// A stranger inside a folder is listed; one that was named is an error.
fn stranger_or_problem(file: &Found, error: ReadError, reading: &mut Reading) {
    if file.named || !error.is_stranger() {
        reading.problems.push(error);
    } else {
        reading.strangers.push((file.path.clone(), error.kind().to_owned()));
    }
}
