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
    mails: usize,
    last: Option<usize>,
    records: Vec<u32>,
}

impl Found {
    /// Counts a mail once, however many of its records show the same.
    fn add(&mut self, mail: usize, record: u32) {
        if self.last != Some(mail) {
            self.mails += 1;
            self.last = Some(mail);
            if self.records.len() < SHOWN {
                self.records.push(record);
            }
        }
    }

    fn merge(&mut self, other: &Self) {
        self.mails += other.mails;
        self.records.extend(other.records.iter().take(SHOWN.saturating_sub(self.records.len())));
    }

    fn counted(&self) -> String {
        format!("{} mail{}", self.mails, if self.mails == 1 { "" } else { "s" })
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
            mails: found.mails,
            records: found.records,
        })
        .collect()
}
