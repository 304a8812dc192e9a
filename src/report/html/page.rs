//! What the templates show.

use super::causes;
use super::chart::{self, Chart};
use super::flow::{self, Flow};
use super::incidents::{self, Card};
use super::journeys::{self, Plain};
use super::settings::{self, Line};
use super::{Limits, causes::Owner as CauseOwner, incidents::Owner};
use crate::evidence::{Millis, day_time};
use crate::journey::{Action, Journey, Verdict};
use crate::report::clean;
use crate::report::counts::counts;
use crate::report::export::gaps;
use crate::report::run::Run;
use crate::report::summary::{caution, clock, deed, heading, notes, proof};
use crate::report::table::Cell;
use crate::report::tables::SOURCES;
use serde::Serialize;

/// Style, script and what the browser may do.
#[derive(Serialize)]
pub struct Code<'a> {
    pub style: &'a str,
    pub policy: String,
}

/// The whole page but its data.
#[derive(Serialize)]
pub struct Page<'a> {
    code: Code<'a>,
    heading: String,
    clock: &'static str,
    span: String,
    only: String,
    caution: String,
    remarks: &'a [String],
    total: usize,
    failed: usize,
    arrived: usize,
    open: usize,
    verdicts: Vec<Sum>,
    deeds: Vec<Sum>,
    notes: Vec<(&'static str, String)>,
    owners: Vec<Owner>,
    incidents: Vec<Card>,
    settings: Vec<Line>,
    chart: Option<Chart>,
    causes: Vec<CauseOwner>,
    flow: Flow,
    gaps: Vec<(String, String)>,
    listed: usize,
    told: usize,
    quoted: bool,
    plain: Vec<Plain>,
    sources: Vec<Source>,
    rests_on: Vec<(String, String)>,
    made: Made,
}

/// How many mails have something in common.
#[derive(Serialize)]
struct Sum {
    word: &'static str,
    text: &'static str,
    mails: usize,
    /// Thousandths of all, from where and how many, so that no part of them is invisible.
    from: usize,
    share: usize,
}

#[derive(Serialize)]
struct Source {
    label: String,
    format: String,
    zone: String,
    covers: String,
    rows: String,
    not_understood: String,
    sha256: String,
    notes: String,
}

/// What made the page.
#[derive(Serialize)]
struct Made {
    version: &'static str,
    command: String,
    rules: usize,
    rules_sha256: String,
}

impl<'a> Page<'a> {
    /// The page of a run.
    pub fn of(run: Run<'_>, order: &[&Journey], limits: Limits, remarks: &'a [String], code: Code<'a>) -> Self {
        let (counts, analysis) = (counts(run), run.analysis);
        let total = order.len();
        let failed = order.iter().filter(|journey| journey.verdict.failed()).count();
        let arrived = order.iter().filter(|journey| journey.verdict == Verdict::Delivered).count();
        let deeds = counts.actions.iter().filter(|(action, _)| *action != Action::None).rev();
        let rests_on = if analysis.recipient_domains.is_empty() { Vec::new() } else { proof::statement(analysis) };
        Self {
            code,
            heading: heading(analysis),
            clock: clock(analysis),
            span: span(order),
            only: clean(&analysis.recipient_domains.join(", ")),
            caution: caution(analysis),
            remarks,
            total,
            failed,
            arrived,
            open: total - failed - arrived,
            verdicts: sums(counts.verdicts.iter().map(|(verdict, mails)| (verdict.word(), "", *mails)), total),
            deeds: sums(deeds.map(|(action, mails)| (action.word(), deed(*action), *mails)), total),
            notes: notes(analysis, run.catalogue),
            owners: incidents::owners(run),
            incidents: incidents::cards(run),
            settings: settings::lines(run),
            chart: chart::of(run),
            causes: causes::of(run, &counts),
            flow: flow::of(run),
            gaps: gaps(analysis).into_iter().map(|gap| (clean(&gap.what), clean(&gap.export))).collect(),
            listed: total.min(limits.rows),
            told: total.min(limits.rows).min(limits.timelines),
            quoted: !analysis.reading.texts.is_empty(),
            plain: journeys::plain(run, order, limits.plain),
            sources: sources(run),
            rests_on,
            made: Made {
                version: env!("CARGO_PKG_VERSION"),
                command: clean(run.command),
                rules: run.catalogue.iter().count(),
                rules_sha256: run.rules_hash(),
            },
        }
    }
}

fn sums(counted: impl Iterator<Item = (&'static str, &'static str, usize)>, total: usize) -> Vec<Sum> {
    let mut from = 0;
    let sum = |(word, text, mails): (&'static str, &'static str, usize)| {
        let share = (mails * 1000 / total.max(1)).max(4);
        from += share;
        Sum { word, text, mails, from: from - share, share }
    };
    counted.map(sum).collect()
}

/// First and last mail.
fn span(order: &[&Journey]) -> String {
    let times = || order.iter().filter_map(|journey| journey.time());
    let minute = |at: Millis| day_time(at).get(..16).unwrap_or_default().to_owned();
    times().min().zip(times().max()).map_or_else(String::new, |(first, last)| format!("{} to {}", minute(first), minute(last)))
}

fn sources(run: Run<'_>) -> Vec<Source> {
    let source = |row: Vec<Cell<'_>>| {
        let cell = |name: &str| {
            let at = SOURCES.columns.iter().position(|column| column.name == name);
            at.and_then(|at| row.get(at)).map_or_else(String::new, Cell::text)
        };
        Source {
            label: cell("source"),
            format: cell("format"),
            zone: format!("{} ({}): {}", cell("zone"), cell("zone_basis"), cell("zone_why")),
            covers: cell("covers"),
            rows: cell("rows"),
            not_understood: format!("{} of {}", cell("lines_not_understood"), cell("lines")),
            sha256: cell("sha256"),
            notes: cell("notes"),
        }
    };
    SOURCES.of(run).rows.map(source).collect()
}
