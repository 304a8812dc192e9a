//! How a mail ends: given up, deleted, reported to its sender.

use super::reader::{Line, Reader};
use crate::evidence::Phase;
use crate::formats::relay::output::MailId;

impl Reader<'_, '_> {
    /// One line gives up all recipients that are still open (relay.md section 0).
    pub fn expired(&mut self, mail: MailId, line: &Line, sender: &str) {
        let sender = self.sender(sender);
        self.out.of(mail).sender = sender;
        self.out.give_up(mail, (line.place, line.at), Phase::Expired, line.name);
    }

    /// A mail that leaves the queue before all of its recipients came to an end was deleted by a person.
    pub fn removed(&mut self, mail: MailId, line: &Line, program: &str) {
        let known = self.out.of(mail);
        known.closed = true;
        let open = known.recipients.iter().any(|recipient| recipient.open);
        let deleted = program.ends_with("postsuper") && (open || known.recipients.is_empty());
        if deleted || open && !program.contains('/') {
            self.out.give_up(mail, (line.place, line.at), Phase::Removed, line.name);
        }
    }
}
