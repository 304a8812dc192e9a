//! What all records of one mail say together.

use super::Context;
use super::{notice, sign_in, silence};
use crate::align::{Link, LinkKey, Mail};
use crate::evidence::{Evidence, Hop, Kind, Millis, Phase, RelayFacts, SapFacts, SapState, SmtpFacts, Span, Sym, TraceFacts, TraceStatus};
use crate::smtp::{find_reply, fold_address};
use std::collections::BTreeSet;

/// Facts of a mail; record indices point into the store.
#[derive(Debug, Default)]
pub struct Facts {
    /// Row with SAP's latest status.
    pub request: Option<u32>,
    /// Last try in the SMTP dialogue with its link.
    pub attempt: Option<(u32, Link)>,
    /// Row of a relay's log that tells how far the mail came there, with its link.
    pub relay: Option<(u32, Link)>,
    /// The relay's log does not exclude that the mail arrived.
    pub may_have_arrived: bool,
    /// Row of the trace that tells the end, with its link.
    pub arrival: Option<(u32, Link)>,
    /// Tries seen, in the dialogue or in SAP's history.
    pub tries: u32,
    /// Rows of SAP's history that each tell a try, by time.
    pub history: Vec<u32>,
    /// All records by time.
    pub evidence: Vec<u32>,
    /// Request in UTC.
    pub requested: Option<Millis>,
    /// Time of SAP's status in UTC.
    pub status: Option<Span>,
    /// Sender, the longest known.
    pub sender: Sym,
    /// Recipient, the longest known.
    pub recipient: Sym,
    /// The recipient is cut wherever it stands.
    pub recipient_cut: bool,
    /// Subject, the longest known.
    pub subject: Sym,
    /// Record whose reply decided.
    pub decided: Option<u32>,
    /// Row of the trace that may be this mail's but went to another one that looks the same.
    pub contested: Option<u32>,
    /// It waits, and no send job ran since it was asked for.
    pub held_up: bool,
}

impl Context<'_, '_> {
    pub(super) fn record(&self, at: Option<u32>) -> Option<&Evidence> {
        self.store.records.get(at? as usize)
    }

    pub(super) fn sap(&self, facts: &Facts) -> Option<&SapFacts> {
        self.store.sap_of(self.record(facts.request)?)
    }

    pub(super) fn smtp(&self, facts: &Facts) -> Option<&SmtpFacts> {
        self.store.smtp_of(self.record(facts.attempt.map(|(at, _)| at))?)
    }

    pub(super) fn trace(&self, facts: &Facts) -> Option<&TraceFacts> {
        self.store.trace_of(self.record(facts.arrival.map(|(at, _)| at))?)
    }

    pub(super) fn at(&self, record: u32) -> Option<Span> {
        self.alignment.utc.get(record as usize).copied().flatten()
    }

    pub(super) fn state(&self, facts: &Facts) -> Option<SapState> {
        self.sap(facts).map(|sap| sap.state)
    }

    pub(super) fn relay(&self, facts: &Facts) -> Option<&RelayFacts> {
        self.store.relay_of(self.record(facts.relay.map(|(at, _)| at))?)
    }

    pub(super) fn status(&self, facts: &Facts) -> Option<TraceStatus> {
        self.trace(facts).map(|trace| trace.status)
    }

    /// The time of the question: the user's, else the end of the export that speaks of the mail.
    pub(super) fn now(&self, facts: &Facts) -> Option<Millis> {
        let own = || self.alignment.coverage.get(self.record(facts.request)?.source as usize)?.span.map(|span| span.to);
        self.as_of.or_else(own)
    }

    /// Whether a row of SAP's tells a failure.
    pub(super) fn failed(&self, row: u32) -> bool {
        let facts = self.record(Some(row)).and_then(|record| self.store.sap_of(record));
        facts.is_some_and(|facts| matches!(facts.state, SapState::Error | SapState::Retry))
    }

    /// The row of the trace that tells the end has another address than SAP's request, and both are whole.
    pub(super) fn replaced(&self, facts: &Facts, address: fn(&Evidence) -> (Sym, bool)) -> bool {
        let of = |at: Option<u32>| {
            let (text, cut) = address(self.record(at)?);
            let text = crate::smtp::fold_address(self.store.text(text));
            (!cut && text.contains('@')).then_some(text)
        };
        let (asked, told) = (of(facts.request), of(facts.arrival.map(|(at, _)| at)));
        asked.is_some() && told.is_some() && asked != told
    }

