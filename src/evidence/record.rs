//! The record and its words.

use super::{Span, Sym};
use crate::smtp::Enhanced;

/// A system that hands a mail on, in the order of the way.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash)]
pub enum Hop {
    /// SAP's send request.
    Sap,
    /// SAP's Internet Communication Manager, which speaks SMTP.
    Icm,
    /// An own relay.
    Relay,
    /// Exchange Online.
    Exchange,
    /// A server outside.
    Outside,
}

impl Hop {
    /// The word of the reports.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Sap => "sap",
            Self::Icm => "icm",
            Self::Relay => "relay",
            Self::Exchange => "exchange",
            Self::Outside => "outside",
        }
    }
}

/// What kind of observation a record is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum Kind {
    /// A send request with its last status.
    Request,
    /// A TCP connection, made or failed.
    Connect,
    /// A TLS handshake.
    Tls,
    /// A refused or passed logon.
    Auth,
    /// A refused session or transaction without a recipient.
    Reply,
    /// A server took the mail.
    Accept,
    /// Final success at this hop.
    Deliver,
    /// Final failure at this hop.
    Fail,
    /// Temporary failure at this hop.
    Defer,
    /// Something that decides nothing by itself.
    Event,
    /// A setting or another fact around the mails.
    Config,
}

/// Which reading of the doubled autumn hour the file itself shows.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Fold {
    /// The file does not say.
    #[default]
    Unknown,
    /// Before the clocks went back.
    First,
    /// After the clocks went back.
    Second,
}

/// Which values of a record fill their column and may go on.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Cut {
    /// Envelope or SAP sender.
    pub sender: bool,
    /// Recipient.
    pub recipient: bool,
    /// Subject.
    pub subject: bool,
    /// Reply.
    pub reply: bool,
}

/// Which side table holds the rest.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Detail {
    /// Nothing more.
    #[default]
    None,
    /// Index into [`super::Store::sap`].
    Sap(u32),
    /// Index into [`super::Store::smtp`].
    Smtp(u32),
    /// Index into [`super::Store::trace`].
    Trace(u32),
    /// Index into [`super::Store::relay`].
    Relay(u32),
    /// Index into [`super::Store::context`].
    Context(u32),
}

/// One observation.
#[derive(Clone, Debug)]
pub struct Evidence {
    /// Index of the source.
    pub source: u32,
    /// First physical line, 1-based.
    pub line: u32,
    /// Number of physical lines.
    pub lines: u32,
    /// Where it was seen.
    pub hop: Hop,
    /// What it is.
    pub kind: Kind,
    /// Time on the source's own clock, absent where the file has none yet.
    pub local: Option<Span>,
    /// Reading of the doubled hour.
    pub fold: Fold,
    /// Envelope sender, else the header's or SAP's.
    pub sender: Sym,
    /// Recipient as written.
    pub recipient: Sym,
    /// Subject as written.
    pub subject: Sym,
    /// Message-ID with angle brackets.
    pub message_id: Sym,
    /// What was cut.
    pub cut: Cut,
    /// Bytes, 0 where unknown.
    pub size: u32,
    /// Reply or error text that decided.
    pub reply: Sym,
    /// The rest.
    pub detail: Detail,
}

impl Evidence {
    /// An empty record at a place.
    #[must_use]
    pub fn at(source: u32, line: u32, hop: Hop, kind: Kind) -> Self {
        Self {
            source,
            line,
            lines: 1,
            hop,
            kind,
            local: None,
            fold: Fold::Unknown,
            sender: Sym::EMPTY,
            recipient: Sym::EMPTY,
            subject: Sym::EMPTY,
            message_id: Sym::EMPTY,
            cut: Cut::default(),
            size: 0,
            reply: Sym::EMPTY,
            detail: Detail::None,
        }
    }
}

/// State of a send request (sost.md 1.2 and 3.1).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash, Default)]
pub enum SapState {
    /// The export does not tell.
    #[default]
    Unknown,
    /// Application has sent it, SAPconnect has no queue entry (yet).
    NoQueueEntry,
    /// Start time not reached.
    Future,
    /// In the queue, nothing tried.
    Waiting,
    /// To be sent immediately.
    Direct,
    /// Being sent.
    Active,
    /// Temporary error, will be tried again.
    Retry,
    /// SAP gave up.
    Error,
    /// The next server took it.
    Sent,
    /// The next server took it and no report is expected.
    Transmitted,
}

