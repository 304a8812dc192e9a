//! Dates and times in the forms of the SAP user master (sost.md section 1.4 f).

use chrono::{NaiveDate, NaiveTime};
use nom::character::complete::{digit1, one_of};
use nom::combinator::map_res;
use nom::{IResult, Parser};

/// Order of day and month where the year comes last.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Order {
    /// `12/31/2026`.
    MonthFirst,
    /// `31/12/2026`, against the form of the user master, when the column leaves no other reading.
    DayFirst,
}

/// Order that a whole column of dates allows, and whether both would.
pub fn order<'a>(dates: impl Iterator<Item = &'a str>) -> (Order, bool) {
    let (mut month_first, mut day_first, mut any) = (true, true, false);
    for (first, separator, second, third) in dates.filter_map(|date| parts(date).ok().map(|(_, parts)| parts)) {
        if separator == '.' || first > 31 || third < 100 {
            continue;
        }
        any = true;
        month_first &= first <= 12;
        day_first &= second <= 12;
    }
    let order = if !month_first && day_first { Order::DayFirst } else { Order::MonthFirst };
    (order, any && month_first && day_first)
}

fn number(input: &str) -> IResult<&str, u32> {
    map_res(digit1, str::parse).parse(input)
}

/// First number, separator, second and third number.
fn parts(input: &str) -> IResult<&str, (u32, char, u32, u32)> {
    let (rest, (first, separator, second, _, third)) = (number, one_of("./-"), number, one_of("./-"), number).parse(input)?;
    Ok((rest, (first, separator, second, third)))
}

/// A date; `None` for blanks, `00.00.0000` and nonsense.
pub fn date(text: &str, order: Order) -> Option<NaiveDate> {
    let text = text.trim();
    if text.len() == 8 && text.bytes().all(|b| b.is_ascii_digit()) {
        return NaiveDate::parse_from_str(text, "%Y%m%d").ok();
    }
    let ("", (first, separator, second, third)) = parts(text).ok()? else { return None };
    let (year, month, day) = match (separator, order) {
        _ if first > 31 => (first, second, third),
        ('.', _) | (_, Order::DayFirst) => (third, second, first),
        (_, Order::MonthFirst) => (third, first, second),
    };
    NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)
}

/// Seconds since midnight; `24:00:00` is the end of the day.
pub fn time(text: &str) -> Option<i64> {
    let text = text.trim();
    if matches!(text, "24:00:00" | "240000") {
        return Some(24 * 3600);
    }
    let upper = text.to_ascii_uppercase();
    let formats = ["%H:%M:%S", "%I:%M:%S %p", "%H%M%S", "%H:%M"];
    let parsed = formats.iter().find_map(|format| NaiveTime::parse_from_str(&upper, format).ok())?;
    Some((parsed - NaiveTime::MIN).num_seconds())
}

/// Milliseconds of a date and a time on the clock they were written by; midnight when the time is missing.
pub fn millis(day: &str, clock: &str, order: Order) -> Option<i64> {
    let midnight = date(day, order)?.and_time(NaiveTime::MIN).and_utc().timestamp_millis();
    Some(midnight + time(clock).unwrap_or(0) * 1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_the_user_master() {
        let want = NaiveDate::from_ymd_opt(2026, 3, 10);
        for text in ["10.03.2026", "03/10/2026", "03-10-2026", "2026.03.10", "2026/03/10", "2026-03-10", "20260310"] {
            assert_eq!(date(text, Order::MonthFirst), want, "{text}");
        }
        for text in ["00.00.0000", "", "00000000", "31.02.2026", "soon"] {
            assert_eq!(date(text, Order::MonthFirst), None, "{text}");
        }
        assert_eq!(order(["03/10/2026", "25/10/2026"].into_iter()), (Order::DayFirst, false));
        assert_eq!(order(["03/10/2026"].into_iter()), (Order::MonthFirst, true));
    }

    #[test]
    fn every_form_of_time() {
        for (text, want) in [("06:05:02", 21902), ("060502", 21902), ("06:05:02 PM", 65102), ("24:00:00", 86400)] {
            assert_eq!(time(text), Some(want), "{text}");
        }
        assert_eq!(time("25:00:00"), None);
    }
}
