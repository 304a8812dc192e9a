//! Requests and arrivals by recipient, subject and time, one to one.

use super::View;
use super::assign;
use super::compare::{self, Part};
use super::model::{Link, LinkKey, Mail};
use super::units::Taken;
use crate::evidence::{MINUTE, Millis, SapState, Span};
use crate::smtp::find_reply;
use std::collections::{BTreeMap, BTreeSet};

/// A mail arrives at Exchange within this of the status SAP writes for it.
const WINDOW: Millis = 5 * MINUTE;
/// For rows whose status says nothing about a hand-over.
const LOOSE_WINDOW: Millis = 10 * MINUTE;

/// A request that looks for its arrival.
struct Seeker {
    mail: usize,
    at: Span,
    recipient: Part,
    subject: Part,
}

/// Possible pairs of positions with their distance.
type Candidates = BTreeMap<(usize, usize), Millis>;

/// First all requests that SAP says were handed over; then, where nothing competes, those whose state may be stale.
pub fn link_arrivals(view: &View<'_>, mails: &mut [Mail], taken: &mut Taken) {
    let (sure, doubtful) = seekers(view, mails);
    let candidates = pairs(view, &sure, taken);
    for group in groups(&candidates) {
        for (seeker, arrival) in settle(view, &sure, &group, &candidates) {
            let link = judge(view, &sure[seeker], (seeker, arrival), &candidates);
            take(view, mails, taken, sure[seeker].mail, arrival, link);
        }
    }
    let candidates = pairs(view, &doubtful, taken);
    for group in groups(&candidates).iter().filter(|group| group.len() == 1) {
        let (seeker, arrival) = group[0];
        let link = Link { key: LinkKey::Fuzzy, confidence: 0.6, runner_up: None };
        take(view, mails, taken, doubtful[seeker].mail, arrival, link);
    }
}

fn take(view: &View<'_>, mails: &mut [Mail], taken: &mut Taken, mail: usize, arrival: usize, link: Link) {
    taken.arrivals[arrival] = true;
    mails[mail].arrivals.extend(view.units.arrivals[arrival].rows.iter().map(|row| (*row, link)));
}

/// Requests without an arrival: those handed over, and those whose end a server has not decided.
fn seekers(view: &View<'_>, mails: &[Mail]) -> (Vec<Seeker>, Vec<Seeker>) {
    let (mut sure, mut doubtful) = (Vec::new(), Vec::new());
    for (mail, own) in mails.iter().enumerate().filter(|(_, m)| m.arrivals.is_empty()) {
        let Some(last) = own.requests.last().copied() else { continue };
        let record = &view.store.records[last as usize];
        let (Some(status), Some(facts)) = (view.at(last), view.store.sap_of(record)) else { continue };
        let at = if facts.state.handed_over() { status } else { view.requested(last).map_or(status, |from| from.join(status)) };
        let recipient = compare::recipient(view.store, record);
        let seeker = Seeker { mail, at, recipient, subject: compare::subject(view.store, record) };
        let refused = find_reply(view.store.text(record.reply)).is_some_and(|reply| reply.code.is_some_and(|code| code >= 400));
        if seeker.recipient.text.is_empty() {
            continue;
        }
        if facts.state.handed_over() {
            sure.push(seeker);
        } else if !refused && facts.state != SapState::Retry {
            doubtful.push(seeker);
        }
    }
    (sure, doubtful)
}

/// Everything that can be a pair.
fn pairs(view: &View<'_>, seekers: &[Seeker], taken: &Taken) -> Candidates {
    let mut by_recipient: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (at, arrival) in view.units.arrivals.iter().enumerate().filter(|(at, _)| !taken.arrivals[*at]) {
        by_recipient.entry(&arrival.recipient.text).or_default().push(at);
    }
    let mut out = Candidates::new();
    for (at, seeker) in seekers.iter().enumerate() {
        let wanted = seeker.recipient.text.as_str();
        let found = by_recipient.range(wanted..).take_while(|(known, _)| known.starts_with(wanted));
        for arrival in found.filter(|(known, _)| seeker.recipient.cut || **known == wanted).flat_map(|(_, all)| all) {
            let unit = &view.units.arrivals[*arrival];
            let Some(arrived) = view.at(unit.first()) else { continue };
            let distance = seeker.at.distance(arrived);
            if distance <= window(view, seeker) && seeker.subject.agrees(&unit.subject) {
                out.insert((at, *arrival), distance);
            }
        }
    }
    out
}

