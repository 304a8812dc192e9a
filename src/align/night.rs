//! The night in which the clocks go back, on a clock that does not show its hour twice: ABAP lets it run at half speed
//! through both by default (`zdate/DSTswitch_contloctime`; icm.md section 8), unless the site has switched that off.

use super::anchors::Anchor;
use super::zone::Zone;
use crate::evidence::{Fold, MINUTE, Millis, Span};

/// An anchor this near to a reading speaks for it, with the way of the mail from SAP's status to the arrival.
const NEAR: Millis = 2 * MINUTE;
/// Fewer anchors than this may meet a reading by chance.
const ENOUGH: usize = 3;

/// How a clock shows the two hours.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Night {
    /// Nothing tells: a time of that hour may be of either, or of any moment in between.
    #[default]
    Unknown,
    /// One after the other.
    Repeated,
    /// As one, at half speed.
    Stretched,
}

/// UTC of a local time on a clock that stretches the hour.
pub fn stretched(zone: Zone, local: Millis) -> Millis {
    let readings = zone.readings(local);
    let doubled = readings.first - readings.second;
    if doubled <= 0 {
        return local - readings.first;
    }
    // The hour begins at the first local time with two readings.
    let (mut before, mut inside) = (local - doubled, local);
    while inside - before > 1 {
        let middle = before + (inside - before) / 2;
        let other = zone.readings(middle);
        if other.first == other.second {
            before = middle;
        } else {
            inside = middle;
        }
    }
    let begin = if zone.readings(before).first == zone.readings(before).second { inside } else { before };
    local - readings.first + (local - begin)
}

/// Which way of showing the hour most of the anchors in it tell, with their number.
pub fn settle(zone: Zone, anchors: &[Anchor]) -> (Night, usize) {
    let (mut once, mut twice) = (0, 0);
    for anchor in anchors.iter().filter(|anchor| anchor.fold == Fold::Unknown) {
        let (local, readings) = (anchor.local.middle(), zone.readings(anchor.local.middle()));
        if readings.first == readings.second {
            continue;
        }
        let near = |at: Millis| Span::instant(at).distance(anchor.utc) <= NEAR;
        let (one, two) = (near(stretched(zone, local)), near(local - readings.first) || near(local - readings.second));
        once += usize::from(one && !two);
        twice += usize::from(two && !one);
    }
    match (once, twice) {
        (once, twice) if once >= ENOUGH && once > 4 * twice => (Night::Stretched, once),
        (once, twice) if twice >= ENOUGH && twice > 4 * once => (Night::Repeated, twice),
        _ => (Night::Unknown, 0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::HOUR;

    /// 2025-10-26 02:00 on the wall in Berlin, for the first time: 00:00 UTC.
    const TWO: Millis = 1_761_444_000_000;

    fn berlin() -> Zone {
        "Europe/Berlin".parse().unwrap()
    }

    fn anchor(local: Millis, utc: Millis) -> Anchor {
        Anchor { local: Span::second(local), utc: Span::instant(utc), fold: Fold::Unknown }
    }

    #[test]
    fn the_hour_runs_at_half_speed() {
        let midnight = TWO - 2 * HOUR;
        for (minutes, utc) in [(-30, -30), (0, 0), (15, 30), (30, 60), (45, 90), (59, 118), (60, 120), (90, 150)] {
            assert_eq!(stretched(berlin(), TWO + minutes * MINUTE), midnight + utc * MINUTE, "{minutes}");
        }
        assert_eq!(stretched(Zone::Fixed(60), TWO), TWO - HOUR);
    }

    #[test]
    fn mails_of_the_hour_tell_how_it_was_shown() {
        let midnight = TWO - 2 * HOUR;
        let minutes = [10, 20, 30, 40, 50];
        let of = |utc: &dyn Fn(Millis) -> Millis| {
            let anchors = minutes.map(|minute| anchor(TWO + minute * MINUTE, midnight + utc(minute) * MINUTE));
            settle(berlin(), &anchors)
        };
        assert_eq!(of(&|minute| 2 * minute), (Night::Stretched, 5));
        assert_eq!(of(&|minute| minute), (Night::Repeated, 5));
        assert_eq!(of(&|minute| minute + 60), (Night::Repeated, 5));
        assert_eq!(of(&|minute| minute + 20 + minute % 20), (Night::Unknown, 0));
        assert_eq!(settle(berlin(), &[anchor(TWO + 30 * MINUTE, midnight + HOUR)]), (Night::Unknown, 0));
    }
}
