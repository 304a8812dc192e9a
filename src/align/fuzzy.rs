//! Requests and arrivals by recipient, subject, sender and time, one to one.

use super::View;
use super::assign;
use super::compare::{self, Part};
use super::model::{Link, LinkKey, Mail};
use super::units::Taken;
use crate::evidence::{Evidence, MINUTE, Millis, SapState, Span};
use crate::smtp::find_reply;
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// A mail arrives at Exchange within this of the status SAP writes for it.
const WINDOW: Millis = 5 * MINUTE;
/// For rows whose status says nothing about a hand-over.
const LOOSE_WINDOW: Millis = 10 * MINUTE;
/// Confidence of a link whose request tells its time in hours or days only.
const VAGUE: f32 = 0.8;
/// Confidence of a link that something else contests.
const CONTESTED: f32 = 0.5;

/// A request that looks for its arrival.
struct Seeker {
    mail: usize,
    at: Span,
    recipient: Part,
    subject: Part,
    sender: Part,
    /// SAP says that the mail was handed over.
    handed_over: bool,
}

/// Possible pairs of positions with their distance.
type Candidates = BTreeMap<(usize, usize), Millis>;

/// First all requests that SAP says were handed over; then those that may have been, whatever SAP says.
pub fn link_arrivals(view: &View<'_>, mails: &mut [Mail], taken: &mut Taken) {
    let (sure, doubtful) = seekers(view, mails);
    for seekers in [sure, doubtful] {
        let candidates = pairs(view, &seekers, taken);
        for group in groups(&candidates) {
            let settled = settle(view, &seekers, &group, &candidates);
            let paired: BTreeSet<usize> = settled.iter().map(|(seeker, _)| *seeker).collect();
            let losers = || group.iter().filter(|(seeker, _)| !paired.contains(seeker));
            let contested: BTreeSet<usize> = losers().map(|(_, arrival)| *arrival).collect();
            for (seeker, arrival) in settled {
                let link = judge(view, &seekers[seeker], (seeker, arrival), &candidates, contested.contains(&arrival), group.len() > 1);
                taken.arrivals[arrival] = true;
                let rows = view.units.arrivals[arrival].rows.iter();
                mails[seekers[seeker].mail].arrivals.extend(rows.map(|row| (*row, link)));
            }
            for (seeker, arrival) in losers() {
                mails[seekers[*seeker].mail].contested = Some(view.units.arrivals[*arrival].first());
            }
        }
    }
}

/// Requests without an arrival: those handed over, and those whose end a server has not decided for good.
fn seekers(view: &View<'_>, mails: &[Mail]) -> (Vec<Seeker>, Vec<Seeker>) {
    let (mut sure, mut doubtful) = (Vec::new(), Vec::new());
    for (mail, own) in mails.iter().enumerate().filter(|(_, m)| m.arrivals.is_empty()) {
        let Some(last) = own.requests.last().copied() else { continue };
        let record = &view.store.records[last as usize];
        let (Some(status), Some(facts)) = (view.at(last), view.store.sap_of(record)) else { continue };
        let handed_over = facts.state.handed_over();
        let at = if handed_over { status } else { view.requested(last).map_or(status, |from| from.join(status)) };
        let recipient = compare::recipient(view.store, record);
        if recipient.text.is_empty() {
            continue;
        }
        let seeker = Seeker {
            mail,
            at,
            recipient,
            subject: compare::subject(view.store, record),
            sender: compare::sender(view.store, record),
            handed_over,
        };
        if handed_over {
            sure.push(seeker);
        } else if !refused_for_good(view, record) && facts.state != SapState::Future {
            doubtful.push(seeker);
        }
    }
    (sure, doubtful)
}

/// A 5xx ends a mail; after a 4xx or a lost connection it may have arrived all the same.
fn refused_for_good(view: &View<'_>, record: &Evidence) -> bool {
    find_reply(view.store.text(record.reply))
        .is_some_and(|reply| reply.code.map_or(reply.enhanced.is_some_and(|enhanced| enhanced.class == 5), |code| code >= 500))
}

