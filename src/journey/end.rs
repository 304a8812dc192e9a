//! Where a mail ended, and what each hop says of it.

use super::Context;
use super::facts::{self, Facts};
use super::model::Verdict;
use super::option;
use super::relay;
use super::verdict::Ends;
use crate::align::HandOver;
use crate::evidence::{Hop, Kind, Span, TraceStatus};
use crate::smtp::is_microsoft;

/// The server that decided: the next one of the last relay, else the one that SAP spoke to.
pub fn host(context: &Context<'_, '_>, facts: &Facts) -> (String, u16) {
    let next = relay::host(context, facts);
    let port = context.relay(facts).map_or(0, |facts| facts.port);
    let told = if next.is_empty() { option::host(context, facts) } else { (next, port) };
    // A relay that refuses at its own door names itself.
    let own = || context.record(facts.attempt.map(|(at, _)| at)).and_then(|record| context.store.relay_of(record));
    match own().filter(|_| told.0.is_empty()) {
        Some(relay) => (context.store.text(relay.name).to_lowercase(), 0),
        None => told,
    }
}

/// What each hop says of the end.
pub fn ends(context: &Context<'_, '_>, facts: &Facts, host: &str) -> Ends {
    let handed = context.record(facts.attempt.map(|(at, _)| at)).filter(|record| record.kind == Kind::Accept);
    let at = facts.attempt.filter(|_| handed.is_some()).and_then(|(at, _)| context.at(at)).or(facts.status);
    let source = context.record(facts.attempt.filter(|_| handed.is_some()).map(|(at, _)| at).or(facts.request)).map(|record| record.source);
    let clock = source.and_then(|source| context.alignment.clocks.get(source as usize));
    let (sender, recipient) = (context.store.text(facts.sender), context.store.text(facts.recipient));
    let by_exchange = |at: Span| context.alignment.covers(Hop::Exchange, &HandOver::new(at, clock, sender, recipient));
    let next = host.is_empty() || is_microsoft(host);
    let covered = context.reach.after_sap(context, facts).unwrap_or_else(|| next && at.is_some_and(by_exchange));
    Ends {
        sap: context.state(facts),
        // SAP waits again after a failure that its history tells.
        tried: context.tried(facts).or(facts.history.iter().any(|row| context.failed(*row)).then_some(Kind::Defer)),
        exchange: context.status(facts),
        relay: relay::of(context, facts),
        refused: facts::refused(context, facts),
        covered,
    }
}

/// The hop at which a verdict was decided.
pub fn stopped_at(context: &Context<'_, '_>, facts: &Facts, verdict: Verdict, host: &str) -> Option<Hop> {
    let server = if host.is_empty() || is_microsoft(host) { Hop::Exchange } else { Hop::Relay };
    let by_relay = facts.relay.is_some() && context.status(facts).is_none();
    match verdict {
        Verdict::Delivered if by_relay && relay::of(context, facts) == Some(relay::End::Mailbox) => Some(Hop::Relay),
        Verdict::Delivered if context.status(facts) == Some(TraceStatus::Sent) || by_relay => Some(Hop::Outside),
        Verdict::Bounced | Verdict::Deferred if by_relay => Some(relay::stopped_at(context, facts)),
        Verdict::HandedOff | Verdict::Conflict | Verdict::Rejected | Verdict::Diverted if by_relay => Some(Hop::Relay),
        Verdict::Missing if by_relay => relay::silent(context, facts),
        Verdict::Missing if context.reach.after_sap(context, facts) == Some(true) => Some(Hop::Relay),
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
