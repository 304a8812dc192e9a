//! Requests and arrivals by recipient, subject, sender and time, one to one.

use super::View;
use super::assign;
use super::blocks::{Blocks, Goal, Heads, groups};
use super::clock::Clock;
use super::compare::{Part, Texts};
use super::doors::Doors;
use super::model::{Link, LinkKey, Mail};
use super::units::{Arrival, Taken};
use crate::evidence::{Evidence, MINUTE, Millis, SapState, Span, Sym};
use crate::smtp::find_reply;
use foldhash::fast::FixedState;
use std::collections::HashSet;
use std::ops::Range;

/// A mail arrives at Exchange within this of the status SAP writes for it.
const WINDOW: Millis = 5 * MINUTE;
/// For rows whose status says nothing about a hand-over.
const LOOSE_WINDOW: Millis = 10 * MINUTE;
/// Confidence of a link whose request tells its time in hours or days only.
const VAGUE: f32 = 0.8;
/// Confidence of a link that something else contests.
const CONTESTED: f32 = 0.5;
/// Below this a link is not made: the arrival is shown as one that may be meant.
const LEAST: f32 = 0.5;
/// Arrivals that are looked at on either side of a request in a large group.
const LOOK_AT: usize = 16;

/// A request that looks for its arrival.
struct Seeker {
    mail: usize,
    at: Span,
    recipient: Part,
    subject: Part,
    sender: Part,
    /// SAP says that the mail was handed over.
    handed_over: bool,
    /// The usual way from SAP's status to the arrival, as far as the clock of its source does not hold it.
    lag: Millis,
    /// SAP key, empty where the export has none.
    key: Sym,
}

impl Seeker {
    /// What SAP says decides the order of requests of one time.
    fn rank<'a>(&self, texts: &Texts<'a>) -> ([&'a str; 4], usize) {
        ([self.sender.text, self.subject.text, self.recipient.text, self.key].map(|sym| texts.text(sym)), self.mail)
    }

    fn time(&self) -> (Millis, Millis) {
        (self.at.middle(), self.at.from)
    }
}

/// First all requests that SAP says were handed over; then those that may have been, whatever SAP says.
pub fn link_arrivals(view: &View<'_>, mails: &mut [Mail], taken: &mut Taken) {
    link(view, &view.units.arrivals, &mut taken.arrivals, mails, |mail| &mail.arrivals, |mail| &mut mail.arrivals);
}

/// The same in the logs of relays, which seldom know a subject.
pub fn link_relays(view: &View<'_>, mails: &mut [Mail], taken: &mut Taken) {
    link(view, &view.units.relays, &mut taken.relays, mails, |mail| &mail.relays, |mail| &mut mail.relays);
}

/// Where a mail keeps what it gets.
type Slot = fn(&Mail) -> &Vec<(u32, Link)>;

fn link(
    view: &View<'_>,
    units: &[Arrival],
    taken: &mut [bool],
    mails: &mut [Mail],
    slot: Slot,
    put: fn(&mut Mail) -> &mut Vec<(u32, Link)>,
) {
    let (sure, doubtful) = seekers(view, mails, slot);
    for mut seekers in [sure, doubtful].into_iter().filter(|seekers| !seekers.is_empty()) {
        // By time, and by what the files say: their order decides nothing.
        seekers.sort_by(|a, b| a.time().cmp(&b.time()).then_with(|| a.rank(view.texts).cmp(&b.rank(view.texts))));
        let found = Search::new(view, units, &seekers, taken).links();
        for (seeker, outcome) in seekers.iter().zip(found) {
            let mail = &mut mails[seeker.mail];
            match outcome {
                Outcome::Linked(at, link) => {
                    taken[at] = true;
                    put(mail).extend(units[at].rows.iter().map(|row| (*row, link)));
                }
                Outcome::Open(at) => mail.contested = Some(units[at].first()),
                Outcome::Nothing => {}
            }
        }
    }
}

