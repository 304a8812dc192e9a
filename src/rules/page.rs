//! The `explain` page of a rule.

use super::model::{Rule, Sample};
use super::ways::{WAYS_AS_OF, way};
use std::fmt::Write as _;

/// Everything a rule knows, as plain text.
#[must_use]
pub fn page(rule: &Rule) -> String {
    let mut out = format!("{}  {}\n", rule.id, rule.title);
    let list = |values: &[String]| if values.is_empty() { "-".to_owned() } else { values.join(", ") };
    let _ = write!(out, "\n{}\n\n", rule.cause);
    let _ = writeln!(out, "Who acts first    {}", rule.owner);
    let _ = writeln!(out, "Needs             {}", list(&rule.needs));
    let _ = writeln!(out, "Ways of sending   {}", if rule.options.is_empty() { "all".to_owned() } else { rule.options.join(", ") });
    let _ = writeln!(out, "Heals             {}", rule.heal.meaning());
    let _ = writeln!(out, "The mails         {}", action(&rule.action));
    out.push_str("\nWhat to do\n");
    for (number, remedy) in (1..).zip(&rule.remedy) {
        let label = if remedy.weakens_security { " (weakens security)" } else { "" };
        let _ = writeln!(out, "  {number}. {}{label}", remedy.text);
    }
    let _ = write!(out, "\nHow to see that it is gone\n  {}\n", rule.verify);
    let marks = recognised(rule);
    if !marks.is_empty() {
        let _ = write!(out, "\nRecognised by\n  {}\n", marks.join("\n  "));
    }
    if !rule.note.is_empty() {
        let _ = write!(out, "\nMind\n  {}\n", rule.note);
    }
    let ways: Vec<_> = rule.options.iter().filter_map(|id| way(id)).collect();
    if !ways.is_empty() {
        let _ = writeln!(out, "\nWays of sending, as of {WAYS_AS_OF}");
        for way in ways {
            let _ = writeln!(out, "  {}\n    article: {}\n    today: {}", way.id, way.article, way.today);
        }
    }
    out.push_str("\nReferences\n");
    for reference in &rule.references {
        let version = reference.article_version.as_ref().map_or_else(String::new, |version| format!(" ({version} of the article)"));
        let _ = writeln!(out, "  {}{version}\n    {}", reference.title, reference.url);
    }
    let _ = writeln!(out, "\nChecked on {}; {}.", rule.as_of, provenance(&rule.provenance));
    out
}

/// By what a rule is recognised, a line each.
pub fn recognised(rule: &Rule) -> Vec<String> {
    let m = &rule.matching;
    let mut lines: Vec<String> = Vec::new();
    let codes: Vec<String> = m.reply.iter().map(ToString::to_string).chain(m.enhanced.iter().cloned()).collect();
    if !codes.is_empty() {
        lines.push(format!("codes {}", codes.join(", ")));
    }
    lines.extend(m.text_any.iter().map(|text| format!("\"{text}\"")));
    if !m.sap_message.is_empty() {
        lines.push(format!("SAP message {}", m.sap_message.join(", ")));
    }
    if let Some(setting) = &rule.when.setting {
        lines.push(format!("what the logs show of a setting: {setting}"));
    }
    if let Some(subject) = m.generic_subject {
        lines.push(format!("the subject {subject} of the enhanced code, where no other rule knows the reply"));
    }
    if !rule.when.rule.is_empty() {
        lines.push(format!("an incident of {}", rule.when.rule.join(", ")));
    }
    let sample = rule.samples.iter().find(|sample: &&Sample| sample.matches && !sample.text.is_empty());
    lines.extend(sample.map(|sample| format!("for example: {}", sample.text)));
    lines
}

/// What becomes of the mails, in words.
pub fn action(word: &str) -> &'static str {
    match word {
        "none" => "nothing to do",
        "wait" => "wait: they go out by themselves",
        "resend" => "resend them from SOST once the cause is gone",
        "recreate" => "create them anew at their origin",
        "do-not-resend" => "do not resend: they arrived or may have",
        _ => "have a person look at each of them",
    }
}

/// How well it is founded, in words.
pub fn provenance(word: &str) -> &'static str {
    match word {
        "REAL" => "seen in a real log or bounce",
        "DOC" => "documented by the vendor",
        "SRC" => "read in source code",
        _ => "inferred, not verified: tell us if you see otherwise",
    }
}
