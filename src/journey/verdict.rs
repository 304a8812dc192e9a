//! The verdict table of the design: the first row that holds, from the furthest hop that has evidence of the mail.

use super::model::Verdict;
use super::relay;
use crate::evidence::{Kind, SapState, TraceStatus};

/// What each hop says about the end of a mail.
#[derive(Clone, Copy, Debug, Default)]
pub struct Ends {
    /// SAP's state.
    pub sap: Option<SapState>,
    /// Kind of the last try in the SMTP dialogue.
    pub tried: Option<Kind>,
    /// Exchange's status.
    pub exchange: Option<TraceStatus>,
    /// How far the relays brought it.
    pub relay: Option<relay::End>,
    /// A server's refusal is known.
    pub refused: bool,
    /// The next hop's log covers the time and sender of the hand-over.
    pub covered: bool,
}

/// Judges the end of a mail.
#[must_use]
pub fn verdict(ends: Ends) -> Verdict {
    match ends.exchange {
        Some(TraceStatus::Arrived | TraceStatus::Delivered | TraceStatus::Sent | TraceStatus::GettingStatus)
            if ends.sap == Some(SapState::Error) =>
        {
            Verdict::Conflict
        }
        Some(TraceStatus::Arrived | TraceStatus::Delivered | TraceStatus::Sent) => Verdict::Delivered,
        Some(TraceStatus::Quarantined | TraceStatus::FilteredAsSpam | TraceStatus::Junked) => Verdict::Diverted,
        Some(TraceStatus::Failed) => Verdict::Bounced,
        Some(TraceStatus::Pending) => Verdict::Deferred,
        Some(TraceStatus::GettingStatus | TraceStatus::Expanded | TraceStatus::Resolved) => Verdict::Unknown,
        None => ends.relay.map_or_else(|| before_exchange(ends), |end| at_relay(end, ends)),
    }
}

/// The last that is known is a relay's word. SAP's own error speaks of an earlier try, or contradicts it.
fn at_relay(end: relay::End, ends: Ends) -> Verdict {
    match end {
        // The relay's report of the failure may have reached SAP.
        relay::End::Failed => Verdict::Bounced,
        relay::End::Refused => Verdict::Rejected,
        _ if ends.sap == Some(SapState::Error) => Verdict::Conflict,
        relay::End::Outside | relay::End::Mailbox => Verdict::Delivered,
        relay::End::HandedOn { silent: Some(_) } => Verdict::Missing,
        relay::End::Trying => Verdict::Deferred,
        relay::End::Quarantined => Verdict::Diverted,
        relay::End::HandedOn { silent: None } | relay::End::Taken => Verdict::HandedOff,
        relay::End::Untold => Verdict::Unknown,
    }
}

