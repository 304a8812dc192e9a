//! Incidents, the most urgent first.

use super::Style;
use super::around::{clock, events, rate, volume};
use crate::evidence::{Millis, day_time};
use crate::incident::{Bracket, Incident};
use crate::journey::{Action, Verdict};
use crate::pipeline::Analysis;
use crate::report::clean;
use crate::report::tables::shared;
use crate::rules::{Catalogue, Rule};

/// Incidents shown in full without `-v`, when they are of some size; the others get the essentials.
const IN_FULL: usize = 2;
/// What failed mails share, so much of it is told.
const SHARED: usize = 3;
/// Mails of an incident of some size.
const SEVERAL: usize = 5;

/// All incidents.
pub fn section(analysis: &Analysis, catalogue: &Catalogue, style: &Style) -> String {
    if analysis.incidents.is_empty() {
        return String::new();
    }
    let mut out = format!("\n{}", style.heading(&format!("Incidents, the most urgent first (times {})", clock(analysis))));
    for (at, incident) in analysis.incidents.iter().enumerate() {
        let rule = catalogue.get(analysis.reading.store.text(incident.rule));
        head(analysis, incident, rule, style, &mut out);
        if style.verbose || at == 0 || (at < IN_FULL && incident.journeys.len() >= SEVERAL) {
            body(analysis, catalogue, incident, rule, style, &mut out);
        } else if let Some(rule) = also(analysis, catalogue, incident).or(rule) {
            let first = rule.remedy.first().map_or("", |remedy| remedy.text.as_str());
            out.push_str(&style.wrap("     ", "       ", &brackets(analysis, incident)));
            let of = if analysis.reading.store.text(incident.rule) == rule.id { String::new() } else { format!(" ({})", rule.id) };
            out.push_str(&style.wrap(
                "     ",
                "     ",
                &format!("{} first{}{of}: {first}", rule.acts_first(incident.by_relay), needs(rule, incident)),
            ));
            proofs(analysis, incident).for_each(|proof| out.push_str(&style.wrap("     ", "     ", &proof)));
        }
    }
    out
}

fn head(analysis: &Analysis, incident: &Incident, rule: Option<&Rule>, style: &Style, out: &mut String) {
    let verdicts = words(analysis, incident, |at| analysis.journeys[at as usize].verdict.word());
    let cause = rule.map_or("No rule knows the cause.", |rule| sentence(&rule.cause));
    let id = rule.map_or("-", |rule| rule.id.as_str());
    let guess = if incident.journeys.iter().all(|at| analysis.journeys[*at as usize].guess) { " (a guess)" } else { "" };
    let nameless = incident.journeys.iter().all(|at| analysis.journeys[*at as usize].recipient.is_empty());
    let mails = match (nameless, incident.journeys.len()) {
        (true, 1) => "try",
        (true, _) => "tries",
        (false, 1) => "mail",
        (false, _) => "mails",
    };
    let important = if incident.priority > 0 { format!(", {} of priority", incident.priority) } else { String::new() };
    let line = format!("{} {mails} {verdicts}{important}{guess}. {cause}", incident.journeys.len());
    out.push_str(&style.wrap(&format!("{:<4} {id}  ", incident.id), "     ", &line));
}

/// What is known of an incident, under the words by which reports tell it.
pub fn facts(analysis: &Analysis, catalogue: &Catalogue, incident: &Incident) -> Vec<(&'static str, String)> {
    let silent = silence(analysis, incident);
    let mut facts = vec![
        ("began", bracket(incident.onset, ("last good", "first bad"), silent, day_time)),
        ("ended", bracket(incident.end, ("last bad", "first good"), silent, day_time)),
    ];
    if let Some(pattern) = catalogue.get(analysis.reading.store.text(incident.pattern)) {
        facts.push(("pattern", format!("{} {}{}", pattern.id, pattern.title, volume(incident))));
    }
    facts.extend(rate(&incident.rates).map(|rate| ("rate", rate)));
    if mixed(analysis, incident) {
        let text = "good and failed mails go out in turns, and nothing tells which is which: --accepted-domain YOUR-DOMAIN tells internal from external mail";
        facts.push(("mixed", text.to_owned()));
    }
    facts.extend(also(analysis, catalogue, incident).map(|also| ("also", format!("{} {}", also.id, also.title))));
    if incident.by_relay {
        facts
            .push(("client", "a relay hands over here, not SAP: what the steps say of SAP and its servers holds for the relay".to_owned()));
    }
    if !incident.shared.is_empty() {
        let all: Vec<String> = incident.shared.iter().take(SHARED).map(shared).collect();
        facts.push(("shared", clean(&all.join("; "))));
    }
    facts.extend(events(analysis, incident).into_iter().map(|event| ("event", event)));
    facts.extend(proofs(analysis, incident).map(|proof| ("proof", proof)));
    if incident.spared > 0 {
        facts.push(("spared", format!("{} other mails passed the same way meanwhile", incident.spared)));
    }
    facts
}

