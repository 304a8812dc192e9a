//! What became of a mail in the relays: how far it came, over which queues, and by which way it went on.

use super::Context;
use super::facts::Facts;
use super::notice;
use super::option;
use super::scope::Scopes;
use crate::align::{HandOver, Link, Mail};
use crate::evidence::{Evidence, Hop, Kind, Phase, RelayFacts, Sym};
use crate::smtp::{domain, find_reply, is_microsoft, is_private, trailer};
use std::collections::{BTreeMap, BTreeSet};

/// Services that take mail for others to hand it on.
const SERVICES: &[&str] = &[
    ".sendgrid.net",
    ".azurecomm.net",
    ".mimecast.com",
    ".pphosted.com",
    ".messagelabs.com",
    ".mailgun.org",
    ".amazonaws.com",
    ".hornetsecurity.com",
];

/// Services that hand a mail to the recipient's own server and tell of that one's answer.
const TO_THE_RECIPIENT: &[&str] = &["relay-sendgrid", "relay-acs"];

/// Logs in which the lines towards the next server are tied to no mail.
const WITHOUT_ENDS: &[&str] = &["relay-exchange-protocol"];

/// How a mail ended at the last relay that knows it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum End {
    /// Handed to the server of the recipient.
    Outside,
    /// Put into a mailbox of the relay itself.
    Mailbox,
    /// Handed to Exchange Online or to a further hop; named where its log covers the time and does not have it.
    HandedOn { silent: Option<Hop> },
    /// Failed for good.
    Failed,
    /// Refused at its own door, behind the beginning of the mail.
    Refused,
    /// Still being tried, or put aside until somebody lets it go.
    Trying,
    /// In quarantine, or thrown away.
    Quarantined,
    /// Taken, by a relay whose log tells no ends.
    Taken,
    /// Taken, and what became of it is missing in a log that tells ends: it stops before, or a line is cut.
    Untold,
}

/// The row that tells how far a mail came: the last end, else the first row. Where the relay replaced the recipient by
/// several, the worst of theirs counts.
pub fn end(context: &Context<'_, '_>, mail: &Mail) -> Option<(u32, Link)> {
    let severity = |at: u32| match context.record(Some(at)).map(|record| record.kind) {
        Some(Kind::Fail | Kind::Reply) => 2,
        Some(Kind::Defer) => 1,
        _ => 0,
    };
    let worst = ends(context, mail).into_iter().max_by_key(|(place, at, _)| (severity(*at), *place));
    worst.map(|(_, at, link)| (at, link)).or(mail.relays.first().copied())
}

/// Whether a mail may have arrived although a relay gave it up: another copy of it, or another recipient that stands for
/// the one that was asked for, was handed on, or a server was lost after it had the content.
pub fn may_have_arrived(context: &Context<'_, '_>, mail: &Mail) -> bool {
    let ids = queue_ids_of(context, mail);
    rows(context, mail).any(|(_, _, record, facts)| {
        let lost = matches!(record.kind, Kind::Defer | Kind::Fail) && find_reply(context.store.text(record.reply)).is_none();
        lost && matches!(facts.stage, "eod" | "data") || record.kind == Kind::Deliver && !ids.contains(&facts.next_queue_id)
    })
}

/// The same in order of time, but within a log in order of its lines: clocks are set back.
fn in_order<'a>(context: &'a Context<'_, '_>, mail: &'a Mail) -> Vec<(u32, Link, &'a Evidence, &'a RelayFacts)> {
    let mut all: Vec<_> = rows(context, mail).collect();
    all.sort_by_key(|(at, _, record, _)| (record.source, record.line, *at));
    let mut last = (u32::MAX, None);
    let mut timed: Vec<_> = Vec::with_capacity(all.len());
    for row in all {
        let own = context.at(row.0).map(|at| at.from);
        last = (row.2.source, if last.0 == row.2.source { own.max(last.1) } else { own });
        timed.push((last.1, row));
    }
    timed.sort_by_key(|(at, (_, _, record, _))| (*at, record.source, record.line));
    timed.into_iter().map(|(_, row)| row).collect()
}

