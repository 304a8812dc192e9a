//! When an incident began and ended: brackets between good and bad mails of the same way.

use super::model::Bracket;
use crate::evidence::{Millis, Span, Sym};
use crate::journey::{Journey, Verdict};
use std::collections::BTreeSet;

/// Time at which a journey was decided.
pub fn time(journey: &Journey) -> Option<Millis> {
    journey.finished_at.or_else(|| journey.time())
}

/// When a failed journey failed first: its first try, or some time between request and last status where SAP's word is
/// all there is of a mail that was tried again and again.
pub fn first_failure(journey: &Journey) -> Option<Span> {
    let before = matches!(journey.verdict, Verdict::Rejected | Verdict::Deferred | Verdict::Unsent);
    let decided = time(journey)?;
    let begun = journey.submitted_at.or(journey.requested_at).filter(|_| before).unwrap_or(decided);
    Some(Span { from: begun, to: if before { journey.submitted_at.unwrap_or(decided) } else { decided } })
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

/// The relay through which all members went, when they did.
pub fn relay(journeys: &[Journey], members: &[u32]) -> Option<Sym> {
    let first = members.first().map(|at| journeys[*at as usize].relay).filter(|relay| !relay.is_empty());
    first.filter(|relay| members.iter().all(|at| journeys[*at as usize].relay == *relay))
}

/// Whether a good mail is comparable with a failed one: same way of sending, and the scope the failed ones share.
pub fn comparable(journey: &Journey, like: &Journey, scope: Option<bool>) -> bool {
    good(journey) && journey.option == like.option && scope.is_none_or(|scope| journey.external == Some(scope))
}

/// Whether a comparable good mail lies between two times.
pub fn good_between(journeys: &[Journey], like: &Journey, scope: Option<bool>, from: Millis, to: Millis) -> bool {
    journeys.iter().filter(|journey| comparable(journey, like, scope)).filter_map(time).any(|at| from < at && at < to)
}

/// Onset [last good, first bad] and end [last bad, first good]. The last good mail is one from before the first bad one
/// may have failed already. Where good mails of the same way lie between the bad ones and nothing tells the two kinds
/// apart, no good mail says anything about beginning and end.
pub fn brackets(journeys: &[Journey], run: &[u32]) -> (Bracket, Bracket) {
    let members = || run.iter().map(|at| &journeys[*at as usize]);
    let firsts = || members().filter_map(first_failure);
    let (Some(begun), Some(first), Some(last)) =
        (firsts().map(|span| span.from).min(), firsts().map(|span| span.to).min(), members().filter_map(time).max())
    else {
        return Default::default();
    };
    let Some(like) = members().next() else { return Default::default() };
    let goods = |scope: Option<bool>, relay: Option<Sym>| {
        let same = |journey: &&Journey| comparable(journey, like, scope) && relay.is_none_or(|relay| journey.relay == relay);
        let mut out: Vec<Millis> = journeys.iter().filter(same).filter_map(time).collect();
        out.sort_unstable();
        out
    };
    let known = members().all(|journey| journey.external.is_some());
    let scope = scope(journeys, run);
    let mut good = goods(scope, relay(journeys, run));
    for fallback in [scope, None] {
        if good.is_empty() {
            good = goods(fallback, None);
        }
    }
    if !known && good.iter().any(|at| first < *at && *at < last) {
        good.clear();
    }
    let onset = Bracket { after: good.iter().rev().find(|at| **at < begun).copied(), before: Some(first) };
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

/// Good mails of the same way of sending, whatever their scope, before the first failure.
pub fn good_before<'a>(journeys: &'a [Journey], run: &[u32], onset: Bracket) -> impl Iterator<Item = (u32, &'a Journey)> {
    let option = run.first().map(|at| journeys[*at as usize].option);
    let earlier = move |journey: &Journey| good(journey) && Some(journey.option) == option && time(journey) < onset.before;
    (0u32..).zip(journeys).filter(move |(_, journey)| earlier(journey))
}
