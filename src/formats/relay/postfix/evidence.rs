//! Evidence of sessions: the relay's door and its connections.

use super::message::Message;
use super::reader::{Line, Reader};
use super::text::{Peer, address};
use crate::evidence::{Kind, Phase, RelayFacts};
use crate::formats::relay::output::{Begins, MailId};
use crate::smtp::find_reply;
use crate::source::Class;

impl Reader<'_, '_> {
    /// What is of a connection rather than of a mail.
    pub fn of_session(&mut self, line: &Line, said: &Message<'_>, mail: Option<MailId>) {
        match *said {
            Message::Door { action, peer, stage, text, envelope } => self.door(line, mail, action, (peer, stage, text, envelope)),
            Message::Connect { peer, text } => self.session(line, Kind::Connect, (peer, false, "connect", Phase::Tried), text),
            Message::Tls { peer, text, client } => {
                if !client {
                    let cause = self.causes.entry(line.pid).or_default();
                    text.clone_into(cause);
                }
                self.session(line, Kind::Tls, (peer, client, "tls", if client { Phase::Lost } else { Phase::Tried }), text);
            }
            Message::TlsDetail(text) => {
                if let Some(cause) = self.causes.get_mut(&line.pid) {
                    cause.push_str("; ");
                    cause.push_str(text);
                }
                self.session(line, Kind::Tls, (Peer::default(), true, "tls", Phase::Noted), text);
            }
            Message::Auth { peer, text } => self.session(line, Kind::Auth, (peer, true, "auth", Phase::Rejected), text),
            Message::Lost { peer, text } => self.session(line, Kind::Event, (peer, true, "", Phase::Lost), text),
            Message::Limited { peer, text } => self.session(line, Kind::Reply, (peer, true, "connect", Phase::Rejected), text),
            Message::TooLarge(text) => {
                let facts = RelayFacts { phase: Phase::Rejected, stage: "data", ..RelayFacts::default() };
                self.push(line, Kind::Reply, mail, facts, text);
            }
            // A before-queue filter's client: its mail gets a queue id later.
            _ => self.out.mark(line.place, Class::Frame),
        }
    }

    fn session(&mut self, line: &Line, kind: Kind, (peer, client, stage, phase): (Peer<'_>, bool, &'static str, Phase), text: &str) {
        let (name, ip) = self.peer(peer);
        let facts = RelayFacts { stage, phase, ..RelayFacts::default() };
        let facts = if client {
            RelayFacts { client: name, client_ip: ip, ..facts }
        } else {
            RelayFacts { host: name, host_ip: ip, port: peer.port, ..facts }
        };
        self.push(line, kind, None, facts, text);
    }

    /// The relay's own door (relay.md section 1.1.7).
    fn door(
        &mut self,
        line: &Line,
        mail: Option<MailId>,
        action: &str,
        (peer, stage, text, envelope): (Peer<'_>, &'static str, &str, &str),
    ) {
        let (kind, phase) = match action {
            "reject" | "milter-reject" | "proxy-reject" | "client-reject" => (Kind::Reply, Phase::Rejected),
            "discard" | "milter-discard" => (Kind::Fail, Phase::Discarded),
            "hold" | "milter-hold" | "milter-quarantine" => (Kind::Event, Phase::Held),
            "proxy-accept" => (Kind::Event, Phase::Filtered),
            _ => return self.out.mark(line.place, Class::Frame),
        };
        let (client, client_ip) = self.peer(peer);
        let mut record = self.out.begin(line.place, line.at, kind);
        let of = |key: &str| address(envelope, key);
        record.sender = of("from=").map(|sender| self.sender(sender)).unwrap_or_default();
        record.recipient = self.out.keep(of("to=").unwrap_or(""));
        let helo = self.out.keep(of("helo=").unwrap_or(""));
        let dsn = find_reply(text).and_then(|reply| reply.enhanced);
        let session = session_of(text);
        let next_queue_id = self.out.name(if phase == Phase::Filtered { session } else { "" });
        // A filter in front of the queue tells by its session which mail it refused.
        let mail = match mail {
            None if action == "proxy-reject" && session.len() >= SESSION => Some(self.out.mail(line.name, session, Begins::Never)),
            other => other,
        };
        let facts = RelayFacts { client, client_ip, helo, stage, phase, dsn, next_queue_id, name: line.name, ..RelayFacts::default() };
        record.reply = self.reply(line, text);
        self.out.push(record, facts, mail, line.at);
    }
}

/// Hexadecimal digits that a session of a filter has at least.
const SESSION: usize = 14;

/// Session of a filter, `250 2.5.0 OK (2C225C6817C7EEE1481)` (relay.md section 1.7).
fn session_of(text: &str) -> &str {
    text.rsplit_once('(').and_then(|(_, rest)| rest.strip_suffix(')')).filter(|id| id.bytes().all(|b| b.is_ascii_hexdigit())).unwrap_or("")
}
