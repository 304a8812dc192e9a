//! What a text is judged to be, and how sure that is.

use super::layers::Layer;
use super::model::Rule;
use super::rank::{Entry, Rank};

/// The rule that a text breaks.
#[derive(Clone, Debug)]
pub struct Judgement<'c> {
    /// The rule.
    pub rule: &'c Rule,
    /// Found by a code alone, by words without their code, by the beginning of a cut text, in a quotation, around a
    /// reply that no rule knows, or by class only.
    pub guess: bool,
    /// Rules that fit too, the better ones first.
    pub others: Vec<&'c Rule>,
    /// Nested replies, outermost first.
    pub chain: Vec<String>,
    /// What spoke for the rule.
    pub why: String,
}

/// A rule that holds for a layer.
#[derive(Clone, Copy)]
pub struct Fitting<'m, 'c> {
    /// How well.
    pub rank: Rank,
    /// The rule.
    pub entry: &'m Entry<'c>,
}

/// Where the words stand.
pub struct Place<'l> {
    /// The layer.
    pub layer: &'l Layer,
    /// In somebody's quotation.
    pub quoted: bool,
    /// Around a reply that no rule knows.
    pub around: bool,
}

/// The judgement on a reply whose words or codes a rule knows.
pub fn spoken<'c>(best: &Fitting<'_, 'c>, rest: &[Fitting<'_, 'c>], place: &Place<'_>, layers: &[Layer]) -> Judgement<'c> {
    let Fitting { rank, entry } = best;
    let why = match rank {
        Rank { literal: 0, .. } => "the code of the reply",
        Rank { whole: false, .. } => "the beginning of a reply that was cut",
        _ if place.around => "the words around a reply that no rule knows",
        _ => "the words of the reply",
    };
    let doubtful = place.around || place.quoted || (entry.coded() && place.layer.class().is_none());
    // A code alone says nothing against words that were found.
    let others = rest.iter().filter(|other| other.rank.literal > 0 || rank.literal == 0).map(|other| other.entry.rule).collect();
    judgement(entry.rule, rank.literal == 0 || !rank.whole || doubtful, others, layers, why.to_owned())
}

/// A rule with its circumstances.
pub fn judgement<'c>(rule: &'c Rule, guess: bool, others: Vec<&'c Rule>, layers: &[Layer], why: String) -> Judgement<'c> {
    Judgement { rule, guess, others, chain: replies(layers), why }
}

/// Nested replies, outermost first.
fn replies(layers: &[Layer]) -> Vec<String> {
    let codes = |layer: &Layer| {
        let code = layer.code.map(|code| code.to_string());
        let enhanced = layer.enhanced.map(|enhanced| enhanced.to_string());
        code.into_iter().chain(enhanced).collect::<Vec<_>>().join(" ")
    };
    layers.iter().rev().filter(|layer| layer.class().is_some()).map(codes).collect()
}