    /// Kind of the last try.
    pub(super) fn tried(&self, facts: &Facts) -> Option<Kind> {
        self.record(facts.attempt.map(|(at, _)| at)).map(|record| record.kind)
    }
}

/// Gathers the facts of a mail.
pub fn gather(context: &Context<'_, '_>, mail: &Mail) -> Facts {
    let store = context.store;
    let mut facts = Facts { request: request(context, mail), attempt: mail.attempts.last().copied(), ..Facts::default() };
    facts.arrival = end(context, mail);
    facts.relay = super::relay::end(context, mail);
    facts.may_have_arrived = super::relay::may_have_arrived(context, mail);
    facts.contested = mail.contested;
    facts.history = history(context, mail);
    facts.tries = u32::try_from(mail.attempts.len().max(facts.history.len())).unwrap_or(u32::MAX);
    let linked = mail.attempts.iter().chain(&mail.relays).chain(&mail.arrivals).map(|(at, _)| *at);
    facts.evidence = mail.requests.iter().copied().chain(linked).collect();
    facts.evidence.sort_by_key(|at| (context.at(*at).map(|span| span.from), *at));
    facts.evidence.dedup();
    facts.status = facts.request.and_then(|at| context.at(at));
    facts.requested = requested(context, &facts);
    let longest = |of: &dyn Fn(&Evidence) -> Sym| {
        let all = facts.evidence.iter().map(|at| of(&store.records[*at as usize]));
        all.max_by_key(|sym| store.text(*sym).chars().count()).unwrap_or(Sym::EMPTY)
    };
    (facts.sender, facts.subject) = (longest(&|r| r.sender), longest(&|r| r.subject));
    facts.recipient = recipient(context, &facts);
    facts.recipient_cut =
        facts.evidence.iter().map(|at| &store.records[*at as usize]).filter(|r| !r.recipient.is_empty()).all(|r| r.cut.recipient);
    facts.decided = decided(context, &facts);
    hold_up(context, &mut facts);
    facts.evidence.extend(sign_in::of(context, &facts));
    facts.evidence.extend(notice::of(context, mail, &facts));
    facts.evidence.sort_by_key(|at| (context.at(*at).map(|span| span.from), *at));
    facts
}

/// The row with SAP's latest status. The same status may stand in several exports: the one that keeps the server's words
/// and its host tells most.
fn request(context: &Context<'_, '_>, mail: &Mail) -> Option<u32> {
    let told = |row: u32| context.record(Some(row)).and_then(|record| Some((record, context.store.sap_of(record)?)));
    let last = mail.requests.last().copied()?;
    let Some((latest, facts)) = told(last) else { return Some(last) };
    let same = |row: u32| {
        told(row).is_some_and(|(record, other)| {
            let at_once = record.local == latest.local || !other.timed || !facts.timed;
            other.state == facts.state && other.message == facts.message && at_once
        })
    };
    let worth = |row: u32| told(row).map(|(record, facts)| (!record.reply.is_empty(), !facts.host.is_empty(), row == last));
    mail.requests.iter().copied().filter(|row| same(*row)).max_by_key(|row| worth(*row))
}

/// Every error and retry with a time of its own is a failed try, and the first hand-over is one that went well; the same
/// entry may stand in several exports, and reports may come back after the hand-over (sost.md section 2).
fn history(context: &Context<'_, '_>, mail: &Mail) -> Vec<u32> {
    let facts = |row: u32| context.record(Some(row)).and_then(|record| Some((record.local, context.store.sap_of(record)?)));
    let timed = |row: u32| facts(row).is_some_and(|(_, facts)| facts.timed);
    let mut seen = BTreeSet::new();
    let mut fresh = |row: u32| facts(row).is_some_and(|(local, facts)| seen.insert((local, facts.message)));
    let mut tries: Vec<u32> = mail.requests.iter().copied().filter(|row| context.failed(*row) && timed(*row) && fresh(*row)).collect();
    let sent = mail.requests.iter().copied().filter(|row| facts(*row).is_some_and(|(_, facts)| facts.state.handed_over()));
    tries.extend(sent.min_by_key(|row| !timed(*row)));
    // A row without a time of its status tells the end, whenever its mail was asked for.
    tries.sort_by_key(|row| (!timed(*row), context.at(*row)));
    tries
}

