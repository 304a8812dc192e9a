//! Counts over the journeys that several reports show.

use super::run::Run;
use crate::journey::{Action, Verdict};
use std::collections::BTreeMap;

/// How often each verdict and each action, in the order of reports, those that occur.
pub struct Counts {
    /// Verdicts.
    pub verdicts: Vec<(Verdict, usize)>,
    /// Actions.
    pub actions: Vec<(Action, usize)>,
    /// Causes of what failed by id, the most frequent first.
    pub causes: Vec<(String, usize)>,
}

/// Counts the journeys of a run.
pub fn counts(run: Run<'_>) -> Counts {
    let (mut verdicts, mut actions, mut causes) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
    for journey in &run.analysis.journeys {
        *verdicts.entry(journey.verdict).or_insert(0) += 1;
        *actions.entry(journey.action).or_insert(0) += 1;
        if journey.verdict.failed() {
            let cause = run.store().text(journey.rule);
            *causes.entry(if cause.is_empty() { journey.verdict.word() } else { cause }).or_insert(0) += 1;
        }
    }
    let mut causes: Vec<(String, usize)> = causes.into_iter().map(|(cause, count)| (cause.to_owned(), count)).collect();
    causes.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    let in_order = |verdict: Verdict| Some((verdict, *verdicts.get(&verdict)?));
    Counts {
        verdicts: Verdict::ALL.into_iter().filter_map(in_order).collect(),
        actions: Action::ALL.into_iter().filter_map(|action| Some((action, *actions.get(&action)?))).collect(),
        causes,
    }
}
