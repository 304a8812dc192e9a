//! An incident as rules see it.

use super::model::Incident;
use super::window;
use crate::evidence::{Store, Sym};
use crate::journey::{Journey, Verdict};
use crate::rules::IncidentFacts;
use std::collections::BTreeSet;

/// Values of a dimension, where they are known.
fn distinct(all: &[&Journey], of: fn(&Journey) -> Sym) -> BTreeSet<Sym> {
    all.iter().map(|journey| of(journey)).filter(|sym| !sym.is_empty()).collect()
}

/// Values of a dimension among the failed mails; they tell something only where nearly all name theirs.
fn named(failed: &[&Journey], of: fn(&Journey) -> Sym) -> BTreeSet<Sym> {
    let known = failed.iter().filter(|journey| !of(journey).is_empty()).count();
    if known * 10 >= failed.len() * 9 { distinct(failed, of) } else { BTreeSet::new() }
}

/// What rules may ask about an incident.
pub fn of<'a>(journeys: &[Journey], store: &'a Store, incident: &Incident) -> IncidentFacts<'a> {
    let good: Vec<&Journey> =
        window::good_inside(journeys, &incident.journeys, incident.onset, incident.end).iter().map(|at| &journeys[*at as usize]).collect();
    let failed: Vec<&Journey> = incident.journeys.iter().map(|at| &journeys[*at as usize]).collect();
    let count = |all: &[&Journey], external: bool| all.iter().filter(|journey| journey.external == Some(external)).count();
    let (servers, egresses) = (named(&failed, |journey| journey.app_server), named(&failed, |journey| journey.egress));
    let others = |of: fn(&Journey) -> Sym, own: &BTreeSet<Sym>| distinct(&good, of).difference(own).count();
    let nodes: BTreeSet<(Sym, Sym)> = failed.iter().map(|journey| (journey.system, journey.node)).collect();
    // Only what is known of both can differ: a trace file names its system, a list of requests may not.
    let alike = |a: Sym, b: Sym| a == b || a.is_empty() || b.is_empty();
    let of_node = |journey: &Journey| nodes.iter().any(|(system, node)| alike(*system, journey.system) && alike(*node, journey.node));
    let before: Vec<&Journey> = window::good_before(journeys, &incident.journeys, incident.onset).map(|(_, journey)| journey).collect();
    IncidentFacts {
        rule: store.text(incident.rule),
        members: failed.len(),
        external_failed: count(&failed, true),
        // A mail that went missing is no proof that external mail went well (rules.md section 7, SIL-10).
        external_ok: good.iter().filter(|journey| journey.external == Some(true) && journey.verdict != Verdict::Missing).count(),
        internal_failed: count(&failed, false),
        internal_ok: count(&good, false),
        external_ok_before: count(&before, true),
        ok: good.iter().filter(|journey| of_node(journey)).count(),
        ok_before: before.iter().filter(|journey| of_node(journey)).count(),
        fails_after: incident.fails_after,
        egresses: egresses.len(),
        egresses_ok: others(|journey| journey.egress, &egresses),
        hosts: distinct(&failed, |journey| journey.host).len(),
        app_servers: servers.len(),
        app_servers_ok: others(|journey| journey.app_server, &servers),
    }
}
