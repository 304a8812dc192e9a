//! SMTP dialogue in a trace, recognised by content whatever marks the direction (icm.md section 2).

use super::line::Refused;
use super::record::{Record, Records};
use super::session::{Decision, Session};
use crate::evidence::{Evidence, Hop, Kind, SmtpFacts, Sym};
use crate::formats::Sink;
use crate::smtp::{Reply, accepted_message_id, command, find_reply};
use crate::source::Class;
use std::collections::BTreeMap;

/// Who speaks.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Client,
    Server,
    Unmarked,
}

/// Marks of direction, the longer ones first. None of them is documented by SAP (icm.md section 2, UNVERIFIED).
const MARKS: &[(&str, Side)] = &[
    ("SMTP >> ", Side::Client),
    ("SMTP << ", Side::Server),
    ("SMTP send: ", Side::Client),
    ("SMTP recv: ", Side::Server),
    ("send: ", Side::Client),
    ("recv: ", Side::Server),
    (">> ", Side::Client),
    ("<< ", Side::Server),
    ("-> ", Side::Client),
    ("<- ", Side::Server),
    ("C: ", Side::Client),
    ("S: ", Side::Server),
];

fn side(text: &str) -> (Side, &str) {
    let found = MARKS.iter().find_map(|(mark, side)| Some((*side, text.strip_prefix(mark)?)));
    found.unwrap_or((Side::Unmarked, text))
}

/// A reply of several lines while it is not complete.
#[derive(Default)]
struct Partial {
    line: u32,
    lines: u32,
    text: String,
}

/// All sessions of a file.
#[derive(Default)]
pub struct Dialogue {
    sessions: BTreeMap<String, (Session, Partial)>,
    /// Key of the last session of each thread.
    threads: BTreeMap<String, String>,
    count: u32,
}

impl Dialogue {
    /// A connection line of an SMTP client opens a session.
    pub fn opened(&mut self, record: &Record, connection: Option<&str>, peer: Refused<'_>) {
        self.count += 1;
        let key = format!("{}#{}", connection.unwrap_or(&record.thread), self.count);
        self.sessions.insert(key.clone(), (Session::to_port(peer.port), Partial::default()));
        self.threads.insert(record.thread.clone(), key);
    }

    /// Takes a record when it is part of a dialogue; `false` when it is something else.
    pub fn take(&mut self, record: &Record, text: &str, records: &Records, sink: &mut Sink<'_>) -> bool {
        let (side, said) = side(text);
        let known = self.threads.get(&record.thread).cloned();
        let session = known.as_ref().and_then(|key| self.sessions.get_mut(key)).map(|(session, _)| session);
        let (in_data, marked) = session.as_ref().map_or((false, false), |session| (session.in_data(), session.marked));
        if let Some(session) = session {
            session.marked |= side != Side::Unmarked;
        }
        let reply = starts_with_reply(said);
        match side {
            Side::Unmarked if in_data && (marked || reply.is_none()) => true,
            Side::Unmarked if known.is_none() => false,
            Side::Unmarked if reply.is_none() && command(said).is_none() => false,
            Side::Client => self.client(record, said),
            Side::Unmarked if reply.is_none() => self.client(record, said),
            _ => match reply {
                Some(reply) => self.server(record, said, &reply, records, sink),
                None => false,
            },
        }
    }

    fn session(&mut self, record: &Record) -> (String, &mut (Session, Partial)) {
        let key = self.threads.entry(record.thread.clone()).or_insert_with(|| format!("{}#0", record.thread)).clone();
        (key.clone(), self.sessions.entry(key).or_default())
    }

    fn client(&mut self, record: &Record, said: &str) -> bool {
        let command = command(said);
        if command.is_none() && !self.threads.contains_key(&record.thread) {
            return false;
        }
        self.session(record).1.0.sent(said, command);
        true
    }

