//! The rule that a mail broke.

use super::Context;
use super::facts::Facts;
use super::model::{Journey, Verdict};
use crate::evidence::{Hop, Kind, Millis, Phase, SapState, TraceStatus};
use crate::rules::{Heal, JourneyFacts, Judgement, Rule, RuleKind, Said};
use crate::smtp::{is_microsoft, trailer};

/// Cause and findings.
pub struct Cause<'c> {
    /// The root cause.
    pub rule: Option<&'c Rule>,
    /// It is a guess.
    pub guess: bool,
    /// Other rules that hold.
    pub findings: Vec<&'c Rule>,
}

/// The rule a mail broke: what the reply says, else SAP's message, else the facts of the journey. Rules about mails that
/// arrived are findings, never causes.
pub fn cause<'c>(context: &Context<'_, 'c>, facts: &Facts, journey: &Journey, host: &str, port: u16) -> Cause<'c> {
    let by_text = by_text(context, facts, journey, host, port);
    let held = held(context, facts, journey, by_text.as_ref().is_some_and(|found| !is_generic(found.rule)));
    if !journey.verdict.failed() {
        return Cause { rule: None, guess: false, findings: held };
    }
    let by_facts = || held.iter().find(|rule| rule.kind == RuleKind::Journey).copied();
    let (rule, guess) = match by_text {
        Some(judgement) => (Some(judgement.rule), judgement.guess),
        None => (by_facts(), false),
    };
    let findings = held.iter().copied().filter(|other| rule.is_none_or(|rule| rule.id != other.id)).collect();
    Cause { rule, guess, findings }
}

/// What the words of the reply, or its code, tell of the cause.
fn by_text<'c>(context: &Context<'_, 'c>, facts: &Facts, journey: &Journey, host: &str, port: u16) -> Option<Judgement<'c>> {
    let spoken = matches!(journey.verdict, Verdict::Rejected | Verdict::Unsent | Verdict::Deferred | Verdict::Waiting | Verdict::Bounced);
    // Whatever was said of earlier tries: only a person lets it go.
    if !spoken || on_hold(context, facts) {
        return None;
    }
    let record = context.record(facts.decided);
    let text = record.map_or("", |record| context.store.text(record.reply));
    let at_door = at_door(context, facts);
    let judgement = context.matcher.judge(&Said {
        text,
        cut: record.is_some_and(|record| record.cut.reply),
        sap_message: context.store.text(journey.sap_message),
        host: if trailer(text).is_some() { "" } else { host },
        port,
        external: journey.external,
        stage: context.relay(facts).map(|relay| relay.stage).or(context.smtp(facts).map(|smtp| smtp.stage)).unwrap_or(""),
        speaker: if at_door { "own-relay" } else { "" },
    });
    // What a code alone tells is written for Exchange Online.
    // A filter or a server of the relay's own network speaks for the relay.
    let at_door = at_door || journey.stopped_at == Some(Hop::Relay) && journey.verdict == Verdict::Bounced;
    let foreign = at_door || !host.is_empty() && !is_microsoft(host);
    let of_exchange = |rule: &Rule| at_door && is_generic(rule) || foreign && rule.owner == "microsoft";
    judgement.filter(|found| found.rule.heal != Heal::Success && !of_exchange(found.rule))
}

/// Whether a rule knows a code alone.
fn is_generic(rule: &Rule) -> bool {
    rule.id.starts_with("GEN-")
}

/// Rules about the facts of a mail.
fn held<'c>(context: &Context<'_, 'c>, facts: &Facts, journey: &Journey, explained: bool) -> Vec<&'c Rule> {
    let mut held = context.matcher.journey(&JourneyFacts { explained, ..journey_facts(context, facts, journey) });
    // What the list of jobs proves needs no hour of waiting.
    let idle = match journey.verdict {
        Verdict::Waiting => "WAIT-01",
        _ => "WAIT-02",
    };
    if facts.held_up && !held.iter().any(|rule| rule.id == idle) {
        held.extend(context.matcher.rule(idle));
    }
    held
}

/// Whether a relay holds the mail until a person lets it go.
fn on_hold(context: &Context<'_, '_>, facts: &Facts) -> bool {
    context.status(facts).is_none() && context.relay(facts).is_some_and(|relay| relay.phase == Phase::Held)
}

/// Whether the words are those of a relay's own door.
fn at_door(context: &Context<'_, '_>, facts: &Facts) -> bool {
    let refused = |at: Option<u32>| context.record(at).and_then(|record| context.store.relay_of(record));
    let all = [facts.decided, facts.attempt.map(|(at, _)| at)].into_iter().filter_map(refused);
    all.into_iter().any(|relay| relay.phase == Phase::Rejected)
}

fn journey_facts<'a>(context: &Context<'a, '_>, facts: &Facts, journey: &'a Journey) -> JourneyFacts<'a> {
    // What SAP says of a mail that waits is as old as its export.
    let now = context.now(facts);
    let since = |at: Option<Millis>| at.and_then(|at| now.map(|now| (now - at) / 1000));
    let trying = journey.verdict == Verdict::Deferred && context.status(facts).is_none();
    let status = context.status(facts);
    JourneyFacts {
        verdict: journey.verdict.word(),
        sap_state: context.state(facts).map_or("", SapState::word),
        sap_message: context.store.text(journey.sap_message),
        exchange_status: status.map_or("", TraceStatus::word),
        delivered_to: journey.delivered_to,
        option: journey.option,
        external: journey.external,
        stopped_at: journey.stopped_at.map_or("", Hop::word),
        latency_s: journey.latency_s(),
        age_s: since(journey.requested_at.filter(|_| journey.verdict == Verdict::Waiting)),
        idle_s: since(journey.finished_at.filter(|_| trying)),
        unanswered: context.tried(facts) == Some(Kind::Event) && context.smtp(facts).is_some_and(|smtp| smtp.stage == "eod"),
        elsewhere: context.replaced(facts, |record| (record.recipient, record.cut.recipient)),
        other_sender: context.replaced(facts, |record| (record.sender, record.cut.sender)),
        has_reply: journey.reply_code != 0 || facts.attempt.is_some(),
        explained: false,
        held: on_hold(context, facts),
        attempts: journey.attempts.unwrap_or(1),
    }
}
