//! All literals of all rules in one automaton; one pass over a text finds every one of them.

use super::error::RuleError;
use super::model::Rule;
use crate::smtp::squeeze;
use aho_corasick::{AhoCorasick, AhoCorasickKind, Span};
use std::ops::Range;

/// Fewest squeezed characters of a literal: shorter words stand in any prose.
pub const LITERAL_MIN: usize = 8;

/// Shortest beginning of a literal that may stand for all of it, in squeezed characters.
const CUT_MIN: usize = 16;

/// One text a rule asks for or rules out.
#[derive(Debug)]
struct Literal {
    /// Position of the rule.
    rule: usize,
    /// As it is compared.
    squeezed: String,
    /// Its squeezed characters.
    len: usize,
    /// Its presence excludes the rule.
    excludes: bool,
}

impl Literal {
    fn new(rule: usize, text: &str, excludes: bool) -> Self {
        let squeezed = squeeze(text);
        Self { rule, len: squeezed.chars().count(), squeezed, excludes }
    }

    /// Length of the longest beginning of this literal at the end of a text that was cut there; 0 when it is too short.
    fn begun(&self, squeezed: &str, sure_of_code: bool) -> usize {
        let least = if sure_of_code { LITERAL_MIN } else { CUT_MIN.max((self.len * 3).div_ceil(5)) };
        let ends = self.squeezed.char_indices().map(|(at, _)| at).enumerate().skip(least);
        let found = ends.filter(|&(_, at)| self.squeezed.get(..at).is_some_and(|head| squeezed.ends_with(head))).last();
        found.map_or(0, |(count, _)| count)
    }
}

/// A literal in a text.
#[derive(Debug)]
pub struct Hit {
    span: Span,
    /// Position of the literal.
    literal: usize,
}

/// What was found in a text, by position of the rule; most rules have nothing in most texts.
#[derive(Debug, Default)]
pub struct Found {
    /// Rules with a literal, in order, and the squeezed characters of the longest one.
    longest: Vec<(usize, usize)>,
    /// Rules that a literal rules out.
    excluded: Vec<usize>,
}

impl Found {
    /// Squeezed characters of the longest literal of a rule; 0 where there is none.
    pub fn longest(&self, rule: usize) -> usize {
        self.longest.iter().filter(|(other, _)| *other == rule).map(|(_, len)| *len).max().unwrap_or(0)
    }

    /// A literal rules the rule out.
    pub fn excluded(&self, rule: usize) -> bool {
        self.excluded.contains(&rule)
    }

    /// Rules with a literal; one may stand there several times.
    pub fn rules(&self) -> impl Iterator<Item = usize> {
        self.longest.iter().map(|(rule, _)| *rule)
    }
}

/// The automaton and what its patterns belong to.
#[derive(Debug)]
pub struct Literals {
    automaton: AhoCorasick,
    all: Vec<Literal>,
    /// Literals of each rule.
    of: Vec<Range<usize>>,
}

impl Literals {
    /// Compiles the literals of rules.
    pub fn new<'r>(rules: impl Iterator<Item = &'r Rule>) -> Result<Self, RuleError> {
        let (mut all, mut of) = (Vec::new(), Vec::new());
        for (at, rule) in rules.enumerate() {
            let first = all.len();
            all.extend(rule.matching.text_any.iter().map(|text| Literal::new(at, text, false)));
            all.extend(rule.matching.text_none.iter().map(|text| Literal::new(at, text, true)));
            of.push(first..all.len());
        }
        let patterns = all.iter().map(|literal| &literal.squeezed);
        let automaton = AhoCorasick::builder().kind(Some(AhoCorasickKind::DFA)).build(patterns);
        let automaton = automaton.map_err(|e| RuleError::Automaton(e.to_string()))?;
        Ok(Self { automaton, all, of })
    }

    /// Finds every literal in a squeezed text: where it stands, and which it is.
    pub fn find(&self, squeezed: &str) -> Vec<Hit> {
        self.automaton.find_overlapping_iter(squeezed).map(|hit| Hit { span: hit.span(), literal: hit.pattern().as_usize() }).collect()
    }

    /// What was found in a part of the text.
    pub fn within(&self, hits: &[Hit], part: &Range<usize>) -> Found {
        let mut out = Found::default();
        let own = hits.iter().filter(|hit| hit.span.start >= part.start && hit.span.end <= part.end);
        for literal in own.filter_map(|hit| self.all.get(hit.literal)) {
            if literal.excludes {
                out.excluded.push(literal.rule);
            } else {
                out.longest.push((literal.rule, literal.len));
            }
        }
        // A text may repeat a literal over and over.
        out.longest.sort_unstable();
        out.longest.dedup();
        out.excluded.sort_unstable();
        out.excluded.dedup();
        out
    }

    /// The longest beginning of a rule's literals at the end of a text that was cut there; 0 when there is none. An exact
    /// code says so much already that fewer characters do.
    pub fn begun(&self, rule: usize, squeezed: &str, sure_of_code: bool) -> usize {
        let own = self.of.get(rule).and_then(|range| self.all.get(range.clone())).unwrap_or_default();
        own.iter().filter(|literal| !literal.excludes).map(|literal| literal.begun(squeezed, sure_of_code)).max().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_beginning_stands_for_the_whole_where_enough_of_it_is_left() {
        let literal = Literal::new(0, "SmtpClientAuthentication is disabled for the Tenant", false);
        for (text, sure, want) in [
            ("5355.7.139x,smtpclientauthenticationisdi", false, 28),
            ("5355.7.139x,smtpclientauthenticationisd", false, 0),
            ("5355.7.139x,smtpclien", true, 9),
            ("5355.7.139x,smtpcli", true, 0),
            ("", true, 0),
        ] {
            assert_eq!(literal.begun(text, sure), want, "{text}");
        }
    }
}