/// A mail's rows of relays.
fn rows<'a>(context: &'a Context<'_, '_>, mail: &'a Mail) -> impl Iterator<Item = (u32, Link, &'a Evidence, &'a RelayFacts)> {
    mail.relays.iter().filter_map(|(at, link)| {
        let record = context.record(Some(*at))?;
        Some((*at, *link, record, context.store.relay_of(record)?))
    })
}

/// Queues in which a mail is known to have been.
fn queue_ids_of(context: &Context<'_, '_>, mail: &Mail) -> BTreeSet<Sym> {
    rows(context, mail).map(|(.., facts)| facts.queue_id).filter(|id| !id.is_empty()).collect()
}

/// The last end of each recipient, with its place in the order of ends. A hand-over to a queue that is known is none,
/// whatever the clocks of both say.
fn ends(context: &Context<'_, '_>, mail: &Mail) -> Vec<(usize, u32, Link)> {
    let ids = queue_ids_of(context, mail);
    let is_end = |record: &Evidence, facts: &RelayFacts| match record.kind {
        Kind::Deliver => !ids.contains(&facts.next_queue_id),
        Kind::Fail | Kind::Defer => facts.phase != Phase::Tried,
        Kind::Reply => facts.phase == Phase::Rejected,
        // One that was let go again is where it was before.
        _ => matches!(facts.phase, Phase::Held | Phase::Released | Phase::Cut | Phase::Untold),
    };
    let all = in_order(context, mail).into_iter().filter(|(_, _, record, facts)| is_end(record, facts));
    let mut last: BTreeMap<Sym, (usize, u32, Link)> =
        all.enumerate().map(|(place, (at, link, record, _))| (record.recipient, (place, at, link))).collect();
    if last.len() > 1 {
        of_all(context, &mut last);
    }
    last.into_values().collect()
}

/// What is told of a mail as a whole: that it was put aside holds for recipients without an end of their own, that it was
/// given up for those who still waited, whose tries may stand in another file.
fn of_all(context: &Context<'_, '_>, last: &mut BTreeMap<Sym, (usize, u32, Link)>) {
    let kind = |at: u32| context.record(Some(at)).map(|record| record.kind);
    let Some(whole) = last.remove(&Sym::EMPTY).filter(|(_, at, _)| kind(*at) == Some(Kind::Fail)) else { return };
    for one in last.values_mut().filter(|(place, at, _)| *place < whole.0 && kind(*at) == Some(Kind::Defer)) {
        *one = whole;
    }
}

/// What the row says of the end.
pub fn of(context: &Context<'_, '_>, facts: &Facts) -> Option<End> {
    let (at, _) = facts.relay?;
    let record = context.record(Some(at))?;
    let phase = context.relay(facts).map(|facts| facts.phase);
    Some(match record.kind {
        Kind::Deliver if phase == Some(Phase::Stored) => End::Mailbox,
        Kind::Deliver => handed_on(context, facts, at),
        _ if matches!(phase, Some(Phase::Quarantined | Phase::Discarded)) => End::Quarantined,
        Kind::Event if phase == Some(Phase::Held) => End::Trying,
        Kind::Fail => End::Failed,
        Kind::Reply if phase == Some(Phase::Rejected) => End::Refused,
        // A mail that left the queue is not tried any more, whether its time was up or somebody deleted it.
        Kind::Defer if context.relay(facts).is_some_and(|facts| facts.closed) => End::Failed,
        Kind::Defer => End::Trying,
        _ if is_of(context, at, WITHOUT_ENDS) => End::Taken,
        _ => End::Untold,
    })
}

/// Whether a row is of a log of one of these formats.
fn is_of(context: &Context<'_, '_>, row: u32, formats: &[&str]) -> bool {
    let source = context.record(Some(row)).and_then(|record| context.sources.get(record.source as usize));
    source.is_some_and(|source| formats.contains(&source.format))
}

