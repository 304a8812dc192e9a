//! Exact keys: Message-ID echoed in a reply, Message-ID built from the SAP key (after the self-test).

use super::compare::{Part, Texts};
use super::model::{KeyTest, Link, LinkKey, Mail};
use super::units::{Arrival, Taken, Units};
use super::{Map, View};
use crate::evidence::{Kind, Sym};

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
    texts: &'a Texts<'a>,
    by_name: Map<Sym, (usize, Vec<usize>)>,
    all: Vec<Part>,
}

impl<'a> Recipients<'a> {
    fn of(texts: &'a Texts<'a>, all: impl Iterator<Item = (Sym, Part)>) -> Self {
        let mut out = Self { texts, by_name: Map::default(), all: Vec::new() };
        for (at, (name, recipient)) in all.enumerate() {
            out.all.push(recipient);
            if !name.is_empty() {
                out.by_name.entry(name).and_modify(|(_, more)| more.push(at)).or_insert((at, Vec::new()));
            }
        }
        for (first, more) in out.by_name.values_mut().filter(|(_, more)| !more.is_empty()) {
            more.push(*first);
            more.sort_by_key(|at| (texts.text(out.all[*at].text), *at));
        }
        out
    }

    /// The only mail of a name, whatever its recipient: a relay may have replaced it.
    fn only(&self, name: Sym) -> Option<usize> {
        self.by_name.get(&name).filter(|(_, more)| more.is_empty()).map(|(first, _)| *first)
    }

    fn has(&self, name: Sym) -> bool {
        self.by_name.contains_key(&name)
    }

    /// The mail to a recipient, of several the first that is `meant`; where one of the two recipients is cut or unknown,
    /// the first that it can be.
    fn find(&self, name: Sym, wanted: Part, meant: &dyn Fn(usize) -> bool) -> Option<usize> {
        let (first, more) = self.by_name.get(&name)?;
        let all = if more.is_empty() { std::slice::from_ref(first) } else { more.as_slice() };
        let recipient = |at: &usize| self.all[*at];
        let place = all.partition_point(|at| self.texts.text(recipient(at).text) < self.texts.text(wanted.text));
        let same = || all[place..].iter().take_while(|at| recipient(at).text == wanted.text && !wanted.is_empty());
        let vague = |part: Part| part.cut || part.is_empty();
        let maybe = || all.iter().filter(|at| (vague(wanted) || vague(recipient(at))) && self.texts.agree(recipient(at), wanted));
        let best = same().find(|at| meant(**at)).or_else(|| same().next());
        best.or_else(|| maybe().find(|at| meant(**at))).or_else(|| maybe().min()).copied()
    }
}

/// Finds all exact pairs.
pub fn exact(texts: &Texts<'_>, units: &Units) -> Exact {
    let mut out = Exact { echoes: echoes(texts, units), ..Exact::default() };
    if units.requests.iter().any(|request| !request.key.is_empty()) {
        let tried = units.attempts.iter().map(|record| {
            let record = &texts.store.records[*record as usize];
            (texts.key(texts.message_id(record)), texts.recipient(record))
        });
        let all = [by_key(texts, &units.arrivals), Recipients::of(texts, tried), by_key(texts, &units.relays)];
        self_test(texts, units, &all, &mut out);
    }
    out
}

/// Mails by what the SAP key is compared with.
fn by_key<'a>(texts: &'a Texts<'a>, all: &[Arrival]) -> Recipients<'a> {
    Recipients::of(texts, all.iter().map(|unit| (texts.key(unit.message_id), unit.recipient)))
}

fn echoes(texts: &Texts<'_>, units: &Units) -> Map<usize, usize> {
    let mut out = Map::default();
    if units.attempts.is_empty() {
        return out;
    }
    let by_id = Recipients::of(texts, units.arrivals.iter().map(|unit| (unit.message_id, unit.recipient)));
    for (at, record) in units.attempts.iter().enumerate() {
        let record = &texts.store.records[*record as usize];
        let (id, recipient) = (texts.message_id(record), texts.recipient(record));
        let found = by_id.find(id, recipient, &|_| true).filter(|arrival| texts.same(units.arrivals[*arrival].recipient, recipient));
        out.extend(found.map(|arrival| (at, arrival)));
    }
    out
}

/// Looks every request's key up among the Message-IDs; keys are relied on with three hits, or half of the requests
/// that were handed over, and hardly any with another recipient (sost.md section 4 has seen one real mail only).
fn self_test(texts: &Texts<'_>, units: &Units, [arrivals, attempts, relays]: &[Recipients<'_>; 3], out: &mut Exact) {
    let mut test = KeyTest::default();
    for (at, request) in units.requests.iter().enumerate().filter(|(_, r)| !r.key.is_empty()) {
        let record = &texts.store.records[request.last() as usize];
        test.tried += usize::from(texts.store.sap_of(record).is_some_and(|facts| facts.state.handed_over()));
        let (wanted, subject) = (texts.recipient(record), texts.subject(record));
        let of = |units: &[Arrival], at: usize| units.get(at).is_some_and(|unit| texts.agree(unit.subject, subject));
        let hit = arrivals.find(request.key, wanted, &|at| of(&units.arrivals, at));
        let tried = attempts.find(request.key, wanted, &|_| true);
        let relayed = relays.find(request.key, wanted, &|at| of(&units.relays, at)).or_else(|| relays.only(request.key));
        if hit.is_some() || tried.is_some() || relayed.is_some() {
            test.hits += 1;
        } else if arrivals.has(request.key) {
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
