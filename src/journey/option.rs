//! SAP's way of sending, from the host, the port and the mechanism (rules.md section 1).

use super::Context;
use super::facts::Facts;
use super::relay;
use super::scope::Scopes;
use crate::evidence::{Hop, TraceStatus};
use crate::smtp::{is_mx_endpoint, trailer};
use std::collections::BTreeMap;

/// What shows a mail's way of sending; records by index.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum OptionBasis {
    /// Nothing does.
    #[default]
    Unknown,
    /// The user says so.
    Told,
    /// Its own records name no host: it takes the way of most mails of its node and system.
    Others,
    /// The log of a relay has the mail.
    RelayLog(u32),
    /// The host that this record names, by name and port alone.
    Host(u32),
    /// The host that `named` names is the MX endpoint; `recognised` shows that the tenant took SAP for its own.
    Endpoint {
        /// Record with the host.
        named: u32,
        /// Row of the trace, of this mail or of another.
        recognised: Option<u32>,
    },
}

/// A way of sending, and what shows it.
#[derive(Clone, Copy, Default)]
pub struct Way {
    /// Word of the option; empty when unknown.
    pub option: &'static str,
    /// What shows it.
    pub basis: OptionBasis,
}

/// Way of sending of each mail, in order.
pub fn of_all(context: &Context<'_, '_>, all: &[Facts], scopes: &Scopes) -> Vec<Way> {
    if let Some(named) = context.policy.option.as_deref() {
        let option = crate::rules::OPTIONS.iter().find(|option| **option == named).copied().unwrap_or("");
        return vec![Way { option, basis: OptionBasis::Told }; all.len()];
    }
    let first = all.iter().find(|facts| recognised(context, facts, scopes)).and_then(|facts| facts.arrival).map(|(at, _)| at);
    let shown = |facts: &Facts| if recognised(context, facts, scopes) { facts.arrival.map(|(at, _)| at) } else { first };
    let own: Vec<Way> = all.iter().map(|facts| of_one(context, facts, shown(facts))).collect();
    let mut votes: BTreeMap<String, BTreeMap<&'static str, usize>> = BTreeMap::new();
    for (facts, way) in all.iter().zip(&own).filter(|(_, way)| !way.option.is_empty()) {
        *votes.entry(group(context, facts)).or_default().entry(way.option).or_default() += 1;
    }
    let most = |group: &str| {
        votes.get(group).and_then(|counts| counts.iter().max_by_key(|(name, count)| (**count, **name))).map(|(name, _)| *name)
    };
    let fill = |(facts, way): (&Facts, Way)| match most(&group(context, facts)) {
        Some(option) if way.option.is_empty() => Way { option, basis: OptionBasis::Others },
        _ => way,
    };
    all.iter().zip(own).map(fill).collect()
}

fn group(context: &Context<'_, '_>, facts: &Facts) -> String {
    context.sap(facts).map_or_else(String::new, |sap| format!("{} {}", context.store.text(sap.system), context.store.text(sap.node)))
}

/// The tenant took SAP for its own at least once: a connector named, or external mail sent on.
pub fn recognised(context: &Context<'_, '_>, facts: &Facts, scopes: &Scopes) -> bool {
    let Some(trace) = context.trace(facts) else { return false };
    let outside =
        trace.status == TraceStatus::Sent && scopes.external(context.store.text(facts.recipient), facts.recipient_cut) == Some(true);
    !trace.connector.is_empty() || outside
}

/// `recognised` is the row that shows that the tenant took SAP for its own.
fn of_one(context: &Context<'_, '_>, facts: &Facts, recognised: Option<u32>) -> Way {
    let (host, port) = host(context, facts);
    let mechanism = context.smtp(facts).map_or("", |smtp| context.store.text(smtp.mechanism));
    let submission = if mechanism.eq_ignore_ascii_case("XOAUTH2") { "smtp-auth-oauth" } else { "smtp-auth-basic" };
    let words = context.record(facts.decided).map_or("", |record| context.store.text(record.reply));
    // What a relay has logged went over a relay, whatever SAP calls it.
    let at_door = facts.attempt.filter(|(at, _)| context.record(Some(*at)).is_some_and(|record| record.hop == Hop::Relay));
    if let Some((at, _)) = facts.relay.or(at_door) {
        let option = if relay::first_is_communication_services(context, facts) { "acs" } else { "relay-server" };
        return Way { option, basis: OptionBasis::RelayLog(at) };
    }
    let option = match by_host(&host, recognised.is_some(), submission) {
        "relay-server" if port == 587 && trailer(words).is_some() => submission,
        other => other,
    };
    let own = context.sap(facts).is_some_and(|sap| !sap.host.is_empty());
    let named = if own { facts.request } else { facts.attempt.map(|(at, _)| at) };
    let basis = match named {
        _ if option.is_empty() => OptionBasis::Unknown,
        None => OptionBasis::Unknown,
        Some(named) if is_mx_endpoint(&host) => OptionBasis::Endpoint { named, recognised },
        Some(named) => OptionBasis::Host(named),
    };
    Way { option, basis }
}

/// Way of sending to a host; `submission` where it asks for a logon.
pub fn by_host(host: &str, recognised: bool, submission: &'static str) -> &'static str {
    if host.starts_with("smtp-hve.") {
        "hve"
    } else if host.ends_with(".azurecomm.net") {
        "acs"
    } else if host.ends_with("smtp.office365.com") || host.ends_with(".outlook.office365.com") {
        submission
    } else if is_mx_endpoint(host) {
        if recognised { "relay-connector" } else { "direct-send" }
    } else if !host.is_empty() {
        "relay-server"
    } else {
        ""
    }
}

/// Host and port of a mail: SAP's word, else that of the try.
pub fn host(context: &Context<'_, '_>, facts: &Facts) -> (String, u16) {
    let own = context.sap(facts).map(|sap| (context.store.text(sap.host), sap.port)).filter(|(host, _)| !host.is_empty());
    let tried = || context.smtp(facts).map(|smtp| (context.store.text(smtp.host), smtp.port));
    let (host, port) = own.or_else(tried).unwrap_or(("", 0));
    (host.to_lowercase(), port)
}
