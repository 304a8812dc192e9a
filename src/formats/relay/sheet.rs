//! CSV with a header of names, as PowerShell and portals export rows of a log.

use crate::formats::exchange::moment;
use crate::formats::objects::normal;
use crate::formats::records;
use crate::source::lines;

/// Names of the columns, and where the rows begin.
pub struct Header<'a> {
    /// Line of the names.
    pub line: u32,
    /// Names in normal form.
    pub names: Vec<String>,
    delimiter: char,
    body: &'a str,
}

impl<'a> Header<'a> {
    /// The header of a text: its first line that is neither empty nor a remark.
    pub fn open(text: &'a str) -> Option<Self> {
        let (line, header) = lines(text).find(|(_, line)| !line.trim().is_empty() && !line.starts_with('#'))?;
        let delimiter = [',', ';', '\t'].into_iter().rev().max_by_key(|c| header.matches(*c).count())?;
        let names = header.trim_start_matches('\u{feff}').split(delimiter).map(|name| normal(name.trim().trim_matches('"'))).collect();
        let from = header.as_ptr().addr().wrapping_sub(text.as_ptr().addr()).saturating_add(header.len());
        Some(Self { line, names, delimiter, body: text.get(from..)? })
    }

    /// Whether there is a column of a name.
    pub fn has(&self, name: &str) -> bool {
        self.names.iter().any(|known| known == name)
    }

    /// Hands on each row; `time` is the column by which a line is known as the beginning of one.
    pub fn each(&self, time: &str, take: &mut records::Take<'_>) {
        let time = self.names.iter().position(|name| name == time);
        let begins = |line: &str| {
            let cell = time.and_then(|time| line.split(self.delimiter).nth(time));
            cell.is_some_and(|cell| moment::stamp(cell.trim().trim_matches('"')).is_some())
        };
        records::each(self.body, self.line, u8::try_from(self.delimiter).unwrap_or(b','), &begins, take);
    }

    /// A cell by the name of its column; empty where there is none.
    pub fn cell<'r>(&self, record: &'r [&'r str], name: &str) -> &'r str {
        let at = self.names.iter().position(|known| known == name);
        at.and_then(|at| record.get(at)).map_or("", |cell| cell.trim())
    }
}
