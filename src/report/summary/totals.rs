//! How the mails ended, what to do with them, and which were late.

use super::Style;
use crate::evidence::{Hop, Millis, day_time};
use crate::journey::{Action, Journey, Silence, Verdict};
use crate::pipeline::Analysis;
use crate::report::clean;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Senders that are named where nobody says which is SAP's.
const SENDERS: usize = 3;
/// Silences shown.
const SHOWN: usize = 3;

/// Verdicts and actions, each summing to the total.
pub fn section(analysis: &Analysis, style: &Style) -> String {
    let total = analysis.journeys.len();
    let with_sap = analysis.reading.sources.iter().any(|source| source.hop == Hop::Sap && !source.context);
    let nameless = analysis.journeys.iter().any(|journey| journey.recipient.is_empty());
    let heading = match (with_sap, nameless) {
        (true, _) => format!("SAP tried to send {total} mails"),
        (false, false) => format!("Seen on the way: {total} mails; no SAP export tells which others there were"),
        (false, true) => format!("Seen on the way: {total} SMTP tries; no SAP export tells the mails behind them"),
    };
    let mut out = format!("\n{}", style.heading(&heading));
    if !with_sap && analysis.sender.is_none() && total > 0 {
        out.push_str(&style.wrap("  ", "  ", &everybody(analysis)));
    }
    if total == 0 {
        out.push_str(&style.wrap("  ", "  ", nothing(analysis)));
        aside(analysis, style, &mut out);
        return out;
    }
    let count = |holds: &dyn Fn(&Journey) -> bool| analysis.journeys.iter().filter(|journey| holds(journey)).count();
    let verdicts = Verdict::ALL.iter().map(|verdict| (count(&|j| j.verdict == *verdict), verdict.word())).filter(|(n, _)| *n > 0);
    let ends: Vec<String> = verdicts.map(|(n, word)| format!("{n} {word}")).collect();
    out.push_str(&style.wrap("  ended    ", "           ", &ends.join(" · ")));
    let words = |action: Action| match action {
        Action::None => "need nothing",
        Action::Wait => "to wait for",
        Action::Resend => "to resend once the cause is gone",
        Action::Recreate => "to create anew",
        Action::DoNotResend => "not to resend (duplicates)",
        Action::Investigate => "to investigate",
    };
    let actions = Action::ALL.iter().rev().map(|action| (count(&|j| j.action == *action), *action)).filter(|(n, _)| *n > 0);
    let todo: Vec<String> = actions.map(|(n, action)| format!("{n} {}", words(action))).collect();
    out.push_str(&style.wrap("  to do    ", "           ", &todo.join(" · ")));
    let keep = count(&|j| matches!(j.action, Action::None | Action::Wait | Action::DoNotResend));
    if keep > 0 {
        let text = format!("do not resend the {keep} that arrived, were handed over or still go out by themselves");
        out.push_str(&style.wrap("           ", "           ", &text));
    }
    out.push_str(&priority(analysis, style));
    out.push_str(&late(analysis, style));
    out.push_str(&silent(analysis, style));
    aside(analysis, style, &mut out);
    out
}

/// How the mails ended that the user calls important.
fn priority(analysis: &Analysis, style: &Style) -> String {
    if analysis.priorities.is_empty() {
        return String::new();
    }
    let important = |journey: &&Journey| analysis.priorities.holds(journey, &analysis.reading.store);
    let mails: Vec<Verdict> = analysis.journeys.iter().filter(important).map(|journey| journey.verdict).collect();
    let count = |verdict: &Verdict| mails.iter().filter(|other| *other == verdict).count();
    let ends = Verdict::ALL.iter().map(|verdict| (count(verdict), verdict.word())).filter(|(n, _)| *n > 0);
    let ends: Vec<String> = ends.map(|(n, word)| format!("{n} {word}")).collect();
    let text = if mails.is_empty() { "no mail fits --priority".to_owned() } else { format!("{}: {}", mails.len(), ends.join(" · ")) };
    style.wrap("  priority ", "           ", &text)
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

/// What was seen and is no mail of SAP's.
fn aside(analysis: &Analysis, style: &Style, out: &mut String) {
    let mut beside = |text: &str| out.push_str(&style.wrap("  beside   ", "           ", text));
    let (alignment, left_out) = (&analysis.alignment, analysis.left_out);
    if !alignment.others.is_empty() {
        let like = alignment.sap_like.len();
        let like = if like > 0 { format!(", {like} of them look like SAP mail without a request in this export") } else { String::new() };
        beside(&format!("{} recipients of other mails in the trace{like}", alignment.others.len()));
    }
    let unasked = alignment.mails.len().saturating_sub(analysis.journeys.len() + left_out.window + left_out.domain + left_out.unclear);
    if unasked > 0 {
        beside(&format!("{unasked} mails of other senders than --sender"));
    }
    if !alignment.loose.is_empty() {
        beside(&format!("{} SMTP tries that no request of this export can be given", alignment.loose.len()));
    }
    for (count, what) in [
        (left_out.window, "mails outside --since/--until"),
        (left_out.domain, "mails to other domains than --recipient-domain"),
        (left_out.unclear, "mails whose recipient is unknown or cut off, so that nobody can tell"),
    ] {
        if count > 0 {
            beside(&format!("{count} {what}"));
        }
    }
}

/// Times in which SAP sent nothing because no send job ran, with the mails that were asked for then.
fn silent(analysis: &Analysis, style: &Style) -> String {
    let mut asked: Vec<Millis> = analysis.journeys.iter().filter_map(|journey| journey.requested_at).collect();
    asked.sort_unstable();
    let held_up =
        |silence: &Silence| asked.partition_point(|at| *at <= silence.to).saturating_sub(asked.partition_point(|at| *at < silence.from));
    let silences: Vec<(usize, &Silence)> =
        analysis.silences.iter().map(|one| (held_up(one), one)).filter(|(mails, _)| *mails > 0).collect();
    let mut out = silences.iter().take(SHOWN).fold(String::new(), |out, (mails, silence)| {
        let mails = if *mails == 1 { "1 mail was".to_owned() } else { format!("{mails} mails were") };
        let text = format!("no send job ran from {} to {} (SM37); {mails} asked for then", day_time(silence.from), day_time(silence.to));
        out + &style.wrap("  silent   ", "           ", &text)
    });
    if silences.len() > SHOWN {
        let _ = writeln!(out, "  silent   and {} more times", silences.len() - SHOWN);
    }
    out
}

/// Mails that arrived, but late.
fn late(analysis: &Analysis, style: &Style) -> String {
    let store = &analysis.reading.store;
    let is_late = |journey: &&Journey| journey.findings.iter().any(|id| store.text(*id) == "LATE-01");
    let mut late: Vec<&Journey> = analysis.journeys.iter().filter(is_late).collect();
    late.sort_by_key(|journey| (std::cmp::Reverse(journey.latency_s()), journey.id.clone()));
    let Some(worst) = late.first() else { return String::new() };
    let minutes = worst.latency_s().unwrap_or(0) / 60;
    let text =
        format!("{} arrived more than 15 minutes after the request (LATE-01), the latest after {minutes} ({})", late.len(), worst.id);
    style.wrap("  late     ", "           ", &text)
}