/// Nothing beyond the hand-over is in sight. Each arm is a row of the table, in its order.
#[allow(clippy::match_same_arms)]
fn before_exchange(ends: Ends) -> Verdict {
    let handed_over = |ends: Ends| if ends.covered { Verdict::Missing } else { Verdict::HandedOff };
    match (ends.sap, ends.tried) {
        (Some(SapState::Sent | SapState::Transmitted), _) | (None, Some(Kind::Accept)) => handed_over(ends),
        (Some(SapState::Error), Some(Kind::Accept)) => Verdict::Conflict,
        (Some(SapState::Error), _) if ends.refused => Verdict::Rejected,
        (Some(SapState::Error), _) => Verdict::Unsent,
        // SAP has not caught up with the answer yet.
        (Some(_), Some(Kind::Accept)) => handed_over(ends),
        (Some(SapState::Retry), _) | (Some(SapState::Waiting | SapState::Direct | SapState::Active), Some(_)) => Verdict::Deferred,
        (Some(SapState::Waiting | SapState::NoQueueEntry | SapState::Future | SapState::Direct | SapState::Active), _) => Verdict::Waiting,
        (None, Some(Kind::Fail | Kind::Auth | Kind::Reply)) => Verdict::Rejected,
        (None, Some(Kind::Defer)) => Verdict::Deferred,
        (None, Some(Kind::Connect | Kind::Tls)) => Verdict::Unsent,
        _ => Verdict::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::Hop;

    #[test]
    fn every_row_of_the_table() {
        use SapState as S;
        use TraceStatus as T;
        let ends = |sap, tried, exchange| Ends { sap, tried, exchange, ..Ends::default() };
        let rows = [
            (ends(Some(S::Error), None, Some(T::Delivered)), Verdict::Conflict),
            (ends(Some(S::Error), Some(Kind::Accept), None), Verdict::Conflict),
            (ends(Some(S::Error), None, Some(T::Sent)), Verdict::Conflict),
            (ends(Some(S::Error), None, Some(T::GettingStatus)), Verdict::Conflict),
            (ends(Some(S::Sent), None, Some(T::Sent)), Verdict::Delivered),
            (ends(Some(S::Waiting), None, Some(T::Delivered)), Verdict::Delivered),
            (ends(None, None, Some(T::Delivered)), Verdict::Delivered),
            (ends(Some(S::Sent), None, Some(T::Quarantined)), Verdict::Diverted),
            (ends(Some(S::Sent), None, Some(T::FilteredAsSpam)), Verdict::Diverted),
            (ends(Some(S::Sent), None, Some(T::Failed)), Verdict::Bounced),
            (ends(Some(S::Sent), None, Some(T::Pending)), Verdict::Deferred),
            (ends(Some(S::Retry), None, None), Verdict::Deferred),
            (ends(None, Some(Kind::Defer), None), Verdict::Deferred),
            (Ends { refused: true, ..ends(Some(S::Error), None, None) }, Verdict::Rejected),
            (ends(None, Some(Kind::Fail), None), Verdict::Rejected),
            (ends(Some(S::NoQueueEntry), None, None), Verdict::Waiting),
            (ends(Some(S::Future), None, None), Verdict::Waiting),
            (ends(Some(S::Error), Some(Kind::Connect), None), Verdict::Unsent),
            (ends(None, Some(Kind::Tls), None), Verdict::Unsent),
            (Ends { covered: true, ..ends(Some(S::Sent), None, None) }, Verdict::Missing),
            (Ends { covered: true, ..ends(None, Some(Kind::Accept), None) }, Verdict::Missing),
            (ends(Some(S::Transmitted), None, None), Verdict::HandedOff),
            (ends(None, Some(Kind::Accept), None), Verdict::HandedOff),
            (Ends { relay: Some(relay::End::Outside), ..ends(Some(S::Sent), None, None) }, Verdict::Delivered),
            (Ends { relay: Some(relay::End::Mailbox), ..ends(Some(S::Sent), None, None) }, Verdict::Delivered),
            (Ends { relay: Some(relay::End::Failed), ..ends(Some(S::Sent), None, None) }, Verdict::Bounced),
            (Ends { relay: Some(relay::End::Failed), ..ends(Some(S::Error), None, None) }, Verdict::Bounced),
            (Ends { relay: Some(relay::End::Refused), ..ends(Some(S::Error), None, None) }, Verdict::Rejected),
            (Ends { relay: Some(relay::End::Trying), ..ends(None, None, None) }, Verdict::Deferred),
            (Ends { relay: Some(relay::End::Taken), ..ends(Some(S::Sent), None, None) }, Verdict::HandedOff),
            (Ends { relay: Some(relay::End::Untold), ..ends(Some(S::Sent), None, None) }, Verdict::Unknown),
            (Ends { relay: Some(relay::End::Quarantined), ..ends(Some(S::Sent), None, None) }, Verdict::Diverted),
            (
                Ends { relay: Some(relay::End::HandedOn { silent: Some(Hop::Exchange) }), ..ends(Some(S::Sent), None, None) },
                Verdict::Missing,
            ),
            (Ends { relay: Some(relay::End::HandedOn { silent: None }), ..ends(None, None, None) }, Verdict::HandedOff),
            (Ends { relay: Some(relay::End::Outside), ..ends(Some(S::Error), None, None) }, Verdict::Conflict),
            (
                Ends { relay: Some(relay::End::HandedOn { silent: Some(Hop::Exchange) }), ..ends(Some(S::Sent), None, Some(T::Sent)) },
                Verdict::Delivered,
            ),
            (ends(Some(S::Unknown), None, None), Verdict::Unknown),
            (ends(Some(S::Sent), None, Some(T::GettingStatus)), Verdict::Unknown),
        ];
        for (ends, want) in rows {
            assert_eq!(verdict(ends), want, "{ends:?}");
        }
    }
}
