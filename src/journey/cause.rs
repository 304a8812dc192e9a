//! Cause and end of one mail: the row of the result is put together here.

use super::Context;
use super::action::action;
use super::facts::{self, Facts};
use super::healed;
use super::model::{Action, Journey, Verdict};
use super::option::{self, Way};
use super::relay;
use super::scope::Scopes;
use super::verdict::{Ends, verdict};
use crate::align::{HandOver, LinkKey};
use crate::evidence::{Hop, Kind, Millis, SapState, Span, Strings, Sym, TraceFacts, TraceStatus};
use crate::rules::{Heal, JourneyFacts, Rule, RuleKind, Said};
use crate::smtp::{chain, find_reply, is_microsoft, trailer};

/// A journey some of whose texts are not interned yet.
pub struct Draft<'c> {
    /// The journey.
    pub journey: Journey,
    rule: &'c str,
    findings: Vec<&'c str>,
    host: Word,
    app_server: Word,
    system: Word,
    relay_queue_id: Word,
}

/// A text that the judgement added: mostly one that the run holds already.
enum Word {
    Known(Sym),
    New(String),
}

impl Word {
    fn of(context: &Context<'_, '_>, text: String) -> Self {
        if text.is_empty() { Self::Known(Sym::EMPTY) } else { context.store.strings.find(&text).map_or(Self::New(text), Self::Known) }
    }

    fn intern(self, strings: &mut Strings) -> Sym {
        match self {
            Self::Known(sym) => sym,
            Self::New(text) => strings.intern(&text),
        }
    }
}

impl Draft<'_> {
    /// Interns what the judgement added.
    pub fn finish(mut self, strings: &mut Strings) -> Journey {
        self.journey.rule = strings.intern(self.rule);
        self.journey.findings = self.findings.iter().map(|id| strings.intern(id)).collect();
        self.journey.host = self.host.intern(strings);
        self.journey.app_server = self.app_server.intern(strings);
        self.journey.system = self.system.intern(strings);
        self.journey.relay_queue_id = self.relay_queue_id.intern(strings);
        self.journey
    }
}

/// Judges one mail.
pub fn judge<'c>(
    context: &Context<'_, 'c>,
    facts: &Facts,
    id: String,
    (way, relay_option): (Way, &'static str),
    scopes: &Scopes,
) -> Draft<'c> {
    let (host, port) = deciding_host(context, facts);
    let verdict = verdict(ends(context, facts, &host));
    let mut journey = blank(context, facts, way, id, verdict);
    journey.relay_option = relay_option;
    journey.external = scopes.external(context.store.text(facts.recipient), facts.recipient_cut);
    journey.stopped_at = stopped_at(context, facts, verdict, &host);
    if !matches!(verdict, Verdict::Delivered | Verdict::HandedOff) {
        put_reply(context, facts, &mut journey);
    }
    let cause = cause(context, facts, &journey, &host, port);
    journey.guess = cause.guess;
    // A session that names no mail may have failed for one that was sent since.
    let nameless = facts.request.is_none() && facts.recipient.is_empty();
    let doubt = nameless || facts.contested.is_some() || cause.findings.iter().any(|rule| rule.action == Action::Investigate.word());
    // What a relay could not hand on is in nobody's hands: it is sent again like a mail that was refused.
    let given_back = verdict == Verdict::Bounced && facts.relay.is_some() && context.status(facts).is_none();
    // Another mail to the same recipient may be the one that came back.
    let unsure = facts.relay.is_some_and(|(_, link)| link.confidence < 0.7);
    let doubt = doubt || given_back && (facts.may_have_arrived || unsure);
    journey.action = action(if given_back { Verdict::Rejected } else { verdict }, cause.rule, doubt);
    let landscape = landscape(context, facts);
    Draft {
        rule: cause.rule.map_or("", |rule| &rule.id),
        findings: cause.findings.into_iter().chain(healed::rule(context, facts, &journey)).map(|rule| rule.id.as_str()).collect(),
        host: Word::of(context, host),
        app_server: Word::of(context, landscape.1),
        system: Word::of(context, landscape.0),
        relay_queue_id: Word::of(context, relay::queue_ids(context, facts)),
        journey,
    }
}

