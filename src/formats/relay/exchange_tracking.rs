//! Message tracking logs of Exchange on-premises and Edge (exchange.md section 1.14): columns by `#Fields`, one row per
//! event with all its recipients, times in UTC.

use super::fields::{self, Line, Row};
use super::output::{Begins, Output};
use super::syslog::Stamp;
use crate::error::ReadError;
use crate::evidence::{Hop, Kind, Phase, RelayFacts};
use crate::formats::exchange::failure;
use crate::formats::records::Place;
use crate::formats::secret::without_logons;
use crate::formats::{Claim, Format, Sink};
use crate::smtp::{accepted_message_id, find_reply};
use crate::source::Class;

/// Message tracking log.
pub struct ExchangeTracking;

impl Format for ExchangeTracking {
    fn id(&self) -> &'static str {
        "relay-exchange-tracking"
    }

    fn title(&self) -> &'static str {
        "Exchange Server message tracking log"
    }

    fn hop(&self) -> Hop {
        Hop::Relay
    }

    fn recognise(&self, head: &str) -> Option<Claim> {
        let names = fields::names(head)?;
        let known =
            ["internal-message-id", "event-id", "source-context", "recipient-status"].iter().filter(|name| names.contains(*name)).count();
        (known >= 3).then(|| Claim { confidence: 97, why: format!("#Fields names {known} columns of the message tracking log") })
    }

    fn read(&self, text: &str, sink: &mut Sink<'_>) -> Result<(), ReadError> {
        let text = &*without_logons(text);
        let mut out = Output::new(sink);
        fields::each(text, ',', &[], &mut |line, number| {
            let place = Place { line: number, lines: 1 };
            match line {
                Line::Frame => out.mark(place, Class::Frame),
                Line::Unknown(reason) => out.reject(place, reason),
                Line::Row(row) => match row.utc("date-time").filter(|_| !row.cell("event-id").is_empty()) {
                    Some(stamp) => push(&row, stamp, place, &mut out),
                    None => out.reject(place, "no time and event in this row"),
                },
            }
        });
        out.finish();
        Ok(())
    }

    fn samples(&self) -> &'static [&'static str] {
        &[include_str!("exchange_tracking.sample.log")]
    }
}

/// A row whose columns have the names of the log.
pub trait Cell {
    /// A cell by the name of its column; empty where there is none.
    fn cell(&self, name: &str) -> &str;
}

impl Cell for Row<'_> {
    fn cell(&self, name: &str) -> &str {
        Row::cell(self, name)
    }
}

/// Evidence of an event.
pub fn push(row: &dyn Cell, stamp: Stamp, place: Place, out: &mut Output<'_, '_>) {
    let at = out.at(&stamp);
    let (event, source) = (row.cell("event-id").to_ascii_uppercase(), row.cell("source"));
    let Some((kind, phase)) = fate(&event, source) else { return out.mark(place, Class::Frame) };
    out.mark(place, Class::Evidence);
    // An internal id is that of one server; the server stands at either end of a row.
    let receives = phase == Phase::Queued;
    let (own, far) = if receives { ("server", "client") } else { ("client", "server") };
    let name = out.name(server(row, own));
    let mail = out.mail(name, row.cell("internal-message-id"), Begins::Never);
    let (message_id, subject) = (out.message_id(row.cell("message-id")), out.keep(row.cell("message-subject")));
    let sender = out.keep(row.cell("sender-address"));
    let size = row.cell("total-bytes").parse().unwrap_or(0);
    let known = out.of(mail);
    (known.message_id, known.subject, known.sender, known.size) = (message_id, subject, sender, size);
    known.count = row.cell("recipient-count").parse().unwrap_or(0);
    known.taken = true;
    let (client, client_ip) = (out.keep(row.cell("client-hostname")), out.name(row.cell("client-ip")));
    let (host, host_ip) = (out.keep(server(row, far)), out.name(row.cell("server-ip")));
    let base = RelayFacts { name, phase, network_message_id: out.name(row.cell("network-message-id")), ..RelayFacts::default() };
    let facts = if receives {
        RelayFacts { client, client_ip, ..base }
    } else {
        RelayFacts { host, host_ip, original: out.keep(row.cell("related-recipient-address")), ..base }
    };
    for (recipient, said) in recipients(row) {
        let reply = if receives { "" } else { reply(said, row.cell("source-context")) };
        let mut record = out.begin(place, at, kind);
        (record.recipient, record.reply) = (out.keep(recipient), out.keep(reply));
        let dsn = find_reply(reply).and_then(|reply| reply.enhanced);
        let next = internal_id(row.cell("source-context")).or_else(|| internal_id(said)).unwrap_or("");
        let next_queue_id = out.name(if phase == Phase::Sent { next } else { "" });
        out.push(record, RelayFacts { next_queue_id, dsn, ..facts.clone() }, Some(mail), at);
    }
}

/// Name of the server at one end of a row, else its address.
fn server<'a>(row: &'a dyn Cell, end: &str) -> &'a str {
    let (name, ip) = if end == "server" { ("server-hostname", "server-ip") } else { ("client-hostname", "client-ip") };
    let name = row.cell(name);
    if name.is_empty() { row.cell(ip) } else { name }
}

/// Each recipient with what the row says of it; where the parts do not match, all of it.
fn recipients(row: &dyn Cell) -> Vec<(&str, &str)> {
    let (addresses, said) = (row.cell("recipient-address"), row.cell("recipient-status"));
    let addresses: Vec<&str> = addresses.split(';').map(str::trim).collect();
    let parts: Vec<&str> = said.split(';').map(str::trim).collect();
    let apart = parts.len() == addresses.len();
    addresses.iter().enumerate().map(|(at, address)| (*address, if apart { parts[at] } else { said })).collect()
}

/// The far server's words; kinds of address (`To`, `Cc`) and session ids are none. The acceptance that tells of the mail
/// itself says more than that of the recipient.
fn reply<'a>(said: &'a str, context: &'a str) -> &'a str {
    if accepted_message_id(context).is_some() {
        return context.find("250 ").map_or(context, |at| &context[at..]);
    }
    let found = failure::reply(&[said, context]);
    if find_reply(found).is_some() { found } else { "" }
}

/// `InternalId=38521561683110` of the next Exchange server.
pub fn internal_id(reply: &str) -> Option<&str> {
    let (_, rest) = reply.split_once("InternalId=")?;
    let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    (end > 0).then_some(&rest[..end])
}

/// What an event is for the mail; `None` for copies and steps inside (exchange.md sections 1.7 and 1.14).
fn fate(event: &str, source: &str) -> Option<(Kind, Phase)> {
    Some(match event {
        "RECEIVE" if !source.eq_ignore_ascii_case("DSN") => (Kind::Accept, Phase::Queued),
        "SEND" | "SENDEXTERNAL" | "DELIVER" => (Kind::Deliver, Phase::Sent),
        "DEFER" => (Kind::Defer, Phase::Deferred),
        "FAIL" | "BADMAIL" | "POISONMESSAGE" | "MODERATORREJECT" | "MODERATIONEXPIRE" => (Kind::Fail, Phase::Bounced),
        "DROP" => (Kind::Fail, Phase::Removed),
        "DSN" => (Kind::Event, Phase::BounceNotice),
        "EXPAND" | "RESOLVE" | "REDIRECT" => (Kind::Event, Phase::Expanded),
        _ => return None,
    })
}
