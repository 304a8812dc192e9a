//! Lines of Exim to evidence.

use super::line::{self, Line, field, host};
use crate::evidence::{Kind, Phase, RelayFacts, Sym};
use crate::formats::Sink;
use crate::formats::records::Place;
use crate::formats::relay::mail::Here;
use crate::formats::relay::output::{Begins, MailId, Output};
use crate::formats::relay::syslog::{self, Piece};
use crate::smtp::{find_reply, next_queue_id};
use crate::source::{Class, lines};
use std::collections::BTreeMap;

/// Reads a file.
pub fn read(text: &str, sink: &mut Sink<'_>) {
    let mut reader = Reader { out: Output::new(sink), refused: BTreeMap::new() };
    for (number, physical) in lines(text) {
        reader.physical(physical, Place { line: number, lines: 1 });
    }
    reader.out.tell_incomplete();
    reader.out.finish();
}

/// What is known while a file is read.
pub struct Reader<'a, 'b> {
    /// Where evidence goes.
    pub out: Output<'a, 'b>,
    /// By mail: the words with which a server refused the logon, which stand on a line of their own, and that server.
    refused: BTreeMap<MailId, (Sym, RelayFacts)>,
}

impl Reader<'_, '_> {
    fn physical(&mut self, text: &str, place: Place) {
        if let Some(line) = line::read(text) {
            return self.line(&line, place, Sym::EMPTY);
        }
        let mut piece = None;
        syslog::each(text, &mut |found, _| {
            if let Piece::Entry(entry) = found {
                let mut line = line::read_message(entry.message);
                line.stamp = line.stamp.or(Some(entry.stamp));
                let relay = self.out.name(entry.host);
                piece = Some(());
                if entry.program.starts_with("exim") {
                    self.line(&line, place, relay);
                } else {
                    self.out.mark(place, Class::Frame);
                }
            }
        });
        match piece {
            Some(()) => {}
            None if text.trim().is_empty() || text.starts_with(' ') => self.out.mark(place, Class::Frame),
            None => self.out.reject(place, "no time at the beginning of the line"),
        }
    }

    fn line(&mut self, line: &Line<'_>, place: Place, relay: Sym) {
        let Some(stamp) = line.stamp else { return self.out.reject(place, "no time at the beginning of the line") };
        let here = Here { place, at: self.out.at(&stamp), relay };
        self.out.mark(place, Class::Frame);
        if line.id.is_empty() {
            return self.session(line.text, here);
        }
        let begins = if line.text.starts_with("<= ") { Begins::Certainly } else { Begins::Never };
        let (flag, rest) = line.text.split_once(' ').unwrap_or((line.text, ""));
        let known = matches!(flag, "<=" | "=>" | "->" | ">>" | "**" | "==" | "Completed");
        if !known {
            return self.remark(line, here);
        }
        self.out.mark(place, Class::Evidence);
        let mail = self.out.mail(relay, line.id, begins);
        match flag {
            "<=" => self.arrival(mail, rest, here),
            "=>" | "->" | ">>" => self.delivery(mail, rest, here),
            "**" => self.failure(mail, rest, here),
            "==" => self.deferral(mail, rest, here),
            _ => self.out.of(mail).closed = true,
        }
    }

