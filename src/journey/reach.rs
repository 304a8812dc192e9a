//! Which relays stand behind the name of a server, and whether their logs would have shown a mail that it took: only
//! then is their silence evidence (design section 4, `missing`).

use super::Context;
use super::facts::Facts;
use super::option;
use crate::align::HandOver;
use crate::evidence::{Hop, Kind, MINUTE, Millis, SapState, Span, Sym};
use crate::smtp::{first_label, is_microsoft};
use std::collections::{BTreeMap, BTreeSet};

/// A server to which mails were handed, as those that did name it; a name may stand for several relays that share the load.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Door {
    /// Host in SAP's node, lower case; empty where its export names none.
    OfSap(String),
    /// Relay that handed on, and its name of the next server.
    OfRelay(Sym, Sym),
}

/// What the mails handed to a door tell of it.
#[derive(Default, Debug)]
struct Behind {
    /// Relays whose logs have some of them.
    relays: BTreeSet<Sym>,
    /// How many these logs have.
    seen: usize,
    /// How many of those they have at about the same time on their own clocks.
    at_once: usize,
    /// How many they do not have, although they cover the time.
    unseen: usize,
}

/// What a run knows of its doors.
#[derive(Default, Debug)]
pub struct Reach {
    /// Sources with lines of each relay.
    sources: BTreeMap<Sym, BTreeSet<u32>>,
    /// Relays by the first label of their names, lower case.
    labels: BTreeMap<String, BTreeSet<Sym>>,
    doors: BTreeMap<Door, Behind>,
}

/// A mail handed to a door: when, and who logs that.
struct Handed {
    door: Door,
    at: Option<Span>,
    source: Option<u32>,
    /// Relay that has it then, and since when.
    taken_by: Option<(Sym, Option<Span>)>,
}

/// Where one log in five mails is silent, the name rather stands for a further relay whose log is not given.
const SEEN_PER_UNSEEN: usize = 4;
/// Logs that have a mail within this of its hand-over run on one clock.
const AT_ONCE: Millis = 15 * MINUTE;

impl Reach {
    /// Learns from all mails of a run.
    pub fn learn(context: &Context<'_, '_>, all: &[Facts]) -> Self {
        let mut out = Self::default();
        for record in context.store.records.iter().filter(|record| record.hop == Hop::Relay) {
            if let Some(facts) = context.store.relay_of(record) {
                out.sources.entry(facts.name).or_default().insert(record.source);
            }
        }
        if out.sources.is_empty() {
            return out;
        }
        for name in out.sources.keys().filter(|name| !name.is_empty()) {
            out.labels.entry(first_label(context.store.text(*name))).or_default().insert(*name);
        }
        for handed in all.iter().flat_map(|facts| handed(context, facts)) {
            let Some((relay, at)) = handed.taken_by else { continue };
            let behind = out.doors.entry(handed.door).or_default();
            behind.relays.insert(relay);
            behind.seen += 1;
            behind.at_once += usize::from(at.zip(handed.at).is_some_and(|(here, there)| here.distance(there) <= AT_ONCE));
        }
        for facts in all {
            for handed in handed(context, facts).filter(|handed| handed.taken_by.is_none()) {
                let silent = out.relays(context, &handed.door).is_some_and(|relays| out.cover(context, facts, &handed, &relays));
                if let Some(behind) = out.doors.get_mut(&handed.door).filter(|_| silent) {
                    behind.unseen += 1;
                }
            }
        }
        out
    }

    /// Whether SAP handed a mail to a relay whose log would have it; `None` where no log of a relay behind that name is
    /// given.
    pub fn after_sap(&self, context: &Context<'_, '_>, facts: &Facts) -> Option<bool> {
        self.silent(context, facts, &by_sap(context, facts)?)
    }

    /// The same of what the last relay that knows a mail handed on.
    pub fn after_relay(&self, context: &Context<'_, '_>, facts: &Facts, at: u32) -> Option<bool> {
        self.silent(context, facts, &by_relay(context, at)?)
    }

    fn silent(&self, context: &Context<'_, '_>, facts: &Facts, handed: &Handed) -> Option<bool> {
        let relays = self.relays(context, &handed.door)?;
        Some(self.cover(context, facts, handed, &relays))
    }

