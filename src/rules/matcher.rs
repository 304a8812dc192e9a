//! Which rule a text, a journey or an incident breaks.

use super::catalogue::Catalogue;
use super::error::RuleError;
use super::facts::{self, IncidentFacts, JourneyFacts};
use super::layers::{Layer, layers};
use super::literals::Literals;
use super::model::Rule;
use super::rank::{Rank, rank};
use super::vocabulary::{Heal, RuleKind};
use crate::smtp::chain;

/// A text with its circumstances; unknown ones are empty.
#[derive(Clone, Copy, Debug, Default)]
pub struct Said<'a> {
    /// The text.
    pub text: &'a str,
    /// The text may end early.
    pub cut: bool,
    /// SAP message beside it, `XS816`.
    pub sap_message: &'a str,
    /// Host that was spoken to.
    pub host: &'a str,
    /// Its port, 0 where unknown.
    pub port: u16,
    /// Recipient outside the own domains.
    pub external: Option<bool>,
    /// Stage of the session.
    pub stage: &'a str,
    /// Who speaks.
    pub speaker: &'a str,
}

/// The rule that a text breaks.
#[derive(Clone, Debug)]
pub struct Judgement<'c> {
    /// The rule.
    pub rule: &'c Rule,
    /// Found by a code alone, by the beginning of a cut text, or by class only.
    pub guess: bool,
    /// Rules that fit too, the better ones first.
    pub others: Vec<&'c Rule>,
    /// Nested replies, outermost first.
    pub chain: Vec<String>,
    /// What spoke for the rule.
    pub why: String,
}

/// All rules, ready to be asked.
#[derive(Debug)]
pub struct Matcher<'c> {
    texts: Vec<&'c Rule>,
    journeys: Vec<&'c Rule>,
    incidents: Vec<&'c Rule>,
    literals: Literals<'c>,
    catalogue: &'c Catalogue,
}

impl<'c> Matcher<'c> {
    /// Compiles a catalogue.
    ///
    /// # Errors
    /// When the literals of the rules cannot be compiled.
    pub fn new(catalogue: &'c Catalogue) -> Result<Self, RuleError> {
        let of = |kinds: &[RuleKind]| catalogue.iter().filter(|rule| kinds.contains(&rule.kind)).collect::<Vec<_>>();
        let texts = of(&[RuleKind::Reply, RuleKind::Config]);
        let literals = Literals::new(&texts)?;
        Ok(Self { literals, texts, journeys: of(&[RuleKind::Journey]), incidents: of(&[RuleKind::Incident]), catalogue })
    }

    /// A rule by its id.
    #[must_use]
    pub fn rule(&self, id: &str) -> Option<&'c Rule> {
        self.catalogue.get(id)
    }

    /// The rule a text breaks: innermost reply first, then the longest text, an exact code before a range, SAP's message
    /// only where no text tells, noise that follows a refusal after that, the mere class last, ids in order at the end.
    #[must_use]
    pub fn judge(&self, said: &Said<'_>) -> Option<Judgement<'c>> {
        let layers = layers(said.text);
        if layers.iter().any(|layer| layer.class().is_some()) && layers.iter().all(|layer| layer.class().is_none_or(|class| class < 4)) {
            return None;
        }
        let whole =
            Layer { code: None, enhanced: None, text: said.text, squeezed: crate::smtp::squeeze(said.text), bare: true, last: true };
        let root = |rule: &Rule| rule.heal != Heal::FollowUp;
        let found = layers.iter().chain([&whole]).map(|layer| self.fitting(layer, said, root)).find(|found| !found.is_empty());
        if let Some(found) = found {
            return Some(judgement(said, &found, why(&found)));
        }
        if let Some(rule) = self.texts.iter().find(|rule| rule.matching.sap_message.iter().any(|m| m == said.sap_message)) {
            return Some(Judgement {
                rule,
                guess: false,
                others: Vec::new(),
                chain: replies(said.text),
                why: format!("SAP message {}", said.sap_message),
            });
        }
        let noise = layers.iter().map(|layer| self.fitting(layer, said, |rule| !root(rule))).find(|found| !found.is_empty());
        noise.map(|found| judgement(said, &found, why(&found))).or_else(|| self.generic(said, &layers))
    }

    /// Rules that hold for a layer, the best first.
    fn fitting(&self, layer: &Layer<'_>, said: &Said<'_>, wanted: impl Fn(&Rule) -> bool) -> Vec<(Rank, &'c Rule)> {
        let rules = self.texts.iter().enumerate().filter(|(_, rule)| wanted(rule));
        let mut found: Vec<(Rank, &Rule)> =
            rules.filter_map(|(at, rule)| Some((rank(at, rule, layer, &self.literals, said)?, *rule))).collect();
        found.sort_by(|(a, x), (b, y)| b.cmp(a).then_with(|| x.id.cmp(&y.id)));
        found
    }

    fn generic(&self, said: &Said<'_>, layers: &[Layer<'_>]) -> Option<Judgement<'c>> {
        let class = layers.iter().find_map(Layer::class).filter(|class| *class >= 4)?;
        let rule = self.texts.iter().find(|rule| rule.matching.generic == Some(class))?;
        let why = format!("only the class {class} of the reply is known");
        Some(Judgement { rule, guess: true, others: Vec::new(), chain: replies(said.text), why })
    }

    /// Journey rules that hold, the most specific first.
    #[must_use]
    pub fn journey(&self, facts: &JourneyFacts<'_>) -> Vec<&'c Rule> {
        facts::journey(&self.journeys, facts)
    }

    /// Incident rules that hold, the most specific first.
    #[must_use]
    pub fn incident(&self, facts: &IncidentFacts<'_>) -> Vec<&'c Rule> {
        facts::incident(&self.incidents, facts)
    }
}

fn judgement<'c>(said: &Said<'_>, found: &[(Rank, &'c Rule)], why: String) -> Judgement<'c> {
    let (best, rest) = found.split_at(1.min(found.len()));
    let (rank, rule) = best[0];
    Judgement { rule, guess: rank.guess(), others: rest.iter().map(|(_, rule)| *rule).collect(), chain: replies(said.text), why }
}

fn why(found: &[(Rank, &Rule)]) -> String {
    match found.first() {
        Some((rank, _)) if rank.literal > 0 && rank.whole => "the words of the reply".to_owned(),
        Some((rank, _)) if rank.literal > 0 => "the beginning of a reply that was cut".to_owned(),
        _ => "the code of the reply".to_owned(),
    }
}

/// Nested replies, outermost first.
fn replies(text: &str) -> Vec<String> {
    chain(text)
        .iter()
        .map(|reply| {
            let code = reply.code.map(|code| code.to_string());
            let enhanced = reply.enhanced.map(|enhanced| enhanced.to_string());
            code.into_iter().chain(enhanced).collect::<Vec<_>>().join(" ")
        })
        .collect()
}
