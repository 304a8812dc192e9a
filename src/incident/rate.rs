//! How many mails go and fail, before, during and after an incident, and whether volume decides which of them fail.

use super::model::{Bracket, Rate, Rates};
use super::window;
use crate::evidence::{HOUR, MINUTE, Millis};
use crate::journey::Journey;
use std::collections::BTreeSet;

/// Time of comparison before and after: as long as the incident, but not less than this, and not more than a day.
const SHORT: Millis = HOUR;
const LONG: Millis = 24 * HOUR;
/// Fewer failures than this show no limit.
const FEW: usize = 5;

/// Rates of the way of sending that the members share.
pub fn rates(journeys: &[Journey], run: &[u32], onset: Bracket, end: Bracket) -> Rates {
    let (Some(from), Some(to), Some(like)) = (onset.before, end.after, run.first().map(|at| &journeys[*at as usize])) else {
        return Rates::default();
    };
    let mails: Vec<(Millis, bool)> = journeys
        .iter()
        .filter(|journey| journey.option == like.option && (window::good(journey) || journey.rule == like.rule && journey.verdict.failed()))
        .filter_map(|journey| Some((window::time(journey)?, journey.rule == like.rule && journey.verdict.failed())))
        .collect();
    let rate = |from: Millis, to: Millis| {
        let inside = || mails.iter().filter(|(at, _)| from <= *at && *at <= to);
        Rate { mails: inside().count(), failed: inside().filter(|(_, failed)| *failed).count(), span: (to - from).max(MINUTE) }
    };
    let (first, last) = (mails.iter().map(|mail| mail.0).min().unwrap_or(from), mails.iter().map(|mail| mail.0).max().unwrap_or(to));
    let long = (to - from).clamp(SHORT, LONG);
    let beside = |from: Millis, to: Millis| if from < to { rate(from, to) } else { Rate::default() };
    Rates { before: beside(first.max(from - long), from - 1), during: rate(from, to), after: beside(to + 1, last.min(to + long)) }
}

/// Mails of a minute that go well before the next one fails: failed mails had that many before them in their minute,
/// others hardly ever. `None` where volume does not tell the two kinds apart.
pub fn fails_after(journeys: &[Journey], run: &[u32]) -> Option<usize> {
    let like = run.first().map(|at| &journeys[*at as usize])?;
    let members: BTreeSet<u32> = run.iter().copied().collect();
    let tried = |journey: &Journey| journey.submitted_at.or_else(|| window::time(journey));
    let mut tries: Vec<(Millis, bool)> = (0u32..)
        .zip(journeys)
        .filter(|(at, journey)| members.contains(at) || window::comparable(journey, like, None))
        .filter_map(|(at, journey)| Some((tried(journey)?, members.contains(&at))))
        .collect();
    tries.sort_unstable();
    let (mut failed, mut good, mut mixed) = (Vec::new(), Vec::new(), 0);
    for (place, (at, bad)) in tries.iter().enumerate() {
        let minute = tries.partition_point(|(other, _)| *other <= at - MINUTE)..place;
        if *bad {
            mixed += usize::from(tries[minute.clone()].iter().any(|(_, bad)| !bad));
            failed.push(minute.len());
        } else {
            good.push(minute.len());
        }
    }
    failed.sort_unstable();
    // One in ten may fail for another reason, and one in twenty go well all the same.
    let least = *failed.get(failed.len() / 10)?;
    let spared = good.iter().filter(|before| **before >= least).count();
    let told = failed.len() >= FEW && least >= 2 && spared * 20 <= good.len() && mixed * 2 >= failed.len();
    told.then_some(least)
}
