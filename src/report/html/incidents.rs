//! Incidents with what to do, and the same by who acts first.

use crate::incident::Incident;
use crate::report::clean;
use crate::report::run::Run;
use crate::report::summary::{actions, also, facts};
use crate::rules::Rule;
use serde::Serialize;

/// Who acts first, with the first step of each incident.
#[derive(Serialize)]
pub struct Owner {
    name: String,
    mails: usize,
    tasks: Vec<Task>,
}

#[derive(Serialize)]
struct Task {
    incident: String,
    rule: String,
    needs: String,
    mails: usize,
    what: String,
}

/// An incident in full.
#[derive(Serialize)]
pub struct Card {
    id: String,
    rule: String,
    title: String,
    mails: usize,
    deeds: String,
    cause: String,
    guess: bool,
    facts: Vec<(&'static str, String)>,
    owner: String,
    needs: String,
    steps: Vec<Step>,
    verify: String,
    pages: Vec<Page>,
}

#[derive(Serialize)]
struct Step {
    text: String,
    weakens_security: bool,
}

/// A page of documentation; a rule of the user's may name any address, and only those of the web become links.
#[derive(Serialize)]
struct Page {
    title: String,
    url: String,
    link: bool,
}

/// All incidents, the most urgent first.
pub fn cards(run: Run<'_>) -> Vec<Card> {
    run.analysis.incidents.iter().map(|incident| card(run, incident)).collect()
}

fn card(run: Run<'_>, incident: &Incident) -> Card {
    let rule = run.rule(incident.rule);
    let text = |of: fn(&Rule) -> &str| rule.map_or_else(String::new, |rule| clean(of(rule)));
    let guess = incident.journeys.iter().filter_map(|at| run.analysis.journeys.get(*at as usize)).all(|journey| journey.guess);
    let step = |remedy: &crate::rules::Remedy| Step { text: clean(&remedy.text), weakens_security: remedy.weakens_security };
    let page = |page: &crate::rules::Reference| Page {
        title: clean(&page.title),
        url: clean(&page.url),
        link: ["https://", "http://"].iter().any(|scheme| page.url.starts_with(scheme)),
    };
    Card {
        id: incident.id.clone(),
        rule: text(|rule| &rule.id),
        title: rule.map_or_else(|| "No rule knows the cause".to_owned(), |rule| clean(&rule.title)),
        mails: incident.journeys.len(),
        deeds: actions(run.analysis, incident),
        cause: text(|rule| &rule.cause),
        guess,
        facts: facts(run.analysis, run.catalogue, incident),
        owner: rule.map_or_else(String::new, |rule| clean(rule.acts_first(incident.by_relay))),
        needs: needs(rule, incident),
        steps: rule.map_or_else(Vec::new, |rule| rule.remedy.iter().map(step).collect()),
        verify: text(|rule| &rule.verify),
        pages: rule.map_or_else(Vec::new, |rule| rule.references.iter().map(page).collect()),
    }
}

fn needs(rule: Option<&Rule>, incident: &Incident) -> String {
    rule.map_or_else(String::new, |rule| clean(&rule.needed(incident.by_relay).join(", ")))
}

/// Who must do what, in the order of urgency.
pub fn owners(run: Run<'_>) -> Vec<Owner> {
    let mut owners: Vec<Owner> = Vec::new();
    for incident in &run.analysis.incidents {
        // Where nobody tries any more, that is what must be done first.
        let rule = also(run.analysis, run.catalogue, incident).or(run.rule(incident.rule));
        let name = rule.map_or_else(|| "nobody yet".to_owned(), |rule| clean(rule.acts_first(incident.by_relay)));
        let first = rule.and_then(|rule| rule.remedy.first());
        let task = Task {
            incident: incident.id.clone(),
            rule: rule.map_or_else(String::new, |rule| clean(&rule.id)),
            needs: needs(rule, incident),
            mails: incident.journeys.len(),
            what: first.map_or_else(|| "Look into the mails: no rule knows the cause".to_owned(), |first| clean(&first.text)),
        };
        let at = owners.iter().position(|owner| owner.name == name).unwrap_or(owners.len());
        if at == owners.len() {
            owners.push(Owner { name, mails: 0, tasks: Vec::new() });
        }
        if let Some(owner) = owners.get_mut(at) {
            owner.mails += task.mails;
            owner.tasks.push(task);
        }
    }
    owners
}
