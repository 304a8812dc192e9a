//! Every rule that holds, and for what: the cause of a journey and what else is to be said of it, the pattern of an
//! incident and what settings say about it; settings that the logs show to be wrong whatever became of the mails.

use crate::evidence::Sym;
use crate::incident::{Incident, Proof};
use crate::journey::Journey;
use crate::report::run::Run;
use crate::report::table::{Cell, Column, Named, Rows, text, time};
use crate::settings::Setting;

/// The table.
pub const FINDINGS: Named = Named { name: "findings", columns: COLUMNS, rows: all };

const COLUMNS: &[Column] = &[
    text("finding"),
    text("rule"),
    text("rule_title"),
    text("owner"),
    text("needs"),
    text("guess"),
    text("incident"),
    text("journey"),
    text("verdict"),
    time("at"),
    text("text"),
    text("evidence"),
];

fn all(run: Run<'_>) -> Rows<'_> {
    let of_journeys = run.analysis.journeys.iter().flat_map(move |journey| {
        let cause = (!journey.rule.is_empty()).then_some(("cause", journey.rule));
        cause.into_iter().chain(journey.findings.iter().map(|rule| ("also", *rule))).map(move |found| of_journey(run, journey, found))
    });
    let of_incidents = run.analysis.incidents.iter().flat_map(move |incident| {
        let pattern = (!incident.pattern.is_empty()).then(|| of_incident(run, incident, None));
        pattern.into_iter().chain(incident.proofs.iter().map(move |proof| of_incident(run, incident, Some(proof))))
    });
    let of_settings = run.analysis.settings.iter().map(move |setting| of_setting(run, setting));
    Box::new(of_incidents.chain(of_settings).chain(of_journeys))
}

fn of_setting<'a>(run: Run<'a>, setting: &'a Setting) -> Vec<Cell<'a>> {
    let mut row = head(run, "setting", (setting.rule, false), false);
    let nothing = || Cell::of("");
    row.extend([nothing(), nothing(), nothing(), Cell::Time(None), Cell::of(&setting.text), Cell::owned(run.places(&setting.records))]);
    row
}

fn of_journey<'a>(run: Run<'a>, journey: &'a Journey, (finding, rule): (&'static str, Sym)) -> Vec<Cell<'a>> {
    let incident = journey.incident.and_then(|at| run.analysis.incidents.get(at as usize));
    let guess = finding == "cause" && journey.guess;
    let mut row = head(run, finding, (rule, journey.by_relay), guess);
    row.extend([
        Cell::of(incident.map_or("", |incident| &incident.id)),
        Cell::of(&journey.id),
        Cell::of(journey.verdict.word()),
        Cell::Time(journey.finished_at.or_else(|| journey.time())),
        Cell::of(if finding == "cause" { &journey.reply } else { "" }),
        Cell::owned(run.places(&journey.evidence)),
    ]);
    row
}

/// The pattern of an incident, or a proof of its cause.
fn of_incident<'a>(run: Run<'a>, incident: &'a Incident, proof: Option<&'a Proof>) -> Vec<Cell<'a>> {
    let (finding, rule) = if proof.is_some() { ("proof", incident.rule) } else { ("pattern", incident.pattern) };
    let mut row = head(run, finding, (rule, incident.by_relay), false);
    row.extend([
        Cell::of(&incident.id),
        Cell::of(""),
        Cell::of(""),
        Cell::Time(incident.onset.before),
        Cell::of(proof.map_or("", |proof| &proof.text)),
        Cell::owned(proof.map_or_else(String::new, |proof| run.places(&proof.records))),
    ]);
    row
}

fn head<'a>(run: Run<'a>, finding: &'static str, (id, by_relay): (Sym, bool), guess: bool) -> Vec<Cell<'a>> {
    let rule = run.rule(id);
    vec![
        Cell::of(finding),
        run.cell(id),
        Cell::of(rule.map_or("", |rule| &rule.title)),
        Cell::of(rule.map_or("", |rule| rule.acts_first(by_relay))),
        Cell::owned(rule.map_or_else(String::new, |rule| rule.needed(by_relay).join(";"))),
        Cell::of(if guess { "yes" } else { "no" }),
    ]
}
