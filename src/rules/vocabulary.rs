//! Closed vocabularies of the rules (design sections 1, 4 and 5).

use serde::{Deserialize, Serialize};
use std::fmt;

/// Ways of sending.
pub const OPTIONS: &[&str] = &["smtp-auth-basic", "smtp-auth-oauth", "direct-send", "relay-connector", "relay-server", "hve", "acs"];

/// Who acts first.
pub const OWNERS: &[&str] = &[
    "sap-basis",
    "exchange-admin",
    "entra-admin",
    "network",
    "dns",
    "relay-admin",
    "hosting-provider",
    "sender-application",
    "recipient",
    "microsoft",
];

/// What to do with the mails of a journey.
pub const ACTIONS: &[&str] = &["none", "wait", "resend", "recreate", "do-not-resend", "investigate"];

/// How well a rule is founded: seen in a log or bounce, documented, read in source code, or inferred.
pub const PROVENANCES: &[&str] = &["REAL", "DOC", "SRC", "UNVERIFIED"];

/// Stages of an SMTP session, and those before and after it.
pub const STAGES: &[&str] =
    &["connect", "tls", "ehlo", "starttls", "token", "auth", "mail", "rcpt", "data", "eoh", "eod", "trace", "ndr", "config"];

/// Ends of a journey.
pub const VERDICTS: &[&str] =
    &["conflict", "delivered", "diverted", "bounced", "deferred", "rejected", "waiting", "unsent", "missing", "handed-off", "unknown"];

/// States of a send request in SAP.
pub const SAP_STATES: &[&str] =
    &["waiting", "no-queue-entry", "future", "retry", "direct", "active", "sent", "transmitted", "error", "unknown"];

/// Who says a reply (rules.md 4.3): the MX or the submission endpoint of Exchange Online, an own relay, a server of
/// others, SAP itself.
pub const SPEAKERS: &[&str] = &["exo-mx", "exo-submission", "own-relay", "foreign", "sap"];

/// Where a recipient is.
pub const SCOPES: &[&str] = &["internal", "external"];

/// Exchange's own words in the message trace, lower case without blanks.
pub const EXCHANGE_STATUSES: &[&str] =
    &["gettingstatus", "expanded", "resolved", "pending", "delivered", "junked", "filteredasspam", "quarantined", "failed"];

/// Where the trace says that a mail ended.
pub const DELIVERED_TO: &[&str] = &["mailbox", "outside", "junk", "quarantine"];

/// Hops at which a journey can end.
pub const HOPS: &[&str] = &["sap", "icm", "relay", "exchange", "outside"];

/// States of the SAP article that a reference may mean (rules.md 1).
pub const ARTICLE_VERSIONS: &[&str] = &["V1", "V2", "V3"];

/// What logs can show of a setting (rules.md section 8).
pub const SETTINGS: &[&str] = &[
    "host-is-address",
    "submission-port-25",
    "submission-port-465",
    "mx-port",
    "mx-logon",
    "sender-not-accepted",
    "sender-default-domain",
    "sender-onmicrosoft",
    "several-egress",
    "direct-send-external",
    "legacy-host",
    "no-submission-host",
];

/// What a rule looks at.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RuleKind {
    /// A text: a reply, a trace line, SAP's message.
    Reply,
    /// The facts of one journey.
    Journey,
    /// A setting; found by its text like a reply, or shown by the logs.
    Config,
    /// A pattern over many journeys.
    Incident,
}

impl RuleKind {
    /// The word in the files.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Reply => "reply",
            Self::Journey => "journey",
            Self::Config => "config",
            Self::Incident => "incident",
        }
    }
}

impl fmt::Display for RuleKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Whether the failure goes away by itself (rules.md 4.4: the class of the code often lies).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Heal {
    /// Stays until somebody repairs it.
    Permanent,
    /// Goes away; the sender's retry succeeds.
    Transient,
    /// A 4xx code that is retried in vain.
    TransientNeverHeals,
    /// A 5xx code whose cause goes away, but nobody retries.
    PermanentHeals,
    /// Retried for a while, then given up.
    TransientThenPermanent,
    /// 4xx heals, 5xx does not.
    ByCode,
    /// Noise behind an earlier refusal; never the root cause.
    FollowUp,
    /// No failure.
    Success,
}

impl Heal {
    /// The word in the files.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Permanent => "permanent",
            Self::Transient => "transient",
            Self::TransientNeverHeals => "transient-never-heals",
            Self::PermanentHeals => "permanent-heals",
            Self::TransientThenPermanent => "transient-then-permanent",
            Self::ByCode => "by-code",
            Self::FollowUp => "follow-up",
            Self::Success => "success",
        }
    }

    /// What the word means, for people.
    #[must_use]
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Permanent => "Does not heal by itself.",
            Self::Transient => "Heals by itself; retries succeed.",
            Self::TransientNeverHeals => "Looks temporary (4xx) and is retried in vain: it does not heal by itself.",
            Self::PermanentHeals => "Looks final (5xx), but the cause goes away after a while; the mails must then be sent again by hand.",
            Self::TransientThenPermanent => "Is retried for a while and then given up for good.",
            Self::ByCode => "Heals by itself when the code is 4xx, not when it is 5xx.",
            Self::FollowUp => "Follows from an earlier refusal in the same session; look for that one.",
            Self::Success => "No failure.",
        }
    }
}

impl fmt::Display for Heal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
