//! What to do with the mails of a verdict and a cause.

use super::model::{Action, Verdict};
use crate::rules::Rule;

/// The action: what the rule says where the verdict leaves it open. In doubt (the mail may have arrived, or nobody seems
/// to try any more) a person looks before anything is sent or waited for.
#[must_use]
pub fn action(verdict: Verdict, rule: Option<&Rule>, doubt: bool) -> Action {
    match by_verdict(verdict, rule) {
        Action::Resend | Action::Recreate | Action::Wait if doubt => Action::Investigate,
        other => other,
    }
}

fn by_verdict(verdict: Verdict, rule: Option<&Rule>) -> Action {
    let by_rule = rule.and_then(|rule| Action::of(&rule.action));
    match verdict {
        Verdict::Delivered | Verdict::HandedOff => Action::None,
        Verdict::Conflict => Action::DoNotResend,
        Verdict::Diverted | Verdict::Missing | Verdict::Unknown => Action::Investigate,
        // Accepted once: resending blindly fails again or makes a second one.
        Verdict::Bounced => by_rule.filter(|action| *action == Action::Recreate).unwrap_or(Action::Investigate),
        // Somebody still tries: sent again by hand, it would go out twice once the cause is gone.
        Verdict::Deferred => by_rule.filter(|action| matches!(action, Action::Recreate | Action::Investigate)).unwrap_or(Action::Wait),
        Verdict::Waiting => by_rule.unwrap_or(Action::Wait),
        // Nobody tries again, even where the cause goes away.
        Verdict::Rejected | Verdict::Unsent => match by_rule {
            Some(Action::Wait | Action::None) => Action::Resend,
            other => other.unwrap_or(Action::Investigate),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::Catalogue;

    #[test]
    fn the_cause_decides_where_the_verdict_leaves_it_open() {
        let catalogue = Catalogue::builtin().unwrap();
        let of = |verdict, id: &str| action(verdict, catalogue.get(id), false);
        assert_eq!(of(Verdict::Rejected, "RELAY-01"), Action::Resend);
        assert_eq!(of(Verdict::Rejected, "RCPT-01"), Action::Recreate);
        assert_eq!(of(Verdict::Rejected, "LIMIT-01"), Action::Resend);
        assert_eq!(of(Verdict::Deferred, "LIMIT-01"), Action::Wait);
        assert_eq!(of(Verdict::Deferred, "TLS-01"), Action::Wait);
        assert_eq!(of(Verdict::Bounced, "SIL-06"), Action::Investigate);
        assert_eq!(of(Verdict::Bounced, "RCPT-03"), Action::Recreate);
        assert_eq!(of(Verdict::Conflict, "CONF-01"), Action::DoNotResend);
        assert_eq!(of(Verdict::Unsent, "no such rule"), Action::Investigate);
        assert_eq!(of(Verdict::Delivered, "LATE-01"), Action::None);
        assert_eq!(action(Verdict::Rejected, catalogue.get("RELAY-01"), true), Action::Investigate);
        assert_eq!(action(Verdict::Conflict, catalogue.get("CONF-01"), true), Action::DoNotResend);
    }
}