/// The server that decided: the next one of the last relay, else the one that SAP spoke to.
fn deciding_host(context: &Context<'_, '_>, facts: &Facts) -> (String, u16) {
    let next = relay::host(context, facts);
    let port = context.relay(facts).map_or(0, |facts| facts.port);
    if next.is_empty() { option::host(context, facts) } else { (next, port) }
}

fn ends(context: &Context<'_, '_>, facts: &Facts, host: &str) -> Ends {
    let handed = context.record(facts.attempt.map(|(at, _)| at)).filter(|record| record.kind == Kind::Accept);
    let at = facts.attempt.filter(|_| handed.is_some()).and_then(|(at, _)| context.at(at)).or(facts.status);
    let next = if host.is_empty() || is_microsoft(host) { Hop::Exchange } else { Hop::Relay };
    let source = context.record(facts.attempt.filter(|_| handed.is_some()).map(|(at, _)| at).or(facts.request)).map(|record| record.source);
    let clock = source.and_then(|source| context.alignment.clocks.get(source as usize));
    let (sender, recipient) = (context.store.text(facts.sender), context.store.text(facts.recipient));
    let named = next != Hop::Relay || context.relays.contains(host.split('.').next().unwrap_or(host));
    let covered = |at: Span| named && context.alignment.covers(next, &HandOver::new(at, clock, sender, recipient));
    Ends {
        sap: context.state(facts),
        // SAP waits again after a failure that its history tells.
        tried: context.tried(facts).or(facts.history.iter().any(|row| context.failed(*row)).then_some(Kind::Defer)),
        exchange: context.status(facts),
        relay: relay::of(context, facts),
        refused: facts::refused(context, facts),
        covered: at.is_some_and(covered),
    }
}

/// The hop at which a verdict was decided.
fn stopped_at(context: &Context<'_, '_>, facts: &Facts, verdict: Verdict, host: &str) -> Option<Hop> {
    let server = if host.is_empty() || is_microsoft(host) { Hop::Exchange } else { Hop::Relay };
    let by_relay = facts.relay.is_some() && context.status(facts).is_none();
    match verdict {
        Verdict::Delivered if by_relay && relay::of(context, facts) == Some(relay::End::Mailbox) => Some(Hop::Relay),
        Verdict::Delivered if context.status(facts) == Some(TraceStatus::Sent) || by_relay => Some(Hop::Outside),
        Verdict::Bounced | Verdict::Deferred if by_relay => Some(relay::stopped_at(context, facts)),
        Verdict::HandedOff | Verdict::Conflict | Verdict::Diverted if by_relay => Some(Hop::Relay),
        Verdict::Missing if by_relay => Some(Hop::Exchange),
        // A report of non-delivery may be a relay's.
        Verdict::Bounced | Verdict::Deferred if context.status(facts).is_some() => {
            context.record(facts.arrival.map(|(at, _)| at)).map(|record| record.hop)
        }
        Verdict::Delivered | Verdict::Diverted | Verdict::Bounced | Verdict::Conflict => Some(Hop::Exchange),
        Verdict::Missing if host.is_empty() && facts.attempt.is_none() => Some(Hop::Sap),
        Verdict::Rejected if context.record(facts.attempt.map(|(at, _)| at)).is_some_and(|record| record.hop == Hop::Relay) => {
            Some(Hop::Relay)
        }
        Verdict::Rejected | Verdict::Missing => Some(server),
        Verdict::Deferred => Some(if facts::refused(context, facts) { server } else { Hop::Icm }),
        Verdict::Unsent if matches!(context.tried(facts), Some(Kind::Connect | Kind::Tls)) => Some(Hop::Icm),
        Verdict::Unsent | Verdict::Waiting => Some(Hop::Sap),
        Verdict::HandedOff => Some(if facts.attempt.is_some() { Hop::Icm } else { Hop::Sap }),
        Verdict::Unknown => facts.evidence.last().and_then(|at| context.record(Some(*at))).map(|record| record.hop),
    }
}

