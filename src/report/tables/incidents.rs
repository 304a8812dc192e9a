//! Incidents, the most urgent first.

use crate::incident::{Incident, Shared};
use crate::journey::{Action, Journey, Verdict};
use crate::report::run::Run;
use crate::report::table::{Cell, Column, Named, Rows, number, text, time};

/// The table.
pub const INCIDENTS: Named = Named { name: "incidents", columns: COLUMNS, rows: all };

const COLUMNS: &[Column] = &[
    text("incident"),
    text("rule"),
    text("rule_title"),
    text("pattern"),
    text("pattern_title"),
    number("mails"),
    text("verdicts"),
    text("actions"),
    time("last_good_before"),
    time("first_bad"),
    time("last_bad"),
    time("first_good_after"),
    text("owner"),
    text("needs"),
    text("cause"),
    text("remedy"),
    text("verify"),
    text("shared"),
    number("spared"),
    text("proofs"),
    text("guess"),
    text("first_journey"),
];

fn all(run: Run<'_>) -> Rows<'_> {
    Box::new(run.analysis.incidents.iter().map(move |incident| row(run, incident)))
}

fn row<'a>(run: Run<'a>, incident: &'a Incident) -> Vec<Cell<'a>> {
    let rule = run.rule(incident.rule);
    let members = || incident.journeys.iter().filter_map(|at| run.analysis.journeys.get(*at as usize));
    let verdicts = Verdict::ALL.map(|verdict| (members().filter(|member| member.verdict == verdict).count(), verdict.word()));
    let actions = Action::ALL.map(|action| (members().filter(|member| member.action == action).count(), action.word()));
    vec![
        Cell::of(&incident.id),
        run.cell(incident.rule),
        Cell::of(rule.map_or("", |rule| &rule.title)),
        run.cell(incident.pattern),
        Cell::of(run.rule(incident.pattern).map_or("", |rule| &rule.title)),
        Cell::count(incident.journeys.len()),
        Cell::owned(counted(&verdicts)),
        Cell::owned(counted(&actions)),
        Cell::Time(incident.onset.after),
        Cell::Time(incident.onset.before),
        Cell::Time(incident.end.after),
        Cell::Time(incident.end.before),
        Cell::of(rule.map_or("", |rule| rule.acts_first(incident.by_relay))),
        Cell::owned(rule.map_or_else(String::new, |rule| rule.needed(incident.by_relay).join(";"))),
        Cell::of(rule.map_or("", |rule| &rule.cause)),
        Cell::owned(steps(run, incident)),
        Cell::of(rule.map_or("", |rule| &rule.verify)),
        Cell::owned(incident.shared.iter().map(shared).collect::<Vec<_>>().join("; ")),
        Cell::count(incident.spared),
        Cell::owned(incident.proofs.iter().map(|proof| proof.text.as_str()).collect::<Vec<_>>().join("; ")),
        Cell::of(if members().all(|member| member.guess) { "yes" } else { "no" }),
        Cell::of(members().next().map_or("", |journey: &Journey| &journey.id)),
    ]
}

/// `38 resend, 2 wait`.
fn counted(counts: &[(usize, &str)]) -> String {
    counts.iter().filter(|(count, _)| *count > 0).map(|(count, word)| format!("{count} {word}")).collect::<Vec<_>>().join(", ")
}

/// All steps of the remedy with their number; what weakens security says so.
pub(in crate::report) fn steps(run: Run<'_>, incident: &Incident) -> String {
    let remedies = run.rule(incident.rule).map_or(&[][..], |rule| &rule.remedy);
    let step = |(number, remedy): (u32, &crate::rules::Remedy)| {
        format!("{number}. {}{}", remedy.text, if remedy.weakens_security { " (weakens security)" } else { "" })
    };
    (1..).zip(remedies).map(step).collect::<Vec<_>>().join(" ")
}

/// What the failed mails share and the spared ones do not.
pub(in crate::report) fn shared(shared: &Shared) -> String {
    let spared = if shared.spared.is_empty() {
        String::new()
    } else {
        format!(" ({}: {})", if shared.earlier { "before" } else { "spared" }, shared.spared.join(", "))
    };
    format!("{} {}{spared}", shared.dimension, shared.value)
}