fn window(view: &View<'_>, seeker: &Seeker) -> Millis {
    let wide = seeker.at.to - seeker.at.from > MINUTE;
    let spread = view.clocks.iter().map(|clock| clock.spread_ms).max().unwrap_or(0);
    (if wide { LOOSE_WINDOW } else { WINDOW }).max((3 * spread).min(LOOSE_WINDOW))
}

/// Candidates that compete with each other, directly or through others.
fn groups(candidates: &Candidates) -> Vec<Vec<(usize, usize)>> {
    let mut parent: BTreeMap<(bool, usize), (bool, usize)> = BTreeMap::new();
    for (seeker, arrival) in candidates.keys() {
        let (a, b) = (root(&mut parent, (false, *seeker)), root(&mut parent, (true, *arrival)));
        if a != b {
            parent.insert(a.max(b), a.min(b));
        }
    }
    let mut out: BTreeMap<(bool, usize), Vec<(usize, usize)>> = BTreeMap::new();
    for pair in candidates.keys() {
        let root = root(&mut parent, (false, pair.0));
        out.entry(root).or_default().push(*pair);
    }
    out.into_values().collect()
}

fn root(parent: &mut BTreeMap<(bool, usize), (bool, usize)>, node: (bool, usize)) -> (bool, usize) {
    let mut top = node;
    while let Some(next) = parent.get(&top).copied().filter(|next| *next != top) {
        top = next;
    }
    parent.insert(node, top);
    top
}

/// Assigns one group.
fn settle(view: &View<'_>, seekers: &[Seeker], group: &[(usize, usize)], candidates: &Candidates) -> Vec<(usize, usize)> {
    if let [only] = group {
        return vec![*only];
    }
    let by_time = |at: Option<Span>, index: usize| (at.map(|span| (span.middle(), span.from)), index);
    let mut left: Vec<usize> = group.iter().map(|(seeker, _)| *seeker).collect::<BTreeSet<_>>().into_iter().collect();
    let mut right: Vec<usize> = group.iter().map(|(_, arrival)| *arrival).collect::<BTreeSet<_>>().into_iter().collect();
    left.sort_by_key(|seeker| by_time(Some(seekers[*seeker].at), *seeker));
    right.sort_by_key(|arrival| by_time(view.at(view.units.arrivals[*arrival].first()), *arrival));
    let cost = |a: usize, b: usize| candidates.get(&(left[a], right[b])).copied();
    assign::monotone(left.len(), right.len(), &cost).into_iter().map(|(a, b)| (left[a], right[b])).collect()
}

/// How sure a pair is: what was cut or missing, how far apart, and how near the runner-up comes.
fn judge(view: &View<'_>, seeker: &Seeker, (own, arrival): (usize, usize), candidates: &Candidates) -> Link {
    let distance = candidates.get(&(own, arrival)).copied().unwrap_or(0);
    let rivals = candidates.range((own, 0)..=(own, usize::MAX)).filter(|((_, other), _)| *other != arrival);
    let rival = rivals.map(|((_, other), distance)| (*distance, *other)).min();
    let unit = &view.units.arrivals[arrival];
    let mut confidence: f32 = if distance <= MINUTE { 0.97 } else { 0.9 };
    if seeker.recipient.cut {
        confidence -= 0.05;
    }
    if seeker.subject.cut || unit.subject.cut {
        confidence -= 0.02;
    }
    if seeker.subject.text.is_empty() || unit.subject.text.is_empty() {
        confidence -= 0.2;
    }
    if let Some((other, _)) = rival {
        confidence = confidence.min(if other - distance > 2 * MINUTE { 0.85 } else { 0.65 });
    }
    let runner_up = rival.map(|(_, other)| view.units.arrivals[other].first());
    Link { key: LinkKey::Fuzzy, confidence, runner_up }
}
