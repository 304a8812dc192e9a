//! Which mails the user calls important.

use super::model::Incident;
use crate::evidence::Store;
use crate::journey::Journey;
use crate::smtp::{domain, fold_address};

/// What a pattern may look at.
pub const PRIORITY_FIELDS: &[&str] = &["sender", "subject", "recipient"];

/// The user's patterns. A `*` stands for any characters; without one, a subject holds the words somewhere, and an
/// address is meant whole, or by its domain (and what lies below) where the pattern has no `@`.
#[derive(Clone, Debug, Default)]
pub struct Priorities(Vec<(&'static str, String)>);

impl Priorities {
    /// Adds a pattern; false where no such field is known.
    pub fn add(&mut self, field: &str, pattern: &str) -> bool {
        let known = PRIORITY_FIELDS.iter().find(|known| **known == field);
        if let Some(field) = known {
            self.0.push((field, pattern.trim().to_lowercase()));
        }
        known.is_some()
    }

    /// Whether there is no pattern.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Marks the mails that are important, and writes into each incident how many it has.
    pub fn count(&self, incidents: &mut [Incident], journeys: &mut [Journey], store: &Store) {
        for journey in journeys.iter_mut() {
            journey.priority = self.holds(journey, store);
        }
        for incident in incidents {
            incident.priority = incident.journeys.iter().filter(|at| journeys[**at as usize].priority).count();
        }
    }

    /// Whether any pattern holds for a mail.
    #[must_use]
    pub fn holds(&self, journey: &Journey, store: &Store) -> bool {
        self.0.iter().any(|(field, pattern)| match *field {
            "sender" => address(pattern, store.text(journey.sender)),
            "recipient" => address(pattern, store.text(journey.recipient)),
            _ => words(pattern, store.text(journey.subject)),
        })
    }
}

fn words(pattern: &str, subject: &str) -> bool {
    let subject = subject.to_lowercase();
    if pattern.contains('*') { glob(pattern, &subject) } else { subject.contains(pattern) }
}

fn address(pattern: &str, address: &str) -> bool {
    let address = fold_address(address);
    if pattern.contains('@') {
        return glob(pattern, &address);
    }
    let domain = domain(&address);
    glob(pattern, domain) || domain.strip_suffix(pattern).is_some_and(|above| above.ends_with('.'))
}

/// Whether a text is what a pattern with `*` says; looks at each part of the pattern once.
fn glob(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or("");
    let Some(mut rest) = text.strip_prefix(first) else { return false };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else { return rest.is_empty() };
    for part in parts {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_of_words_addresses_and_domains() {
        for (pattern, subject, want) in
            [("payment advice", "Re: Payment Advice 4711", true), ("payment*", "Re: Payment", false), ("*avis*", "Zahlungsavis 1", true)]
        {
            assert_eq!(words(pattern, subject), want, "{pattern} {subject}");
        }
        for (pattern, text, want) in [
            ("bank.example", "a@bank.example", true),
            ("bank.example", "a@x.bank.example", true),
            ("bank.example", "a@mybank.example", false),
            ("pay*@contoso.example", "Payments@CONTOSO.example", true),
            ("pay@contoso.example", "payments@contoso.example", false),
            ("*.example", "a@fabrikam.example", true),
            ("a*a", "a", false),
        ] {
            assert_eq!(address(pattern, text), want, "{pattern} {text}");
        }
    }
}
