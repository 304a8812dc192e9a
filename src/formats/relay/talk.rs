//! SMTP dialogues in a relay's log, from a client or towards the next server: what each reply decided becomes evidence.

use super::exchange_tracking::internal_id;
use super::mail::At;
use super::output::{MailId, Output};
use crate::evidence::{Kind, Phase, RelayFacts, Sym};
use crate::formats::records::Place;
use crate::formats::session::{Decision, GUESSED, Session};
use crate::smtp::{Command, accepted_message_id, command, find_reply, next_queue_id};

/// One session.
pub struct Talk {
    session: Session,
    /// The relay is the server.
    inbound: bool,
    /// What is known of both ends.
    pub facts: RelayFacts,
    /// Message-ID of the mail that is under way, where the log tells it.
    pub message_id: Sym,
    /// Relay's own id of that mail.
    pub queue_id: Sym,
    /// That mail, where the log shows it in the relay's queue.
    pub mail: Option<MailId>,
    /// Last line.
    last: Option<(Place, At)>,
}

impl Talk {
    /// A session whose beginning is in the log, or not.
    pub fn new(inbound: bool, begins: bool, facts: RelayFacts) -> Self {
        let session = if begins { Session::default() } else { Session::under_way() };
        Self { session, inbound, facts, message_id: Sym::EMPTY, queue_id: Sym::EMPTY, mail: None, last: None }
    }

    /// Something the client said.
    pub fn client(&mut self, said: &str, place: Place, at: At, out: &mut Output<'_, '_>) {
        self.last = Some((place, at));
        if let (Some(Command::Hello(name)), false) = (command(said), self.session.in_auth()) {
            self.facts.helo = out.keep(name);
        }
        self.session.sent(said, true);
    }

    /// A reply of the server; says whether it decided something.
    pub fn server(&mut self, said: &str, place: Place, at: At, out: &mut Output<'_, '_>) -> bool {
        self.last = Some((place, at));
        let text = self.session.secrets.redact(said).into_owned();
        let Some(reply) = find_reply(&text) else { return false };
        let Some(decision) = self.session.received(&reply, true) else { return false };
        if std::mem::take(&mut self.session.guessed) {
            out.sink.source.note(place.line, GUESSED);
        }
        self.decided(&decision, &text, (place, at), out);
        true
    }

    /// The end of the session: what was sent and never answered.
    pub fn end(&mut self, out: &mut Output<'_, '_>) {
        if let (Some(decision), Some(last)) = (self.session.end(), self.last) {
            self.decided(&decision, "", last, out);
        }
    }

    /// A failure that the log tells in its own words.
    pub fn failed(&mut self, kind: Kind, stage: &'static str, text: &str, (place, at): (Place, At), out: &mut Output<'_, '_>) {
        let mut record = out.begin(place, at, kind);
        record.reply = out.keep(&self.session.secrets.redact(text));
        let phase = if self.inbound { Phase::Rejected } else { Phase::Tried };
        out.push(record, RelayFacts { stage, phase, ..self.facts.clone() }, None, at);
    }

