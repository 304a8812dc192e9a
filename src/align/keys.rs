//! Exact keys: Message-ID echoed in a reply, Message-ID built from the SAP key (after the self-test).

use super::compare::{self, Part};
use super::model::{KeyTest, Link, LinkKey, Mail};
use super::units::{Arrival, Taken, Units};
use super::{Map, View};
use crate::evidence::{Kind, Store};
use std::borrow::Cow;

/// What exact keys say, before anything is known about clocks.
#[derive(Debug, Default)]
pub struct Exact {
    /// Self-test.
    pub test: KeyTest,
    /// Arrival of each request, by index; empty unless the self-test passed.
    pub arrivals: Map<usize, usize>,
    /// Accepted attempt of each request, by index; empty unless the self-test passed.
    pub attempts: Map<usize, usize>,
    /// Mail in a relay of each request, by index; empty unless the self-test passed.
    pub relays: Map<usize, usize>,
    /// Arrival of each attempt, by index, through the echoed Message-ID.
    pub echoes: Map<usize, usize>,
}

/// Mails by what names them, of each name in order of their recipients: one mail may go to thousands.
struct Recipients<'a> {
    by_name: Map<Cow<'a, str>, (usize, Vec<usize>)>,
    recipients: Vec<Cow<'a, Part>>,
}

impl<'a> Recipients<'a> {
    fn of(all: impl Iterator<Item = (Cow<'a, str>, Cow<'a, Part>)>) -> Self {
        let mut out = Self { by_name: Map::default(), recipients: Vec::new() };
        for (at, (name, recipient)) in all.enumerate() {
            out.recipients.push(recipient);
            if !name.is_empty() {
                out.by_name.entry(name).and_modify(|(_, more)| more.push(at)).or_insert((at, Vec::new()));
            }
        }
        for (first, more) in out.by_name.values_mut().filter(|(_, more)| !more.is_empty()) {
            more.push(*first);
            more.sort_by(|a, b| out.recipients[*a].text.cmp(&out.recipients[*b].text).then(a.cmp(b)));
        }
        out
    }

    fn has(&self, name: &str) -> bool {
        self.by_name.contains_key(name)
    }

    /// The mail to a recipient, of several the first that is `meant`; where one of the two recipients is cut or unknown,
    /// the first that it can be.
    fn find(&self, name: &str, wanted: &Part, meant: &dyn Fn(usize) -> bool) -> Option<usize> {
        let (first, more) = self.by_name.get(name)?;
        let all = if more.is_empty() { std::slice::from_ref(first) } else { more.as_slice() };
        let recipient = |at: &usize| self.recipients[*at].as_ref();
        let place = all.partition_point(|at| recipient(at).text < wanted.text);
        let same = || all[place..].iter().take_while(|at| recipient(at).text == wanted.text && !wanted.text.is_empty());
        let vague = |part: &Part| part.cut || part.text.is_empty();
        let maybe = || all.iter().filter(|at| (vague(wanted) || vague(recipient(at))) && recipient(at).agrees(wanted));
        let best = same().find(|at| meant(**at)).or_else(|| same().next());
        best.or_else(|| maybe().find(|at| meant(**at))).or_else(|| maybe().min()).copied()
    }
}

/// Finds all exact pairs.
pub fn exact(store: &Store, units: &Units) -> Exact {
    let by_id = Recipients::of(units.arrivals.iter().map(|a| (Cow::from(&a.message_id), Cow::Borrowed(&a.recipient))));
    let mut out = Exact { echoes: echoes(store, units, &by_id), ..Exact::default() };
    let tried = units.attempts.iter().map(|record| {
        let record = &store.records[*record as usize];
        (Cow::from(compare::local_part(store.text(record.message_id))), Cow::Owned(compare::recipient(store, record)))
    });
    let all = [by_local(&units.arrivals), Recipients::of(tried), by_local(&units.relays)];
    self_test(store, units, &all, &mut out);
    out
}

/// Mails by what the SAP key is compared with.
fn by_local(all: &[Arrival]) -> Recipients<'_> {
    Recipients::of(all.iter().map(|unit| (Cow::from(compare::local_part(&unit.message_id)), Cow::Borrowed(&unit.recipient))))
}