/// A mail that waits while no send job runs has the runs around that time as evidence.
fn hold_up(context: &Context<'_, '_>, facts: &mut Facts) {
    let waits = matches!(
        context.state(facts),
        Some(SapState::Waiting | SapState::NoQueueEntry | SapState::Direct | SapState::Active | SapState::Retry)
    );
    let Some((requested, now)) = facts.requested.zip(context.now(facts)).filter(|_| waits && facts.arrival.is_none()) else { return };
    let since = facts.status.map_or(requested, |status| status.from.max(requested));
    if let Some(silence) = silence::of(&context.silences, since).filter(|silence| silence.held_up(since, now)) {
        facts.held_up = true;
        facts.evidence.extend(&silence.records);
    }
}

/// The longest known form of the recipient that was asked for; rows of a group's members name others.
fn recipient(context: &Context<'_, '_>, facts: &Facts) -> Sym {
    let store = context.store;
    let records = || facts.request.iter().chain(&facts.evidence).map(|at| &store.records[*at as usize]).filter(|r| !r.recipient.is_empty());
    let Some(asked) = records().next() else { return Sym::EMPTY };
    let begins = fold_address(store.text(asked.recipient));
    let fits =
        |record: &&Evidence| if asked.cut.recipient { fold_address(store.text(record.recipient)).starts_with(&begins) } else { false };
    let longer = records().filter(fits).max_by_key(|record| store.text(record.recipient).chars().count());
    longer.map_or(asked.recipient, |record| record.recipient)
}

/// The row of the trace that tells the end: what the furthest status says, and a later row more than an earlier one.
/// Where the recipient was replaced, the worst of those it was replaced by counts.
fn end(context: &Context<'_, '_>, mail: &Mail) -> Option<(u32, Link)> {
    let status = |at: u32| context.store.trace_of(&context.store.records[at as usize]).map(|trace| trace.status);
    let replaced = mail.arrivals.iter().any(|(at, _)| status(*at).is_some_and(TraceStatus::is_replaced));
    let ends = mail.arrivals.iter().copied().filter(|(at, _)| !replaced || !status(*at).is_some_and(TraceStatus::is_replaced));
    let worth = |status: TraceStatus| match status {
        TraceStatus::Arrived | TraceStatus::Delivered | TraceStatus::Sent if replaced => 0,
        TraceStatus::Junked | TraceStatus::FilteredAsSpam if replaced => 1,
        other => rank(other),
    };
    let best =
        ends.clone().max_by_key(|(at, _)| (status(*at).map(worth), context.at(*at), *at)).or_else(|| mail.arrivals.first().copied())?;
    let sent_on = matches!(status(best.0), Some(TraceStatus::Arrived | TraceStatus::Delivered | TraceStatus::Sent));
    let came_back = ends.filter(|(at, _)| sent_on && status(*at) == Some(TraceStatus::Failed) && came_back(context, best.0, *at));
    came_back.max_by_key(|(at, _)| (context.at(*at), *at)).or(Some(best))
}

/// Whether a failure tells of a mail that had been sent on or delivered: later, and of the same submission as far as the
/// ids tell. The failure of a second submission undoes no delivery.
fn came_back(context: &Context<'_, '_>, success: u32, failure: u32) -> bool {
    let id = |at: u32| {
        let facts = context.record(Some(at)).and_then(|record| context.store.trace_of(record));
        facts.map_or_else(String::new, |facts| context.store.text(facts.network_message_id).replace('-', "").to_lowercase())
    };
    let (first, second) = (id(success), id(failure));
    let later = context.at(success).zip(context.at(failure)).is_some_and(|(success, failure)| failure.from > success.from);
    later && (first.is_empty() || second.is_empty() || first == second)
}

/// How far a status of the trace is along the way.
fn rank(status: TraceStatus) -> u8 {
    match status {
        TraceStatus::GettingStatus => 0,
        TraceStatus::Expanded | TraceStatus::Resolved => 1,
        TraceStatus::Pending => 2,
        TraceStatus::Quarantined => 3,
        TraceStatus::Failed => 4,
        TraceStatus::Arrived => 5,
        TraceStatus::Delivered => 6,
        // Junk is where a mail was delivered to: the shape that tells it knows more than one that does not.
        TraceStatus::FilteredAsSpam | TraceStatus::Junked => 7,
        TraceStatus::Sent => 8,
    }
}

