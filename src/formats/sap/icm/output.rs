//! Evidence of a trace: its times are known only when the next stamp has come, its order is that of the lines.

use super::clock::Clock;
use crate::evidence::{Evidence, Hop, Kind, SmtpFacts, Sym};
use crate::formats::Sink;
use crate::formats::session::{Decision, Session};
use crate::smtp::{accepted_message_id, find_reply};
use crate::source::Class;

/// Records among which the one of a reply is looked for.
const JUST: usize = 32;

/// A text of the trace with the place where it stands.
#[derive(Clone, Debug, Default)]
pub struct Passage {
    /// Physical lines, ascending; lines of other threads may stand between them.
    pub lines: Vec<u32>,
    /// Stamp above it.
    pub stamp: Option<usize>,
    /// The text.
    pub text: String,
}

/// A session as evidence names it.
#[derive(Clone, Debug)]
pub struct Peer<'a> {
    /// Key of the session.
    pub key: &'a str,
    /// Host.
    pub host: &'a str,
    /// Port.
    pub port: u16,
}

/// Where evidence goes.
pub struct Output<'a, 'b> {
    /// Store and ledger.
    pub sink: &'a mut Sink<'b>,
    first: usize,
    stamps: Vec<Option<usize>>,
}

impl<'a, 'b> Output<'a, 'b> {
    /// Nothing yet.
    pub fn new(sink: &'a mut Sink<'b>) -> Self {
        let first = sink.store.records.len();
        Self { sink, first, stamps: Vec::new() }
    }

    fn begin(&mut self, passage: &Passage, kind: Kind) -> Evidence {
        for line in &passage.lines {
            self.sink.source.ledger.mark(*line, Class::Evidence);
        }
        // What was said goes on where its thread does, so the lines need not be in order.
        let (first, last) = (passage.lines.iter().min().copied().unwrap_or(0), passage.lines.iter().max().copied().unwrap_or(0));
        let mut evidence = Evidence::at(self.sink.index, first, Hop::Icm, kind);
        evidence.lines = last - first + 1;
        evidence.reply = self.sink.store.strings.intern(&passage.text);
        evidence
    }

    fn push(&mut self, evidence: Evidence, facts: SmtpFacts, stamp: Option<usize>) {
        self.stamps.push(stamp);
        self.sink.source.rows += 1;
        self.sink.store.push_smtp(evidence, facts);
    }

    /// A connection or handshake that failed; gives the index of its record.
    pub fn network(&mut self, passage: &Passage, kind: Kind, stage: &'static str, peer: &Peer<'_>) -> usize {
        let evidence = self.begin(passage, kind);
        let facts = self.facts(peer, stage);
        self.push(evidence, facts, passage.stamp);
        self.sink.store.records.len() - 1
    }

    /// Whether a reply has just become evidence: the kernel says in its own words what the dialogue shows.
    pub fn has_just_told(&self, reply: &str, stamp: Option<usize>) -> bool {
        let strings = &self.sink.store.strings;
        let records = self.sink.store.records.iter().rev().zip(self.stamps.iter().rev()).take(JUST);
        let near = |of: Option<usize>| of.zip(stamp).is_none_or(|(of, stamp)| stamp - of.min(stamp) <= 1);
        strings.find(reply).is_some_and(|reply| records.into_iter().any(|(record, of)| record.reply == reply && near(*of)))
    }

    /// Writes a record anew that more is known of.
    pub fn amend(&mut self, at: usize, passage: &Passage) {
        let Some(kind) = self.sink.store.records.get(at).map(|record| record.kind) else { return };
        let new = self.begin(passage, kind);
        if let Some(record) = self.sink.store.records.get_mut(at) {
            (record.line, record.lines, record.reply) = (new.line, new.lines, new.reply);
        }
    }

    /// What a reply decided in a session; its text is free of credentials.
    pub fn decision(&mut self, passage: &Passage, decision: &Decision, session: &Session, peer: &Peer<'_>) {
        // A message of the network layer has numbers that are no codes of a reply.
        let replied = !matches!(decision, Decision::Broken { .. } | Decision::Unknown { .. });
        let reply = find_reply(&passage.text).filter(|_| replied);
        let code = reply.as_ref().and_then(|reply| reply.code);
        let failed = if code.is_some_and(|code| code < 500) { Kind::Defer } else { Kind::Fail };
        let (kind, stage, recipients) = match decision {
            Decision::Accepted(recipients) => (Kind::Accept, "eod", &recipients[..]),
            Decision::Refused { stage, recipients } if recipients.is_empty() => (Kind::Reply, *stage, &recipients[..]),
            Decision::Refused { stage, recipients } => (failed, *stage, &recipients[..]),
            Decision::NoAuth => (Kind::Auth, "auth", &[][..]),
            Decision::NoTls => (Kind::Tls, "starttls", &[][..]),
            Decision::Broken { stage, recipients } if recipients.is_empty() => (Kind::Connect, *stage, &recipients[..]),
            Decision::Broken { stage, recipients } => (Kind::Defer, *stage, &recipients[..]),
            Decision::Unknown { stage, recipients } => (Kind::Event, *stage, &recipients[..]),
        };
        let message_id = accepted_message_id(&passage.text).unwrap_or("").to_owned();
        let nobody = [String::new()];
        for recipient in if recipients.is_empty() { &nobody[..] } else { recipients } {
            let mut evidence = self.begin(passage, kind);
            evidence.size = session.mail.size;
            let mut facts = self.facts(peer, stage);
            let strings = &mut self.sink.store.strings;
            evidence.sender = strings.intern(&session.mail.sender);
            evidence.recipient = strings.intern(recipient);
            evidence.message_id = strings.intern(&message_id);
            facts.egress = strings.intern(&session.egress);
            facts.mechanism = strings.intern(&session.mechanism);
            (facts.code, facts.enhanced) = (code.unwrap_or(0), reply.as_ref().and_then(|reply| reply.enhanced));
            self.push(evidence, facts, passage.stamp);
        }
    }

    fn facts(&mut self, peer: &Peer<'_>, stage: &'static str) -> SmtpFacts {
        let strings = &mut self.sink.store.strings;
        let (session, host) = (strings.intern(peer.key), strings.intern(peer.host));
        SmtpFacts { session, host, port: peer.port, egress: Sym::EMPTY, stage, code: 0, enhanced: None, mechanism: Sym::EMPTY }
    }

    /// Dates all evidence and puts it in order of lines.
    pub fn finish(self, clock: &Clock) {
        let records = self.sink.store.records.get_mut(self.first..).unwrap_or_default();
        for (record, stamp) in records.iter_mut().zip(self.stamps) {
            (record.local, record.fold) = clock.time(stamp);
        }
        records.sort_by_key(|record| record.line);
    }
}
