//! Hosts, ports and logons: by which door mails go.

use super::{Found, Seen};
use crate::evidence::{Evidence, Hop, Store, Sym};
use crate::journey::Journey;
use crate::smtp::{is_mx_endpoint, is_submission};
use std::collections::BTreeMap;
use std::net::IpAddr;

/// Host and port as one record names them.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Door {
    host: Sym,
    port: u16,
    /// Mechanism of a logon that was tried.
    mechanism: Sym,
    /// The host is the one that was configured, not what was found behind it.
    configured: bool,
}

/// Notes the doors that rules speak of. There are few of them, however many mails go by.
pub fn look(store: &Store, journeys: &[Journey], seen: &mut Seen) {
    let mut doors: BTreeMap<Door, Found> = BTreeMap::new();
    for (mail, journey) in journeys.iter().enumerate() {
        for at in &journey.evidence {
            let door = store.records.get(*at as usize).and_then(|record| door(store, record));
            if let Some(door) = door.filter(|door| !door.host.is_empty()) {
                doors.entry(door).or_default().add(mail, *at);
            }
        }
    }
    for (door, found) in &doors {
        judge(store, *door, found, seen);
    }
}

fn door(store: &Store, record: &Evidence) -> Option<Door> {
    if let Some(sap) = store.sap_of(record) {
        return Some(Door { host: sap.host, port: sap.port, mechanism: Sym::EMPTY, configured: true });
    }
    if let Some(smtp) = store.smtp_of(record).filter(|_| record.hop == Hop::Icm) {
        // A line on a failed connection names the host as configured; others may know the peer's address only.
        let configured = store.text(record.reply).contains(&format!("host: {}", store.text(smtp.host)));
        return Some(Door { host: smtp.host, port: smtp.port, mechanism: smtp.mechanism, configured });
    }
    let relay = store.relay_of(record)?;
    Some(Door { host: relay.host, port: relay.port, mechanism: Sym::EMPTY, configured: false })
}

fn judge(store: &Store, door: Door, found: &Found, seen: &mut Seen) {
    let host = store.text(door.host).trim_end_matches('.').to_ascii_lowercase();
    let place = || if door.port == 0 { host.clone() } else { format!("{host}:{}", door.port) };
    if door.configured && host.trim_matches(['[', ']']).parse::<IpAddr>().is_ok() {
        seen.put("host-is-address", place(), found);
    }
    if is_mx_endpoint(&host) {
        if !matches!(door.port, 0 | 25) {
            seen.put("mx-port", place(), found);
        }
        if !door.mechanism.is_empty() {
            seen.put("mx-logon", format!("AUTH {} at {}", store.text(door.mechanism), place()), found);
        }
    } else if is_submission(&host) {
        match door.port {
            25 => seen.put("submission-port-25", place(), found),
            465 => seen.put("submission-port-465", place(), found),
            _ => {}
        }
    }
    match host.as_str() {
        "smtp-legacy.office365.com" => seen.put("legacy-host", place(), found),
        "outlook.office365.com" | "smtp-mail.outlook.com" if door.configured => seen.put("no-submission-host", place(), found),
        _ => {}
    }
}
