//! The SMTP service of IIS, W3C extended (relay.md section 1.4): fields by the last `#Fields`, blanks as `+`, no session id
//! and no Message-ID on outbound lines, so outbound sessions are cut by the remote address.
//!
//! Assumed: times are UTC where there are any. Inbound lines show no replies: an acceptance is concluded from `DATA` whose
//! query is a Message-ID, which IIS makes itself where the client sent none.

use super::fields::{self, Line, Row};
use super::mail::At;
use super::output::Output;
use super::syslog::Stamp;
use super::talk::Talk;
use crate::error::ReadError;
use crate::evidence::{Hop, Kind, Phase, RelayFacts};
use crate::formats::records::Place;
use crate::formats::{Claim, Format, Sink};
use crate::smtp::path_address;
use crate::source::{Class, lines};
use std::collections::BTreeMap;

/// SMTP service of IIS.
pub struct Iis;

impl Format for Iis {
    fn id(&self) -> &'static str {
        "relay-iis"
    }

    fn title(&self) -> &'static str {
        "IIS SMTP service log (W3C)"
    }

    fn hop(&self) -> Hop {
        Hop::Relay
    }

    fn recognise(&self, head: &str) -> Option<Claim> {
        let named = fields::names(head).is_some_and(|names| names.contains("cs-method") && names.contains("cs-uri-query"));
        let (line, _) = lines(head).take(200).find(|(_, line)| line.contains(" SMTPSVC") || line.contains(" OutboundConnection"))?;
        named.then(|| Claim { confidence: 95, why: format!("line {line}: a row of the SMTP service below #Fields") })
    }

    fn read(&self, text: &str, sink: &mut Sink<'_>) -> Result<(), ReadError> {
        let begun = lines(text).find_map(|(number, line)| Some((number, fields::utc(line.strip_prefix("#Date:")?)?)));
        let timed = fields::names(text).is_some_and(|names| names.split(' ').any(|name| name == "time"));
        if let Some((number, _)) = begun.filter(|_| !timed) {
            sink.source.note(number, "the rows have no time: all are taken as of the line #Date, a guess");
        }
        let date = begun.map(|(_, at)| at);
        let mut reader = Reader { out: Output::new(sink), talks: BTreeMap::new(), inbound: BTreeMap::new(), date };
        fields::each(text, ' ', &[], &mut |line, number| {
            let place = Place { line: number, lines: 1 };
            match line {
                Line::Frame => reader.out.mark(place, Class::Frame),
                Line::Unknown(reason) => reader.out.reject(place, reason),
                Line::Row(row) => reader.row(&row, place),
            }
        });
        while let Some((_, mut talk)) = reader.talks.pop_first() {
            talk.end(&mut reader.out);
        }
        reader.out.finish();
        Ok(())
    }

    fn samples(&self) -> &'static [&'static str] {
        &[include_str!("iis.sample.log")]
    }
}

/// A mail that a client is handing over.
#[derive(Default)]
struct Incoming {
    helo: String,
    sender: String,
    recipients: Vec<String>,
}

struct Reader<'a, 'b> {
    out: Output<'a, 'b>,
    talks: BTreeMap<String, Talk>,
    inbound: BTreeMap<String, Incoming>,
    /// Time of the last row that had one.
    date: Option<Stamp>,
}

impl Reader<'_, '_> {
    fn row(&mut self, row: &Row<'_>, place: Place) {
        let text = format!("{} {}", row.cell("date"), row.cell("time"));
        self.date = fields::utc(&text).or(self.date);
        let Some(stamp) = self.date else { return self.out.reject(place, "no time: neither columns date and time nor a line #Date") };
        let at = self.out.at(&stamp);
        self.out.mark(place, Class::Frame);
        let (method, query) = (row.cell("cs-method"), decoded(row.cell("cs-uri-query")));
        let outbound = row.cell("cs-username").starts_with("OutboundConnection");
        if outbound { self.outbound(row, &query, place, at) } else { self.inbound(row, method, &query, place, at) }
    }

    fn outbound(&mut self, row: &Row<'_>, query: &str, place: Place, at: At) {
        let ip = row.cell("c-ip");
        if query.starts_with("220 ") || !self.talks.contains_key(ip) {
            if let Some(mut before) = self.talks.remove(ip) {
                before.end(&mut self.out);
            }
            let port = row.cell("s-port").parse().unwrap_or(0);
            let facts =
                RelayFacts { host_ip: self.out.name(ip), port, name: self.out.keep(row.cell("s-computername")), ..RelayFacts::default() };
            self.talks.insert(ip.to_owned(), Talk::new(false, query.starts_with("220 "), facts));
        }
        let Some(talk) = self.talks.get_mut(ip) else { return };
        if row.cell("cs-username").ends_with("Command") {
            talk.client(&format!("{} {query}", row.cell("cs-method")), place, at, &mut self.out);
        } else if talk.server(query, place, at, &mut self.out) {
            self.out.mark(place, Class::Evidence);
        }
    }

    /// Commands of a client; without replies, the id of `DATA` alone shows that the mail was taken.
    fn inbound(&mut self, row: &Row<'_>, method: &str, query: &str, place: Place, at: At) {
        let ip = row.cell("c-ip");
        let mail = self.inbound.entry(ip.to_owned()).or_default();
        match method.to_ascii_uppercase().as_str() {
            "EHLO" | "HELO" => *mail = Incoming { helo: query.trim().to_owned(), ..Incoming::default() },
            "MAIL" => (mail.sender, mail.recipients) = (envelope(query).to_owned(), Vec::new()),
            "RCPT" => mail.recipients.push(envelope(query).to_owned()),
            "DATA" | "BDAT" if query.contains('@') => {
                let mail = std::mem::take(mail);
                self.out.mark(place, Class::Evidence);
                let facts = RelayFacts {
                    phase: Phase::Queued,
                    client_ip: self.out.name(ip),
                    helo: self.out.keep(&mail.helo),
                    name: self.out.keep(row.cell("s-computername")),
                    stage: "eod",
                    ..RelayFacts::default()
                };
                let (sender, message_id) = (self.out.keep(&mail.sender), self.out.message_id(query));
                for recipient in &mail.recipients {
                    let mut record = self.out.begin(place, at, Kind::Accept);
                    (record.sender, record.recipient, record.message_id) = (sender, self.out.keep(recipient), message_id);
                    record.size = row.cell("cs-bytes").parse().unwrap_or(0);
                    self.out.push(record, facts.clone(), None, at);
                }
                self.inbound.insert(ip.to_owned(), Incoming { helo: mail.helo, ..Incoming::default() });
            }
            _ => {}
        }
    }
}

/// Blanks are written as `+`; a query begins with one.
fn decoded(query: &str) -> String {
    query.replace('+', " ").trim().to_owned()
}

/// Address of `FROM:<a>` and `TO:a`.
fn envelope(query: &str) -> &str {
    path_address(query.split_once(':').map_or(query, |(_, path)| path))
}
