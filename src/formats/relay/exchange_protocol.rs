//! SMTP protocol logs of Exchange Server, `RECV*.LOG` and `SEND*.LOG` (relay.md section 1.5; exchange.md section 1.15):
//! sessions by id, interleaved, times in UTC. In a receive log `<` is the client's command, in a send log the far
//! server's reply.
//!
//! Assumed: columns in their usual order where a piece of a log has no line `#Fields:`; the direction by the port.

use super::fields::{self, Line, Row};
use super::output::Output;
use super::talk::Talk;
use crate::error::ReadError;
use crate::evidence::{Hop, Kind, RelayFacts, Sym};
use crate::formats::records::Place;
use crate::formats::{Claim, Format, Sink};
use crate::source::{Class, lines};
use std::collections::BTreeMap;

/// Columns as every version has them.
const FIELDS: &[&str] =
    &["date-time", "connector-id", "session-id", "sequence-number", "local-endpoint", "remote-endpoint", "event", "data", "context"];

/// SMTP protocol log.
pub struct ExchangeProtocol;

impl Format for ExchangeProtocol {
    fn id(&self) -> &'static str {
        "relay-exchange-protocol"
    }

    fn title(&self) -> &'static str {
        "Exchange Server SMTP protocol log"
    }

    fn hop(&self) -> Hop {
        Hop::Relay
    }

    fn recognise(&self, head: &str) -> Option<Claim> {
        if fields::names(head).is_some_and(|names| names.contains("session-id") && names.contains("remote-endpoint")) {
            return Some(Claim { confidence: 97, why: "#Fields names the columns of an SMTP protocol log".to_owned() });
        }
        let (line, _) = lines(head).take(20).find(|(_, line)| is_row(line))?;
        Some(Claim { confidence: 80, why: format!("line {line}: a row of an SMTP protocol log, without a line #Fields:") })
    }

    fn read(&self, text: &str, sink: &mut Sink<'_>) -> Result<(), ReadError> {
        let inbound = text.lines().take(20).find_map(|line| line.strip_prefix("#Log-type:")).map(|kind| kind.contains("Receive"));
        let mut reader = Reader { out: Output::new(sink), talks: BTreeMap::new(), inbound };
        fields::each(text, ',', FIELDS, &mut |line, number| {
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
        &[include_str!("exchange_send.sample.log"), include_str!("exchange_receive.sample.log")]
    }
}

/// A row without the names of its columns.
fn is_row(line: &str) -> bool {
    let cells: Vec<&str> = line.splitn(9, ',').collect();
    let [time, _, session, number, .., event, _, _] = cells[..] else { return false };
    let session = session.len() == 16 && session.bytes().all(|b| b.is_ascii_hexdigit());
    session && fields::utc(time).is_some() && number.parse::<u32>().is_ok() && matches!(event, "+" | "-" | "<" | ">" | "*")
}

struct Reader<'a, 'b> {
    out: Output<'a, 'b>,
    talks: BTreeMap<String, Talk>,
    inbound: Option<bool>,
}

impl Reader<'_, '_> {
    fn row(&mut self, row: &Row<'_>, place: Place) {
        let (Some(stamp), session) = (row.utc("date-time"), row.cell("session-id")) else {
            return self.out.reject(place, "no time in this row");
        };
        let event = row.raw("event");
        if session.is_empty() || !matches!(event, "+" | "-" | "<" | ">" | "*") {
            return self.out.reject(place, "no session and event in this row");
        }
        let at = self.out.at(&stamp);
        self.out.mark(place, Class::Frame);
        if !self.talks.contains_key(session) {
            // A send connector tells of its attempt before there is a connection.
            let talk = self.begin(row, event == "+" || row.cell("sequence-number") == "0");
            self.talks.insert(session.to_owned(), talk);
        }
        let inbound = self.is_inbound(row);
        let Some(talk) = self.talks.get_mut(session) else { return };
        let data = row.cell("data");
        match event {
            "<" | ">" if (event == "<") == inbound => talk.client(data, place, at, &mut self.out),
            "<" | ">" if talk.server(data, place, at, &mut self.out) => self.out.mark(place, Class::Evidence),
            "*" => {
                note(talk, row, &mut self.out);
                if let Some((kind, stage)) = failure(row.cell("context")) {
                    talk.failed(kind, stage, row.cell("context"), (place, at), &mut self.out);
                    self.out.mark(place, Class::Evidence);
                }
            }
            "-" => {
                if let Some(mut talk) = self.talks.remove(session) {
                    talk.end(&mut self.out);
                }
            }
            _ => {}
        }
    }

    fn is_inbound(&self, row: &Row<'_>) -> bool {
        let served = || port(row.cell("local-endpoint")).is_some_and(|port| matches!(port, 25 | 465 | 475 | 587 | 717 | 2525));
        self.inbound.unwrap_or_else(served)
    }

    fn begin(&mut self, row: &Row<'_>, begins: bool) -> Talk {
        let (remote, inbound) = (row.cell("remote-endpoint"), self.is_inbound(row));
        let ip = self.out.name(address(remote));
        let facts = if inbound {
            RelayFacts { client_ip: ip, ..RelayFacts::default() }
        } else {
            RelayFacts { host_ip: ip, port: port(remote).unwrap_or(0), ..RelayFacts::default() }
        };
        Talk::new(inbound, begins, facts)
    }
}

/// `sending message with RecordId 12345 and InternetMessageId <..>`.
fn note(talk: &mut Talk, row: &Row<'_>, out: &mut Output<'_, '_>) {
    let text = if row.cell("context").contains("InternetMessageId") { row.cell("context") } else { row.cell("data") };
    let Some((before, id)) = text.split_once("InternetMessageId ") else { return };
    let record = before.split_once("RecordId ").map_or("", |(_, rest)| rest.split(' ').next().unwrap_or(""));
    talk.message_id = out.message_id(id.split_whitespace().next().unwrap_or(""));
    talk.queue_id = if record.is_empty() { Sym::EMPTY } else { out.name(record) };
}

/// What Exchange says of a connection in its own words.
fn failure(context: &str) -> Option<(Kind, &'static str)> {
    let has = |words: &[&str]| words.iter().any(|word| context.contains(word));
    if has(&["AUTH"]) && has(&["failed because"]) {
        Some((Kind::Auth, "auth"))
    } else if has(&["TLS negotiation failed", "TLS authentication failed"]) {
        Some((Kind::Tls, "tls"))
    } else if has(&["Failed to connect", "failed to connect", "connection attempt failed"]) {
        Some((Kind::Connect, "connect"))
    } else {
        None
    }
}

/// Address of `10.0.0.6:25`, `[::1]:25`.
fn address(endpoint: &str) -> &str {
    endpoint.rsplit_once(':').map_or(endpoint, |(address, _)| address.trim_matches(['[', ']']))
}

fn port(endpoint: &str) -> Option<u16> {
    endpoint.rsplit_once(':')?.1.parse().ok()
}
