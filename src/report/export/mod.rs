//! Where the logs are silent: what no log covers, and exactly what to export next.

mod relay;
mod sap;
mod trace;

use crate::evidence::{HOUR, Hop, Millis, ZoneBasis};
use crate::journey::Journey;
use crate::pipeline::Analysis;
use crate::source::Source;

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
    let all = [
        sap::no_request(analysis),
        trace::none(analysis),
        trace::too_old(analysis),
        trace::cut_off(analysis),
        trace::no_reason(analysis),
        trace::not_seen(analysis),
        relay::not_seen(analysis),
        relay::unlogged(analysis),
        sap::no_dialogue(analysis),
        sap::still_waiting(analysis),
    ];
    all.into_iter().flatten().chain(sap::cut_off(analysis)).collect()
}

/// Sources of SAP whose times are mere wall times: no file, link or option tells their zone.
pub(super) fn zone_assumed(analysis: &Analysis) -> impl Iterator<Item = &Source> {
    let clocks = analysis.reading.sources.iter().zip(&analysis.alignment.clocks);
    let inside = |source: &Source| matches!(source.hop, Hop::Sap | Hop::Icm);
    clocks.filter(move |(source, clock)| inside(source) && clock.basis == ZoneBasis::Assumed).map(|(source, _)| source)
}

/// Whether the journeys stand on such times: those of SAP's exports, or of its traces where there is no export.
pub(super) fn sap_zone_assumed(analysis: &Analysis) -> bool {
    let first = if sources(analysis, Hop::Sap).next().is_some() { Hop::Sap } else { Hop::Icm };
    zone_assumed(analysis).any(|source| source.hop == first)
}

fn sources(analysis: &Analysis, hop: Hop) -> impl Iterator<Item = &Source> {
    analysis.reading.sources.iter().filter(move |source| source.hop == hop && !source.context)
}

/// `1 mail`, `2 mails`.
fn mails(count: usize) -> String {
    if count == 1 { "1 mail".to_owned() } else { format!("{count} mails") }
}

/// First and last time of journeys, with some time on either side.
fn window<'a>(journeys: impl Iterator<Item = &'a Journey>, beside: Millis) -> Option<(Millis, Millis)> {
    let times: Vec<Millis> = journeys.filter_map(|j| j.submitted_at.or_else(|| j.time())).collect();
    Some((times.iter().min()? - beside, times.iter().max()? + beside))
}

/// A window of SAP's wall time as UTC: wide enough for every zone while none is known.
fn in_any_zone(analysis: &Analysis, (from, to): (Millis, Millis)) -> (Millis, Millis, &'static str) {
    if sap_zone_assumed(analysis) {
        (from - 14 * HOUR, to + 12 * HOUR, "; wide, because SAP's zone is unknown: --zone sap=ZONE narrows it")
    } else {
        (from, to, "")
    }
}
