//! How the mails ended, and what to do with them.

use super::{Style, delays};
use crate::evidence::Hop;
use crate::journey::{Action, Verdict};
use crate::pipeline::Analysis;
use crate::report::clean;
use crate::rules::Catalogue;
use std::collections::BTreeMap;

/// Senders that are named where nobody says which is SAP's.
const SENDERS: usize = 3;
/// Indent of what follows a word.
const INDENT: &str = "           ";

/// Verdicts and actions, each summing to the total.
pub fn section(analysis: &Analysis, catalogue: &Catalogue, style: &Style) -> String {
    let mut out = format!("\n{}", style.heading(&heading(analysis)));
    let caution = caution(analysis);
    if !caution.is_empty() {
        out.push_str(&style.wrap("  ", "  ", &caution));
    }
    if !analysis.journeys.is_empty() {
        out.push_str(&style.wrap("  ended    ", INDENT, &ends(analysis.journeys.iter().map(|journey| journey.verdict))));
        let count = |action: Action| analysis.journeys.iter().filter(|journey| journey.action == action).count();
        let actions = Action::ALL.iter().rev().map(|action| (count(*action), *action)).filter(|(n, _)| *n > 0);
        let todo: Vec<String> = actions.map(|(n, action)| format!("{n} {}", deed(action))).collect();
        out.push_str(&style.wrap("  to do    ", INDENT, &todo.join(" · ")));
        let keep = [Action::None, Action::Wait, Action::DoNotResend].into_iter().map(count).sum::<usize>();
        if keep > 0 {
            let text = format!("do not resend the {keep} that arrived, were handed over or still go out by themselves");
            out.push_str(&style.wrap(INDENT, INDENT, &text));
        }
    }
    for (word, text) in notes(analysis, catalogue) {
        out.push_str(&style.wrap(&format!("  {word:<9}"), INDENT, &text));
    }
    out
}

/// Of how many mails a run speaks, and whose they are.
pub fn heading(analysis: &Analysis) -> String {
    let total = analysis.journeys.len();
    let nameless = analysis.journeys.iter().any(|journey| journey.recipient.is_empty());
    match (with_sap(analysis), nameless) {
        (true, _) => format!("SAP tried to send {total} mails"),
        (false, false) => format!("Seen on the way: {total} mails; no SAP export tells which others there were"),
        (false, true) => format!("Seen on the way: {total} SMTP tries; no SAP export tells the mails behind them"),
    }
}

fn with_sap(analysis: &Analysis) -> bool {
    analysis.reading.sources.iter().any(|source| source.hop == Hop::Sap && !source.context)
}

/// What must be known before the sums are believed; empty where nothing must.
pub fn caution(analysis: &Analysis) -> String {
    if analysis.journeys.is_empty() {
        nothing(analysis).to_owned()
    } else if !with_sap(analysis) && analysis.sender.is_none() {
        everybody(analysis)
    } else {
        String::new()
    }
}

/// What is to be done with mails, behind their number.
pub fn deed(action: Action) -> &'static str {
    match action {
        Action::None => "need nothing",
        Action::Wait => "to wait for",
        Action::Resend => "to resend once the cause is gone",
        Action::Recreate => "to create anew",
        Action::DoNotResend => "not to resend (duplicates)",
        Action::Investigate => "to investigate",
    }
}

/// What else is to be told of the mails, under the words by which reports tell it.
pub fn notes(analysis: &Analysis, catalogue: &Catalogue) -> Vec<(&'static str, String)> {
    let mut notes = Vec::new();
    if !analysis.journeys.is_empty() {
        notes.extend(priority(analysis).map(|text| ("priority", text)));
        notes.extend(delays::late(analysis).map(|text| ("late", text)));
        notes.extend(delays::healed(analysis, catalogue).map(|text| ("healed", text)));
        notes.extend(delays::silent(analysis).into_iter().map(|text| ("silent", text)));
    }
    notes.extend(aside(analysis).into_iter().map(|text| ("beside", text)));
    notes
}

