//! The clock of each source: its zone, how that is known, and how far it is off.

use super::anchors::Anchor;
use super::fit::{self, Rate};
use super::night::{self, Night};
use super::zone::Zone;
use crate::evidence::{Fold, Hop, MINUTE, Millis, Span, ZoneBasis};
use crate::source::Source;
use std::collections::BTreeSet;

/// A drift below this is the way of the mail, not the clock.
const DRIFT_FLOOR: Millis = 30_000;
/// A drift beyond this is another zone's.
const OTHER_ZONE: Millis = 10 * MINUTE;
/// Fewer anchors than this settle no drift.
const DRIFT_ANCHORS: usize = 3;

/// How a source's times become UTC.
#[derive(Clone, Debug)]
pub struct Clock {
    /// Zone of its times.
    pub zone: Zone,
    /// How the zone is known.
    pub basis: ZoneBasis,
    /// Median of UTC minus the zone's reading over the anchors; a clock that is late shows a positive value.
    pub drift_ms: Millis,
    /// Median distance of the anchors from that.
    pub spread_ms: Millis,
    /// Anchors that agree.
    pub anchors: usize,
    /// How fast it goes astray; none for most clocks.
    pub rate: Rate,
    /// How it shows the hour that autumn has twice.
    pub night: Night,
    /// In words where the zone comes from.
    pub why: String,
}

impl Clock {
    fn new(zone: Zone, basis: ZoneBasis, why: impl Into<String>) -> Self {
        Self { zone, basis, drift_ms: 0, spread_ms: 0, anchors: 0, rate: Rate::default(), night: Night::default(), why: why.into() }
    }

    /// The part of the drift that is corrected: small ones are the mail's own way, and what the user says of the zone is
    /// not undone by a large one.
    #[must_use]
    pub fn correction(&self) -> Millis {
        let sure = self.anchors >= DRIFT_ANCHORS && self.drift_ms.abs() > DRIFT_FLOOR;
        if sure && !self.contradicted() { self.drift_ms } else { 0 }
    }

    /// The part of the drift that is not corrected: what lies between a time of the source and the arrival.
    #[must_use]
    pub fn lag(&self) -> Millis {
        if self.anchors >= DRIFT_ANCHORS && !self.contradicted() { self.drift_ms - self.correction() } else { 0 }
    }

    /// Whether the links speak against the zone that the user named.
    #[must_use]
    pub fn contradicted(&self) -> bool {
        self.basis == ZoneBasis::Explicit && self.anchors >= DRIFT_ANCHORS && self.drift_ms.abs() > OTHER_ZONE
    }

    /// UTC interval of a local one. In the doubled hour, unless the file tells which of the two it is, the interval
    /// holds both readings, and with them the times of a clock that stretches the hour; one that is known to stretch it
    /// has a reading of its own.
    #[must_use]
    pub fn utc(&self, local: Span, fold: Fold) -> Span {
        let moved = self.correction() + self.rate.at(local.middle());
        if fold == Fold::Unknown && self.night == Night::Stretched {
            let (from, to) = (night::stretched(self.zone, local.from), night::stretched(self.zone, local.to));
            return Span { from, to: to.max(from) }.shifted(moved);
        }
        let (from, to) = (self.zone.readings(local.from), self.zone.readings(local.to));
        let (from, to) = match fold {
            Fold::First => (local.from - from.first, local.to - to.first),
            Fold::Second => (local.from - from.second, local.to - to.second),
            Fold::Unknown => (local.from - from.first.max(from.second), local.to - to.first.min(to.second)),
        };
        Span { from, to: to.max(from) }.shifted(moved)
    }
}

/// Settles the clock of each source.
pub fn settle(sources: &[Source], zones: &[(String, Zone)], anchors: &[Vec<Anchor>]) -> Vec<Clock> {
    let none = Vec::new();
    let mut clocks: Vec<Option<Clock>> =
        sources.iter().enumerate().map(|(at, source)| own_clock(source, zones, anchors.get(at).unwrap_or(&none))).collect();
    adopt(sources, &mut clocks);
    clocks
        .into_iter()
        .map(|clock| clock.unwrap_or_else(|| Clock::new(Zone::UTC, ZoneBasis::Assumed, "nothing: name it with --zone")))
        .collect()
}