/// Requests without an arrival: those handed over, and those whose end a server has not decided for good.
fn seekers(view: &View<'_>, mails: &[Mail], slot: Slot) -> (Vec<Seeker>, Vec<Seeker>) {
    let (mut sure, mut doubtful) = (Vec::new(), Vec::new());
    // A relay that names the Message-ID would have found the arrival by it.
    let named = |row: &u32| view.store.records.get(*row as usize).is_some_and(|record| !record.message_id.is_empty());
    let open = |mail: &Mail| slot(mail).is_empty() && mail.arrivals.is_empty() && !mail.relays.iter().any(|(row, _)| named(row));
    let doors = Doors::of(view);
    for (mail, own) in mails.iter().enumerate().filter(|(_, mail)| open(mail)) {
        let Some(last) = own.requests.last().copied() else { continue };
        let record = &view.store.records[last as usize];
        let (Some(status), Some(facts)) = (view.at(last), view.store.sap_of(record)) else { continue };
        let handed_over = facts.state.handed_over();
        let at = if handed_over { status } else { view.requested(last).map_or(status, |from| from.join(status)) };
        let recipient = view.texts.recipient(record);
        if recipient.is_empty() {
            continue;
        }
        let seeker = Seeker {
            mail,
            at,
            recipient,
            subject: view.texts.subject(record),
            sender: view.texts.sender(record),
            handed_over,
            lag: view.clocks.get(record.source as usize).map_or(0, Clock::lag),
            key: view.units.requests.get(mail).map_or(Sym::EMPTY, |request| request.key),
        };
        if handed_over {
            sure.push(seeker);
        } else if !refused_for_good(view, record) && !doors.explain(view, last) && facts.state != SapState::Future {
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

/// What became of a request.
#[derive(Clone, Copy)]
enum Outcome {
    /// It got an arrival.
    Linked(usize, Link),
    /// It may have had this one.
    Open(usize),
    Nothing,
}

/// One pass over requests, by time, and the arrivals that are left.
struct Search<'a> {
    texts: &'a Texts<'a>,
    units: &'a [Arrival],
    /// The log tells subjects.
    titled: bool,
    seekers: &'a [Seeker],
    blocks: Blocks<'a>,
    /// Whether the log knows the sender of each request by the same address.
    known: Vec<bool>,
    /// Distance within which two records can be of one mail.
    window: Millis,
}

impl<'a> Search<'a> {
    fn new(view: &View<'a>, units: &'a [Arrival], seekers: &'a [Seeker], taken: &[bool]) -> Self {
        let own = addresses(view, units, seekers);
        let foreign = |row: u32| {
            let facts = view.store.records.get(row as usize).and_then(|record| view.store.trace_of(record));
            facts.is_some_and(|facts| !facts.client_ip.is_empty() && !own.is_empty() && !own.contains(&facts.client_ip))
        };
        let left = units.iter().enumerate().filter(|(at, arrival)| !taken[*at] && !foreign(arrival.first()));
        let goal = |(arrival, unit): (usize, &Arrival)| {
            Some(Goal { arrival, at: view.at(unit.first())?, recipient: unit.recipient, subject: unit.subject })
        };
        let senders: HashSet<Sym, FixedState> = units.iter().map(|arrival| arrival.sender.text).collect();
        let spread = view.clocks.iter().map(|clock| clock.spread_ms).max().unwrap_or(0);
        Self {
            texts: view.texts,
            units,
            titled: units.iter().any(|unit| !unit.subject.is_empty()),
            seekers,
            blocks: Blocks::new(
                view.texts,
                left.filter_map(goal).collect(),
                Heads::of(view.texts, seekers.iter().map(|seeker| (seeker.recipient, seeker.subject))),
            ),
            known: seekers.iter().map(|seeker| !seeker.sender.cut && senders.contains(&seeker.sender.text)).collect(),
            window: WINDOW.max((3 * spread).min(LOOSE_WINDOW)),
        }
    }

    /// The outcome of each request.
    fn links(&self) -> Vec<Outcome> {
        let windows: Vec<Vec<Range<usize>>> = self
            .seekers
            .iter()
            .map(|seeker| self.blocks.windows(seeker.recipient, seeker.subject, seeker.at, self.reach(seeker)))
            .collect();
        let mut out = vec![Outcome::Nothing; self.seekers.len()];
        for (seekers, mut places) in groups(&windows, self.blocks.order.len()) {
            places.sort_by(|a, b| self.time(*a).cmp(&self.time(*b)).then_with(|| self.rank(*a).cmp(&self.rank(*b))));
            Group { search: self, seekers, places }.settle(&mut out);
        }
        out
    }

    fn arrival(&self, place: usize) -> &Arrival {
        &self.units[self.blocks.order[place].arrival]
    }

    fn time(&self, place: usize) -> Millis {
        self.blocks.order[place].at.middle()
    }

    /// What the trace says decides the order of arrivals of one time.
    fn rank(&self, place: usize) -> ([&str; 4], usize) {
        let unit = self.arrival(place);
        let [message_id, sender, subject] = [unit.message_id, unit.sender.text, unit.subject.text].map(|sym| self.texts.text(sym));
        ([message_id, sender, subject, self.id(unit)], self.blocks.order[place].arrival)
    }

    /// What its log calls an arrival, for those that nothing else tells apart.
    fn id(&self, unit: &Arrival) -> &'a str {
        let Some(record) = self.texts.store.records.get(unit.first() as usize) else { return "" };
        let trace = self.texts.store.trace_of(record).map(|facts| facts.network_message_id);
        let id = trace.or_else(|| self.texts.store.relay_of(record).map(|facts| facts.queue_id));
        id.map_or("", |id| self.texts.text(id))
    }

    fn reach(&self, seeker: &Seeker) -> Millis {
        if seeker.at.to - seeker.at.from > MINUTE { LOOSE_WINDOW } else { self.window }
    }

    /// How far apart in time a request and an arrival are that can be of one mail, the usual way of a mail aside.
    fn distance(&self, seeker: usize, place: usize) -> Option<Millis> {
        let (known, seeker) = (self.known[seeker], &self.seekers[seeker]);
        let (goal, unit) = (&self.blocks.order[place], self.arrival(place));
        if seeker.at.distance(goal.at) > self.reach(seeker) {
            return None;
        }
        // A sender that the trace knows must be the same; one it does not know may have been rewritten on the way.
        let agree = |one, other| self.texts.agree(one, other);
        let fits = agree(seeker.recipient, unit.recipient) && agree(seeker.subject, unit.subject);
        (fits && (!known || agree(seeker.sender, unit.sender))).then(|| seeker.at.shifted(seeker.lag).distance(goal.at))
    }
}

/// Addresses from which mail of SAP's senders comes, where the trace knows both.
fn addresses(view: &View<'_>, units: &[Arrival], seekers: &[Seeker]) -> HashSet<Sym, FixedState> {
    let senders: HashSet<Sym, FixedState> = seekers.iter().map(|seeker| seeker.sender.text).filter(|sender| !sender.is_empty()).collect();
    let own = units.iter().filter(|arrival| senders.contains(&arrival.sender.text));
    let rows = own.filter_map(|arrival| view.store.trace_of(view.store.records.get(arrival.first() as usize)?));
    rows.map(|facts| facts.client_ip).filter(|address| !address.is_empty()).collect()
}

/// Requests and arrivals that compete with each other, both by time.
struct Group<'a> {
    search: &'a Search<'a>,
    seekers: Vec<usize>,
    places: Vec<usize>,
}