/// Everything that can be a pair.
fn pairs(view: &View<'_>, seekers: &[Seeker], taken: &Taken) -> Candidates {
    let mut by_recipient: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (at, arrival) in view.units.arrivals.iter().enumerate().filter(|(at, _)| !taken.arrivals[*at]) {
        by_recipient.entry(&arrival.recipient.text).or_default().push(at);
    }
    let senders: HashSet<&str> = view.units.arrivals.iter().map(|arrival| arrival.sender.text.as_str()).collect();
    let window = window(view);
    let mut out = Candidates::new();
    for (at, seeker) in seekers.iter().enumerate() {
        let wanted = seeker.recipient.text.as_str();
        // A sender that the trace knows must be the same; one it does not know may have been rewritten on the way.
        let known = !seeker.sender.cut && senders.contains(seeker.sender.text.as_str());
        let found = by_recipient.range(wanted..).take_while(|(text, _)| text.starts_with(wanted));
        for arrival in found.filter(|(text, _)| seeker.recipient.cut || **text == wanted).flat_map(|(_, all)| all) {
            let unit = &view.units.arrivals[*arrival];
            let Some(arrived) = view.at(unit.first()) else { continue };
            let distance = seeker.at.distance(arrived);
            let wide = seeker.at.to - seeker.at.from > MINUTE;
            let near = distance <= if wide { LOOSE_WINDOW } else { window };
            if near && seeker.subject.agrees(&unit.subject) && (!known || seeker.sender.agrees(&unit.sender)) {
                out.insert((at, *arrival), distance);
            }
        }
    }
    out
}

fn window(view: &View<'_>) -> Millis {
    let spread = view.clocks.iter().map(|clock| clock.spread_ms).max().unwrap_or(0);
    WINDOW.max((3 * spread).min(LOOSE_WINDOW))
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

/// Assigns one group. Both sides are in order of time; what the files say, never their order, breaks ties.
fn settle(view: &View<'_>, seekers: &[Seeker], group: &[(usize, usize)], candidates: &Candidates) -> Vec<(usize, usize)> {
    if let [only] = group {
        return vec![*only];
    }
    let mut left: Vec<usize> = group.iter().map(|(seeker, _)| *seeker).collect::<BTreeSet<_>>().into_iter().collect();
    let mut right: Vec<usize> = group.iter().map(|(_, arrival)| *arrival).collect::<BTreeSet<_>>().into_iter().collect();
    left.sort_by_key(|at| {
        let seeker = &seekers[*at];
        (seeker.at.middle(), seeker.at.from, &seeker.sender.text, &seeker.subject.text, &seeker.recipient.text, *at)
    });
    right.sort_by_key(|at| {
        let arrival = &view.units.arrivals[*at];
        (view.at(arrival.first()).map(Span::middle), &arrival.message_id, &arrival.sender.text, &arrival.subject.text, *at)
    });
    let cost = |a: usize, b: usize| candidates.get(&(left[a], right[b])).copied();
    assign::monotone(left.len(), right.len(), &cost).into_iter().map(|(a, b)| (left[a], right[b])).collect()
}

/// How sure a pair is: what was cut or missing, how far apart, and who else could be meant. `contested` when a request
/// that goes without an arrival could have had this one, `crowded` when the pair had to be chosen among several.
fn judge(
    view: &View<'_>,
    seeker: &Seeker,
    (own, arrival): (usize, usize),
    candidates: &Candidates,
    contested: bool,
    crowded: bool,
) -> Link {
    let unit = &view.units.arrivals[arrival];
    let distance = candidates.get(&(own, arrival)).copied().unwrap_or(0);
    let rivals = candidates.range((own, 0)..=(own, usize::MAX)).filter(|((_, other), _)| *other != arrival);
    let rival = rivals.map(|((_, other), distance)| (*distance, *other)).min();
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
    if !seeker.handed_over {
        confidence = confidence.min(if crowded { CONTESTED } else { 0.6 });
    }
    if seeker.at.to - seeker.at.from > MINUTE {
        confidence = confidence.min(VAGUE);
    }
    if contested || !seeker.sender.agrees(&unit.sender) {
        confidence = confidence.min(CONTESTED);
    }
    let runner_up = rival.map(|(_, other)| view.units.arrivals[other].first());
    Link { key: LinkKey::Fuzzy, confidence, runner_up }
}