    fn server(&mut self, record: &Record, said: &str, reply: &Reply<'_>, records: &Records, sink: &mut Sink<'_>) -> bool {
        // A greeting opens a session where no connection line did.
        if reply.code == Some(220) && !self.threads.contains_key(&record.thread) {
            self.opened(record, None, Refused { host: "", port: 0 });
        }
        let (key, (session, partial)) = self.session(record);
        if partial.text.is_empty() {
            *partial = Partial { line: record.line, lines: 0, text: said.to_owned() };
        } else {
            let more = said.get(4..).unwrap_or("").trim_start();
            partial.text.push(' ');
            partial.text.push_str(strip_enhanced(more, reply));
        }
        partial.lines = record.line + record.lines - partial.line;
        if said.as_bytes().get(3) == Some(&b'-') {
            return true;
        }
        let whole = std::mem::take(partial);
        let Some(reply) = find_reply(&whole.text) else { return true };
        if let Some(decision) = session.received(&reply) {
            push(&key, session, &whole, &decision, record, records, sink);
        }
        true
    }
}

/// The lines of one reply repeat the enhanced code.
fn strip_enhanced<'a>(text: &'a str, reply: &Reply<'_>) -> &'a str {
    reply.enhanced.and_then(|code| text.strip_prefix(&code.to_string())).map_or(text, str::trim_start)
}

/// A reply at the very beginning: three digits, then a blank, a hyphen or the end.
fn starts_with_reply(text: &str) -> Option<Reply<'_>> {
    let digits = text.get(..3).filter(|head| head.bytes().all(|b| b.is_ascii_digit()))?;
    let next = text.as_bytes().get(3);
    let sensible = digits.parse::<u16>().is_ok_and(|code| (200..560).contains(&code));
    (sensible && matches!(next, None | Some(b' ' | b'-'))).then(|| find_reply(text)).flatten()
}

fn push(key: &str, session: &Session, whole: &Partial, decision: &Decision, record: &Record, records: &Records, sink: &mut Sink<'_>) {
    let Some(reply) = find_reply(&whole.text) else { return };
    let temporary = reply.code.is_some_and(|code| code < 500);
    let failed = if temporary { Kind::Defer } else { Kind::Fail };
    let none = Vec::new();
    let (kind, stage, recipients) = match decision {
        Decision::Accepted(recipients) => (Kind::Accept, "eod", recipients),
        Decision::Refused { stage, recipients } if recipients.is_empty() => (Kind::Reply, *stage, recipients),
        Decision::Refused { stage, recipients } => (failed, *stage, recipients),
        Decision::NoAuth => (Kind::Auth, "auth", &none),
        Decision::NoTls => (Kind::Tls, "starttls", &none),
    };
    let (local, fold) = records.time(record);
    sink.source.ledger.mark_run(whole.line, whole.lines, Class::Evidence);
    let nobody = [String::new()];
    for recipient in if recipients.is_empty() { &nobody[..] } else { &recipients[..] } {
        let mut evidence = Evidence::at(sink.index, whole.line, Hop::Icm, kind);
        (evidence.lines, evidence.local, evidence.fold, evidence.size) = (whole.lines, local, fold, session.size);
        let strings = &mut sink.store.strings;
        evidence.sender = strings.intern(&session.sender);
        evidence.recipient = strings.intern(recipient);
        evidence.message_id = accepted_message_id(&whole.text).map_or(Sym::EMPTY, |id| strings.intern(id));
        evidence.reply = strings.intern(&whole.text);
        let facts = SmtpFacts {
            session: strings.intern(key),
            host: strings.intern(&session.host),
            port: session.port,
            egress: strings.intern(&session.egress),
            stage,
            code: reply.code.unwrap_or(0),
            enhanced: reply.enhanced,
            mechanism: strings.intern(&session.mechanism),
        };
        sink.source.rows += 1;
        sink.store.push_smtp(evidence, facts);
    }
}
