//! What a rule is: the shape of one TOML file.

use super::vocabulary::{Heal, RuleKind};
use super::when::When;
use serde::{Deserialize, Serialize};

/// A named cause: what it matches, what it means, who acts, what to do.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// `RELAY-01`; equals the name of the file.
    pub id: String,
    /// One line for tables.
    pub title: String,
    /// What the rule looks at.
    pub kind: RuleKind,
    /// Ways of sending it can happen with; empty means all.
    #[serde(default)]
    pub options: Vec<String>,
    /// Whether it goes away by itself.
    pub heal: Heal,
    /// Who acts first.
    pub owner: String,
    /// Whom the owner needs something from.
    #[serde(default)]
    pub needs: Vec<String>,
    /// Texts and codes.
    #[serde(default, rename = "match")]
    pub matching: Match,
    /// Circumstances; only a contradiction excludes.
    #[serde(default)]
    pub context: Context,
    /// Facts of a journey or an incident.
    #[serde(default)]
    pub when: When,
    /// What it means.
    pub cause: String,
    /// What to do, safest first.
    pub remedy: Vec<Remedy>,
    /// What becomes of the mails.
    pub action: String,
    /// How to see that the cause is gone.
    pub verify: String,
    /// Where it is documented.
    pub references: Vec<Reference>,
    /// Day on which the facts were checked, `2026-11-23`.
    pub as_of: String,
    /// `REAL`, `DOC`, `SRC` or `UNVERIFIED`.
    pub provenance: String,
    /// Doubts and traps.
    #[serde(default)]
    pub note: String,
    /// Texts that must match and texts that must not.
    #[serde(default)]
    pub samples: Vec<Sample>,
}

impl Rule {
    /// `RELAY` of `RELAY-01`.
    #[must_use]
    pub fn family(&self) -> &str {
        self.id.split_once('-').map_or(self.id.as_str(), |(family, _)| family)
    }
}

/// What a text must hold. An empty list does not constrain.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Match {
    /// Three-digit codes; a reply without one is not excluded.
    pub reply: Vec<u16>,
    /// Enhanced codes and ranges, `5.7.606-5.7.649`.
    pub enhanced: Vec<String>,
    /// At least one of these literals, compared without case and white space.
    pub text_any: Vec<String>,
    /// None of these literals.
    pub text_none: Vec<String>,
    /// The codes are unmistakable: they suffice where the text is missing, but a text weighs more.
    pub codes_suffice: bool,
    /// Usual stages of the session; strengthens, never excludes (pipelining shifts them, rules.md 4.5).
    pub stage: Vec<String>,
    /// Who says it: `exo-mx`, `exo-submission`, `own-relay`, `foreign`, `sap`; only a contradiction excludes.
    pub speaker: Vec<String>,
    /// SAP message, `XS816`.
    pub sap_message: Vec<String>,
    /// Rows of the message trace to expect: `none`, `failed`, `pending`, ... For people.
    pub trace_row: Vec<String>,
    /// Only the class of the reply counts, 4 or 5; such a rule gives way to every other.
    pub generic: Option<u8>,
    /// Only the subject of the enhanced code counts, 1 (address) to 7 (policy) by RFC 3463; such a rule gives way to every
    /// other but one of the mere class.
    pub generic_subject: Option<u8>,
}

impl Match {
    /// The rule says what kind of refusal it is, and no more.
    #[must_use]
    pub fn is_generic(&self) -> bool {
        self.generic.is_some() || self.generic_subject.is_some()
    }
}

/// Circumstances of a text.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Context {
    /// Host names; a leading `*.` matches by suffix.
    pub host: Vec<String>,
    /// Ports.
    pub port: Vec<u16>,
    /// `internal` or `external`.
    pub scope: Option<String>,
}

/// One step towards health.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Remedy {
    /// What to do.
    pub text: String,
    /// The step gives up protection; it is labelled so.
    #[serde(default)]
    pub weakens_security: bool,
}

/// Where the facts come from.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reference {
    /// Title of the page.
    pub title: String,
    /// Address of the page.
    pub url: String,
    /// `V1`, `V2` or `V3` of the SAP article, which renumbered its options without a new date (rules.md 1).
    #[serde(default)]
    pub article_version: Option<String>,
}

/// A text that the rule must or must not claim.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Sample {
    /// The text.
    pub text: String,
    /// Whether this rule must win.
    pub matches: bool,
    /// Rule that must win when this one must not; empty for none.
    pub gives: String,
    /// The text may end early.
    pub cut: bool,
    /// SAP message beside the text.
    pub sap_message: Option<String>,
    /// Host beside the text.
    pub host: Option<String>,
    /// Port beside the text.
    pub port: Option<u16>,
}
