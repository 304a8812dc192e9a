//! What was read.

use super::Style;
use crate::align::Clock;
use crate::evidence::{Hop, day_time};
use crate::pipeline::Analysis;
use crate::report::clean;
use crate::report::export::zone_assumed;
use crate::source::Class;
use comfy_table::{CellAlignment, Table, presets};
use std::fmt::Write as _;
use unicode_width::UnicodeWidthStr;

/// One row per file, then what else lay there and what is a guess. On a terminal too narrow for the table, a file
/// takes several lines.
pub fn section(analysis: &Analysis, style: &Style) -> String {
    let rows: Vec<[String; 8]> = (0..analysis.reading.sources.len()).map(|at| row(analysis, at)).collect();
    let mut out = table(&rows);
    let widest = out.lines().map(UnicodeWidthStr::width).max().unwrap_or(0);
    if style.columns.is_some_and(|columns| widest > columns) {
        out = rows.iter().map(|row| stacked(row, style)).collect();
    }
    notes(analysis, style, &mut out);
    out
}

fn table(rows: &[[String; 8]]) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).force_no_tty();
    table.set_header(["Read", "format", "encoding", "zone", "from (UTC)", "to (UTC)", "rows", "not understood"]);
    for row in rows {
        table.add_row(row);
    }
    for column in [6, 7] {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table.to_string().lines().fold(String::new(), |mut out, line| {
        // The table pads its cells on both sides.
        let _ = writeln!(out, "{}", line.strip_prefix(' ').unwrap_or(line).trim_end());
        out
    })
}

fn stacked([label, format, encoding, zone, from, to, rows, lost]: &[String; 8], style: &Style) -> String {
    let text = format!("{format}, {encoding}, {zone}, {from} to {to} UTC, {rows} rows, {lost} lines not understood");
    style.wrap("", "", label) + &style.wrap("  ", "  ", &text)
}

fn row(analysis: &Analysis, at: usize) -> [String; 8] {
    let source = &analysis.reading.sources[at];
    let clock = analysis.alignment.clocks.get(at);
    let span = analysis.alignment.coverage.get(at).and_then(|coverage| coverage.span);
    let span = span.or_else(|| Some(clock?.utc(source.span?, crate::evidence::Fold::Unknown)));
    let time = |at: Option<i64>| at.map_or_else(|| "-".to_owned(), |at| day_time(at).chars().take(16).collect());
    [
        clean(&source.label),
        source.format.to_owned(),
        format!("{} ({})", source.encoding.name, source.encoding.basis),
        clock.map_or_else(String::new, |clock| format!("{} ({})", clock.zone, clock.basis.word())),
        time(span.map(|span| span.from)),
        time(span.map(|span| span.to)),
        source.rows.to_string(),
        format!("{} of {}", source.ledger.count(Class::NotUnderstood), source.ledger.lines()),
    ]
}

/// How far a clock is off, and how well that is known.
#[must_use]
pub fn clock_offset(clock: &Clock) -> String {
    let seconds = |millis: i64| format!("{}.{}", millis.abs() / 1000, millis.abs() % 1000 / 100);
    let sign = if clock.drift_ms <= -100 { '-' } else { '+' };
    let done = match clock.correction() {
        0 if clock.contradicted() => "not corrected",
        0 => "the usual way of a mail, not corrected",
        _ => "corrected",
    };
    let pairs = if clock.anchors == 1 { "pair" } else { "pairs" };
    let rate = match clock.rate.per_day {
        0 => String::new(),
        rate => format!(" and {}{} s more each day, corrected", if rate < 0 { '-' } else { '+' }, seconds(rate)),
    };
    format!(
        "{sign}{} s to the other logs{rate}, {done}; spread {} s, from {} {pairs} (zone {})",
        seconds(clock.drift_ms),
        seconds(clock.spread_ms),
        clock.anchors,
        clock.basis.word()
    )
}

fn notes(analysis: &Analysis, style: &Style, out: &mut String) {
    let test = analysis.alignment.key_test;
    let next_hop = analysis.reading.sources.iter().any(|source| source.hop != Hop::Sap && !source.context);
    if test.tried > 0 && next_hop {
        let outcome = if test.passed { "used as exact key" } else { "not relied on" };
        let text = format!(
            "Message-ID = SAP key: found for {} of {} sent requests, {} contradicted; {outcome}",
            test.hits, test.tried, test.contradicted
        );
        out.push_str(&style.wrap("  ", "    ", &text));
    }
    for (source, clock) in analysis.reading.sources.iter().zip(&analysis.alignment.clocks) {
        if clock.correction() != 0 || clock.rate.per_day != 0 || (style.verbose && clock.anchors > 0) {
            out.push_str(&style.wrap("  ", "    ", &clean(&format!("{}: clock {}", source.label, clock_offset(clock)))));
        }
        if style.verbose || clock.contradicted() {
            out.push_str(&style.wrap("  ", "    ", &clean(&format!("{}: zone from {}", source.label, clock.why))));
        }
        for note in &source.notes {
            out.push_str(&style.wrap("  ", "    ", &clean(&format!("{}:{}: {}", source.label, note.line, note.text))));
        }
    }
    if analysis.alignment.shared_keys > 0 {
        let keys = analysis.alignment.shared_keys;
        let text = format!(
            "{keys} SAP keys stand for several requests each: exports of several systems or clients without SYSID or MANDT; they are kept apart by recipient and subject"
        );
        out.push_str(&style.wrap("  ", "    ", &text));
    }
    let assumed: Vec<&str> = zone_assumed(analysis).map(|source| source.label.as_str()).collect();
    if let Some(first) = zone_assumed(analysis).next() {
        let text = format!(
            "{}: times are taken for UTC, nothing tells their zone: name it, for example with --zone {}=Europe/Berlin",
            assumed.join(", "),
            first.hop.word()
        );
        out.push_str(&style.wrap("  ", "    ", &clean(&text)));
    }
    for (twin, of) in &analysis.reading.twins {
        out.push_str(&style.wrap("  ", "    ", &clean(&format!("Read once: {} has the same bytes as {}", twin.display(), of.display()))));
    }
    let strangers = &analysis.reading.strangers;
    if !strangers.is_empty() {
        let names = strangers.iter().map(|(path, what)| format!("{} ({what})", path.file_name().unwrap_or_default().to_string_lossy()));
        out.push_str(&style.wrap("  No logs: ", "    ", &clean(&names.collect::<Vec<_>>().join(", "))));
    }
}
