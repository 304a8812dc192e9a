//! hMailServer (relay.md section 1.6): tab-separated quoted cells, dialogues of clients (`SMTPD`) and towards the next
//! server (`SMTPC`), and the life of a delivery under its message number.
//!
//! No Message-ID is written but where a server echoes it. A number is not tied to a dialogue: both tell of the mail on
//! their own, by sender, recipient and time.

use super::mail::At;
use super::output::{Begins, Output};
use super::syslog::{self, Stamp};
use super::talk::Talk;
use crate::error::ReadError;
use crate::evidence::{Hop, Kind, Phase, RelayFacts, Sym};
use crate::formats::records::Place;
use crate::formats::{Claim, Format, Sink};
use crate::source::{Class, lines};
use std::collections::BTreeMap;

/// Log of hMailServer.
pub struct HMail;

impl Format for HMail {
    fn id(&self) -> &'static str {
        "relay-hmail"
    }

    fn title(&self) -> &'static str {
        "hMailServer log"
    }

    fn hop(&self) -> Hop {
        Hop::Relay
    }

    fn recognise(&self, head: &str) -> Option<Claim> {
        let rows: Vec<Row<'_>> = lines(head).take(400).filter_map(|(_, line)| Row::of(line)).collect();
        let own = rows.iter().filter(|row| row.kind.starts_with("SMTP") || row.text.starts_with("SMTPDeliverer")).count();
        (own > 0).then(|| Claim { confidence: 92, why: format!("{own} of {} quoted rows are of hMailServer's SMTP", rows.len()) })
    }

    fn read(&self, text: &str, sink: &mut Sink<'_>) -> Result<(), ReadError> {
        let mut reader = Reader { out: Output::new(sink), talks: BTreeMap::new() };
        for (number, line) in lines(text) {
            let place = Place { line: number, lines: 1 };
            match Row::of(line) {
                Some(row) => reader.row(&row, place),
                None if line.trim().is_empty() => reader.out.mark(place, Class::Frame),
                None => reader.out.reject(place, "not a row of quoted cells between tabs"),
            }
        }
        while let Some((_, mut talk)) = reader.talks.pop_first() {
            talk.end(&mut reader.out);
        }
        reader.out.finish();
        Ok(())
    }

    fn samples(&self) -> &'static [&'static str] {
        &[include_str!("hmail.sample.log")]
    }
}

/// A row: of a session with its number and address, or of the application.
struct Row<'a> {
    kind: &'a str,
    session: &'a str,
    ip: &'a str,
    text: &'a str,
    stamp: Stamp,
}

impl<'a> Row<'a> {
    fn of(line: &'a str) -> Option<Self> {
        let cells: Vec<&str> = line.strip_prefix('"')?.split('\t').collect();
        let bare = |at: usize| cells.get(at).map(|cell| cell.trim_matches('"'));
        let stamp = |at: usize| syslog::iso(bare(at)?).ok().filter(|(rest, _)| rest.is_empty()).map(|(_, stamp)| stamp);
        let text = |at: usize| Some(line.splitn(at + 1, '\t').nth(at)?.trim_start_matches('"').trim_end_matches('"'));
        if let Some(found) = stamp(3) {
            return Some(Self { kind: bare(0)?, session: bare(2)?, ip: bare(4)?, text: text(5)?, stamp: found });
        }
        Some(Self { kind: bare(0)?, session: "", ip: "", text: text(3)?, stamp: stamp(2)? })
    }
}

struct Reader<'a, 'b> {
    out: Output<'a, 'b>,
    talks: BTreeMap<String, Talk>,
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
        let Some((sent, said)) = row
            .text
            .strip_prefix("SENT: ")
            .map(|said| (true, said))
            .or_else(|| row.text.strip_prefix("RECEIVED: ").map(|said| (false, said)))
        else {
            return;
        };
        let key = format!("{}{}", row.kind, row.session);
        let greets = sent == inbound && said.starts_with("220");
        if !self.talks.contains_key(&key) {
            let ip = self.out.name(row.ip);
            let facts = if inbound {
                RelayFacts { client_ip: ip, ..RelayFacts::default() }
            } else {
                RelayFacts { host_ip: ip, ..RelayFacts::default() }
            };
            self.talks.insert(key.clone(), Talk::new(inbound, greets, facts));
        }
        let Some(talk) = self.talks.get_mut(&key) else { return };
        let said = said.replace("[nl]", " ");
        if sent == inbound {
            if talk.server(&said, place, at, &mut self.out) {
                self.out.mark(place, Class::Evidence);
            }
        } else {
            talk.client(&said, place, at, &mut self.out);
        }
    }

    /// `SMTPDeliverer - Message N: ...` (hMailServer `ExternalDelivery.cpp`).
    fn life(&mut self, text: &str, place: Place, at: At) {
        let Some((number, words)) = text.strip_prefix("SMTPDeliverer - Message ").and_then(|rest| rest.split_once(": ")) else { return };
        self.out.mark(place, Class::Evidence);
        let mail = self.out.mail(Sym::EMPTY, number, Begins::Never);
        self.out.of(mail).taken = true;
        if let Some((sender, to)) = words.strip_prefix("Delivering message from ").and_then(|rest| rest.split_once(" to ")) {
            let to = to.split(". File:").next().unwrap_or(to);
            let sender = self.out.keep(sender);
            self.out.of(mail).sender = sender;
            for address in to.split(", ") {
                let address = self.out.keep(address);
                self.out.of(mail).recipient(address);
                let mut record = self.out.begin(place, at, Kind::Accept);
                record.recipient = address;
                self.out.push(record, RelayFacts { phase: Phase::Queued, ..RelayFacts::default() }, Some(mail), at);
            }
            return;
        }
        let deferred = words.contains("Scheduling it for");
        if words.contains("Returning error log to sender") {
            return self.out.give_up(mail, (place, at), Phase::Bounced, Sym::EMPTY);
        }
        let (kind, phase) = match words {
            _ if deferred => (Kind::Defer, Phase::Deferred),
            words if words.starts_with("No mail servers could be found") => (Kind::Event, Phase::Tried),
            _ => return,
        };
        let mut record = self.out.begin(place, at, kind);
        record.reply = self.out.keep(words);
        self.out.push(record, RelayFacts { phase, ..RelayFacts::default() }, Some(mail), at);
    }
}
