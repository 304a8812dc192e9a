//! Which incident comes first at 3 a.m.

use super::model::Incident;
use crate::evidence::Store;
use crate::journey::{Journey, Verdict};
use crate::rules::{Heal, Matcher};
use std::cmp::Reverse;

/// Mails that the user calls important and that do not go out by themselves first, then what does not heal by itself, then what goes on, then what hits more mails; ids and times break ties.
pub fn sort(incidents: &mut [Incident], journeys: &[Journey], store: &Store, matcher: &Matcher<'_>) {
    incidents.sort_by_cached_key(|incident| {
        let id = store.text(incident.rule);
        let lost = incident.journeys.iter().any(|at| !matches!(journeys[*at as usize].verdict, Verdict::Deferred | Verdict::Waiting));
        let heal = matcher.rule(id).map(|rule| rule.heal);
        let several = incident.journeys.len() >= 5;
        (
            incident.priority == 0 || !lost,
            !several,
            !lost,
            permanence(heal),
            Reverse(incident.priority),
            Reverse(incident.journeys.len()),
            incident.end.before.is_some(),
            id.to_owned(),
            incident.onset.before,
        )
    });
}

fn permanence(heal: Option<Heal>) -> u8 {
    match heal {
        Some(Heal::Permanent | Heal::TransientNeverHeals) => 0,
        Some(Heal::PermanentHeals | Heal::TransientThenPermanent | Heal::ByCode) => 1,
        None => 2,
        Some(Heal::Transient | Heal::FollowUp | Heal::Success) => 3,
    }
}