    /// `SENDER [R=PARENT] H=NAME (HELO) [IP] U= P= S=bytes id=ID T="subject" from <..> for rcpt ...`
    fn arrival(&mut self, mail: MailId, rest: &str, here: Here) {
        let (sender, fields) = rest.split_once(' ').unwrap_or((rest, ""));
        let (client, helo, ip, _) = host(fields);
        let subject = field(fields, "T=").unwrap_or("");
        let (sender, subject_sym) = (self.out.keep(sender), self.out.keep(subject));
        let message_id = self.out.message_id(field(fields, "id=").unwrap_or(""));
        let (client, helo, client_ip) = (self.out.keep(client), self.out.keep(helo), self.out.name(ip));
        let to: Vec<Sym> = fields
            .rsplit_once("> for ")
            .map_or("", |(_, to)| to)
            .split(' ')
            .filter(|to| !to.is_empty())
            .map(|to| self.out.keep(to))
            .collect();
        let known = self.out.of(mail);
        (known.sender, known.subject, known.message_id) = (sender, subject_sym, message_id);
        (known.client, known.client_ip, known.helo) = (client, client_ip, helo);
        known.size = field(fields, "S=").and_then(|size| size.parse().ok()).unwrap_or(0);
        (known.begun, known.taken) = (Some((here.place, here.at)), true);
        for recipient in to {
            known.recipient(recipient);
        }
        let record = self.out.begin(here.place, here.at, Kind::Accept);
        let facts = RelayFacts { phase: Phase::Queued, name: here.relay, ..RelayFacts::default() };
        self.out.push(record, facts, Some(mail), here.at);
        if let Some(parent) = field(fields, "R=").filter(|id| line::is_id(id)) {
            let own = self.out.sink.store.text(self.out.mails[mail as usize].id).to_owned();
            let parent = self.out.mail(here.relay, parent, Begins::Never);
            self.out.notice(parent, (here.place, here.at), (here.relay, here.relay), (subject.starts_with("Warning"), &own));
        }
    }

    /// Address and what Exim made it from: `ADDR <original> R=...`.
    fn recipient(&mut self, rest: &str) -> (Sym, Sym) {
        let (address, fields) = rest.split_once(' ').unwrap_or((rest, ""));
        let original = fields.strip_prefix('<').and_then(|rest| rest.split_once('>')).map_or("", |(original, _)| original);
        let local = !address.contains('@') && original.contains('@');
        let address = self.out.keep(if local { original } else { address.trim_end_matches(':') });
        (address, if local { Sym::EMPTY } else { self.out.keep(original) })
    }

    fn facts(&mut self, fields: &str, phase: Phase, here: Here) -> RelayFacts {
        let (name, _, ip, port) = host(fields);
        RelayFacts { host: self.out.keep(name), host_ip: self.out.name(ip), port, phase, name: here.relay, ..RelayFacts::default() }
    }

    fn delivery(&mut self, mail: MailId, rest: &str, here: Here) {
        let (recipient, original) = self.recipient(rest);
        let said = field(rest, "C=").unwrap_or("");
        let delay = field(rest, "QT=").map_or(0, millis);
        let facts = self.facts(rest, Phase::Sent, here);
        let next_queue_id = self.out.name(next_queue_id(said).unwrap_or(""));
        let dsn = find_reply(said).and_then(|reply| reply.enhanced);
        let reply = self.out.keep(said);
        let facts = RelayFacts { original, next_queue_id, dsn, delay, stage: "eod", ..facts };
        self.out.tried(mail, (here.place, here.at), Kind::Deliver, (recipient, reply), facts);
    }

    fn failure(&mut self, mail: MailId, rest: &str, here: Here) {
        let (recipient, original) = self.recipient(rest);
        let (fields, words) = line::words(rest);
        let (said, stage) = line::reply(words);
        let phase = if words.contains("retry timeout exceeded") { Phase::Expired } else { Phase::Bounced };
        let dsn = find_reply(&said).and_then(|reply| reply.enhanced);
        let facts = RelayFacts { original, stage, dsn, ..self.facts(fields, phase, here) };
        // That time is up is no reason: the last try has one.
        let before = self.out.of(mail).recipient(recipient).reply;
        let own = if phase == Phase::Expired && !before.is_empty() && find_reply(&said).is_none() { before } else { self.out.keep(&said) };
        self.out.tried(mail, (here.place, here.at), Kind::Fail, (recipient, own), facts);
    }

