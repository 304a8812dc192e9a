//! Messages of sendmail to evidence.

use super::message::{date, delay, endpoint, peer, queue_id, recipients, shortened, value};
use crate::evidence::{Kind, Phase, RelayFacts, Sym};
use crate::formats::Sink;
use crate::formats::records::Place;
use crate::formats::relay::mail::At;
use crate::formats::relay::output::{Begins, MailId, Output};
use crate::formats::relay::syslog::{self, Entry, Piece, Stamp};
use crate::smtp::{find_reply, next_queue_id, trailer};
use crate::source::Class;
use std::collections::{BTreeMap, BTreeSet};

/// Reads a file.
pub fn read(text: &str, sink: &mut Sink<'_>) {
    let mut reader = Reader { out: Output::new(sink), names: BTreeMap::new(), servers: BTreeSet::new(), refused: Vec::new() };
    syslog::each(text, &mut |piece, place| match piece {
        Piece::Entry(entry) if super::is_own(entry.program) => reader.entry(&entry, place),
        Piece::Entry(entry) => {
            reader.out.at(&entry.stamp);
            reader.out.mark(place, Class::Frame);
        }
        Piece::Frame => reader.out.mark(place, Class::Frame),
        Piece::Unknown(reason) => reader.out.reject(place, reason),
    });
    reader.name_refused();
    reader.out.tell_incomplete();
    reader.out.finish();
}

/// What is known while a file is read.
pub struct Reader<'a, 'b> {
    /// Where evidence goes.
    pub out: Output<'a, 'b>,
    /// By process: the server of the last handshake, whose name is whole there.
    pub names: BTreeMap<u32, String>,
    /// All of them.
    pub servers: BTreeSet<String>,
    /// Recipients that were refused at the door, by the mail they were named for: places of their records.
    pub refused: Vec<(MailId, usize)>,
}

/// Where a message stands.
#[derive(Clone, Copy)]
pub struct Here {
    pub place: Place,
    pub at: At,
    pub relay: Sym,
    stamp: Stamp,
    pub pid: u32,
}

impl Reader<'_, '_> {
    fn entry(&mut self, entry: &Entry<'_>, place: Place) {
        let here = Here { place, at: self.out.at(&entry.stamp), relay: self.out.name(entry.host), stamp: entry.stamp, pid: entry.pid };
        self.out.mark(place, Class::Frame);
        match queue_id(entry.message) {
            Some((id, rest)) => self.of_mail(id, rest, here),
            None => self.session(entry.message, None, here),
        }
    }

    fn of_mail(&mut self, id: &str, rest: &str, here: Here) {
        if rest.starts_with("from=") {
            return self.arrival(id, rest, here);
        }
        if rest.starts_with("to=") {
            return self.deliveries(id, rest, here);
        }
        if let Some((other, words)) = queue_id(rest) {
            return self.notice(id, other, words, here);
        }
        let mail = self.out.mail(here.relay, id, Begins::Never);
        self.session(rest, Some(mail), here);
    }

    /// `from=<A>, size=N, class=N, nrcpts=N, msgid=<ID>, ..., relay=NAME [IP]`; without recipients nothing was taken.
    fn arrival(&mut self, id: &str, rest: &str, here: Here) {
        if let Some((year, month, day)) = date(id).filter(|(_, month, day)| (*month, *day) == (here.stamp.month, here.stamp.day)) {
            let noon = Stamp { year: Some(year), month, day, ..here.stamp }.in_year(year);
            self.out.years.vote(&here.stamp, noon);
        }
        self.out.mark(here.place, Class::Evidence);
        let mail = self.out.mail(here.relay, id, Begins::Certainly);
        let (client, ip) = peer(value(rest, "relay="));
        let sender = value(rest, "from=").trim_start_matches('<').trim_end_matches('>');
        let sender = self.out.keep(if sender.is_empty() { "<>" } else { sender });
        let message_id = self.out.message_id(value(rest, "msgid="));
        let (client, client_ip) = (self.out.keep(client), self.out.name(ip));
        let known = self.out.of(mail);
        (known.sender, known.message_id, known.client, known.client_ip) = (sender, message_id, client, client_ip);
        (known.size, known.count) = (value(rest, "size=").parse().unwrap_or(0), value(rest, "nrcpts=").parse().unwrap_or(0));
        (known.begun, known.taken) = (Some((here.place, here.at)), known.count > 0);
        if known.taken {
            self.push(Kind::Accept, RelayFacts { phase: Phase::Queued, ..RelayFacts::default() }, "", Some(mail), here);
        }
    }

