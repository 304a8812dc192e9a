//! Rows to evidence.

use super::Row;
use super::delivery::{Delivery, Envelope, only};
use crate::evidence::{Kind, Phase, RelayFacts, Sym};
use crate::formats::Sink;
use crate::formats::records::Place;
use crate::formats::relay::mail::{At, Recipient};
use crate::formats::relay::output::{Begins, MailId, Output};
use crate::formats::relay::talk::Talk;
use crate::smtp::fold_address;
use crate::source::{Class, lines};
use std::collections::BTreeMap;

/// Reads a file.
pub fn read(text: &str, sink: &mut Sink<'_>) {
    let mut reader = Reader { out: Output::new(sink), talks: BTreeMap::new(), deliveries: BTreeMap::new(), untied: (0, 0) };
    for (number, line) in lines(text) {
        let place = Place { line: number, lines: 1 };
        match Row::of(line) {
            Some(row) => reader.row(&row, place),
            None if line.trim().is_empty() => reader.out.mark(place, Class::Frame),
            None => reader.out.reject(place, "not a row of quoted cells between tabs"),
        }
    }
    while let Some((_, (mut talk, _))) = reader.talks.pop_first() {
        talk.end(&mut reader.out);
    }
    if let (first, 1..) = reader.untied {
        let text = format!("answers of servers that fit no delivery or several: {}; they are told of no mail", reader.untied.1);
        reader.out.sink.source.note(first, text);
    }
    reader.out.finish();
}

struct Reader<'a, 'b> {
    out: Output<'a, 'b>,
    /// Dialogues by kind and number, with what a client said of its mail.
    talks: BTreeMap<String, (Talk, Envelope)>,
    /// Under way, by number.
    deliveries: BTreeMap<String, Delivery>,
    /// First line and number of answers that fit no delivery.
    untied: (u32, usize),
}

impl Reader<'_, '_> {
    fn row(&mut self, row: &Row<'_>, place: Place) {
        let at = self.out.at(&row.stamp);
        self.out.mark(place, Class::Frame);
        match row.kind {
            "SMTPD" | "SMTPC" => self.said(row, place, at),
            "APPLICATION" => self.life(row.text, place, at),
            _ => {}
        }
    }

    /// `SENT: ..`, `RECEIVED: ..`; the server is hMailServer itself for `SMTPD`.
    fn said(&mut self, row: &Row<'_>, place: Place, at: At) {
        let inbound = row.kind == "SMTPD";
        let sent = row.text.strip_prefix("SENT: ").map(|said| (true, said));
        let Some((sent, said)) = sent.or_else(|| row.text.strip_prefix("RECEIVED: ").map(|said| (false, said))) else { return };
        let key = format!("{}{}", row.kind, row.session);
        if !self.talks.contains_key(&key) {
            let ip = self.out.name(row.ip);
            let facts = if inbound {
                RelayFacts { client_ip: ip, ..RelayFacts::default() }
            } else {
                RelayFacts { host_ip: ip, ..RelayFacts::default() }
            };
            let greets = sent == inbound && said.starts_with("220");
            self.talks.insert(key.clone(), (Talk::new(inbound, greets, facts), Envelope::default()));
        }
        let Some((talk, envelope)) = self.talks.get_mut(&key) else { return };
        let said = said.replace("[nl]", " ");
        if sent != inbound {
            if !inbound {
                envelope.hear(&said);
            }
            return talk.client(&said, place, at, &mut self.out);
        }
        talk.mail = if inbound { None } else { only(&self.deliveries, envelope).map(|delivery| delivery.mail) };
        let tied = talk.mail.is_some();
        if talk.server(&said, place, at, &mut self.out) {
            self.out.mark(place, Class::Evidence);
            if !tied && !inbound {
                self.untied = (if self.untied.1 == 0 { place.line } else { self.untied.0 }, self.untied.1 + 1);
            }
        }
        // Numbers begin anew with the service.
        if said.starts_with("221") {
            talk.end(&mut self.out);
            self.talks.remove(&key);
        }
    }

