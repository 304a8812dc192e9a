//! Failures of one cause and route that lie close together in time.

use crate::evidence::{Millis, Sym};

/// A time between two observations.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Bracket {
    /// Last observation before, if there is one.
    pub after: Option<Millis>,
    /// First observation behind, if there is one.
    pub before: Option<Millis>,
}

/// Mails of the way of sending in a time, and how many of them failed by the cause of the incident.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Rate {
    /// All mails that were tried.
    pub mails: usize,
    /// Those that failed by this cause.
    pub failed: usize,
    /// Length of the time, at least a minute where there is one.
    pub span: Millis,
}

/// Rates before, during and after an incident; before and after as long as the incident, an hour to a day.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Rates {
    /// Up to the first bad mail.
    pub before: Rate,
    /// From the first to the last bad mail.
    pub during: Rate,
    /// Behind the last bad mail.
    pub after: Rate,
}

/// Something all failed mails share and the spared ones do not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shared {
    /// `host`, `sender`, `recipient domain`, `scope`, `app server`, `node`, `user`, `option`, `source IP`, `relay`, `connector`.
    pub dimension: &'static str,
    /// Value of the failed ones.
    pub value: String,
    /// Values of the spared ones, the most frequent first, at most three; empty when none were spared.
    pub spared: Vec<String>,
    /// The spared ones are those before the onset, not those meanwhile.
    pub earlier: bool,
}

/// What evidence beside the mails says about the cause of an incident.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// The sentence; `confirmed:` in front where it leaves no doubt.
    pub text: String,
    /// The records it rests on.
    pub records: Vec<u32>,
}

/// An incident.
#[derive(Clone, Debug, Default)]
pub struct Incident {
    /// `I1`, in order of urgency.
    pub id: String,
    /// Cause.
    pub rule: Sym,
    /// Pattern over the whole incident (`INC-01`), empty when none holds.
    pub pattern: Sym,
    /// Journeys, by index, in order of time.
    pub journeys: Vec<u32>,
    /// [last good, first bad].
    pub onset: Bracket,
    /// [last bad, first good]; no `before` when it had not ended.
    pub end: Bracket,
    /// Rates before, during and after.
    pub rates: Rates,
    /// Mails that go well in a minute before the next one fails, where volume decides.
    pub fails_after: Option<usize>,
    /// What tells failed from spared mails, the sharpest first.
    pub shared: Vec<Shared>,
    /// Mails that went well on the same route meanwhile.
    pub spared: usize,
    /// A relay, not SAP, was the client that all members failed with.
    pub by_relay: bool,
    /// Members that the user calls important.
    pub priority: usize,
    /// The user's events around the onset, by index.
    pub events: Vec<u32>,
    /// What settings and other evidence beside the mails say about the cause.
    pub proofs: Vec<Proof>,
}
