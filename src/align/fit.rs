//! Which zone explains the anchors of a source.

use super::anchors::Anchor;
use super::zone::Zone;
use crate::evidence::{Fold, HOUR, MINUTE, Millis, Span};
use chrono_tz::Tz;

/// An anchor this far from the median does not agree.
const AGREE: Millis = 5 * MINUTE;
/// Anchors of the first and of the last third of a span that tell a rate.
const FEW_OF_A_THIRD: usize = 5;
/// A clock that goes astray by less than this in the whole span runs well.
const TELLING: Millis = 3000;
/// Milliseconds of a day.
const DAY: Millis = 24 * HOUR;
/// A median beyond this belongs to the next quarter hour's offset.
const NEAR: Millis = 7 * MINUTE + 30_000;

/// One region for each rule of changing clocks; they are needed only where anchors lie on both sides of a change.
const REGIONS: &[Tz] = &[
    Tz::Europe__Berlin,
    Tz::Europe__London,
    Tz::Europe__Athens,
    Tz::America__New_York,
    Tz::America__Chicago,
    Tz::America__Denver,
    Tz::America__Los_Angeles,
    Tz::America__Halifax,
    Tz::America__St_Johns,
    Tz::America__Santiago,
    Tz::Africa__Cairo,
    Tz::Asia__Jerusalem,
    Tz::Australia__Sydney,
    Tz::Australia__Adelaide,
    Tz::Pacific__Auckland,
];

/// How well a zone explains anchors.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Fit {
    /// Anchors that agree with the median.
    pub inliers: usize,
    /// Median of UTC minus reading, milliseconds.
    pub median: Millis,
    /// Median distance from that.
    pub spread: Millis,
}

/// Residuals of a zone.
pub fn residuals(zone: Zone, anchors: &[Anchor]) -> Fit {
    spread(anchors.iter().map(|anchor| residual(zone, anchor)).collect())
}

/// How a clock that runs fast or slow departs from its zone.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Rate {
    /// Milliseconds that UTC minus the reading grows by in a day.
    pub per_day: Millis,
    /// Local time at which the offset is the median one.
    pub pivot: Millis,
}

impl Rate {
    /// What the clock has gone astray since the pivot.
    #[must_use]
    pub fn at(&self, local: Millis) -> Millis {
        // Days of years times milliseconds of a day stay far below the limit.
        (local - self.pivot).saturating_mul(self.per_day) / DAY
    }
}

/// The rate that anchors of several days show, and the residuals that are left: the medians of the first and the last
/// third tell it, and it must explain more than it leaves.
pub fn rate(zone: Zone, anchors: &[Anchor]) -> Option<(Rate, Fit)> {
    let mut points: Vec<(Millis, Millis)> = anchors.iter().map(|anchor| (anchor.local.middle(), residual(zone, anchor))).collect();
    points.sort_unstable();
    let third = points.len() / 3;
    let (Some(begin), Some(end)) = (points.get(..third), points.get(points.len() - third..)) else { return None };
    if third < FEW_OF_A_THIRD {
        return None;
    }
    let times = |part: &[(Millis, Millis)]| middle(&mut part.iter().map(|(at, _)| *at).collect::<Vec<_>>());
    let values = |part: &[(Millis, Millis)]| middle(&mut part.iter().map(|(_, value)| *value).collect::<Vec<_>>());
    let (elapsed, grown) = (times(end) - times(begin), values(end) - values(begin));
    if elapsed < DAY || grown.abs() < TELLING {
        return None;
    }
    let rate = Rate { per_day: grown.saturating_mul(DAY) / elapsed, pivot: times(&points) };
    let left = spread(points.iter().map(|(at, value)| value - rate.at(*at)).collect());
    let before = spread(points.iter().map(|(_, value)| *value).collect());
    (left.spread * 2 < before.spread && left.inliers >= before.inliers).then_some((rate, left))
}

fn spread(mut values: Vec<Millis>) -> Fit {
    let median = middle(&mut values);
    let mut distances: Vec<Millis> = values.iter().map(|value| (value - median).abs()).collect();
    let inliers = distances.iter().filter(|distance| **distance <= AGREE).count();
    Fit { inliers, median, spread: middle(&mut distances) }
}

fn middle(values: &mut [Millis]) -> Millis {
    values.sort_unstable();
    values.get(values.len() / 2).copied().unwrap_or(0)
}

/// Gap between the reading and the known time, 0 when they overlap; of two readings the nearer one.
fn residual(zone: Zone, anchor: &Anchor) -> Millis {
    let readings = zone.readings(anchor.local.middle());
    let gap = |offset: Millis| {
        let read = anchor.local.shifted(-offset);
        if anchor.utc.from > read.to {
            anchor.utc.from - read.to
        } else if anchor.utc.to < read.from {
            anchor.utc.to - read.from
        } else {
            0
        }
    };
    let (first, second) = (gap(readings.first), gap(readings.second));
    match anchor.fold {
        Fold::First => first,
        Fold::Second => second,
        Fold::Unknown if readings.first == readings.second => first,
        // ABAP may stretch the doubled hour, so that anything between both readings is right.
        Fold::Unknown if first >= 0 && second <= 0 => 0,
        Fold::Unknown => [first, second].into_iter().min_by_key(|gap| gap.abs()).unwrap_or(0),
    }
}

