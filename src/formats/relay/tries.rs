//! What all relays do with a recipient: try, give up, write to the sender.

use super::mail::{At, Mail, Recipient};
use super::output::{Begins, MailId, Output};
use crate::evidence::{Kind, Phase, RelayFacts, Sym};
use crate::formats::records::Place;
use crate::source::Class;

impl Output<'_, '_> {
    /// A try for a recipient, counted unless the relay did not really try.
    pub fn tried(&mut self, mail: MailId, (place, at): (Place, At), kind: Kind, (recipient, reply): (Sym, Sym), mut facts: RelayFacts) {
        let counts = !matches!(facts.phase, Phase::Suspended | Phase::Expired);
        let known = self.of(mail).recipient(recipient);
        known.attempts = known.attempts.saturating_add(u16::from(counts));
        if counts || known.reply.is_empty() {
            (known.reply, known.host, known.stage) = (reply, facts.host, facts.stage);
        }
        known.open = kind == Kind::Defer;
        facts.attempts = if counts { known.attempts } else { 0 };
        let mut record = self.begin(place, at, kind);
        (record.recipient, record.reply) = (recipient, reply);
        self.push(record, facts, Some(mail), at);
    }

    /// No try, because the destination has just failed, in words that give no reason: the last ones about it are why.
    pub fn waits(&mut self, mail: MailId, here: (Place, At), (recipient, words): (Sym, Sym), mut facts: RelayFacts) {
        let known = *self.of(mail).recipient(recipient);
        let or = |told: Sym, known: Sym| if told.is_empty() { known } else { told };
        (facts.host, facts.phase) = (or(facts.host, known.host), Phase::Suspended);
        facts.stage = if facts.stage.is_empty() { known.stage } else { facts.stage };
        self.tried(mail, here, Kind::Defer, (recipient, or(known.reply, words)), facts);
    }

    /// All recipients without an end come to one; their last words are why.
    pub fn give_up(&mut self, mail: MailId, (place, at): (Place, At), phase: Phase, name: Sym) {
        let open = |known: &mut Recipient| std::mem::take(&mut known.open).then_some(*known);
        let mut given_up: Vec<_> = self.of(mail).recipients.iter_mut().filter_map(open).collect();
        if self.of(mail).recipients.is_empty() {
            given_up.push(Recipient::default());
        }
        for known in given_up {
            let mut record = self.begin(place, at, Kind::Fail);
            (record.recipient, record.reply) = (known.address, known.reply);
            let (host, stage, attempts) = (known.host, known.stage, known.attempts);
            self.push(record, RelayFacts { name, host, stage, phase, attempts, ..RelayFacts::default() }, Some(mail), at);
        }
    }

    /// A try whose line is cut: nobody knows how it went, whatever was known before.
    pub fn cut(&mut self, mail: MailId, (place, at): (Place, At), recipient: Sym, name: Sym) {
        self.of(mail).recipient(recipient).open = false;
        self.mark(place, Class::Evidence);
        self.cuts.push(place.line);
        let mut record = self.begin(place, at, Kind::Event);
        record.recipient = recipient;
        self.push(record, RelayFacts { name, phase: Phase::Cut, ..RelayFacts::default() }, Some(mail), at);
    }

    /// Says how many mails the file shows a part of: it begins or ends in the middle of them.
    pub fn tell_incomplete(&mut self) {
        if let Some(first) = self.cuts.first() {
            self.sink.source.note(*first, format!("lines that are cut before they tell how a try went: {}", self.cuts.len()));
        }
        let strings = &self.sink.store.strings;
        let own = || self.mails.iter().filter(|mail| mail.parent.is_empty() && strings.get(mail.sender) != "<>");
        let headless = own().filter(|mail| mail.begun.is_none() && mail.message_id.is_empty()).count();
        let endless = own().filter(|mail| mail.taken && !mail.closed && mail.recipients.is_empty()).count();
        let partly = |mail: &&Mail| mail.taken && !mail.closed && (1..usize::from(mail.count)).contains(&mail.recipients.len());
        let partly = own().filter(partly).count();
        if headless > 0 {
            self.sink
                .source
                .note(1, format!("mails that began before this log: {headless}; what the lines before told of them is unknown"));
        }
        if partly > 0 {
            self.sink
                .source
                .note(1, format!("mails that have more recipients than this log names: {partly}; the next log tells of the others"));
        }
        if endless > 0 {
            self.sink.source.note(1, format!("mails without any end in this log: {endless}; the next log tells it"));
        }
    }

    /// The relay's own notice of a mail, which may be told before or behind the first line of the notice itself.
    pub fn notice(&mut self, mail: MailId, (place, at): (Place, At), (relay, name): (Sym, Sym), (late, id): (bool, &str)) {
        let parent = self.of(mail).id;
        let notice = self.mail(relay, id, Begins::Never);
        self.of(notice).parent = parent;
        let phase = if late { Phase::DelayNotice } else { Phase::BounceNotice };
        let record = self.begin(place, at, Kind::Event);
        let facts = RelayFacts { phase, next_queue_id: self.name(id), name, ..RelayFacts::default() };
        self.push(record, facts, Some(mail), at);
    }
}
