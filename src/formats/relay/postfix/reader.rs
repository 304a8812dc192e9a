//! Messages to evidence.

use super::message::{self, Delivery, Message, Said};
use super::reason::{self, Reason};
use super::text::{self, Peer, long_id};
use crate::evidence::{Kind, Phase, RelayFacts, Sym};
use crate::formats::Sink;
use crate::formats::records::Place;
use crate::formats::relay::mail::At;
use crate::formats::relay::output::{Begins, MailId, Output};
use crate::formats::relay::syslog::{self, Entry, Piece, Stamp};
use crate::smtp::{find_reply, trailer};
use crate::source::Class;
use foldhash::fast::FixedState;
use std::borrow::Cow;
use std::collections::HashMap;

/// Reads a file.
pub fn read(text: &str, sink: &mut Sink<'_>) {
    let mut reader = Reader { out: Output::new(sink), causes: HashMap::default(), last: Relay::default() };
    syslog::each_read(text, &own, &mut |piece, said, place| match piece {
        Piece::Entry(entry) => match said {
            Some(said) => reader.entry(entry, said, place),
            None => reader.entry(entry, &own(entry), place),
        },
        Piece::Frame => reader.out.mark(place, Class::Frame),
        Piece::Unknown(reason) => reader.out.reject(place, reason),
    });
    reader.out.tell_incomplete();
    reader.out.finish();
}

/// What a message of Postfix says; none where another program logged it.
type Own<'t> = Option<Result<Said<'t>, &'static str>>;

fn own<'t>(entry: &Entry<'t>) -> Own<'t> {
    super::is_own(entry.program).then(|| message::read(entry.message))
}

/// What is known while a file is read.
pub struct Reader<'a, 'b> {
    /// Where evidence goes.
    pub out: Output<'a, 'b>,
    /// By process: what was told of the handshake that may fail next.
    pub causes: HashMap<u32, String, FixedState>,
    /// The relay of the line before, mostly that of the next one too.
    last: Relay,
}

/// A relay by host and instance.
#[derive(Default)]
struct Relay {
    host: String,
    instance: String,
    /// Handles of the host, and of the name of both.
    names: (Sym, Sym),
}

/// Where a message stands.
#[derive(Clone, Copy)]
pub struct Line {
    pub place: Place,
    pub at: At,
    pub stamp: Stamp,
    pub name: Sym,
    pub pid: u32,
}

impl Reader<'_, '_> {
    fn entry(&mut self, entry: &Entry<'_>, said: &Own<'_>, place: Place) {
        match said {
            Some(said) => self.message(entry, said, place),
            None if entry.program == super::filter::PROGRAM => self.filter(entry, place),
            None => {
                self.out.at(&entry.stamp);
                self.out.mark(place, Class::Frame);
            }
        }
    }

    fn message(&mut self, entry: &Entry<'_>, said: &Result<Said<'_>, &'static str>, place: Place) {
        let (host, name) = self.relay(entry);
        let line = Line { place, at: self.out.at(&entry.stamp), stamp: entry.stamp, name, pid: entry.pid };
        match said {
            Ok((_, Message::Nothing)) => self.out.mark(place, Class::Frame),
            Ok((id, said)) => {
                self.out.mark(place, Class::Evidence);
                match id.filter(|id| !id.is_empty()) {
                    Some(id) => self.of_mail(&line, host, id, said, entry.program),
                    None => self.of_session(&line, said, None),
                }
            }
            Err(_) if self.cut(&line, host, entry.message) => {}
            Err(reason) => self.out.reject(place, reason),
        }
    }

    /// A line that is cut before it tells how a try went makes all that is known of the recipient doubtful.
    fn cut(&mut self, line: &Line, host: Sym, text: &str) -> bool {
        let Ok((rest, id)) = text::queue_id(text) else { return false };
        let Some(to) = text::address(rest, "to=").filter(|_| rest.starts_with("to=<")) else { return false };
        let (mail, recipient) = (self.out.mail(host, id, Begins::Never), self.out.keep(to));
        self.out.cut(mail, (line.place, line.at), recipient, line.name);
        true
    }

