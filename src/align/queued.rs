//! Rows of the mails in the queues of relays.

use super::Map;
use crate::evidence::{Evidence, Hop, Kind, RelayFacts, Store, Sym};
use foldhash::fast::FixedState;
use std::collections::HashSet;

/// Rows of relays' logs, without those of mails that the relays write by themselves and of mails that never came into a
/// queue. Some logs know no queue ids: there a Message-ID, or an end, tells that it did.
pub struct Rows<'a> {
    store: &'a Store,
    /// Queues of the relays' own mails.
    own: HashSet<Sym, FixedState>,
    /// Sender and recipient of mails in queues, where some rows bear no id: those may be about one of them.
    known: HashSet<(Sym, Sym), FixedState>,
}

impl<'a> Rows<'a> {
    /// Those of a run.
    pub fn of(store: &'a Store) -> Self {
        let queued = || logged(store).filter(|(_, _, facts)| !facts.queue_id.is_empty());
        let mut own: Map<Sym, bool> =
            queued().filter(|(_, record, facts)| is_own(store, record, facts)).map(|(_, _, facts)| (facts.queue_id, true)).collect();
        if !own.is_empty() {
            // What a client handed over is somebody else's.
            for (_, _, facts) in queued().filter(|(_, _, facts)| !(facts.client.is_empty() && facts.client_ip.is_empty())) {
                own.entry(facts.queue_id).and_modify(|own| *own = false);
            }
        }
        let idless = logged(store).any(|(_, record, facts)| is_idless(record, facts));
        let known = queued().filter(|_| idless).map(|(_, record, _)| (record.sender, record.recipient)).collect();
        Self { store, known, own: own.into_iter().filter_map(|(id, own)| own.then_some(id)).collect() }
    }

    /// All of them, in order.
    pub fn all(&self) -> impl Iterator<Item = (u32, &'a Evidence, &'a RelayFacts)> {
        let queued = |record: &Evidence, facts: &RelayFacts| {
            let told = matches!(record.kind, Kind::Accept | Kind::Deliver | Kind::Fail | Kind::Defer);
            let named = !facts.queue_id.is_empty() || told && !record.message_id.is_empty();
            named || is_idless(record, facts) && !self.known.contains(&(record.sender, record.recipient))
        };
        let own = |facts: &RelayFacts| !facts.parent_queue_id.is_empty() || self.own.contains(&facts.queue_id);
        logged(self.store).filter(move |(_, record, facts)| record.hop == Hop::Relay && queued(record, facts) && !own(facts))
    }
}

fn logged(store: &Store) -> impl Iterator<Item = (u32, &Evidence, &RelayFacts)> {
    (0u32..).zip(&store.records).filter_map(|(at, record)| Some((at, record, store.relay_of(record)?)))
}

/// Whether a row tells an end of a mail and names it by sender and recipient alone.
fn is_idless(record: &Evidence, facts: &RelayFacts) -> bool {
    let end = matches!(record.kind, Kind::Deliver | Kind::Fail | Kind::Defer);
    end && facts.queue_id.is_empty() && record.message_id.is_empty()
}

/// Whether a relay writes such a mail by itself: a notice to a sender, or a probe of an address.
fn is_own(store: &Store, record: &Evidence, facts: &RelayFacts) -> bool {
    let sender = store.text(record.sender);
    !facts.parent_queue_id.is_empty() || matches!(sender, "<>" | "MAILER-DAEMON") || sender.starts_with("double-bounce@")
}