fn body(analysis: &Analysis, catalogue: &Catalogue, incident: &Incident, rule: Option<&Rule>, style: &Style, out: &mut String) {
    for (word, text) in facts(analysis, catalogue, incident) {
        out.push_str(&style.wrap(&format!("     {word:<9}"), "              ", &text));
    }
    let Some(rule) = rule else { return };
    out.push_str(&style.wrap(
        "     who      ",
        "              ",
        &format!("{} acts first{}", rule.acts_first(incident.by_relay), needs(rule, incident)),
    ));
    for (number, remedy) in (1..).zip(&rule.remedy).take(if style.verbose { usize::MAX } else { 2 }) {
        let label = if remedy.weakens_security { " (weakens security)" } else { "" };
        let first = if number == 1 { "     do       " } else { "              " };
        out.push_str(&style.wrap(&format!("{first}{number}. "), "                 ", &format!("{}{label}", remedy.text)));
    }
    out.push_str(&style.wrap("     check    ", "              ", &rule.verify));
    out.push_str(&style.wrap("     mails    ", "              ", &actions(analysis, incident)));
}

/// Neither beginning nor end is known, because the scope of the failed mails is not.
fn mixed(analysis: &Analysis, incident: &Incident) -> bool {
    let unknown = incident.journeys.iter().any(|at| analysis.journeys[*at as usize].external.is_none());
    incident.spared > 0 && unknown && incident.onset.after.is_none() && incident.end.before.is_none()
}

/// A finding of all members that a person must look into, such as that nobody tries any more.
pub fn also<'c>(analysis: &Analysis, catalogue: &'c Catalogue, incident: &Incident) -> Option<&'c Rule> {
    let members = || incident.journeys.iter().map(|at| &analysis.journeys[*at as usize]);
    let findings = &members().next()?.findings;
    let shared = findings.iter().find(|finding| members().all(|journey| journey.findings.contains(finding)))?;
    catalogue.get(analysis.reading.store.text(*shared)).filter(|rule| rule.action == Action::Investigate.word())
}

/// What settings and other evidence beside the mails say, with the places that say it.
fn proofs(analysis: &Analysis, incident: &Incident) -> impl Iterator<Item = String> {
    incident.proofs.iter().map(move |proof| {
        let places: Vec<String> = proof.records.iter().filter_map(|at| place(analysis, *at)).collect();
        if places.is_empty() { clean(&proof.text) } else { format!("{} [{}]", clean(&proof.text), places.join("; ")) }
    })
}

fn place(analysis: &Analysis, record: u32) -> Option<String> {
    let record = analysis.reading.store.records.get(record as usize)?;
    let source = analysis.reading.sources.get(record.source as usize)?;
    Some(format!("{}:{}", clean(&source.label), record.line))
}

fn needs(rule: &Rule, incident: &Incident) -> String {
    let needed = rule.needed(incident.by_relay);
    if needed.is_empty() { String::new() } else { format!(", needs {}", needed.join(", ")) }
}

/// First sentence.
fn sentence(text: &str) -> &str {
    text.find(". ").map_or(text, |end| &text[..=end])
}

fn words(analysis: &Analysis, incident: &Incident, of: impl Fn(u32) -> &'static str) -> String {
    let found = Verdict::ALL.iter().map(|verdict| verdict.word()).filter(|word| incident.journeys.iter().any(|at| of(*at) == *word));
    let _ = analysis;
    found.collect::<Vec<_>>().join(" or ")
}

pub fn actions(analysis: &Analysis, incident: &Incident) -> String {
    let of = |action: Action| incident.journeys.iter().filter(|at| analysis.journeys[**at as usize].action == action).count();
    let counted = Action::ALL.iter().map(|action| (of(*action), action.word())).filter(|(count, _)| *count > 0);
    counted.map(|(count, word)| format!("{count} {word}")).collect::<Vec<_>>().join(", ")
}

/// Both brackets in one line, without the year.
fn brackets(analysis: &Analysis, incident: &Incident) -> String {
    let show = |at| day_time(at).get(5..).unwrap_or("").to_owned();
    let silent = silence(analysis, incident);
    let (onset, end) = (
        bracket(incident.onset, ("last good", "first bad"), silent, show),
        bracket(incident.end, ("last bad", "first good"), silent, show),
    );
    format!("from {onset} to {end}")
}

/// Why a bracket has no time.
fn silence(analysis: &Analysis, incident: &Incident) -> &'static str {
    if mixed(analysis, incident) { "unclear" } else { "not in the logs" }
}

fn bracket(bracket: Bracket, (after, before): (&str, &str), silent: &str, show: impl Fn(Millis) -> String) -> String {
    let time = |at: Option<Millis>, what: &str| format!("{what} {}", at.map_or_else(|| silent.to_owned(), &show));
    format!("[{}, {}]", time(bracket.after, after), time(bracket.before, before))
}
