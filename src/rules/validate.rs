//! What makes a file a good rule.

use super::codes::Codes;
use super::error::RuleError;
use super::model::Rule;
use super::vocabulary::{ACTIONS, OPTIONS, OWNERS, PROVENANCES, RuleKind, SAP_STATES, STAGES, VERDICTS};

/// Reads and checks one file.
pub fn read(file: &str, text: &str) -> Result<Rule, RuleError> {
    let rule: Rule = toml::from_str(text).map_err(|error| malformed(file, text, &error))?;
    check(file, text, &rule)?;
    Ok(rule)
}

fn malformed(file: &str, text: &str, error: &toml::de::Error) -> RuleError {
    let line = error.span().map_or(1, |span| 1 + text.get(..span.start).unwrap_or("").matches('\n').count());
    let message = error.message().lines().next().unwrap_or("no TOML").to_owned();
    RuleError::Malformed { file: file.to_owned(), line, hint: hint(&message), message }
}

/// `unknown field `x`, expected one of `a`, `b``: the nearest of the expected ones.
fn hint(message: &str) -> String {
    let names: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
    let Some((unknown, known)) = names.split_first().filter(|_| message.contains("unknown")) else { return String::new() };
    let scored = known.iter().map(|name| (strsim::jaro_winkler(name, unknown), *name));
    let best = scored.max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(a.1)));
    best.map_or_else(String::new, |(_, name)| format!("; did you mean {name:?}?"))
}

fn check(file: &str, text: &str, rule: &Rule) -> Result<(), RuleError> {
    let fail = |key: &str, message: String| {
        let line = text.lines().position(|line| line.trim_start().starts_with(key)).map_or(1, |at| at + 1);
        Err(RuleError::Invalid { file: file.to_owned(), line, key: key.to_owned(), message })
    };
    let stem = std::path::Path::new(file).file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    if stem != rule.id {
        return fail("id", format!("{:?} differs from the name of the file; rename one of them", rule.id));
    }
    for (key, value, allowed) in words(rule) {
        if !allowed.contains(&value) {
            return fail(key, format!("{value:?} is not one of {}", allowed.join(", ")));
        }
    }
    for (key, code) in rule.matching.enhanced.iter().map(|code| ("enhanced", code)) {
        if Codes::parse(code).is_none() {
            return fail(key, format!("{code:?} is no enhanced code or range, such as 5.7.64 or 5.7.606-5.7.649"));
        }
    }
    if chrono::NaiveDate::parse_from_str(&rule.as_of, "%Y-%m-%d").is_err() {
        return fail("as_of", "expected a date such as 2026-11-23".to_owned());
    }
    if rule.remedy.is_empty() || rule.references.is_empty() {
        return fail("remedy", "at least one remedy and one reference are needed".to_owned());
    }
    match rule.kind {
        RuleKind::Reply | RuleKind::Config => check_text(rule).or_else(|message| fail("samples", message)),
        RuleKind::Journey | RuleKind::Incident if rule.when == super::model::When::default() => {
            fail("when", "a rule of this kind needs at least one condition".to_owned())
        }
        _ => Ok(()),
    }
}

fn check_text(rule: &Rule) -> Result<(), String> {
    let m = &rule.matching;
    if m.text_any.is_empty() && m.enhanced.is_empty() && m.reply.is_empty() && m.sap_message.is_empty() && m.generic.is_none() {
        return Err("the rule matches nothing: give codes, texts or a SAP message".to_owned());
    }
    let (yes, no) = (rule.samples.iter().any(|s| s.matches), rule.samples.iter().any(|s| !s.matches));
    if yes && no { Ok(()) } else { Err("at least one sample that matches and one that does not are needed".to_owned()) }
}

/// Values of closed vocabularies with the key they stand under.
fn words(rule: &Rule) -> Vec<(&'static str, &str, &'static [&'static str])> {
    let mut out: Vec<(&'static str, &str, &'static [&'static str])> =
        vec![("owner", &rule.owner, OWNERS), ("action", &rule.action, ACTIONS), ("provenance", &rule.provenance, PROVENANCES)];
    let lists: [(&'static str, &Vec<String>, &'static [&'static str]); 6] = [
        ("needs", &rule.needs, OWNERS),
        ("options", &rule.options, OPTIONS),
        ("stage", &rule.matching.stage, STAGES),
        ("verdict", &rule.when.verdict, VERDICTS),
        ("sap_state", &rule.when.sap_state, SAP_STATES),
        ("option", &rule.when.option, OPTIONS),
    ];
    for (key, values, allowed) in lists {
        out.extend(values.iter().map(|value| (key, value.as_str(), allowed)));
    }
    out
}
