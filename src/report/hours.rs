//! Mails by time and verdict, for the chart.

use super::run::Run;
use crate::evidence::{HOUR, Millis};
use crate::journey::Verdict;

use std::collections::BTreeMap;

/// Bars that a chart can show at most.
const BARS: Millis = 400;
/// Lengths of a bar, the finest that fits is taken.
const STEPS: [(Millis, &str); 4] = [(HOUR, "hour"), (24 * HOUR, "day"), (7 * 24 * HOUR, "week"), (28 * 24 * HOUR, "four weeks")];

/// Mails by time and verdict.
pub struct Hours {
    /// What a bar stands for.
    pub unit: &'static str,
    /// Its length.
    pub step: Millis,
    /// Verdicts that occur, in the order of reports.
    pub verdicts: Vec<Verdict>,
    /// Begin of each bar and its mails by verdict, without gaps.
    pub bars: Vec<(Millis, Vec<usize>)>,
}

/// Counts the journeys whose time is known.
pub fn hours(run: Run<'_>) -> Hours {
    let known = || run.analysis.journeys.iter().filter_map(|journey| Some((journey.time()?, journey.verdict)));
    let (first, last) = (known().map(|(at, _)| at).min(), known().map(|(at, _)| at).max());
    let verdicts: Vec<Verdict> = Verdict::ALL.into_iter().filter(|verdict| known().any(|(_, other)| other == *verdict)).collect();
    let (Some(first), Some(last)) = (first, last) else { return Hours { unit: STEPS[0].1, step: STEPS[0].0, verdicts, bars: Vec::new() } };
    let span = last - first;
    let (step, unit) = STEPS.into_iter().find(|(step, _)| span / step < BARS).unwrap_or(STEPS[3]);
    let mut counts: BTreeMap<(Millis, Verdict), usize> = BTreeMap::new();
    for (at, verdict) in known() {
        *counts.entry((at.div_euclid(step), verdict)).or_default() += 1;
    }
    let bar = |slot: Millis| (slot * step, verdicts.iter().map(|verdict| counts.get(&(slot, *verdict)).copied().unwrap_or(0)).collect());
    // Times that lie years apart by mistake must not fill the sheet.
    let slots = (first.div_euclid(step)..=last.div_euclid(step)).take(usize::try_from(2 * BARS).unwrap_or(0));
    let bars = slots.map(bar).collect();
    Hours { unit, step, verdicts, bars }
}
