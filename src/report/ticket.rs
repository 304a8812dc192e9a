//! Each incident as a ticket for whoever acts first: a text to paste, with the ids that Microsoft and SAP support ask for.

use super::clean;
use super::summary::{clock, events, rate};
use crate::evidence::{Sym, rfc3339};
use crate::incident::{Bracket, Incident};
use crate::journey::{Action, Journey};
use crate::pipeline::Analysis;
use crate::rules::{Catalogue, Rule};
use crate::smtp::trailer;
use std::io::{self, Write};

/// Mails named with all their ids; support asks for a few, the table has them all.
const NAMED: usize = 5;

/// Writes a ticket for each incident, the most urgent first.
///
/// # Errors
/// When the output fails.
pub fn write(analysis: &Analysis, catalogue: &Catalogue, out: &mut dyn Write) -> io::Result<()> {
    for incident in &analysis.incidents {
        let rule = catalogue.get(analysis.reading.store.text(incident.rule));
        head(analysis, incident, rule, out)?;
        story(analysis, catalogue, incident, out)?;
        if let Some(rule) = rule {
            remedy(rule, out)?;
        }
        mails(analysis, incident, out)?;
        writeln!(out)?;
    }
    Ok(())
}

fn members<'a>(analysis: &'a Analysis, incident: &'a Incident) -> impl Iterator<Item = &'a Journey> {
    incident.journeys.iter().map(|at| &analysis.journeys[*at as usize])
}

fn head(analysis: &Analysis, incident: &Incident, rule: Option<&Rule>, out: &mut dyn Write) -> io::Result<()> {
    let (id, title, owner) =
        rule.map_or(("-", "no rule knows the cause", "sap-basis"), |rule| (&rule.id, &rule.title, rule.acts_first(incident.by_relay)));
    let important = if incident.priority > 0 { format!(", {} of priority", incident.priority) } else { String::new() };
    let since = incident.onset.before.map_or_else(String::new, |at| format!(", since {}", rfc3339(at)));
    writeln!(out, "===== {}: ticket for {owner} =====", incident.id)?;
    writeln!(out, "Subject: {title}: {} mails{important}{since} [{id}]", incident.journeys.len())?;
    let needs = rule.map_or_else(String::new, |rule| rule.needed(incident.by_relay).join(", "));
    let needs = if needs.is_empty() { "nobody" } else { &needs };
    writeln!(out, "Acts first: {owner}. Needs: {needs}. All times {}.", clock(analysis))
}

/// What happened, when, to how many, and what tells them from the others.
fn story(analysis: &Analysis, catalogue: &Catalogue, incident: &Incident, out: &mut dyn Write) -> io::Result<()> {
    let store = &analysis.reading.store;
    let time = |at: Option<i64>| at.map_or_else(|| "not in the logs".to_owned(), rfc3339);
    let bracket = |of: Bracket, after: &str, before: &str| format!("{after} {}, {before} {}", time(of.after), time(of.before));
    if let Some(rule) = catalogue.get(store.text(incident.rule)) {
        writeln!(out, "\nWhat happened\n  {}", rule.cause)?;
    }
    if let Some(pattern) = catalogue.get(store.text(incident.pattern)) {
        writeln!(out, "  {}: {}", pattern.id, pattern.cause)?;
    }
    writeln!(out, "  began  {}", bracket(incident.onset, "last good", "first bad"))?;
    writeln!(out, "  ended  {}", bracket(incident.end, "last bad", "first good"))?;
    if let Some(rate) = rate(&incident.rates) {
        writeln!(out, "  rate   {rate}")?;
    }
    for shared in &incident.shared {
        let word = if shared.earlier { "before" } else { "spared mails" };
        writeln!(
            out,
            "  all failed mails have {} {}; {word}: {}",
            shared.dimension,
            clean(&shared.value),
            clean(&shared.spared.join(", "))
        )?;
    }
    for event in events(analysis, incident) {
        writeln!(out, "  event  {event}")?;
    }
    for proof in &incident.proofs {
        writeln!(out, "  proof  {}", clean(&proof.text))?;
    }
    let of = |action: Action| members(analysis, incident).filter(|journey| journey.action == action).count();
    let actions: Vec<String> =
        Action::ALL.iter().map(|action| (of(*action), action.word())).filter(|(n, _)| *n > 0).map(|(n, w)| format!("{n} {w}")).collect();
    writeln!(out, "  mails  {}", actions.join(", "))
}

fn remedy(rule: &Rule, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "\nWhat to do")?;
    for (number, remedy) in (1..).zip(&rule.remedy) {
        writeln!(out, "  {number}. {}{}", remedy.text, if remedy.weakens_security { " (weakens security)" } else { "" })?;
    }
    writeln!(out, "  Done when: {}", rule.verify)?;
    rule.references.iter().try_for_each(|reference| writeln!(out, "  See {}: {}", reference.title, reference.url))
}

/// The mails that the user calls important first, of those the ones with ids, then the first ones; the last one at the end.
fn chosen<'a>(analysis: &'a Analysis, incident: &'a Incident) -> Vec<&'a Journey> {
    let mut all: Vec<&Journey> = members(analysis, incident).collect();
    let last = all.pop();
    let nameless = |journey: &Journey| {
        trailer(&journey.reply).and_then(|trailer| trailer.session).is_none()
            && journey.network_message_id.is_empty()
            && journey.message_id.is_empty()
    };
    all.sort_by_key(|journey| (!journey.priority, nameless(journey)));
    all.truncate(NAMED - 1);
    all.extend(last);
    all
}

fn mails(analysis: &Analysis, incident: &Incident, out: &mut dyn Write) -> io::Result<()> {
    let store = &analysis.reading.store;
    let chosen = chosen(analysis, incident);
    writeln!(out, "\nMails by id, for the support of Microsoft or SAP ({} of {})", chosen.len(), incident.journeys.len())?;
    for journey in &chosen {
        let text = |sym: Sym| clean(store.text(sym));
        let at = journey.submitted_at.or(journey.finished_at).or(journey.requested_at).map_or_else(|| "time unknown".to_owned(), rfc3339);
        let known = |sym: Sym| if sym.is_empty() { "(unknown)".to_owned() } else { text(sym) };
        writeln!(out, "  {at}  {} -> {}", known(journey.sender), known(journey.recipient))?;
        let trailer = trailer(&journey.reply);
        let session = trailer.as_ref().and_then(|trailer| trailer.session).unwrap_or("");
        let server = trailer.as_ref().map_or("", |trailer| trailer.host);
        let sap = [journey.system, journey.client, journey.app_server, journey.node, journey.sap_message].map(text);
        let rows = [
            ("Message-ID", text(journey.message_id)),
            ("network message id", text(journey.network_message_id)),
            ("session id", clean(session)),
            ("server", clean(server)),
            ("mail host", text(journey.host)),
            ("source address", text(journey.egress)),
            ("relay queue id", text(journey.relay_queue_id)),
            ("reply", clean(&journey.reply)),
            ("SAP", sap.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")),
            ("SAP key", text(journey.sap_key)),
            ("journey", journey.id.clone()),
        ];
        for (name, value) in rows.iter().filter(|(_, value)| !value.is_empty()) {
            writeln!(out, "    {name:<19} {value}")?;
        }
    }
    if chosen.len() < incident.journeys.len() {
        writeln!(out, "  All of them: rows with incident {} of 'sostrace analyze ... -o journeys.csv'", incident.id)?;
    }
    Ok(())
}
