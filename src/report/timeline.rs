//! One mail across all systems.

use super::clean;
use crate::align::{Link, LinkKey};
use crate::evidence::{Evidence, Kind, Sym, ZoneBasis, day_time};
use crate::journey::{Journey, OptionBasis};
use crate::pipeline::Analysis;
use crate::smtp::fold_address;
use std::collections::HashMap;
use std::fmt::Write as _;

/// All evidence of the journeys that a text names: journey id, Message-ID, SAP key, address, or part of the subject.
#[must_use]
pub fn timeline(analysis: &Analysis, what: &str) -> (usize, String) {
    timeline_of(analysis, &named(analysis, what))
}

/// The journeys that a text names, by index.
#[must_use]
pub fn named(analysis: &Analysis, what: &str) -> Vec<usize> {
    (0..).zip(&analysis.journeys).filter(|(_, journey)| names(analysis, journey, what)).map(|(at, _)| at).collect()
}

/// All evidence of some journeys.
#[must_use]
pub fn timeline_of(analysis: &Analysis, which: &[usize]) -> (usize, String) {
    let links = links(analysis);
    let mut out = String::new();
    for journey in which.iter().filter_map(|at| analysis.journeys.get(*at)) {
        put(analysis, journey, &links, &mut out);
    }
    (which.len(), out)
}

fn names(analysis: &Analysis, journey: &Journey, what: &str) -> bool {
    let text = |sym| analysis.reading.store.text(sym).to_lowercase();
    let what = what.trim().to_lowercase();
    let bare = fold_address(&what);
    let same = |sym: &Sym| fold_address(analysis.reading.store.text(*sym)) == bare;
    journey.id == what
        || !bare.is_empty()
            && [journey.message_id, journey.sap_key, journey.network_message_id, journey.recipient, journey.sender].iter().any(same)
        || (!what.is_empty() && text(journey.subject).contains(&what))
}

/// Why each record belongs to its mail.
pub(super) fn links(analysis: &Analysis) -> HashMap<u32, Link> {
    let all = analysis.alignment.mails.iter().flat_map(|mail| mail.attempts.iter().chain(&mail.relays).chain(&mail.arrivals));
    all.filter(|(_, link)| link.key != LinkKey::None).map(|(record, link)| (*record, *link)).collect()
}

fn put(analysis: &Analysis, journey: &Journey, links: &HashMap<u32, Link>, out: &mut String) {
    let store = &analysis.reading.store;
    let text = |sym| clean(store.text(sym));
    let known = |sym: Sym| if sym.is_empty() { "(unknown)".to_owned() } else { text(sym) };
    let _ = writeln!(out, "{}  {} -> {}  \"{}\"", journey.id, known(journey.sender), known(journey.recipient), text(journey.subject));
    let rule = if journey.rule.is_empty() { String::new() } else { format!(", {}", text(journey.rule)) };
    let _ = writeln!(out, "  {}{rule}; action: {}", journey.verdict.word(), journey.action.word());
    if let Some(way) = way(analysis, journey) {
        let _ = writeln!(out, "  {way}");
    }
    if let Some(at) = journey.requested_at {
        let assumed =
            journey.evidence.first().and_then(|at| store.records.get(*at as usize)).is_some_and(|record| clock_assumed(analysis, record));
        let _ = writeln!(out, "  {} {}  sap       requested", day_time(at), if assumed { "SAP's clock" } else { "UTC" });
    }
    for at in &journey.evidence {
        let Some(record) = store.records.get(*at as usize) else { continue };
        let time =
            analysis.alignment.utc.get(*at as usize).copied().flatten().map_or("time unknown".to_owned(), |span| day_time(span.from));
        let clock = if clock_assumed(analysis, record) { "SAP's clock" } else { "UTC" };
        let _ = writeln!(
            out,
            "  {time} {clock}  {:<9} {}  [{}{}]",
            record.hop.word(),
            said(analysis, record),
            place(analysis, record),
            clock_of(analysis, record)
        );
        if let Some(link) = links.get(at) {
            let _ = writeln!(out, "      {}", why(analysis, link));
        }
    }
    if let Some(other) = journey.runner_up.and_then(|at| store.records.get(at as usize)) {
        let _ = writeln!(out, "  may also be meant: [{}]", place(analysis, other));
    }
    out.push('\n');
}

