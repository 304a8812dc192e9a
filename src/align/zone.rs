//! Time zones as users and files name them.

use crate::evidence::{MINUTE, Millis};
use chrono::{DateTime, MappedLocalTime, NaiveDateTime, Offset, TimeZone};
use chrono_tz::Tz;
use std::fmt;
use std::str::FromStr;

/// A zone: one offset, or the rules of a region.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Zone {
    /// Minutes east of UTC.
    Fixed(i32),
    /// Region of the IANA database.
    Region(Tz),
}

/// Offsets from UTC that a local time may have: one, or two in the doubled hour (the earlier reading first).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Readings {
    /// Offset of the earlier reading, milliseconds.
    pub first: Millis,
    /// Offset of the later reading; the same outside the doubled hour.
    pub second: Millis,
}

impl Zone {
    /// UTC itself.
    pub const UTC: Self = Self::Fixed(0);

    /// Offsets that hold at a local time.
    #[must_use]
    pub fn readings(&self, local: Millis) -> Readings {
        match self {
            Self::Fixed(minutes) => {
                let offset = Millis::from(*minutes) * MINUTE;
                Readings { first: offset, second: offset }
            }
            Self::Region(tz) => region_readings(*tz, local),
        }
    }
}

fn region_readings(tz: Tz, local: Millis) -> Readings {
    let millis = |offset: chrono::FixedOffset| Millis::from(offset.local_minus_utc()) * 1000;
    let Some(naive) = DateTime::from_timestamp_millis(local).map(|t| t.naive_utc()) else {
        return Readings { first: 0, second: 0 };
    };
    match tz.offset_from_local_datetime(&naive) {
        MappedLocalTime::Single(one) => Readings { first: millis(one.fix()), second: millis(one.fix()) },
        MappedLocalTime::Ambiguous(first, second) => Readings { first: millis(first.fix()), second: millis(second.fix()) },
        // The hour that spring skips: the clock had not been set yet.
        MappedLocalTime::None => before_gap(tz, naive, millis),
    }
}

fn before_gap(tz: Tz, naive: NaiveDateTime, millis: impl Fn(chrono::FixedOffset) -> Millis) -> Readings {
    let earlier = naive - chrono::Duration::hours(3);
    let offset = tz.offset_from_local_datetime(&earlier).earliest().map_or(0, |offset| millis(offset.fix()));
    Readings { first: offset, second: offset }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fixed(0) => f.write_str("UTC"),
            Self::Fixed(minutes) => {
                let sign = if *minutes < 0 { '-' } else { '+' };
                write!(f, "UTC{sign}{:02}:{:02}", minutes.abs() / 60, minutes.abs() % 60)
            }
            Self::Region(tz) => f.write_str(tz.name()),
        }
    }
}

impl FromStr for Zone {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if text.eq_ignore_ascii_case("utc") || text == "Z" {
            return Ok(Self::UTC);
        }
        if let Some(minutes) = offset_minutes(text) {
            return Ok(Self::Fixed(minutes));
        }
        let region = chrono_tz::TZ_VARIANTS.iter().find(|tz| tz.name().eq_ignore_ascii_case(text));
        region.map(|tz| Self::Region(*tz)).ok_or_else(|| nearest(text))
    }
}

fn nearest(text: &str) -> String {
    let near = chrono_tz::TZ_VARIANTS
        .iter()
        .map(|tz| (strsim::jaro_winkler(&tz.name().to_lowercase(), &text.to_lowercase()), tz.name()))
        .max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(a.1)));
    let hint = near.map_or("", |(_, name)| name);
    format!("no such zone; give a region such as Europe/Berlin, an offset such as +01:00, or UTC (nearest name: {hint})")
}

/// Minutes of `+01:00`, `-0530`, `UTC+1`.
fn offset_minutes(text: &str) -> Option<i32> {
    let text = text.strip_prefix("UTC").or_else(|| text.strip_prefix("utc")).unwrap_or(text);
    let (sign, digits) = match text.as_bytes().first()? {
        b'+' => (1, &text[1..]),
        b'-' => (-1, &text[1..]),
        _ => return None,
    };
    let (hours, minutes) = match digits.split_once(':') {
        Some(parts) => parts,
        None if digits.len() == 4 && digits.is_ascii() => digits.split_at(2),
        None => (digits, "0"),
    };
    let (hours, minutes): (i32, i32) = (hours.parse().ok()?, minutes.parse().ok()?);
    ((0..=14).contains(&hours) && (0..60).contains(&minutes)).then_some(sign * (hours * 60 + minutes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_and_prints_zones() {
        for (text, shown) in [("+01:00", "UTC+01:00"), ("-0530", "UTC-05:30"), ("utc", "UTC"), ("europe/berlin", "Europe/Berlin")] {
            assert_eq!(text.parse::<Zone>().unwrap().to_string(), shown);
        }
        assert!("Europe/Berlim".parse::<Zone>().unwrap_err().contains("Europe/Berlin"));
        assert!("+25:00".parse::<Zone>().is_err());
    }

    #[test]
    fn the_doubled_hour_has_two_readings() {
        let berlin: Zone = "Europe/Berlin".parse().unwrap();
        let local = 1_761_445_800_000; // 2025-10-26 02:30 on the wall
        let readings = berlin.readings(local);
        assert_eq!((readings.first / MINUTE, readings.second / MINUTE), (120, 60));
    }
}
