//! Seeded generator of invented incidents: the files an administrator would hand in, and the
//! truth about every send request in them.
//!
//! Everything is deterministic: the same code writes the same bytes on every machine.

mod clock;
mod content;
mod dialogue;
mod encode;
mod exchange;
mod icm;
mod noise;
mod others;
mod plan;
mod postfix;
mod rng;
mod sap_list;
mod sap_table;
mod story_auth;
mod story_connector;
mod story_outage;
mod story_relay;
mod trace;
mod world;

/// One file of a story.
pub struct File {
    /// Name without a folder.
    pub name: &'static str,
    /// The whole content.
    pub bytes: Vec<u8>,
}

/// What really happened to one SAP send request, and what the files allow to conclude.
pub struct Truth {
    /// Full mail address.
    pub recipient: String,
    /// Full subject, not cut.
    pub subject: String,
    /// RECTP, RECYR and RECNO joined, if the export shows them.
    pub sap_key: Option<String>,
    /// Message-ID with angle brackets, also of a mail that was never handed over.
    pub message_id: String,
    /// Time of the send request, milliseconds since 1970 UTC.
    pub requested_utc_ms: i64,
    /// Verdict word, for example `delivered`.
    pub verdict: &'static str,
    /// Rule id, empty if no rule applies.
    pub rule: &'static str,
    /// Action word, for example `resend`.
    pub action: &'static str,
}

/// One incident.
pub struct Story {
    /// Name of the sample folder.
    pub name: &'static str,
    /// The files as handed in.
    pub files: Vec<File>,
    /// One entry per send request, in the order of the requests.
    pub truth: Vec<Truth>,
}

/// All stories, in a fixed order.
pub fn stories() -> Vec<Story> {
    vec![story_connector::story(), story_auth::story(), story_outage::story(), story_relay::story()]
}
