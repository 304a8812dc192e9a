//! What syslog puts in front of a message, in every shape that files of it have (relay.md section 1.1.1): the
//! traditional line with and without priority, ISO 8601, RFC 5424, `journalctl` short forms, year first, containers'
//! prefix, JSON of rsyslog and of the journal, and the journal's export. Shared by all that log through it.

mod ahead;
mod journal;
mod line;
mod repeat;
mod stamp;

pub use stamp::{Stamp, iso, offset, traditional};

use crate::formats::records::Place;

/// A line of syslog, taken apart.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Entry<'a> {
    /// When.
    pub stamp: Stamp,
    /// Host that logged.
    pub host: &'a str,
    /// Program, `postfix/smtp`; RFC 5424 cuts it at the slash.
    pub program: &'a str,
    /// Its process, 0 where unknown.
    pub pid: u32,
    /// What it says.
    pub message: &'a str,
}

/// What a piece of a syslog file is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Piece<'a> {
    /// A message.
    Entry(Entry<'a>),
    /// Blank, or a remark of syslog itself.
    Frame,
    /// Neither, and why.
    Unknown(&'static str),
}

/// A message of a line of its own.
pub fn entry(line: &str) -> Option<Entry<'_>> {
    match line::read(line) {
        Piece::Entry(entry) => Some(entry),
        _ => None,
    }
}

/// Hands on every piece of a text with its lines.
pub fn each(text: &str, take: &mut dyn FnMut(Piece<'_>, Place)) {
    each_read(text, &|_| (), &mut |piece, _, place| take(*piece, place));
}

/// The same, with what `read` makes of a message: lines are taken apart ahead of their turn. A message that does not stand
/// on a line of its own comes without.
pub fn each_read<'a, T: Send>(text: &'a str, read: &(dyn Fn(&Entry<'a>) -> T + Sync), take: &mut dyn FnMut(&Piece<'_>, Option<&T>, Place)) {
    let (mut export, mut repeats) = (journal::Export::default(), repeat::Repeats::default());
    let ready = |(number, text): (u32, &'a str)| {
        let piece = if text.starts_with('{') { Piece::Frame } else { line::read(text) };
        let said = if let Piece::Entry(entry) = &piece { Some(read(entry)) } else { None };
        Line { number, text, piece, said }
    };
    ahead::each(text, &ready, &mut |Line { number, text, piece, said }| {
        let (place, said) = (Place { line: *number, lines: 1 }, said.as_ref());
        // Nearly every line: its text is not looked at once more.
        let plain = said.is_some() && !export.is_open();
        if plain {
            repeats.hand_on(piece, said, text, place, take);
        } else if export.takes(*number, text) {
            if text.is_empty() {
                export.hand_on(&mut |piece, place| take(&piece, None, place));
            }
        } else if text.trim().is_empty() {
            take(&Piece::Frame, None, place);
        } else if text.starts_with('{') {
            journal::json(text, place, &mut |piece, place| take(&piece, None, place));
        } else {
            repeats.hand_on(piece, said, text, place, take);
        }
    });
    export.hand_on(&mut |piece, place| take(&piece, None, place));
}

/// A line that is taken apart before its turn.
struct Line<'a, T> {
    number: u32,
    text: &'a str,
    piece: Piece<'a>,
    said: Option<T>,
}

/// Whether the first pieces of a text please; how many there were, and how many pleased, of at most a few hundred.
pub fn sample(head: &str, wanted: &dyn Fn(&Entry<'_>) -> bool) -> (usize, usize) {
    let (mut seen, mut pleased) = (0, 0);
    each(beginning(head), &mut |piece, _| {
        if let Piece::Entry(entry) = piece {
            seen += 1;
            pleased += usize::from(wanted(&entry));
        }
    });
    (seen, pleased)
}

/// The first lines of a text; the last one of a head may be cut.
fn beginning(head: &str) -> &str {
    let end = head.match_indices('\n').nth(LOOK_AT).map_or(head.len(), |(at, _)| at);
    &head[..end]
}

/// Lines that recognisers look at.
const LOOK_AT: usize = 400;