impl Group<'_> {
    fn distance(&self, a: usize, b: usize) -> Option<Millis> {
        self.search.distance(self.seekers[a], self.places[b])
    }

    fn settle(&self, out: &mut [Outcome]) {
        let (left, right) = (self.seekers.len(), self.places.len());
        let pairs = assign::pairs(left, right, self.alike(), &|a, b| self.distance(a, b));
        let mut partner: Vec<Option<usize>> = vec![None; left];
        for (a, b) in &pairs {
            partner[*a] = Some(*b);
        }
        // Who goes without might have had any of the arrivals near to it.
        let mut contested = vec![false; right];
        for a in (0..left).filter(|a| partner[*a].is_none()) {
            let near: Vec<usize> = self.near(a).into_iter().filter(|b| self.distance(a, *b).is_some()).collect();
            for b in &near {
                contested[*b] = true;
            }
            if let Some(b) = near.first() {
                out[self.seekers[a]] = Outcome::Open(self.search.blocks.order[self.places[*b]].arrival);
            }
        }
        for (a, b) in pairs {
            let link = self.judge(a, b, contested[b]);
            let arrival = self.search.blocks.order[self.places[b]].arrival;
            out[self.seekers[a]] = if link.confidence < LEAST { Outcome::Open(arrival) } else { Outcome::Linked(arrival, link) };
        }
    }

    /// Whether all requests look the same, and all arrivals.
    fn alike(&self) -> bool {
        let seeker = |at: &usize| {
            let seeker = &self.search.seekers[*at];
            (seeker.recipient, seeker.subject, seeker.sender)
        };
        let arrival = |place: &usize| {
            let unit = self.search.arrival(*place);
            (unit.recipient, unit.subject, unit.sender)
        };
        self.seekers.windows(2).all(|two| seeker(&two[0]) == seeker(&two[1]))
            && self.places.windows(2).all(|two| arrival(&two[0]) == arrival(&two[1]))
    }

    /// Arrivals of the group that are worth a look beside a request, the nearest first: all of a small group.
    fn near(&self, a: usize) -> Vec<usize> {
        let seeker = &self.search.seekers[self.seekers[a]];
        let at = seeker.at.middle() + seeker.lag;
        let time = |b: &usize| self.search.blocks.order[self.places[*b]].at.middle();
        let all = if self.seekers.len().saturating_mul(self.places.len()) <= assign::CELLS {
            0..self.places.len()
        } else {
            let here = self.places.partition_point(|place| self.search.blocks.order[*place].at.middle() < at);
            here.saturating_sub(LOOK_AT)..(here + LOOK_AT).min(self.places.len())
        };
        let mut out: Vec<usize> = all.collect();
        out.sort_by_key(|b| ((time(b) - at).abs(), *b));
        out
    }

    /// How sure a pair is: what was cut or missing, how far apart, and who else could be meant. `contested` when a
    /// request that goes without an arrival could have had this one.
    fn judge(&self, a: usize, b: usize, contested: bool) -> Link {
        let (seeker, unit) = (&self.search.seekers[self.seekers[a]], self.search.arrival(self.places[b]));
        let distance = self.distance(a, b).unwrap_or(0);
        let rival = if self.places.len() == 1 {
            None
        } else {
            let rivals = self.near(a).into_iter().filter(|other| *other != b);
            rivals.filter_map(|other| Some((self.distance(a, other)?, other))).min()
        };
        let mut confidence: f32 = if distance <= MINUTE { 0.97 } else { 0.9 };
        if seeker.recipient.cut {
            confidence -= 0.05;
        }
        if seeker.subject.cut || unit.subject.cut {
            confidence -= 0.02;
        }
        let mut at_most = |limit: f32| confidence = confidence.min(limit);
        if let Some((other, place)) = rival {
            at_most(self.margin(distance, other, unit, place));
        }
        if !seeker.handed_over {
            at_most(if self.seekers.len() * self.places.len() > 1 { CONTESTED } else { 0.6 });
        }
        if seeker.at.to - seeker.at.from > MINUTE {
            at_most(VAGUE);
        }
        if contested || !self.search.texts.agree(seeker.sender, unit.sender) {
            at_most(CONTESTED);
        }
        if !self.search.titled {
            confidence -= 0.1;
        } else if seeker.subject.is_empty() || unit.subject.is_empty() {
            confidence -= 0.2;
        }
        let runner_up = rival.map(|(_, other)| self.search.arrival(self.places[other]).first());
        Link { key: LinkKey::Fuzzy, confidence, runner_up }
    }

    /// What the next best leaves of the confidence: a twin can be taken for the other as long as one of them is as near.
    fn margin(&self, distance: Millis, other: Millis, unit: &Arrival, place: usize) -> f32 {
        let twin = self.search.arrival(self.places[place]);
        let same = twin.recipient == unit.recipient && twin.subject == unit.subject;
        match other - distance {
            margin if margin > 2 * MINUTE => 0.85,
            _ if same => 0.65,
            _ => 0.75,
        }
    }
}
