//! What to ask SAP for.

use super::{Gap, mails, sap_zone_assumed, sources, window};
use crate::align::Zone;
use crate::evidence::{HOUR, Hop, MINUTE, Millis, Span, day_time};
use crate::formats::is_maximum;
use crate::journey::{Journey, Verdict};
use crate::pipeline::Analysis;
use crate::report::clean;
use crate::source::Class;

/// Without a SAP export nobody sees the mails that never left.
pub fn no_request(analysis: &Analysis) -> Option<Gap> {
    if sources(analysis, Hop::Sap).any(|source| source.ledger.count(Class::Evidence) > 0) {
        return None;
    }
    let covered = || {
        let spans = analysis.alignment.coverage.iter().filter_map(|coverage| coverage.span);
        spans.reduce(Span::join).map(|span| (span.from, span.to))
    };
    let clock = if sap_zone_assumed(analysis) { "SAP's clock" } else { "UTC; enter SAP's own time" };
    let when = window(analysis.journeys.iter(), HOUR).or_else(covered);
    let when = when.map_or_else(String::new, |(from, to)| format!(" {} to {} ({clock})", day_time(from), day_time(to)));
    Some(Gap {
        what: "No SAP export: mails that never left SAP cannot be seen".to_owned(),
        export: format!("SOST, all statuses, send date and time{when}, layout with the recipient key, saved 'unconverted'"),
    })
}

/// Mails that still waited when the list was exported: their end lies behind it.
pub fn still_waiting(analysis: &Analysis) -> Option<Gap> {
    let of_sap = |j: &&Journey| {
        let in_sap = j.exchange_status.is_empty() && j.relay_queue_id.is_empty();
        j.verdict == Verdict::Waiting || (j.verdict == Verdict::Deferred && in_sap)
    };
    let waiting: Vec<&Journey> = analysis.journeys.iter().filter(of_sap).filter(|journey| !journey.sap_status.is_empty()).collect();
    let times: Vec<Millis> = waiting.iter().filter_map(|journey| journey.time()).collect();
    let (from, to) = (times.iter().min()? - MINUTE, times.iter().max()? + MINUTE);
    Some(Gap {
        what: format!("{} had not left SAP when its list was exported", mails(waiting.len())),
        export: format!("SOST once more, all statuses, send date and time {}", on_saps_clock(analysis, from, to)),
    })
}

/// Exports with as many rows as a selection may have hits.
pub fn cut_off(analysis: &Analysis) -> impl Iterator<Item = Gap> {
    sources(analysis, Hop::Sap).filter(|source| is_maximum(source.rows)).map(|source| Gap {
        what: format!(
            "{} has exactly {} rows, probably the maximum number of hits: what it does not show may exist all the same",
            clean(&source.label),
            source.rows
        ),
        export: source.span.map_or_else(
            || "the same table with a higher maximum number of hits".to_owned(),
            |span| {
                format!(
                    "SOST in parts of the selection, each below the maximum: send date and time until {}, from there to {}, and from there on \
                     (SAP's clock); or a higher maximum number of hits",
                    day_time(span.middle()),
                    day_time(span.to)
                )
            },
        ),
    })
}

/// Failures whose cause is no more than a guess or SAP's own message, and no dialogue that shows the reply.
pub fn no_dialogue(analysis: &Analysis) -> Option<Gap> {
    let blind: Vec<&Journey> = analysis.journeys.iter().filter(|journey| is_blind(analysis, journey)).collect();
    let (from, to) = window(blind.iter().copied(), MINUTE)?;
    Some(Gap {
        what: format!("The cause of {} rests on SAP's word alone or on a part of the reply", mails(blind.len())),
        export: format!(
            "dev_icm of every application server for {}; for the next time: SMICM, trace level 3 and icm/trace_secured_data = TRUE for one run \
             of the send job, then back to 1 (the trace then holds secrets)",
            on_saps_clock(analysis, from, to)
        ),
    })
}

fn is_blind(analysis: &Analysis, journey: &Journey) -> bool {
    let failed = matches!(journey.verdict, Verdict::Rejected | Verdict::Unsent)
        || (journey.verdict == Verdict::Deferred && journey.exchange_status.is_empty());
    let rule = analysis.reading.store.text(journey.rule);
    let vague = journey.guess || rule.is_empty() || rule.starts_with("SAP-") || rule.starts_with("GEN-");
    let seen = journey.evidence.iter().any(|at| analysis.reading.store.records.get(*at as usize).is_some_and(|r| r.hop == Hop::Icm));
    failed && vague && !seen
}

/// A window as the user enters it in SAP.
fn on_saps_clock(analysis: &Analysis, from: Millis, to: Millis) -> String {
    let zone = analysis
        .reading
        .sources
        .iter()
        .zip(&analysis.alignment.clocks)
        .find(|(source, _)| source.hop == Hop::Sap)
        .map(|(_, clock)| clock.zone);
    let local = |at: Millis| day_time(zone.map_or(at, |zone| local_time(zone, at)));
    format!("{} to {} (SAP's clock)", local(from), local(to))
}

/// A time on the clock of a zone; in the doubled hour the first reading.
fn local_time(zone: Zone, utc: Millis) -> Millis {
    let guess = utc + zone.readings(utc).first;
    utc + zone.readings(guess).first
}
