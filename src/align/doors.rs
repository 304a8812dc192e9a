//! Refusals at the doors of relays: tries of mails that never came into a queue (relay.md section 1.1.7).

use super::attempts::{NEAR, SAME_REPLY};
use super::compare::{Part, shared_prefix};
use super::{Map, View};
use crate::evidence::{Evidence, Hop, Kind, MINUTE, Millis, Phase, SapState, Store, Sym};
use crate::smtp::{domain, find_reply, first_label, is_private, squeeze};
use foldhash::fast::FixedState;
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// Refusals of a client further apart are of two runs of its send job.
const RUN_GAP: Millis = 2 * MINUTE;

/// Refused tries by record, those that name a recipient and those that do not.
pub fn refused(store: &Store) -> (Vec<u32>, Vec<u32>) {
    let own = |record: &Evidence| {
        let at_door = store.relay_of(record).is_some_and(|facts| facts.phase == Phase::Rejected);
        let shaken = record.kind == Kind::Tls
            && store.relay_of(record).is_some_and(|facts| facts.phase == Phase::Lost && !facts.client_ip.is_empty());
        at_door && matches!(record.kind, Kind::Reply | Kind::Auth) || shaken
    };
    let all = (0u32..).zip(&store.records).filter(|(_, record)| own(record)).map(|(at, _)| at);
    all.partition(|at| !store.records[*at as usize].recipient.is_empty())
}

/// What is put off comes again.
fn put_off(store: &Store, record: &Evidence) -> bool {
    find_reply(store.text(record.reply)).and_then(|reply| reply.code).is_some_and(|code| code < 500)
}

/// Whose refusals come together: those of a sender and recipient, or of a client that named neither, for one cause.
type Whose = (Sym, Sym, Sym, String);

/// Runs without SAP's export: the tries of each mail that was refused. Each refusal for good is one of its own; what was
/// put off is one mail to its recipient unless the relay took one such; of clients that named nobody only those count
/// that stand inside, bear the name of a domain that sends, or hand over mail, for the world knocks at every door.
pub fn mails(view: &View<'_>) -> Vec<Vec<u32>> {
    let store = view.store;
    let taken: HashSet<(Sym, Sym), FixedState> = view.units.relays.iter().map(|unit| (unit.sender.text, unit.recipient.text)).collect();
    let clients = clients(view);
    let relays: BTreeSet<String> = names(store);
    let domains: BTreeSet<&str> =
        view.units.relays.iter().map(|unit| domain(view.texts.text(unit.sender.text))).filter(|own| !own.is_empty()).collect();
    let mut out: Vec<Vec<u32>> = Vec::new();
    let mut open: BTreeMap<Whose, (usize, Option<Millis>)> = BTreeMap::new();
    // What bears a queue id belongs to that queue.
    let free = |at: &u32| store.relay_of(&store.records[*at as usize]).is_some_and(|facts| facts.queue_id.is_empty());
    for at in view.units.attempts.iter().chain(&view.units.sessions).copied().filter(free) {
        let record = &store.records[at as usize];
        let (sender, recipient): (Part, Part) = (view.texts.sender(record), view.texts.recipient(record));
        let (client, name) = store.relay_of(record).map_or_else(Default::default, |facts| (facts.client_ip, facts.client));
        let nameless = sender.is_empty() && recipient.is_empty();
        let again = put_off(store, record);
        // Where nothing was taken from anybody, nobody tells the world from one's own.
        let ours = || {
            clients.is_empty()
                || clients.contains(&client)
                || is_private(store.text(client))
                || domains.iter().any(|own| below(store.text(name), own))
        };
        // What one relay refuses another stands in the log of that one.
        let by_relay = relays.contains(&first_label(store.text(name)));
        if by_relay || nameless && !ours() || again && taken.contains(&(sender.text, recipient.text)) {
            continue;
        }
        if !nameless && !again {
            out.push(vec![at]);
            continue;
        }
        let whose = match (nameless, record.kind) {
            (true, Kind::Auth) => (Sym::EMPTY, Sym::EMPTY, client, String::new()),
            (true, _) => (Sym::EMPTY, Sym::EMPTY, client, words(store.text(record.reply))),
            (false, _) => (sender.text, recipient.text, Sym::EMPTY, String::new()),
        };
        let time = view.at(at).map(|at| at.from);
        let near = |last: Option<Millis>| !nameless || last.zip(time).is_none_or(|(last, time)| time - last <= RUN_GAP);
        if let Some((place, last)) = open.get_mut(&whose).filter(|(_, last)| near(*last)) {
            out[*place].push(at);
            *last = time;
        } else {
            open.insert(whose, (out.len(), time));
            out.push(vec![at]);
        }
    }
    out
}

/// The words of a reply, without addresses, counts and codes.
fn words(reply: &str) -> String {
    let plain = reply.split_whitespace().filter(|word| word.chars().all(|c| c.is_alphabetic() || matches!(c, ':' | ',' | ';' | '-')));
    plain.collect::<Vec<_>>().join(" ")
}

/// Whether a host lies below a domain.
fn below(host: &str, domain: &str) -> bool {
    host.to_ascii_lowercase().strip_suffix(domain).is_some_and(|name| name.ends_with('.'))
}

/// First labels of the relays that log, lower case.
fn names(store: &Store) -> BTreeSet<String> {
    let names: BTreeSet<Sym> = store.relay.iter().map(|facts| facts.name).collect();
    names.into_iter().map(|name| first_label(store.text(name))).filter(|label| !label.is_empty()).collect()
}

/// Addresses of clients whose mail a relay took.
fn clients(view: &View<'_>) -> HashSet<Sym, FixedState> {
    let rows = view.units.relays.iter().filter_map(|unit| view.store.records.get(unit.first() as usize));
    rows.filter_map(|record| view.store.relay_of(record)).map(|facts| facts.client_ip).filter(|ip| !ip.is_empty()).collect()
}

/// Refusals by the recipient they name.
pub struct Doors(Map<Sym, Vec<u32>>);

impl Doors {
    /// Those of a run.
    pub fn of(view: &View<'_>) -> Self {
        let mut out: Map<Sym, Vec<u32>> = Map::default();
        for at in view.units.attempts.iter().copied().filter(|at| view.store.records[*at as usize].hop == Hop::Relay) {
            out.entry(view.texts.recipient(&view.store.records[at as usize]).text).or_default().push(at);
        }
        Self(out)
    }

    /// Whether one of them is what made SAP give up: the same words at the same time. Such a mail arrived nowhere.
    pub fn explain(&self, view: &View<'_>, request: u32) -> bool {
        let Some(record) = view.store.records.get(request as usize).filter(|_| !self.0.is_empty()) else { return false };
        let failed = view.store.sap_of(record).is_some_and(|facts| facts.state == SapState::Error);
        let (Some(status), words) = (view.at(request), squeeze(view.store.text(record.reply))) else { return false };
        let all = self.0.get(&view.texts.recipient(record).text).filter(|_| failed && !words.is_empty());
        let same = |at: &u32| {
            let reply = squeeze(view.store.text(view.store.records[*at as usize].reply));
            shared_prefix(&reply, &words) >= SAME_REPLY.min(reply.chars().count().max(1))
        };
        all.into_iter().flatten().any(|at| view.at(*at).is_some_and(|at| at.distance(status) <= NEAR) && same(at))
    }
}
