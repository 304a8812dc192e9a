//! Lines to evidence.

use super::message::{self, Message};
use super::text::said;
use super::{Line, line_of};
use crate::evidence::{Kind, Phase, RelayFacts, Sym};
use crate::formats::Sink;
use crate::formats::records::Place;
use crate::formats::relay::mail::Here;
use crate::formats::relay::output::{Begins, MailId, Output};
use crate::smtp::{find_reply, next_queue_id, trailer};
use crate::source::{Class, lines};
use std::collections::BTreeMap;

/// Reads a file.
pub fn read(text: &str, sink: &mut Sink<'_>) {
    let mut reader = Reader {
        out: Output::new(sink),
        clients: BTreeMap::new(),
        servers: BTreeMap::new(),
        recipients: BTreeMap::new(),
        done: BTreeMap::new(),
    };
    for (number, line) in lines(text) {
        let place = Place { line: number, lines: 1 };
        match line_of(line) {
            Some(line) => reader.line(&line, place),
            None if line.trim().is_empty() => reader.out.mark(place, Class::Frame),
            None => reader.out.reject(place, "no line of a Cisco mail log: no time or no level"),
        }
    }
    reader.out.tell_incomplete();
    reader.out.finish();
}

struct Reader<'a, 'b> {
    out: Output<'a, 'b>,
    /// Name and address of a client, by connection.
    clients: BTreeMap<u32, (Sym, Sym)>,
    /// Address and port of a server, by connection.
    servers: BTreeMap<u32, (Sym, u16)>,
    /// By mail and number.
    recipients: BTreeMap<(MailId, u32), Sym>,
    /// Hand-overs whose answer comes in a line of its own, by mail and recipient: place of the record and of its facts.
    done: BTreeMap<(MailId, u32), (usize, usize)>,
}

impl Reader<'_, '_> {
    fn line(&mut self, line: &Line<'_>, place: Place) {
        let here = Here { place, at: self.out.at(&line.stamp), relay: self.out.name(line.host) };
        let message = message::read(line.text);
        self.out.mark(place, if message == Message::Nothing { Class::Frame } else { Class::Evidence });
        match message {
            Message::Client { icid, name, ip } => {
                let client = (self.out.name(name), self.out.name(ip));
                self.clients.insert(icid, client);
            }
            Message::Server { dcid, ip, port } => {
                let server = (self.out.name(ip), port);
                self.servers.insert(dcid, server);
            }
            Message::Refused { icid, text } => self.refused(icid, text, here),
            Message::NoConnection { text } => {
                let facts = RelayFacts { phase: Phase::Tried, stage: "connect", ..RelayFacts::default() };
                self.push(Kind::Connect, facts, text, None, here);
            }
            Message::Nothing => {}
            message => self.of_mail(&message, here),
        }
    }

    fn of_mail(&mut self, message: &Message<'_>, here: Here) {
        match *message {
            Message::Start { mid, icid } => {
                let mail = self.mail(mid, Begins::Certainly, here);
                let (client, ip) = self.clients.get(&icid).copied().unwrap_or_default();
                let known = self.out.of(mail);
                (known.client, known.client_ip, known.begun) = (client, ip, Some((here.place, here.at)));
            }
            Message::From { mid, address } => {
                let (mail, sender) = (self.mail(mid, Begins::Never, here), self.out.keep(if address.is_empty() { "<>" } else { address }));
                self.out.of(mail).sender = sender;
            }
            Message::To { mid, rid, address, rejected } => self.to(mid, (rid, address, rejected), here),
            Message::Id { mid, id } => {
                let (mail, id) = (self.mail(mid, Begins::Never, here), self.out.message_id(id));
                self.out.of(mail).message_id = id;
            }
            Message::Subject { mid, text } => {
                let (mail, text) = (self.mail(mid, Begins::Never, here), self.out.keep(text));
                self.out.of(mail).subject = text;
            }
            Message::Ready { mid, size } => {
                let mail = self.mail(mid, Begins::Never, here);
                let known = self.out.of(mail);
                (known.size, known.taken) = (size, true);
                self.push(Kind::Accept, RelayFacts { phase: Phase::Queued, ..RelayFacts::default() }, "", Some(mail), here);
            }
            Message::Report { mid, parent } => {
                let (parent, id) = (self.mail(parent, Begins::Never, here), mid.to_string());
                self.out.notice(parent, (here.place, here.at), (here.relay, here.relay), (false, &id));
            }
            Message::Rewritten { mid, into } => self.rewritten(mid, into, here),
            _ => self.end(message, here),
        }
    }

    /// What becomes of a mail.
    fn end(&mut self, message: &Message<'_>, here: Here) {
        match message {
            Message::Done { mid, dcid, rids } => {
                let mail = self.mail(*mid, Begins::Never, here);
                for rid in rids {
                    self.done.insert((mail, *rid), (self.out.sink.store.records.len(), self.out.sink.store.relay.len()));
                    self.tried(mail, (*dcid, *rid), (Kind::Deliver, Phase::Sent), "", here);
                }
            }
            Message::Response { mid, rids, text } => {
                let mail = self.mail(*mid, Begins::Never, here);
                for rid in rids {
                    self.answered(mail, *rid, text);
                }
            }
            Message::Failed { mid, dcid, rid, final_, text } => {
                let mail = self.mail(*mid, Begins::Never, here);
                let expired = text.starts_with("5.4.7");
                let fate = match (final_, expired) {
                    (true, true) => (Kind::Fail, Phase::Expired),
                    (true, false) => (Kind::Fail, Phase::Bounced),
                    (false, _) => (Kind::Defer, Phase::Deferred),
                };
                self.tried(mail, (*dcid, *rid), fate, &said(text), here);
            }
            Message::Finished { mid } => {
                let mail = self.mail(*mid, Begins::Never, here);
                self.out.of(mail).closed = true;
            }
            Message::Aborted { mid, text } => self.stopped(*mid, Phase::Removed, text, here),
            Message::Quarantined { mid, text } => self.stopped(*mid, Phase::Quarantined, text, here),
            _ => {}
        }
    }

