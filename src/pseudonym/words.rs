//! Names that are known from their own fields, found again inside texts.

use aho_corasick::{AhoCorasick, MatchKind};
use std::collections::BTreeMap;
use std::ops::Range;

/// Shorter names would be found everywhere.
const SHORTEST: usize = 3;

/// Words of every log and of the reports: a host may be called so, which tells nothing of anybody.
const ORDINARY: [&str; 22] = [
    "mail",
    "relay",
    "server",
    "smtp",
    "esmtp",
    "host",
    "local",
    "user",
    "sap",
    "icm",
    "exchange",
    "connector",
    "access",
    "denied",
    "address",
    "rejected",
    "message",
    "sender",
    "recipient",
    "localhost",
    "postfix",
    "system",
];

/// Names and their tokens.
#[derive(Default)]
pub struct Words {
    tokens: Vec<String>,
    finder: Option<AhoCorasick>,
}

impl Words {
    /// All names of a run, in any case of their letters; numbers and ordinary words are none.
    pub fn new(names: BTreeMap<String, String>) -> Self {
        let telling = |name: &str| {
            name.chars().count() >= SHORTEST
                && name.chars().any(char::is_alphabetic)
                && !ORDINARY.iter().any(|word| name.eq_ignore_ascii_case(word))
        };
        let (names, tokens): (Vec<String>, Vec<String>) = names.into_iter().filter(|(name, _)| telling(name)).unzip();
        Self {
            tokens,
            finder: AhoCorasick::builder().ascii_case_insensitive(true).match_kind(MatchKind::LeftmostLongest).build(&names).ok(),
        }
    }

    /// Where names stand as words of their own, with their tokens, in order.
    pub fn find<'a, 't>(&'a self, text: &'t str) -> impl Iterator<Item = (Range<usize>, &'a str)> + use<'a, 't> {
        let found = self.finder.iter().flat_map(move |finder| finder.find_iter(text));
        found
            .filter(move |found| alone(text, &found.range()))
            .filter_map(|found| Some((found.range(), self.tokens.get(found.pattern().as_usize())?.as_str())))
    }

    /// The token of a text that is one of the names.
    pub fn whole(&self, text: &str) -> Option<&str> {
        let (place, token) = self.find(text).next()?;
        (place == (0..text.len())).then_some(token)
    }
}

/// Whether a place in a text is no part of a longer name.
pub fn alone(text: &str, place: &Range<usize>) -> bool {
    let part = |c: char| c.is_alphanumeric() || c == '_';
    let joins = |c: char| matches!(c, '.' | '-' | '@' | '/' | '\\');
    let mut before = text.get(..place.start).unwrap_or("").chars().rev();
    let mut behind = text.get(place.end..).unwrap_or("").chars();
    let next = |chars: &mut dyn Iterator<Item = char>| match chars.next() {
        Some(c) if joins(c) => chars.next().is_some_and(part),
        c => c.is_some_and(part),
    };
    !next(&mut before) && !next(&mut behind)
}

/// Whether a place in a text is bounded by anything but letters and digits: what a field of the same record holds is replaced
/// inside longer names, too.
pub fn bounded(text: &str, place: &Range<usize>) -> bool {
    let part = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    !part(text.get(..place.start).unwrap_or("").chars().next_back()) && !part(text.get(place.end..).unwrap_or("").chars().next())
}