    /// `SMTPDeliverer - Message N: ...` (hMailServer `ExternalDelivery.cpp`).
    fn life(&mut self, text: &str, place: Place, at: At) {
        let Some((number, words)) = text.strip_prefix("SMTPDeliverer - Message ").and_then(|rest| rest.split_once(": ")) else { return };
        self.out.mark(place, Class::Evidence);
        let mail = self.out.mail(Sym::EMPTY, number, Begins::Never);
        self.out.of(mail).taken = true;
        if let Some((sender, to)) = words.strip_prefix("Delivering message from ").and_then(|rest| rest.split_once(" to ")) {
            self.delivering(number, mail, (sender, to.split(". File:").next().unwrap_or(to)), (place, at));
        } else if let Some(host) = words.strip_prefix("Relaying to host ") {
            let host = self.out.keep(host.trim_end_matches('.'));
            if let Some(delivery) = self.deliveries.get_mut(number) {
                delivery.host = host;
            }
        } else if let Some(address) = words.strip_prefix("No mail servers could be found for the address ") {
            self.nowhere(mail, address.trim_end_matches('.'), words, (place, at));
        } else if words.contains("Scheduling it for") {
            self.later(number, mail, words, (place, at));
        } else if words.contains("Returning error log to sender") {
            self.out.give_up(mail, (place, at), Phase::Bounced, Sym::EMPTY);
        } else if words.starts_with("Message delivery thread completed") {
            self.completed(number, mail, (place, at));
        }
    }

    fn delivering(&mut self, number: &str, mail: MailId, (sender, to): (&str, &str), (place, at): (Place, At)) {
        let sym = self.out.keep(if sender.is_empty() { "<>" } else { sender });
        self.out.of(mail).sender = sym;
        let mut before = BTreeMap::new();
        for address in to.split(", ") {
            let address = self.out.keep(address);
            let known = self.out.of(mail).recipient(address);
            known.open = true;
            before.insert(address, known.attempts);
            let mut record = self.out.begin(place, at, Kind::Accept);
            record.recipient = address;
            self.out.push(record, RelayFacts { phase: Phase::Queued, ..RelayFacts::default() }, Some(mail), at);
        }
        let envelope = Envelope { sender: Some(fold_address(sender)), recipients: to.split(", ").map(fold_address).collect() };
        let delivery = Delivery { mail, envelope, host: Sym::EMPTY, again: false, before };
        self.deliveries.insert(number.to_owned(), delivery);
    }

    /// There is no server for an address, which the line behind tells the consequence of.
    fn nowhere(&mut self, mail: MailId, address: &str, words: &str, (place, at): (Place, At)) {
        let (recipient, reply) = (self.out.keep(address), self.out.keep(words));
        let known = self.out.of(mail).recipient(recipient);
        (known.reply, known.stage) = (reply, "dns");
        let mut record = self.out.begin(place, at, Kind::Event);
        (record.recipient, record.reply) = (recipient, reply);
        self.out.push(record, RelayFacts { phase: Phase::Tried, stage: "dns", ..RelayFacts::default() }, Some(mail), at);
    }

    /// All who have not got it wait; what their server said stands in the dialogue, which was counted as the try.
    fn later(&mut self, number: &str, mail: MailId, words: &str, (place, at): (Place, At)) {
        let (host, before) = match self.deliveries.get_mut(number) {
            Some(delivery) => {
                delivery.again = true;
                (delivery.host, std::mem::take(&mut delivery.before))
            }
            None => Default::default(),
        };
        let own = self.out.keep(words);
        let mut waiting: Vec<Recipient> = self.out.of(mail).recipients.iter().filter(|known| known.open).copied().collect();
        if self.out.of(mail).recipients.is_empty() {
            waiting.push(Recipient::default());
        }
        for known in waiting {
            let tried = before.get(&known.address).is_some_and(|before| *before < known.attempts);
            let reply = if known.reply.is_empty() { own } else { known.reply };
            let host = if known.host.is_empty() { host } else { known.host };
            let facts = RelayFacts { host, stage: known.stage, phase: Phase::Deferred, ..RelayFacts::default() };
            if tried || known.address.is_empty() {
                let mut record = self.out.begin(place, at, Kind::Defer);
                (record.recipient, record.reply) = (known.address, reply);
                self.out.push(record, facts, Some(mail), at);
            } else {
                self.out.tried(mail, (place, at), Kind::Defer, (known.address, reply), facts);
            }
        }
    }

    /// The delivery is over. Who is neither told to wait nor answered by a server got it or did not: the log is silent.
    fn completed(&mut self, number: &str, mail: MailId, (place, at): (Place, At)) {
        let Some(delivery) = self.deliveries.remove(number).filter(|delivery| !delivery.again) else { return };
        let open = |known: &mut Recipient| std::mem::take(&mut known.open).then_some(known.address);
        let silent: Vec<Sym> = self.out.of(mail).recipients.iter_mut().filter_map(open).collect();
        for recipient in silent {
            let mut record = self.out.begin(place, at, Kind::Event);
            record.recipient = recipient;
            self.out.push(record, RelayFacts { host: delivery.host, phase: Phase::Untold, ..RelayFacts::default() }, Some(mail), at);
        }
    }
}
