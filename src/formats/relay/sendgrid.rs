//! SendGrid: events of its webhook as JSON, and the activity as CSV (relay.md section 1.10). `smtp-id` is the Message-ID
//! as SendGrid saw it; `sg_message_id` begins with the id that the client was told.
//!
//! Assumed: times and words of the CSV, of which only the header was seen.

use super::output::{Begins, MailId, Output};
use super::syslog::{self, Stamp};
use crate::error::ReadError;
use crate::evidence::{Hop, Kind, Phase, RelayFacts};
use crate::formats::exchange::json;
use crate::formats::objects::normal;
use crate::formats::records::{self, Place};
use crate::formats::secret::without_logons;
use crate::formats::{Claim, Format, Sink};
use crate::smtp::find_reply;
use crate::source::{Class, lines};
use serde_json::Value;

/// The service: it names none of its machines, and its exports are told to be of one relay by this.
const SERVICE: &str = "sendgrid.net";

/// The key that every event has.
const KEY: &str = "sgmessageid";

/// Events of SendGrid.
pub struct SendGrid;

impl Format for SendGrid {
    fn id(&self) -> &'static str {
        "relay-sendgrid"
    }

    fn title(&self) -> &'static str {
        "SendGrid events (webhook JSON, activity CSV)"
    }

    fn hop(&self) -> Hop {
        Hop::Relay
    }

    fn recognise(&self, head: &str) -> Option<Claim> {
        let keys = json::first_keys(head, KEY);
        let why = if ["event", "email", "timestamp"].iter().all(|key| keys.iter().any(|known| known == key)) {
            "JSON objects with sg_message_id and event"
        } else {
            let names = header(head)?.1;
            let own = ["processed", "recvmessageid", "event", "email"].iter().all(|name| names.iter().any(|known| known == name));
            own.then_some("a header with the columns of SendGrid's activity")?
        };
        Some(Claim { confidence: 95, why: why.to_owned() })
    }

    fn read(&self, text: &str, sink: &mut Sink<'_>) -> Result<(), ReadError> {
        let text = &*without_logons(text);
        if json::begins(text) {
            let mut rows = Vec::new();
            json::read(text, KEY, sink, &mut |row, place, _| {
                rows.push((place, Event::of(&|key| row.value(key).map_or_else(String::new, shown))));
                Ok(Class::Frame)
            });
            let mut out = Output::new(sink);
            for (place, event) in &rows {
                event.push(*place, &mut out);
            }
            out.finish();
        } else {
            sheet(text, sink);
        }
        Ok(())
    }

    fn samples(&self) -> &'static [&'static str] {
        &[include_str!("sendgrid.sample.json"), include_str!("sendgrid.sample.csv")]
    }
}

fn shown(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned)
}

/// Line and normalised names of a CSV's header.
fn header(text: &str) -> Option<(u32, Vec<String>)> {
    let (number, line) = lines(text).find(|(_, line)| !line.trim().is_empty())?;
    Some((number, line.split(',').map(normal).collect()))
}

fn sheet(text: &str, sink: &mut Sink<'_>) {
    let Some((first, names)) = header(text) else { return };
    let mut out = Output::new(sink);
    for (number, line) in lines(text) {
        if number <= first || line.trim().is_empty() {
            out.mark(Place { line: number, lines: 1 }, Class::Frame);
        }
    }
    let body = text.match_indices('\n').nth(first as usize - 1).map_or("", |(at, _)| &text[at + 1..]);
    let begins = |line: &str| moment(line.split(',').next().unwrap_or("").trim_matches('"')).is_some();
    records::each(body, first + 1, b',', &begins, &mut |record, place| match record {
        Ok(record) => {
            let cell = |key: &str| {
                names.iter().position(|name| name == key).and_then(|at| record.get(at)).map_or("", |cell| cell.trim()).to_owned()
            };
            Event::of(&cell).push(place, &mut out);
        }
        Err(reason) => out.reject(place, reason),
    });
    out.finish();
}

