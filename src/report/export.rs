//! Where the logs are silent: what no log covers, and exactly what to export next.

use super::clean;
use crate::align::Zone;
use crate::evidence::{HOUR, Hop, MINUTE, Millis, ZoneBasis, day_time, rfc3339};
use crate::journey::{Journey, Verdict};
use crate::pipeline::Analysis;
use crate::source::Source;

/// More senders than this are not listed one by one.
const FEW: usize = 3;

/// A silence and how to end it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gap {
    /// What is not covered.
    pub what: String,
    /// What to export.
    pub export: String,
}

/// All silences of a run, the most useful export first.
#[must_use]
pub fn gaps(analysis: &Analysis) -> Vec<Gap> {
    [no_request(analysis), no_trace(analysis), capped(analysis), no_dialogue(analysis)].into_iter().flatten().collect()
}

fn sources(analysis: &Analysis, hop: Hop) -> impl Iterator<Item = &Source> {
    analysis.reading.sources.iter().filter(move |source| source.hop == hop)
}

/// First and last time of journeys, with an hour on either side.
fn window<'a>(journeys: impl Iterator<Item = &'a Journey>) -> Option<(Millis, Millis)> {
    let times: Vec<Millis> = journeys.filter_map(|j| j.submitted_at.or_else(|| j.time())).collect();
    Some((times.iter().min()? - HOUR, times.iter().max()? + HOUR))
}

/// Whether SAP's times are mere wall times: no file, link or option tells their zone.
pub(super) fn sap_zone_assumed(analysis: &Analysis) -> bool {
    let clocks = analysis.reading.sources.iter().zip(&analysis.alignment.clocks);
    clocks.filter(|(source, _)| matches!(source.hop, Hop::Sap | Hop::Icm)).any(|(_, clock)| clock.basis == ZoneBasis::Assumed)
}

/// A window of SAP's wall time as UTC: wide enough for every zone while none is known.
fn in_any_zone(analysis: &Analysis, (from, to): (Millis, Millis)) -> (Millis, Millis, &'static str) {
    if sap_zone_assumed(analysis) {
        (from - 14 * HOUR, to + 12 * HOUR, "; wide, because SAP's zone is unknown: --zone sap=ZONE narrows it")
    } else {
        (from, to, "")
    }
}

fn no_request(analysis: &Analysis) -> Option<Gap> {
    if sources(analysis, Hop::Sap).next().is_some() {
        return None;
    }
    let covered = || {
        let spans = analysis.alignment.coverage.iter().filter_map(|coverage| coverage.span);
        spans.reduce(crate::evidence::Span::join).map(|span| (span.from, span.to))
    };
    let (from, to) = window(analysis.journeys.iter()).or_else(covered)?;
    Some(Gap {
        what: "No SAP export: mails that never left SAP cannot be seen".to_owned(),
        export: format!(
            "SOST, all statuses, send date and time {} to {} (UTC; enter SAP's own time), layout with the recipient key, saved 'unconverted'",
            day_time(from),
            day_time(to)
        ),
    })
}

/// Mails handed over that no trace covers.
fn no_trace(analysis: &Analysis) -> Option<Gap> {
    let open: Vec<&Journey> = analysis.journeys.iter().filter(|j| j.verdict == Verdict::HandedOff).collect();
    let (from, to) = window(open.iter().copied())?;
    let mut senders: Vec<String> = open.iter().map(|j| clean(analysis.reading.store.text(j.sender)).to_lowercase()).collect();
    // One mail of an unknown sender is enough: a filter would hide it.
    if senders.iter().any(|sender| !sender.contains('@')) {
        senders.clear();
    }
    senders.sort_unstable();
    senders.dedup();
    let (from, to, wide) = in_any_zone(analysis, (from, to));
    Some(Gap {
        what: format!("{} mails were handed over and no log covers what came after", open.len()),
        export: format!("{}{wide}", message_trace(from, to, &senders)),
    })
}

/// The enhanced summary, which Sostrace reads.
fn message_trace(from: Millis, to: Millis, senders: &[String]) -> String {
    let named = (1..=FEW).contains(&senders.len());
    let who = if named { senders.join(",") } else { "*@YOUR-DOMAIN".to_owned() };
    format!(
        "Start-HistoricalSearch -ReportTitle sostrace -ReportType MessageTrace -StartDate '{}' -EndDate '{}' -SenderAddress '{who}' \
         -NotifyAddress YOU@YOUR-DOMAIN (or Exchange admin center, Message trace, enhanced summary report)",
        rfc3339(from),
        rfc3339(to)
    )
}

fn capped(analysis: &Analysis) -> Option<Gap> {
    let mut cut =
        analysis.alignment.coverage.iter().zip(&analysis.reading.sources).filter(|(coverage, _)| coverage.capped || coverage.only_failed);
    let (coverage, source) = cut.next()?;
    let why = if coverage.capped { "has as many rows as an export may have" } else { "holds failures only" };
    let span = coverage.span?;
    Some(Gap {
        what: format!("{} {why}: what it does not show proves nothing", source.label),
        export: message_trace(span.from, span.to, &[]),
    })
}

/// Failures whose reply is unknown or cut, and no dialogue that shows it.
fn no_dialogue(analysis: &Analysis) -> Option<Gap> {
    let blind = |journey: &&Journey| {
        let refused = matches!(journey.verdict, Verdict::Rejected | Verdict::Unsent | Verdict::Deferred);
        let seen = journey.evidence.iter().any(|at| analysis.reading.store.records.get(*at as usize).is_some_and(|r| r.hop == Hop::Icm));
        let before_exchange = journey.stopped_at != Some(Hop::Exchange) || journey.exchange_status.is_empty();
        refused && before_exchange && !seen
    };
    let blind: Vec<&Journey> = analysis.journeys.iter().filter(blind).collect();
    let (from, to) = window(blind.iter().copied())?;
    let zone = analysis
        .reading
        .sources
        .iter()
        .zip(&analysis.alignment.clocks)
        .find(|(source, _)| source.hop == Hop::Sap)
        .map(|(_, clock)| clock.zone);
    let local = |at: Millis| zone.map_or(at, |zone| local_time(zone, at));
    let (from, to) = (from + HOUR - MINUTE, to - HOUR + MINUTE);
    Some(Gap {
        what: format!("{} failures rest on SAP's word alone, which keeps at most 100 characters of a server's reply", blind.len()),
        export: format!(
            "dev_icm of every application server for {} to {} (SAP's clock); for the next time: SMICM, trace level 3 and icm/trace_secured_data = TRUE for one run of the send job, then back to 1 (the trace then holds secrets)",
            day_time(local(from)),
            day_time(local(to))
        ),
    })
}

/// A time on the clock of a zone; in the doubled hour the first reading.
fn local_time(zone: Zone, utc: Millis) -> Millis {
    let guess = utc + zone.readings(utc).first;
    utc + zone.readings(guess).first
}
