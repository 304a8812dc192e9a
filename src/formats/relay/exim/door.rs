//! What Exim says of clients: refusals, logons, broken connections.

use super::line::{self, host};
use super::reader::Reader;
use crate::evidence::{Kind, Phase, RelayFacts};
use crate::formats::relay::mail::Here;
use crate::smtp::path_address;
use crate::source::Class;

impl Reader<'_, '_> {
    /// The relay's own door.
    pub fn session(&mut self, text: &str, here: Here) {
        let refused = text.find("rejected ").filter(|_| text.contains("H="));
        let logon = text.contains(" authenticator failed for ");
        let broken = text.starts_with("TLS error on connection from");
        let lost = text.starts_with("SMTP connection from") && text.contains(" lost");
        let (kind, phase, stage) = match refused {
            Some(at) if text[at..].starts_with("rejected RCPT") => (Kind::Reply, Phase::Rejected, "rcpt"),
            Some(at) if text[at..].starts_with("rejected MAIL") => (Kind::Reply, Phase::Rejected, "mail"),
            Some(_) => (Kind::Reply, Phase::Rejected, "eod"),
            None if logon => (Kind::Auth, Phase::Rejected, "auth"),
            None if broken => (Kind::Tls, Phase::Lost, "tls"),
            None if lost => (Kind::Event, Phase::Lost, ""),
            None => return,
        };
        self.out.mark(here.place, Class::Evidence);
        let (name, helo, ip, _) = host(text);
        let ip = if ip.is_empty() { text.split_once('[').and_then(|(_, rest)| rest.split_once(']')).map_or("", |(ip, _)| ip) } else { ip };
        let mut record = self.out.begin(here.place, here.at, kind);
        if let Some(at) = refused {
            let path = |key: &str| {
                text.split_once(key).map_or("", |(_, rest)| path_address(rest.split('>').next().unwrap_or("")).trim_start_matches('<'))
            };
            record.sender = self.out.keep(if stage == "mail" { path("MAIL FROM:") } else { path("F=") });
            record.recipient = self.out.keep(if stage == "rcpt" { path("rejected RCPT ") } else { "" });
            record.reply = self.out.keep(line::words(&text[at..]).1);
        } else {
            record.reply = self.out.keep(text);
        }
        let facts = RelayFacts {
            client: self.out.keep(name),
            helo: self.out.keep(helo),
            client_ip: self.out.name(ip),
            stage,
            phase,
            name: here.relay,
            ..RelayFacts::default()
        };
        self.out.push(record, facts, None, here.at);
    }
}
