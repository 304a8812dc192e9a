//! Logs whose columns are named by a line `#Fields:` that may change inside a file (relay.md sections 1.4 and 1.5;
//! exchange.md section 1.14): one row per line, cells between commas or blanks.

use super::syslog::{self, Stamp};
use crate::source::lines;
use std::borrow::Cow;

/// A line of such a log.
pub enum Line<'a> {
    /// A row with its columns.
    Row(Row<'a>),
    /// Names of columns and remarks.
    Frame,
    /// Not a row.
    Unknown(&'static str),
}

/// A row with its columns.
pub struct Row<'a> {
    names: &'a [&'a str],
    cells: Vec<Cow<'a, str>>,
}

impl Row<'_> {
    /// A cell by the name of its column; empty where there is none, and where the log writes `-`.
    pub fn cell(&self, name: &str) -> &str {
        let cell = self.raw(name);
        if cell == "-" { "" } else { cell }
    }

    /// A cell as written.
    pub fn raw(&self, name: &str) -> &str {
        let at = self.names.iter().position(|known| known.eq_ignore_ascii_case(name));
        at.and_then(|at| self.cells.get(at)).map_or("", |cell| cell)
    }

    /// The time of a column, in UTC as these logs write it.
    pub fn utc(&self, name: &str) -> Option<Stamp> {
        utc(self.cell(name))
    }
}

/// A time without zone is UTC here.
pub fn utc(text: &str) -> Option<Stamp> {
    let (rest, stamp) = syslog::iso(text.trim()).ok()?;
    rest.is_empty().then_some(Stamp { offset: Some(stamp.offset.unwrap_or(0)), ..stamp })
}

/// The names after `#Fields:` in a text's head.
pub fn names(head: &str) -> Option<&str> {
    lines(head).take(50).find_map(|(_, line)| line.strip_prefix("#Fields:")).map(str::trim)
}

/// Hands on every line. Rows above the first `#Fields:` have the columns `before`, or are not understood.
pub fn each<'a>(text: &'a str, delimiter: char, before: &[&'a str], take: &mut dyn FnMut(Line<'_>, u32)) {
    let mut names: Vec<&str> = before.to_vec();
    for (number, line) in lines(text) {
        if let Some(fields) = line.strip_prefix("#Fields:") {
            names = fields.trim().split(delimiter).map(str::trim).collect();
        }
        if line.starts_with('#') || line.trim().is_empty() {
            take(Line::Frame, number);
        } else if names.is_empty() {
            take(Line::Unknown("no line #Fields: above this row"), number);
        } else {
            match cells(line, delimiter) {
                Some(cells) if cells.len() * 2 >= names.len() => take(Line::Row(Row { names: &names, cells }), number),
                Some(_) => take(Line::Unknown("fewer cells than columns: the line is cut"), number),
                None => take(Line::Unknown("a quote is not closed in this row"), number),
            }
        }
    }
}

/// Cells of a line; quotes hold delimiters, and are doubled inside.
fn cells(line: &str, delimiter: char) -> Option<Vec<Cow<'_, str>>> {
    let (mut out, mut rest) = (Vec::with_capacity(32), line);
    loop {
        let Some(quoted) = rest.strip_prefix('"') else {
            let Some((cell, behind)) = rest.split_once(delimiter) else {
                out.push(Cow::Borrowed(rest));
                return Some(out);
            };
            out.push(Cow::Borrowed(cell));
            rest = behind;
            continue;
        };
        let end = closing(quoted)?;
        let cell = &quoted[..end];
        out.push(if cell.contains("\"\"") { Cow::Owned(cell.replace("\"\"", "\"")) } else { Cow::Borrowed(cell) });
        match quoted[end + 1..].strip_prefix(delimiter) {
            Some(behind) => rest = behind,
            None => return Some(out),
        }
    }
}

/// Where a quoted cell ends.
fn closing(quoted: &str) -> Option<usize> {
    let mut from = 0;
    loop {
        let at = from + quoted[from..].find('"')?;
        if quoted[at + 1..].starts_with('"') {
            from = at + 2;
        } else {
            return Some(at);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_follow_their_fields() {
        let text = "x,1\n#Fields: date-time,data\n2026-03-10T08:05:01.123Z,\"a, \"\"b\"\"\"\n#Fields: data,date-time\nc,-\n\"open,\n";
        let mut got = Vec::new();
        each(text, ',', &[], &mut |line, number| {
            got.push((
                number,
                match line {
                    Line::Row(row) => format!("{}|{}", row.cell("date-time"), row.cell("Data")),
                    Line::Frame => "frame".to_owned(),
                    Line::Unknown(reason) => reason.to_owned(),
                },
            ));
        });
        let want = [
            "no line #Fields: above this row",
            "frame",
            "2026-03-10T08:05:01.123Z|a, \"b\"",
            "frame",
            "|c",
            "a quote is not closed in this row",
        ];
        assert_eq!(got, (1..).zip(want.map(str::to_owned)).collect::<Vec<_>>());
    }
}
