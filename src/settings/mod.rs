//! Settings that the logs prove to be wrong or risky, whatever became of the mails (rules.md section 8). They are never
//! the cause of a mail: a mail that fails by one has its own.

mod doors;
mod egress;
mod senders;

use crate::evidence::{Store, Sym};
use crate::journey::{Journey, Policy};
use crate::rules::Matcher;
use std::collections::BTreeMap;

/// Records that are named for a setting; the first few show it as well as all.
const SHOWN: usize = 3;

/// A setting that a rule speaks of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// The rule.
    pub rule: Sym,
    /// What was seen, and with how many mails.
    pub text: String,
    /// Mails with it.
    pub mails: usize,
    /// Records that show it, the first few.
    pub records: Vec<u32>,
}

/// Mails and places where something was seen.
#[derive(Clone, Debug, Default)]
struct Found {
    /// In order, each once.
    mails: Vec<usize>,
    records: Vec<u32>,
}

impl Found {
    /// Counts a mail once, however many of its records show the same. Mails come in order.
    fn add(&mut self, mail: usize, record: u32) {
        if self.mails.last() != Some(&mail) {
            self.mails.push(mail);
            if self.records.len() < SHOWN {
                self.records.push(record);
            }
        }
    }

    /// Adds what is the same to the reader; a mail may have been seen in both.
    fn merge(&mut self, other: &Self) {
        self.mails.extend(&other.mails);
        self.mails.sort_unstable();
        self.mails.dedup();
        self.records.extend(other.records.iter().take(SHOWN.saturating_sub(self.records.len())));
    }

    fn counted(&self) -> String {
        format!("{} mail{}", self.mails.len(), if self.mails.len() == 1 { "" } else { "s" })
    }
}

/// What was seen of settings, by the word of the rules and by value.
#[derive(Default)]
struct Seen(BTreeMap<(&'static str, String), Found>);

impl Seen {
    fn put(&mut self, setting: &'static str, value: String, found: &Found) {
        self.0.entry((setting, value)).or_default().merge(found);
    }
}

/// All settings of which a rule speaks, by rule and text.
#[must_use]
pub fn settings(store: &mut Store, journeys: &[Journey], policy: &Policy, matcher: &Matcher<'_>) -> Vec<Setting> {
    let mut seen = Seen::default();
    doors::look(store, journeys, &mut seen);
    egress::look(store, journeys, &mut seen);
    senders::look(store, journeys, policy, &mut seen);
    let known = |((setting, value), found): ((&'static str, String), Found)| Some((matcher.setting(setting)?.id.clone(), value, found));
    let mut all: Vec<(String, String, Found)> = seen.0.into_iter().filter_map(known).collect();
    all.sort_by(|a, b| (&a.0, &a.1).cmp(&(&b.0, &b.1)));
    all.into_iter()
        .map(|(rule, value, found)| Setting {
            rule: store.strings.intern(&rule),
            text: format!("{value}: {}", found.counted()),
            mails: found.mails.len(),
            records: found.records,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::Found;

    #[test]
    fn a_mail_that_two_addresses_saw_is_one_mail() {
        let found = |mails: &[usize]| {
            let mut found = Found::default();
            for mail in mails {
                found.add(*mail, 0);
            }
            found
        };
        let mut all = found(&[0, 1, 1, 4]);
        all.merge(&found(&[1, 3]));
        assert_eq!((all.mails.as_slice(), all.counted().as_str()), ([0, 1, 3, 4].as_slice(), "4 mails"));
    }
}