    fn mail(&mut self, mid: u32, begins: Begins, here: Here) -> MailId {
        self.out.mail(here.relay, &mid.to_string(), begins)
    }

    fn refused(&mut self, icid: u32, text: &str, here: Here) {
        let (client, client_ip) = self.clients.get(&icid).copied().unwrap_or_default();
        let facts = RelayFacts { phase: Phase::Rejected, stage: "connect", client, client_ip, ..RelayFacts::default() };
        self.push(Kind::Reply, facts, text, None, here);
    }

    fn to(&mut self, mid: u32, (rid, address, rejected): (u32, &str, &str), here: Here) {
        let (mail, recipient) = (self.mail(mid, Begins::Never, here), self.out.keep(address));
        if rejected.is_empty() {
            self.recipients.insert((mail, rid), recipient);
            self.out.of(mail).recipient(recipient);
            return;
        }
        let mut record = self.out.begin(here.place, here.at, Kind::Reply);
        (record.recipient, record.reply) = (recipient, self.out.keep(rejected));
        let (sender, client, client_ip) = (self.out.of(mail).sender, self.out.of(mail).client, self.out.of(mail).client_ip);
        record.sender = sender;
        let facts = RelayFacts { phase: Phase::Rejected, stage: "rcpt", name: here.relay, client, client_ip, ..RelayFacts::default() };
        self.out.push(record, facts, None, here.at);
    }

    fn tried(&mut self, mail: MailId, (dcid, rid): (u32, u32), (kind, phase): (Kind, Phase), reply: &str, here: Here) {
        let recipient = self.recipients.get(&(mail, rid)).copied().unwrap_or_default();
        let (host_ip, port) = self.servers.get(&dcid).copied().unwrap_or_default();
        let host = self.out.name(trailer(reply).map_or("", |trailer| trailer.host));
        let dsn = find_reply(reply).and_then(|reply| reply.enhanced);
        let facts = RelayFacts { phase, host, host_ip, port, dsn, name: here.relay, ..RelayFacts::default() };
        let reply = self.out.keep(reply);
        self.out.tried(mail, (here.place, here.at), kind, (recipient, reply), facts);
    }

    /// The answer to a hand-over, whose code the log leaves out.
    fn answered(&mut self, mail: MailId, rid: u32, text: &str) {
        let Some((record, facts)) = self.done.remove(&(mail, rid)) else { return };
        let words = if text.starts_with("2.") { format!("250 {text}") } else { text.to_owned() };
        let reply = self.out.keep(&words);
        let host = words.split_once("Hostname=").map_or("", |(_, host)| host.split(']').next().unwrap_or(host));
        let (host, next) = (self.out.name(host), self.out.name(next_queue_id(&words).unwrap_or("")));
        let store = &mut *self.out.sink.store;
        if let (Some(record), Some(facts)) = (store.records.get_mut(record), store.relay.get_mut(facts)) {
            record.reply = reply;
            (facts.host, facts.next_queue_id) = (host, next);
        }
    }

    /// The gateway itself keeps a mail from going on.
    fn stopped(&mut self, mid: u32, phase: Phase, text: &str, here: Here) {
        let mail = self.mail(mid, Begins::Never, here);
        self.out.of(mail).taken = true;
        let all: Vec<Sym> =
            self.out.of(mail).recipients.iter().filter(|recipient| recipient.open).map(|recipient| recipient.address).collect();
        let reply = self.out.keep(text);
        for recipient in all {
            let facts = RelayFacts { phase, name: here.relay, ..RelayFacts::default() };
            self.out.tried(mail, (here.place, here.at), Kind::Fail, (recipient, reply), facts);
        }
    }

    /// The mail goes on under another number.
    fn rewritten(&mut self, mid: u32, into: u32, here: Here) {
        let (old, new) = (self.mail(mid, Begins::Never, here), self.mail(into, Begins::WhereClosed, here));
        let known = self.out.of(old);
        let (sender, message_id, subject) = (known.sender, known.message_id, known.subject);
        let copy = self.out.of(new);
        (copy.sender, copy.message_id, copy.subject) = (sender, message_id, subject);
        let of_old: Vec<(u32, Sym)> =
            self.recipients.range((old, 0)..=(old, u32::MAX)).map(|((_, rid), address)| (*rid, *address)).collect();
        for (rid, address) in of_old {
            self.recipients.entry((new, rid)).or_insert(address);
        }
    }

    fn push(&mut self, kind: Kind, mut facts: RelayFacts, reply: &str, mail: Option<MailId>, here: Here) {
        let mut record = self.out.begin(here.place, here.at, kind);
        record.reply = self.out.keep(reply);
        facts.name = here.relay;
        self.out.push(record, facts, mail, here.at);
    }
}
