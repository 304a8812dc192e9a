//! What weighs most in a report: mails the user calls important, and the user's own list of events.

use super::{CommandError, Outcome, complain, when};
use crate::error::UsageError;
use crate::evidence::Millis;
use crate::incident::{Event, PRIORITY_FIELDS, Priorities};
use crate::pipeline::Options;
use crate::source::{decode, lines};
use std::path::{Path, PathBuf};

#[derive(Debug, Default, clap::Args)]
pub struct Weight {
    /// Mails that come first: sender=PATTERN, subject=PATTERN or recipient=PATTERN (an address, a domain, words, with *;
    /// repeatable; [priority] in --config says the same)
    #[arg(long, value_name = "FIELD=PATTERN")]
    priority: Vec<String>,
    /// Your own list of events, laid beside the onset of each incident: a time (UTC) and a text in each line
    #[arg(long, value_name = "FILE")]
    events: Option<PathBuf>,
}

impl Weight {
    /// Puts the wishes into the options of a run; tells lines of the list that hold no event.
    pub fn put(&self, options: &mut Options) -> Result<Outcome, CommandError> {
        for text in &self.priority {
            add(text, &mut options.priorities)?;
        }
        let Some(path) = &self.events else { return Ok(Outcome::Done) };
        let (events, wrong) = read(path)?;
        options.events = events;
        for wrong in &wrong {
            complain(wrong);
        }
        Ok(if wrong.is_empty() { Outcome::Done } else { Outcome::Trouble })
    }
}

/// `FIELD=PATTERN`.
fn add(text: &str, priorities: &mut Priorities) -> Result<(), UsageError> {
    let wrong = |what: &str| UsageError::Option { option: "priority", value: text.to_owned(), what: what.to_owned() };
    let parts = text.split_once('=').filter(|(_, pattern)| !pattern.trim().is_empty());
    let (field, pattern) =
        parts.ok_or_else(|| wrong("expected FIELD=PATTERN, such as 'subject=payment advice' or recipient=bank.example"))?;
    when::word("priority", field, PRIORITY_FIELDS)?;
    priorities.add(field, pattern);
    Ok(())
}

/// Events of a file in order of time, and the lines that hold none.
fn read(path: &Path) -> Result<(Vec<Event>, Vec<UsageError>), UsageError> {
    let named = |value: String, what: String| UsageError::Option { option: "events", value, what };
    let bytes = std::fs::read(path).map_err(|error| named(path.display().to_string(), format!("cannot be read ({error})")))?;
    let text = decode(&bytes).text.into_owned();
    let (mut events, mut wrong) = (Vec::new(), Vec::new());
    for (line, row) in lines(&text) {
        let row = row.trim();
        match event(line, row) {
            Some(event) => events.push(event),
            None if idle(line, row) => {}
            None => {
                let what = "no time in UTC and text, such as '2026-03-10 09:15 firewall changed' or 2026-03-10T09:15:00Z;firewall changed";
                wrong.push(named(format!("{}:{line}", path.display()), what.to_owned()));
            }
        }
    }
    events.sort_by_key(|event| (event.at, event.line));
    Ok((events, wrong))
}

/// Nothing is expected of the line: it is empty, a comment, or the header of a table.
fn idle(line: u32, row: &str) -> bool {
    let header = line == 1 && !row.contains(|c: char| c.is_ascii_digit()) && row.contains(['\t', ';', ',']);
    row.is_empty() || row.starts_with('#') || header
}

/// The event of a line: a time, a tab, semicolon, comma or blank, and a text.
fn event(line: u32, row: &str) -> Option<Event> {
    let blanks: Vec<usize> = row.match_indices(' ').map(|(at, _)| at).take(2).collect();
    let marks = row.find(['\t', ';', ',']).into_iter().chain(blanks.into_iter().rev());
    let found = marks.filter_map(|at| {
        let (time, text) = (row[..at].trim().trim_matches('"'), row[at + 1..].trim().trim_matches('"'));
        Some((when::time("events", time).ok()?, text))
    });
    let event = |(at, text): (Millis, &str)| Event { at, text: text.to_owned(), line };
    found.map(event).find(|event| event.text.contains(char::is_alphabetic))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_holds_a_time_and_a_text() {
        let rows = [
            ("2026-03-10 09:15 firewall changed", "2026-03-10T09:15:00.000Z firewall changed"),
            ("2026-03-10T09:15:00+01:00;new connector; old one off", "2026-03-10T08:15:00.000Z new connector; old one off"),
            ("\"2026-03-10 09:15:30\",\"patch, reboot\"", "2026-03-10T09:15:30.000Z patch, reboot"),
            ("2026-03-10\trelease weekend", "2026-03-10T00:00:00.000Z release weekend"),
            ("2026-03-10 release weekend", "2026-03-10T00:00:00.000Z release weekend"),
            ("10.03.2026 09:15 firewall", "wrong"),
            ("2026-03-10 09:15", "wrong"),
            ("firewall", "wrong"),
            ("# comment", ""),
            ("", ""),
            ("time;text", ""),
        ];
        for (row, want) in rows {
            let told = match event(1, row) {
                Some(event) => format!("{} {}", crate::evidence::rfc3339(event.at), event.text),
                None if idle(1, row) => String::new(),
                None => "wrong".to_owned(),
            };
            assert_eq!(told, want, "{row}");
        }
    }
}
