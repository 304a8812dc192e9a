//! Proofpoint Protection Server, filter log (relay.md section 1.8): `key=value` lines of a session `s=`, whose mails are
//! `x=`. The filter hands a mail to the gateway's own sendmail under `qid=`; what becomes of it stands in the log of that
//! sendmail, which is read as such.
//!
//! Rests on documentation only: what other programs expect of these lines, and parts of a published one.

use super::mail::Here;
use super::output::{Begins, MailId, Output};
use super::syslog::{self, Stamp};
use crate::error::ReadError;
use crate::evidence::{Hop, Kind, Phase, RelayFacts, Sym};
use crate::formats::records::Place;
use crate::formats::secret::without_logons;
use crate::formats::{Claim, Format, Sink};
use crate::source::{Class, lines};
use std::collections::BTreeSet;

/// Filter log of Proofpoint.
pub struct Proofpoint;

impl Format for Proofpoint {
    fn id(&self) -> &'static str {
        "relay-proofpoint"
    }

    fn title(&self) -> &'static str {
        "Proofpoint filter log"
    }

    fn hop(&self) -> Hop {
        Hop::Relay
    }

    fn recognise(&self, head: &str) -> Option<Claim> {
        let rows: Vec<bool> = lines(head).take(400).filter_map(|(_, line)| Some(line_of(line)?.text.contains(" cmd="))).collect();
        let own = rows.iter().filter(|own| **own).count();
        (own > 0)
            .then(|| Claim { confidence: 92, why: format!("{own} of {} lines name a session and a command of the filter", rows.len()) })
    }

    fn read(&self, text: &str, sink: &mut Sink<'_>) -> Result<(), ReadError> {
        let mut reader = Reader { out: Output::new(sink), handed: BTreeSet::new() };
        for (number, line) in lines(&without_logons(text)) {
            let place = Place { line: number, lines: 1 };
            match line_of(line) {
                Some(line) => reader.line(&line, place),
                None if line.trim().is_empty() => reader.out.mark(place, Class::Frame),
                None => reader.out.reject(place, "no line of Proofpoint's filter: no time, or no session"),
            }
        }
        reader.out.tell_incomplete();
        reader.out.finish();
        Ok(())
    }

    fn samples(&self) -> &'static [&'static str] {
        &[include_str!("proofpoint.sample.log"), include_str!("proofpoint.syslog.sample.log")]
    }
}

struct Line<'a> {
    stamp: Stamp,
    host: &'a str,
    text: &'a str,
}

/// `[2026-03-10 09:05:01.123456 +0100] rprt s=...`, or the same behind the head of syslog.
fn line_of(line: &str) -> Option<Line<'_>> {
    let (stamp, host, text) = if let Some(rest) = line.strip_prefix('[') {
        let (at, text) = rest.split_once("] ")?;
        let (rest, stamp) = syslog::iso(at).ok()?;
        let offset = syslog::offset(rest.trim_start()).ok().map(|(_, offset)| offset);
        (Stamp { offset: stamp.offset.or(offset), ..stamp }, "", text)
    } else {
        let entry = syslog::entry(line).filter(|entry| entry.program.starts_with("filter_instance"))?;
        (entry.stamp, entry.host, entry.message)
    };
    let (level, rest) = text.split_once(' ')?;
    (level.bytes().all(|b| b.is_ascii_alphabetic()) && rest.starts_with("s=")).then_some(Line { stamp, host, text })
}

/// Value of a key; quotes hold blanks.
fn value<'a>(text: &'a str, key: &str) -> &'a str {
    let Some(at) = text.find(key) else { return "" };
    let rest = &text[at + key.len()..];
    match rest.strip_prefix('"') {
        Some(quoted) => quoted.split('"').next().unwrap_or(quoted),
        None => rest.split(' ').next().unwrap_or(rest),
    }
}

struct Reader<'a, 'b> {
    out: Output<'a, 'b>,
    /// Mails that went on to sendmail.
    handed: BTreeSet<MailId>,
}

impl Reader<'_, '_> {
    fn line(&mut self, line: &Line<'_>, place: Place) {
        let here = Here { place, at: self.out.at(&line.stamp), relay: self.out.name(line.host) };
        let (text, id) = (line.text, value(line.text, " x="));
        let command = value(text, " cmd=");
        let known = matches!(command, "env_from" | "env_rcpt" | "msg" | "send");
        self.out.mark(place, if known && !id.is_empty() { Class::Evidence } else { Class::Frame });
        if !known || id.is_empty() {
            return;
        }
        let mail = self.out.mail(here.relay, id, if command == "env_from" { Begins::Certainly } else { Begins::Never });
        match command {
            "env_from" => self.begin(mail, text, here),
            "env_rcpt" => {
                let address = self.out.keep(value(text, " value="));
                self.out.of(mail).recipient(address);
            }
            "msg" => self.message(mail, text, here),
            _ => self.hand_on(mail, text, here),
        }
    }

    fn begin(&mut self, mail: MailId, text: &str, here: Here) {
        let sender = value(text, " value=");
        let sender = self.out.keep(if sender.is_empty() { "<>" } else { sender });
        let (client, ip) = (self.out.name(value(text, " host=").trim_matches(['[', ']'])), self.out.name(value(text, " ip=")));
        let known = self.out.of(mail);
        (known.sender, known.client, known.client_ip, known.begun) = (sender, client, ip, Some((here.place, here.at)));
    }

    /// The whole mail is there, and the filter decides.
    fn message(&mut self, mail: MailId, text: &str, here: Here) {
        let (id, subject) = (self.out.message_id(value(text, " hdr_mid=")), self.out.keep(value(text, " subject=")));
        let known = self.out.of(mail);
        (known.message_id, known.subject, known.taken) = (id, subject, true);
        known.size = value(text, " size=").parse().unwrap_or(0);
        let record = self.out.begin(here.place, here.at, Kind::Accept);
        self.out.push(record, RelayFacts { phase: Phase::Queued, name: here.relay, ..RelayFacts::default() }, Some(mail), here.at);
        let (kind, phase) = match value(text, " action=") {
            "discard" => (Kind::Fail, Phase::Discarded),
            "quarantine" => (Kind::Fail, Phase::Quarantined),
            "reject" => (Kind::Fail, Phase::Bounced),
            _ => return self.hand_on(mail, text, here),
        };
        let words = format!("{} by rule {} of {}", value(text, " action="), value(text, " rule="), value(text, " module="));
        self.each(mail, (kind, phase), (&words, ""), here);
    }

    /// The gateway's sendmail takes over.
    fn hand_on(&mut self, mail: MailId, text: &str, here: Here) {
        let next = value(text, " qid=");
        if !next.is_empty() && self.handed.insert(mail) {
            self.each(mail, (Kind::Deliver, Phase::Sent), ("", next), here);
        }
    }

    fn each(&mut self, mail: MailId, (kind, phase): (Kind, Phase), (reply, next): (&str, &str), here: Here) {
        let recipients: Vec<Sym> = self.out.of(mail).recipients.iter().map(|recipient| recipient.address).collect();
        let (reply, next_queue_id) = (self.out.keep(reply), self.out.name(next));
        for recipient in recipients {
            let facts = RelayFacts { phase, next_queue_id, name: here.relay, ..RelayFacts::default() };
            self.out.tried(mail, (here.place, here.at), kind, (recipient, reply), facts);
        }
    }
}
