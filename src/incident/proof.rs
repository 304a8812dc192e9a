//! What the settings of the organisation say about an incident: they confirm its cause or speak against it.

use super::egress;
use super::model::{Incident, Proof};
use super::reports;
use crate::evidence::{Connector, ContextFacts, Network, Store, Sym, day_time};
use crate::journey::{Journey, Silence};
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

/// Addresses and connectors named at most; a longer list helps nobody at night.
const SHOWN: usize = 3;

/// Writes into each incident what is known about its cause beside the mails.
pub fn prove(incidents: &mut [Incident], journeys: &[Journey], store: &Store, silences: &[Silence]) {
    for incident in incidents {
        let rule = store.text(incident.rule);
        let mut proofs = match rule {
            "AUTH-01" => switch(store, "SmtpClientAuthenticationDisabled", "Get-TransportConfig"),
            "RELAY-02" => switch(store, "RejectDirectSend", "Get-OrganizationConfig"),
            _ => Vec::new(),
        };
        if matches!(rule, "RELAY-01" | "RELAY-02") {
            proofs.extend(egress::of_relays(incident, journeys, store));
            proofs.extend(addresses(incident, journeys, store));
        }
        proofs.extend(silences.iter().filter_map(|silence| no_job(incident, journeys, silence)));
        proofs.extend(sign_ins(incident, journeys, store));
        proofs.extend(reports::lost(incident, journeys, store));
        incident.proofs = proofs;
    }
}

/// Members that waited while no send job ran; they have the runs around that time as evidence.
fn no_job(incident: &Incident, journeys: &[Journey], silence: &Silence) -> Option<Proof> {
    let held_up = |at: &&u32| silence.records.iter().all(|record| journeys[**at as usize].evidence.contains(record));
    let count = incident.journeys.iter().filter(held_up).count();
    let until = if silence.ended { "" } else { ", the end of the list," };
    let broke = if silence.cancelled { "; the run before was cancelled" } else { "" };
    (count > 0).then(|| Proof {
        text: format!(
            "confirmed for {count}: no send job ran between {} and {}{until} (SM37){broke}",
            day_time(silence.from),
            day_time(silence.to)
        ),
        records: silence.records.clone(),
    })
}

/// Failed sign-ins that belong to the members, by error code and account; the first of each stands for all.
fn sign_ins(incident: &Incident, journeys: &[Journey], store: &Store) -> Vec<Proof> {
    let mut groups: BTreeMap<(u32, Sym), (usize, u32)> = BTreeMap::new();
    for record in incident.journeys.iter().flat_map(|at| &journeys[*at as usize].evidence) {
        if let Some(ContextFacts::SignIn { user, code, .. }) = store.records.get(*record as usize).and_then(|r| store.context_of(r)) {
            groups.entry((*code, *user)).or_insert((0, *record)).0 += 1;
        }
    }
    let proof = |(mails, record): (usize, u32)| {
        let words = store.records.get(record as usize).map_or("", |record| store.text(record.reply));
        Proof { text: format!("for {mails}: {words}"), records: vec![record] }
    };
    groups.into_values().map(proof).collect()
}

/// The switch that the cause speaks of, as exported.
fn switch(store: &Store, wanted: &str, cmdlet: &str) -> Vec<Proof> {
    let found = store.contexts().filter_map(|(record, facts)| match facts {
        ContextFacts::Switch { name, on } if *name == wanted => Some((record, *on)),
        _ => None,
    });
    found
        .map(|(record, on)| {
            let text = if on {
                format!("confirmed: {cmdlet} shows {wanted} True")
            } else {
                format!("{cmdlet} shows {wanted} False: the switch was turned back since, or was not turned before the export")
            };
            Proof { text, records: vec![record] }
        })
        .collect()
}

/// Whether the addresses by which SAP left match a connector: only those that are switched on count (rules.md section 1).
fn addresses(incident: &Incident, journeys: &[Journey], store: &Store) -> Vec<Proof> {
    let connectors: Vec<(u32, &Connector)> = store
        .contexts()
        .filter_map(|(record, facts)| match facts {
            ContextFacts::Connector(connector) => Some((record, connector)),
            _ => None,
        })
        .collect();
    if connectors.is_empty() {
        return Vec::new();
    }
    let left_by: BTreeSet<IpAddr> =
        incident.journeys.iter().filter_map(|at| store.text(journeys[*at as usize].egress).parse().ok()).collect();
    left_by.into_iter().take(SHOWN).map(|address| matched(address, &connectors, store)).collect()
}

fn matched(address: IpAddr, connectors: &[(u32, &Connector)], store: &Store) -> Proof {
    let holds = |connector: &Connector| {
        connector.addresses.iter().filter_map(|range| Network::parse(store.text(*range))).any(|range| range.holds(address))
    };
    let mut holders: Vec<&(u32, &Connector)> = connectors.iter().filter(|(_, connector)| holds(connector)).collect();
    holders.sort_by_key(|(_, connector)| connector.enabled == Some(false));
    if let Some((record, connector)) = holders.first() {
        let name = store.text(connector.name);
        let kind = store.text(connector.kind);
        let text = if connector.enabled == Some(false) {
            format!("confirmed: {address} is an address of the inbound connector '{name}', which is switched off")
        } else if !kind.is_empty() && !kind.eq_ignore_ascii_case("OnPremises") {
            format!(
                "confirmed: {address} is an address of the inbound connector '{name}', which is of type {kind}; relaying needs OnPremises"
            )
        } else {
            format!(
                "{address} is an address of the inbound connector '{name}' as exported: it was added since, or something else than the address fails"
            )
        };
        return Proof { text, records: vec![*record] };
    }
    let records = connectors.iter().map(|(record, _)| *record).take(SHOWN).collect();
    let named: Vec<String> = connectors.iter().take(SHOWN).map(|(_, connector)| listed(connector, store)).collect();
    let whole = connectors.iter().all(|(_, connector)| connector.whole);
    let text = if whole {
        format!("confirmed: {address} is an address of no inbound connector ({})", named.join("; "))
    } else {
        format!("{address} is not among the addresses of the inbound connectors, as far as the export shows them ({})", named.join("; "))
    };
    Proof { text, records }
}

fn listed(connector: &Connector, store: &Store) -> String {
    let mut by: Vec<&str> = connector.addresses.iter().take(SHOWN).map(|range| store.text(*range)).collect();
    if connector.addresses.len() > SHOWN {
        by.push("...");
    }
    let certificate = store.text(connector.certificate);
    let by = match (by.is_empty(), certificate.is_empty()) {
        (true, true) => "no address".to_owned(),
        (true, false) => format!("by certificate {certificate}"),
        _ => by.join(", "),
    };
    let off = if connector.enabled == Some(false) { ", switched off" } else { "" };
    format!("{}: {by}{off}", store.text(connector.name))
}
