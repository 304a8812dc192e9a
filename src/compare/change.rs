//! What became of each mail between two runs.

use super::pair::{Key, pair};
use super::result::{Journey, Results};
use crate::journey::Verdict;
use std::collections::BTreeMap;

/// What changed for a mail. Every journey of both runs is in exactly one class.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Class {
    /// Only in NEW, and failed.
    New,
    /// Had not failed, and has now; or somebody still tried, and nobody does any more.
    Worse,
    /// Failed then and now.
    StillFailing,
    /// Had failed, and has been delivered or handed over now.
    Fixed,
    /// Handed over or unknown then, known to be delivered now.
    Delivered,
    /// How it ended was known then, and is not any more.
    Unclear,
    /// Only in OLD.
    Gone,
    /// Only in NEW, and not failed.
    Added,
    /// As good as before.
    Same,
}

impl Class {
    /// All classes in the order of reports, what needs somebody first.
    pub const ALL: [Self; 9] =
        [Self::New, Self::Worse, Self::StillFailing, Self::Fixed, Self::Delivered, Self::Unclear, Self::Gone, Self::Added, Self::Same];

    /// The word of reports and options.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Worse => "worse",
            Self::StillFailing => "still-failing",
            Self::Fixed => "fixed",
            Self::Delivered => "delivered",
            Self::Unclear => "unclear",
            Self::Gone => "gone",
            Self::Added => "added",
            Self::Same => "same",
        }
    }

    /// The class of a mail that both runs have.
    fn of(old: Verdict, new: Verdict) -> Self {
        match (old.failed(), new.failed()) {
            (false, true) => Self::Worse,
            (true, true) if tried(old) && !tried(new) => Self::Worse,
            (true, true) => Self::StillFailing,
            (true, false) if new == Verdict::Unknown => Self::Unclear,
            (true, false) => Self::Fixed,
            (false, false) if old == new => Self::Same,
            (false, false) if new == Verdict::Delivered => Self::Delivered,
            // Handed over says more than unknown does.
            (false, false) if old == Verdict::Unknown => Self::Same,
            (false, false) => Self::Unclear,
        }
    }
}

/// It may still go out by itself.
fn tried(verdict: Verdict) -> bool {
    matches!(verdict, Verdict::Waiting | Verdict::Deferred)
}

/// A mail in both runs, or in one.
#[derive(Debug, Clone, Copy)]
pub struct Change<'a> {
    /// What changed.
    pub class: Class,
    /// Its journey in OLD.
    pub old: Option<&'a Journey>,
    /// Its journey in NEW.
    pub new: Option<&'a Journey>,
    /// By what the two were recognised.
    pub key: Option<Key>,
}

impl<'a> Change<'a> {
    /// The journey that says most: that of NEW, else that of OLD.
    #[must_use]
    pub fn journey(&self) -> Option<&'a Journey> {
        self.new.or(self.old)
    }

    /// The cause that the change speaks of: what was fixed had one in OLD only.
    #[must_use]
    pub fn cause(&self) -> Option<&'a Journey> {
        if self.class == Class::Fixed { self.old } else { self.journey() }
    }

    /// A field of the journey that says most.
    #[must_use]
    pub fn get(&self, name: &str) -> &'a str {
        self.journey().map_or("", |journey| journey.get(name))
    }
}

/// Two runs compared.
#[derive(Debug)]
pub struct Comparison<'a> {
    /// The earlier run.
    pub old: &'a Results,
    /// The later run.
    pub new: &'a Results,
    /// All mails of both, by class, cause and time.
    pub changes: Vec<Change<'a>>,
    /// Mails of NEW without a partner that could be one of several of OLD.
    pub ambiguous: usize,
}

