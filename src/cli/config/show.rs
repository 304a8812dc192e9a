//! `sostrace config show`: which settings hold, and where each comes from.

use super::keys::{KEYS, Key};
use super::{Config, Entry, Given, SECTIONS, read};
use crate::cli::{CommandError, Outcome, print};
use crate::report::clean;
use std::fmt::Write as _;
use std::path::PathBuf;
use toml::Value;

#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// The settings that hold, as TOML, each with where it comes from: the default, or a line of the file
    #[command(after_help = "Examples:\n  sostrace config show\n  sostrace config show --config sostrace.toml > all.toml")]
    Show {
        /// File with settings of your own
        #[arg(long, value_name = "FILE")]
        config: Option<PathBuf>,
    },
}

/// Runs the command.
pub fn run(args: &Args) -> Result<Outcome, CommandError> {
    let Command::Show { config } = &args.command;
    let config = config.as_deref().map(read).transpose()?.unwrap_or_default();
    print(&shown(&config))?;
    Ok(Outcome::Done)
}

fn shown(config: &Config) -> String {
    let mut out = "# An option on the command line wins over the file, the file over the default.\n".to_owned();
    for section in SECTIONS {
        let lines: Vec<String> = if KEYS.iter().any(|key| key.section == *section) {
            KEYS.iter().filter(|key| key.section == *section).map(|key| option(config, key)).collect()
        } else {
            config.entries.iter().filter(|entry| entry.section == *section).map(|entry| from_file(config, entry)).collect()
        };
        if !lines.is_empty() {
            let _ = write!(out, "\n[{section}]\n{}\n", lines.join("\n"));
        }
    }
    out
}

fn option(config: &Config, key: &Key) -> String {
    match config.given(key.name) {
        Some(entry) => from_file(config, entry),
        None if key.default.is_empty() => format!("# {} is not set  # default", key.name),
        None => format!("{} = {}  # default", key.name, key.default),
    }
}

fn from_file(config: &Config, entry: &Entry) -> String {
    let text = |text: &String| Value::from(text.as_str());
    let value = match &entry.given {
        Given::Text(word) => text(word),
        Given::List(list) => Value::Array(list.iter().map(text).collect()),
        Given::Flag(flag) => Value::Boolean(*flag),
    };
    let bare = entry.name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'));
    let name = if bare { entry.name.clone() } else { text(&entry.name).to_string() };
    format!("{name} = {value}  # {}:{}", clean(&config.path.display().to_string()), entry.line)
}
