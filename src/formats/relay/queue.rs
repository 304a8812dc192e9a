//! What listings of a relay's queue tell of a mail: it is there, since when, and why.

use super::output::{Begins, Output};
use super::postfix;
use super::syslog::Stamp;
use crate::evidence::{Kind, Phase, RelayFacts, Sym};
use crate::formats::records::Place;
use crate::source::Class;

/// A mail in a listing.
pub struct Listed<'a> {
    /// Queue id.
    pub id: &'a str,
    /// Envelope sender, without brackets.
    pub sender: &'a str,
    /// Bytes.
    pub size: u32,
    /// When it came.
    pub arrival: Stamp,
    /// Put aside by a person or a filter.
    pub held: bool,
    /// Those who have not got it yet.
    pub recipients: Vec<Waiting<'a>>,
}

/// A recipient who has not got it yet.
#[derive(Clone, Copy, Default)]
pub struct Waiting<'a> {
    /// Address.
    pub address: &'a str,
    /// Address before the relay replaced it.
    pub original: &'a str,
    /// Why the last try came to nothing; empty where the listing does not say.
    pub reason: &'a str,
    /// It has been tried, whether the listing says why it failed or not.
    pub tried: bool,
}

/// A note for every listing.
pub const NOTE: &str = "a queue shows what waits and not what left it; times are those of arrival";

/// Evidence of a mail in a listing.
pub fn push(listed: &Listed<'_>, place: Place, out: &mut Output<'_, '_>) {
    out.mark(place, Class::Evidence);
    let at = out.at(&Stamp { precise: false, ..listed.arrival });
    let mail = out.mail(Sym::EMPTY, listed.id, Begins::WhereClosed);
    let sender = out.keep(if listed.sender.is_empty() { "<>" } else { listed.sender });
    let known = out.of(mail);
    (known.sender, known.size, known.taken) = (sender, listed.size, true);
    for to in &listed.recipients {
        let reason = postfix::reason(to.reason);
        let phase = match (listed.held, to.tried) {
            (true, _) => Phase::Held,
            (false, true) => Phase::Deferred,
            // Not tried yet, or just now.
            (false, false) => Phase::Suspended,
        };
        let kind = if phase == Phase::Held { Kind::Event } else { Kind::Defer };
        let facts = RelayFacts {
            host: out.keep(reason.peer.name),
            host_ip: out.name(reason.peer.ip),
            stage: reason.stage,
            original: out.keep(to.original),
            phase,
            ..RelayFacts::default()
        };
        let mut record = out.begin(place, at, kind);
        (record.recipient, record.reply) = (out.keep(to.address), out.keep(reason.reply));
        out.push(record, facts, Some(mail), at);
    }
}
