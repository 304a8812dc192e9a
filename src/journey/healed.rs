//! What held up a mail that went through in the end.

use super::Context;
use super::facts::Facts;
use super::model::{Journey, Verdict};
use super::notice;
use crate::evidence::{Evidence, Hop, Kind};
use crate::rules::{Heal, Rule, RuleKind, Said};

/// The rule of the last try that failed before the mail went through.
pub fn rule<'c>(context: &Context<'_, 'c>, facts: &Facts, journey: &Journey) -> Option<&'c Rule> {
    if !matches!(journey.verdict, Verdict::Delivered | Verdict::Diverted | Verdict::HandedOff) {
        return None;
    }
    // What failed behind the end did not hold it up: SAP may try again what has arrived.
    let before = |at: u32| context.at(at).zip(journey.finished_at).is_some_and(|(tried, end)| tried.from <= end);
    let failed = facts.evidence.iter().rev().filter(|at| before(**at) && !notice::is(context, **at));
    let records = failed.filter_map(|at| Some((*at, context.record(Some(*at))?)));
    let mut tries = records.filter(|(at, record)| is_failure(record) || context.failed(*at));
    tries.find_map(|(_, record)| judged(context, journey, record))
}

/// A try that failed on the way to Exchange Online; what Exchange Online does with a mail is no try.
fn is_failure(record: &Evidence) -> bool {
    let failed = matches!(record.kind, Kind::Defer | Kind::Fail | Kind::Connect | Kind::Tls | Kind::Auth | Kind::Reply);
    failed && !record.reply.is_empty() && matches!(record.hop, Hop::Icm | Hop::Relay)
}

fn judged<'c>(context: &Context<'_, 'c>, journey: &Journey, record: &Evidence) -> Option<&'c Rule> {
    let sap = context.store.sap_of(record).map_or("", |sap| context.store.text(sap.message));
    let found = context.matcher.judge(&Said {
        text: context.store.text(record.reply),
        cut: record.cut.reply,
        sap_message: sap,
        external: journey.external,
        ..Said::default()
    })?;
    // A guess may name the wrong rule; a generic one says that it is generic.
    let sure = !found.guess || found.rule.matching.is_generic();
    (sure && found.rule.kind == RuleKind::Reply && found.rule.heal != Heal::Success).then_some(found.rule)
}
