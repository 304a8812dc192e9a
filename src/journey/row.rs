//! What the columns of a mail's row hold beside verdict and cause.

use super::Context;
use super::facts::{self, Facts};
use super::model::{Action, Journey, Verdict};
use super::option::Way;
use super::relay;
use crate::align::LinkKey;
use crate::evidence::{Hop, Millis, SapState, Sym, TraceFacts, TraceStatus};
use crate::smtp::{chain, find_reply};

/// The row before it is judged.
pub fn blank(context: &Context<'_, '_>, facts: &Facts, way: Way, id: String, verdict: Verdict) -> Journey {
    let (sap, smtp, trace) = (context.sap(facts), context.smtp(facts), context.trace(facts));
    let link = facts::weakest(facts);
    let own = facts.evidence.iter().filter(|at| !super::notice::is(context, **at));
    let message_id = own.map(|at| context.store.records[*at as usize].message_id).find(|id| !id.is_empty());
    let egress = smtp.map(|smtp| smtp.egress).filter(|ip| !ip.is_empty()).or(trace.map(|trace| trace.client_ip));
    Journey {
        id,
        verdict,
        action: Action::None,
        rule: Sym::EMPTY,
        findings: Vec::new(),
        guess: false,
        by_relay: facts.relay.is_some() && context.status(facts).is_none() && matches!(verdict, Verdict::Bounced | Verdict::Deferred),
        priority: false,
        option: way.option,
        option_basis: way.basis,
        relay_option: "",
        stopped_at: None,
        confidence: link.map(|link| link.confidence),
        link: link.map_or(LinkKey::None, |link| link.key),
        runner_up: link.and_then(|link| link.runner_up).or(facts.contested),
        requested_at: facts.requested,
        submitted_at: submitted(context, facts),
        finished_at: finished(context, facts, verdict),
        system: Sym::EMPTY,
        client: sap.map_or(Sym::EMPTY, |sap| sap.client),
        app_server: Sym::EMPTY,
        node: sap.map_or(Sym::EMPTY, |sap| sap.node),
        sap_user: sap.map_or(Sym::EMPTY, |sap| sap.user),
        sender: facts.sender,
        recipient: facts.recipient,
        external: None,
        subject: facts.subject,
        message_id: message_id.unwrap_or(Sym::EMPTY),
        sap_key: sap.map_or(Sym::EMPTY, |sap| sap.key),
        relay_queue_id: Sym::EMPTY,
        network_message_id: known(context, facts, |trace| trace.network_message_id),
        sap_status: sap.map_or(Sym::EMPTY, |sap| sap.status),
        sap_message: sap.map_or(Sym::EMPTY, |sap| sap.message),
        exchange_status: trace.map_or("", |trace| trace.status.word()),
        delivered_to: delivered_to(trace.map(|trace| trace.status)),
        connector: known(context, facts, |trace| trace.connector),
        host: Sym::EMPTY,
        egress: egress.unwrap_or(Sym::EMPTY),
        relay: context.relay(facts).map_or(Sym::EMPTY, |relay| relay.name),
        reply_code: 0,
        enhanced_code: String::new(),
        reply: String::new(),
        attempts: attempts(context, facts, verdict),
        incident: None,
        evidence: facts.evidence.clone(),
    }
}

/// What the row that tells the end says, else the first row of another shape that says it.
fn known(context: &Context<'_, '_>, facts: &Facts, of: impl Fn(&TraceFacts) -> Sym) -> Sym {
    let others = facts.evidence.iter().filter_map(|at| context.store.trace_of(context.record(Some(*at))?));
    context.trace(facts).into_iter().chain(others).map(of).find(|sym| !sym.is_empty()).unwrap_or(Sym::EMPTY)
}

fn delivered_to(status: Option<TraceStatus>) -> &'static str {
    match status {
        Some(TraceStatus::Delivered) => "mailbox",
        Some(TraceStatus::Sent) => "outside",
        Some(TraceStatus::Junked) => "junk",
        Some(TraceStatus::Quarantined) => "quarantine",
        _ => "",
    }
}