/// The way of sending, and the records that show it.
fn way(analysis: &Analysis, journey: &Journey) -> Option<String> {
    let store = &analysis.reading.store;
    let at = |record: u32| store.records.get(record as usize).map_or_else(String::new, |record| format!(" [{}]", place(analysis, record)));
    let host = |record: u32| {
        let record = store.records.get(record as usize);
        let own = record.and_then(|record| store.sap_of(record)).map(|sap| (sap.host, sap.port));
        let (name, port) = own.or_else(|| record.and_then(|record| store.smtp_of(record)).map(|smtp| (smtp.host, smtp.port)))?;
        Some(format!("{}{}", clean(store.text(name)), if port == 0 { String::new() } else { format!(":{port}") }))
    };
    let named = |record: u32| host(record).unwrap_or_default();
    let shown = match journey.option_basis {
        OptionBasis::Unknown => return None,
        OptionBasis::Told => "as --option says".to_owned(),
        OptionBasis::Others => "as most mails of its node; its own records name no host".to_owned(),
        OptionBasis::RelayLog(record) => format!("a relay has logged it{}", at(record)),
        OptionBasis::Host(record) => format!("SAP talks to {}{}", named(record), at(record)),
        OptionBasis::Endpoint { named: record, recognised: Some(row) } => {
            format!("{} is the MX endpoint{}, and the tenant took SAP for its own{}", named(record), at(record), at(row))
        }
        OptionBasis::Endpoint { named: record, recognised: None } => {
            format!("{} is the MX endpoint{}, and no log shows that a connector ever matched", named(record), at(record))
        }
    };
    let then = if journey.relay_option.is_empty() { String::new() } else { format!(", then {}", journey.relay_option) };
    Some(format!("sent by {}{then}: {shown}", journey.option))
}

/// The time as it stands in the file, and by what its zone is known.
fn clock_of(analysis: &Analysis, record: &Evidence) -> String {
    let Some(clock) = analysis.alignment.clocks.get(record.source as usize) else { return String::new() };
    let zone = clock.zone.to_string();
    let there = record.local.filter(|_| zone != "UTC").map(|local| day_time(local.from).split_off("YYYY-MM-DD ".len()) + " ");
    format!(", {}{zone} ({})", there.unwrap_or_default(), clock.basis.word())
}

/// By what a record was linked, how surely, and what came second.
pub(super) fn why(analysis: &Analysis, link: &Link) -> String {
    let by = match link.key {
        LinkKey::MessageId => "the same Message-ID",
        LinkKey::SapKey => "a Message-ID made of the SAP key",
        LinkKey::QueueId => "the queue id",
        LinkKey::Reply => "recipient, time and reply",
        LinkKey::Fuzzy | LinkKey::None => "recipient, subject and time",
    };
    let second = link.runner_up.and_then(|at| analysis.reading.store.records.get(at as usize));
    let second = second.map_or_else(String::new, |record| format!("; next best [{}]", place(analysis, record)));
    format!("linked by {by}, confidence {:.2}{second}", link.confidence)
}

/// The record's times are wall times of a zone that nobody knows.
pub(super) fn clock_assumed(analysis: &Analysis, record: &Evidence) -> bool {
    analysis.alignment.clocks.get(record.source as usize).is_some_and(|clock| clock.basis == ZoneBasis::Assumed)
}

/// `LABEL:LINE`.
fn place(analysis: &Analysis, record: &Evidence) -> String {
    let label = analysis.reading.sources.get(record.source as usize).map_or("", |source| source.label.as_str());
    format!("{}:{}", clean(label), record.line)
}

/// What a record says, in a line.
pub(super) fn said(analysis: &Analysis, record: &Evidence) -> String {
    let store = &analysis.reading.store;
    // SAP's own text where no server's words are known.
    let text = store.sap_of(record).map_or("", |sap| store.text(sap.text));
    let reply = clean(if record.reply.is_empty() { text } else { store.text(record.reply) });
    let by_hop = if let Some(sap) = store.sap_of(record) {
        format!("{} {}", sap.state.word(), store.text(sap.message))
    } else if let Some(trace) = store.trace_of(record) {
        let part = |words: &str, sym: Sym| if sym.is_empty() { String::new() } else { format!(", {words} {}", clean(store.text(sym))) };
        format!("{}{}{}", trace.status.word(), part("over", trace.tls), part("return path", trace.return_path))
    } else if let Some(relay) = store.relay_of(record) {
        let to = if relay.host.is_empty() { String::new() } else { format!(" to {}", clean(store.text(relay.host))) };
        let part = |word: &str, sym: Sym| if sym.is_empty() { String::new() } else { format!(" {word} {}", clean(store.text(sym))) };
        format!("{}{}{}{to}", relay.phase.word(), part("by", relay.name), part("as", relay.queue_id))
    } else {
        match record.kind {
            Kind::Accept => "accepted",
            Kind::Fail | Kind::Reply => "refused",
            Kind::Defer => "put off",
            Kind::Auth => "logon refused",
            Kind::Connect => "no connection",
            Kind::Tls => "TLS failed",
            _ => "seen",
        }
        .to_owned()
    };
    if reply.is_empty() { by_hop } else { format!("{by_hop}: {reply}") }
}
