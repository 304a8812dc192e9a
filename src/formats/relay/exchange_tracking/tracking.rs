//! Rows to evidence.

use super::event::{Cell, Ends, fate, internal_id, recipients, reply};
use crate::evidence::{Evidence, Kind, Phase, RelayFacts, Sym};
use crate::formats::Sink;
use crate::formats::records::Place;
use crate::formats::relay::mail::At;
use crate::formats::relay::output::{Begins, MailId, Output};
use crate::formats::relay::syslog::Stamp;
use crate::smtp::find_reply;
use crate::source::Class;
use std::collections::BTreeMap;

/// What is known while a log is read.
pub struct Tracking<'a, 'b> {
    /// Where evidence goes.
    pub out: Output<'a, 'b>,
    by_message_id: BTreeMap<Sym, MailId>,
    /// The server that each connector leads to; `None` where there are several.
    connectors: BTreeMap<Sym, Option<Sym>>,
    /// Failures whose row names no other end: place of their facts, and connector.
    nameless: Vec<(usize, Sym)>,
}

impl<'a, 'b> Tracking<'a, 'b> {
    /// Nothing yet.
    pub fn new(sink: &'a mut Sink<'b>) -> Self {
        Self { out: Output::new(sink), by_message_id: BTreeMap::new(), connectors: BTreeMap::new(), nameless: Vec::new() }
    }

    /// Evidence of an event.
    pub fn push(&mut self, row: &dyn Cell, stamp: Stamp, place: Place) {
        let at = self.out.at(&stamp);
        let event = row.cell("event-id").to_ascii_uppercase();
        let Some((kind, phase)) = fate(&event, row.cell("source")) else { return self.out.mark(place, Class::Frame) };
        self.out.mark(place, Class::Evidence);
        let ends = Ends::of(row, phase == Phase::Queued);
        let name = self.out.name(ends.own);
        let mail = self.mail(row, name);
        if phase == Phase::BounceNotice && self.report(row, mail, name, (place, at)) {
            return;
        }
        let facts = self.facts(row, ends, phase, name);
        self.connector(row, kind, facts.host);
        for (recipient, said) in recipients(row) {
            let mut record = self.out.begin(place, at, kind);
            record.recipient = self.out.keep(recipient);
            if phase == Phase::Queued {
                self.out.of(mail).recipient(record.recipient);
            }
            self.record(record, row, said, facts.clone(), (mail, at));
        }
    }

    fn record(&mut self, mut record: Evidence, row: &dyn Cell, said: &str, mut facts: RelayFacts, (mail, at): (MailId, At)) {
        let reply = if facts.phase == Phase::Queued { "" } else { reply(said, row.cell("source-context")) };
        record.reply = self.out.keep(reply);
        facts.dsn = find_reply(reply).and_then(|reply| reply.enhanced);
        let next = internal_id(row.cell("source-context")).or_else(|| internal_id(said)).unwrap_or("");
        facts.next_queue_id = self.out.name(if facts.phase == Phase::Sent { next } else { "" });
        if facts.host.is_empty() && matches!(record.kind, Kind::Fail | Kind::Defer) {
            let connector = self.out.keep(row.cell("connector-id"));
            self.nameless.push((self.out.sink.store.relay.len(), connector));
        }
        self.out.push(record, facts, Some(mail), at);
    }

    /// The mail of a row, by the server's internal id.
    fn mail(&mut self, row: &dyn Cell, name: Sym) -> MailId {
        let out = &mut self.out;
        let mail = out.mail(name, row.cell("internal-message-id"), Begins::Never);
        let (message_id, subject) = (out.message_id(row.cell("message-id")), out.keep(row.cell("message-subject")));
        let sender = out.keep(row.cell("sender-address"));
        let known = out.of(mail);
        (known.message_id, known.subject, known.sender) = (message_id, subject, sender);
        known.size = row.cell("total-bytes").parse().unwrap_or(0);
        known.count = row.cell("recipient-count").parse().unwrap_or(0);
        known.taken = true;
        if !message_id.is_empty() {
            self.by_message_id.insert(message_id, mail);
        }
        mail
    }

    fn facts(&mut self, row: &dyn Cell, ends: Ends<'_>, phase: Phase, name: Sym) -> RelayFacts {
        let out = &mut self.out;
        let (far, far_ip) = (out.keep(ends.far), out.name(ends.far_ip));
        let base = RelayFacts { name, phase, network_message_id: out.name(row.cell("network-message-id")), ..RelayFacts::default() };
        if phase == Phase::Queued {
            RelayFacts { client: far, client_ip: far_ip, ..base }
        } else {
            RelayFacts { host: far, host_ip: far_ip, original: out.keep(row.cell("related-recipient-address")), ..base }
        }
    }

    /// The server's own report on a mail, which `reference` names (says whether that one is in this log). A report is
    /// never a mail of its own.
    fn report(&mut self, row: &dyn Cell, report: MailId, name: Sym, here: (Place, At)) -> bool {
        let about = self.out.message_id(row.cell("reference"));
        let parent = self.by_message_id.get(&about).copied().filter(|parent| *parent != report);
        if let Some(parent) = parent {
            self.out.notice(parent, here, (name, name), (false, row.cell("internal-message-id")));
            return true;
        }
        let known = self.out.of(report);
        known.parent = if about.is_empty() { known.id } else { about };
        false
    }

    fn connector(&mut self, row: &dyn Cell, kind: Kind, host: Sym) {
        let connector = row.cell("connector-id");
        if kind != Kind::Deliver || connector.is_empty() || host.is_empty() {
            return;
        }
        let connector = self.out.keep(connector);
        let known = self.connectors.entry(connector).or_insert(Some(host));
        *known = known.filter(|known| *known == host);
    }

    /// A failure is of the server that its connector leads to, where other mails show it to be one.
    pub fn finish(self) {
        let Self { out, connectors, nameless, .. } = self;
        for (at, connector) in nameless {
            if let (Some(facts), Some(Some(host))) = (out.sink.store.relay.get_mut(at), connectors.get(&connector)) {
                facts.host = *host;
            }
        }
        out.finish();
    }
}