fn handed_on(context: &Context<'_, '_>, facts: &Facts, at: u32) -> End {
    if let Some(covered) = context.reach.after_relay(context, facts, at) {
        return End::HandedOn { silent: covered.then_some(Hop::Relay) };
    }
    let host = host(context, facts);
    let (sender, recipient) = (context.store.text(facts.sender), context.store.text(facts.recipient));
    let theirs = domain(recipient).to_lowercase();
    let own = domain(sender).to_lowercase();
    let address = context.relay(facts).map_or("", |facts| context.store.text(facts.host_ip));
    // The MX host of another tenant bears its domain's name (rules.md section 1).
    let dashed = |domain: &str| !domain.is_empty() && host.split('.').next() == Some(domain.replace('.', "-").as_str());
    let own_tenant = is_microsoft(&host) && theirs == own;
    let other_tenant = is_microsoft(&host) && dashed(&theirs) && !own.is_empty() && !dashed(&own);
    if other_tenant || is_of(context, at, TO_THE_RECIPIENT) && !own_tenant {
        return End::Outside;
    }
    let port = context.relay(facts).map_or(0, |facts| facts.port);
    let service = SERVICES.iter().any(|service| host.ends_with(service)) || matches!(port, 465 | 587 | 2525);
    if service && !is_microsoft(&host) {
        return End::HandedOn { silent: None };
    }
    if !is_microsoft(&host) && !host.is_empty() && !inside(&host, &own) && !is_private(address) && theirs != own {
        return End::Outside;
    }
    let clock = context.record(Some(at)).and_then(|record| context.alignment.clocks.get(record.source as usize));
    let covered = |span| context.alignment.covers(Hop::Exchange, &HandOver::new(span, clock, sender, recipient));
    End::HandedOn { silent: (is_microsoft(&host) && context.at(at).is_some_and(covered)).then_some(Hop::Exchange) }
}

/// Whether a host is of a domain.
fn inside(host: &str, domain: &str) -> bool {
    !domain.is_empty() && (host == domain || host.ends_with(&format!(".{domain}")))
}

/// Next server of the relay, lower case.
pub fn host(context: &Context<'_, '_>, facts: &Facts) -> String {
    let named = context.relay(facts).map_or("", |facts| context.store.text(facts.host));
    // Where the log does not name it, Exchange Online signs what it refuses.
    let signed = || trailer(context.record(facts.relay.map(|(at, _)| at)).map_or("", |record| context.store.text(record.reply)));
    if named.is_empty() { signed().map_or("", |trailer| trailer.host) } else { named }.to_lowercase()
}

/// The hop at which a relay's mail ended: the next server where it said something, else the relay itself.
pub fn stopped_at(context: &Context<'_, '_>, facts: &Facts) -> Hop {
    let spoke = find_reply(context.record(facts.relay.map(|(at, _)| at)).map_or("", |record| context.store.text(record.reply))).is_some();
    match (spoke, is_microsoft(&host(context, facts))) {
        (true, true) => Hop::Exchange,
        (true, false) if of(context, facts) != Some(End::Trying) && far(context, facts) => Hop::Outside,
        _ => Hop::Relay,
    }
}

/// The address by which the relay left, as a server that put it off tells it (`try again later from [203.0.113.10]`);
/// empty where none does.
pub fn egress(context: &Context<'_, '_>, facts: &Facts) -> String {
    let told = |at: &u32| {
        let record = context.record(Some(*at)).filter(|record| record.hop == Hop::Relay)?;
        let (_, behind) = context.store.text(record.reply).split_once(" from [")?;
        let (address, _) = behind.split_once(']')?;
        address.parse::<std::net::IpAddr>().ok().map(|_| address.to_owned())
    };
    facts.evidence.iter().rev().find_map(told).unwrap_or_default()
}

