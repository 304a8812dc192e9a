//! The terminal summary: about one screen that a Basis administrator can act on at 3 a.m.

mod around;
mod incidents;
pub(super) mod proof;
mod sources;
mod totals;

pub use around::{clock, events, rate};
pub use sources::clock_offset;

use super::export::gaps;
use crate::pipeline::Analysis;
use crate::rules::Catalogue;
use std::fmt::Write as _;
use std::path::PathBuf;

/// How to print.
#[derive(Clone, Debug)]
pub struct Style {
    /// Colours.
    pub color: bool,
    /// Columns that texts are wrapped at.
    pub width: usize,
    /// Columns of the terminal, where there is one.
    pub columns: Option<usize>,
    /// All incidents, notes and remedies.
    pub verbose: bool,
}

impl Style {
    /// A heading.
    pub(crate) fn heading(&self, text: &str) -> String {
        if self.color { format!("\u{1b}[1m{text}\u{1b}[0m\n") } else { format!("{text}\n") }
    }

    /// Wraps a text behind a first and below a following indent.
    pub(crate) fn wrap(&self, first: &str, rest: &str, text: &str) -> String {
        let (mut out, mut line) = (String::new(), first.to_owned());
        let mut fresh = true;
        for word in text.split_whitespace() {
            if !fresh && line.chars().count() + 1 + word.chars().count() > self.width {
                out.push_str(line.trim_end());
                out.push('\n');
                rest.clone_into(&mut line);
                fresh = true;
            }
            if !fresh {
                line.push(' ');
            }
            line.push_str(word);
            fresh = false;
        }
        out.push_str(line.trim_end());
        out.push('\n');
        out
    }
}

/// The whole summary.
#[must_use]
pub fn summary(analysis: &Analysis, catalogue: &Catalogue, paths: &[PathBuf], style: &Style) -> String {
    let mut out = sources::section(analysis, style);
    out.push_str(&totals::section(analysis, style));
    out.push_str(&incidents::section(analysis, catalogue, style));
    out.push_str(&proof::section(analysis, style));
    let gaps = gaps(analysis);
    if !gaps.is_empty() {
        out.push('\n');
        out.push_str(&style.heading("What no log covers, and what to export next"));
        for gap in gaps {
            out.push_str(&style.wrap("  ", "  ", &format!("{}.", gap.what)));
            out.push_str(&style.wrap("    > ", "      ", &gap.export));
        }
    }
    out.push_str(&next(analysis, paths, style));
    out
}

/// The commands a user would want now.
fn next(analysis: &Analysis, paths: &[PathBuf], style: &Style) -> String {
    let mut out = format!("\n{}", style.heading("Next"));
    let all = paths.iter().map(|path| quoted(&path.display().to_string())).collect::<Vec<_>>().join(" ");
    if let Some(first) = analysis.incidents.iter().find(|incident| !incident.rule.is_empty()) {
        let id = analysis.reading.store.text(first.rule);
        let _ = writeln!(out, "  sostrace explain {id}");
        if let Some(journey) = first.journeys.first().and_then(|at| analysis.journeys.get(*at as usize)) {
            let _ = writeln!(out, "  sostrace timeline {} {all}", journey.id);
        }
    }
    let command = if analysis.journeys.is_empty() { "inspect" } else { "analyze" };
    let table = if analysis.journeys.is_empty() { "" } else { " -o journeys.csv" };
    let _ = writeln!(out, "  sostrace {command} {all}{table}");
    out
}

/// A word of a command as a shell takes it.
#[must_use]
pub fn quoted(word: &str) -> String {
    let path = super::clean(word);
    if path.contains(|c: char| c.is_whitespace() || "'\"$&();".contains(c)) { format!("'{}'", path.replace('\'', "'\\''")) } else { path }
}
