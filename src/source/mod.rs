//! Input files: find them, unpack and decode them, and keep the account of their lines.

mod codec;
mod decode;
mod excerpt;
mod find;
mod ledger;
mod rejects;
mod sheet;
mod stream;
mod unpack;
mod wrap;

pub use codec::codec;
pub use decode::{Decoded, Encoding, decode, decode_as, sniff_binary};
pub use excerpt::{Packed, excerpt};
pub use find::{Found, find, labels, real};
pub use ledger::{Class, Ledger};
pub use rejects::{Reject, rejects};
pub use sheet::{Sheet, decoded, sheets};
pub use unpack::{Limits, unpack};
pub use wrap::{Unwrapped, plain, unwrap, without_above};

use crate::evidence::{Hop, Millis, Span};
use std::fmt::Write as _;
use std::path::PathBuf;

/// One input file with all that is known of it.
#[derive(Debug)]
pub struct Source {
    /// Where it was read.
    pub path: PathBuf,
    /// Shortest unique path suffix.
    pub label: String,
    /// SHA-256 of its bytes, hexadecimal.
    pub sha256: String,
    /// Size in bytes.
    pub bytes: u64,
    /// Encoding and how it was found.
    pub encoding: Encoding,
    /// Id of the format.
    pub format: &'static str,
    /// Why the format was chosen.
    pub why: String,
    /// How sure that is, 0 to 100.
    pub confidence: u8,
    /// System that wrote it.
    pub hop: Hop,
    /// Account of the lines.
    pub ledger: Ledger,
    /// Records with a time: first and last, on its own clock.
    pub span: Option<Span>,
    /// Data rows or events read.
    pub rows: usize,
    /// Whether its times are UTC by the file's own statement.
    pub utc: bool,
    /// Minutes from UTC of its times, where its own header names them.
    pub offset: Option<i32>,
    /// Whether its times lack the year: they stand in a placeholder until somebody knows better.
    pub year_unknown: bool,
    /// Whether it speaks of chosen mails only, so that absence from it proves nothing.
    pub selected: bool,
    /// Whether it holds facts around the mails only, and so covers no mail.
    pub context: bool,
    /// Where in the landscape it comes from.
    pub landscape: Landscape,
    /// Guesses and limits to be told, with their line.
    pub notes: Vec<Note>,
}

/// Where a file comes from, as far as the file says.
#[derive(Debug, Clone, Default)]
pub struct Landscape {
    /// SAP system id.
    pub system: String,
    /// Application server.
    pub app_server: String,
    /// Trace level of an ICM trace.
    pub trace_level: Option<u8>,
}

/// A guess or a limit of a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// Line it rests on.
    pub line: u32,
    /// The sentence.
    pub text: String,
}

impl Source {
    /// A file before anything is known of it but its number of lines.
    #[must_use]
    pub fn new(path: PathBuf, label: String, lines: usize) -> Self {
        Self {
            path,
            label,
            sha256: String::new(),
            bytes: 0,
            encoding: Encoding { name: "UTF-8", basis: "assumed" },
            format: "",
            why: String::new(),
            confidence: 0,
            hop: Hop::Sap,
            ledger: Ledger::new(lines),
            span: None,
            rows: 0,
            utc: false,
            offset: None,
            year_unknown: false,
            selected: false,
            context: false,
            landscape: Landscape::default(),
            notes: Vec::new(),
        }
    }

    /// Widens the covered span by a time of the source's own clock.
    pub fn cover(&mut self, span: Span) {
        self.span = Some(self.span.map_or(span, |known| known.join(span)));
    }

    /// Remembers a guess or a limit once.
    pub fn note(&mut self, line: u32, text: impl Into<String>) {
        let text = text.into();
        if !self.notes.iter().any(|n| n.text == text) {
            self.notes.push(Note { line, text });
        }
    }

    /// Length of the covered span.
    #[must_use]
    pub fn duration(&self) -> Millis {
        self.span.map_or(0, |s| s.to - s.from)
    }
}

/// Physical lines with their 1-based number, without line ends and without the byte order mark that a line begins with
/// where files were appended to one another.
pub fn lines(text: &str) -> impl Iterator<Item = (u32, &str)> {
    let ends = memchr::memchr_iter(b'\n', text.as_bytes()).chain((!text.is_empty() && !text.ends_with('\n')).then_some(text.len()));
    let mut from = 0;
    ends.zip(1..).map(move |(end, number)| {
        let line = &text[from..end];
        from = end + 1;
        let line = line.strip_suffix('\r').unwrap_or(line);
        (number, line.strip_prefix('\u{feff}').unwrap_or(line))
    })
}

/// Number of physical lines.
#[must_use]
pub fn count_lines(text: &str) -> usize {
    memchr::memchr_iter(b'\n', text.as_bytes()).count() + usize::from(!text.is_empty() && !text.ends_with('\n'))
}

/// SHA-256 in hexadecimal digits.
#[must_use]
pub fn sha256(bytes: &[u8]) -> String {
    use sha2::{Digest, Sha256};
    Sha256::digest(bytes).iter().fold(String::with_capacity(64), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_physical_and_bare() {
        let rows: [(&str, &[&str]); 6] = [
            ("", &[]),
            ("a", &["a"]),
            ("a\r\nb\n", &["a", "b"]),
            ("a\n\nb", &["a", "", "b"]),
            ("\u{feff}a\r\n\u{feff}b", &["a", "b"]),
            ("a\u{feff}b", &["a\u{feff}b"]),
        ];
        for (text, want) in rows {
            let want: Vec<(u32, &str)> = (1..).zip(want.iter().copied()).collect();
            assert_eq!(lines(text).collect::<Vec<_>>(), want, "{text:?}");
            assert_eq!(count_lines(text), want.len(), "{text:?}");
        }
    }
}
