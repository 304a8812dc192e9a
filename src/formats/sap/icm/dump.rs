//! Hex dumps rebuilt into the lines they show (icm.md 2.2.2; the shape is assumed: offset, groups of hex digits, at most
//! sixteen bytes, a text between pipes behind them). A command may be broken over two lines of a dump.

use super::line;
use super::opener::opens;
use crate::source::lines;

/// Bytes in a line of a dump.
const WIDTH: usize = 16;
/// A line of SMTP is no longer than this; what is, is content.
const LONGEST: usize = 8 * 1024;

/// The part of a block of data that is not a whole line yet.
#[derive(Clone, Debug, Default)]
pub struct Rest {
    /// Lines of the dump it stands on.
    pub lines: Vec<u32>,
    /// A whole line of the block was handed on.
    pub told: bool,
    bytes: Vec<u8>,
}

impl Rest {
    /// Adds a line of a dump; hands on each whole line of data with the lines of the dump it stands on.
    pub fn add(&mut self, number: u32, bytes: &[u8]) -> Vec<(Vec<u32>, String)> {
        let mut out = Vec::new();
        self.lines.push(number);
        for byte in bytes {
            if *byte == b'\n' {
                out.extend(self.take());
                self.lines.push(number);
            } else if self.bytes.len() < LONGEST {
                self.bytes.push(*byte);
            }
        }
        if self.bytes.len() >= LONGEST {
            // Content without line ends: only where it began is of use.
            self.lines.truncate(1);
        }
        out
    }

    /// What is left when the block ends.
    pub fn take(&mut self) -> Option<(Vec<u32>, String)> {
        let (lines, bytes) = (std::mem::take(&mut self.lines), std::mem::take(&mut self.bytes));
        let text = String::from_utf8_lossy(&bytes).trim_end_matches('\r').to_owned();
        // Blank lines are content as well: they belong to a body.
        (!lines.is_empty()).then_some((lines, text))
    }

    /// Whether nothing is left.
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }
}

/// Bytes of a line of a dump. The text behind them, which may be padded, tells whether an address stands before the
/// offset.
pub fn bytes(text: &str) -> Option<Vec<u8>> {
    if !line::is_hex_dump(text) {
        return None;
    }
    let (hex, shown) = text.split_once('|').map_or((text, None), |(hex, shown)| (hex, Some(shown.strip_suffix('|').unwrap_or(shown))));
    let shown = match shown {
        None => WIDTH,
        Some(shown) => {
            let told = [1, 2].into_iter().map(|before| groups(hex, before)).find(|bytes| !bytes.is_empty() && shows(shown, bytes));
            if told.is_some() {
                return told;
            }
            shown.chars().count()
        }
    };
    let mut out = groups(hex, 1);
    Some(out.split_off(out.len().saturating_sub(shown)))
}

/// Whether a line holds as many bytes in hex digits as a dump does, in a shape that is none of those known.
pub fn is_strange(line: &str) -> bool {
    let rest = line::thread(line).map_or(line, |(_, rest)| rest).trim();
    let pairs = |word: &str| if word.len().is_multiple_of(2) && word.bytes().all(|b| b.is_ascii_hexdigit()) { word.len() / 2 } else { 0 };
    bytes(rest).is_none() && rest.split_whitespace().skip(1).map(pairs).sum::<usize>() >= WIDTH
}

/// What the groups of hex digits behind so many words say.
fn groups(hex: &str, before: usize) -> Vec<u8> {
    let mut out: Vec<u8> = Vec::with_capacity(WIDTH + 8);
    for word in hex.split_whitespace().skip(before) {
        let digits = word.as_bytes();
        let fits = digits.len() % 2 == 0 && digits.iter().all(u8::is_ascii_hexdigit) && out.len() + digits.len() / 2 <= WIDTH + 8;
        if !fits {
            break;
        }
        let byte = |pair: &[u8]| std::str::from_utf8(pair).ok().and_then(|pair| u8::from_str_radix(pair, 16).ok());
        out.extend(digits.chunks(2).filter_map(byte));
    }
    out
}

/// Whether a text is that of these bytes, padded or not; what cannot be printed is shown as a dot.
fn shows(shown: &str, bytes: &[u8]) -> bool {
    let mut chars = shown.chars();
    let same = bytes.iter().all(|byte| {
        let printed = if byte.is_ascii_graphic() || *byte == b' ' { char::from(*byte) } else { '.' };
        chars.next().is_some_and(|c| c == printed || (c == '.' && !byte.is_ascii()))
    });
    same && bytes.len() <= WIDTH && chars.all(|c| c == ' ')
}

/// Whether the dialogue of a file stands in its dumps only: where it is written out, dumps would tell it twice.
pub fn alone(text: &str) -> bool {
    let written = |physical: &str| {
        let rest = line::thread(physical).map_or(physical, |(_, rest)| rest).trim();
        !line::is_hex_dump(rest) && opens(line::tail(rest).text)
    };
    !lines(text).any(|(_, physical)| written(physical))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bytes_of_a_line() {
        let rows = [
            ("000010  41555448 20504c41  |AUTH PLA|", Some("AUTH PLA")),
            ("00007f21: 45 48 4c 4f 0d 0a", Some("EHLO\r\n")),
            ("7f21b40012c0  00000010  45484c4f 0d0a  |EHLO..|", Some("EHLO\r\n")),
            ("000000  32353020 6f6b0d0a", Some("250 ok\r\n")),
            ("delivery", None),
        ];
        for (text, want) in rows {
            assert_eq!(bytes(text).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).as_deref(), want, "{text}");
        }
    }

    #[test]
    fn lines_over_two_dumps() {
        let mut rest = Rest::default();
        assert!(rest.add(1, b"250-a\r\n250 b").iter().map(|(lines, text)| (lines.clone(), text.as_str())).eq([(vec![1], "250-a")]));
        assert!(rest.add(2, b"c\r\n").iter().map(|(lines, text)| (lines.clone(), text.as_str())).eq([(vec![1, 2], "250 bc")]));
        assert!(rest.is_empty());
    }
}
