//! Which rule a text, a journey or an incident breaks.

use super::catalogue::Catalogue;
use super::codes::Codes;
use super::error::RuleError;
use super::facts::{self, IncidentFacts, JourneyFacts};
use super::judgement::{Fitting, Judgement, Place, judgement, spoken};
use super::layers::{Layer, layers, quotes};
use super::literals::{Found, Literals};
use super::model::Rule;
use super::rank::Entry;
use super::vocabulary::RuleKind;
use std::borrow::Cow;

/// A text with its circumstances; unknown ones are empty.
#[derive(Clone, Copy, Debug, Default)]
pub struct Said<'a> {
    /// The text.
    pub text: &'a str,
    /// The text may end early.
    pub cut: bool,
    /// SAP message beside it, `XS816`; where it is empty, the one the text begins with counts.
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

/// All rules, ready to be asked.
#[derive(Debug)]
pub struct Matcher<'c> {
    texts: Vec<Entry<'c>>,
    /// Codes by which rules may hold alone, with the positions of these.
    by_enhanced: Vec<(Codes, usize)>,
    by_reply: Vec<(u16, usize)>,
    /// Positions of rules with a SAP message.
    sap: Vec<usize>,
    journeys: Vec<&'c Rule>,
    incidents: Vec<&'c Rule>,
    literals: Literals,
    catalogue: &'c Catalogue,
}

impl<'c> Matcher<'c> {
    /// Compiles a catalogue.
    ///
    /// # Errors
    /// When the literals of the rules cannot be compiled.
    pub fn new(catalogue: &'c Catalogue) -> Result<Self, RuleError> {
        let of = |kinds: &[RuleKind]| catalogue.iter().filter(|rule| kinds.contains(&rule.kind)).collect::<Vec<_>>();
        let texts: Vec<Entry<'_>> = of(&[RuleKind::Reply, RuleKind::Config]).into_iter().map(Entry::new).collect();
        let literals = Literals::new(texts.iter().map(|entry| entry.rule))?;
        let placed = || (0..).zip(&texts);
        let by_enhanced = placed().flat_map(|(at, entry)| entry.sufficient_codes().iter().map(move |codes| (*codes, at))).collect();
        let by_reply = placed().flat_map(|(at, entry)| entry.sufficient_replies().iter().map(move |code| (*code, at))).collect();
        let sap = placed().filter(|(_, entry)| !entry.rule.matching.sap_message.is_empty()).map(|(at, _)| at).collect();
        Ok(Self {
            literals,
            by_enhanced,
            by_reply,
            sap,
            texts,
            journeys: of(&[RuleKind::Journey]),
            incidents: of(&[RuleKind::Incident]),
            catalogue,
        })
    }

