//! The SMTP service of IIS, W3C extended (relay.md section 1.4): fields by the last `#Fields`, blanks as `+`, no session id
//! and no Message-ID on outbound lines, so outbound sessions are cut by the remote address and joined with what was taken
//! by sender and recipient, the oldest first.
//!
//! Assumed: times are UTC where there are any; all columns in their usual order where a piece of a log has no line
//! `#Fields`. Inbound lines show no replies: an acceptance is concluded from `DATA` whose query is a Message-ID, which IIS
//! makes itself where the client sent none, a refusal from the column `sc-status`.

use super::fields::{self, Line, Row};
use super::mail::At;
use super::output::Output;
use super::syslog::Stamp;
use super::talk::Talk;
use crate::error::ReadError;
use crate::evidence::{Hop, Kind, Phase, RelayFacts, Sym};
use crate::formats::records::Place;
use crate::formats::{Claim, Format, Sink};
use crate::smtp::path_address;
use crate::source::{Class, lines};
use std::collections::{BTreeMap, VecDeque};

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
        let (line, row) = lines(head).take(200).find(|(_, line)| line.contains(" SMTPSVC") || line.contains(" OutboundConnection"))?;
        let Some(names) = fields::names(head) else {
            let usual = row.split(' ').count() == FIELDS.len() && fields::utc(row.get(..19)?).is_some();
            return usual.then(|| Claim { confidence: 80, why: format!("line {line}: a row of the SMTP service, without a line #Fields") });
        };
        let named = names.contains("cs-method") && names.contains("cs-uri-query");
        named.then(|| Claim { confidence: 95, why: format!("line {line}: a row of the SMTP service below #Fields") })
    }

    fn read(&self, text: &str, sink: &mut Sink<'_>) -> Result<(), ReadError> {
        let begun = lines(text).find_map(|(number, line)| Some((number, fields::utc(line.strip_prefix("#Date:")?)?)));
        let timed = fields::names(text).is_some_and(|names| names.split(' ').any(|name| name == "time"));
        if let Some((number, _)) = begun.filter(|_| !timed) {
            sink.source.note(number, "the rows have no time: all are taken as of the line #Date, a guess");
        }
        let date = begun.map(|(_, at)| at);
        if fields::names(text).is_none() {
            sink.source.note(1, "no line #Fields names the columns: their usual order is assumed");
        }
        let mut reader = Reader { out: Output::new(sink), talks: BTreeMap::new(), inbound: BTreeMap::new(), taken: Taken::default(), date };
        fields::each(text, ' ', FIELDS, &mut |line, number| {
            let place = Place { line: number, lines: 1 };
            match line {
                Line::Frame => reader.out.mark(place, Class::Frame),
                Line::Unknown(reason) => reader.out.reject(place, reason),
                Line::Row(row) => reader.row(&row, place),
            }
        });
        while let Some((_, mut outgoing)) = reader.talks.pop_first() {
            outgoing.talk.end(&mut reader.out);
        }
        reader.out.finish();
        Ok(())
    }

    fn samples(&self) -> &'static [&'static str] {
        &[include_str!("iis.sample.log")]
    }
}

/// Columns when all are chosen, in their order.
const FIELDS: &[&str] = &[
    "date",
    "time",
    "c-ip",
    "cs-username",
    "s-sitename",
    "s-computername",
    "s-ip",
    "s-port",
    "cs-method",
    "cs-uri-stem",
    "cs-uri-query",
    "sc-status",
    "sc-win32-status",
    "sc-bytes",
    "cs-bytes",
    "time-taken",
    "cs-version",
    "cs-host",
    "cs(User-Agent)",
    "cs(Cookie)",
    "cs(Referer)",
];

/// A mail that a client is handing over.
#[derive(Default)]
struct Incoming {
    helo: String,
    sender: String,
    recipients: Vec<String>,
}

/// A session towards the next server, with the mail that is under way.
struct Outgoing {
    talk: Talk,
    sender: String,
    recipients: Vec<String>,
}

/// Message-IDs of mails that were taken and have not ended, by sender and recipient.
#[derive(Default)]
struct Taken {
    open: BTreeMap<(String, String), VecDeque<Sym>>,
    told: bool,
}

impl Taken {
    fn put(&mut self, sender: &str, recipient: &str, message_id: Sym) {
        self.open.entry(key(sender, recipient)).or_default().push_back(message_id);
    }

