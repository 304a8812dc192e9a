//! What alignment hands on: one clock for all, and which evidence speaks of the same mail.

use super::clock::Clock;
use super::coverage::Coverage;
use crate::evidence::Span;

/// Key by which two records were recognised as one mail's, the surest first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash, Default)]
pub enum LinkKey {
    /// Same Message-ID on both sides.
    MessageId,
    /// Message-ID built from the SAP key.
    SapKey,
    /// Queue id.
    QueueId,
    /// SAP's copy of the reply and the reply in the trace, close in time.
    Reply,
    /// Recipient, subject and time.
    Fuzzy,
    /// Nothing linked.
    #[default]
    None,
}

impl LinkKey {
    /// The word of the reports.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::MessageId => "message-id",
            Self::SapKey => "sap-key",
            Self::QueueId => "queue-id",
            Self::Reply => "reply",
            Self::Fuzzy => "fuzzy",
            Self::None => "none",
        }
    }
}

/// The statement that a record belongs to a mail.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Link {
    /// By which key.
    pub key: LinkKey,
    /// 0.00 to 1.00.
    pub confidence: f32,
    /// Record that came second.
    pub runner_up: Option<u32>,
}

/// One mail to one recipient with the records that speak of it, by record index.
#[derive(Clone, Debug, Default)]
pub struct Mail {
    /// Rows of the send request, the latest status last.
    pub requests: Vec<u32>,
    /// Tries seen in the SMTP dialogue, in order of time.
    pub attempts: Vec<(u32, Link)>,
    /// Rows of relays' logs for this mail and recipient, from relay to relay.
    pub relays: Vec<(u32, Link)>,
    /// Rows of the message trace for this mail and recipient.
    pub arrivals: Vec<(u32, Link)>,
    /// Row of the trace that may be this mail's but went to another one that looks the same.
    pub contested: Option<u32>,
}

/// Self-test of "Message-ID is built from the SAP key" (sost.md section 4).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct KeyTest {
    /// Requests with a key that were handed over.
    pub tried: usize,
    /// Message-IDs found with the same recipient.
    pub hits: usize,
    /// Message-IDs found with another recipient.
    pub contradicted: usize,
    /// Whether keys are relied on.
    pub passed: bool,
}

/// The result.
#[derive(Debug, Default)]
pub struct Alignment {
    /// Clock of each source.
    pub clocks: Vec<Clock>,
    /// Coverage of each source.
    pub coverage: Vec<Coverage>,
    /// UTC interval of each record.
    pub utc: Vec<Option<Span>>,
    /// The mails, in order of their first record.
    pub mails: Vec<Mail>,
    /// Self-test of the SAP key.
    pub key_test: KeyTest,
    /// Trace recipients that belong to nobody's request, by record index of the first row.
    pub others: Vec<u32>,
    /// Those of them that look like SAP's: mails without a request in this export.
    pub sap_like: Vec<u32>,
    /// Tries and failed sessions in the ICM trace that belong to no request of this run.
    pub loose: Vec<u32>,
    /// SAP keys that stand for more than one request: exports of several systems or clients that name neither.
    pub shared_keys: usize,
    /// What is to be told of a source: its index, a line, the text.
    pub notes: Vec<(u32, u32, String)>,
}