    /// `ADDR R=.. T=.. defer (ERRNO)[: errno text][ H=HOST [IP]]: TEXT`; -52 to -54 are no tries (`src/src/macros.h`).
    fn deferral(&mut self, mail: MailId, rest: &str, here: Here) {
        let (recipient, original) = self.recipient(rest);
        let (_, behind) = rest.split_once("defer (").unwrap_or(("", rest));
        let (code, behind) = behind.split_once(')').unwrap_or(("", behind));
        let waits = matches!(code, "-52" | "-53" | "-54");
        let words = line::timeless(behind);
        let words = words.trim_start_matches([':', ' ']);
        let (said, stage) = match words.split_once("H=") {
            Some((before, after)) => {
                let (said, stage) = line::reply(line::words(after).1);
                (if before.trim().is_empty() { said } else { format!("{}: {said}", before.trim()) }, stage)
            }
            // The errno tells a failed connection from what a server said.
            None => match line::reply(words) {
                (said, stage) if code.parse::<u16>().is_ok_and(|errno| errno > 0) => (format!("defer ({code}): {said}"), stage),
                other => other,
            },
        };
        let dsn = find_reply(&said).and_then(|reply| reply.enhanced);
        let facts = RelayFacts { original, stage, dsn, ..self.facts(behind, Phase::Deferred, here) };
        let own = self.out.keep(&said);
        if waits {
            return self.out.waits(mail, (here.place, here.at), (recipient, own), facts);
        }
        // One line of the logon stands for all recipients.
        let (reply, facts) = match self.refused.get(&mail).filter(|_| code == "-42") {
            Some((reply, server)) => (*reply, RelayFacts { original, ..server.clone() }),
            None if code == "-42" => (own, RelayFacts { stage: "auth", ..facts }),
            None => (own, facts),
        };
        self.out.tried(mail, (here.place, here.at), Kind::Defer, (recipient, reply), facts);
    }

    /// A line about a mail without a flag.
    fn remark(&mut self, line: &Line<'_>, here: Here) {
        let text = line.text;
        let (kind, phase, stage) = match text {
            text if text.contains(" authenticator failed H=") => (Kind::Auth, Phase::Tried, "auth"),
            text if text.starts_with("H=") && !text.contains("rejected") => (Kind::Event, Phase::Tried, ""),
            text if text.starts_with("Frozen") => (Kind::Event, Phase::Held, ""),
            text if text.starts_with("removed by ") || text.starts_with("cancelled by ") => (Kind::Fail, Phase::Removed, ""),
            text if text.contains("rejected after DATA") => return self.session(text, here),
            _ => return,
        };
        self.out.mark(here.place, Class::Evidence);
        let mail = self.out.mail(here.relay, line.id, Begins::Never);
        if phase == Phase::Removed {
            return self.out.give_up(mail, (here.place, here.at), phase, here.relay);
        }
        let (said, told) = match (kind, text.split_once("] ")) {
            (Kind::Auth, Some((_, said))) => (said.to_owned(), "auth"),
            _ => line::reply(text.split_once("]: ").or_else(|| text.split_once("] ")).map_or(text, |(_, words)| words)),
        };
        let stage = if stage.is_empty() { told } else { stage };
        let facts = RelayFacts { stage, ..self.facts(text, phase, here) };
        let mut record = self.out.begin(here.place, here.at, kind);
        record.reply = self.out.keep(&said);
        if kind == Kind::Auth {
            let server = RelayFacts { phase: Phase::Deferred, dsn: find_reply(&said).and_then(|reply| reply.enhanced), ..facts.clone() };
            self.refused.insert(mail, (record.reply, server));
        }
        self.out.push(record, facts, Some(mail), here.at);
    }
}

/// `0.023s`, `2s`, `1h3m2s`.
fn millis(text: &str) -> u32 {
    let (mut total, mut number) = (0.0, String::new());
    for c in text.chars() {
        let unit = match c {
            'w' => 604_800.0,
            'd' => 86_400.0,
            'h' => 3600.0,
            'm' => 60.0,
            's' => 1.0,
            _ => {
                number.push(c);
                continue;
            }
        };
        total += number.parse::<f64>().unwrap_or(0.0) * unit;
        number.clear();
    }
    crate::formats::relay::mail::millis(total)
}
