//! What makes a file a good rule.

use super::codes::Codes;
use super::error::RuleError;
use super::literals::LITERAL_MIN;
use super::model::Rule;
use super::vocabulary::{
    ACTIONS, ARTICLE_VERSIONS, DELIVERED_TO, EXCHANGE_STATUSES, HOPS, OPTIONS, OWNERS, PROVENANCES, RuleKind, SAP_STATES, SCOPES, SETTINGS,
    SPEAKERS, STAGES, VERDICTS,
};
use super::when::When;
use crate::smtp::squeeze;

/// Text of one rule file.
pub struct Source {
    /// Name of the file.
    pub file: String,
    /// What it holds.
    pub text: String,
}

/// A fault: the key, the value in question or nothing, and what would be right.
type Fault = (&'static str, String, String);

impl Source {
    /// Reads and checks the rule, as far as it can be checked alone.
    pub fn rule(&self) -> Result<Rule, RuleError> {
        let mut rule: Rule = toml::from_str(&self.text).map_err(|error| self.malformed(&error))?;
        self.check_name(&rule).and_then(|()| check(&rule)).map_err(|fault| self.invalid(fault))?;
        rule.id = rule.id.to_ascii_uppercase();
        Ok(rule)
    }

    /// Checks the ids that a rule names.
    pub fn check_ids(&self, rule: &Rule, known: impl Fn(&str) -> bool) -> Result<(), RuleError> {
        let gives = rule.samples.iter().map(|sample| ("gives", &sample.gives)).filter(|(_, id)| !id.is_empty());
        match gives.chain(rule.when.rule.iter().map(|id| ("rule", id))).find(|(_, id)| !known(id)) {
            Some((key, id)) => Err(self.invalid((key, id.clone(), format!("{id:?} is no rule; 'sostrace rules list' shows all rules")))),
            None => Ok(()),
        }
    }

    fn check_name(&self, rule: &Rule) -> Result<(), Fault> {
        let stem = std::path::Path::new(&self.file).file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        if stem.eq_ignore_ascii_case(&rule.id) {
            return Ok(());
        }
        Err(("id", rule.id.clone(), format!("{:?} differs from the name of the file; rename one of them", rule.id)))
    }

    fn malformed(&self, error: &toml::de::Error) -> RuleError {
        let message = error.message().lines().next().unwrap_or("no TOML").to_owned();
        // A key that is missing stands nowhere; the parser then points at the whole table.
        let missing = message.starts_with("missing field");
        let at = error.span().map_or(0, |span| if missing && span.start == 0 { self.top_end() } else { span.start });
        let before = self.text.get(..at).unwrap_or("");
        let line = 1 + before.matches('\n').count();
        let column = 1 + before.rsplit('\n').next().unwrap_or("").chars().count();
        RuleError::Malformed { file: self.file.clone(), line, column, hint: hint(&message), message }
    }

    /// Where the first table begins: keys of the rule itself stand before it.
    fn top_end(&self) -> usize {
        if self.text.starts_with('[') { 0 } else { self.text.find("\n[").map_or(self.text.len(), |at| at + 1) }
    }

    fn invalid(&self, (key, value, message): Fault) -> RuleError {
        let line = self.line(key, &value);
        let row = self.text.lines().nth(line - 1).unwrap_or("");
        // Of several values on one line, the one that is wrong stands in quotes.
        let quoted = format!("\"{value}\"");
        let at = row.find(&quoted).or_else(|| row.find(&value).filter(|_| !value.is_empty())).or_else(|| row.find(key)).unwrap_or(0);
        let column = 1 + row.get(..at).unwrap_or("").chars().count();
        RuleError::Invalid { file: self.file.clone(), line, column, key: key.to_owned(), message }
    }

    /// Line of a key with a value; of the key or its table; else the last line, behind which it would stand.
    fn line(&self, key: &str, value: &str) -> usize {
        let is_key = |line: &str| line.trim_start().strip_prefix(key).is_some_and(|rest| rest.trim_start().starts_with('='));
        let is_table = |line: &str| line.trim().trim_matches(['[', ']']) == key;
        let find = |wanted: &dyn Fn(&str) -> bool| self.text.lines().position(wanted);
        let exact = find(&|line| is_key(line) && line.contains(value));
        let at = exact.or_else(|| find(&is_key)).or_else(|| find(&is_table));
        at.map_or_else(|| self.text.lines().count().max(1), |at| at + 1)
    }
}

/// The parser names the unknown key and the expected ones in back quotes: the nearest of the expected ones.
fn hint(message: &str) -> String {
    let names: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
    let Some((unknown, known)) = names.split_first().filter(|_| message.contains("unknown")) else { return String::new() };
    nearest(unknown, known)
}

fn nearest(word: &str, known: &[&str]) -> String {
    let scored = known.iter().map(|name| (strsim::jaro_winkler(name, word), *name));
    let best = scored.max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(a.1)));
    best.map_or_else(String::new, |(_, name)| format!("; did you mean {name:?}?"))
}

