//! Proxmox Mail Gateway between two legs of Postfix (relay.md section 1.7): `pmg-smtp-filter[PID]: SESSION: ...`. The
//! session is an id in the chain: the first leg hands over to it, and it names the queue id of the second.

use super::reader::Reader;
use crate::evidence::{Kind, Phase, RelayFacts};
use crate::formats::records::Place;
use crate::formats::relay::output::Begins;
use crate::formats::relay::syslog::Entry;
use crate::source::Class;

/// Name of the filter's program.
pub const PROGRAM: &str = "pmg-smtp-filter";

impl Reader<'_, '_> {
    /// A line of the filter.
    pub fn filter(&mut self, entry: &Entry<'_>, place: Place) {
        let at = self.out.at(&entry.stamp);
        self.out.mark(place, Class::Frame);
        let Some((session, text)) =
            entry.message.split_once(": ").filter(|(id, _)| id.len() >= 14 && id.bytes().all(|b| b.is_ascii_hexdigit()))
        else {
            return;
        };
        let name = self.out.name(entry.host);
        if let Some(id) = text.strip_prefix("new mail message-id=") {
            self.out.mark(place, Class::Evidence);
            let mail = self.out.mail(name, session, Begins::Never);
            let id = self.out.message_id(id);
            self.out.of(mail).message_id = id;
            return;
        }
        let Some((kind, phase, recipient)) = fate(text) else { return };
        self.out.mark(place, Class::Evidence);
        let mail = self.out.mail(name, session, Begins::Never);
        let next = text.split_once("> (").and_then(|(_, rest)| rest.split_once(')')).map_or("", |(id, _)| id);
        let next = if super::text::is_queue_id(next) { next } else { "" };
        let mut record = self.out.begin(place, at, kind);
        (record.recipient, record.reply) = (self.out.keep(recipient), self.out.keep(text));
        let facts = RelayFacts { name, next_queue_id: self.out.name(next), phase, ..RelayFacts::default() };
        self.out.push(record, facts, Some(mail), at);
    }
}

/// What becomes of a recipient; quarantine and block as the project PLV documents them.
fn fate(text: &str) -> Option<(Kind, Phase, &str)> {
    let ways = [
        ("accept mail to <", Kind::Event, Phase::Filtered),
        ("moved mail for <", Kind::Fail, Phase::Quarantined),
        ("block mail to <", Kind::Fail, Phase::Discarded),
    ];
    ways.into_iter().find_map(|(begin, kind, phase)| Some((kind, phase, text.strip_prefix(begin)?.split('>').next()?)))
}
