//! The settings that options have too: `[run]` and `[output]`.

use crate::cli::screen::Color;
use crate::cli::{outputs, when};
use crate::error::UsageError;
use crate::rules::OPTIONS;
use clap::ValueEnum;

/// What a value must be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Shape {
    /// A text in quotes.
    Text,
    /// A list of texts in quotes.
    List,
    /// `true` or `false`.
    Flag,
}

/// A setting, named like its option.
pub struct Key {
    /// `run` or `output`.
    pub section: &'static str,
    /// Name of the setting and of the option.
    pub name: &'static str,
    /// What its value must be.
    pub shape: Shape,
    /// What holds where nobody says something, as TOML; empty where nothing does.
    pub default: &'static str,
    /// Refuses a value that the option would refuse.
    pub check: fn(&str) -> Result<(), UsageError>,
}

/// All settings that options have too, in the order of the help.
pub const KEYS: &[Key] = &[
    list("zone", |text| when::zone(text).map(|_| ())),
    list("encoding", |text| when::encoding(text).map(|_| ())),
    run("since", |text| when::time("since", text).map(|_| ())),
    run("until", |text| when::time("until", text).map(|_| ())),
    run("sender", something),
    list("accepted-domain", something),
    run("option", |text| when::word("option", text, OPTIONS)),
    // The rules of a run are known later.
    list("fail-on", something),
    output("delimiter", Shape::Text, "\",\"", |text| outputs::delimiter(text).map(|_| ())),
    output("bom", Shape::Flag, "false", something),
    output("decimal-comma", Shape::Flag, "false", something),
    output("color", Shape::Text, "\"auto\"", |text| color(text).map(|_| ())),
];

const fn run(name: &'static str, check: fn(&str) -> Result<(), UsageError>) -> Key {
    Key { section: "run", name, shape: Shape::Text, default: "", check }
}

const fn list(name: &'static str, check: fn(&str) -> Result<(), UsageError>) -> Key {
    Key { section: "run", name, shape: Shape::List, default: "[]", check }
}

const fn output(name: &'static str, shape: Shape, default: &'static str, check: fn(&str) -> Result<(), UsageError>) -> Key {
    Key { section: "output", name, shape, default, check }
}

fn something(text: &str) -> Result<(), UsageError> {
    if text.trim().is_empty() {
        let what = "expected a value; leave the setting out where there is none".to_owned();
        return Err(UsageError::Option { option: "config", value: text.to_owned(), what });
    }
    Ok(())
}

/// A word of `--color`.
pub fn color(text: &str) -> Result<Color, UsageError> {
    let known: Vec<String> =
        Color::value_variants().iter().filter_map(|color| Some(color.to_possible_value()?.get_name().to_owned())).collect();
    when::word("color", text, &known.iter().map(String::as_str).collect::<Vec<_>>())?;
    Color::from_str(text, false).map_err(|what| UsageError::Option { option: "color", value: text.to_owned(), what })
}
