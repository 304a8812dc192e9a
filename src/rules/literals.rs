//! All literals of all rules in one automaton; one pass over a text finds every one of them.

use super::error::RuleError;
use super::model::Rule;
use crate::smtp::squeeze;
use aho_corasick::AhoCorasick;

/// Shortest beginning of a literal that may stand for all of it, in squeezed characters.
pub const CUT_MIN: usize = 16;

/// One text a rule asks for or rules out.
#[derive(Debug)]
pub struct Literal<'c> {
    /// Position of the rule.
    pub rule: usize,
    /// As the file writes it.
    pub text: &'c str,
    /// As it is compared.
    pub squeezed: String,
    /// Its presence excludes the rule.
    pub excludes: bool,
}

impl Literal<'_> {
    /// Squeezed characters.
    pub fn len(&self) -> usize {
        self.squeezed.chars().count()
    }

    /// Length of the longest beginning of this literal at the end of a text that was cut there:
    /// at least [`CUT_MIN`] characters and three fifths, or nothing.
    pub fn cut_off(&self, squeezed: &str) -> Option<usize> {
        let (total, floor) = (self.len(), CUT_MIN.max((self.len() * 3).div_ceil(5)));
        let ends = self.squeezed.char_indices().map(|(at, _)| at).enumerate().skip(floor);
        let found = ends.filter(|&(_, at)| self.squeezed.get(..at).is_some_and(|head| squeezed.ends_with(head))).last();
        found.map(|(count, _)| count).filter(|&count| count < total)
    }
}

/// The automaton and what its patterns belong to.
#[derive(Debug)]
pub struct Literals<'c> {
    automaton: AhoCorasick,
    all: Vec<Literal<'c>>,
}

impl<'c> Literals<'c> {
    /// Compiles the literals of rules.
    pub fn new(rules: &[&'c Rule]) -> Result<Self, RuleError> {
        let mut all = Vec::new();
        for (at, rule) in rules.iter().enumerate() {
            let wanted = rule.matching.text_any.iter().map(|text| (text, false));
            for (text, excludes) in wanted.chain(rule.matching.text_none.iter().map(|text| (text, true))) {
                all.push(Literal { rule: at, text, squeezed: squeeze(text), excludes });
            }
        }
        let automaton = AhoCorasick::new(all.iter().map(|literal| &literal.squeezed)).map_err(|e| RuleError::Automaton(e.to_string()))?;
        Ok(Self { automaton, all })
    }

    /// Literals found in a squeezed text, each once, in the order of the rules.
    pub fn find(&self, squeezed: &str) -> Vec<usize> {
        let mut found: Vec<usize> = self.automaton.find_overlapping_iter(squeezed).map(|hit| hit.pattern().as_usize()).collect();
        found.sort_unstable();
        found.dedup();
        found
    }

    /// One literal.
    pub fn get(&self, at: usize) -> Option<&Literal<'c>> {
        self.all.get(at)
    }

    /// All literals that rules ask for.
    pub fn wanted(&self) -> impl Iterator<Item = (usize, &Literal<'c>)> {
        self.all.iter().enumerate().filter(|(_, literal)| !literal.excludes)
    }
}
