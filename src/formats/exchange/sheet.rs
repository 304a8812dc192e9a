//! A CSV of the message trace: its header, wherever the type line or blank lines leave it, and its rows with the
//! physical lines they stand on.

use super::caps;
use super::columns::{Cells, Columns, Field};
use super::headers;
use super::moment;
use crate::error::ReadError;
use crate::formats::objects::{Outcome, normal};
use crate::formats::records::{self, Place};
use crate::formats::{Settings, Sink};
use crate::source::{Class, lines};

/// Lines that are no rows wherever they stand: the type that Windows PowerShell writes, Excel's hint at the delimiter, and
/// the warnings of a cmdlet whose output was redirected as a whole.
const NO_ROWS: &[&str] = &["#TYPE", "sep=", "WARNING:", "WARNUNG:", "AVERTISSEMENT", "ADVERTENCIA:", "AVISO:"];

/// Rows that recognisers look at.
const LOOK_AT: usize = 5;

/// A text with a header.
pub struct Sheet<'a> {
    /// Line of the header.
    pub line: u32,
    /// Where the fields stand.
    pub columns: Columns,
    /// Cells of the header as written, without quotes.
    cells: Vec<&'a str>,
    names: Vec<String>,
    /// Minutes from UTC that the header of the times names.
    offset: Option<i32>,
    delimiter: u8,
    text: &'a str,
    body: &'a str,
}

/// One row of a sheet.
pub struct Row<'a> {
    columns: &'a Columns,
    record: &'a [&'a str],
}

impl Cells for Row<'_> {
    fn cell(&self, field: Field) -> &str {
        let mut cells = self.columns.at(field).iter().filter_map(|at| self.record.get(*at)).map(|cell| trimmed(cell));
        cells.find(|cell| !cell.is_empty()).unwrap_or("")
    }
}

impl Row<'_> {
    /// A number for the content of all cells, by which equal rows are known.
    pub fn digest(&self) -> u128 {
        use sha2::{Digest, Sha256};
        let mut hash = Sha256::new();
        for cell in self.record {
            hash.update(cell.len().to_le_bytes());
            hash.update(cell.as_bytes());
        }
        let digest = hash.finalize();
        digest.iter().take(16).fold(0, |sum, byte| sum << 8 | u128::from(*byte))
    }
}

impl<'a> Sheet<'a> {
    /// Takes the first line that is neither blank nor [`NO_ROWS`] for the header.
    pub fn open(text: &'a str, settings: &Settings) -> Option<Self> {
        let (line, header) = lines(text).find(|(_, line)| !line.trim().is_empty() && !no_row(line))?;
        let count = |c: char| header.matches(c).count();
        let delimiters = [',', ';', '\t', '|'].map(|c| (count(c), c));
        let delimiter = delimiters.into_iter().rev().max_by_key(|(count, _)| *count).map_or(',', |(_, c)| c);
        let names = settings.trace_headers.names(header.split(delimiter));
        let from = header.as_ptr().addr().wrapping_sub(text.as_ptr().addr()).saturating_add(header.len());
        let cells = header.trim_start_matches('\u{feff}').split(delimiter).map(|name| name.trim().trim_matches('"')).collect();
        let (columns, delimiter) = (Columns::of(&names), u8::try_from(delimiter).unwrap_or(b','));
        let of_time = columns.at(Field::Time).first().and_then(|at| header.split(char::from(delimiter)).nth(*at));
        let offset = of_time.and_then(|cell| headers::offset(cell).1);
        Some(Self { line, columns, cells, names, offset, delimiter, text, body: text.get(from..).unwrap_or("") })
    }