fn check(rule: &Rule) -> Result<(), Fault> {
    for (key, value, allowed) in words(rule) {
        if !allowed.contains(&value) {
            let near = nearest(value, allowed);
            return Err((key, value.to_owned(), format!("{value:?} is not one of {}{near}", allowed.join(", "))));
        }
    }
    check_forms(rule)?;
    if chrono::NaiveDate::parse_from_str(&rule.as_of, "%Y-%m-%d").is_err() {
        return Err(("as_of", rule.as_of.clone(), "expected a date such as 2026-11-23".to_owned()));
    }
    if rule.remedy.is_empty() {
        return Err(("remedy", String::new(), "at least one remedy is needed".to_owned()));
    }
    if rule.references.is_empty() {
        return Err(("references", String::new(), "at least one reference is needed".to_owned()));
    }
    match rule.kind {
        RuleKind::Config if rule.when.setting.is_some() => Ok(()),
        RuleKind::Reply | RuleKind::Config => check_text(rule),
        RuleKind::Journey | RuleKind::Incident if rule.when == When::default() => {
            Err(("when", String::new(), "a rule of this kind needs at least one condition".to_owned()))
        }
        _ => Ok(()),
    }
}

/// Values of a form rather than of a list.
fn check_forms(rule: &Rule) -> Result<(), Fault> {
    let m = &rule.matching;
    if let Some(code) = m.enhanced.iter().find(|code| Codes::parse(code).is_none()) {
        return Err(("enhanced", code.clone(), format!("{code:?} is no enhanced code or range, such as 5.7.64 or 5.7.606-5.7.649")));
    }
    if m.codes_suffice && !m.enhanced.iter().any(|code| Codes::parse(code).is_some_and(|codes| codes.single())) {
        return Err(("codes_suffice", String::new(), "a range alone never suffices; list the enhanced codes singly".to_owned()));
    }
    if let Some(class) = m.generic.filter(|class| !matches!(class, 4 | 5)) {
        return Err(("generic", class.to_string(), format!("{class} is not 4 or 5")));
    }
    if let Some(subject) = m.generic_subject.filter(|subject| !(1..=7).contains(subject)) {
        return Err(("generic_subject", subject.to_string(), format!("{subject} is no subject of RFC 3463, 1 to 7")));
    }
    let literals = m.text_any.iter().map(|text| ("text_any", text)).chain(m.text_none.iter().map(|text| ("text_none", text)));
    for (key, text) in literals {
        if squeeze(text).chars().count() < LITERAL_MIN {
            return Err((key, text.clone(), format!("{text:?} is too short; give at least {LITERAL_MIN} characters without blanks")));
        }
    }
    let messages = m.sap_message.iter().chain(&rule.when.sap_message).chain(rule.samples.iter().filter_map(|s| s.sap_message.as_ref()));
    for message in messages {
        if !is_message(message) {
            return Err(("sap_message", message.clone(), format!("{message:?} is no SAP message, such as XS816")));
        }
    }
    Ok(())
}

fn is_message(text: &str) -> bool {
    let (class, number) = text.split_at_checked(2).unwrap_or_default();
    class.bytes().all(|b| b.is_ascii_uppercase()) && number.len() == 3 && number.bytes().all(|b| b.is_ascii_digit())
}

fn check_text(rule: &Rule) -> Result<(), Fault> {
    let m = &rule.matching;
    if m.text_any.is_empty() && m.enhanced.is_empty() && m.reply.is_empty() && m.sap_message.is_empty() && !m.is_generic() {
        return Err(("match", String::new(), "the rule matches nothing: give codes, texts or a SAP message".to_owned()));
    }
    let (yes, no) = (rule.samples.iter().any(|s| s.matches), rule.samples.iter().any(|s| !s.matches));
    if yes && no {
        return Ok(());
    }
    Err(("samples", String::new(), "at least one sample that matches and one that does not are needed".to_owned()))
}

/// Values of closed vocabularies with the key they stand under.
fn words(rule: &Rule) -> Vec<(&'static str, &str, &'static [&'static str])> {
    let mut out: Vec<(&'static str, &str, &'static [&'static str])> =
        vec![("owner", &rule.owner, OWNERS), ("action", &rule.action, ACTIONS), ("provenance", &rule.provenance, PROVENANCES)];
    out.extend(rule.context.scope.iter().map(|scope| ("scope", scope.as_str(), SCOPES)));
    out.extend(rule.when.setting.iter().map(|setting| ("setting", setting.as_str(), SETTINGS)));
    let versions = rule.references.iter().filter_map(|reference| reference.article_version.as_deref());
    out.extend(versions.map(|version| ("article_version", version, ARTICLE_VERSIONS)));
    let lists: [(&'static str, &Vec<String>, &'static [&'static str]); 10] = [
        ("needs", &rule.needs, OWNERS),
        ("options", &rule.options, OPTIONS),
        ("stage", &rule.matching.stage, STAGES),
        ("speaker", &rule.matching.speaker, SPEAKERS),
        ("verdict", &rule.when.verdict, VERDICTS),
        ("sap_state", &rule.when.sap_state, SAP_STATES),
        ("exchange_status", &rule.when.exchange_status, EXCHANGE_STATUSES),
        ("delivered_to", &rule.when.delivered_to, DELIVERED_TO),
        ("option", &rule.when.option, OPTIONS),
        ("stopped_at", &rule.when.stopped_at, HOPS),
    ];
    for (key, values, allowed) in lists {
        out.extend(values.iter().map(|value| (key, value.as_str(), allowed)));
    }
    out
}
