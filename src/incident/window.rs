//! When an incident began and ended: brackets between good and bad mails of the same way.

use super::model::Bracket;
use crate::evidence::Millis;
use crate::journey::{Journey, Verdict};
use std::collections::BTreeSet;

/// Time at which a journey was decided.
pub fn time(journey: &Journey) -> Option<Millis> {
    journey.finished_at.or_else(|| journey.time())
}

/// Time at which a failed journey failed first: tries before the one that decided belong to the same trouble.
pub fn first_failure(journey: &Journey) -> Option<Millis> {
    let before = matches!(journey.verdict, Verdict::Rejected | Verdict::Deferred | Verdict::Unsent);
    journey.submitted_at.filter(|_| before).or_else(|| time(journey))
}

/// Whether the mail passed the hand-over that others failed at.
pub fn good(journey: &Journey) -> bool {
    matches!(journey.verdict, Verdict::Delivered | Verdict::HandedOff | Verdict::Diverted | Verdict::Bounced | Verdict::Missing)
}

/// The scope all members share, when they do.
pub fn scope(journeys: &[Journey], members: &[u32]) -> Option<bool> {
    let first = members.first().and_then(|at| journeys[*at as usize].external);
    first.filter(|scope| members.iter().all(|at| journeys[*at as usize].external == Some(*scope)))
}

/// Whether a good mail is comparable with a failed one: same way of sending, and the scope the failed ones share.
fn comparable(journey: &Journey, like: &Journey, scope: Option<bool>) -> bool {
    good(journey) && journey.option == like.option && scope.is_none_or(|scope| journey.external == Some(scope))
}

/// Whether a comparable good mail lies between two times.
pub fn good_between(journeys: &[Journey], like: &Journey, scope: Option<bool>, from: Millis, to: Millis) -> bool {
    journeys.iter().filter(|journey| comparable(journey, like, scope)).filter_map(time).any(|at| from < at && at < to)
}

/// Onset [last good, first bad] and end [last bad, first good].
pub fn brackets(journeys: &[Journey], run: &[u32]) -> (Bracket, Bracket) {
    let members = || run.iter().map(|at| &journeys[*at as usize]);
    let (Some(first), Some(last)) = (members().filter_map(first_failure).min(), members().filter_map(time).max()) else {
        return Default::default();
    };
    let Some(like) = run.first().map(|at| &journeys[*at as usize]) else { return Default::default() };
    let goods = |scope: Option<bool>| {
        let mut out: Vec<Millis> = journeys.iter().filter(|journey| comparable(journey, like, scope)).filter_map(time).collect();
        out.sort_unstable();
        out
    };
    let scope = scope(journeys, run);
    let mut good = goods(scope);
    if good.is_empty() {
        good = goods(None);
    }
    let onset = Bracket { after: good.iter().rev().find(|at| **at < first).copied(), before: Some(first) };
    let end = Bracket { after: Some(last), before: good.iter().find(|at| **at > last).copied() };
    (onset, end)
}

/// Other mails that passed the hand-over, whatever their scope, from the first to the last failure.
pub fn good_inside(journeys: &[Journey], run: &[u32], onset: Bracket, end: Bracket) -> Vec<u32> {
    let Some(like) = run.first().map(|at| &journeys[*at as usize]) else { return Vec::new() };
    let inside = |at: Millis| onset.before.is_some_and(|from| at >= from) && end.after.is_some_and(|to| at <= to);
    let fits = |journey: &Journey| comparable(journey, like, None) && time(journey).is_some_and(inside);
    let members: BTreeSet<u32> = run.iter().copied().collect();
    (0u32..).zip(journeys).filter(|(at, journey)| !members.contains(at) && fits(journey)).map(|(at, _)| at).collect()
}
