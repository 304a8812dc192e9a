//! A run as the reports see it.

use super::clean::clean;
use super::table::Cell;
use crate::evidence::{Evidence, Store, Sym};
use crate::pipeline::Analysis;
use crate::rules::{Catalogue, Rule};
use crate::source::{self, Source};

/// What was found, and the rules by which.
#[derive(Clone, Copy)]
pub struct Run<'a> {
    /// What was found.
    pub analysis: &'a Analysis,
    /// The rules.
    pub catalogue: &'a Catalogue,
    /// The command that would find it again.
    pub command: &'a str,
}

impl<'a> Run<'a> {
    /// A run that no command line asked for.
    #[must_use]
    pub fn new(analysis: &'a Analysis, catalogue: &'a Catalogue) -> Self {
        Self { analysis, catalogue, command: "" }
    }

    /// SHA-256 of all rules by which it was judged.
    pub(super) fn rules_hash(self) -> String {
        let all: Vec<&Rule> = self.catalogue.iter().collect();
        source::sha256(&serde_json::to_vec(&all).unwrap_or_default())
    }

    /// All evidence.
    pub(super) fn store(self) -> &'a Store {
        &self.analysis.reading.store
    }

    /// The cell of an interned text.
    pub(super) fn cell(self, sym: Sym) -> Cell<'a> {
        Cell::of(self.store().text(sym))
    }

    /// The rule of an interned id.
    pub(super) fn rule(self, id: Sym) -> Option<&'a Rule> {
        self.catalogue.get(self.store().text(id))
    }

    /// The source of a record.
    pub(super) fn source(self, record: &Evidence) -> Option<&'a Source> {
        self.analysis.reading.sources.get(record.source as usize)
    }

    /// `LABEL:LINE` of a record.
    pub(super) fn place(self, record: &Evidence) -> String {
        format!("{}:{}", clean(self.source(record).map_or("", |source| &source.label)), record.line)
    }

    /// `LABEL:LINE` of records, joined by `;`; a line that tells several things in a row stands once.
    pub(super) fn places(self, records: &[u32]) -> String {
        let known = records.iter().filter_map(|at| self.store().records.get(*at as usize));
        let mut places: Vec<String> = known.map(|record| self.place(record)).collect();
        places.dedup();
        places.join(";")
    }
}
