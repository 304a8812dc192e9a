//! What sendmail says of clients and connections: rulesets, handshakes, logons.

use super::message::{peer, value};
use super::reader::{Here, Reader};
use crate::evidence::{Kind, Phase, RelayFacts};
use crate::formats::relay::output::MailId;
use crate::smtp::path_address;
use crate::source::Class;

impl Reader<'_, '_> {
    /// What is of a connection: rulesets, handshakes, logons.
    pub fn session(&mut self, text: &str, mail: Option<MailId>, here: Here) {
        if text.strip_prefix("STARTTLS=client, ").is_some_and(|rest| !self.failed_handshake(rest, here)) {
            return;
        }
        let (kind, phase, stage) = match text {
            text if text.starts_with("ruleset=tls_") => (Kind::Tls, Phase::Tried, "tls"),
            text if text.starts_with("ruleset=") && text.contains(", reject=") => (Kind::Reply, Phase::Rejected, stage(text)),
            text if text.starts_with("STARTTLS=client") => (Kind::Tls, Phase::Tried, "tls"),
            text if text.starts_with("STARTTLS=server, error") => (Kind::Tls, Phase::Lost, "tls"),
            text if text.starts_with("AUTH failure") => (Kind::Auth, Phase::Rejected, "auth"),
            text if text.starts_with("collect: premature EOM") || text.starts_with("lost input channel") => (Kind::Event, Phase::Lost, ""),
            _ => return,
        };
        self.out.mark(here.place, Class::Evidence);
        let (name, ip) = peer(value(text, "relay="));
        let (name, ip) = (self.out.keep(name), self.out.name(ip));
        let facts = RelayFacts { stage, phase, ..RelayFacts::default() };
        let facts = if phase == Phase::Tried {
            RelayFacts { host: name, host_ip: ip, ..facts }
        } else {
            RelayFacts { client: name, client_ip: ip, ..facts }
        };
        let said = Some(value(text, "reject=")).filter(|said| !said.is_empty()).unwrap_or(text);
        let argument = path_address(value(text, "arg1="));
        let (sender, recipient) = match stage {
            "mail" => (argument, ""),
            "rcpt" => ("", argument),
            _ => ("", ""),
        };
        let mut record = self.out.begin(here.place, here.at, kind);
        (record.sender, record.recipient, record.reply) = (self.out.keep(sender), self.out.keep(recipient), self.out.keep(said));
        // What was refused at the door never came into the queue, whatever id its session had.
        let refused = mail.filter(|_| phase == Phase::Rejected && kind == Kind::Reply);
        self.refused.extend(refused.map(|mail| (mail, self.out.sink.store.records.len())));
        self.out.push(record, RelayFacts { name: here.relay, ..facts }, mail.filter(|_| refused.is_none()), here.at);
    }

    /// A handshake with a server, which names it in whole, and whether it failed.
    fn failed_handshake(&mut self, rest: &str, here: Here) -> bool {
        let name = peer(value(rest, "relay=")).0;
        if !name.is_empty() {
            self.names.insert(here.pid, name.to_owned());
            if !self.servers.contains(name) {
                self.servers.insert(name.to_owned());
            }
        }
        rest.contains("error")
    }

    /// The line of the sender comes behind those of the recipients that were refused.
    pub fn name_refused(&mut self) {
        for (mail, record) in std::mem::take(&mut self.refused) {
            let known = self.out.of(mail);
            let sender = known.sender;
            // Nobody was left to send it to.
            known.closed |= !known.taken;
            if let Some(record) = self.out.sink.store.records.get_mut(record).filter(|record| record.sender.is_empty()) {
                record.sender = sender;
            }
        }
    }
}

fn stage(text: &str) -> &'static str {
    match value(text, "ruleset=") {
        "check_rcpt" => "rcpt",
        "check_mail" => "mail",
        "check_relay" => "connect",
        _ => "",
    }
}
