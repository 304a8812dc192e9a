//! The user's settings: one TOML file, named on the command line. None is looked for, least of all beside the evidence.

mod file;
mod keys;
mod show;

pub use file::read;
pub use show::{Args, run};

use super::screen::Color;
use crate::error::UsageError;
use crate::formats::Settings;
use crate::incident::Priorities;
use file::{placed, wrong};
use keys::KEYS;
use std::path::PathBuf;

/// Known sections.
const SECTIONS: &[&str] = &["run", "output", "columns", "priority", "trace-columns"];

/// All settings of the user.
#[derive(Debug, Default)]
pub struct Config {
    /// Headers of own layouts.
    pub settings: Settings,
    /// Which mails are important.
    pub priorities: Priorities,
    path: PathBuf,
    /// Everything that the file says, in its order.
    entries: Vec<Entry>,
}

/// `name = value` in a section.
#[derive(Debug)]
struct Entry {
    section: String,
    name: String,
    given: Given,
    line: usize,
}

/// A value.
#[derive(Debug)]
enum Given {
    Text(String),
    List(Vec<String>),
    Flag(bool),
}

impl Config {
    fn given(&self, name: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.name == name && KEYS.iter().any(|key| key.section == entry.section && key.name == name))
    }

    /// The text of an option, where the command line has none.
    pub fn text(&self, name: &str) -> Option<String> {
        match &self.given(name)?.given {
            Given::Text(text) => Some(text.clone()),
            _ => None,
        }
    }

    /// The values of an option, where the command line has none.
    pub fn list(&self, name: &str) -> Vec<String> {
        match self.given(name).map(|entry| &entry.given) {
            Some(Given::List(list)) => list.clone(),
            _ => Vec::new(),
        }
    }

    /// Whether an option is switched on, where the command line does not say.
    pub fn flag(&self, name: &str) -> bool {
        matches!(self.given(name).map(|entry| &entry.given), Some(Given::Flag(true)))
    }

    /// When to colour, where the command line does not say.
    pub fn color(&self) -> Option<Color> {
        keys::color(&self.text("color")?).ok()
    }

    /// An error in a value, with its place where it comes from the file.
    pub fn blame(&self, name: &str, error: UsageError) -> UsageError {
        match self.given(name) {
            Some(entry) => wrong(&self.path, entry.line, &placed(&entry.section, name, error)),
            None => error,
        }
    }
}
