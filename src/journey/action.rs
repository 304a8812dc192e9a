//! What to do with the mails of a verdict and a cause.

use super::model::{Action, Verdict};
use crate::rules::{Heal, Rule};

/// The action: what the rule says where the verdict leaves it open.
#[must_use]
pub fn action(verdict: Verdict, rule: Option<&Rule>) -> Action {
    let by_rule = rule.and_then(|rule| Action::of(&rule.action));
    match verdict {
        Verdict::Delivered | Verdict::HandedOff => Action::None,
        Verdict::Conflict => Action::DoNotResend,
        Verdict::Diverted | Verdict::Missing | Verdict::Unknown => Action::Investigate,
        // Accepted once: resending blindly fails again or makes a second one.
        Verdict::Bounced => by_rule.filter(|action| *action == Action::Recreate).unwrap_or(Action::Investigate),
        Verdict::Deferred => deferred(rule, by_rule),
        Verdict::Waiting => by_rule.unwrap_or(Action::Wait),
        // Nobody tries again, even where the cause goes away.
        Verdict::Rejected | Verdict::Unsent => match by_rule {
            Some(Action::Wait | Action::None) => Action::Resend,
            other => other.unwrap_or(Action::Investigate),
        },
    }
}

/// SAP or Exchange still tries: wait, unless trying is in vain.
fn deferred(rule: Option<&Rule>, by_rule: Option<Action>) -> Action {
    let in_vain = rule.is_some_and(|rule| matches!(rule.heal, Heal::Permanent | Heal::TransientNeverHeals));
    if in_vain { by_rule.unwrap_or(Action::Investigate) } else { Action::Wait }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::Catalogue;

    #[test]
    fn the_cause_decides_where_the_verdict_leaves_it_open() {
        let catalogue = Catalogue::builtin().unwrap();
        let of = |verdict, id: &str| action(verdict, catalogue.get(id));
        assert_eq!(of(Verdict::Rejected, "RELAY-01"), Action::Resend);
        assert_eq!(of(Verdict::Rejected, "RCPT-01"), Action::Recreate);
        assert_eq!(of(Verdict::Rejected, "LIMIT-01"), Action::Resend);
        assert_eq!(of(Verdict::Deferred, "LIMIT-01"), Action::Wait);
        assert_eq!(of(Verdict::Deferred, "TLS-01"), Action::Resend);
        assert_eq!(of(Verdict::Bounced, "SIL-06"), Action::Investigate);
        assert_eq!(of(Verdict::Bounced, "RCPT-03"), Action::Recreate);
        assert_eq!(of(Verdict::Conflict, "CONF-01"), Action::DoNotResend);
        assert_eq!(of(Verdict::Unsent, "no such rule"), Action::Investigate);
        assert_eq!(of(Verdict::Delivered, "LATE-01"), Action::None);
    }
}