    /// A rule by its id.
    #[must_use]
    pub fn rule(&self, id: &str) -> Option<&'c Rule> {
        self.catalogue.get(id)
    }

    /// The rule a text breaks: innermost reply first, then the longest text, an exact code before a range, SAP's message
    /// only where no reply refuses, noise that follows a refusal after that, the mere subject or class last, ids in order at the end.
    ///
    /// An inner reply that no rule knows is the root cause all the same (rules.md 4.2): a rule about its wrapper is a guess.
    #[must_use]
    pub fn judge(&self, said: &Said<'_>) -> Option<Judgement<'c>> {
        let (squeezed, layers) = layers(said.text);
        let hits = self.literals.find(&squeezed);
        let whole = self.literals.within(&hits, &(0..squeezed.len()));
        let refused = layers.iter().any(Layer::refuses);
        let accepted = !refused && layers.iter().any(|layer| layer.class().is_some());
        let (mut noise, mut unknown) = (None, None);
        let heard_in = |layer: &Layer| Heard {
            own: self.literals.within(&hits, &layer.span),
            whole: &whole,
            accepted,
            squeezed: squeezed.get(layer.span.clone()).unwrap_or_default(),
        };
        for layer in &layers {
            let (follow_ups, roots): (Vec<_>, Vec<_>) =
                self.fitting(layer, said, &heard_in(layer)).into_iter().partition(|fit| fit.entry.noise());
            if let Some((best, rest)) = roots.split_first() {
                let place = Place { layer, quoted: quotes(said.text), around: unknown.is_some() };
                return Some(spoken(best, rest, &place, &layers));
            }
            match follow_ups.first() {
                Some(fit) => noise = noise.or(Some(fit.entry.rule)),
                None => unknown = unknown.or(Some(layer).filter(|layer| layer.refuses())),
            }
        }
        let sap = self.sap(said, &whole);
        if let Some((rule, by_number)) = sap.filter(|_| !refused) {
            return Some(judgement(rule, !by_number, Vec::new(), &layers, format!("SAP message {}", rule.matching.sap_message.join(", "))));
        }
        let others = sap.map(|(rule, _)| rule).into_iter().collect();
        if let Some(rule) = noise.filter(|_| unknown.is_none()) {
            return Some(judgement(rule, !refused || quotes(said.text), others, &layers, "the words of the reply".to_owned()));
        }
        let (rule, why) = self.generic(unknown?)?;
        Some(judgement(rule, true, others, &layers, format!("{why}, which is all that is known")))
    }

    /// The rule of a refusal that no other rule knows: by the subject of its enhanced code (RFC 3463), else by its class.
    fn generic(&self, layer: &Layer) -> Option<(&'c Rule, String)> {
        let find = |holds: &dyn Fn(&Rule) -> bool| self.texts.iter().map(|entry| entry.rule).find(|rule| holds(rule));
        let by_subject = layer.enhanced.and_then(|code| {
            let rule = find(&|rule| rule.matching.generic_subject.map(u16::from) == Some(code.subject))?;
            Some((rule, format!("the subject {} of the code", code.subject)))
        });
        let class = layer.class()?;
        by_subject.or_else(|| Some((find(&|rule| rule.matching.generic == Some(class))?, format!("the class {class} of the reply"))))
    }

    /// Rules that hold for a layer, the best first. What rules one out may stand anywhere in the text.
    fn fitting<'m>(&'m self, layer: &Layer, said: &Said<'_>, heard: &Heard<'_>) -> Vec<Fitting<'m, 'c>> {
        let Heard { own, whole, squeezed, accepted } = heard;
        let fits = |codes: &Codes| layer.enhanced.is_some_and(|code| codes.fit(code).is_some());
        let by_enhanced = self.by_enhanced.iter().filter(|(codes, _)| fits(codes)).map(|(_, at)| *at);
        let by_reply = self.by_reply.iter().filter(|(code, _)| layer.code == Some(*code)).map(|(_, at)| *at);
        // Where the text may have been cut, any rule's words may begin at its end.
        let mut places: Vec<usize> =
            if said.cut { (0..self.texts.len()).collect() } else { own.rules().chain(by_enhanced).chain(by_reply).collect() };
        places.sort_unstable();
        places.dedup();
        let mut found: Vec<Fitting<'_, '_>> = places
            .into_iter()
            .filter(|at| !whole.excluded(*at))
            .filter_map(|at| Some((at, self.texts.get(at)?)))
            .filter(|(_, entry)| entry.welcomes() == *accepted)
            .filter(|(_, entry)| entry.coded() || entry.rule.matching.sap_message.is_empty())
            .filter_map(|(at, entry)| {
                let begun = |sure_of_code| self.literals.begun(at, squeezed, sure_of_code);
                Some(Fitting { rank: entry.rank(layer, said, own.longest(at), begun)?, entry })
            })
            .collect();
        found.sort_by(|a, b| b.rank.cmp(&a.rank).then_with(|| a.entry.rule.id.cmp(&b.entry.rule.id)));
        found
    }

    /// The rule of SAP's message, and whether its number says so; its English words tell less.
    fn sap(&self, said: &Said<'_>, whole: &Found) -> Option<(&'c Rule, bool)> {
        let number = if said.sap_message.is_empty() { leading_message(said.text) } else { Some(said.sap_message.into()) };
        let rules = || self.sap.iter().filter_map(|at| Some((self.texts.get(*at)?, whole.longest(*at))));
        let numbered = number.and_then(|number| rules().find(|(entry, _)| entry.rule.matching.sap_message.iter().any(|m| *m == number)));
        let worded = || rules().filter(|(entry, longest)| !entry.coded() && *longest > 0).max_by_key(|(_, longest)| *longest);
        numbered.map(|(entry, _)| (entry.rule, true)).or_else(|| worded().map(|(entry, _)| (entry.rule, false)))
    }

    /// The rule about a setting that logs show, by its word.
    #[must_use]
    pub fn setting(&self, word: &str) -> Option<&'c Rule> {
        self.texts.iter().map(|entry| entry.rule).find(|rule| rule.when.setting.as_deref() == Some(word))
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

/// What was found in one layer, and in the whole text around it.
struct Heard<'a> {
    own: Found,
    whole: &'a Found,
    /// The text accepts: rules about failures do not hold.
    accepted: bool,
    /// The layer's own text.
    squeezed: &'a str,
}

/// SAP's message at the start of a text: `XS816`, `XS 816`, `XS806 No delivery to ...`.
fn leading_message(text: &str) -> Option<Cow<'static, str>> {
    let text = text.trim_start();
    let (class, rest) = text.split_at_checked(2)?;
    let (number, behind) = rest.trim_start().split_at_checked(3)?;
    let shape = class.bytes().all(|b| b.is_ascii_alphabetic()) && number.bytes().all(|b| b.is_ascii_digit());
    (shape && !behind.starts_with(char::is_alphanumeric)).then(|| format!("{}{number}", class.to_ascii_uppercase()).into())
}
