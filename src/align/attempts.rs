//! Tries seen in SMTP traces join the mails they belong to.

use super::View;
use super::compare::{self, Part, Texts};
use super::doors;
use super::expansion;
use super::keys::Exact;
use super::model::{Link, LinkKey, Mail};
use super::relays;
use super::sessions;
use super::units::Taken;
use crate::evidence::{Evidence, Hop, Kind, MINUTE, Millis, SapState, Span};
use crate::smtp::{find_reply, squeeze};
use std::collections::{BTreeMap, BTreeSet};

/// SAP writes its status within this of the try.
pub(super) const NEAR: Millis = 2 * MINUTE;
/// As many squeezed characters of a reply identify it.
pub(super) const SAME_REPLY: usize = 24;

/// A mail as attempts look for it.
pub(super) struct Slot {
    pub(super) status: Option<Span>,
    pub(super) requested: Option<Span>,
    recipient: Part,
    pub(super) sender: Part,
    pub(super) host: String,
    pub(super) reply: String,
    /// The words are those of a server.
    pub(super) replied: bool,
    pub(super) state: SapState,
}

/// Joins attempts with a recipient, then sessions that failed before one was named. Without SAP's export, attempts and
/// then arrivals start mails of their own.
pub fn link(view: &View<'_>, exact: &Exact, mails: &mut Vec<Mail>, taken: &mut Taken) {
    if mails.is_empty() {
        start_from_attempts(view, exact, mails, taken);
        return;
    }
    through_arrivals(view, exact, mails, taken);
    let slots: Vec<Slot> = mails.iter().map(|mail| slot(view, mail)).collect();
    let mut recipients = Recipients::new(view.texts, &slots);
    by_recipient(view, exact, &mut recipients, mails, taken);
    accepted_after_all(view, exact, &recipients, mails, taken);
    sessions::link(view, &slots, mails);
    for mail in mails.iter_mut() {
        mail.attempts.sort_by_key(|(record, _)| (view.at(*record), *record));
    }
}

/// An attempt whose echoed Message-ID names an arrival belongs to the mail of that arrival.
fn through_arrivals(view: &View<'_>, exact: &Exact, mails: &mut [Mail], taken: &mut Taken) {
    let mut owner: BTreeMap<u32, usize> = BTreeMap::new();
    for (at, mail) in mails.iter().enumerate() {
        owner.extend(mail.arrivals.iter().map(|(row, _)| (*row, at)));
    }
    for (attempt, record) in view.units.attempts.iter().enumerate() {
        let Some(arrival) = exact.echoes.get(&attempt) else { continue };
        let Some(mail) = owner.get(&view.units.arrivals[*arrival].first()) else { continue };
        if !std::mem::replace(&mut taken.attempts[attempt], true) {
            mails[*mail].attempts.push((*record, Link { key: LinkKey::MessageId, confidence: 0.99, runner_up: None }));
        }
    }
}

fn slot(view: &View<'_>, mail: &Mail) -> Slot {
    let last = mail.requests.last().copied().unwrap_or(u32::MAX);
    let Some(record) = view.store.records.get(last as usize) else {
        return Slot {
            status: None,
            requested: None,
            recipient: Part::default(),
            sender: Part::default(),
            host: String::new(),
            reply: String::new(),
            replied: false,
            state: SapState::Unknown,
        };
    };
    let facts = view.store.sap_of(record);
    Slot {
        status: view.at(last),
        requested: view.requested(last),
        recipient: view.texts.recipient(record),
        sender: view.texts.sender(record),
        host: facts.map_or_else(String::new, |f| view.store.text(f.host).to_lowercase()),
        reply: squeeze(view.store.text(record.reply)),
        replied: find_reply(view.store.text(record.reply)).is_some(),
        state: facts.map_or(SapState::Unknown, |f| f.state),
    }
}

/// Mails to one recipient that are all looked at; of more, the [`LOOK_AT`] on either side in time whose last try is open.
const FEW: usize = 64;
/// See [`FEW`].
const LOOK_AT: usize = 16;

/// Mails by recipient, of which some are cut.
struct Recipients<'a> {
    texts: &'a Texts<'a>,
    slots: &'a [Slot],
    by_text: BTreeMap<&'a str, Vec<usize>>,
    /// Those of [`Recipients::by_text`] whose last try is not found yet, by the time of their status.
    open: BTreeMap<&'a str, BTreeSet<(Millis, usize)>>,
    cuts: BTreeSet<usize>,
}

impl<'a> Recipients<'a> {
    fn new(texts: &'a Texts<'a>, slots: &'a [Slot]) -> Self {
        let mut by_text: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (at, slot) in slots.iter().enumerate().filter(|(_, slot)| slot.status.is_some()) {
            by_text.entry(texts.text(slot.recipient.text)).or_default().push(at);
        }
        let cuts = slots.iter().filter(|slot| slot.recipient.cut).map(|slot| texts.text(slot.recipient.text).len()).collect();
        let timed = |all: &Vec<usize>| all.iter().map(|at| (time(&slots[*at]), *at)).collect();
        let open = by_text.iter().filter(|(_, all)| all.len() > FEW).map(|(text, all)| (*text, timed(all))).collect();
        Self { texts, slots, by_text, open, cuts }
    }