fn echoes(store: &Store, units: &Units, by_id: &Recipients<'_>) -> Map<usize, usize> {
    let mut out = Map::default();
    for (at, record) in units.attempts.iter().enumerate() {
        let record = &store.records[*record as usize];
        let (id, recipient) = (compare::message_id(store.text(record.message_id)), compare::recipient(store, record));
        let found = by_id.find(&id, &recipient, &|_| true).filter(|arrival| units.arrivals[*arrival].recipient.same(&recipient));
        out.extend(found.map(|arrival| (at, arrival)));
    }
    out
}

/// Looks every request's key up among the Message-IDs; keys are relied on with three hits, or half of the requests
/// that were handed over, and hardly any with another recipient (sost.md section 4 has seen one real mail only).
fn self_test(store: &Store, units: &Units, [arrivals, attempts, relays]: &[Recipients<'_>; 3], out: &mut Exact) {
    let mut test = KeyTest::default();
    for (at, request) in units.requests.iter().enumerate().filter(|(_, r)| !r.key.is_empty()) {
        let record = &store.records[request.last() as usize];
        test.tried += usize::from(store.sap_of(record).is_some_and(|facts| facts.state.handed_over()));
        let wanted = compare::recipient(store, record);
        let subject = compare::subject(store, record);
        let of = |units: &[Arrival], at: usize| units.get(at).is_some_and(|unit| unit.subject.agrees(&subject));
        let hit = arrivals.find(&request.key, &wanted, &|at| of(&units.arrivals, at));
        let tried = attempts.find(&request.key, &wanted, &|_| true);
        let relayed = relays.find(&request.key, &wanted, &|at| of(&units.relays, at));
        if hit.is_some() || tried.is_some() || relayed.is_some() {
            test.hits += 1;
        } else if arrivals.has(&request.key) {
            test.contradicted += 1;
        }
        out.arrivals.extend(hit.map(|arrival| (at, arrival)));
        out.attempts.extend(tried.map(|attempt| (at, attempt)));
        out.relays.extend(relayed.map(|relay| (at, relay)));
    }
    test.passed = test.hits > 0 && (test.hits >= 3 || test.hits * 2 >= test.tried) && test.contradicted * 20 <= test.hits;
    if !test.passed {
        out.arrivals.clear();
        out.attempts.clear();
        out.relays.clear();
    }
    out.test = test;
}

/// Gives requests the arrivals that their key names.
pub fn link_arrivals(view: &View<'_>, exact: &Exact, mails: &mut [Mail], taken: &mut Taken) {
    // Clients of one system count alike: of two requests with one key, the one that SAP says was sent has the arrival.
    let sent = |mail: &Mail| {
        let last = mail.requests.last().and_then(|at| view.store.sap_of(&view.store.records[*at as usize]));
        last.is_some_and(|facts| facts.state.handed_over())
    };
    let (sure, doubtful): (Vec<_>, Vec<_>) = mails.iter_mut().enumerate().partition(|(_, mail)| sent(mail));
    for (at, mail) in sure.into_iter().chain(doubtful) {
        // Two requests of one key and recipient have one arrival at most.
        if let Some(arrival) = exact.arrivals.get(&at).filter(|arrival| !taken.arrivals[**arrival]) {
            let link = Link { key: LinkKey::SapKey, confidence: 0.99, runner_up: None };
            taken.arrivals[*arrival] = true;
            mail.arrivals.extend(view.units.arrivals[*arrival].rows.iter().map(|row| (*row, link)));
        }
    }
    for (at, mail) in mails.iter_mut().enumerate() {
        if let Some(attempt) = exact.attempts.get(&at).filter(|attempt| is_accept(view, **attempt)) {
            taken.attempts[*attempt] = true;
            mail.attempts.push((view.units.attempts[*attempt], Link { key: LinkKey::SapKey, confidence: 0.99, runner_up: None }));
            if let Some(arrival) = exact.echoes.get(attempt).filter(|arrival| !taken.arrivals[**arrival]) {
                taken.arrivals[*arrival] = true;
                let link = Link { key: LinkKey::MessageId, confidence: 0.99, runner_up: None };
                mail.arrivals.extend(view.units.arrivals[*arrival].rows.iter().map(|row| (*row, link)));
            }
        }
    }
}

fn is_accept(view: &View<'_>, attempt: usize) -> bool {
    view.store.records[view.units.attempts[attempt] as usize].kind == Kind::Accept
}