    /// Its delimiter in words.
    pub fn between(&self) -> &'static str {
        match self.delimiter {
            b'\t' => "between tabs",
            b';' => "between semicolons",
            b'|' => "between pipes",
            _ => "between commas",
        }
    }

    /// Whether the header has a column of this normalised name.
    pub fn names(&self, name: &str) -> bool {
        self.names.iter().any(|known| known == name)
    }

    /// Whether a cell of the header, as the file itself names it, is one of these (normalised).
    pub fn says(&self, names: &[&str]) -> bool {
        self.cells.iter().any(|cell| names.contains(&normal(cell).as_str()))
    }

    /// Number of columns that are known.
    pub fn known(&self, fields: &[Field]) -> usize {
        fields.iter().filter(|field| self.columns.has(**field)).count()
    }

    /// Whether one of the first rows is as wanted; `None` without rows.
    pub fn begins_with(&self, wanted: &dyn Fn(&Row<'_>) -> bool) -> Option<bool> {
        let mut reader =
            csv::ReaderBuilder::new().delimiter(self.delimiter).has_headers(false).flexible(true).from_reader(self.body.as_bytes());
        let records: Vec<csv::StringRecord> = reader.records().map_while(Result::ok).take(LOOK_AT).collect();
        let rows: Vec<Vec<&str>> = records.iter().map(|record| record.iter().collect()).collect();
        let mut rows = rows.iter().filter(|record| !self.is_frame(record)).peekable();
        rows.peek()?;
        Some(rows.any(|record| wanted(&Row { columns: &self.columns, record })))
    }

    /// Looks at all rows without the account of the lines.
    pub fn scan(&self, look: &mut dyn FnMut(&Row<'_>)) {
        records::each(self.body, self.line, self.delimiter, &|_| false, &mut |record, _| {
            if let Ok(record) = record {
                look(&Row { columns: &self.columns, record });
            }
        });
    }

    /// The first of the fields that the header lacks, as an error.
    ///
    /// # Errors
    /// When one is missing.
    pub fn demand(&self, fields: &[(Field, &str)], remedy: &'static str, sink: &mut Sink<'_>) -> Result<(), ReadError> {
        sink.source.ledger.mark_run(1, self.line, Class::Frame);
        let missing = fields.iter().find(|(field, _)| !self.columns.has(*field));
        missing.map_or(Ok(()), |(_, name)| {
            Err(ReadError::MissingColumn {
                label: sink.source.label.clone(),
                line: self.line,
                missing: (*name).to_owned(),
                found: self.cells.join(", "),
                remedy,
            })
        })
    }

    /// Whether the header of the times names their offset from UTC.
    pub fn has_offset(&self) -> bool {
        self.offset.is_some()
    }

    /// Hands on every row and enters all lines into the ledger. Returns the number of rows, repeated ones included.
    pub fn read(&self, sink: &mut Sink<'_>, take: &mut dyn FnMut(&Row<'_>, Place, &mut Sink<'_>) -> Outcome) -> usize {
        sink.source.ledger.mark_run(1, self.line, Class::Frame);
        sink.source.offset = self.offset;
        for (number, line) in lines(self.text).filter(|(_, line)| is_blank(line) || no_row(line)) {
            sink.source.ledger.mark(number, Class::Frame);
            if caps::says_more(line) {
                sink.source.note(number, caps::MORE_RESULTS);
                sink.source.selected = true;
            }
        }
        let (time, delimiter) = (self.columns.at(Field::Time).first().copied(), char::from(self.delimiter));
        let begins_row = |line: &str| {
            time.and_then(|time| line.split(delimiter).nth(time)).is_some_and(|cell| moment::stamp(cell.trim().trim_matches('"')).is_some())
        };
        let mut rows = 0;
        records::each(self.body, self.line, self.delimiter, &begins_row, &mut |record, place| {
            let outcome = record.and_then(|record| {
                if self.is_frame(record) {
                    return Ok(Class::Frame);
                }
                rows += 1;
                take(&Row { columns: &self.columns, record }, place, sink)
            });
            match outcome {
                Ok(class) => sink.source.ledger.mark_run(place.line, place.lines, class),
                Err(reason) => (place.line..place.line.saturating_add(place.lines)).for_each(|at| sink.source.ledger.reject(at, reason)),
            }
        });
        rows
    }

    /// The header once more, as in files that were appended to each other, and what never is a row.
    fn is_frame(&self, record: &[&str]) -> bool {
        record.first().is_some_and(|cell| no_row(cell)) || self.cells.iter().copied().eq(record.iter().map(|cell| trimmed(cell)))
    }
}

/// A cell without blanks around it; nearly all have none.
fn trimmed(cell: &str) -> &str {
    match cell.as_bytes() {
        [only] if only.is_ascii_graphic() => cell,
        [first, .., last] if first.is_ascii_graphic() && last.is_ascii_graphic() => cell,
        _ => cell.trim(),
    }
}

fn is_blank(line: &str) -> bool {
    // Nearly every line is told by its first letter.
    !line.as_bytes().first().is_some_and(u8::is_ascii_graphic) && line.trim().is_empty()
}

fn no_row(line: &str) -> bool {
    line.starts_with(['#', 's', 'W', 'A']) && NO_ROWS.iter().any(|begin| line.starts_with(begin))
}