    /// Mails to a recipient around a time, as far as they tell it.
    fn of(&self, recipient: Part, at: Millis) -> Vec<usize> {
        let text = self.texts.text(recipient.text);
        let heads = self.cuts.iter().filter_map(|len| text.get(..*len)).chain([text]);
        let mut found = BTreeSet::new();
        for head in heads {
            if let Some(open) = self.open.get(head) {
                let behind = open.range((at, 0)..).take(LOOK_AT);
                found.extend(open.range(..(at, 0)).rev().take(LOOK_AT).chain(behind).map(|(_, mail)| *mail));
            } else {
                found.extend(self.by_text.get(head).into_iter().flatten());
            }
        }
        found.into_iter().filter(|at| self.texts.same(self.slots[*at].recipient, recipient)).collect()
    }

    /// The last try of a mail is found.
    fn close(&mut self, mail: usize) {
        let slot = &self.slots[mail];
        if let Some(open) = self.open.get_mut(self.texts.text(slot.recipient.text)) {
            open.remove(&(time(slot), mail));
        }
    }
}

/// When SAP wrote the status of a mail.
fn time(slot: &Slot) -> Millis {
    slot.status.map_or(0, Span::middle)
}

fn by_recipient(view: &View<'_>, exact: &Exact, recipients: &mut Recipients<'_>, mails: &mut [Mail], taken: &mut Taken) {
    let mut ended: Vec<bool> = mails.iter().map(|mail| !mail.attempts.is_empty()).collect();
    for attempt in by_time(view, &view.units.attempts) {
        if taken.attempts[attempt] {
            continue;
        }
        let record = view.units.attempts[attempt];
        let (evidence, Some(at)) = (&view.store.records[record as usize], view.at(record)) else { continue };
        let near = recipients.of(view.texts.recipient(evidence), at.middle());
        let reply = squeeze(view.store.text(evidence.reply));
        let mut ranked: Vec<(Rank, usize)> =
            near.iter().filter_map(|mail| Some((rank(view, evidence, at, &reply, &recipients.slots[*mail])?, *mail))).collect();
        ranked.retain(|(rank, at)| !rank.last || !ended[*at]);
        ranked.sort_unstable();
        let Some((best, mail)) = ranked.first() else { continue };
        let rival = ranked.get(1).map(|(rank, _)| rank);
        let link = confidence(best, rival, ranked.get(1).and_then(|(_, at)| mails[*at].requests.last().copied()));
        taken.attempts[attempt] = true;
        ended[*mail] |= best.last;
        if best.last {
            recipients.close(*mail);
        }
        mails[*mail].attempts.push((record, link));
        own_arrival(view, exact, attempt, &mut mails[*mail], taken, link);
    }
}

/// A server took a mail that SAP says failed, and no mail that SAP says was sent wants this try: SAP never saw the
/// answer. Sending such a mail again makes two of it.
fn accepted_after_all(view: &View<'_>, exact: &Exact, recipients: &Recipients<'_>, mails: &mut [Mail], taken: &mut Taken) {
    for attempt in by_time(view, &view.units.attempts) {
        let record = view.units.attempts[attempt];
        let evidence = &view.store.records[record as usize];
        if taken.attempts[attempt] || evidence.kind != Kind::Accept {
            continue;
        }
        let (Some(at), sender) = (view.at(record), view.texts.sender(evidence)) else { continue };
        let fits = |mail: &usize| {
            let slot = &recipients.slots[*mail];
            let distance = slot.status?.distance(at);
            let open = mails[*mail].attempts.is_empty() && matches!(slot.state, SapState::Error | SapState::Retry);
            (open && distance <= NEAR && view.texts.agree(slot.sender, sender)).then_some((distance, *mail))
        };
        let mut near: Vec<(Millis, usize)> = recipients.of(view.texts.recipient(evidence), at.middle()).iter().filter_map(fits).collect();
        near.sort_unstable();
        let Some((_, mail)) = near.first().copied() else { continue };
        let runner_up = near.get(1).and_then(|(_, other)| mails[*other].requests.last().copied());
        let link = Link { key: LinkKey::Reply, confidence: if near.len() == 1 { 0.6 } else { 0.5 }, runner_up };
        taken.attempts[attempt] = true;
        mails[mail].attempts.push((record, link));
        own_arrival(view, exact, attempt, &mut mails[mail], taken, link);
    }
}

