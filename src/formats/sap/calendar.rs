//! Calendars other than the Gregorian that a user master may ask for (DATFM 7 to 9 and A to C; sost.md section 1.4 f).
//!
//! Assumed: how SAP writes eras; which calendar a year is of, by the years in which mails were sent; that the months of
//! the Islamic ones are those of the tabular calendar, from which a sighted one differs by a day.

use calendrical_calculations::islamic::{ISLAMIC_EPOCH_FRIDAY, fixed_from_tabular_islamic, tabular_islamic_from_fixed};
use calendrical_calculations::persian::{fast_persian_from_fixed, fixed_from_fast_persian};
use chrono::NaiveDate;

/// Eras by initial and name, with the year before their first one.
const ERAS: &[(&str, u32)] = &[("R", 2018), ("令和", 2018), ("H", 1988), ("平成", 1988), ("S", 1925), ("昭和", 1925)];
/// 2001 to 2041.
const IRANIAN: std::ops::RangeInclusive<i32> = 1380..=1419;
/// 2004 to 2076.
const ISLAMIC: std::ops::RangeInclusive<i32> = 1425..=1499;

/// What is said where dates of a calendar were converted.
pub fn doubt(year: u32) -> Option<&'static str> {
    let year = i32::try_from(year).ok()?;
    if IRANIAN.contains(&year) {
        return Some("dates of the Iranian calendar are converted: a guess from their years, check them");
    }
    ISLAMIC.contains(&year).then_some(
        "dates of the Islamic calendar are converted by its tables and may be a day off: choose another date format (SU3) and export again where days matter",
    )
}

/// A date of the Iranian or an Islamic calendar; `None` for other years and days that do not exist.
pub fn converted(year: u32, month: u32, day: u32) -> Option<NaiveDate> {
    let (year, month, day) = (i32::try_from(year).ok()?, u8::try_from(month).ok()?, u8::try_from(day).ok()?);
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    let fixed = if IRANIAN.contains(&year) {
        let fixed = fixed_from_fast_persian(year, month, day);
        (fast_persian_from_fixed(fixed).ok()? == (year, month, day)).then_some(fixed)
    } else if ISLAMIC.contains(&year) {
        let fixed = fixed_from_tabular_islamic(year, month, day, ISLAMIC_EPOCH_FRIDAY);
        // The last month of a sighted year may have a day more than that of the tables.
        let real = tabular_islamic_from_fixed(fixed, ISLAMIC_EPOCH_FRIDAY) == (year, month, day);
        (real || day == 30).then_some(fixed)
    } else {
        None
    };
    NaiveDate::from_num_days_from_ce_opt(i32::try_from(fixed?.to_i64_date()).ok()?)
}

/// The Gregorian year of a date with an era, and what stands behind the era.
pub fn era(text: &str) -> Option<(&str, u32)> {
    let (rest, before) = ERAS.iter().find_map(|(name, before)| Some((text.strip_prefix(name)?, before)))?;
    Some((rest.trim_start(), *before))
}

#[cfg(test)]
mod tests {
    use super::converted;

    #[test]
    fn iranian_and_islamic_days() {
        let rows = [
            // Nowruz, the day of the equinox.
            ((1404, 1, 1), "2025-03-21"),
            ((1405, 1, 1), "2026-03-21"),
            ((1404, 12, 19), "2026-03-10"),
            // Ramadan and the new year of the tabular calendar.
            ((1447, 9, 20), "2026-03-09"),
            ((1448, 1, 1), "2026-06-17"),
        ];
        for ((year, month, day), want) in rows {
            assert_eq!(converted(year, month, day).map(|date| date.to_string()).as_deref(), Some(want), "{year}-{month}-{day}");
        }
        for (year, month, day) in [(1404, 13, 1), (1404, 12, 30), (1404, 1, 32), (1447, 0, 1), (1447, 9, 31), (2026, 3, 10), (508, 3, 10)] {
            assert_eq!(converted(year, month, day), None, "{year}-{month}-{day}");
        }
    }
}
