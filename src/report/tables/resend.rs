//! What to do with each mail, in the order in which it is worked off in SOST: by system and client, then by cause, for what
//! can be sent again only after its cause is gone goes together, then by SAP's key.

mod advice;

pub(in crate::report) use advice::advice;

use crate::journey::{Action, Journey};
use crate::report::run::Run;
use crate::report::table::{Cell, Column, Named, Rows, text, time};
use crate::rules::Rule;

/// The table.
pub const RESEND: Named = Named { name: "resend", columns: COLUMNS, rows: all };

const COLUMNS: &[Column] = &[
    text("system"),
    text("client"),
    text("rule"),
    text("rule_title"),
    text("sap_key"),
    text("do"),
    text("reason"),
    text("first"),
    text("gone_when"),
    text("duplicate_risk"),
    text("owner"),
    text("verdict"),
    text("sender"),
    text("recipient"),
    text("subject"),
    time("requested_at"),
    text("sap_status"),
    text("incident"),
    text("journey"),
    text("evidence"),
];

fn all(run: Run<'_>) -> Rows<'_> {
    Box::new(ordered(run).into_iter().map(move |journey| row(run, journey)))
}

/// The journeys of a run in the order of this list; what has no cause comes last in its client.
pub(in crate::report) fn ordered(run: Run<'_>) -> Vec<&Journey> {
    let text = |sym| run.store().text(sym);
    let key = |journey: &Journey| {
        let client = (text(journey.system), text(journey.client));
        (client, journey.rule.is_empty(), text(journey.rule), text(journey.sap_key), journey.time())
    };
    let mut all: Vec<&Journey> = run.analysis.journeys.iter().collect();
    all.sort_by(|a, b| key(a).cmp(&key(b)).then(a.id.cmp(&b.id)));
    all
}

/// The rule that says what must be done first: what needs no deed needs no cause gone, and where a person must look, what
/// made it so.
pub(in crate::report) fn acts<'a>(run: Run<'a>, journey: &Journey) -> Option<&'a Rule> {
    let looks = || journey.findings.iter().filter_map(|id| run.rule(*id)).find(|rule| rule.action == Action::Investigate.word());
    match journey.action {
        Action::None | Action::DoNotResend => None,
        Action::Investigate => looks().or_else(|| run.rule(journey.rule)),
        Action::Wait | Action::Resend | Action::Recreate => run.rule(journey.rule),
    }
}

fn row<'a>(run: Run<'a>, journey: &'a Journey) -> Vec<Cell<'a>> {
    let rule = run.rule(journey.rule);
    let advice = advice(journey);
    let acts = acts(run, journey);
    let incident = journey.incident.and_then(|at| run.analysis.incidents.get(at as usize));
    vec![
        run.cell(journey.system),
        run.cell(journey.client),
        run.cell(journey.rule),
        Cell::of(rule.map_or("", |rule| &rule.title)),
        run.cell(journey.sap_key),
        Cell::of(advice.what),
        Cell::of(advice.reason),
        Cell::of(acts.and_then(|rule| rule.remedy.first()).map_or("", |remedy| &remedy.text)),
        Cell::of(acts.map_or("", |rule| &rule.verify)),
        Cell::of(advice.risk),
        Cell::of(acts.map_or("", |rule| rule.acts_first(journey.by_relay))),
        Cell::of(journey.verdict.word()),
        run.cell(journey.sender),
        run.cell(journey.recipient),
        run.cell(journey.subject),
        Cell::Time(journey.requested_at),
        run.cell(journey.sap_status),
        Cell::of(incident.map_or("", |incident| &incident.id)),
        Cell::of(&journey.id),
        Cell::owned(run.places(&journey.evidence)),
    ]
}