/// The zone with the most agreeing anchors; of equals one that has the hour twice that a file shows twice, else the
/// simplest. `None` without enough agreement. A few anchors may
/// agree by chance (a mail that waited half an hour), so they settle whole hours only.
pub fn best_zone(anchors: &[Anchor]) -> Option<Zone> {
    const FEW: usize = 3;
    let mut offsets: Vec<i32> = (-48..=56).map(|quarter| quarter * 15).collect();
    offsets.retain(|minutes| anchors.len() >= FEW || minutes % 60 == 0);
    offsets.sort_by_key(|minutes| (minutes % 60 != 0, minutes.abs(), *minutes));
    let fixed = offsets.into_iter().map(Zone::Fixed);
    let candidates = fixed.chain(REGIONS.iter().map(|tz| Zone::Region(*tz)));
    let mut best: Option<(Zone, (usize, usize))> = None;
    for zone in candidates {
        let fit = residuals(zone, anchors);
        let rank = (fit.inliers, turns(zone, anchors));
        if fit.median.abs() <= NEAR && best.is_none_or(|(_, known)| rank > known) {
            best = Some((zone, rank));
        }
    }
    let (zone, (inliers, _)) = best?;
    (inliers * 2 > anchors.len()).then_some(zone)
}

/// Anchors of which the file itself shows that their hour came twice, where the zone says so too.
fn turns(zone: Zone, anchors: &[Anchor]) -> usize {
    let twice = |anchor: &&Anchor| {
        let readings = zone.readings(anchor.local.middle());
        anchor.fold != Fold::Unknown && readings.first != readings.second
    };
    anchors.iter().filter(twice).count()
}

/// Whether a zone that was found in one span may be used in another: a fixed offset only when no region that has it
/// there has changed its clocks in between.
pub fn holds(zone: Zone, there: Span, here: Span) -> bool {
    let Zone::Fixed(_) = zone else { return true };
    let offset = |zone: Zone, at: Span| zone.readings(at.middle()).first;
    let like = REGIONS.iter().map(|tz| Zone::Region(*tz)).filter(|region| offset(*region, there) == offset(zone, there));
    like.into_iter().all(|region| offset(region, here) == offset(zone, here))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::HOUR;

    fn anchors(zone: Zone, at: &[Millis], late: Millis) -> Vec<Anchor> {
        let local = |utc: Millis| {
            (0..3).map(|n| utc + n * HOUR).find(|l| l - zone.readings(*l).first == utc || l - zone.readings(*l).second == utc)
        };
        at.iter()
            .map(|utc| Anchor { local: Span::second(local(*utc).unwrap_or(*utc) - late), utc: Span::second(*utc), fold: Fold::Unknown })
            .collect()
    }

    #[test]
    fn a_shifted_clock_shifts_the_estimate() {
        let zone = Zone::Fixed(60);
        let at: Vec<Millis> = (0..20).map(|n| n * 17 * MINUTE).collect();
        let base = residuals(zone, &anchors(zone, &at, 0));
        let late = residuals(zone, &anchors(zone, &at, 3 * MINUTE));
        // One second of the source's own precision stands between both.
        assert!((late.median - base.median - 3 * MINUTE).abs() <= 1000);
        assert_eq!(best_zone(&anchors(zone, &at, 3 * MINUTE)), Some(zone));
    }

    #[test]
    fn a_fixed_offset_is_not_lent_across_a_change_of_clocks() {
        let day =
            |date: &str| Span::instant(format!("{date}T12:00:00Z").parse::<chrono::DateTime<chrono::Utc>>().unwrap().timestamp_millis());
        let (winter, spring) = (day("2026-03-10"), day("2026-04-14"));
        assert!(holds(Zone::Fixed(60), winter, day("2026-03-12")));
        assert!(!holds(Zone::Fixed(120), spring, winter));
        assert!(holds(Zone::Region(Tz::Europe__Berlin), spring, winter));
    }

    #[test]
    fn an_hour_that_a_file_shows_twice_finds_the_region() {
        let half_past = 1_761_445_800_000; // 2025-10-26 02:30 on the wall
        let of = |fold, offset| Anchor { local: Span::second(half_past), utc: Span::second(half_past - offset * HOUR), fold };
        let rows = [
            (Fold::First, 2, Zone::Region(Tz::Europe__Berlin)),
            (Fold::Second, 1, Zone::Region(Tz::Europe__Berlin)),
            (Fold::Unknown, 1, Zone::Fixed(60)),
            // No region that is known turns there.
            (Fold::Second, 5, Zone::Fixed(300)),
        ];
        for (fold, offset, want) in rows {
            assert_eq!(best_zone(&[of(fold, offset)]), Some(want), "{fold:?} {offset}");
        }
    }

    #[test]
    fn anchors_on_both_sides_of_a_change_find_the_region() {
        let berlin = Zone::Region(Tz::Europe__Berlin);
        let change = 1_761_440_400_000; // 2025-10-26T01:00Z
        let at: Vec<Millis> = (-10..10).map(|n| change + n * 2 * HOUR + 5 * MINUTE).collect();
        assert_eq!(best_zone(&anchors(berlin, &at, 0)), Some(berlin));
    }
}
