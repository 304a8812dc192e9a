//! Records of a CSV text with the physical lines they stand on.

use memchr::memchr_iter;

/// Where a record stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Place {
    /// First physical line, 1-based.
    pub line: u32,
    /// Physical lines.
    pub lines: u32,
}

/// Hands on each record of a text whose first line has the number `first`. A quote that is never closed would swallow
/// the rows behind it: when a line inside a record looks like a row of its own (`begins_row`), the record's first line
/// is handed on as an error and reading goes on behind it.
pub fn each(
    body: &str,
    first: u32,
    delimiter: u8,
    begins_row: &dyn Fn(&str) -> bool,
    take: &mut dyn FnMut(Result<&csv::StringRecord, &'static str>, Place),
) {
    let (mut from, mut counted) = (0, Lines { body, first, byte: 0, before: 0 });
    while let Some(next) = read_on(body, from, delimiter, begins_row, &mut counted, take) {
        from = next;
    }
}

/// Reads from a byte on; the byte at which to begin again, if a record was broken.
fn read_on(
    body: &str,
    from: usize,
    delimiter: u8,
    begins_row: &dyn Fn(&str) -> bool,
    counted: &mut Lines<'_>,
    take: &mut dyn FnMut(Result<&csv::StringRecord, &'static str>, Place),
) -> Option<usize> {
    let bytes = body.as_bytes().get(from..)?;
    let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).has_headers(false).flexible(true).from_reader(bytes);
    let mut row = csv::StringRecord::new();
    let at = |byte: u64| from.saturating_add(usize::try_from(byte).unwrap_or(usize::MAX)).min(body.len());
    while matches!(reader.read_record(&mut row), Ok(true)) {
        let (begin, place) = counted.of(at(row.position().map_or(0, csv::Position::byte)), at(reader.position().byte()));
        let inside = body.get(begin..at(reader.position().byte())).unwrap_or("");
        if place.lines > 1 && inside.lines().skip(1).any(begins_row) {
            take(Err("a quote is not closed in this row"), Place { lines: 1, ..place });
            return Some(begin + inside.find('\n').map_or(inside.len(), |end| end + 1));
        }
        take(Ok(&row), place);
    }
    None
}

/// Counts physical lines while records go by.
struct Lines<'a> {
    body: &'a str,
    first: u32,
    byte: usize,
    before: u32,
}

impl Lines<'_> {
    /// Where a record really begins, and its place. The reader's positions may stand inside a line end.
    fn of(&mut self, begin: usize, end: usize) -> (usize, Place) {
        let bytes = self.body.as_bytes();
        let breaks = |from: usize, to: usize| u32::try_from(memchr_iter(b'\n', &bytes[from.min(to)..to]).count()).unwrap_or(u32::MAX);
        let begin = begin + bytes[begin..].iter().take_while(|b| matches!(b, b'\r' | b'\n')).count();
        self.before += breaks(self.byte, begin);
        self.byte = begin;
        let trailing = bytes[begin.min(end)..end].iter().rev().take_while(|b| matches!(b, b'\r' | b'\n')).count();
        (begin, Place { line: self.first + self.before, lines: breaks(begin, end.saturating_sub(trailing)) + 1 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &str) -> Vec<(Option<String>, u32, u32)> {
        let mut out = Vec::new();
        let begins_row = |line: &str| line.starts_with("2026-");
        each(body, 2, b',', &begins_row, &mut |row, place| out.push((row.ok().map(|row| row[1].to_owned()), place.line, place.lines)));
        out
    }

    #[test]
    fn lines_inside_quotes_belong_to_the_record() {
        let text = "2026-01-01,\"a\nb\",x\r\n\r\n2026-01-02,c,y\n";
        assert_eq!(read(text), [(Some("a\nb".to_owned()), 2, 2), (Some("c".to_owned()), 5, 1)]);
    }

    #[test]
    fn an_open_quote_costs_its_own_row_only() {
        let text = "2026-01-01,a,x\n2026-01-02,\"b,y\n2026-01-03,c,z\n2026-01-04,d,w";
        let got = read(text);
        assert_eq!(
            got.iter().map(|(cell, line, _)| (cell.as_deref(), *line)).collect::<Vec<_>>(),
            [(Some("a"), 2), (None, 3), (Some("c"), 4), (Some("d"), 5)]
        );
    }
}
