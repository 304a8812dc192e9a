//! One word of four for each mail, why, and what a second one would risk.

use crate::journey::{Action, Journey, Verdict};

/// What to do with a mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::report) struct Advice {
    /// `resend`, `recreate`, `wait` or `do-not-resend`.
    pub what: &'static str,
    /// Why.
    pub reason: &'static str,
    /// Whether the recipient could get it twice.
    pub risk: &'static str,
}

/// The advice on a journey: what a person must look into is not to be sent again before.
pub(in crate::report) fn advice(journey: &Journey) -> Advice {
    let what = match journey.action {
        Action::Resend => "resend",
        Action::Recreate => "recreate",
        Action::Wait => "wait",
        Action::None | Action::DoNotResend | Action::Investigate => "do-not-resend",
    };
    Advice { what, reason: reason(journey.action, journey.verdict), risk: risk(journey.action, journey.verdict) }
}

fn reason(action: Action, verdict: Verdict) -> &'static str {
    match (action, verdict) {
        (Action::Resend, Verdict::Unsent) => "SAP gave up before any server decided: repeat it in SOST once the cause is gone",
        (Action::Resend, Verdict::Bounced) => "the relay gave it back and nobody tries any more: repeat it in SOST once the cause is gone",
        (Action::Resend, _) => "refused, and nobody tries any more: repeat it in SOST once the cause is gone",
        (Action::Recreate, _) => "the same request would fail again: correct it at its origin and create the mail anew there",
        (Action::Wait, Verdict::Waiting) => "still in SAP's queue: it goes out by itself",
        (Action::Wait, _) => "somebody still tries: it goes out by itself once the cause is gone",
        (_, Verdict::Delivered) => "it arrived",
        (_, Verdict::HandedOff) => "handed over, and no log covers what came after: it may have arrived",
        (_, Verdict::Conflict) => "the logs contradict each other: it may have arrived",
        (_, Verdict::Missing) => "taken by the next server and not in its log: ask the recipient first",
        (_, Verdict::Diverted) => "accepted, then held back: release it where it is instead",
        (_, Verdict::Bounced) => "accepted and failed later: find the reason first, it may fail again",
        (_, Verdict::Deferred) => "nobody seems to try any more, but somebody may: look into that queue first",
        (_, Verdict::Waiting) => "it has waited too long in SAP: bring that request on its way instead of a second one",
        (_, Verdict::Rejected | Verdict::Unsent | Verdict::Unknown) => "the logs do not say enough: look first",
    }
}

fn risk(action: Action, verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Delivered => "certain: a second one would be a duplicate",
        Verdict::Waiting | Verdict::Deferred => "certain once the first one goes out by itself",
        Verdict::Conflict | Verdict::HandedOff | Verdict::Missing | Verdict::Diverted => {
            "likely: the first one may arrive or have arrived; Exchange may also drop the second one silently where it has the same Message-ID"
        }
        Verdict::Bounced if action != Action::Resend => {
            "small for this recipient; Exchange may drop a second one silently where it has the same Message-ID"
        }
        Verdict::Unknown => "unknown",
        Verdict::Rejected | Verdict::Unsent | Verdict::Bounced if matches!(action, Action::Resend | Action::Recreate) => {
            "none as far as the logs go: no server took it on"
        }
        Verdict::Rejected | Verdict::Unsent | Verdict::Bounced => "unknown: another try of it may have arrived",
    }
}
