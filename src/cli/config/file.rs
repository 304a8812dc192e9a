//! The file of settings, read word by word: whatever is not known is an error with its line.

use super::keys::{KEYS, Key, Shape};
use super::{Config, Entry, Given, SECTIONS};
use crate::cli::when;
use crate::error::UsageError;
use crate::formats::{Headers, TraceHeaders};
use crate::incident::{PRIORITY_FIELDS, Priorities};
use std::path::Path;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Reads a file of settings.
pub fn read(path: &Path) -> Result<Config, UsageError> {
    let text = std::fs::read_to_string(path).map_err(|error| wrong(path, 0, &format!("cannot be read ({error})")))?;
    parse(path, &text)
}

fn parse(path: &Path, text: &str) -> Result<Config, UsageError> {
    let table = DeTable::parse(text).map_err(|error| wrong(path, 0, error.to_string().trim_end()))?;
    let file = File { path, text };
    let mut config = Config { path: path.to_path_buf(), ..Config::default() };
    for (section, value) in table.get_ref() {
        let line = file.line(section.span().start);
        let name = section.get_ref().as_ref();
        file.known(line, name, name, SECTIONS)?;
        let DeValue::Table(entries) = value.get_ref() else {
            return Err(wrong(path, line, &format!("{name} must be a section, [{name}]")));
        };
        file.section(name, entries, &mut config)?;
    }
    config.entries.sort_by_key(|entry| entry.line);
    Ok(config)
}

/// A file that is being read.
struct File<'a> {
    path: &'a Path,
    text: &'a str,
}

impl File<'_> {
    fn section(&self, section: &str, entries: &DeTable<'_>, config: &mut Config) -> Result<(), UsageError> {
        let (headers, trace): (Vec<&str>, Vec<&str>) = (Headers::words().collect(), TraceHeaders::words().collect());
        for (name, value) in entries {
            let line = self.line(name.span().start);
            let name = name.get_ref().as_ref();
            let given = match section {
                "priority" => self.priority(line, name, value, &mut config.priorities)?,
                "columns" => self.column(line, section, (name, value), &headers)?,
                "trace-columns" => self.column(line, section, (name, value), &trace)?,
                _ => self.option(line, section, name, value)?,
            };
            match (section, &given) {
                ("columns", Given::Text(word)) => _ = config.settings.headers.name(name, word),
                ("trace-columns", Given::Text(word)) => _ = config.settings.trace_headers.name(name, word),
                _ => {}
            }
            config.entries.push(Entry { section: section.to_owned(), name: name.to_owned(), given, line });
        }
        Ok(())
    }

    /// `delimiter = ";"`.
    fn option(&self, line: usize, section: &str, name: &str, value: &Spanned<DeValue<'_>>) -> Result<Given, UsageError> {
        let of: Vec<&Key> = KEYS.iter().filter(|key| key.section == section).collect();
        self.known(line, &format!("[{section}]"), name, &of.iter().map(|key| key.name).collect::<Vec<_>>())?;
        let shape = of.iter().find(|key| key.name == name).map_or(Shape::Text, |key| key.shape);
        let given = given(value.get_ref()).filter(|given| {
            matches!((shape, given), (Shape::Text, Given::Text(_)) | (Shape::List, Given::List(_)) | (Shape::Flag, Given::Flag(_)))
        });
        let given = given.ok_or_else(|| {
            let what = match shape {
                Shape::Text => "a text in quotes",
                Shape::List => "a list of texts in quotes, such as [\"a\", \"b\"]",
                Shape::Flag => "true or false",
            };
            wrong(self.path, line, &format!("[{section}] {name} must be {what}"))
        })?;
        let texts = match &given {
            Given::Text(text) => std::slice::from_ref(text),
            Given::List(list) => list,
            Given::Flag(_) => &[],
        };
        for (key, text) in of.iter().filter(|key| key.name == name).flat_map(|key| texts.iter().map(move |text| (key, text))) {
            (key.check)(text).map_err(|error| wrong(self.path, line, &placed(section, name, error)))?;
        }
        Ok(given)
    }

    /// `subject = ["payment advice", ...]`.
    fn priority(&self, line: usize, field: &str, value: &Spanned<DeValue<'_>>, into: &mut Priorities) -> Result<Given, UsageError> {
        self.known(line, "[priority]", field, PRIORITY_FIELDS)?;
        let patterns = match given(value.get_ref()) {
            Some(Given::Text(pattern)) => vec![pattern],
            Some(Given::List(patterns)) => patterns,
            _ => vec![String::new()],
        };
        for pattern in &patterns {
            if pattern.trim().is_empty() {
                return Err(wrong(self.path, line, &format!("[priority] {field} must be a list of patterns in quotes")));
            }
            into.add(field, pattern);
        }
        Ok(Given::List(patterns))
    }

    /// `"Header" = "word"`.
    fn column(&self, line: usize, section: &str, entry: (&str, &Spanned<DeValue<'_>>), words: &[&str]) -> Result<Given, UsageError> {
        let (header, value) = entry;
        let place = format!("[{section}] {header:?}");
        let Some(Given::Text(word)) = given(value.get_ref()) else {
            return Err(wrong(self.path, line, &format!("{place} must name a column in quotes, such as \"recipient\"")));
        };
        if header.trim().is_empty() {
            return Err(wrong(self.path, line, &format!("[{section}] has an empty header")));
        }
        self.known(line, &place, &word, words)?;
        Ok(Given::Text(word))
    }

    /// An unknown word is an error with the nearest one.
    fn known(&self, line: usize, place: &str, word: &str, words: &[&str]) -> Result<(), UsageError> {
        when::word("config", word, words).map_err(|error| match error {
            UsageError::Option { value, what, .. } => wrong(self.path, line, &format!("{place}: {value:?}: {what}")),
            other => other,
        })
    }

    /// Line of a place in the text.
    fn line(&self, at: usize) -> usize {
        1 + memchr::memchr_iter(b'\n', self.text.as_bytes()).take_while(|newline| *newline < at).count()
    }
}

fn given(value: &DeValue<'_>) -> Option<Given> {
    match value {
        DeValue::String(text) => Some(Given::Text(text.as_ref().to_owned())),
        DeValue::Boolean(flag) => Some(Given::Flag(*flag)),
        DeValue::Array(list) => {
            let texts = list.iter().map(|item| item.get_ref().as_str().map(str::to_owned));
            texts.collect::<Option<Vec<_>>>().map(Given::List)
        }
        _ => None,
    }
}

/// What is wrong with a value, without the words of the option.
pub(super) fn placed(section: &str, name: &str, error: UsageError) -> String {
    match error {
        UsageError::Option { value, what, .. } => format!("[{section}] {name} {value:?}: {what}"),
        other => other.to_string(),
    }
}

pub(super) fn wrong(path: &Path, line: usize, what: &str) -> UsageError {
    let place = if line == 0 { String::new() } else { format!(":{line}") };
    UsageError::Option { option: "config", value: format!("{}{place}", path.display()), what: what.to_owned() }
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
