//! Incidents, the most urgent first.

use super::Style;
use super::around::{clock, events, rate, volume};
use crate::evidence::{Millis, day_time};
use crate::incident::{Bracket, Incident};
use crate::journey::{Action, Verdict};
use crate::pipeline::Analysis;
use crate::report::clean;
use crate::rules::{Catalogue, Rule};

/// Incidents shown in full without `-v`, when they are of some size; the others get the essentials.
const IN_FULL: usize = 2;
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
            out.push_str(&style.wrap("     ", "     ", &format!("{} first{}{of}: {first}", rule.owner, needs(rule))));
            proofs(analysis, incident, "     ", style, &mut out);
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

fn body(analysis: &Analysis, catalogue: &Catalogue, incident: &Incident, rule: Option<&Rule>, style: &Style, out: &mut String) {
    let silent = silence(analysis, incident);
    let (onset, end) = (
        bracket(incident.onset, ("last good", "first bad"), silent, day_time),
        bracket(incident.end, ("last bad", "first good"), silent, day_time),
    );
    out.push_str(&style.wrap("     began    ", "              ", &onset));
    out.push_str(&style.wrap("     ended    ", "              ", &end));
    if let Some(pattern) = catalogue.get(analysis.reading.store.text(incident.pattern)) {
        out.push_str(&style.wrap("     pattern  ", "              ", &format!("{} {}{}", pattern.id, pattern.title, volume(incident))));
    }
    if let Some(rate) = rate(&incident.rates) {
        out.push_str(&style.wrap("     rate     ", "              ", &rate));
    }
    if mixed(analysis, incident) {
        let text = "good and failed mails go out in turns, and nothing tells which is which: --accepted-domain YOUR-DOMAIN tells internal from external mail";
        out.push_str(&style.wrap("     mixed    ", "              ", text));
    }
    if let Some(also) = also(analysis, catalogue, incident) {
        out.push_str(&style.wrap("     also     ", "              ", &format!("{} {}", also.id, also.title)));
    }
    if !incident.shared.is_empty() {
        let shared = incident.shared.iter().take(3).map(|shared| {
            let spared = if shared.spared.is_empty() {
                String::new()
            } else {
                format!(" ({}: {})", if shared.earlier { "before" } else { "spared" }, shared.spared.join(", "))
            };
            format!("{} {}{spared}", shared.dimension, shared.value)
        });
        out.push_str(&style.wrap("     shared   ", "              ", &clean(&shared.collect::<Vec<_>>().join("; "))));
    }
    for event in events(analysis, incident) {
        out.push_str(&style.wrap("     event    ", "              ", &event));
    }
    proofs(analysis, incident, "     proof    ", style, out);
    if incident.spared > 0 {
        let text = format!("{} other mails passed the same way meanwhile", incident.spared);
        out.push_str(&style.wrap("     spared   ", "              ", &text));
    }
    let Some(rule) = rule else { return };
    out.push_str(&style.wrap("     who      ", "              ", &format!("{} acts first{}", rule.owner, needs(rule))));
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
fn also<'c>(analysis: &Analysis, catalogue: &'c Catalogue, incident: &Incident) -> Option<&'c Rule> {
    let members = || incident.journeys.iter().map(|at| &analysis.journeys[*at as usize]);
    let findings = &members().next()?.findings;
    let shared = findings.iter().find(|finding| members().all(|journey| journey.findings.contains(finding)))?;
    catalogue.get(analysis.reading.store.text(*shared)).filter(|rule| rule.action == Action::Investigate.word())
}

/// What settings and other evidence beside the mails say, with the places that say it.
fn proofs(analysis: &Analysis, incident: &Incident, first: &str, style: &Style, out: &mut String) {
    for proof in &incident.proofs {
        let places: Vec<String> = proof.records.iter().filter_map(|at| place(analysis, *at)).collect();
        let text = format!("{} [{}]", clean(&proof.text), places.join("; "));
        out.push_str(&style.wrap(first, &" ".repeat(first.len()), &text));
    }
}

fn place(analysis: &Analysis, record: u32) -> Option<String> {
    let record = analysis.reading.store.records.get(record as usize)?;
    let source = analysis.reading.sources.get(record.source as usize)?;
    Some(format!("{}:{}", clean(&source.label), record.line))
}

fn needs(rule: &Rule) -> String {
    if rule.needs.is_empty() { String::new() } else { format!(", needs {}", rule.needs.join(", ")) }
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

fn actions(analysis: &Analysis, incident: &Incident) -> String {
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
