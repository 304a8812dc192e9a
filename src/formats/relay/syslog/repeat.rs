//! Lines that syslog writes once for several: `message repeated 3 times: [ ... ]` with the text, and `last message repeated
//! 3 times`, which means the line before. What they stand for happened that often.

use super::line::stamp_of;
use super::{Entry, Piece};
use crate::formats::records::Place;

/// More repetitions say nothing more.
const MOST: u32 = 1000;

/// What is known while lines go by.
#[derive(Default)]
pub struct Repeats<'a> {
    last: Option<Entry<'a>>,
}

impl<'a> Repeats<'a> {
    /// Hands on a piece as often as it happened.
    pub fn hand_on(&mut self, piece: Piece<'a>, line: &'a str, place: Place, take: &mut dyn FnMut(Piece<'_>, Place)) {
        let (entry, times) = match piece {
            Piece::Entry(entry) => match with_text(entry.message) {
                Some((times, message)) => (Entry { message, ..entry }, times),
                None => (entry, 1),
            },
            Piece::Frame => match (self.last, stamp_of(line).and_then(|(stamp, rest)| Some((stamp, of_last(rest)?)))) {
                (Some(last), Some((stamp, times))) => (Entry { stamp, ..last }, times),
                _ => return take(piece, place),
            },
            Piece::Unknown(_) => return take(piece, place),
        };
        self.last = Some(entry);
        for _ in 0..times.min(MOST) {
            take(Piece::Entry(entry), place);
        }
    }
}

/// `message repeated 3 times: [ TEXT]`, as rsyslog writes it.
fn with_text(message: &str) -> Option<(u32, &str)> {
    let (times, text) = message.strip_prefix("message repeated ")?.split_once(" times: [")?;
    Some((times.parse().ok()?, text.strip_suffix(']')?.trim_start()))
}

/// `relay01 last message repeated 3 times`.
fn of_last(rest: &str) -> Option<u32> {
    rest.split_once("last message repeated ")?.1.split(' ').next()?.parse().ok()
}
