//! Mails that went through late, or not at the first try, and times in which nothing was sent.

use crate::evidence::{Millis, day_time};
use crate::journey::{Journey, Silence};
use crate::pipeline::Analysis;
use crate::report::clean;
use crate::rules::{Catalogue, RuleKind};
use std::collections::BTreeMap;

/// Silences and causes that are named.
const SHOWN: usize = 3;

/// Times in which SAP sent nothing because no send job ran, with the mails that were asked for then.
pub fn silent(analysis: &Analysis) -> Vec<String> {
    let mut asked: Vec<Millis> = analysis.journeys.iter().filter_map(|journey| journey.requested_at).collect();
    asked.sort_unstable();
    let held_up =
        |silence: &Silence| asked.partition_point(|at| *at <= silence.to).saturating_sub(asked.partition_point(|at| *at < silence.from));
    let silences: Vec<(usize, &Silence)> =
        analysis.silences.iter().map(|one| (held_up(one), one)).filter(|(mails, _)| *mails > 0).collect();
    let tell = |(mails, silence): &(usize, &Silence)| {
        let mails = if *mails == 1 { "1 mail was".to_owned() } else { format!("{mails} mails were") };
        format!("no send job ran from {} to {} (SM37); {mails} asked for then", day_time(silence.from), day_time(silence.to))
    };
    let mut out: Vec<String> = silences.iter().take(SHOWN).map(tell).collect();
    if silences.len() > SHOWN {
        out.push(format!("and {} more times", silences.len() - SHOWN));
    }
    out
}

/// Mails that arrived, but late.
pub fn late(analysis: &Analysis) -> Option<String> {
    let store = &analysis.reading.store;
    let is_late = |journey: &&Journey| journey.findings.iter().any(|id| store.text(*id) == "LATE-01");
    let mut late: Vec<&Journey> = analysis.journeys.iter().filter(is_late).collect();
    late.sort_by_key(|journey| (std::cmp::Reverse(journey.latency_s()), journey.id.clone()));
    let worst = late.first()?;
    let minutes = worst.latency_s().unwrap_or(0) / 60;
    Some(format!("{} arrived more than 15 minutes after the request (LATE-01), the latest after {minutes} ({})", late.len(), worst.id))
}

/// Mails that failed at first and went through by a later try, by what held them up.
pub fn healed(analysis: &Analysis, catalogue: &Catalogue) -> Option<String> {
    let mut causes: BTreeMap<&str, usize> = BTreeMap::new();
    for journey in analysis.journeys.iter().filter(|journey| !journey.verdict.failed()) {
        let mut found = journey.findings.iter().map(|id| analysis.reading.store.text(*id));
        let held_up = found.rfind(|id| catalogue.get(id).is_some_and(|rule| rule.kind == RuleKind::Reply));
        if let Some(id) = held_up {
            *causes.entry(id).or_default() += 1;
        }
    }
    let mut causes: Vec<(&str, usize)> = causes.into_iter().collect();
    causes.sort_by_key(|(id, mails)| (std::cmp::Reverse(*mails), *id));
    let all: usize = causes.iter().map(|(_, mails)| mails).sum();
    let title = |id: &str| catalogue.get(id).map_or_else(String::new, |rule| clean(&rule.title));
    let named: Vec<String> = causes.iter().take(SHOWN).map(|(id, mails)| format!("{mails} {id} ({})", title(id))).collect();
    let more = if causes.len() > SHOWN { format!(", and {} more causes", causes.len() - SHOWN) } else { String::new() };
    (all > 0).then(|| format!("{all} failed at first and went through by a later try: {}{more}", named.join(", ")))
}
