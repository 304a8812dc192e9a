//! E-mail logs of Azure Communication Services, one JSON object per line, as diagnostic settings and Log Analytics write
//! them (relay.md section 1.10). `CorrelationId` is the id that the send call returned, not the Message-ID.
//!
//! Assumed: that the time stands in `TimeGenerated` or around the properties in `time`; the documented samples show the
//! properties alone, and those rows are counted without becoming evidence.

use super::fields::utc;
use super::output::Output;
use super::syslog::Stamp;
use crate::error::ReadError;
use crate::evidence::{Hop, Kind, Phase, RelayFacts, Sym};
use crate::formats::objects::normal;
use crate::formats::records::Place;
use crate::formats::secret::without_logons;
use crate::formats::{Claim, Format, Sink};
use crate::source::{Class, lines};
use serde_json::{Map, Value};

/// E-mail logs of Azure Communication Services.
pub struct CommunicationServices;

impl Format for CommunicationServices {
    fn id(&self) -> &'static str {
        "relay-acs"
    }

    fn title(&self) -> &'static str {
        "Azure Communication Services e-mail log"
    }

    fn hop(&self) -> Hop {
        Hop::Relay
    }

    fn recognise(&self, head: &str) -> Option<Claim> {
        let (line, _) = lines(head).take(20).find(|(_, line)| Row::of(line).is_some_and(|row| row.is_own()))?;
        Some(Claim { confidence: 93, why: format!("line {line}: an object of the e-mail operations of Azure Communication Services") })
    }

    fn read(&self, text: &str, sink: &mut Sink<'_>) -> Result<(), ReadError> {
        let text = &*without_logons(text);
        let mut out = Output::new(sink);
        for (number, line) in lines(text) {
            let place = Place { line: number, lines: 1 };
            match Row::of(line) {
                Some(row) if row.is_own() => push(&row, place, &mut out),
                Some(_) => out.reject(place, "an object of another kind"),
                None if line.trim().is_empty() || matches!(line.trim(), "[" | "]") => out.mark(place, Class::Frame),
                None => out.reject(place, "no whole JSON object"),
            }
        }
        out.finish();
        Ok(())
    }

    fn samples(&self) -> &'static [&'static str] {
        &[include_str!("acs.sample.jsonl")]
    }
}

/// An object with what stands in its properties, by normalised keys.
struct Row(Vec<(String, String)>);

impl Row {
    fn of(line: &str) -> Option<Self> {
        let line = line.trim().trim_end_matches(',');
        let Value::Object(object) = line.starts_with('{').then(|| serde_json::from_str(line).ok())?? else { return None };
        let mut cells = Vec::new();
        flatten(&object, &mut cells);
        Some(Self(cells))
    }

    fn get(&self, key: &str) -> &str {
        self.0.iter().find(|(name, _)| name == key).map_or("", |(_, value)| value)
    }

    fn is_own(&self) -> bool {
        let category = ["operationcategory", "category", "type"].map(|key| self.get(key).trim_start_matches("ACS").to_owned());
        category.iter().any(|name| {
            matches!(name.as_str(), "EmailSendMailOperational" | "EmailStatusUpdateOperational" | "EmailUserEngagementOperational")
        }) || !self.get("deliverystatus").is_empty() && !self.get("recipientid").is_empty() && !self.get("correlationid").is_empty()
    }

    fn at(&self) -> Option<Stamp> {
        ["timegenerated", "time", "timegeneratedutc"].iter().find_map(|key| utc(self.get(key)))
    }
}

fn flatten(object: &Map<String, Value>, cells: &mut Vec<(String, String)>) {
    for (name, value) in object {
        match value {
            Value::Object(inner) if normal(name) == "properties" => flatten(inner, cells),
            Value::String(text) => cells.push((normal(name), text.clone())),
            Value::Number(_) | Value::Bool(_) => cells.push((normal(name), value.to_string())),
            _ => {}
        }
    }
}

fn push(row: &Row, place: Place, out: &mut Output<'_, '_>) {
    let Some(stamp) = row.at() else {
        out.sink.source.note(place.line, "rows without a time are counted, but tell of no mail");
        return out.mark(place, Class::Frame);
    };
    let at = out.at(&stamp);
    // Without a recipient a row is of the whole mail.
    let (recipient, status) = (row.get("recipientid"), row.get("deliverystatus"));
    let Some((kind, phase)) = fate(status, row).filter(|_| !recipient.is_empty() || status != "OutForDelivery") else {
        return out.mark(place, Class::Frame);
    };
    out.mark(place, Class::Evidence);
    let mut record = out.begin(place, at, kind);
    record.recipient = out.keep(recipient);
    record.sender = match (row.get("senderusername"), row.get("senderdomain")) {
        ("", _) | (_, "") => Sym::EMPTY,
        (user, domain) => out.keep(&format!("{user}@{domain}")),
    };
    record.message_id = out.message_id(row.get("internetmessageid"));
    let words = [row.get("smtpstatuscode"), row.get("enhancedsmtpstatuscode"), row.get("failuremessage"), row.get("failurereason")];
    let words: Vec<&str> = words.into_iter().filter(|word| !word.is_empty()).collect();
    record.reply = out.keep(&words.join(" "));
    let facts = RelayFacts {
        queue_id: out.keep(row.get("correlationid")),
        host: out.keep(row.get("recipientmailserverhostname")),
        phase,
        dsn: row.get("enhancedsmtpstatuscode").parse().ok(),
        ..RelayFacts::default()
    };
    out.push(record, facts, None, at);
}

/// What a status is; the sending itself has none.
fn fate(status: &str, row: &Row) -> Option<(Kind, Phase)> {
    Some(match status {
        "" if row.get("operationtype") == "SendMail" || row.get("operationname") == "SendMail" => (Kind::Accept, Phase::Queued),
        "Delivered" => (Kind::Deliver, Phase::Sent),
        "Bounced" | "Failed" => (Kind::Fail, Phase::Bounced),
        "Suppressed" | "Dropped" => (Kind::Fail, Phase::Removed),
        "Quarantined" | "FilteredSpam" => (Kind::Fail, Phase::Quarantined),
        "Expanded" => (Kind::Event, Phase::Expanded),
        "OutForDelivery" => (Kind::Event, Phase::Active),
        _ => return None,
    })
}
