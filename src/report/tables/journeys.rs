//! The public table: one row per journey, columns in the order of the design (section 4).

use crate::evidence::Hop;
use crate::journey::Journey;
use crate::pipeline::Analysis;
use crate::report::run::Run;
use crate::report::table::{Cell, Column, Named, Rows, number, share, text, time};
use crate::rules::Catalogue;

/// The table.
pub const JOURNEYS: Named = Named { name: "journeys", columns: COLUMNS, rows: all };

/// Columns in order; new ones go to the end.
pub const COLUMNS: &[Column] = &[
    text("journey"),
    text("verdict"),
    text("action"),
    text("rule"),
    text("rule_title"),
    text("owner"),
    text("needs"),
    text("option"),
    text("relay_option"),
    text("stopped_at"),
    share("confidence"),
    text("link"),
    time("requested_at"),
    time("submitted_at"),
    time("finished_at"),
    number("latency_s"),
    text("system"),
    text("client"),
    text("app_server"),
    text("node"),
    text("sap_user"),
    text("sender"),
    text("recipient"),
    text("recipient_scope"),
    text("subject"),
    text("message_id"),
    text("sap_key"),
    text("relay_queue_id"),
    text("network_message_id"),
    text("sap_status"),
    text("sap_message"),
    text("exchange_status"),
    text("delivered_to"),
    text("connector"),
    text("host"),
    number("reply_code"),
    text("enhanced_code"),
    text("reply"),
    number("attempts"),
    text("incident"),
    text("evidence"),
];

/// Rows of all journeys.
pub fn rows<'a>(analysis: &'a Analysis, catalogue: &'a Catalogue) -> impl Iterator<Item = Vec<Cell<'a>>> + 'a {
    all(Run::new(analysis, catalogue))
}

fn all(run: Run<'_>) -> Rows<'_> {
    Box::new(run.analysis.journeys.iter().map(move |journey| row(run, journey)))
}

/// The row of a journey.
pub(in crate::report) fn row<'a>(run: Run<'a>, journey: &'a Journey) -> Vec<Cell<'a>> {
    let text = |sym| run.cell(sym);
    let rule = run.rule(journey.rule);
    let scope = journey.external.map_or("", |external| if external { "external" } else { "internal" });
    let incident = journey.incident.and_then(|at| run.analysis.incidents.get(at as usize)).map_or("", |incident| incident.id.as_str());
    vec![
        Cell::of(&journey.id),
        Cell::of(journey.verdict.word()),
        Cell::of(journey.action.word()),
        text(journey.rule),
        Cell::of(rule.map_or("", |rule| &rule.title)),
        Cell::of(rule.map_or("", |rule| rule.acts_first(journey.by_relay))),
        Cell::owned(rule.map_or_else(String::new, |rule| rule.needed(journey.by_relay).join(";"))),
        Cell::of(journey.option),
        Cell::of(journey.relay_option),
        Cell::of(journey.stopped_at.map_or("", Hop::word)),
        Cell::Share(journey.confidence),
        Cell::of(journey.link.word()),
        Cell::Time(journey.requested_at),
        Cell::Time(journey.submitted_at),
        Cell::Time(journey.finished_at),
        Cell::Number(journey.latency_s()),
        text(journey.system),
        text(journey.client),
        text(journey.app_server),
        text(journey.node),
        text(journey.sap_user),
        text(journey.sender),
        text(journey.recipient),
        Cell::of(scope),
        text(journey.subject),
        text(journey.message_id),
        text(journey.sap_key),
        text(journey.relay_queue_id),
        text(journey.network_message_id),
        text(journey.sap_status),
        text(journey.sap_message),
        Cell::of(journey.exchange_status),
        Cell::of(journey.delivered_to),
        text(journey.connector),
        text(journey.host),
        Cell::Number((journey.reply_code != 0).then_some(i64::from(journey.reply_code))),
        Cell::of(&journey.enhanced_code),
        Cell::of(&journey.reply),
        Cell::Number(journey.attempts.map(i64::from)),
        Cell::of(incident),
        Cell::owned(run.places(&journey.evidence)),
    ]
}
