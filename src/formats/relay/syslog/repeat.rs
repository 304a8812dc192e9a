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
    /// Hands on a piece as often as it happened, with what was read of it where it stands for itself.
    pub fn hand_on<T>(
        &mut self,
        piece: &Piece<'a>,
        said: Option<&T>,
        line: &'a str,
        place: Place,
        take: &mut dyn FnMut(&Piece<'_>, Option<&T>, Place),
    ) {
        let (entry, times) = match *piece {
            Piece::Entry(entry) => {
                let Some((times, message)) = with_text(entry.message) else {
                    self.last = Some(entry);
                    return take(piece, said, place);
                };
                (Entry { message, ..entry }, times)
            }
            Piece::Frame => match (self.last, stamp_of(line).and_then(|(stamp, rest)| Some((stamp, of_last(rest)?)))) {
                (Some(last), Some((stamp, times))) => (Entry { stamp, ..last }, times),
                _ => return take(piece, None, place),
            },
            Piece::Unknown(_) => return take(piece, None, place),
        };
        self.last = Some(entry);
        for _ in 0..times.min(MOST) {
            take(&Piece::Entry(entry), None, place);
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
