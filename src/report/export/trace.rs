//! What to ask Exchange Online for.

use super::{Gap, in_any_zone, mails, window};
use crate::evidence::{HOUR, Hop, Millis, Sym, rfc3339};
use crate::journey::{Journey, Verdict};
use crate::pipeline::Analysis;
use crate::report::clean;

/// More values than this are not listed one by one.
const FEW: usize = 3;

/// Exchange Online keeps its trace this long (exchange.md section 1.2).
const KEPT: Millis = 90 * 24 * HOUR;

/// Mails handed over that are older than any trace, or that are not.
fn handed_off(analysis: &Analysis, outlived: bool) -> Vec<&Journey> {
    let now = analysis.now();
    let at = |journey: &Journey| journey.submitted_at.or_else(|| journey.time());
    let is_old = |journey: &Journey| at(journey).zip(now).is_some_and(|(at, now)| now - at > KEPT);
    analysis.journeys.iter().filter(|j| j.verdict == Verdict::HandedOff && is_old(j) == outlived).collect()
}

/// Mails handed over that no trace can show any more.
pub fn too_old(analysis: &Analysis) -> Option<Gap> {
    let old = handed_off(analysis, true).len();
    (old > 0).then(|| Gap {
        what: format!("{} handed over more than 90 days ago: outside of any possible trace, which proves nothing either way", were(old)),
        export: "nothing more from Exchange Online; a relay's rotated logs, or ask the recipients before anything is sent again".to_owned(),
    })
}

/// Mails handed over that no trace covers.
pub fn none(analysis: &Analysis) -> Option<Gap> {
    let open = handed_off(analysis, false);
    let (from, to, wide) = in_any_zone(analysis, window(open.iter().copied(), HOUR)?);
    let mut senders = distinct(analysis, &open, |journey| journey.sender);
    // One mail of an unknown sender is enough: a filter would hide it.
    if senders.iter().any(|sender| !sender.contains('@')) {
        senders.clear();
    }
    let at = |journey: &Journey| journey.submitted_at.or_else(|| journey.time());
    let recent = open.iter().filter_map(|journey| at(journey)).any(|at| analysis.alignment.coverage.iter().any(|one| one.too_recent(at)));
    let again = if recent { "; once more for those at the end of the trace given: it shows mails up to four hours late" } else { "" };
    Some(Gap {
        what: format!("{} handed over, and no log covers what came after", were(open.len())),
        export: format!("{}{wide}{again}", historical_search(from, to, &senders)),
    })
}

/// The first trace that does not hold all it should.
pub fn cut_off(analysis: &Analysis) -> Option<Gap> {
    let mut sources = analysis.alignment.coverage.iter().zip(&analysis.reading.sources);
    let (coverage, source) = sources.find(|(coverage, _)| coverage.capped || coverage.only_failed)?;
    let why = if coverage.capped { "has as many rows as an export may have" } else { "holds failures only" };
    let span = coverage.span?;
    Some(Gap {
        what: format!("{} {why}: what it does not show proves nothing", clean(&source.label)),
        export: historical_search(span.from, span.to, &[]),
    })
}

/// Mails that failed behind the acceptance: the summary has no reason.
pub fn no_reason(analysis: &Analysis) -> Option<Gap> {
    let silent = |journey: &&Journey| journey.verdict == Verdict::Bounced && journey.reply.is_empty();
    let silent: Vec<&Journey> = analysis.journeys.iter().filter(silent).collect();
    let first = silent.first()?;
    let text = |sym: Sym| clean(analysis.reading.store.text(sym));
    let id = first.network_message_id;
    let by_id = format!("Get-MessageTraceDetailV2 -MessageTraceId {} -RecipientAddress '{}'", text(id), text(first.recipient));
    let more = if silent.len() > 1 { ", and so for the others (network_message_id and recipient of the rows 'bounced')" } else { "" };
    Some(Gap {
        what: format!("{} accepted and failed later, and the summary of the trace does not say why", were(silent.len())),
        export: if id.is_empty() {
            "the extended report of the message trace for these mails".to_owned()
        } else {
            format!("{by_id}{more}")
        },
    })
}

/// Mails that should stand in the trace and do not.
pub fn not_seen(analysis: &Analysis) -> Option<Gap> {
    let of_trace = |journey: &&Journey| journey.verdict == Verdict::Missing && journey.stopped_at != Some(Hop::Relay);
    let missing: Vec<&Journey> = analysis.journeys.iter().filter(of_trace).collect();
    let (from, to) = window(missing.iter().copied(), 12 * HOUR)?;
    let recipients = distinct(analysis, &missing, |journey| journey.recipient);
    let who = if recipients.len() <= FEW { format!(" -RecipientAddress '{}'", recipients.join("','")) } else { String::new() };
    Some(Gap {
        what: format!("{} no row in a trace that covers that time and sender", have(missing.len())),
        export: format!(
            "Get-MessageTraceV2{who} -StartDate '{}' -EndDate '{}' (a wider window, whatever the sender), and the dev_icm of these minutes at level 3, \
             which shows the server that took them",
            rfc3339(from),
            rfc3339(to)
        ),
    })
}

fn have(count: usize) -> String {
    format!("{} {}", mails(count), if count == 1 { "has" } else { "have" })
}

fn were(count: usize) -> String {
    format!("{} {}", mails(count), if count == 1 { "was" } else { "were" })
}

fn distinct(analysis: &Analysis, journeys: &[&Journey], of: fn(&Journey) -> Sym) -> Vec<String> {
    let mut out: Vec<String> = journeys.iter().map(|journey| clean(analysis.reading.store.text(of(journey))).to_lowercase()).collect();
    out.sort_unstable();
    out.dedup();
    out
}

/// The enhanced summary, which Sostrace reads.
fn historical_search(from: Millis, to: Millis, senders: &[String]) -> String {
    let named = (1..=FEW).contains(&senders.len());
    let who = if named { senders.join(",") } else { "*@YOUR-DOMAIN".to_owned() };
    format!(
        "Start-HistoricalSearch -ReportTitle sostrace -ReportType MessageTrace -StartDate '{}' -EndDate '{}' -SenderAddress '{who}' \
         -NotifyAddress YOU@YOUR-DOMAIN (or Exchange admin center, Message trace, enhanced summary report)",
        rfc3339(from),
        rfc3339(to)
    )
}
