//! Failures of one cause and route that lie close together in time.

mod egress;
mod event;
mod facts;
mod model;
mod priority;
mod proof;
mod rate;
mod reports;
mod signature;
mod urgency;
mod window;

pub use event::{Event, lay_beside};
pub use model::{Bracket, Incident, Proof, Rate, Rates, Shared};
pub use priority::{PRIORITY_FIELDS, Priorities};
pub use proof::prove;

use crate::evidence::{HOUR, Millis, Store, Sym};
use crate::journey::{Journey, Verdict};
use crate::rules::Matcher;
use crate::smtp::is_microsoft;
use std::collections::BTreeMap;

/// Failures further apart than this are two incidents when a good mail lies between.
const GAP: Millis = 6 * HOUR;

/// Groups failed journeys; the most urgent incident first. Writes each journey's incident into it.
pub fn group(journeys: &mut [Journey], store: &mut Store, matcher: &Matcher<'_>, priorities: &Priorities) -> Vec<Incident> {
    let mut out: Vec<Incident> = Vec::new();
    for (rule, members) in members(journeys, store) {
        let scope = window::scope(journeys, &members);
        for run in runs(journeys, &members, scope) {
            out.push(describe(journeys, store, rule, run));
        }
    }
    priorities.count(&mut out, journeys, store);
    for incident in &mut out {
        let facts = facts::of(journeys, store, incident);
        let pattern = matcher.incident(&facts).first().map(|rule| rule.id.clone());
        incident.pattern = pattern.map_or(Sym::EMPTY, |id| store.strings.intern(&id));
    }
    urgency::sort(&mut out, journeys, store, matcher);
    number(&mut out, journeys);
    out
}

/// Journeys that are meant, and the incidents that have members among them, with those members only.
#[must_use]
pub fn within(journeys: Vec<Journey>, incidents: Vec<Incident>, meant: &dyn Fn(&Journey) -> bool) -> (Vec<Journey>, Vec<Incident>) {
    let mut places: Vec<Option<u32>> = Vec::with_capacity(journeys.len());
    let mut kept: Vec<Journey> = Vec::new();
    for journey in journeys {
        let stays = meant(&journey);
        places.push(stays.then(|| crate::evidence::index(kept.len())));
        if stays {
            kept.push(journey);
        }
    }
    let mut out: Vec<Incident> = Vec::new();
    for mut incident in incidents {
        incident.journeys = incident.journeys.iter().filter_map(|at| places.get(*at as usize).copied().flatten()).collect();
        if !incident.journeys.is_empty() {
            out.push(incident);
        }
    }
    number(&mut out, &mut kept);
    (kept, out)
}

/// Ids in order of urgency, in the incidents and in their journeys.
fn number(incidents: &mut [Incident], journeys: &mut [Journey]) {
    for (number, incident) in (0u32..).zip(incidents) {
        incident.id = format!("I{}", number + 1);
        for member in &incident.journeys {
            journeys[*member as usize].incident = Some(number);
        }
    }
}

/// Failed journeys by rule and route, in order of time. Mails accepted and lost later have no route of their own.
fn members(journeys: &[Journey], store: &Store) -> Vec<(Sym, Vec<u32>)> {
    let mut groups: BTreeMap<(String, String, &'static str), (Sym, Vec<u32>)> = BTreeMap::new();
    for (at, journey) in (0u32..).zip(journeys).filter(|(_, journey)| journey.verdict.failed()) {
        let cause = if journey.rule.is_empty() { journey.verdict.word().to_owned() } else { store.text(journey.rule).to_owned() };
        let before = matches!(journey.verdict, Verdict::Rejected | Verdict::Deferred | Verdict::Unsent);
        let route = if before { route(journey, store) } else { (String::new(), "") };
        groups.entry((cause, route.0, route.1)).or_insert((journey.rule, Vec::new())).1.push(at);
    }
    groups
        .into_values()
        .map(|(rule, mut all)| {
            all.sort_by_key(|at| (window::time(&journeys[*at as usize]), *at));
            (rule, all)
        })
        .collect()
}

/// Exchange's many hosts are one; another host is a route of its own.
fn route(journey: &Journey, store: &Store) -> (String, &'static str) {
    let host = store.text(journey.host);
    let own = if is_microsoft(host) { "" } else { host };
    (own.to_owned(), journey.option)
}

/// Splits members where a long gap holds a good mail.
fn runs(journeys: &[Journey], members: &[u32], scope: Option<bool>) -> Vec<Vec<u32>> {
    let mut out: Vec<Vec<u32>> = Vec::new();
    for member in members {
        let now = window::time(&journeys[*member as usize]);
        let last = out.last().and_then(|run| run.last()).and_then(|at| window::time(&journeys[*at as usize]));
        let handing_over = |journey: &Journey| matches!(journey.verdict, Verdict::Rejected | Verdict::Deferred | Verdict::Unsent);
        let apart = match (last, now) {
            (Some(last), Some(now)) if handing_over(&journeys[*member as usize]) => {
                now - last > GAP && window::good_between(journeys, &journeys[*member as usize], scope, last, now)
            }
            _ => false,
        };
        match out.last_mut().filter(|_| !apart) {
            Some(run) => run.push(*member),
            None => out.push(vec![*member]),
        }
    }
    out
}

fn describe(journeys: &[Journey], store: &Store, rule: Sym, run: Vec<u32>) -> Incident {
    let (onset, end) = window::brackets(journeys, &run);
    let good = window::good_inside(journeys, &run, onset, end);
    let shared = signature::shared(journeys, store, &run, &good, onset);
    let (rates, fails_after) = (rate::rates(journeys, &run, onset, end), rate::fails_after(journeys, &run));
    let spared = good.len();
    let by_relay = run.iter().all(|at| journeys[*at as usize].by_relay);
    Incident { rule, by_relay, journeys: run, onset, end, rates, fails_after, shared, spared, ..Incident::default() }
}

#[cfg(test)]
mod tests;
