//! The terminal summary: about one screen that a Basis administrator can act on at 3 a.m.

mod around;
mod delays;
mod incidents;
pub(super) mod proof;
mod settings;
mod sources;
mod totals;

pub use around::{clock, events, rate};
pub use incidents::{actions, also, facts};
pub use sources::clock_offset;
pub use totals::{caution, deed, heading, notes};

use super::export::gaps;
use crate::pipeline::Analysis;
use crate::rules::Catalogue;
use std::fmt::Write as _;
use std::path::PathBuf;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

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
        let lines = self.wrap("", "", text);
        if self.color { format!("\u{1b}[1m{}\u{1b}[0m\n", lines.trim_end()) } else { lines }
    }

    /// Wraps a text behind a first and below a following indent. A word that is wider than a line is broken.
    pub(crate) fn wrap(&self, first: &str, rest: &str, text: &str) -> String {
        let (mut out, mut line) = (String::new(), first.to_owned());
        let mut fresh = true;
        let room = self.width.saturating_sub(first.width().max(rest.width())).max(1);
        for word in text.split_whitespace().flat_map(|word| pieces(word, room)) {
            if !fresh && line.width() + 1 + word.width() > self.width {
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

    /// A command; where it is too long, it goes on in the next line as a shell takes it.
    fn command(&self, words: &[String]) -> String {
        let (mut out, mut line) = (String::new(), "  ".to_owned());
        for (at, word) in words.iter().enumerate() {
            if at > 0 && line.width() + word.width() + " \\".len() >= self.width {
                let _ = writeln!(out, "{line} \\");
                "     ".clone_into(&mut line);
            } else if at > 0 {
                line.push(' ');
            }
            line.push_str(word);
        }
        out + &line + "\n"
    }
}

/// A word in pieces of so many columns; mostly one.
fn pieces(word: &str, room: usize) -> Vec<&str> {
    let (mut out, mut rest) = (Vec::new(), word);
    while rest.width() > room {
        let ends = rest.char_indices().scan(0, |columns, (at, c)| {
            *columns += c.width().unwrap_or(0);
            Some((at, *columns))
        });
        let Some((at, _)) = ends.skip(1).find(|(_, columns)| *columns > room) else { break };
        let (piece, more) = rest.split_at(at);
        out.push(piece);
        rest = more;
    }
    out.push(rest);
    out
}

/// The whole summary.
#[must_use]
pub fn summary(analysis: &Analysis, catalogue: &Catalogue, paths: &[PathBuf], style: &Style) -> String {
    let mut out = sources::section(analysis, style);
    out.push_str(&totals::section(analysis, catalogue, style));
    out.push_str(&incidents::section(analysis, catalogue, style));
    out.push_str(&settings::section(analysis, catalogue, style));
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
    let all: Vec<String> = paths.iter().map(|path| quoted(&path.display().to_string())).collect();
    let mut add = |before: &[&str], paths: &[String], behind: &[&str]| {
        let own = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        out.push_str(&style.command(&[own(before), paths.to_vec(), own(behind)].concat()));
    };
    if let Some(first) = analysis.incidents.iter().find(|incident| !incident.rule.is_empty()) {
        add(&["sostrace", "explain", analysis.reading.store.text(first.rule)], &[], &[]);
        if let Some(journey) = first.journeys.first().and_then(|at| analysis.journeys.get(*at as usize)) {
            add(&["sostrace", "timeline", &journey.id], &all, &[]);
        }
    }
    if analysis.journeys.is_empty() {
        add(&["sostrace", "inspect"], &all, &[]);
    } else {
        add(&["sostrace", "analyze"], &all, &["-o", "journeys.csv"]);
    }
    out
}

/// A word of a command as a shell takes it.
#[must_use]
pub fn quoted(word: &str) -> String {
    let path = super::clean(word);
    if path.contains(|c: char| c.is_whitespace() || "'\"$&();".contains(c)) { format!("'{}'", path.replace('\'', "'\\''")) } else { path }
}
