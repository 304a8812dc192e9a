//! The "unconverted" list: pipes, rules, page headers that repeat (sost.md section 1.4 a).

use super::columns;
use super::form::{Form, Line};
use super::recognise::{self, KNOWN};
use super::request;
use super::ruler::split;
use super::sheet::Sheet;
use crate::error::ReadError;
use crate::evidence::Hop;
use crate::formats::{Claim, Format, Settings, Sink};
use crate::source::{Class, lines};
use std::collections::{BTreeMap, BTreeSet};

/// Pipes of a row that has lost its last one.
const SEVERAL: usize = 3;
/// Known cells that tell a header from a row, when it stands right below another one.
const WRAPPED: usize = 2;

/// Why a part of a row is none.
const LOST: &str = "lines of a request whose other lines are missing";

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
            reader.stopped(number, line, sink);
            if is_row(line) {
                reader.row(number, line, sink);
            } else {
                reader.outside(number, line, sink);
            }
        }
        reader.stopped(0, "", sink);
        for (line, lines) in reader.wide {
            sink.source.note(line, format!("the list is wider than its print width: each request is read from {lines} lines, a guess"));
        }
        let outcome = request::emit_all(reader.sheets, self.title(), sink);
        for (first, count) in reader.wrapped {
            sink.source.ledger.follow(first, count);
        }
        outcome
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

/// All sheets of a file: a new one begins at each header that differs from the last.
#[derive(Default)]
struct Reader<'a> {
    sheets: Vec<Sheet<'a>>,
    form: Form<'a>,
    /// Lines before the first header, their digits aside: page titles come again.
    titles: BTreeSet<String>,
    /// The last line between pipes, with its number of known cells.
    above: Option<(u32, &'a str, usize)>,
    /// Headers of several lines: the first, and their number.
    wide: BTreeMap<u32, u32>,
    /// First line of each row that stands on several, and their number.
    wrapped: Vec<(u32, u32)>,
}

impl<'a> Reader<'a> {
    /// Gives up the row that has begun when a line does not go on with it.
    fn stopped(&mut self, number: u32, line: &str, sink: &mut Sink<'_>) {
        for lost in self.form.stopped(number, line).into_iter().flatten() {
            sink.source.ledger.reject(lost, LOST);
        }
    }

    /// Reads a line between pipes.
    fn row(&mut self, number: u32, line: &'a str, sink: &mut Sink<'_>) {
        let cells = split(line);
        let hits = columns::hits(&columns::layout(&cells, &sink.settings.headers));
        let above = self.above.replace((number, line, hits));
        if self.form.has(line) {
            return sink.source.ledger.mark(number, Class::Frame);
        }
        let together =
            |(at, _, others): &(u32, &str, usize)| at + 1 == number && hits.min(*others) >= WRAPPED && hits.max(*others) >= KNOWN;
        if let Some((at, other, _)) = above.filter(together) {
            return self.wide_header(at, other, line, sink);
        }
        if recognise::is_header(&cells, hits, &sink.settings.headers) {
            return self.header(number, Form::of(&[line]), sink);
        }
        let Some(sheet) = self.sheets.last_mut() else {
            // Blocks of sort criteria before the header are small tables of their own.
            self.titles.insert(title(line));
            return sink.source.ledger.mark(number, Class::Frame);
        };
        match self.form.take(number, line) {
            Line::Row(first, row) if self.form.lines() > 1 && !sheet.fits(&row) => {
                self.form.again(first, number, line).for_each(|lost| sink.source.ledger.reject(lost, LOST));
            }
            Line::Row(first, row) => {
                sheet.rows.push((first, row));
                self.wrapped.extend(Some((first, self.form.lines())).filter(|(_, lines)| *lines > 1));
            }
            Line::Begun => {}
            Line::Other if self.titles.contains(&title(line)) => sink.source.ledger.mark(number, Class::Frame),
            Line::Other => sink.source.ledger.reject(number, "the pipes stand elsewhere than in the header"),
        }
    }

    /// The line above was the beginning of the header, whatever it was taken for.
    fn wide_header(&mut self, above: u32, first: &'a str, second: &'a str, sink: &mut Sink<'_>) {
        let goes_on = self.sheets.last().is_some_and(|sheet| sheet.rows.is_empty() && self.form.has(first));
        let before: Vec<&str> = if goes_on { self.form.header().collect() } else { vec![first] };
        let line = self.sheets.pop_if(|_| goes_on).map_or(above, |sheet| sheet.line);
        if let Some(sheet) = self.sheets.last_mut() {
            sheet.rows.pop_if(|(number, _)| *number == above);
        }
        self.header(line, Form::of(&[before, vec![second]].concat()), sink);
        self.wide.insert(line, self.form.lines());
    }

    fn header(&mut self, number: u32, form: Form<'a>, sink: &mut Sink<'_>) {
        sink.source.ledger.mark_run(number, form.lines(), Class::Frame);
        if let Some(width) = form.cut_at() {
            sink.source.note(number, format!("lines are cut at {width} characters: columns further right are lost, narrow the layout"));
        }
        self.sheets.push(Sheet::new(number, form.cells(), form.widths(), &sink.settings.headers));
        self.form = form;
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
