//! The "unconverted" list: pipes, rules, page headers that repeat (sost.md section 1.4 a).

use super::columns;
use super::recognise::{self, KNOWN};
use super::request;
use super::ruler::{Ruler, split};
use super::sheet::Sheet;
use crate::error::ReadError;
use crate::evidence::Hop;
use crate::formats::{Claim, Format, Settings, Sink};
use crate::source::{Class, lines};
use std::collections::BTreeSet;

/// Pipes of a row that has lost its last one.
const SEVERAL: usize = 3;
/// Known cells that tell a header from a row, when it stands right below another one.
const WRAPPED: usize = 2;

/// Reason for the lines of a wrapped list.
const WRAPPED_ROW: &str = "below a header of several lines";

/// SAP list saved "unconverted".
pub struct List;

impl Format for List {
    fn id(&self) -> &'static str {
        "sap-list"
    }

    fn title(&self) -> &'static str {
        "SAP list of send requests (SOST, unconverted)"
    }

    fn hop(&self) -> Hop {
        Hop::Sap
    }

    fn recognise(&self, head: &str) -> Option<Claim> {
        self.recognise_with(head, &Settings::default())
    }

    fn recognise_with(&self, head: &str, settings: &Settings) -> Option<Claim> {
        let rows = || lines(head).filter(|(_, line)| is_row(line)).map(|(number, line)| (number, split(line)));
        let icons = rows().any(|(_, cells)| cells.into_iter().any(recognise::is_icon));
        let mut above: Option<(u32, Vec<&str>)> = None;
        for (number, cells) in rows() {
            // The two halves of a wrapped header make sense together only.
            let whole: Vec<&str> = match above {
                Some((line, above)) if line + 1 == number => above.into_iter().chain(cells.iter().copied()).collect(),
                _ => cells.clone(),
            };
            if let Some(known) = [&cells, &whole].into_iter().find_map(|cells| recognise::header(cells, icons, &settings.headers)) {
                return Some(Claim { confidence: 90, why: format!("line {number}: a header between pipes with {known} known columns") });
            }
            above = Some((number, cells));
        }
        None
    }

    fn read(&self, text: &str, sink: &mut Sink<'_>) -> Result<(), ReadError> {
        let mut reader = Reader::default();
        for (number, line) in lines(text) {
            if !is_row(line) {
                reader.outside(number, line, sink);
            } else if !reader.row(number, line, sink) {
                lines(text).skip_while(|(line, _)| *line < number).for_each(|(line, _)| sink.source.ledger.reject(line, WRAPPED_ROW));
                return Err(wrapped(number, self.title(), sink));
            }
        }
        request::emit_all(reader.sheets, self.title(), sink)
    }

    fn samples(&self) -> &'static [&'static str] {
        &[include_str!("list.sample.txt")]
    }
}

fn is_row(line: &str) -> bool {
    let closed = line.len() > 1 && line.trim_end().ends_with('|');
    line.starts_with('|') && !is_rule(line) && (closed || line.matches('|').count() >= SEVERAL)
}

/// `-----` or `|---|---|`.
fn is_rule(line: &str) -> bool {
    line.contains("--") && line.chars().all(|c| matches!(c, '-' | '|' | '+' | ' '))
}

fn wrapped(line: u32, format: &'static str, sink: &Sink<'_>) -> ReadError {
    ReadError::Malformed {
        label: sink.source.label.clone(),
        line,
        format,
        what: "each request stands on several lines, because the list is wider than its print width".to_owned(),
        remedy: "Narrow the layout (fewer or narrower columns) until a request fits on one line, and export again",
    }
}

/// All sheets of a file: a new one begins at each header that differs from the last.
#[derive(Default)]
struct Reader<'a> {
    sheets: Vec<Sheet<'a>>,
    ruler: Ruler,
    /// Lines before the first header, their digits aside: page titles come again.
    titles: BTreeSet<String>,
    /// The last line between pipes, with its number of known cells.
    above: Option<(u32, &'a str, usize)>,
}

impl<'a> Reader<'a> {
    /// Reads a line between pipes; false when it belongs to a header or row of several lines.
    fn row(&mut self, number: u32, line: &'a str, sink: &mut Sink<'_>) -> bool {
        let cells = split(line);
        let hits = columns::hits(&columns::layout(&cells, &sink.settings.headers));
        if let Some((above, other, others)) = self.above.replace((number, line, hits)) {
            let two = above + 1 == number && hits.min(others) >= WRAPPED && hits.max(others) >= KNOWN;
            if two && other != line {
                return false;
            }
        }
        if recognise::is_header(&cells, hits, &sink.settings.headers) {
            sink.source.ledger.mark(number, Class::Frame);
            self.header(number, line, cells, sink);
            return true;
        }
        match self.sheets.last_mut() {
            // Blocks of sort criteria before the header are small tables of their own.
            None => {
                self.titles.insert(title(line));
                sink.source.ledger.mark(number, Class::Frame);
            }
            Some(sheet) => match self.ruler.cells(line).or_else(|| (cells.len() == sheet.header.len()).then_some(cells)) {
                Some(row) => sheet.rows.push((number, row)),
                None if self.titles.contains(&title(line)) => sink.source.ledger.mark(number, Class::Frame),
                None => sink.source.ledger.reject(number, "the pipes stand elsewhere than in the header"),
            },
        }
        true
    }

    fn header(&mut self, number: u32, line: &'a str, cells: Vec<&'a str>, sink: &mut Sink<'_>) {
        if self.sheets.last().is_some_and(|sheet| sheet.header == cells) {
            return;
        }
        self.ruler = Ruler::of(line);
        if let Some(width) = self.ruler.cut_at() {
            sink.source.note(number, format!("lines are cut at {width} characters: columns further right are lost, narrow the layout"));
        }
        self.sheets.push(Sheet::new(number, cells, self.ruler.widths(), &sink.settings.headers));
    }

    /// Lines without the form of a row: rules, page headers, blanks; anything else is not understood.
    fn outside(&mut self, number: u32, line: &str, sink: &mut Sink<'_>) {
        let trimmed = line.trim();
        let digit = |c: char| c.is_ascii_digit();
        let page = trimmed.ends_with(digit) && trimmed.starts_with(digit) && !trimmed.contains('|');
        let before_header = self.sheets.is_empty() && !trimmed.starts_with('|');
        if before_header {
            self.titles.insert(title(line));
        }
        if trimmed.is_empty() || is_rule(trimmed) || page || before_header || self.titles.contains(&title(line)) {
            sink.source.ledger.mark(number, Class::Frame);
        } else {
            sink.source.ledger.reject(number, "neither a row between pipes nor a page header");
        }
    }
}

/// A page title with page, date and time aside: one blank between words, every number the same.
fn title(line: &str) -> String {
    let words: Vec<&str> = line.split_whitespace().collect();
    let mut out = String::with_capacity(line.len());
    for c in words.join(" ").chars() {
        match c {
            '0'..='9' if out.ends_with('0') => {}
            '0'..='9' => out.push('0'),
            other => out.push(other),
        }
    }
    out
}