    fn decided(&mut self, decision: &Decision, text: &str, (place, at): (Place, At), out: &mut Output<'_, '_>) {
        let temporary = find_reply(text).and_then(|reply| reply.code).is_none_or(|code| code < 500);
        let refused = match (self.inbound, temporary) {
            (true, _) => (Kind::Reply, Phase::Rejected),
            (false, true) => (Kind::Defer, Phase::Deferred),
            (false, false) => (Kind::Fail, Phase::Bounced),
        };
        let nobody = [String::new()];
        let ((kind, phase), stage, recipients) = match decision {
            // Nothing of the mail is in the log but the words that take it.
            Decision::Accepted(to) if self.inbound => {
                ((Kind::Accept, Phase::Queued), "eod", if to.is_empty() { &nobody[..] } else { &to[..] })
            }
            Decision::Accepted(to) => ((Kind::Deliver, Phase::Sent), "eod", if to.is_empty() { &nobody[..] } else { &to[..] }),
            Decision::Refused { stage, recipients } if recipients.is_empty() => {
                ((Kind::Reply, if self.inbound { Phase::Rejected } else { Phase::Tried }), *stage, &nobody[..])
            }
            Decision::Refused { stage, recipients } => (refused, *stage, &recipients[..]),
            Decision::NoAuth => ((Kind::Auth, if self.inbound { Phase::Rejected } else { Phase::Tried }), "auth", &nobody[..]),
            Decision::NoTls => ((Kind::Tls, if self.inbound { Phase::Rejected } else { Phase::Tried }), "starttls", &nobody[..]),
            Decision::Broken { stage, recipients } | Decision::Unknown { stage, recipients } => {
                ((Kind::Event, Phase::Unfinished), *stage, &recipients[..])
            }
        };
        let accepted = matches!(decision, Decision::Accepted(_));
        let tried = matches!(kind, Kind::Deliver | Kind::Fail | Kind::Defer);
        let facts = RelayFacts { attempts: u16::from(tried), ..self.told(text, accepted, out) };
        let message_id = out.message_id(accepted_message_id(text).filter(|_| accepted).unwrap_or(""));
        if let Some(mail) = self.mail.filter(|_| !self.inbound) {
            let reply = out.keep(text);
            return self.of_queue(mail, (place, at), kind, (recipients, reply), RelayFacts { stage, phase, ..facts }, out);
        }
        self.of_session((place, at), kind, (recipients, text), message_id, &RelayFacts { stage, phase, ..facts }, out);
        if accepted {
            (self.message_id, self.queue_id) = (Sym::EMPTY, Sym::EMPTY);
        }
    }

    /// A decision about a mail that only its session names.
    fn of_session(
        &self,
        (place, at): (Place, At),
        kind: Kind,
        (recipients, text): (&[String], &str),
        message_id: Sym,
        facts: &RelayFacts,
        out: &mut Output<'_, '_>,
    ) {
        for recipient in recipients {
            let mut record = out.begin(place, at, kind);
            record.message_id = if message_id.is_empty() { self.message_id } else { message_id };
            record.size = self.session.mail.size;
            record.sender = match (self.session.mail.sender.as_str(), recipient.is_empty()) {
                ("", true) => Sym::EMPTY,
                ("", false) => out.name("<>"),
                (sender, _) => out.keep(sender),
            };
            (record.recipient, record.reply) = (out.keep(recipient), out.keep(text));
            out.push(record, facts.clone(), None, at);
        }
    }

    /// A decision about a mail in the queue; one that names nobody holds for all who wait for it.
    fn of_queue(
        &mut self,
        mail: MailId,
        (place, at): (Place, At),
        kind: Kind,
        (recipients, reply): (&[String], Sym),
        facts: RelayFacts,
        out: &mut Output<'_, '_>,
    ) {
        for recipient in recipients.iter().filter(|recipient| !recipient.is_empty()) {
            let recipient = out.keep(recipient);
            if matches!(kind, Kind::Deliver | Kind::Fail | Kind::Defer) {
                out.tried(mail, (place, at), kind, (recipient, reply), facts.clone());
            } else {
                let mut record = out.begin(place, at, kind);
                (record.recipient, record.reply) = (recipient, reply);
                out.push(record, facts.clone(), Some(mail), at);
            }
        }
        if recipients.iter().all(String::is_empty) {
            for known in out.of(mail).recipients.iter_mut().filter(|known| known.open) {
                (known.reply, known.host, known.stage) = (reply, facts.host, facts.stage);
            }
            let mut record = out.begin(place, at, kind);
            record.reply = reply;
            out.push(record, facts, Some(mail), at);
        }
        if kind == Kind::Deliver {
            (self.message_id, self.queue_id, self.mail) = (Sym::EMPTY, Sym::EMPTY, None);
        }
    }

    /// The ends of the session and the ids in a reply.
    fn told(&self, text: &str, accepted: bool, out: &mut Output<'_, '_>) -> RelayFacts {
        let id = next_queue_id(text).or_else(|| internal_id(text)).filter(|_| accepted).unwrap_or("");
        let id = out.name(id);
        let host = out.keep(&self.session.host);
        let dsn = find_reply(text).and_then(|reply| reply.enhanced);
        let mut facts = RelayFacts { dsn, ..self.facts.clone() };
        if self.inbound {
            facts.queue_id = id;
            facts.name = if facts.name.is_empty() { host } else { facts.name };
        } else {
            (facts.queue_id, facts.next_queue_id) = (self.queue_id, id);
            facts.host = if facts.host.is_empty() { host } else { facts.host };
        }
        facts
    }
}
