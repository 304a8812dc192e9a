//! A mail in the queue of a relay, as lines all over a file tell of it.

use crate::evidence::{Evidence, Millis, RelayFacts, Span, Sym};
use crate::formats::records::Place;

/// When a line was written.
#[derive(Clone, Copy, Debug)]
pub struct At {
    /// Interval on the relay's clock, in UTC where the line tells its zone.
    pub span: Span,
    /// Its year is a placeholder.
    pub bare: bool,
    /// East of UTC.
    pub offset: Millis,
}

/// Where a line of a log stands, when it was written, and by which relay.
#[derive(Clone, Copy, Debug)]
pub struct Here {
    /// Physical lines.
    pub place: Place,
    /// When.
    pub at: At,
    /// The relay's own name.
    pub relay: Sym,
}

/// One recipient of a mail, as far as the file has come.
#[derive(Clone, Copy, Debug, Default)]
pub struct Recipient {
    /// Address.
    pub address: Sym,
    /// No end has been seen yet.
    pub open: bool,
    /// Tries.
    pub attempts: u16,
    /// Last words about it.
    pub reply: Sym,
    /// Next server of the last try.
    pub host: Sym,
    /// Stage of the last try.
    pub stage: &'static str,
}

/// One mail in the queue of the relay.
#[derive(Debug, Default)]
pub struct Mail {
    pub id: Sym,
    pub name: Sym,
    pub sender: Sym,
    pub message_id: Sym,
    pub subject: Sym,
    pub client: Sym,
    pub client_ip: Sym,
    pub helo: Sym,
    pub parent: Sym,
    pub size: u32,
    /// Recipients by the relay's count.
    pub count: u16,
    /// Line that began it, where it is in the file.
    pub begun: Option<(Place, At)>,
    /// An acceptance was told.
    pub taken: bool,
    /// It has left the queue.
    pub closed: bool,
    pub recipients: Vec<Recipient>,
}

impl Mail {
    /// The recipient of an address, new or known.
    pub fn recipient(&mut self, address: Sym) -> &mut Recipient {
        let known = self.recipients.iter().rposition(|recipient| recipient.address == address);
        let at = known.unwrap_or(self.recipients.len());
        if known.is_none() {
            self.recipients.push(Recipient { address, open: true, ..Recipient::default() });
        }
        &mut self.recipients[at]
    }
}

/// Puts what is known of a mail on a record of it.
pub fn fold(record: &mut Evidence, facts: &mut RelayFacts, mail: &Mail) {
    let fill = |slot: &mut Sym, known: Sym| {
        if slot.is_empty() {
            *slot = known;
        }
    };
    fill(&mut record.sender, mail.sender);
    fill(&mut record.message_id, mail.message_id);
    fill(&mut record.subject, mail.subject);
    if let ([only], 0 | 1) = (&mail.recipients[..], mail.count) {
        fill(&mut record.recipient, only.address);
    }
    record.size = if record.size == 0 { mail.size } else { record.size };
    facts.queue_id = mail.id;
    fill(&mut facts.name, mail.name);
    fill(&mut facts.client, mail.client);
    fill(&mut facts.client_ip, mail.client_ip);
    fill(&mut facts.helo, mail.helo);
    fill(&mut facts.parent_queue_id, mail.parent);
    facts.recipients = mail.count.max(u16::try_from(mail.recipients.len()).unwrap_or(u16::MAX));
    facts.closed = mail.closed;
}

/// Seconds as milliseconds, at most what fits.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // clamped before
pub fn millis(seconds: f64) -> u32 {
    (seconds * 1000.0).clamp(0.0, f64::from(u32::MAX)) as u32
}