/// How many ended by which verdict.
fn ends(verdicts: impl Iterator<Item = Verdict>) -> String {
    let mut counts: BTreeMap<Verdict, usize> = BTreeMap::new();
    verdicts.for_each(|verdict| *counts.entry(verdict).or_default() += 1);
    counts.iter().map(|(verdict, n)| format!("{n} {}", verdict.word())).collect::<Vec<_>>().join(" · ")
}

/// How the mails ended that the user calls important.
fn priority(analysis: &Analysis) -> Option<String> {
    if analysis.priorities.is_empty() {
        return None;
    }
    let mails: Vec<Verdict> = analysis.journeys.iter().filter(|journey| journey.priority).map(|journey| journey.verdict).collect();
    let text = format!("{}: {}", mails.len(), ends(mails.iter().copied()));
    Some(if mails.is_empty() { "no mail fits --priority".to_owned() } else { text })
}

/// Why there is no mail to speak of.
fn nothing(analysis: &Analysis) -> &'static str {
    if analysis.left_out.window > 0 {
        "no mail inside --since/--until"
    } else if !analysis.recipient_domains.is_empty() {
        "no mail to --recipient-domain in what was read"
    } else if analysis.sender.is_some() {
        "no mail of --sender in what was read"
    } else if analysis.reading.sources.iter().all(|source| source.context) {
        "only what is known around the mails was read: add SAP's list of send requests or a message trace"
    } else {
        "no mail in what was read"
    }
}

/// A trace holds everybody's mail; the most frequent senders help to name SAP's.
fn everybody(analysis: &Analysis) -> String {
    let mut senders: BTreeMap<String, usize> = BTreeMap::new();
    for journey in &analysis.journeys {
        *senders.entry(clean(analysis.reading.store.text(journey.sender)).to_lowercase()).or_default() += 1;
    }
    senders.remove("");
    let mut ranked: Vec<(usize, String)> = senders.into_iter().map(|(sender, count)| (count, sender)).collect();
    ranked.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
    let first: Vec<String> = ranked.iter().take(SENDERS).map(|(count, sender)| format!("{sender} ({count})")).collect();
    if first.is_empty() {
        String::new()
    } else {
        format!("everybody's mail: name SAP's sender with --sender; most mails are of {}", first.join(", "))
    }
}

/// In which logs other mails stand.
fn logs(analysis: &Analysis) -> &'static str {
    let relay = |at: &u32| analysis.reading.store.records.get(*at as usize).is_some_and(|record| record.hop == Hop::Relay);
    match (analysis.alignment.others.iter().all(relay), analysis.alignment.others.iter().any(relay)) {
        (true, _) => "the relays' logs",
        (false, true) => "the trace and the relays' logs",
        (false, false) => "the trace",
    }
}

/// What was seen and is no mail of SAP's.
fn aside(analysis: &Analysis) -> Vec<String> {
    let (alignment, left_out) = (&analysis.alignment, analysis.left_out);
    let mut out = Vec::new();
    if !alignment.others.is_empty() {
        let like = match alignment.sap_like.len() {
            0 => String::new(),
            like => format!(", {like} of them look like SAP mail without a request in this export"),
        };
        out.push(format!("{} recipients of other mails in {}{like}", alignment.others.len(), logs(analysis)));
    }
    let unasked = alignment.mails.len().saturating_sub(analysis.journeys.len() + left_out.window + left_out.domain + left_out.unclear);
    let counted = [
        (unasked, "mails of other senders than --sender"),
        (alignment.loose.len(), "SMTP tries that no request of this export can be given"),
        (left_out.window, "mails outside --since/--until"),
        (left_out.domain, "mails to other domains than --recipient-domain"),
        (left_out.unclear, "mails whose recipient is unknown or cut off, so that nobody can tell"),
    ];
    out.extend(counted.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}")));
    out
}
