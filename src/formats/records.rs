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

/// What is done with the cells of a record, or why it is none, and where it stands.
pub type Take<'t> = dyn FnMut(Result<&[&str], &'static str>, Place) + 't;

/// Records that are read the long way at once: to begin it costs more than some records.
const AT_ONCE: usize = 64;

/// Hands on each record of a text whose first line has the number `first`. A quote that is never closed would swallow
/// the rows behind it: when a line inside a record looks like a row of its own (`begins_row`), the record's first line
/// is handed on as an error and reading goes on behind it.
pub fn each(body: &str, first: u32, delimiter: u8, begins_row: &dyn Fn(&str) -> bool, take: &mut Take<'_>) {
    let (mut from, mut lines) = (0, Lines { body, first, byte: 0, before: 0 });
    while from < body.len() {
        let end = memchr::memchr(b'\n', &body.as_bytes()[from..]).map_or(body.len(), |end| from + end);
        let line = &body[from..end];
        let line = line.strip_suffix('\r').unwrap_or(line);
        if let Some(cells) = cells(line, delimiter) {
            if !line.is_empty() {
                take(Ok(&cells), Place { line: first + lines.before, lines: 1 });
            }
            from = end + 1;
            lines.pass(from);
        } else {
            from = read_on(from, delimiter, begins_row, &mut lines, take);
            lines.reach(from);
        }
    }
}

/// Cells of a line that is a record by itself, as nearly every one is: quotes, if any, stand around whole cells.
pub fn cells(line: &str, delimiter: u8) -> Option<Vec<&str>> {
    let bytes = line.as_bytes();
    let (mut cells, mut from, mut quoted) = (Vec::with_capacity(32), 0, None);
    for at in memchr::memchr3_iter(delimiter, b'"', b'\r', bytes) {
        match (bytes[at], quoted) {
            (b'"', None) if at == from => quoted = Some(false),
            (b'"', Some(false)) => quoted = Some(true),
            (b'"' | b'\r', _) => return None,
            (_, Some(false)) => {}
            (_, closed) => {
                cells.push(cell(line, from, at, closed.is_some())?);
                (from, quoted) = (at + 1, None);
            }
        }
    }
    if quoted != Some(false) {
        cells.push(cell(line, from, bytes.len(), quoted.is_some())?);
        return Some(cells);
    }
    None
}

/// A cell between two delimiters; `None` when something stands behind its closing quote.
fn cell(line: &str, from: usize, to: usize, quoted: bool) -> Option<&str> {
    let cell = &line[from..to];
    if quoted { cell.strip_prefix('"')?.strip_suffix('"') } else { Some(cell) }
}

/// Reads records from a byte on that may be of several lines or have quotes anywhere; the byte behind them.
fn read_on(from: usize, delimiter: u8, begins_row: &dyn Fn(&str) -> bool, lines: &mut Lines<'_>, take: &mut Take<'_>) -> usize {
    let body = lines.body;
    let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).has_headers(false).flexible(true).from_reader(&body.as_bytes()[from..]);
    let mut row = csv::StringRecord::new();
    let at = |byte: u64| from.saturating_add(usize::try_from(byte).unwrap_or(usize::MAX)).min(body.len());
    for _ in 0..AT_ONCE {
        if !matches!(reader.read_record(&mut row), Ok(true)) {
            return body.len();
        }
        let end = at(reader.position().byte());
        let (begin, place) = lines.of(at(row.position().map_or(0, csv::Position::byte)), end);
        let inside = body.get(begin..end).unwrap_or("");
        if place.lines > 1 && inside.lines().skip(1).any(|line| begins_row(line) && !closes(line, delimiter)) {
            take(Err("a quote is not closed in this row"), Place { lines: 1, ..place });
            return begin + inside.find('\n').map_or(inside.len(), |end| end + 1);
        }
        take(Ok(&row.iter().collect::<Vec<_>>()), place);
    }
    at(reader.position().byte())
}

/// Whether the first quote of a line ends a quoted cell that began above. What stands behind it are the record's own
/// cells, and delimiters before it are text, so the line may look like a row of its own.
fn closes(line: &str, delimiter: u8) -> bool {
    let bytes = line.as_bytes();
    let mut quotes = memchr_iter(b'"', bytes);
    while let Some(at) = quotes.next() {
        match bytes.get(at + 1) {
            Some(b'"') => quotes.next(),
            behind => return behind.is_none_or(|byte| *byte == delimiter),
        };
    }
    false
}

/// Counts physical lines while records go by.
struct Lines<'a> {
    body: &'a str,
    first: u32,
    byte: usize,
    before: u32,
}

impl Lines<'_> {
    /// Counts up to a byte.
    fn reach(&mut self, byte: usize) {
        let passed = self.body.as_bytes().get(self.byte..byte).unwrap_or_default();
        self.before += u32::try_from(memchr_iter(b'\n', passed).count()).unwrap_or(u32::MAX);
        self.byte = byte;
    }

    /// A line was passed that ends before a byte.
    fn pass(&mut self, byte: usize) {
        (self.byte, self.before) = (byte, self.before + 1);
    }

    /// Where a record really begins, and its place. The reader's positions may stand inside a line end.
    fn of(&mut self, begin: usize, end: usize) -> (usize, Place) {
        let bytes = self.body.as_bytes();
        let breaks = |from: usize, to: usize| u32::try_from(memchr_iter(b'\n', &bytes[from.min(to)..to]).count()).unwrap_or(u32::MAX);
        let begin = begin + bytes[begin..].iter().take_while(|b| matches!(b, b'\r' | b'\n')).count();
        self.reach(begin);
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

    #[test]
    fn a_line_that_closes_a_cell_is_no_row_of_its_own() {
        let rows = [
            ("line two, x\",a", true),
            ("line \"\"two\"\", x\",a", true),
            ("x\"", true),
            ("2026-01-01,b", false),
            ("2026-01-01,\"b\",c", false),
            ("2026-01-01,\"\",\"c\"", false),
            ("\"2026-01-01\",b", false),
            ("2026-01-01,5\" disc", false),
        ];
        for (line, want) in rows {
            assert_eq!(closes(line, b','), want, "{line}");
        }
    }

    proptest::proptest! {
        /// The short way and the long one read the same cells.
        #[test]
        fn lines_are_read_as_the_library_reads_them(body in "([ab ;,\"\r\n]|\"\"|\",\"|\r\n){0,40}", delimiter in proptest::sample::select(vec![b',', b';'])) {
            let mut got: Vec<Vec<String>> = Vec::new();
            each(&body, 1, delimiter, &|_| false, &mut |row, _| got.extend(row.map(|row| row.iter().map(|cell| (*cell).to_owned()).collect())));
            let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).has_headers(false).flexible(true).from_reader(body.as_bytes());
            let want: Vec<Vec<String>> = reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect();
            proptest::prop_assert_eq!(got, want);
        }
    }

    proptest::proptest! {
        /// Whatever stands in it, a text is read to its end in order of its lines.
        #[test]
        fn any_text_is_read_to_its_end(body in "([aä\u{feff} ,\"\r\n]|2026-|\"\"|\",\"|\n\"){0,60}") {
            let (mut last, count) = (0, u32::try_from(body.matches('\n').count()).unwrap() + 1);
            each(&body, 1, b',', &|line| line.starts_with("2026-"), &mut |_, place| {
                assert!(place.line >= last && place.lines > 0 && place.line + place.lines - 1 <= count, "{place:?}");
                last = place.line;
            });
        }
    }
}
