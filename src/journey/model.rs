//! One mail to one recipient: the row of the result (design section 4).

use super::option::OptionBasis;
use crate::align::LinkKey;
use crate::evidence::{Hop, Millis, Sym};

/// How a journey ended.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash)]
pub enum Verdict {
    /// Two systems contradict each other about the end.
    Conflict,
    /// The last system in sight reports final success.
    Delivered,
    /// Accepted, then junk, quarantine, filtered or replaced.
    Diverted,
    /// Accepted by a hop, failed for good later.
    Bounced,
    /// Refused or unreachable, and somebody is still trying.
    Deferred,
    /// A server refused it and nobody is trying any more.
    Rejected,
    /// Still inside SAP, nothing tried.
    Waiting,
    /// SAP gave up without any server's decision.
    Unsent,
    /// Handed over, and the covering log of the next hop has not seen it.
    Missing,
    /// Handed over, and no log covers what came after.
    HandedOff,
    /// The evidence does not say.
    Unknown,
}

impl Verdict {
    /// All verdicts in the order of reports.
    pub const ALL: [Self; 11] = [
        Self::Conflict,
        Self::Delivered,
        Self::Diverted,
        Self::Bounced,
        Self::Deferred,
        Self::Rejected,
        Self::Waiting,
        Self::Unsent,
        Self::Missing,
        Self::HandedOff,
        Self::Unknown,
    ];

    /// The word of reports and rules.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Conflict => "conflict",
            Self::Delivered => "delivered",
            Self::Diverted => "diverted",
            Self::Bounced => "bounced",
            Self::Deferred => "deferred",
            Self::Rejected => "rejected",
            Self::Waiting => "waiting",
            Self::Unsent => "unsent",
            Self::Missing => "missing",
            Self::HandedOff => "handed-off",
            Self::Unknown => "unknown",
        }
    }

    /// Whether the mail did not arrive as intended, as far as the evidence says.
    #[must_use]
    pub fn failed(self) -> bool {
        !matches!(self, Self::Delivered | Self::HandedOff | Self::Unknown)
    }
}

/// What to do with a mail.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash)]
pub enum Action {
    /// Nothing.
    None,
    /// It goes out by itself.
    Wait,
    /// Send again from SOST after the cause is fixed.
    Resend,
    /// Create the mail anew at its origin.
    Recreate,
    /// It arrived or may have: a second one would be a duplicate.
    DoNotResend,
    /// A person has to look.
    Investigate,
}

impl Action {
    /// All actions in the order of reports.
    pub const ALL: [Self; 6] = [Self::None, Self::Wait, Self::Resend, Self::Recreate, Self::DoNotResend, Self::Investigate];

    /// The word of reports and rules.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Wait => "wait",
            Self::Resend => "resend",
            Self::Recreate => "recreate",
            Self::DoNotResend => "do-not-resend",
            Self::Investigate => "investigate",
        }
    }

    /// The action of a word.
    #[must_use]
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|action| action.word() == word)
    }
}

/// A journey. Texts are handles into the run's strings; rules are named by id.
#[derive(Clone, Debug)]
pub struct Journey {
    /// Stable id: 12 hex digits.
    pub id: String,
    /// How it ended.
    pub verdict: Verdict,
    /// What to do.
    pub action: Action,
    /// Id of the root cause; empty when there is none.
    pub rule: Sym,
    /// Further findings by id, such as `LATE-01`.
    pub findings: Vec<Sym>,
    /// The root cause is a guess (generic code, cut text).
    pub guess: bool,
    /// A relay, not SAP, was the client of the server that decided.
    pub by_relay: bool,
    /// The user calls it important.
    pub priority: bool,
    /// SAP's way of sending; empty when unknown.
    pub option: &'static str,
    /// What shows it.
    pub option_basis: OptionBasis,
    /// The relay's own way of sending; empty without one, or where it is none of the ways to Exchange Online.
    pub relay_option: &'static str,
    /// Hop where it ended or failed.
    pub stopped_at: Option<Hop>,
    /// Of the weakest link; `None` when nothing was linked.
    pub confidence: Option<f32>,
    /// Key of the weakest link.
    pub link: LinkKey,
    /// Evidence that came second for the weakest link, by record index.
    pub runner_up: Option<u32>,
    /// Request in SAP, UTC.
    pub requested_at: Option<Millis>,
    /// First hand-over attempt, UTC.
    pub submitted_at: Option<Millis>,
    /// Last evidence of the end, UTC.
    pub finished_at: Option<Millis>,
    /// SAP system id.
    pub system: Sym,
    /// SAP client.
    pub client: Sym,
    /// Application server.
    pub app_server: Sym,
    /// SAPconnect node.
    pub node: Sym,
    /// SAP user.
    pub sap_user: Sym,
    /// Sender.
    pub sender: Sym,
    /// Longest known recipient.
    pub recipient: Sym,
    /// Outside the own domains; `None` when unknown.
    pub external: Option<bool>,
    /// Longest known subject.
    pub subject: Sym,
    /// Message-ID.
    pub message_id: Sym,
    /// RECTP+RECYR+RECNO.
    pub sap_key: Sym,
    /// Queue ids from relay to relay, ` > ` between them.
    pub relay_queue_id: Sym,
    /// Exchange's network message id.
    pub network_message_id: Sym,
    /// SAP's status as written.
    pub sap_status: Sym,
    /// Class and number, `XS806`.
    pub sap_message: Sym,
    /// Exchange's own word.
    pub exchange_status: &'static str,
    /// `mailbox`, `outside`, `junk`, `quarantine` or empty.
    pub delivered_to: &'static str,
    /// Connector named in the trace.
    pub connector: Sym,
    /// Host that decided.
    pub host: Sym,
    /// Address from which the mail left, as the other side saw it.
    pub egress: Sym,
    /// The last relay that knows the mail.
    pub relay: Sym,
    /// Reply code of the deciding reply, 0 where none.
    pub reply_code: u16,
    /// Its enhanced code.
    pub enhanced_code: String,
    /// Its innermost text.
    pub reply: String,
    /// Tries at the deciding hop.
    pub attempts: Option<u32>,
    /// Index into the incidents.
    pub incident: Option<u32>,
    /// Records in order of time.
    pub evidence: Vec<u32>,
}

impl Journey {
    /// Seconds from request (else first attempt) to the end.
    #[must_use]
    pub fn latency_s(&self) -> Option<i64> {
        let begin = self.requested_at.or(self.submitted_at)?;
        self.finished_at.map(|end| (end - begin) / 1000)
    }

    /// Time by which journeys are chosen and ordered.
    #[must_use]
    pub fn time(&self) -> Option<Millis> {
        self.requested_at.or(self.submitted_at).or(self.finished_at)
    }
}