    /// The host, by which queue ids are told apart, and the relay's name: the host, with the instance where there are several.
    fn relay(&mut self, entry: &Entry<'_>) -> (Sym, Sym) {
        let several = entry.program.starts_with("postfix-").then(|| entry.program.split('/').next()).flatten();
        let instance = several.filter(|name| *name != "postfix-script").unwrap_or("");
        if self.last.host != entry.host || self.last.instance != instance {
            let host = self.out.name(entry.host);
            let name = if instance.is_empty() { host } else { self.out.name(&format!("{}/{instance}", entry.host)) };
            self.last = Relay { host: entry.host.to_owned(), instance: instance.to_owned(), names: (host, name) };
        }
        self.last.names
    }

    fn of_mail(&mut self, line: &Line, host: Sym, id: &str, said: &Message<'_>, program: &str) {
        let begins = match said {
            Message::Client { .. } | Message::Pickup { .. } => Begins::Certainly,
            Message::Id(_) | Message::Active { .. } => Begins::WhereClosed,
            _ => Begins::Never,
        };
        if let Some(seconds) = (begins == Begins::Certainly && self.out.years.asks()).then(|| long_id(id)).flatten() {
            self.out.years.vote(&line.stamp, seconds * 1000);
        }
        let mail = self.out.mail(host, id, begins);
        if self.out.of(mail).name == host {
            self.out.of(mail).name = line.name;
        }
        match *said {
            Message::Client { peer, origin } => self.client(mail, line, origin.unwrap_or(peer)),
            Message::Pickup { sender } => {
                let sender = self.sender(sender);
                let mail = self.out.of(mail);
                (mail.begun, mail.sender) = (Some((line.place, line.at)), sender);
            }
            Message::Id(text) => {
                let text = self.out.message_id(text);
                let mail = self.out.of(mail);
                mail.message_id = if mail.message_id.is_empty() { text } else { mail.message_id };
            }
            Message::Subject(text) => {
                let text = self.out.keep(text);
                self.out.of(mail).subject = text;
            }
            Message::Active { sender, size, recipients } => self.active(mail, line, sender, (size, recipients)),
            Message::Delivery(delivery) => self.delivery(mail, line, &delivery),
            Message::Expired { sender } => self.expired(mail, line, sender),
            Message::Removed => self.removed(mail, line, program),
            Message::Notice { late, id } => self.out.notice(mail, (line.place, line.at), (host, line.name), (late, id)),
            Message::Hold(released) => {
                let phase = if released { Phase::Released } else { Phase::Held };
                self.push(line, Kind::Event, Some(mail), RelayFacts { phase, ..RelayFacts::default() }, "");
            }
            Message::Tried(text) => self.tried(mail, line, text),
            _ => self.of_session(line, said, Some(mail)),
        }
    }

    /// The null sender keeps its brackets: nobody is told when such a mail fails.
    pub fn sender(&mut self, sender: &str) -> Sym {
        self.out.keep(if sender.is_empty() { "<>" } else { sender })
    }

    pub fn push(&mut self, line: &Line, kind: Kind, mail: Option<MailId>, mut facts: RelayFacts, reply: &str) {
        let mut record = self.out.begin(line.place, line.at, kind);
        record.reply = self.reply(line, reply);
        facts.name = line.name;
        self.out.push(record, facts, mail, line.at);
    }

    /// Keeps a reply; the time that Exchange puts behind it dates the line.
    pub fn reply(&mut self, line: &Line, reply: &str) -> Sym {
        if let Some(at) = (line.stamp.year.is_none() && self.out.years.asks()).then(|| trailer(reply)?.at).flatten() {
            self.out.years.vote(&line.stamp, at);
        }
        self.out.keep(reply)
    }