fn blank(context: &Context<'_, '_>, facts: &Facts, way: Way, id: String, verdict: Verdict) -> Journey {
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
fn landscape(context: &Context<'_, '_>, facts: &Facts) -> (String, String) {
    let file = context.record(facts.attempt.map(|(at, _)| at)).and_then(|record| context.sources.get(record.source as usize));
    let own = context.sap(facts).map_or("", |sap| context.store.text(sap.system));
    let (system, server) = file.map_or(("", ""), |file| (file.landscape.system.as_str(), file.landscape.app_server.as_str()));
    (if own.is_empty() { system } else { own }.to_owned(), server.to_owned())
}

/// Codes and innermost words of the reply that decided.
fn put_reply(context: &Context<'_, '_>, facts: &Facts, journey: &mut Journey) {
    let text = context.record(facts.decided).map_or("", |record| context.store.text(record.reply));
    let replies = chain(text);
    let innermost = replies.iter().rev().find(|reply| reply.code.or(reply.enhanced.map(|_| 500)).is_some());
    journey.reply_code = innermost.and_then(|reply| reply.code).unwrap_or(0);
    journey.enhanced_code = innermost.and_then(|reply| reply.enhanced).map_or_else(String::new, |code| code.to_string());
    let words = innermost.map_or(text, |reply| reply.whole);
    journey.reply = words.chars().filter(|c| !c.is_control()).collect();
}

struct Cause<'c> {
    rule: Option<&'c Rule>,
    guess: bool,
    findings: Vec<&'c Rule>,
}

/// The rule a mail broke: what the reply says, else SAP's message, else the facts of the journey. Rules about mails that
/// arrived are findings, never causes.
fn cause<'c>(context: &Context<'_, 'c>, facts: &Facts, journey: &Journey, host: &str, port: u16) -> Cause<'c> {
    let mut held = context.matcher.journey(&journey_facts(context, facts, journey));
    // What the list of jobs proves needs no hour of waiting.
    let idle = match journey.verdict {
        Verdict::Waiting => "WAIT-01",
        _ => "WAIT-02",
    };
    if facts.held_up && !held.iter().any(|rule| rule.id == idle) {
        held.extend(context.matcher.rule(idle));
    }
    if !journey.verdict.failed() {
        return Cause { rule: None, guess: false, findings: held };
    }
    let record = context.record(facts.decided);
    let text = record.map_or("", |record| context.store.text(record.reply));
    let by_text = context.matcher.judge(&Said {
        text,
        cut: record.is_some_and(|record| record.cut.reply),
        sap_message: context.store.text(journey.sap_message),
        host: if trailer(text).is_some() { "" } else { host },
        port,
        external: journey.external,
        stage: context.relay(facts).map(|relay| relay.stage).or(context.smtp(facts).map(|smtp| smtp.stage)).unwrap_or(""),
        speaker: "",
    });
    let by_facts = || held.iter().find(|rule| rule.kind == RuleKind::Journey).copied();
    let spoken = matches!(journey.verdict, Verdict::Rejected | Verdict::Unsent | Verdict::Deferred | Verdict::Waiting | Verdict::Bounced);
    let (rule, guess) = match by_text.filter(|found| spoken && found.rule.heal != Heal::Success) {
        Some(judgement) => (Some(judgement.rule), judgement.guess),
        None => (by_facts(), false),
    };
    let findings = held.into_iter().filter(|other| rule.is_none_or(|rule| rule.id != other.id)).collect();
    Cause { rule, guess, findings }
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
        attempts: journey.attempts.unwrap_or(1),
    }
}