/// The arrival that an attempt's echo names goes with it.
fn own_arrival(view: &View<'_>, exact: &Exact, attempt: usize, mail: &mut Mail, taken: &mut Taken, link: Link) {
    let Some(arrival) = exact.echoes.get(&attempt).copied().filter(|arrival| !taken.arrivals[*arrival]) else { return };
    if mail.arrivals.is_empty() {
        taken.arrivals[arrival] = true;
        mail.arrivals.extend(view.units.arrivals[arrival].rows.iter().map(|row| (*row, link)));
    }
}

fn by_time(view: &View<'_>, records: &[u32]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..records.len()).collect();
    order.sort_by_key(|at| (view.at(records[*at]), records[*at]));
    order
}

/// How well an attempt fits a mail; less is better.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
struct Rank {
    other_reply: bool,
    distance: Millis,
    /// The try that SAP's status speaks of, in contrast to an earlier one.
    last: bool,
}

fn rank(view: &View<'_>, evidence: &Evidence, at: Span, reply: &str, slot: &Slot) -> Option<Rank> {
    let status = slot.status?;
    // At the door of a relay others are refused as well.
    let told = evidence.kind == Kind::Accept || evidence.hop == Hop::Relay;
    if told && !view.texts.agree(slot.sender, view.texts.sender(evidence)) {
        return None;
    }
    let distance = at.distance(status);
    let same_reply = compare::shared_prefix(reply, &slot.reply) >= SAME_REPLY.min(reply.chars().count().max(1));
    if evidence.kind == Kind::Accept {
        return (slot.state.handed_over() && distance <= NEAR).then_some(Rank { other_reply: false, distance, last: true });
    }
    // No answer was seen: SAP's status may speak of this try whatever its words.
    let fits = same_reply || (evidence.kind == Kind::Event && !slot.replied);
    if distance <= NEAR && fits && !slot.state.handed_over() {
        return Some(Rank { other_reply: false, distance, last: true });
    }
    let begun = slot.requested.map_or(status.from, |requested| requested.from);
    let earlier = at.to >= begun - MINUTE && at.from <= status.to + NEAR;
    let final_state = matches!(slot.state, SapState::Error | SapState::Retry);
    earlier.then_some(Rank { other_reply: true, distance, last: final_state && distance <= NEAR && slot.reply.is_empty() })
}

fn confidence(best: &Rank, rival: Option<&Rank>, runner_up: Option<u32>) -> Link {
    let close = rival.is_some_and(|rival| rival.other_reply == best.other_reply && rival.distance - best.distance < 30_000);
    let confidence = match (best.other_reply, close) {
        (false, false) => 0.95,
        (false, true) => 0.7,
        (true, false) => 0.75,
        (true, true) => 0.55,
    };
    Link { key: LinkKey::Reply, confidence, runner_up }
}

/// Runs without SAP's export start at the earliest hop that is given: at the SMTP dialogue, else at the relays, else one
/// mail per arrival.
fn start_from_attempts(view: &View<'_>, exact: &Exact, mails: &mut Vec<Mail>, taken: &mut Taken) {
    let own = Link { key: LinkKey::None, confidence: 1.0, runner_up: None };
    let tries = || view.units.attempts.iter().chain(&view.units.sessions);
    if tries().any(|record| view.store.records[*record as usize].hop == Hop::Icm) {
        start_from_dialogue(view, exact, mails, taken);
    } else {
        let refused = doors::mails(view).into_iter();
        mails.extend(refused.map(|tries| Mail { attempts: tries.into_iter().map(|record| (record, own)).collect(), ..Mail::default() }));
        relays::start(view, mails, taken);
    }
    if mails.is_empty() {
        // What is known around the mails, such as the headers of one, starts none.
        let around = |row: &u32| view.sources.get(view.store.records[*row as usize].source as usize).is_some_and(|source| source.context);
        let replaced = expansion::replaced(view);
        for (at, arrival) in view.units.arrivals.iter().enumerate().filter(|(_, arrival)| !arrival.rows.iter().all(around)) {
            taken.arrivals[at] = true;
            if replaced.contains(&at) {
                continue;
            }
            mails.push(Mail { arrivals: arrival.rows.iter().map(|row| (*row, own)).collect(), ..Mail::default() });
        }
    }
}

/// One mail per try in the SMTP dialogue, joined with the arrival its echo names, and one per session that failed before
/// a recipient was named.
fn start_from_dialogue(view: &View<'_>, exact: &Exact, mails: &mut Vec<Mail>, taken: &mut Taken) {
    let own = Link { key: LinkKey::None, confidence: 1.0, runner_up: None };
    for (attempt, record) in view.units.attempts.iter().enumerate() {
        let mut mail = Mail { attempts: vec![(*record, own)], ..Mail::default() };
        taken.attempts[attempt] = true;
        let link = Link { key: LinkKey::MessageId, confidence: 0.99, runner_up: None };
        own_arrival(view, exact, attempt, &mut mail, taken, link);
        mails.push(mail);
    }
    mails.extend(view.units.sessions.iter().map(|record| Mail { attempts: vec![(*record, own)], ..Mail::default() }));
}