/// Tries at the deciding hop. SAP's last status does not tell how often a mail was tried that SAP tried again.
fn attempts(context: &Context<'_, '_>, facts: &Facts, verdict: Verdict) -> Option<u32> {
    if verdict == Verdict::Waiting {
        return Some(0);
    }
    let relayed = relay::attempts(context, facts).filter(|_| context.status(facts).is_none());
    if relayed.is_some() {
        return relayed;
    }
    (facts.tries > 0 || !retried(context, facts)).then_some(facts.tries.max(1))
}

/// SAP tried more than once, or may have: the last failure was one that it repeats (sost.md section 5.2).
fn retried(context: &Context<'_, '_>, facts: &Facts) -> bool {
    let code = find_reply(context.record(facts.request).map_or("", |record| context.store.text(record.reply))).and_then(|reply| reply.code);
    let temporary = code.map_or(!facts::refused(context, facts), |code| code < 500);
    match context.state(facts) {
        Some(SapState::Retry) => true,
        Some(SapState::Error) => temporary && facts.arrival.is_none(),
        _ => false,
    }
}

/// First try: seen in the dialogue or told by SAP's history, else SAP's status where it speaks of one, else the first
/// row of the trace.
fn submitted(context: &Context<'_, '_>, facts: &Facts) -> Option<Millis> {
    let tried = facts.evidence.iter().find(|at| context.store.records[**at as usize].hop == Hop::Icm);
    let untried = matches!(context.state(facts), Some(SapState::Waiting | SapState::NoQueueEntry | SapState::Future));
    let status = facts.status.filter(|_| !untried && !retried(context, facts));
    let arrival = facts.evidence.iter().find(|at| context.store.trace_of(&context.store.records[**at as usize]).is_some());
    let earlier = facts.history.first().filter(|row| Some(**row) != facts.request);
    let first = [tried, earlier].into_iter().flatten().filter_map(|at| context.at(*at)).min();
    let relayed = facts.evidence.iter().find(|at| context.store.records[**at as usize].hop == Hop::Relay);
    first.or(status).or(relayed.or(arrival).and_then(|at| context.at(*at))).map(|span| span.from)
}

/// Last evidence of the end: of the trace where it knows the mail, else of SAP or the dialogue.
fn finished(context: &Context<'_, '_>, facts: &Facts, verdict: Verdict) -> Option<Millis> {
    if matches!(verdict, Verdict::Waiting | Verdict::Unknown) {
        return None;
    }
    let arrival = facts.arrival.and_then(|(at, _)| context.at(at));
    let tried = facts.attempt.and_then(|(at, _)| context.at(at));
    let relayed = facts.relay.and_then(|(at, _)| context.at(at));
    arrival.or(relayed).or(facts.status).or(tried).map(|span| span.from)
}

/// System and application server: SAP's word, else that of the trace file that saw the try.
pub fn landscape(context: &Context<'_, '_>, facts: &Facts) -> (String, String) {
    let file = context.record(facts.attempt.map(|(at, _)| at)).and_then(|record| context.sources.get(record.source as usize));
    let own = context.sap(facts).map_or("", |sap| context.store.text(sap.system));
    let (system, server) = file.map_or(("", ""), |file| (file.landscape.system.as_str(), file.landscape.app_server.as_str()));
    (if own.is_empty() { system } else { own }.to_owned(), server.to_owned())
}

/// Codes and innermost words of the reply that decided.
pub fn put_reply(context: &Context<'_, '_>, facts: &Facts, journey: &mut Journey) {
    let text = context.record(facts.decided).map_or("", |record| context.store.text(record.reply));
    let replies = chain(text);
    let innermost = replies.iter().rev().find(|reply| reply.code.or(reply.enhanced.map(|_| 500)).is_some());
    journey.reply_code = innermost.and_then(|reply| reply.code).unwrap_or(0);
    journey.enhanced_code = innermost.and_then(|reply| reply.enhanced).map_or_else(String::new, |code| code.to_string());
    let words = innermost.map_or(text, |reply| reply.whole);
    journey.reply = words.chars().filter(|c| !c.is_control()).collect();
}
