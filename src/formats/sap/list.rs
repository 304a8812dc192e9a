//! The "unconverted" list: pipes, rules, page headers that repeat (sost.md section 1.4 a).

use super::columns;
use super::request;
use super::sheet::Sheet;
use crate::error::ReadError;
use crate::evidence::Hop;
use crate::formats::{Claim, Format, Sink};
use crate::source::{Class, lines};

/// Header cells that must be known before a pipe line counts as the header.
const KNOWN: usize = 3;

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
        let (line, known) =
            lines(head).filter(|(_, line)| is_row(line)).map(|(n, line)| (n, known(line))).find(|(_, known)| *known >= KNOWN)?;
        Some(Claim { confidence: 90, why: format!("line {line}: a header between pipes with {known} known columns") })
    }

    fn read(&self, text: &str, sink: &mut Sink<'_>) -> Result<(), ReadError> {
        let label = sink.source.label.clone();
        let sheets = sheets(text, sink);
        let mut outcome = Ok(());
        for sheet in sheets {
            match sheet.check(&label) {
                Ok(()) => request::emit(&sheet, sink),
                Err(error) => {
                    sheet.rows.iter().for_each(|(line, _)| sink.source.ledger.reject(*line, "below a header without a needed column"));
                    outcome = Err(error);
                }
            }
        }
        outcome
    }

    fn samples(&self) -> &'static [&'static str] {
        &[include_str!("list.sample.txt")]
    }
}

fn is_row(line: &str) -> bool {
    let line = line.trim_end();
    line.len() > 1 && line.starts_with('|') && line.ends_with('|') && !is_rule(line)
}

/// `-----` or `|---|---|`.
fn is_rule(line: &str) -> bool {
    line.contains("--") && line.chars().all(|c| matches!(c, '-' | '|' | '+' | ' '))
}

fn known(line: &str) -> usize {
    columns::hits(&columns::layout(&split(line)))
}

fn split(line: &str) -> Vec<&str> {
    let line = line.trim_end();
    let inner = line.strip_prefix('|').unwrap_or(line);
    inner.strip_suffix('|').unwrap_or(inner).split('|').collect()
}

/// All sheets of a file: a new one begins at each header that differs from the last.
fn sheets<'a>(text: &'a str, sink: &mut Sink<'_>) -> Vec<Sheet<'a>> {
    let mut out: Vec<Sheet<'a>> = Vec::new();
    let mut pipes: Vec<usize> = Vec::new();
    for (number, line) in lines(text) {
        if !is_row(line) {
            outside(number, line, out.is_empty(), sink);
            continue;
        }
        let cells = split(line);
        if columns::hits(&columns::layout(&cells)) >= KNOWN {
            sink.source.ledger.mark(number, Class::Frame);
            if out.last().is_none_or(|sheet| sheet.header != cells) {
                pipes = line.chars().enumerate().filter(|(_, c)| *c == '|').map(|(at, _)| at).collect();
                let widths = pipes.windows(2).map(|pair| pair[1] - pair[0] - 1).collect();
                out.push(Sheet::new(number, cells, widths));
            }
            continue;
        }
        match out.last_mut() {
            // Blocks of sort criteria before the header are small tables of their own.
            None => sink.source.ledger.mark(number, Class::Frame),
            Some(sheet) => match by_offsets(line, &pipes).or_else(|| (cells.len() == sheet.header.len()).then_some(cells)) {
                Some(row) => sheet.rows.push((number, row)),
                None => sink.source.ledger.reject(number, "the pipes stand elsewhere than in the header"),
            },
        }
    }
    out
}

/// Lines without the form of a row: rules, page headers, blanks; anything else is not understood.
fn outside(number: u32, line: &str, before_header: bool, sink: &mut Sink<'_>) {
    let trimmed = line.trim();
    let page = trimmed.ends_with(|c: char| c.is_ascii_digit()) && trimmed.starts_with(|c: char| c.is_ascii_digit());
    if trimmed.is_empty() || is_rule(trimmed) || (page && !trimmed.contains('|')) || (before_header && !trimmed.starts_with('|')) {
        sink.source.ledger.mark(number, Class::Frame);
    } else {
        sink.source.ledger.reject(number, "neither a row between pipes nor a page header");
    }
}

/// Cells between the header's pipes; `None` when one of them is missing, so that a pipe inside a value does no harm.
fn by_offsets<'a>(line: &'a str, pipes: &[usize]) -> Option<Vec<&'a str>> {
    let (mut bounds, mut next) = (Vec::with_capacity(pipes.len()), 0);
    for (at, (byte, c)) in line.char_indices().enumerate() {
        if pipes.get(next) == Some(&at) {
            if c != '|' {
                return None;
            }
            bounds.push(byte);
            next += 1;
        }
    }
    (bounds.len() == pipes.len()).then(|| bounds.windows(2).map(|pair| &line[pair[0] + 1..pair[1]]).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pipe_inside_a_subject_does_no_harm() {
        let header = "|St|Document title|Recipient       |";
        let pipes: Vec<usize> = header.char_indices().filter(|(_, c)| *c == '|').map(|(at, _)| at).collect();
        let row = by_offsets("|OK|Größe A|B     |ap@fabrikam.exam|", &pipes).unwrap();
        assert_eq!(row, ["OK", "Größe A|B     ", "ap@fabrikam.exam"]);
        assert_eq!(by_offsets("|OK|short|x|", &pipes), None);
    }
}