impl Comparison<'_> {
    /// How many mails are in each class, all classes in their order.
    #[must_use]
    pub fn counts(&self) -> [(Class, usize); 9] {
        Class::ALL.map(|class| (class, self.changes.iter().filter(|change| change.class == class).count()))
    }

    /// How many pairs each key found.
    #[must_use]
    pub fn keys(&self) -> [(Key, usize); 3] {
        Key::ALL.map(|key| (key, self.changes.iter().filter(|change| change.key == Some(key)).count()))
    }

    /// What the two files do not say alike: versions of the schema, columns that one of them lacks.
    #[must_use]
    pub fn remarks(&self) -> Vec<String> {
        let mut out = Vec::new();
        if let (Some(old), Some(new)) = (self.old.schema_version, self.new.schema_version)
            && old != new
        {
            out.push(format!(
                "{} has version {old} of the schema, {} version {new}: what only one of them knows is empty",
                self.old.name, self.new.name
            ));
        }
        for (one, other) in [(self.old, self.new), (self.new, self.old)] {
            let lacks = |column: &&String| !one.columns.contains(column);
            let missing: Vec<&str> = other.columns.iter().filter(lacks).map(String::as_str).collect();
            if !one.columns.is_empty() && !missing.is_empty() {
                out.push(format!("{} has no column {}: another version of sostrace wrote it", one.name, missing.join(", ")));
            }
        }
        out
    }
}

/// Compares two runs.
#[must_use]
pub fn compare<'a>(old: &'a Results, new: &'a Results) -> Comparison<'a> {
    let pairs = pair(&old.journeys, &new.journeys);
    let mut partners: BTreeMap<usize, (usize, Key)> = BTreeMap::new();
    for (at, (old, key)) in pairs.partner.iter().enumerate().filter_map(|(at, pair)| Some((at, (*pair)?))) {
        partners.insert(old, (at, key));
    }
    let both_or_old = old.journeys.iter().enumerate().map(|(at, journey)| match partners.get(&at) {
        Some((at, key)) => {
            let partner = new.journeys.get(*at);
            let class = partner.map_or(Class::Gone, |partner| Class::of(journey.verdict, partner.verdict));
            Change { class, old: Some(journey), new: partner, key: Some(*key) }
        }
        None => Change { class: Class::Gone, old: Some(journey), new: None, key: None },
    });
    let only_new = new.journeys.iter().zip(&pairs.partner).filter(|(_, partner)| partner.is_none()).map(|(journey, _)| {
        let class = if journey.verdict.failed() { Class::New } else { Class::Added };
        Change { class, old: None, new: Some(journey), key: None }
    });
    let mut changes: Vec<Change<'a>> = both_or_old.chain(only_new).collect();
    let order = |change: &Change<'a>| {
        let rule = change.cause().map_or("", |journey| journey.get("rule"));
        (change.class, rule.is_empty(), rule, change.get("requested_at"), change.get("journey"))
    };
    changes.sort_by(|a, b| order(a).cmp(&order(b)));
    Comparison { old, new, changes, ambiguous: pairs.unclear.len() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pair_of_verdicts_has_its_class() {
        use Verdict::{Bounced, Conflict, Deferred, Delivered, HandedOff, Missing, Rejected, Unknown, Unsent, Waiting};
        let rows = [
            (Rejected, Delivered, Class::Fixed),
            (Missing, HandedOff, Class::Fixed),
            (Unsent, Unknown, Class::Unclear),
            (Rejected, Bounced, Class::StillFailing),
            (Rejected, Waiting, Class::StillFailing),
            (Deferred, Waiting, Class::StillFailing),
            (Deferred, Rejected, Class::Worse),
            (Waiting, Conflict, Class::Worse),
            (Delivered, Bounced, Class::Worse),
            (HandedOff, Delivered, Class::Delivered),
            (Unknown, Delivered, Class::Delivered),
            (Unknown, HandedOff, Class::Same),
            (Delivered, HandedOff, Class::Unclear),
            (HandedOff, Unknown, Class::Unclear),
            (Delivered, Delivered, Class::Same),
        ];
        for (old, new, want) in rows {
            assert_eq!(Class::of(old, new), want, "{old:?} {new:?}");
        }
    }
}
