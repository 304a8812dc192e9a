//! What only the log of a relay knows (relay.md sections 1.1 to 1.10).

use super::Sym;
use crate::smtp::Enhanced;

/// What the relay did, in the words of its log.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash, Default)]
pub enum Phase {
    /// Decides nothing by itself.
    #[default]
    Noted,
    /// Taken from a client whose beginning is in the log.
    Queued,
    /// In the queue when the log begins.
    Active,
    /// A client began a mail that never came into the queue.
    Unfinished,
    /// Handed to the next server.
    Sent,
    /// Put into a mailbox of the relay's own.
    Stored,
    /// No longer under way, and the log does not tell how it ended.
    Untold,
    /// A try whose line is cut before it tells how it went.
    Cut,
    /// Tried, and will be tried again.
    Deferred,
    /// Not tried, because the destination has just failed for others: no attempt of its own.
    Suspended,
    /// One server of several refused; the next one is tried.
    Tried,
    /// Failed for good at the next server.
    Bounced,
    /// Given up after the longest time in the queue.
    Expired,
    /// A probe or a delivery that cannot be.
    Undeliverable,
    /// Put aside by a person or a filter.
    Held,
    /// Taken from hold into the queue again.
    Released,
    /// Taken from the queue by a person.
    Removed,
    /// Thrown away by a filter or a rule of the relay.
    Discarded,
    /// Refused at the relay's own door.
    Rejected,
    /// The client left, or the connection broke.
    Lost,
    /// Addresses were replaced by others.
    Expanded,
    /// Accepted by a filter of the relay itself.
    Filtered,
    /// In quarantine.
    Quarantined,
    /// The relay's own notice that a mail came to nothing.
    BounceNotice,
    /// The relay's own notice that a mail is late.
    DelayNotice,
}

impl Phase {
    /// The word of the reports and rules.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Noted => "noted",
            Self::Queued => "queued",
            Self::Active => "active",
            Self::Unfinished => "unfinished",
            Self::Sent => "sent",
            Self::Stored => "stored",
            Self::Untold => "untold",
            Self::Cut => "cut",
            Self::Deferred => "deferred",
            Self::Suspended => "suspended",
            Self::Tried => "tried",
            Self::Bounced => "bounced",
            Self::Expired => "expired",
            Self::Undeliverable => "undeliverable",
            Self::Held => "held",
            Self::Released => "released",
            Self::Removed => "removed",
            Self::Discarded => "discarded",
            Self::Rejected => "rejected",
            Self::Lost => "lost",
            Self::Expanded => "expanded",
            Self::Filtered => "filtered",
            Self::Quarantined => "quarantined",
            Self::BounceNotice => "bounce-notice",
            Self::DelayNotice => "delay-notice",
        }
    }
}

/// What only a relay's log knows.
#[derive(Clone, Debug, Default)]
pub struct RelayFacts {
    /// The relay: host of the log line, and its instance where it has a name of its own (`relay01/postfix-out`).
    pub name: Sym,
    /// Its id of the mail; empty where it refused before giving one.
    pub queue_id: Sym,
    /// Id under which the next server took the mail (`queued as`), or that of the relay's own notice.
    pub next_queue_id: Sym,
    /// Mail of which this one is the relay's own notice.
    pub parent_queue_id: Sym,
    /// Id that Exchange servers keep from hop to hop.
    pub network_message_id: Sym,
    /// Host that handed the mail over.
    pub client: Sym,
    /// Its address.
    pub client_ip: Sym,
    /// Name by which it greeted.
    pub helo: Sym,
    /// Next server.
    pub host: Sym,
    /// Its address.
    pub host_ip: Sym,
    /// Its port, 0 where unknown.
    pub port: u16,
    /// Recipient before the relay replaced it.
    pub original: Sym,
    /// Stage at which the far server spoke: `connect`, `tls`, `auth`, `mail`, `rcpt`, `data`, `eod`.
    pub stage: &'static str,
    /// What the relay did.
    pub phase: Phase,
    /// Enhanced code by the relay; the far server's own stands in the reply (relay.md section 0).
    pub dsn: Option<Enhanced>,
    /// Milliseconds between arrival at the relay and this, 0 where unknown.
    pub delay: u32,
    /// Tries for this recipient seen in this file, this one included; 0 where it is no try.
    pub attempts: u16,
    /// Recipients of the mail, 0 where unknown.
    pub recipients: u16,
    /// The mail has left the queue within this file.
    pub closed: bool,
}
