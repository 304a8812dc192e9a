//! SAP's way of sending, from the host, the port and the mechanism (rules.md section 1).

use super::Context;
use super::facts::Facts;
use super::scope::Scopes;
use crate::evidence::TraceStatus;
use crate::smtp::{is_mx_endpoint, trailer};
use std::collections::BTreeMap;

/// Way of sending of each mail, in order. A mail that names no host takes the way of most mails of its node and system.
pub fn of_all(context: &Context<'_, '_>, all: &[Facts], scopes: &Scopes) -> Vec<&'static str> {
    if let Some(named) = context.policy.option.as_deref() {
        let known = crate::rules::OPTIONS.iter().find(|option| **option == named).copied().unwrap_or("");
        return vec![known; all.len()];
    }
    let recognised = all.iter().any(|facts| recognised(context, facts, scopes));
    let own: Vec<&'static str> = all.iter().map(|facts| of_one(context, facts, recognised)).collect();
    let mut votes: BTreeMap<String, BTreeMap<&'static str, usize>> = BTreeMap::new();
    for (facts, option) in all.iter().zip(&own).filter(|(_, option)| !option.is_empty()) {
        *votes.entry(group(context, facts)).or_default().entry(option).or_default() += 1;
    }
    let most = |group: &str| {
        votes.get(group).and_then(|counts| counts.iter().max_by_key(|(name, count)| (**count, **name))).map(|(name, _)| *name)
    };
    let fill =
        |(facts, option): (&Facts, &'static str)| if option.is_empty() { most(&group(context, facts)).unwrap_or("") } else { option };
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

fn of_one(context: &Context<'_, '_>, facts: &Facts, recognised: bool) -> &'static str {
    let (host, port) = host(context, facts);
    let mechanism = context.smtp(facts).map_or("", |smtp| context.store.text(smtp.mechanism));
    let submission = if mechanism.eq_ignore_ascii_case("XOAUTH2") { "smtp-auth-oauth" } else { "smtp-auth-basic" };
    let words = context.record(facts.decided).map_or("", |record| context.store.text(record.reply));
    match by_host(&host, recognised, submission) {
        // What a relay has logged went over a relay, whatever SAP calls it.
        _ if facts.relay.is_some() => "relay-server",
        "relay-server" if port == 587 && trailer(words).is_some() => submission,
        other => other,
    }
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
