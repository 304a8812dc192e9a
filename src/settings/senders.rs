//! Sender domains, and recipients that a way of sending does not reach.

use super::{Found, Seen};
use crate::evidence::{Store, Sym};
use crate::journey::{Journey, Policy, Scopes};
use crate::smtp::{domain, fold_address};
use std::collections::BTreeMap;

/// Endings of domains that nobody has in DNS.
const NOT_IN_DNS: [&str; 4] = [".local", ".localdomain", ".lan", ".internal"];

/// Notes the sender domains that rules speak of, and external mail by direct send.
pub fn look(store: &Store, journeys: &[Journey], policy: &Policy, seen: &mut Seen) {
    let (mut senders, mut outside): (BTreeMap<Sym, Found>, Found) = Default::default();
    for (mail, journey) in journeys.iter().enumerate() {
        let whole =
            |at: &&u32| store.records.get(**at as usize).is_some_and(|record| record.sender == journey.sender && !record.cut.sender);
        if let Some(at) = journey.evidence.iter().find(whole).filter(|_| !journey.sender.is_empty() && journey.option != "acs") {
            senders.entry(journey.sender).or_default().add(mail, *at);
        }
        if let Some(at) = journey.evidence.first().filter(|_| journey.option == "direct-send" && journey.external == Some(true)) {
            outside.add(mail, *at);
        }
    }
    let accepted = Scopes::told(store, policy);
    for (sender, found) in &senders {
        judge(&fold_address(store.text(*sender)), accepted.as_ref(), found, seen);
    }
    if !outside.mails.is_empty() {
        let value = "external recipients by direct send, which needs an inbound connector (relay-connector) or a logon (smtp-auth)";
        seen.put("direct-send-external", value.to_owned(), &outside);
    }
}

fn judge(sender: &str, accepted: Option<&Scopes>, found: &Found, seen: &mut Seen) {
    let domain = domain(sender).to_owned();
    if domain.is_empty() {
        return;
    }
    if domain.ends_with(".onmicrosoft.com") {
        seen.put("sender-onmicrosoft", domain.clone(), found);
    }
    if !domain.contains('.') || NOT_IN_DNS.iter().any(|ending| domain.ends_with(ending)) {
        seen.put("sender-default-domain", domain.clone(), found);
    }
    if accepted.is_some_and(|accepted| accepted.external(sender, false) == Some(true)) {
        seen.put("sender-not-accepted", domain, found);
    }
}
