//! How well a rule fits one layer of a text. Priority is derived from this, never kept by hand.

use super::codes::{Codes, Fit};
use super::layers::Layer;
use super::literals::Literals;
use super::matcher::Said;
use super::model::Rule;

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

impl Rank {
    /// Whether the fit is a guess: a code without its text, or the beginning of a text.
    pub fn guess(&self) -> bool {
        self.literal == 0 || !self.whole
    }
}

/// Rank of a rule on a layer; `None` when it does not hold.
pub fn rank(at: usize, rule: &Rule, layer: &Layer<'_>, literals: &Literals<'_>, said: &Said<'_>) -> Option<Rank> {
    let m = &rule.matching;
    let context = context(rule, said)?;
    let found = literals.find(&layer.squeezed);
    let own = || found.iter().filter_map(|hit| literals.get(*hit)).filter(|literal| literal.rule == at);
    if m.generic.is_some() || own().any(|literal| literal.excludes) {
        return None;
    }
    let whole = own().map(super::literals::Literal::len).max();
    let cut = || {
        let open = said.cut && layer.last && whole.is_none();
        open.then(|| literals.wanted().filter(|(_, l)| l.rule == at).filter_map(|(_, l)| l.cut_off(&layer.squeezed)).max()).flatten()
    };
    let literal = whole.or_else(cut);
    let fit = fit(rule, layer)?;
    let wrong_code = layer.code.is_some_and(|code| !m.reply.is_empty() && !m.reply.contains(&code));
    if wrong_code && !(whole.is_some() && layer.class().is_some_and(|class| m.reply.iter().any(|code| code / 100 == u16::from(class)))) {
        return None;
    }
    let codes_alone = if m.text_any.is_empty() {
        fit > Fit::Silent || (m.enhanced.is_empty() && layer.code.is_some() && !m.reply.is_empty())
    } else {
        m.codes_suffice && fit == Fit::Exact
    };
    (literal.is_some() || codes_alone).then(|| Rank { literal: literal.unwrap_or(0), fit, whole: whole.is_some(), context })
}

/// A wrong enhanced code excludes; a missing one does not.
fn fit(rule: &Rule, layer: &Layer<'_>) -> Option<Fit> {
    let Some(code) = layer.enhanced.filter(|_| !rule.matching.enhanced.is_empty()) else { return Some(Fit::Silent) };
    rule.matching.enhanced.iter().filter_map(|text| Codes::parse(text)?.fit(code)).max()
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
