//! How well a rule fits one layer of a text. Priority is derived from this, never kept by hand.

use super::codes::{Codes, Fit};
use super::layers::Layer;
use super::matcher::Said;
use super::model::Rule;
use super::vocabulary::Heal;

/// Better is greater; compared from the first field on.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Rank {
    /// Squeezed characters of the longest literal found.
    pub literal: usize,
    /// How the enhanced code fits.
    pub fit: Fit,
    /// The literal was found whole, not only its beginning at a cut.
    pub whole: bool,
    /// Circumstances that speak for the rule.
    pub context: usize,
}

/// A rule about texts, its codes read once.
#[derive(Debug)]
pub struct Entry<'c> {
    /// The rule.
    pub rule: &'c Rule,
    codes: Vec<Codes>,
}

impl<'c> Entry<'c> {
    pub fn new(rule: &'c Rule) -> Self {
        Self { rule, codes: rule.matching.enhanced.iter().filter_map(|text| Codes::parse(text)).collect() }
    }

    /// The rule is about a reply with known codes: its words alone prove nothing.
    pub fn coded(&self) -> bool {
        !self.codes.is_empty() || !self.rule.matching.reply.is_empty()
    }

    /// Enhanced codes by which the rule may hold alone, without any of its words.
    pub fn sufficient_codes(&self) -> &[Codes] {
        if self.rule.matching.text_any.is_empty() || self.rule.matching.codes_suffice { &self.codes } else { &[] }
    }

    /// Three-digit codes by which it may; they say too little where there are others.
    pub fn sufficient_replies(&self) -> &[u16] {
        let m = &self.rule.matching;
        if m.text_any.is_empty() && self.codes.is_empty() { &m.reply } else { &[] }
    }

    /// The rule is about a text that accepts.
    pub fn welcomes(&self) -> bool {
        self.rule.heal == Heal::Success
    }

    /// The rule names noise, never a root cause.
    pub fn noise(&self) -> bool {
        self.rule.heal == Heal::FollowUp
    }

    /// Rank on a layer where the longest literal of the rule has `whole` characters; `begun` finds the beginning of
    /// one where the layer may have been cut. `None` when the rule does not hold.
    pub fn rank(&self, layer: &Layer, said: &Said<'_>, whole: usize, begun: impl FnOnce(bool) -> usize) -> Option<Rank> {
        let m = &self.rule.matching;
        let fit = self.fit(layer)?;
        let context = context(self.rule, said)?;
        let wrong_code = layer.code.is_some_and(|code| !m.reply.is_empty() && !m.reply.contains(&code));
        if wrong_code && !(whole > 0 && self.same_class(layer)) {
            return None;
        }
        let literal = if whole == 0 && said.cut && layer.last { begun(fit == Fit::Exact) } else { whole };
        let codes_alone = if m.text_any.is_empty() {
            fit > Fit::Silent || (m.enhanced.is_empty() && layer.code.is_some() && !m.reply.is_empty())
        } else {
            m.codes_suffice && fit == Fit::Exact
        };
        (literal > 0 || codes_alone).then_some(Rank { literal, fit, whole: whole > 0, context })
    }

    /// A wrong enhanced code excludes; a missing one does not.
    fn fit(&self, layer: &Layer) -> Option<Fit> {
        let Some(code) = layer.enhanced.filter(|_| !self.codes.is_empty()) else { return Some(Fit::Silent) };
        self.codes.iter().filter_map(|codes| codes.fit(code)).max()
    }

    /// Servers vary the three digits within a class (rules.md, AUTH-11).
    fn same_class(&self, layer: &Layer) -> bool {
        layer.class().is_some_and(|class| self.rule.matching.reply.iter().any(|code| code / 100 == u16::from(class)))
    }
}

/// Number of circumstances that speak for the rule; `None` when one speaks against it.
fn context(rule: &Rule, said: &Said<'_>) -> Option<usize> {
    let host = agrees(!rule.context.host.is_empty() && !said.host.is_empty(), rule.context.host.iter().any(|p| host_fits(p, said.host)))?;
    let port = agrees(!rule.context.port.is_empty() && said.port != 0, rule.context.port.contains(&said.port))?;
    let wants_external = rule.context.scope.as_deref() == Some("external");
    let scope = agrees(rule.context.scope.is_some() && said.external.is_some(), said.external == Some(wants_external))?;
    let speaker =
        agrees(!rule.matching.speaker.is_empty() && !said.speaker.is_empty(), rule.matching.speaker.iter().any(|s| s == said.speaker))?;
    let stage = usize::from(rule.matching.stage.iter().any(|stage| stage == said.stage));
    Some(host + port + scope + speaker + stage)
}

fn agrees(asked: bool, holds: bool) -> Option<usize> {
    if asked && !holds { None } else { Some(usize::from(asked)) }
}

fn host_fits(pattern: &str, host: &str) -> bool {
    let host = host.to_ascii_lowercase();
    pattern.strip_prefix('*').map_or(host == pattern, |suffix| host.ends_with(suffix))
}
