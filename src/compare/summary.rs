//! A comparison on the terminal: the sums, then class by class the causes and the mails.

use super::change::{Change, Class, Comparison};
use super::result::{Journey, Results};
use crate::report::{Style, clean};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Mails listed of each cause without `-v`.
const SHOWN: usize = 5;

/// The whole summary.
#[must_use]
pub fn summary(comparison: &Comparison<'_>, style: &Style) -> String {
    let mails = |results: &Results| format!("{} ({} mails)", clean(&results.name), results.journeys.len());
    let mut out = style.wrap("Compared  ", "          ", &format!("{} with {}", mails(comparison.old), mails(comparison.new)));
    let keys: Vec<String> = comparison.keys().iter().filter(|(_, n)| *n > 0).map(|(key, n)| format!("{n} by {}", key.word())).collect();
    let keys = if keys.is_empty() { "none".to_owned() } else { keys.join(" · ") };
    out.push_str(&style.wrap("  matched  ", "           ", &keys));
    if comparison.ambiguous > 0 {
        let text = format!("{} mails could be one of several of OLD: they are told as new or added, those as gone", comparison.ambiguous);
        out.push_str(&style.wrap("  unsure   ", "           ", &text));
    }
    let counts: Vec<String> = comparison.counts().iter().map(|(class, n)| format!("{n} {}", class.word())).collect();
    out.push_str(&style.wrap("  changes  ", "           ", &counts.join(" · ")));
    for class in Class::ALL.into_iter().filter(|class| !matches!(class, Class::Added | Class::Same)) {
        let of: Vec<&Change<'_>> = comparison.changes.iter().filter(|change| change.class == class).collect();
        if !of.is_empty() {
            out.push('\n');
            out.push_str(&style.heading(&format!("{} ({})", heading(class), of.len())));
            section(&of, style, &mut out);
        }
    }
    out
}

fn heading(class: Class) -> &'static str {
    match class {
        Class::New => "New failures",
        Class::Worse => "Worse than before",
        Class::StillFailing => "Still failing",
        Class::Fixed => "Fixed",
        Class::Delivered => "Newly known to be delivered",
        Class::Unclear => "Known before, unclear now",
        Class::Gone => "Gone: only in OLD",
        Class::Added => "Added: only in NEW, not failed",
        Class::Same => "As before",
    }
}

/// The mails of a class by cause, the most frequent first. What went well has no cause, and needs no list.
fn section(changes: &[&Change<'_>], style: &Style, out: &mut String) {
    let mut causes: BTreeMap<&str, Vec<&Change<'_>>> = BTreeMap::new();
    for change in changes {
        causes.entry(change.cause().map_or("", |journey| journey.get("rule"))).or_default().push(change);
    }
    let mut causes: Vec<(&str, Vec<&Change<'_>>)> = causes.into_iter().collect();
    causes.sort_by(|a, b| b.1.len().cmp(&a.1.len()).then(a.0.cmp(b.0)));
    for (rule, mails) in causes {
        let first = mails.first().and_then(|change| change.cause());
        let about = first.filter(|_| !rule.is_empty()).map_or_else(String::new, |journey: &Journey| {
            let owner = journey.get("owner");
            let who = if owner.is_empty() { String::new() } else { format!("; {owner} acts first") };
            format!(": {}{who}", journey.get("rule_title"))
        });
        let rule = if rule.is_empty() { "no cause" } else { rule };
        out.push_str(&style.wrap("  ", "    ", &clean(&format!("{} {rule}{about}", mails.len()))));
        for change in mails.iter().take(if style.verbose { usize::MAX } else { SHOWN }) {
            out.push_str(&style.wrap("    ", "      ", &clean(&mail(change))));
        }
        if !style.verbose && mails.len() > SHOWN {
            let _ = writeln!(out, "    and {} more (-v lists them, --format csv all)", mails.len() - SHOWN);
        }
    }
}

/// One mail, with what one needs to find it and to act on it.
fn mail(change: &Change<'_>) -> String {
    let verdict = |journey: Option<&Journey>| journey.map_or("", |journey| journey.verdict.word());
    let (old, new) = (verdict(change.old), verdict(change.new));
    let end = match (old, new) {
        (old, "") => format!("was {old}"),
        ("", new) => new.to_owned(),
        (old, new) if old == new => new.to_owned(),
        (old, new) => format!("{old} -> {new}"),
    };
    let action = change.new.map_or("", |journey| journey.get("action"));
    let action = if matches!(action, "" | "none") { String::new() } else { format!(", {action}") };
    let key = change.get("sap_key");
    let key = if key.is_empty() { String::new() } else { format!("  {key}") };
    format!("{}{key}  {} \"{}\": {end}{action}", change.get("journey"), change.get("recipient"), change.get("subject"))
}
