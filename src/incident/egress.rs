//! By which address a relay left while its mails were refused: it is the relay's own that has to be known, not SAP's
//! (rules.md section 1, option 4).

use super::model::{Incident, Proof};
use super::window::{self, time};
use crate::evidence::{Millis, Store, Sym, day_time};
use crate::journey::Journey;
use std::collections::{BTreeMap, BTreeSet};

/// Addresses named at most.
const SHOWN: usize = 3;

/// Mails of a relay that left by one address, and a record that shows it.
#[derive(Default)]
struct Left {
    mails: usize,
    record: Option<u32>,
    last: Option<Millis>,
}

/// One sentence for each relay whose mails are refused; of a relay that showed no address meanwhile, the last before.
pub fn of_relays(incident: &Incident, journeys: &[Journey], store: &Store) -> Vec<Proof> {
    let relays: BTreeSet<Sym> = incident.journeys.iter().map(|at| journeys[*at as usize].relay).filter(|relay| !relay.is_empty()).collect();
    relays.into_iter().take(SHOWN).map(|relay| proof(relay, incident, journeys, store)).collect()
}

fn proof(relay: Sym, incident: &Incident, journeys: &[Journey], store: &Store) -> Proof {
    let (begin, end) = (incident.onset.before, incident.end.after);
    let inside = |journey: &Journey| time(journey).is_some_and(|at| begin.is_some_and(|from| at >= from) && end.is_none_or(|to| at <= to));
    let earlier = |journey: &Journey| begin.is_some_and(|from| window::time(journey).is_some_and(|at| at < from));
    let (meanwhile, before) = (left(relay, journeys, store, inside), left(relay, journeys, store, earlier));
    let name = store.text(relay);
    let what = format!("it is the address of the relay {name} that Exchange Online does not know, not SAP's");
    let named = |all: &BTreeMap<&str, Left>| {
        let counted: Vec<String> = all
            .iter()
            .take(SHOWN)
            .map(|(ip, left)| format!("{ip} ({} {})", left.mails, if left.mails == 1 { "mail" } else { "mails" }))
            .collect();
        counted.join(", ")
    };
    let last = before.iter().max_by_key(|(_, left)| left.last);
    let text = match (meanwhile.is_empty(), last) {
        (false, Some(_)) => format!("{what}: meanwhile it left by {}, before by {}", named(&meanwhile), named(&before)),
        (false, None) => format!("{what}: meanwhile it left by {}", named(&meanwhile)),
        (true, Some((ip, left))) => format!(
            "{what}: no mail shows by which address it left meanwhile; the last one before, at {}, left by {ip}",
            left.last.map_or_else(String::new, day_time)
        ),
        (true, None) => format!("{what}: no record shows by which address it leaves"),
    };
    let records = meanwhile.values().chain(before.values()).filter_map(|left| left.record).take(SHOWN).collect();
    Proof { text, records }
}

/// Addresses by which a relay's mails left, of those that are chosen.
fn left<'a>(relay: Sym, journeys: &[Journey], store: &'a Store, chosen: impl Fn(&Journey) -> bool) -> BTreeMap<&'a str, Left> {
    let mut out: BTreeMap<&str, Left> = BTreeMap::new();
    for journey in journeys.iter().filter(|journey| journey.relay == relay && !journey.egress.is_empty() && chosen(journey)) {
        let left = out.entry(store.text(journey.egress)).or_default();
        left.mails += 1;
        left.last = left.last.max(time(journey));
        let shows = |at: &&u32| store.records.get(**at as usize).is_some_and(|record| shows(store, record, journey.egress));
        left.record = left.record.or(journey.evidence.iter().find(shows).copied());
    }
    out
}

/// Whether a record names the address.
fn shows(store: &Store, record: &crate::evidence::Evidence, egress: Sym) -> bool {
    let traced = store.trace_of(record).is_some_and(|trace| trace.client_ip == egress);
    traced || store.text(record.reply).contains(&format!("[{}]", store.text(egress)))
}
