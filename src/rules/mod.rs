//! Rules: named causes of mail failures, kept as data.
//!
//! One rule is one TOML file below `catalogue/FAMILY/ID.toml`, compiled in by `build.rs`; users add
//! their own with [`Catalogue::with_dir`]. [`Matcher`] says which rule a reply, a journey or an
//! incident breaks, [`page()`] prints what a rule knows.
//!
//! The rooms: `model` what a rule is, `when` its conditions, `vocabulary` the closed words, `validate` what makes a file a
//! good rule, `catalogue` where rules come from, `layers` the nested replies of a text, `matcher`
//! which rule wins, `rank` why and `judgement` how surely, `facts` journeys and incidents, `samples`
//! whether the rules keep their promise, `page` the `explain` page, `docs` the same as documentation,
//! `ways` the ways of sending as dated facts.

mod acting;
mod catalogue;
mod codes;
mod docs;
mod error;
mod facts;
mod judgement;
mod layers;
mod literals;
mod matcher;
mod model;
mod page;
mod rank;
mod samples;
mod validate;
mod vocabulary;
mod ways;
mod when;

pub use catalogue::Catalogue;
pub use docs::documents;
pub use error::RuleError;
pub use facts::{IncidentFacts, JourneyFacts};
pub use judgement::Judgement;
pub use matcher::{Matcher, Said};
pub use model::{Context, Match, Reference, Remedy, Rule, Sample};
pub use page::page;
pub use samples::{WrongSample, test_samples};
pub use vocabulary::{ACTIONS, Heal, OPTIONS, OWNERS, PROVENANCES, RuleKind, SAP_STATES, STAGES, VERDICTS};
pub use ways::{WAYS, WAYS_AS_OF, Way, way};
pub use when::When;