/// The hop that should have the mail and does not.
pub fn silent(context: &Context<'_, '_>, facts: &Facts) -> Option<Hop> {
    match of(context, facts) {
        Some(End::HandedOn { silent }) => silent,
        _ => None,
    }
}

/// Whether the words of a relay's log are those of a server beyond it; a name without a domain is one of the relay's own
/// network.
fn far(context: &Context<'_, '_>, facts: &Facts) -> bool {
    let host = host(context, facts);
    let address = context.relay(facts).map_or("", |facts| context.store.text(facts.host_ip));
    if is_private(address) || is_private(&host) {
        return false;
    }
    if host.is_empty() {
        return facts.relay.is_some_and(|(at, _)| is_of(context, at, TO_THE_RECIPIENT));
    }
    host.contains('.') && !inside(&host, &domain(context.store.text(facts.sender)).to_lowercase())
}

/// Queue ids from relay to relay: by time, but none before one that handed over to it.
pub fn queue_ids(context: &Context<'_, '_>, facts: &Facts) -> String {
    let own = facts.evidence.iter().filter(|at| !notice::is(context, **at));
    let all: Vec<&RelayFacts> = own.filter_map(|at| context.store.relay_of(context.record(Some(*at))?)).collect();
    let mut waiting: Vec<Sym> = Vec::new();
    for facts in all.iter().filter(|facts| !facts.queue_id.is_empty()) {
        if !waiting.contains(&facts.queue_id) {
            waiting.push(facts.queue_id);
        }
    }
    let follows = |id: Sym, other: Sym| other != id && all.iter().any(|facts| facts.queue_id == other && facts.next_queue_id == id);
    let mut out: Vec<&str> = Vec::new();
    while !waiting.is_empty() {
        // In a circle nobody is first.
        let next = waiting.iter().position(|id| !waiting.iter().any(|other| follows(*id, *other))).unwrap_or(0);
        out.push(context.store.text(waiting.remove(next)));
    }
    out.join(" > ")
}

/// The relay's own way of sending.
pub fn option(context: &Context<'_, '_>, facts: &Facts, recognised: bool) -> &'static str {
    let host = host(context, facts);
    match option::by_host(&host, recognised, "smtp-auth-basic") {
        // Mail to the outside by the relay itself is none of the four ways to Exchange Online.
        "" | "relay-server" => "",
        known => known,
    }
}

/// Whether SAP gave the mail to Azure Communication Services, which is a way of its own.
pub fn first_is_communication_services(context: &Context<'_, '_>, facts: &Facts) -> bool {
    let of_relay = |at: &&u32| context.record(Some(**at)).is_some_and(|record| record.hop == Hop::Relay);
    facts.evidence.iter().find(of_relay).is_some_and(|at| is_of(context, *at, &["relay-acs"]))
}

/// Tries of the relay that decided, in whatever files they stand.
pub fn attempts(context: &Context<'_, '_>, facts: &Facts) -> Option<u32> {
    let last = context.record(facts.relay.map(|(at, _)| at))?;
    let of = context.store.relay_of(last)?;
    let tried = |at: &&u32| {
        let Some(record) = context.record(Some(**at)) else { return false };
        let Some(own) = context.store.relay_of(record) else { return false };
        let same = own.queue_id == of.queue_id && (last.recipient.is_empty() || record.recipient == last.recipient);
        same && own.attempts > 0 && !matches!(own.phase, Phase::Expired | Phase::Removed | Phase::Discarded)
    };
    let seen = u32::try_from(facts.evidence.iter().filter(tried).count()).unwrap_or(u32::MAX).max(u32::from(of.attempts));
    (seen > 0).then_some(seen)
}

/// Whether any mail of the run was taken for the tenant's own behind a relay.
pub fn recognised(context: &Context<'_, '_>, all: &[Facts], scopes: &Scopes) -> bool {
    all.iter().filter(|facts| facts.relay.is_some()).any(|facts| option::recognised(context, facts, scopes))
}
