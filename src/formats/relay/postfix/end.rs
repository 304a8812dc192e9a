//! How a mail ends: given up, deleted, reported to its sender.

use super::reader::{Line, Reader};
use crate::evidence::{Kind, Phase, RelayFacts, Sym};
use crate::formats::relay::mail::Recipient;
use crate::formats::relay::output::{Begins, MailId};

impl Reader<'_, '_> {
    /// One line gives up all recipients that are still open (relay.md section 0).
    pub fn expired(&mut self, mail: MailId, line: &Line, sender: &str) {
        let sender = self.sender(sender);
        self.out.of(mail).sender = sender;
        self.give_up(mail, line, Phase::Expired);
    }

    fn give_up(&mut self, mail: MailId, line: &Line, phase: Phase) {
        let open = |known: &mut Recipient| std::mem::take(&mut known.open).then_some(*known);
        let mut given_up: Vec<_> = self.out.of(mail).recipients.iter_mut().filter_map(open).collect();
        if given_up.is_empty() && self.out.of(mail).recipients.is_empty() {
            given_up.push(Recipient::default());
        }
        for known in given_up {
            let mut record = self.out.begin(line.place, line.at, Kind::Fail);
            (record.recipient, record.reply) = (known.address, known.reply);
            let (host, stage, attempts) = (known.host, known.stage, known.attempts);
            let facts = RelayFacts { phase, host, stage, attempts, name: line.name, ..RelayFacts::default() };
            self.out.push(record, facts, Some(mail), line.at);
        }
    }

    /// A mail that leaves the queue before all of its recipients came to an end was deleted by a person.
    pub fn removed(&mut self, mail: MailId, line: &Line, program: &str) {
        let known = self.out.of(mail);
        known.closed = true;
        let open = known.recipients.iter().any(|recipient| recipient.open);
        let deleted = program.ends_with("postsuper") && (open || known.recipients.is_empty());
        if deleted || open && !program.contains('/') {
            self.give_up(mail, line, Phase::Removed);
        }
    }

    /// The relay's own notice, before or behind the first line of the notice itself.
    pub fn notice(&mut self, mail: MailId, line: &Line, host: Sym, (late, id): (bool, &str)) {
        let parent = self.out.of(mail).id;
        let notice = self.out.mail(host, id, Begins::Never);
        self.out.of(notice).parent = parent;
        let phase = if late { Phase::DelayNotice } else { Phase::BounceNotice };
        let facts = RelayFacts { phase, next_queue_id: self.out.name(id), ..RelayFacts::default() };
        self.push(line, Kind::Event, Some(mail), facts, "");
    }
}
