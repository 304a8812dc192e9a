//! Addresses by which a system or a relay leaves.

use super::{Found, Seen};
use crate::evidence::{Store, Sym};
use crate::journey::Journey;
use crate::smtp::is_microsoft;
use std::collections::BTreeMap;
use std::net::IpAddr;

/// Addresses that are named; more of them are counted.
const NAMED: usize = 4;

/// Notes each system, or relay, whose mails reached Exchange Online from several public addresses.
pub fn look(store: &Store, journeys: &[Journey], seen: &mut Seen) {
    let mut by: BTreeMap<(Sym, Sym), BTreeMap<IpAddr, Found>> = BTreeMap::new();
    for (mail, journey) in journeys.iter().enumerate() {
        for at in &journey.evidence {
            if let Some(address) = address(store, *at) {
                by.entry((journey.system, journey.relay)).or_default().entry(address).or_default().add(mail, *at);
            }
        }
    }
    for ((system, relay), addresses) in by.into_iter().filter(|(_, addresses)| addresses.len() > 1) {
        let who = [relay, system].into_iter().find(|sym| !sym.is_empty()).map_or("SAP", |sym| store.text(sym));
        let mut named: Vec<String> = addresses.iter().take(NAMED).map(|(ip, found)| format!("{ip} ({})", found.mails.len())).collect();
        if addresses.len() > NAMED {
            named.push(format!("{} more", addresses.len() - NAMED));
        }
        let mut all = Found::default();
        for found in addresses.values() {
            all.merge(&Found { records: found.records.iter().take(1).copied().collect(), ..found.clone() });
        }
        seen.put("several-egress", format!("{who} left by {}", named.join(", ")), &all);
    }
}

/// The public address that Exchange Online saw, in its trace or in its answer to EHLO.
fn address(store: &Store, at: u32) -> Option<IpAddr> {
    let record = store.records.get(at as usize)?;
    let greeted = || store.smtp_of(record).filter(|smtp| is_microsoft(store.text(smtp.host))).map(|smtp| smtp.egress);
    let sym = store.trace_of(record).map(|trace| trace.client_ip).or_else(greeted)?;
    store.text(sym).parse().ok().filter(public)
}

fn public(address: &IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => !(v4.is_private() || v4.is_loopback() || v4.is_link_local() || v4.is_unspecified()),
        IpAddr::V6(v6) => !(v6.is_unique_local() || v6.is_loopback() || v6.is_unicast_link_local() || v6.is_unspecified()),
    }
}
