//! The conditions of rules about journeys and incidents.

use serde::{Deserialize, Serialize};

/// Facts that must all hold; an absent key does not constrain.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct When {
    /// Verdict of the journey.
    pub verdict: Vec<String>,
    /// SAP's own state.
    pub sap_state: Vec<String>,
    /// SAP message, `XS816`.
    pub sap_message: Vec<String>,
    /// Exchange's own word, lower case without blanks.
    pub exchange_status: Vec<String>,
    /// `mailbox`, `outside`, `junk`, `quarantine`.
    pub delivered_to: Vec<String>,
    /// Way of sending.
    pub option: Vec<String>,
    /// Hop where it ended.
    pub stopped_at: Vec<String>,
    /// Whether the recipient is outside the own domains.
    pub external: Option<bool>,
    /// Whether a reply gives a reason.
    pub has_reply: Option<bool>,
    /// Whether a rule knows the words of the reply, in contrast to its code.
    pub explained: Option<bool>,
    /// Whether it is on hold in a relay's queue, from which only a person lets it go.
    pub held: Option<bool>,
    /// Seconds from request to end, more than.
    pub latency_over_s: Option<i64>,
    /// Seconds since the request of a mail that still waits, more than.
    pub age_over_s: Option<i64>,
    /// Whether the whole mail was sent and no answer to it is in sight.
    pub unanswered: Option<bool>,
    /// Whether Exchange delivered it to another address than SAP's.
    pub elsewhere: Option<bool>,
    /// Whether Exchange names another sender than SAP.
    pub other_sender: Option<bool>,
    /// Seconds since the last try of a mail that SAP still tries to send, more than.
    pub idle_over_s: Option<i64>,
    /// Tries at the deciding hop, more than.
    pub attempts_over: Option<u32>,
    /// What the logs show of a setting, a word of [`super::vocabulary::SETTINGS`].
    pub setting: Option<String>,
    /// Cause that the members of the incident share.
    pub rule: Vec<String>,
    /// Failed mails in the incident, at least.
    pub members_min: Option<usize>,
    /// Failed mails to external recipients, at least.
    pub external_failed_min: Option<usize>,
    /// Good mails to external recipients during the incident, at most.
    pub external_ok_max: Option<usize>,
    /// Good mails to internal recipients during the incident, at least.
    pub internal_ok_min: Option<usize>,
    /// Good mails to external recipients before the incident, at least.
    pub external_ok_before_min: Option<usize>,
    /// Good mails to external recipients before the incident, at most.
    pub external_ok_before_max: Option<usize>,
    /// Good mails of the same node during the incident, at most.
    pub ok_max: Option<usize>,
    /// Good mails of the same node before the incident, at least.
    pub ok_before_min: Option<usize>,
    /// Mails that go well in a minute before the next one fails, at least.
    pub fails_after_min: Option<usize>,
    /// Addresses by which failed mails left, at most.
    pub egresses_max: Option<usize>,
    /// Other addresses by which mails left well meanwhile, at least.
    pub egresses_ok_min: Option<usize>,
    /// Application servers with failures, at least.
    pub app_servers_min: Option<usize>,
    /// Application servers with failures, at most.
    pub app_servers_max: Option<usize>,
    /// Application servers that sent well meanwhile, at least.
    pub app_servers_ok_min: Option<usize>,
}
