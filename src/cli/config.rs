//! The user's settings: one TOML file, named on the command line. None is looked for, least of all beside the evidence.

use super::when;
use crate::error::UsageError;
use crate::formats::{Headers, Settings, TraceHeaders};
use crate::incident::{PRIORITY_FIELDS, Priorities};
use std::path::Path;
use toml::{Table, Value};

/// Known sections.
const SECTIONS: &[&str] = &["columns", "priority", "trace-columns"];

/// All settings of the user.
#[derive(Debug, Default)]
pub struct Config {
    /// Headers of own layouts.
    pub settings: Settings,
    /// Which mails are important.
    pub priorities: Priorities,
}

/// Reads a file of settings.
pub fn read(path: &Path) -> Result<Config, UsageError> {
    let text = std::fs::read_to_string(path).map_err(|error| wrong(path, &format!("cannot be read ({error})")))?;
    parse(path, &text)
}

fn parse(path: &Path, text: &str) -> Result<Config, UsageError> {
    let table: Table = text.parse().map_err(|error: toml::de::Error| wrong(path, error.to_string().trim_end()))?;
    let Config { mut settings, mut priorities } = Config::default();
    for (section, value) in &table {
        known(path, section, section, SECTIONS)?;
        let Value::Table(entries) = value else { return Err(wrong(path, &format!("{section} must be a section, [{section}]"))) };
        if section == "priority" {
            priority(path, entries, &mut priorities)?;
        } else if section == "trace-columns" {
            let words: Vec<&str> = TraceHeaders::words().collect();
            columns(path, section, entries, &words, &mut |header, word| settings.trace_headers.name(header, word))?;
        } else {
            let words: Vec<&str> = Headers::words().collect();
            columns(path, section, entries, &words, &mut |header, word| settings.headers.name(header, word))?;
        }
    }
    Ok(Config { settings, priorities })
}

/// `subject = ["payment advice", ...]`.
fn priority(path: &Path, entries: &Table, priorities: &mut Priorities) -> Result<(), UsageError> {
    for (field, patterns) in entries {
        known(path, "[priority]", field, PRIORITY_FIELDS)?;
        let listed = patterns.as_array().map_or(std::slice::from_ref(patterns), Vec::as_slice);
        for pattern in listed {
            let pattern = pattern.as_str().filter(|pattern| !pattern.trim().is_empty());
            let pattern = pattern.ok_or_else(|| wrong(path, &format!("[priority] {field} must be a list of patterns in quotes")))?;
            priorities.add(field, pattern);
        }
    }
    Ok(())
}

/// `"Header" = "word"`.
fn columns(
    path: &Path,
    section: &str,
    entries: &Table,
    words: &[&str],
    name: &mut dyn FnMut(&str, &str) -> bool,
) -> Result<(), UsageError> {
    for (header, word) in entries {
        let place = format!("[{section}] {header:?}");
        let word = word.as_str().ok_or_else(|| wrong(path, &format!("{place} must name a column in quotes, such as \"recipient\"")))?;
        if header.trim().is_empty() {
            return Err(wrong(path, &format!("[{section}] has an empty header")));
        }
        known(path, &place, word, words)?;
        name(header, word);
    }
    Ok(())
}

/// An unknown word is an error with the nearest one.
fn known(path: &Path, place: &str, word: &str, words: &[&str]) -> Result<(), UsageError> {
    when::word("config", word, words).map_err(|error| match error {
        UsageError::Option { value, what, .. } => wrong(path, &format!("{place}: {value:?}: {what}")),
        other => other,
    })
}

fn wrong(path: &Path, what: &str) -> UsageError {
    UsageError::Option { option: "config", value: path.display().to_string(), what: what.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_checked_word_by_word() {
        let rows = [
            ("[columns]\n\"Wem\" = \"recipient\"\nWann = \"send-date\"\n", ""),
            ("", ""),
            ("[trace-columns]\nWem = \"recipient\"\n", ""),
            ("[trace-columns]\nWem = \"recipent\"\n", "[trace-columns] \"Wem\": \"recipent\": no such value; did you mean recipient?"),
            ("[colums]\n", "did you mean columns?"),
            ("[columns]\nWem = \"recipent\"\n", "[columns] \"Wem\": \"recipent\": no such value; did you mean recipient?"),
            ("[columns]\nWem = 3\n", "must name a column in quotes"),
            ("[columns]\n\" \" = \"status\"\n", "empty header"),
            ("[priority]\nsubject = [\"payment advice\"]\nrecipient = \"bank.example\"\n", ""),
            ("[priority]\nsubjekt = [\"x\"]\n", "did you mean subject?"),
            ("[priority]\nsubject = [3]\n", "list of patterns"),
            ("columns = 3\n", "must be a section"),
            ("[columns\n", "TOML parse error"),
        ];
        for (text, want) in rows {
            let told = parse(Path::new("sostrace.toml"), text).err().map_or(String::new(), |error| error.to_string());
            assert!(told.contains(want) && told.is_empty() == want.is_empty(), "{text}: {told}");
        }
    }
}
