//! The public table: one row per journey, columns in the order of the design (section 4).

use super::clean;
use crate::evidence::{Hop, Millis, Sym, rfc3339};
use crate::journey::Journey;
use crate::pipeline::Analysis;
use crate::rules::Catalogue;

/// Columns in order; new ones go to the end.
pub const COLUMNS: &[&str] = &[
    "journey",
    "verdict",
    "action",
    "rule",
    "rule_title",
    "owner",
    "needs",
    "option",
    "relay_option",
    "stopped_at",
    "confidence",
    "link",
    "requested_at",
    "submitted_at",
    "finished_at",
    "latency_s",
    "system",
    "client",
    "app_server",
    "node",
    "sap_user",
    "sender",
    "recipient",
    "recipient_scope",
    "subject",
    "message_id",
    "sap_key",
    "relay_queue_id",
    "network_message_id",
    "sap_status",
    "sap_message",
    "exchange_status",
    "delivered_to",
    "connector",
    "host",
    "reply_code",
    "enhanced_code",
    "reply",
    "attempts",
    "incident",
    "evidence",
];

/// A value of the table.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// Text, empty where unknown.
    Text(String),
    /// Whole number.
    Number(Option<i64>),
    /// Share between 0 and 1.
    Share(Option<f32>),
    /// Milliseconds since 1970 UTC.
    Time(Option<Millis>),
}

impl Cell {
    /// As text; empty where unknown.
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Number(number) => number.map_or_else(String::new, |number| number.to_string()),
            Self::Share(share) => share.map_or_else(String::new, |share| format!("{share:.2}")),
            Self::Time(at) => at.map_or_else(String::new, rfc3339),
        }
    }
}

/// Rows of all journeys.
pub fn rows<'a>(analysis: &'a Analysis, catalogue: &'a Catalogue) -> impl Iterator<Item = Vec<Cell>> + 'a {
    analysis.journeys.iter().map(|journey| row(analysis, catalogue, journey))
}

fn row(analysis: &Analysis, catalogue: &Catalogue, journey: &Journey) -> Vec<Cell> {
    let store = &analysis.reading.store;
    let text = |sym: Sym| Cell::Text(clean(store.text(sym)));
    let word = |word: &str| Cell::Text(word.to_owned());
    let rule = catalogue.get(store.text(journey.rule));
    let scope = journey.external.map_or("", |external| if external { "external" } else { "internal" });
    let incident = journey.incident.and_then(|at| analysis.incidents.get(at as usize)).map_or("", |incident| incident.id.as_str());
    vec![
        word(&journey.id),
        word(journey.verdict.word()),
        word(journey.action.word()),
        text(journey.rule),
        word(rule.map_or("", |rule| &rule.title)),
        word(rule.map_or("", |rule| &rule.owner)),
        word(&rule.map_or_else(String::new, |rule| rule.needs.join(";"))),
        word(journey.option),
        word(journey.relay_option),
        word(journey.stopped_at.map_or("", Hop::word)),
        Cell::Share(journey.confidence),
        word(journey.link.word()),
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
        word(scope),
        text(journey.subject),
        text(journey.message_id),
        text(journey.sap_key),
        text(journey.relay_queue_id),
        text(journey.network_message_id),
        text(journey.sap_status),
        text(journey.sap_message),
        word(journey.exchange_status),
        word(journey.delivered_to),
        text(journey.connector),
        text(journey.host),
        Cell::Number((journey.reply_code != 0).then_some(i64::from(journey.reply_code))),
        word(&journey.enhanced_code),
        Cell::Text(clean(&journey.reply)),
        Cell::Number(journey.attempts.map(i64::from)),
        word(incident),
        Cell::Text(places(analysis, journey)),
    ]
}

/// `LABEL:LINE` of all records, in order of time.
fn places(analysis: &Analysis, journey: &Journey) -> String {
    let records = journey.evidence.iter().filter_map(|at| analysis.reading.store.records.get(*at as usize));
    let label = |source: u32| analysis.reading.sources.get(source as usize).map_or("", |source| source.label.as_str());
    records.map(|record| format!("{}:{}", clean(label(record.source)), record.line)).collect::<Vec<_>>().join(";")
}