fn own_clock(source: &Source, zones: &[(String, Zone)], anchors: &[Anchor]) -> Option<Clock> {
    let named = zones.iter().find(|(name, _)| *name == source.label).or_else(|| zones.iter().find(|(name, _)| name == source.hop.word()));
    let mut clock = if let Some((name, zone)) = named {
        Clock::new(*zone, ZoneBasis::Explicit, format!("--zone {name}"))
    } else if let Some(minutes) = source.offset {
        let zone = Zone::Fixed(minutes);
        Clock::new(
            zone,
            ZoneBasis::Explicit,
            format!("the header, which names {zone}; where that is the name of a region with summer time, give the region with --zone"),
        )
    } else if source.utc {
        return Some(Clock::new(Zone::UTC, ZoneBasis::File, "the file, which states UTC"));
    } else {
        let zone = fit::best_zone(anchors)?;
        Clock::new(zone, ZoneBasis::Inferred, from_others(anchors.len()))
    };
    let drifting = fit::rate(clock.zone, anchors);
    clock.rate = drifting.map_or_else(Rate::default, |(rate, _)| rate);
    let fit = drifting.map_or_else(|| fit::residuals(clock.zone, anchors), |(_, fit)| fit);
    (clock.drift_ms, clock.spread_ms, clock.anchors) = (fit.median, fit.spread, fit.inliers);
    // The kernel's traces repeat the hour, and show it by their order.
    if source.hop == Hop::Sap {
        let late: Vec<Anchor> = anchors.iter().map(|anchor| Anchor { utc: anchor.utc.shifted(-clock.drift_ms), ..*anchor }).collect();
        let (night, mails) = night::settle(clock.zone, &late);
        clock.night = night;
        if night == Night::Stretched {
            clock.why = format!("{}; the hour that the clocks went back in is shown once, at half speed, as {mails} mails tell", clock.why);
        }
    }
    if clock.contradicted() {
        let other = fit::best_zone(anchors).map_or_else(|| "another zone".to_owned(), |zone| zone.to_string());
        clock.why = format!("{}, which {} mails seen in other logs contradict: they say {other}", clock.why, clock.anchors);
    }
    Some(clock)
}

fn from_others(mails: usize) -> String {
    let doubt = if mails < DRIFT_ANCHORS { "; too few to be sure, name the zone with --zone" } else { "" };
    format!("{mails} {} seen in other logs{doubt}", if mails == 1 { "mail" } else { "mails" })
}

/// SAP's list and the traces of its servers stand on the same wall clock: one that has no anchors of its own takes
/// the zone of another of the same system.
fn adopt(sources: &[Source], clocks: &mut [Option<Clock>]) {
    let inside = |source: &Source| matches!(source.hop, Hop::Sap | Hop::Icm);
    let systems: BTreeSet<&str> =
        sources.iter().filter(|s| inside(s)).map(|s| s.landscape.system.as_str()).filter(|s| !s.is_empty()).collect();
    let same = |a: &Source, b: &Source| {
        let (a, b) = (&a.landscape.system, &b.landscape.system);
        // A file that names no system is of the only one there is.
        if a.is_empty() || b.is_empty() { systems.len() <= 1 } else { a == b }
    };
    let known: Vec<(usize, Clock)> = clocks.iter().enumerate().filter_map(|(at, clock)| Some((at, clock.clone()?))).collect();
    for (at, source) in sources.iter().enumerate().filter(|(_, s)| inside(s)) {
        if clocks[at].is_some() {
            continue;
        }
        let holds = |other: &Source, zone: Zone| other.span.zip(source.span).is_none_or(|(there, here)| fit::holds(zone, there, here));
        let lender = known
            .iter()
            .filter(|(other, clock)| inside(&sources[*other]) && same(source, &sources[*other]) && holds(&sources[*other], clock.zone))
            .max_by_key(|(other, clock)| (clock.anchors, usize::MAX - other));
        if let Some((other, clock)) = lender {
            let why = format!("the same system's {}", sources[*other].label);
            clocks[at] = Some(Clock::new(clock.zone, ZoneBasis::Inferred, why));
        }
    }
}
