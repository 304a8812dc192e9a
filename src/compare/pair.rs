//! Which journey of one run is which of the other.

use super::result::Journey;
use crate::smtp::fold_address;
use std::collections::{BTreeMap, BTreeSet};

/// By what two journeys were recognised as the same mail.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Key {
    /// The id of the journey.
    Journey,
    /// SAP's key and the recipient.
    Sap,
    /// Message-ID and recipient.
    MessageId,
}

impl Key {
    /// All keys, the surest first.
    pub const ALL: [Self; 3] = [Self::Journey, Self::Sap, Self::MessageId];

    /// The word of the reports.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Journey => "journey",
            Self::Sap => "sap-key",
            Self::MessageId => "message-id",
        }
    }
}

/// The pairs of two runs.
#[derive(Debug, Default)]
pub struct Pairs {
    /// For each journey of NEW its partner in OLD, and by what.
    pub partner: Vec<Option<(usize, Key)>>,
    /// Journeys of NEW without a partner that could be one of several.
    pub unclear: BTreeSet<usize>,
}

/// Pairs journeys: by id, else by a key that one journey on each side has alone. What was known less of then (a recipient
/// cut off, a system not named) does not contradict.
pub fn pair(old: &[Journey], new: &[Journey]) -> Pairs {
    let mut pairs = Pairs { partner: vec![None; new.len()], unclear: BTreeSet::new() };
    let mut taken = vec![false; old.len()];
    for (key, same) in [
        (Key::Journey, (|_, _| true) as fn(&Journey, &Journey) -> bool),
        (Key::Sap, alike),
        (Key::Sap, compatible),
        (Key::MessageId, alike),
        (Key::MessageId, compatible),
    ] {
        round(old, new, key, same, &mut pairs, &mut taken);
    }
    pairs
}

/// Pairs what is free on both sides and fits one another only.
fn round(old: &[Journey], new: &[Journey], key: Key, same: fn(&Journey, &Journey) -> bool, pairs: &mut Pairs, taken: &mut [bool]) {
    let mut by_key: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (at, journey) in old.iter().enumerate().filter(|(at, _)| !taken.get(*at).copied().unwrap_or(true)) {
        by_key.entry(text(journey, key)).or_default().push(at);
    }
    let candidates = |journey: &Journey| -> Vec<usize> {
        let wanted = text(journey, key);
        let all = by_key.get(&wanted).filter(|_| !wanted.is_empty()).into_iter().flatten();
        all.copied().filter(|at| old.get(*at).is_some_and(|old| same(old, journey))).collect()
    };
    let free = |at: &usize| matches!(pairs.partner.get(*at), Some(None));
    let found: Vec<(usize, Vec<usize>)> = (0..new.len()).filter(free).filter_map(|at| Some((at, candidates(new.get(at)?)))).collect();
    let mut wanted: BTreeMap<usize, usize> = BTreeMap::new();
    for old in found.iter().flat_map(|(_, candidates)| candidates) {
        *wanted.entry(*old).or_default() += 1;
    }
    for (at, candidates) in &found {
        match candidates.as_slice() {
            [one] if wanted.get(one) == Some(&1) => {
                if let (Some(slot), Some(taken)) = (pairs.partner.get_mut(*at), taken.get_mut(*one)) {
                    (*slot, *taken) = (Some((*one, key)), true);
                    pairs.unclear.remove(at);
                }
            }
            [] => {}
            _ => {
                pairs.unclear.insert(*at);
            }
        }
    }
}

fn text(journey: &Journey, key: Key) -> String {
    match key {
        Key::Journey => journey.get("journey").to_owned(),
        Key::Sap => journey.get("sap_key").to_owned(),
        Key::MessageId => fold_address(journey.get("message_id")),
    }
}

fn alike(a: &Journey, b: &Journey) -> bool {
    ["system", "client"].iter().all(|name| a.get(name) == b.get(name)) && recipient(a) == recipient(b)
}

/// Nothing that is known on both sides differs.
fn compatible(a: &Journey, b: &Journey) -> bool {
    let fits = |a: &str, b: &str| a.is_empty() || b.is_empty() || a == b;
    let (to, other) = (recipient(a), recipient(b));
    ["system", "client"].iter().all(|name| fits(a.get(name), b.get(name))) && (to.starts_with(&other) || other.starts_with(&to))
}

fn recipient(journey: &Journey) -> String {
    fold_address(journey.get("recipient"))
}

#[cfg(test)]
mod tests {
    use super::super::result::FIELDS;
    use super::*;
    use crate::journey::Verdict;

    /// `journey system sap_key message_id recipient`, `-` for unknown.
    fn journeys(rows: &[&str]) -> Vec<Journey> {
        let one = |row: &&str| {
            let words: Vec<&str> = row.split(' ').map(|word| if word == "-" { "" } else { word }).collect();
            let names = ["journey", "system", "sap_key", "message_id", "recipient"];
            let field = |field: &str| names.iter().position(|name| *name == field).map_or(String::new(), |at| words[at].to_owned());
            Journey::new(Verdict::Delivered, 1, FIELDS.map(field))
        };
        rows.iter().map(one).collect()
    }

    /// Name, OLD, NEW, partner of each of NEW, how many are unclear.
    type Case = (&'static str, &'static [&'static str], &'static [&'static str], &'static [Option<(usize, Key)>], usize);

    #[test]
    fn a_mail_is_found_again_when_its_id_changed() {
        let rows: [Case; 8] = [
            ("the id", &["1 - - - a@x"], &["1 P11 K <m> a@x"], &[Some((0, Key::Journey))], 0),
            ("the system is known now", &["1 - K - a@x"], &["2 P11 K - a@x"], &[Some((0, Key::Sap))], 0),
            ("another system", &["1 P12 K - a@x"], &["2 P11 K - a@x"], &[None], 0),
            ("a recipient cut off", &["1 P11 K - a@fabri"], &["2 P11 K - A@fabrikam.example"], &[Some((0, Key::Sap))], 0),
            ("the Message-ID", &["1 - - <m> a@x"], &["2 - K <m> a@x"], &[Some((0, Key::MessageId))], 0),
            (
                "two recipients",
                &["1 - - <m> a@x", "2 - - <m> b@x"],
                &["3 - - <m> b@x", "4 - - <m> a@x"],
                &[Some((1, Key::MessageId)), Some((0, Key::MessageId))],
                0,
            ),
            ("one of several", &["1 P11 K - a@x", "2 P12 K - a@x"], &["3 - K - a@x"], &[None], 1),
            ("nothing in common", &["1 - - - a@x"], &["2 - - - a@x"], &[None], 0),
        ];
        for (name, old, new, want, unclear) in rows {
            let pairs = pair(&journeys(old), &journeys(new));
            assert_eq!((pairs.partner.as_slice(), pairs.unclear.len()), (want, unclear), "{name}");
        }
    }
}