    /// The oldest that a session can be about.
    fn first(&self, outgoing: &Outgoing) -> Sym {
        let mut all = outgoing.recipients.iter().filter_map(|to| self.open.get(&key(&outgoing.sender, to))?.front().copied());
        all.next().unwrap_or_default()
    }

    /// It came to an end for all whom the session named.
    fn end(&mut self, outgoing: &Outgoing, message_id: Sym) {
        for to in &outgoing.recipients {
            if let Some(open) = self.open.get_mut(&key(&outgoing.sender, to)) {
                open.retain(|id| *id != message_id);
            }
        }
    }
}

fn key(sender: &str, recipient: &str) -> (String, String) {
    (sender.to_lowercase(), recipient.to_lowercase())
}

struct Reader<'a, 'b> {
    out: Output<'a, 'b>,
    talks: BTreeMap<String, Outgoing>,
    inbound: BTreeMap<String, Incoming>,
    taken: Taken,
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
                before.talk.end(&mut self.out);
            }
            let port = row.cell("s-port").parse().unwrap_or(0);
            let facts =
                RelayFacts { host_ip: self.out.name(ip), port, name: self.out.keep(row.cell("s-computername")), ..RelayFacts::default() };
            let talk = Talk::new(false, query.starts_with("220 "), facts);
            self.talks.insert(ip.to_owned(), Outgoing { talk, sender: String::new(), recipients: Vec::new() });
        }
        let Some(outgoing) = self.talks.get_mut(ip) else { return };
        if row.cell("cs-username").ends_with("Command") {
            match row.cell("cs-method") {
                "MAIL" => (outgoing.sender, outgoing.recipients) = (envelope(query).to_owned(), Vec::new()),
                "RCPT" => outgoing.recipients.push(envelope(query).to_owned()),
                _ => {}
            }
            outgoing.talk.client(&format!("{} {query}", row.cell("cs-method")), place, at, &mut self.out);
            return;
        }
        let message_id = self.taken.first(outgoing);
        outgoing.talk.message_id = message_id;
        if !outgoing.talk.server(query, place, at, &mut self.out) {
            return;
        }
        self.out.mark(place, Class::Evidence);
        if message_id.is_empty() {
            return;
        }
        if !query.starts_with('4') {
            self.taken.end(outgoing, message_id);
        }
        if !std::mem::replace(&mut self.taken.told, true) {
            self.out
                .sink
                .source
                .note(place.line, "the log ties what it hands on to no mail: sender and recipient do, the oldest mail first, a guess");
        }
    }

    /// Commands of a client; without replies, the id of `DATA` alone shows that the mail was taken.
    fn inbound(&mut self, row: &Row<'_>, method: &str, query: &str, place: Place, at: At) {
        let ip = row.cell("c-ip");
        let mail = self.inbound.entry(ip.to_owned()).or_default();
        match method.to_ascii_uppercase().as_str() {
            "EHLO" | "HELO" => *mail = Incoming { helo: query.trim().to_owned(), ..Incoming::default() },
            "MAIL" => (mail.sender, mail.recipients) = (envelope(query).to_owned(), Vec::new()),
            "RCPT" if row.cell("sc-status").starts_with(['4', '5']) => {
                self.out.mark(place, Class::Evidence);
                let mut record = self.out.begin(place, at, Kind::Reply);
                record.sender = self.out.keep(&mail.sender);
                (record.recipient, record.reply) = (self.out.keep(envelope(query)), self.out.keep(row.cell("sc-status")));
                let facts = RelayFacts { phase: Phase::Rejected, stage: "rcpt", ..self.facts(row, ip) };
                self.out.push(record, facts, None, at);
            }
            "RCPT" => mail.recipients.push(envelope(query).to_owned()),
            "DATA" | "BDAT" if query.contains('@') => {
                let mail = std::mem::take(mail);
                self.out.mark(place, Class::Evidence);
                let helo = self.out.keep(&mail.helo);
                let facts = RelayFacts { phase: Phase::Queued, helo, stage: "eod", ..self.facts(row, ip) };
                let (sender, message_id) = (self.out.keep(&mail.sender), self.out.message_id(query));
                for recipient in &mail.recipients {
                    self.taken.put(&mail.sender, recipient, message_id);
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

impl Reader<'_, '_> {
    /// The relay and its client.
    fn facts(&mut self, row: &Row<'_>, ip: &str) -> RelayFacts {
        RelayFacts { client_ip: self.out.name(ip), name: self.out.keep(row.cell("s-computername")), ..RelayFacts::default() }
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