/// One event.
struct Event {
    at: Option<Stamp>,
    word: String,
    sender: String,
    recipient: String,
    subject: String,
    message_id: String,
    id: String,
    reply: String,
    host: String,
    attempts: u16,
    blocked: bool,
}

impl Event {
    fn of(get: &dyn Fn(&str) -> String) -> Self {
        let first = |keys: &[&str]| keys.iter().map(|key| get(key)).find(|text| !text.is_empty()).unwrap_or_default();
        Self {
            at: moment(&first(&["timestamp", "processed"])),
            word: get("event").to_lowercase(),
            sender: get("from"),
            recipient: get("email"),
            subject: get("subject"),
            message_id: get("smtpid"),
            id: first(&["sgmessageid", "messageid", "recvmessageid"]),
            reply: first(&["response", "reason"]),
            host: get("mx"),
            attempts: get("attempt").parse().unwrap_or(0),
            blocked: get("type") == "blocked",
        }
    }

    fn push(&self, place: Place, out: &mut Output<'_, '_>) {
        let Some(stamp) = self.at else { return out.reject(place, "no time of a known form") };
        let at = out.at(&stamp);
        let Some((kind, phase)) = self.fate() else { return out.mark(place, Class::Frame) };
        out.mark(place, Class::Evidence);
        let (recipient, reply) = (out.keep(&self.recipient), out.keep(&self.reply));
        let dsn = find_reply(&self.reply).and_then(|reply| reply.enhanced);
        let facts = RelayFacts { host: out.keep(&self.host), phase, dsn, ..RelayFacts::default() };
        let mail = self.mail(out);
        if let (Some(mail), true) = (mail, kind != Kind::Accept) {
            // Events may be missing: the service counts its tries itself.
            let known = out.of(mail).recipient(recipient);
            known.attempts = known.attempts.max(self.attempts.saturating_sub(1));
            return out.tried(mail, (place, at), kind, (recipient, reply), facts);
        }
        let mut record = out.begin(place, at, kind);
        (record.recipient, record.reply) = (recipient, reply);
        out.push(record, facts, mail, at);
    }

    /// The mail of an event; an export may leave its id out.
    fn mail(&self, out: &mut Output<'_, '_>) -> Option<MailId> {
        // What stands before the first dot is what the client was told.
        let id = self.id.split('.').next().filter(|id| !id.is_empty())?;
        let name = out.name(SERVICE);
        let mail = out.mail(name, id, Begins::Never);
        let (sender, subject, message_id) = (out.keep(&self.sender), out.keep(&self.subject), out.message_id(&self.message_id));
        let known = out.of(mail);
        for (slot, told) in [(&mut known.sender, sender), (&mut known.subject, subject), (&mut known.message_id, message_id)] {
            *slot = if told.is_empty() { *slot } else { told };
        }
        Some(mail)
    }

    /// A message that was `blocked` may be tried again by hand, but SendGrid is done with it.
    fn fate(&self) -> Option<(Kind, Phase)> {
        Some(match self.word.as_str() {
            "processed" => (Kind::Accept, Phase::Queued),
            "delivered" => (Kind::Deliver, Phase::Sent),
            "deferred" => (Kind::Defer, Phase::Deferred),
            "bounce" | "bounced" | "blocked" => (Kind::Fail, if self.blocked { Phase::Rejected } else { Phase::Bounced }),
            "dropped" | "drop" => (Kind::Fail, Phase::Removed),
            _ => return None,
        })
    }
}

/// Seconds since 1970, or ISO 8601 in UTC.
fn moment(text: &str) -> Option<Stamp> {
    let sound = |stamp: &Stamp| stamp.year.is_some_and(|year| (2000..2100).contains(&year));
    match text.parse::<i64>() {
        Ok(seconds) => Stamp::of_utc(seconds.checked_mul(1000)?).map(|stamp| Stamp { precise: false, ..stamp }).filter(sound),
        Err(_) => {
            syslog::iso(text.trim_end_matches(" UTC")).ok().map(|(_, stamp)| Stamp { offset: Some(stamp.offset.unwrap_or(0)), ..stamp })
        }
    }
}