impl SapState {
    /// The word of the reports and rules.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::NoQueueEntry => "no-queue-entry",
            Self::Future => "future",
            Self::Waiting => "waiting",
            Self::Direct => "direct",
            Self::Active => "active",
            Self::Retry => "retry",
            Self::Error => "error",
            Self::Sent => "sent",
            Self::Transmitted => "transmitted",
        }
    }

    /// Whether the next server accepted the mail by SAP's word.
    #[must_use]
    pub fn handed_over(self) -> bool {
        matches!(self, Self::Sent | Self::Transmitted)
    }
}

/// What only SAP's export knows of a request.
#[derive(Clone, Debug, Default)]
pub struct SapFacts {
    /// RECTP+RECYR+RECNO, 17 characters.
    pub key: Sym,
    /// GUID of the send request.
    pub guid: Sym,
    /// OBJTP+OBJYR+OBJNO of the document.
    pub object: Sym,
    /// Number of the recipient's address (ADRNR).
    pub address: Sym,
    /// Client (MANDT).
    pub client: Sym,
    /// System id.
    pub system: Sym,
    /// SAPconnect node.
    pub node: Sym,
    /// SAP user.
    pub user: Sym,
    /// Interpreted state.
    pub state: SapState,
    /// Status as written.
    pub status: Sym,
    /// Class and number, `XS806`.
    pub message: Sym,
    /// The message's text, as the export or SAP's table of texts has it.
    pub text: Sym,
    /// The message's variables.
    pub variables: [Sym; 4],
    /// Mail server named in the message.
    pub host: Sym,
    /// Its port, 0 where unknown.
    pub port: u16,
    /// Time of the request on SAP's clock.
    pub requested: Option<Span>,
    /// The record's own time is that of the status.
    pub timed: bool,
}

/// What only an SMTP dialogue or a connection line knows.
#[derive(Clone, Debug)]
pub struct SmtpFacts {
    /// Key of the session inside its source.
    pub session: Sym,
    /// Host as configured, else as it greeted.
    pub host: Sym,
    /// Port, 0 where unknown.
    pub port: u16,
    /// Address by which the server saw us (`Hello [ip]`).
    pub egress: Sym,
    /// Stage of the reply: `connect`, `tls`, `auth`, `mail`, `rcpt`, `data`, ...
    pub stage: &'static str,
    /// Reply code, 0 where none.
    pub code: u16,
    /// Enhanced code.
    pub enhanced: Option<Enhanced>,
    /// AUTH mechanism.
    pub mechanism: Sym,
}

/// Final or present status of a recipient in the message trace.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash)]
pub enum TraceStatus {
    /// Seen, no final event.
    GettingStatus,
    /// Replaced by other recipients; not an end by itself.
    Expanded,
    /// Redirected to another recipient; not an end by itself.
    Resolved,
    /// Waiting in Exchange.
    Pending,
    /// Delivered, to a mailbox or on to another server: the shape does not tell which.
    Arrived,
    /// Delivered to a mailbox of the organisation.
    Delivered,
    /// Sent to a server outside.
    Sent,
    /// Delivered to the junk folder of a mailbox.
    Junked,
    /// Blocked as spam, and not to be found anywhere.
    FilteredAsSpam,
    /// In quarantine.
    Quarantined,
    /// Failed after acceptance.
    Failed,
}

impl TraceStatus {
    /// Whether other recipients took the place of this one.
    #[must_use]
    pub fn is_replaced(self) -> bool {
        matches!(self, Self::Expanded | Self::Resolved)
    }

    /// Exchange's own word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::GettingStatus => "GettingStatus",
            Self::Expanded => "Expanded",
            Self::Resolved => "Resolved",
            Self::Pending => "Pending",
            Self::Arrived | Self::Delivered | Self::Sent => "Delivered",
            Self::Junked => "Junked",
            Self::FilteredAsSpam => "FilteredAsSpam",
            Self::Quarantined => "Quarantined",
            Self::Failed => "Failed",
        }
    }
}

/// What only the message trace knows of a recipient of a mail.
#[derive(Clone, Debug)]
pub struct TraceFacts {
    /// Network message id.
    pub network_message_id: Sym,
    /// Status.
    pub status: TraceStatus,
    /// Inbound connector named by the trace; never one of Exchange's own.
    pub connector: Sym,
    /// Address the mail came from.
    pub client_ip: Sym,
    /// Whether the sender counts as the own organisation's.
    pub originating: Option<bool>,
    /// TLS version of the hand-over to Exchange, `TLS1.2`.
    pub tls: Sym,
    /// MAIL FROM where the trace tells it beside the sender: what Exchange's refusal of Direct Send looks at.
    pub return_path: Sym,
}