    pub fn peer(&mut self, peer: Peer<'_>) -> (Sym, Sym) {
        (self.out.name(peer.name), self.out.name(peer.ip))
    }

    fn client(&mut self, mail: MailId, line: &Line, peer: Peer<'_>) {
        let (client, client_ip) = self.peer(peer);
        let mail = self.out.of(mail);
        (mail.client, mail.client_ip, mail.begun) = (client, client_ip, Some((line.place, line.at)));
    }

    /// The first time, the relay has taken the mail; later ones announce another try.
    fn active(&mut self, mail: MailId, line: &Line, sender: &str, (size, recipients): (u32, u16)) {
        let sender = self.sender(sender);
        let known = self.out.of(mail);
        (known.sender, known.size, known.count) = (sender, size, recipients);
        if !std::mem::replace(&mut known.taken, true) {
            let phase = if known.begun.is_some() || !known.message_id.is_empty() { Phase::Queued } else { Phase::Active };
            self.push(line, Kind::Accept, Some(mail), RelayFacts { phase, ..RelayFacts::default() }, "");
        }
    }

    fn delivery(&mut self, mail: MailId, line: &Line, delivery: &Delivery<'_>) {
        let Some((kind, phase)) = message::fate(delivery.status) else { return };
        let (kind, phase) = if phase == Phase::Sent && thrown_away(delivery) { (Kind::Fail, Phase::Discarded) } else { (kind, phase) };
        let mut reason = match kind {
            Kind::Deliver => Reason { reply: delivery.reason, ..Reason::default() },
            _ => reason::read(delivery.reason),
        };
        let cause = self.causes.remove(&line.pid).filter(|_| reason.stage == "tls").unwrap_or_default();
        let reply = if cause.is_empty() { Cow::Borrowed(reason.reply) } else { Cow::Owned(format!("{}; {cause}", reason.reply)) };
        if delivery.relay != Peer::default() {
            reason.peer = delivery.relay;
        }
        let phase = if reason.suspended { Phase::Suspended } else { phase };
        let (recipient, reply) = (self.out.keep(delivery.to), self.reply(line, &reply));
        let facts = self.facts(&reason, delivery, phase);
        self.out.tried(mail, (line.place, line.at), kind, (recipient, reply), RelayFacts { name: line.name, ..facts });
    }

    fn facts(&mut self, reason: &Reason<'_>, delivery: &Delivery<'_>, phase: Phase) -> RelayFacts {
        let (host, host_ip) = self.peer(reason.peer);
        RelayFacts {
            host,
            host_ip,
            port: reason.peer.port,
            stage: reason.stage,
            phase,
            dsn: delivery.dsn,
            delay: delivery.delay,
            next_queue_id: self.out.name(delivery.next),
            original: self.out.keep(delivery.original),
            ..RelayFacts::default()
        }
    }

    fn tried(&mut self, mail: MailId, line: &Line, text: &str) {
        let reason = reason::read(text);
        let (host, host_ip) = self.peer(reason.peer);
        let kind = if reason.stage == "auth" { Kind::Auth } else { Kind::Event };
        let dsn = find_reply(reason.reply).and_then(|reply| reply.enhanced);
        let facts = RelayFacts { host, host_ip, stage: reason.stage, phase: Phase::Tried, dsn, ..RelayFacts::default() };
        self.push(line, kind, Some(mail), facts, reason.reply);
    }
}

/// Postfix' own discard(8) has no next server; filters say in their reply that they took a mail to throw it away
/// (relay.md section 1.7).
fn thrown_away(delivery: &Delivery<'_>) -> bool {
    let told = ["discarded", "BLOCKED"].iter().any(|word| delivery.reason.contains(word));
    delivery.nowhere || told && delivery.reason.starts_with("250 2.7.")
}