    fn deliveries(&mut self, id: &str, rest: &str, here: Here) {
        let stat = value(rest, "stat=");
        if stat.is_empty() {
            return self.cut(id, rest, here);
        }
        self.out.mark(here.place, Class::Evidence);
        let mail = self.out.mail(here.relay, id, Begins::Never);
        let (kind, phase) = fate(stat);
        let reply = words(rest, stat);
        self.vote(&reply, here);
        let (name, ip) = peer(value(rest, "relay="));
        let whole = self.whole(name, here.pid);
        let next = if phase == Phase::Sent {
            next_queue_id(stat).or_else(|| next_queue_id(stat.trim_start_matches("Sent ("))).unwrap_or("")
        } else {
            ""
        };
        let facts = RelayFacts {
            host: self.out.keep(whole.as_deref().unwrap_or(name)),
            host_ip: self.out.name(ip),
            phase,
            dsn: value(rest, "dsn=").parse().ok(),
            delay: delay(value(rest, "delay=")),
            next_queue_id: self.out.name(next),
            name: here.relay,
            ..RelayFacts::default()
        };
        let reply = self.out.keep(&reply);
        for recipient in recipients(rest) {
            let recipient = self.out.keep(recipient);
            if phase == Phase::Suspended {
                self.out.waits(mail, (here.place, here.at), (recipient, reply), facts.clone());
            } else {
                self.out.tried(mail, (here.place, here.at), kind, (recipient, reply), facts.clone());
            }
        }
    }

    /// The line ends before it tells how the try went.
    fn cut(&mut self, id: &str, rest: &str, here: Here) {
        if recipients(rest).next().is_none() {
            return self.out.reject(here.place, "the line ends before its recipients");
        }
        let mail = self.out.mail(here.relay, id, Begins::Never);
        for recipient in recipients(rest) {
            let recipient = self.out.keep(recipient);
            self.out.cut(mail, (here.place, here.at), recipient, here.relay);
        }
    }

    /// A name that was shortened: that of the process's own handshake, an endpoint of Exchange Online, else the only one of
    /// the log that it can be of.
    fn whole(&self, name: &str, pid: u32) -> Option<String> {
        if !name.contains("...") {
            return None;
        }
        let own = self.names.get(&pid).filter(|whole| shortened(name, whole)).cloned();
        let only = || {
            let mut all = self.servers.iter().filter(|whole| shortened(name, whole));
            all.next().filter(|_| all.next().is_none()).cloned()
        };
        own.or_else(|| endpoint(name)).or_else(only)
    }

    /// The time that Exchange puts behind a reply dates the line.
    fn vote(&mut self, reply: &str, here: Here) {
        if let Some(at) = trailer(reply).and_then(|trailer| trailer.at) {
            self.out.years.vote(&here.stamp, at);
        }
    }

    /// `DSN: TEXT`, `sender notify: Warning: could not send message for past 4 hours`, `return to sender: ...`.
    fn notice(&mut self, id: &str, other: &str, words: &str, here: Here) {
        self.out.mark(here.place, Class::Evidence);
        let mail = self.out.mail(here.relay, id, Begins::Never);
        if words.contains("Cannot send message for ") || words.contains("Cannot send message within") {
            self.out.give_up(mail, (here.place, here.at), Phase::Expired, here.relay);
        }
        self.out.notice(mail, (here.place, here.at), (here.relay, here.relay), (words.contains("Warning: could not send"), other));
    }

    fn push(&mut self, kind: Kind, mut facts: RelayFacts, reply: &str, mail: Option<MailId>, here: Here) {
        let mut record = self.out.begin(here.place, here.at, kind);
        record.reply = self.out.keep(reply);
        facts.name = here.relay;
        self.out.push(record, facts, mail, here.at);
    }
}

/// The far server's words: `reply=` where there is one, else what stands behind the status. An acceptance has lost its
/// code there, so the enhanced one goes in front.
fn words(rest: &str, stat: &str) -> String {
    let reply = value(rest, "reply=");
    match stat.strip_prefix("Sent (") {
        Some(said) => format!("{} {}", value(rest, "dsn="), said.strip_suffix(')').unwrap_or(said).trim_start()),
        None if !reply.is_empty() => reply.to_owned(),
        // A word that gives no reason.
        None if fate(stat).1 == Phase::Suspended => String::new(),
        None => {
            let said = stat.strip_prefix("Deferred: ").unwrap_or(stat);
            if find_reply(said).is_none() && value(rest, "dsn=").starts_with('5') {
                format!("{} {said}", value(rest, "dsn="))
            } else {
                said.to_owned()
            }
        }
    }
}

/// What a status is (relay.md section 1.3); one without words repeats what was known of the host.
fn fate(stat: &str) -> (Kind, Phase) {
    match stat {
        stat if stat.starts_with("Sent") => (Kind::Deliver, Phase::Sent),
        "Deferred" | "queued" => (Kind::Defer, Phase::Suspended),
        stat if stat.starts_with("Deferred") || stat.starts_with("Operating system error") => (Kind::Defer, Phase::Deferred),
        _ => (Kind::Fail, Phase::Bounced),
    }
}