    /// Relays behind a door: those that bear its name, else those that have nearly all mails handed to it.
    fn relays(&self, context: &Context<'_, '_>, door: &Door) -> Option<BTreeSet<Sym>> {
        let host = match door {
            Door::OfSap(host) => host,
            Door::OfRelay(_, host) => context.store.text(*host),
        };
        if let Some(named) = self.labels.get(&first_label(host)) {
            return Some(named.clone());
        }
        let behind = self.doors.get(door)?;
        (behind.seen >= SEEN_PER_UNSEEN * behind.unseen).then(|| behind.relays.clone())
    }

    /// Whether each of the relays has a log that covers the time of a hand-over.
    fn cover(&self, context: &Context<'_, '_>, facts: &Facts, handed: &Handed, relays: &BTreeSet<Sym>) -> bool {
        let Some(at) = handed.at else { return false };
        let clock = handed.source.and_then(|source| context.alignment.clocks.get(source as usize));
        let mail = HandOver {
            agreed: self.doors.get(&handed.door).is_some_and(|behind| behind.at_once * 2 > behind.seen),
            ..HandOver::new(at, clock, context.store.text(facts.sender), context.store.text(facts.recipient))
        };
        let sees = |source: &u32| context.alignment.coverage.get(*source as usize).is_some_and(|coverage| coverage.sees(&mail));
        // Nameless logs may be of different servers.
        let whole = |relay: &Sym| self.sources.get(relay).is_some_and(|own| own.iter().any(sees) && (!relay.is_empty() || own.len() == 1));
        !relays.is_empty() && relays.iter().all(whole)
    }
}

/// All hand-overs of a mail to servers other than Exchange Online's.
fn handed<'a>(context: &'a Context<'_, '_>, facts: &'a Facts) -> impl Iterator<Item = Handed> + 'a {
    let rows = facts.evidence.iter().copied().filter(|at| !super::notice::is(context, *at));
    let of = |at: u32| context.record(Some(at)).and_then(|record| context.store.relay_of(record));
    let taken = |at: u32| of(at).map(|relay| (relay.queue_id, (relay.name, context.at(at))));
    let queues: Vec<(Sym, (Sym, Option<Span>))> = rows.clone().filter_map(taken).collect();
    let first = queues.first().map(|(_, by)| *by);
    let sap = by_sap(context, facts).map(|handed| Handed { taken_by: first, ..handed });
    let delivered = rows.filter(move |at| context.record(Some(*at)).is_some_and(|record| record.kind == Kind::Deliver));
    let on = delivered.filter_map(move |at| {
        let next = of(at).map(|relay| relay.next_queue_id).filter(|id| !id.is_empty());
        let taken_by = queues.iter().find(|(id, _)| Some(*id) == next).map(|(_, by)| *by);
        by_relay(context, at).map(|handed| Handed { taken_by, ..handed })
    });
    sap.into_iter().chain(on)
}

/// SAP's hand-over, by its own word or by the dialogue.
fn by_sap(context: &Context<'_, '_>, facts: &Facts) -> Option<Handed> {
    let accepted = facts.attempt.map(|(at, _)| at).filter(|at| context.record(Some(*at)).is_some_and(|record| record.kind == Kind::Accept));
    let told = facts.request.filter(|_| context.state(facts).is_some_and(SapState::handed_over));
    let row = accepted.or(told)?;
    let host = option::host(context, facts).0;
    let record = context.record(Some(row))?;
    (!is_microsoft(&host)).then(|| Handed { door: Door::OfSap(host), at: context.at(row), source: Some(record.source), taken_by: None })
}

fn by_relay(context: &Context<'_, '_>, row: u32) -> Option<Handed> {
    let record = context.record(Some(row))?;
    let relay = context.store.relay_of(record).filter(|relay| !relay.host.is_empty() || !relay.host_ip.is_empty())?;
    let host = if relay.host.is_empty() { relay.host_ip } else { relay.host };
    let own = !is_microsoft(context.store.text(host));
    own.then(|| Handed { door: Door::OfRelay(relay.name, host), at: context.at(row), source: Some(record.source), taken_by: None })
}