fn requested(context: &Context<'_, '_>, facts: &Facts) -> Option<Millis> {
    let record = context.record(facts.request)?;
    let local = context.sap(facts)?.requested?;
    let clock = context.alignment.clocks.get(record.source as usize)?;
    Some(clock.utc(local, record.fold).from)
}

/// The record whose text says why: Exchange's when it failed after acceptance, else the try when it was refused (it
/// has the whole reply), else SAP's row, else that of the last failure in SAP's history.
fn decided(context: &Context<'_, '_>, facts: &Facts) -> Option<u32> {
    let text = |at: Option<u32>| context.record(at).is_some_and(|record| !record.reply.is_empty());
    let failed = |at: u32| context.record(Some(at)).is_some_and(|record| matches!(record.kind, Kind::Fail | Kind::Defer));
    let arrival = facts.arrival.map(|(at, _)| at).filter(|at| text(Some(*at)) && failed(*at));
    let at_door = |at: u32| context.record(Some(at)).is_some_and(|record| record.kind == Kind::Reply);
    let given_up = facts.relay.map(|(at, _)| at).filter(|at| failed(*at) || at_door(*at));
    // Where a mail was given up in another file than it was tried in, the last try says why.
    let of_relay = |at: &u32| context.record(Some(*at)).is_some_and(|record| record.hop == Hop::Relay) && !notice::is(context, *at);
    let last_try = || facts.evidence.iter().rev().copied().find(|at| of_relay(at) && text(Some(*at)) && failed(*at));
    let held = |at: u32| {
        context.record(Some(at)).and_then(|record| context.store.relay_of(record)).is_some_and(|relay| relay.phase == Phase::Held)
    };
    let given_up = given_up.or(facts.relay.map(|(at, _)| at).filter(|at| held(*at)));
    let relay = given_up.and_then(|at| if text(Some(at)) { Some(at) } else { last_try() });
    let last = facts.request.filter(|at| text(Some(*at)));
    // A relay tells of a logon in words of its own; what it answered stands at SAP.
    let words = |at: u32| context.record(Some(at)).map_or("", |record| context.store.text(record.reply));
    let coded = |at: u32| find_reply(words(at)).is_some();
    let says_less = |at: u32| last.is_some_and(|last| coded(last) && (!coded(at) || words(last).starts_with(words(at))));
    let attempt = facts.attempt.map(|(at, _)| at).filter(|at| text(Some(*at)) && !says_less(*at));
    let earlier = || facts.history.iter().rev().copied().find(|at| context.failed(*at) && text(Some(*at)));
    let handed_over = context.state(facts).is_some_and(SapState::handed_over);
    arrival.or(relay).or(attempt).or(last).or_else(|| earlier().filter(|_| !handed_over))
}

/// Whether a server's refusal is known for a mail.
pub fn refused(context: &Context<'_, '_>, facts: &Facts) -> bool {
    let by_try = matches!(context.tried(facts), Some(Kind::Fail | Kind::Defer | Kind::Auth | Kind::Reply));
    let failure = || facts.history.iter().rev().copied().find(|at| context.failed(*at));
    let told = facts.request.filter(|at| context.failed(*at)).or_else(failure).or(facts.request);
    let words = context.record(told).map_or("", |record| context.store.text(record.reply));
    let by_words = find_reply(words)
        .is_some_and(|reply| reply.code.is_some_and(|code| code >= 400) || reply.enhanced.is_some_and(|enhanced| enhanced.class >= 4));
    // XS 802, 805, 806, 853 and 855 are written for refusals of the server even where its words are lost (sost.md section 3.2).
    let by_number = context
        .record(told)
        .and_then(|record| context.store.sap_of(record))
        .is_some_and(|sap| matches!(context.store.text(sap.message), "XS802" | "XS805" | "XS806" | "XS853" | "XS855"));
    by_try || by_words || by_number
}

/// The weakest of the links a mail rests on: to the trace, and to the try that decided.
pub fn weakest(facts: &Facts) -> Option<Link> {
    let links =
        facts.arrival.into_iter().chain(facts.relay).chain(facts.attempt).map(|(_, link)| link).filter(|link| link.key != LinkKey::None);
    links.min_by(|a, b| a.confidence.total_cmp(&b.confidence).then(b.key.cmp(&a.key)))
}
