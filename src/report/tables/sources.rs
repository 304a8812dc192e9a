//! What was read, with hashes and the account of the lines: what a statement about mails rests on.

use crate::align::{Clock, Coverage};
use crate::evidence::{Fold, Hop, day_time};
use crate::report::run::Run;
use crate::report::table::{Cell, Column, Named, Rows, number, text, time};
use crate::source::{Class, Source};

/// The table.
pub const SOURCES: Named = Named { name: "sources", columns: COLUMNS, rows: all };

const COLUMNS: &[Column] = &[
    text("source"),
    text("sha256"),
    number("bytes"),
    text("format"),
    text("format_why"),
    number("format_percent"),
    text("hop"),
    text("encoding"),
    text("encoding_basis"),
    text("zone"),
    text("zone_basis"),
    text("zone_why"),
    number("clock_late_ms"),
    number("clock_pairs"),
    time("from"),
    time("to"),
    text("covers"),
    text("system"),
    text("app_server"),
    number("rows"),
    number("lines"),
    number("lines_evidence"),
    number("lines_frame"),
    number("lines_others"),
    number("lines_not_understood"),
    text("notes"),
];

fn all(run: Run<'_>) -> Rows<'_> {
    Box::new(run.analysis.reading.sources.iter().enumerate().map(move |(at, source)| row(run, at, source)))
}

fn row<'a>(run: Run<'a>, at: usize, source: &'a Source) -> Vec<Cell<'a>> {
    let (clock, coverage) = (run.analysis.alignment.clocks.get(at), run.analysis.alignment.coverage.get(at));
    let span = coverage.and_then(|coverage| coverage.span).or_else(|| Some(clock?.utc(source.span?, Fold::Unknown)));
    let count = |class| Cell::count(source.ledger.count(class));
    let of = |text: fn(&Clock) -> String| Cell::owned(clock.map_or_else(String::new, text));
    let notes: Vec<String> = source.notes.iter().map(|note| format!("{}: {}", note.line, note.text)).collect();
    vec![
        Cell::of(&source.label),
        Cell::of(&source.sha256),
        Cell::Number(i64::try_from(source.bytes).ok()),
        Cell::of(source.format),
        Cell::of(&source.why),
        Cell::Number(Some(i64::from(source.confidence))),
        Cell::of(source.hop.word()),
        Cell::of(source.encoding.name),
        Cell::of(source.encoding.basis),
        of(|clock| clock.zone.to_string()),
        of(|clock| clock.basis.word().to_owned()),
        of(|clock| clock.why.clone()),
        Cell::Number(clock.filter(|clock| clock.anchors > 0).map(|clock| clock.drift_ms)),
        Cell::Number(clock.and_then(|clock| i64::try_from(clock.anchors).ok())),
        Cell::Time(span.map(|span| span.from)),
        Cell::Time(span.map(|span| span.to)),
        Cell::owned(coverage.map_or_else(String::new, |coverage| covers(source, coverage))),
        Cell::of(&source.landscape.system),
        Cell::of(&source.landscape.app_server),
        Cell::count(source.rows),
        Cell::count(source.ledger.lines()),
        count(Class::Evidence),
        count(Class::Frame),
        count(Class::Others),
        count(Class::NotUnderstood),
        Cell::owned(notes.join("; ")),
    ]
}

/// For which mails the source can be trusted: where it does not show one, there was none.
pub(in crate::report) fn covers(source: &Source, coverage: &Coverage) -> String {
    let Some(span) = coverage.span else { return "no mail: it holds facts around the mails".to_owned() };
    let between = format!("{} to {} UTC", day_time(span.from), day_time(span.to));
    let limit = if coverage.capped {
        "it has as many rows as an export may have, so that absence from it proves nothing".to_owned()
    } else if coverage.only_failed {
        "it holds failures only, so that absence from it proves nothing".to_owned()
    } else if coverage.few {
        "it holds too few or chosen mails, so that absence from it proves nothing".to_owned()
    } else if let Some(sender) = &coverage.sender {
        format!("of the sender {sender} only")
    } else if coverage.recipient.is_some() {
        "to one recipient only".to_owned()
    } else if source.hop == Hop::Icm {
        "connections, and the dialogues that its level shows".to_owned()
    } else {
        "all mails of that time".to_owned()
    };
    format!("{between}: {limit}")
}
