//! Cisco Secure Email Gateway, consolidated event log (since `AsyncOS` 13): one event in Common Event Format for each
//! mail, by file or by syslog (relay.md section 1.8).
//!
//! Rests on documentation only: the administration guide's list of fields and what other programs expect of these
//! events. An event tells the gateway's last action for all its recipients together, and neither the next server nor, for
//! a mail that was delivered, its answer. Assumed: that several recipients stand between `;` or `,`.

use super::cef::{self, Event, Line};
use super::dated;
use super::text::{number, said};
use crate::error::ReadError;
use crate::evidence::{Hop, Kind, Phase, RelayFacts, Sym};
use crate::formats::records::Place;
use crate::formats::relay::mail::{At, Here};
use crate::formats::relay::output::{Begins, MailId, Output};
use crate::formats::relay::syslog::{self, Stamp};
use crate::formats::secret::without_logons;
use crate::formats::{Claim, Format, Sink};
use crate::smtp::find_reply;
use crate::source::{Class, lines};

/// Consolidated event log of a Cisco gateway.
pub struct CiscoEsaEvents;

impl Format for CiscoEsaEvents {
    fn id(&self) -> &'static str {
        "relay-cisco-esa-events"
    }

    fn title(&self) -> &'static str {
        "Cisco Secure Email Gateway consolidated event log (CEF)"
    }

    fn hop(&self) -> Hop {
        Hop::Relay
    }

    fn recognise(&self, head: &str) -> Option<Claim> {
        let own = lines(head).take(400).filter(|(_, line)| matches!(cef::read(line), Some(Line::Own(_)))).count();
        (own > 0).then(|| Claim { confidence: 96, why: format!("{own} lines are consolidated events of a Cisco gateway") })
    }

    fn read(&self, text: &str, sink: &mut Sink<'_>) -> Result<(), ReadError> {
        let mut reader = Reader { out: Output::new(sink) };
        for (number, line) in lines(&without_logons(text)) {
            let place = Place { line: number, lines: 1 };
            match cef::read(line) {
                Some(Line::Own(event)) => reader.event(&event, place),
                Some(Line::Other) => reader.out.mark(place, Class::Frame),
                Some(Line::Cut) => reader.out.reject(place, "the event is cut before it names its mail"),
                None if line.trim().is_empty() || syslog::entry(line).is_some() => reader.out.mark(place, Class::Frame),
                None => reader.out.reject(place, "no event in Common Event Format"),
            }
        }
        reader.out.finish();
        Ok(())
    }

    fn samples(&self) -> &'static [&'static str] {
        &[include_str!("events.sample.log")]
    }
}

struct Reader<'a, 'b> {
    out: Output<'a, 'b>,
}

/// When an event was written, and by whom: by the head of its line, which may be a time alone or missing.
fn head<'a>(event: &Event<'a>) -> (Option<Stamp>, &'a str) {
    match dated(event.head) {
        Some((stamp, _)) => (Some(stamp), ""),
        None => syslog::entry(event.line).map_or((None, ""), |entry| (Some(entry.stamp), entry.host)),
    }
}

impl Reader<'_, '_> {
    fn event(&mut self, event: &Event<'_>, place: Place) {
        let (written, host) = head(event);
        let time = |key: &str| dated(&event.get(key)).map(|(stamp, _)| stamp);
        let (begin, end) = (time("startTime"), time("endTime"));
        // The times inside tell no zone.
        let zoned = written.filter(|stamp| stamp.offset.is_some());
        let Some(stamp) = zoned.or(end).or(written).or(begin) else {
            return self.out.reject(place, "no time in this event");
        };
        self.out.mark(place, Class::Evidence);
        let wall = |stamp: &Stamp| stamp.year.map(|year| stamp.in_year(year));
        let taken = begin.as_ref().and_then(wall).zip(end.as_ref().and_then(wall)).map_or(0, |(begin, end)| (end - begin).max(0));
        let gateway = event.get("dvc");
        let relay = self.out.name(if host.is_empty() { &gateway } else { host });
        let ended = Here { place, at: self.out.at(&stamp), relay };
        let begun = Here { at: At { span: ended.at.span.shifted(-taken), ..ended.at }, ..ended };
        let mail = self.mail(event, begun);
        self.end(event, mail, u32::try_from(taken).unwrap_or(0), ended);
    }

    /// The mail of an event; a second one of the same number tells of other recipients.
    fn mail(&mut self, event: &Event<'_>, here: Here) -> MailId {
        let out = &mut self.out;
        let mail = out.mail(here.relay, &event.get("ESAMID"), Begins::Never);
        let sender = event.get("suser");
        let sender = out.keep(if sender.is_empty() { "<>" } else { &sender });
        let id = if event.get("cs4Label") == "ExternalMsgID" { out.message_id(&event.get("cs4")) } else { Sym::EMPTY };
        let client = event.get("sourceHostName");
        let client = out.keep(if client == "unknown" { "" } else { &client });
        let address = Some(event.get("sourceAddress")).filter(|ip| !ip.is_empty()).unwrap_or_else(|| event.get("src"));
        let (subject, client_ip, helo) = (out.keep(&event.get("msg")), out.name(&address), out.keep(&event.get("ESAHeloDomain")));
        let size = number(&event.get("ESAMsgSize")).map_or(0, |(size, _)| size);
        let known = out.of(mail);
        (known.sender, known.message_id, known.subject, known.client) = (sender, id, subject, client);
        (known.client_ip, known.helo, known.size) = (client_ip, helo, size);
        if !std::mem::replace(&mut known.taken, true) {
            let record = out.begin(here.place, here.at, Kind::Accept);
            out.push(record, RelayFacts { phase: Phase::Queued, name: here.relay, ..RelayFacts::default() }, Some(mail), here.at);
        }
        mail
    }

    fn end(&mut self, event: &Event<'_>, mail: MailId, delay: u32, here: Here) {
        let (action, details) = (event.get("act"), event.get("ESAFinalActionDetails"));
        let Some((kind, phase)) = fate(&action) else {
            return self
                .out
                .sink
                .source
                .note(here.place.line, "events whose last action is missing or not known tell only that the mail came");
        };
        let words = said(&details);
        // The gateway's own decision is told in its own words.
        let own = matches!(phase, Phase::Quarantined | Phase::Removed);
        let words = if own { format!("{action} {words}").trim_end().to_owned() } else { words };
        let dsn = find_reply(&words).and_then(|reply| reply.enhanced);
        let stage = if kind == Kind::Fail && event.get("ESATLSOutConnStatus") == "Failure" { "tls" } else { "" };
        let reply = self.out.keep(&words);
        let recipients = event.get("duser");
        for recipient in recipients.split([';', ',']).map(str::trim).filter(|recipient| !recipient.is_empty()) {
            let recipient = self.out.keep(recipient);
            let facts = RelayFacts { phase, stage, dsn, delay, name: here.relay, ..RelayFacts::default() };
            self.out.tried(mail, (here.place, here.at), kind, (recipient, reply), facts);
        }
    }
}

/// What the gateway did last; `DQ` is a quarantine that lets go by itself.
fn fate(action: &str) -> Option<(Kind, Phase)> {
    Some(match action.to_ascii_uppercase().as_str() {
        "DELIVERED" => (Kind::Deliver, Phase::Sent),
        "BOUNCED" => (Kind::Fail, Phase::Bounced),
        "QUARANTINED" | "DQ" => (Kind::Fail, Phase::Quarantined),
        "DROPPED" | "ABORTED" => (Kind::Fail, Phase::Removed),
        _ => return None,
    })
}
