//! Times of the message trace: ISO 8601, and what `Export-Csv` and Excel write in the culture of the person
//! (exchange.md section 1.1: `5/1/2025 2:49:11 PM`, `11.08.2026 09:47:13`, `dd/MM/yyyy HH:mm:ss`).
//!
//! Assumed, not seen: a year of two digits, a dot between hour and minute, a date without seconds.

use crate::evidence::{HOUR, Millis, Span};
use crate::formats::instant::{SENSIBLE, afternoon, iso, letters};
use chrono::NaiveDate;
use std::borrow::Cow;

/// A trace reaches back 90 days (exchange.md section 4); an order of day and month that makes it longer is wrong.
const LONGEST: Millis = 92 * 24 * HOUR;
/// Local times lie no further from the UTC of their id.
const NEAR: Millis = 15 * HOUR;

/// A time as written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stamp {
    /// It has one reading.
    Exact(Span),
    /// The year stands last: read with the day first, and with the month first.
    Either(Option<Span>, Option<Span>),
}

/// Order of day and month.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Order {
    DayFirst,
    MonthFirst,
}

/// Reads a time; `None` for anything else.
pub fn stamp(text: &str) -> Option<Stamp> {
    if let Some(millis) = text.strip_prefix("/Date(").and_then(|rest| rest.strip_suffix(")/")) {
        // OData version 2: milliseconds of UTC (exchange.md section 1.10).
        return millis.parse().ok().filter(|at| SENSIBLE.contains(at)).map(|at| Stamp::Exact(Span::instant(at)));
    }
    let first = text.as_bytes().first()?;
    if first.is_ascii_alphabetic() {
        return named(text).map(Stamp::Exact);
    }
    if !first.is_ascii_digit() {
        return None;
    }
    iso(text).map(|at| Stamp::Exact(Span::instant(at))).or_else(|| culture(text)).or_else(|| named(text).map(Stamp::Exact))
}

/// A time whose order of day and month is known.
pub fn at(text: &str, order: Option<Order>) -> Option<Span> {
    match (stamp(text)?, order) {
        (Stamp::Exact(at), _) => Some(at),
        (Stamp::Either(day, _), Some(Order::DayFirst)) => day,
        (Stamp::Either(_, month), Some(Order::MonthFirst)) => month,
        (Stamp::Either(..), None) => None,
    }
}

/// `10. 3. 2026 9:47` and `2026. 03. 10. 9:47`, as Czech and Hungarian write them, without the blanks.
fn tight(text: &str) -> Cow<'_, str> {
    let apart = |part: &str| part.starts_with(|c: char| c.is_ascii_digit());
    if !text.split(". ").skip(1).any(apart) {
        return Cow::Borrowed(text);
    }
    let parts: Vec<&str> = text.splitn(4, ". ").collect();
    match parts[..] {
        [year, month, day, clock] if year.len() == 4 => Cow::Owned(format!("{year}.{month}.{day} {clock}")),
        _ => Cow::Owned(text.replace(". ", ".")),
    }
}

fn culture(text: &str) -> Option<Stamp> {
    let text = tight(text);
    let (date, clock) = text.split_once(|c: char| c.is_whitespace() || c == ',')?;
    let mut parts = date.split(['.', '/', '-']).map(|part| part.parse::<u32>().ok());
    let (first, second, third) = (parts.next()??, parts.next()??, parts.next()??);
    // With hyphens, three short parts may also begin with the year.
    if parts.next().is_some() || date.contains('-') && third < 100 && first < 100 {
        return None;
    }
    let time = time(clock)?;
    let on = |year, month, day| on(year, month, day, time);
    if first > 31 {
        return on(first, second, third).map(Stamp::Exact);
    }
    match (on(third, second, first), on(third, first, second)) {
        (None, None) => None,
        (day, month) => Some(Stamp::Either(day, month)),
    }
}

fn on(year: u32, month: u32, day: u32, time: Span) -> Option<Span> {
    let year = i32::try_from(if year < 100 { year + 2000 } else { year }).ok()?;
    let midnight = NaiveDate::from_ymd_opt(year, month, day)?.and_hms_opt(0, 0, 0)?.and_utc().timestamp_millis();
    SENSIBLE.contains(&midnight).then(|| time.shifted(midnight))
}

/// `Jun 16, 2026 6:15:02 AM` and `16 June 2026 06:15`, as Defender's portal shows times (assumed: in English only).
fn named(text: &str) -> Option<Span> {
    let apart = |c: char| c.is_whitespace() || c == ',';
    let mut rest = text;
    let mut words = ["", "", ""];
    for word in &mut words {
        (*word, rest) = rest.split_once(apart)?;
        rest = rest.trim_start_matches(apart);
    }
    let [first, second, year] = words;
    let (name, day) = if first.starts_with(|c: char| c.is_ascii_digit()) { (second, first) } else { (first, second) };
    let begins = |month: &str| name.len() >= 3 && month.get(..name.len()).is_some_and(|head| head.eq_ignore_ascii_case(name));
    let month = (1..).zip(MONTHS).find(|(_, month)| begins(month)).map(|(number, _)| number)?;
    let year = year.parse().ok().filter(|_| year.len() == 4)?;
    on(year, month, day.parse().ok()?, time(rest)?)
}

const MONTHS: &[&str] =
    &["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];

/// Time of the day: a second, or a minute where the seconds are missing.
fn time(text: &str) -> Option<Span> {
    let letters = letters(text);
    let digits = text.trim_matches(|c: char| !c.is_ascii_digit());
    let mut fields = digits.split([':', '.']).map(|field| field.parse::<u32>().ok().map(i64::from));
    let (hour, minute, second) = (fields.next()??, fields.next()??, fields.next());
    let second = if let Some(second) = second { Some(second?) } else { None };
    let hour = match letters.as_str() {
        "" => hour,
        _ if !(1..=12).contains(&hour) => return None,
        half => hour % 12 + if afternoon(half)? { 12 } else { 0 },
    };
    if hour > 23 || minute > 59 || second.is_some_and(|second| second > 59) {
        return None;
    }
    let from = ((hour * 60 + minute) * 60 + second.unwrap_or(0)) * 1000;
    Some(Span { from, to: from + if second.is_some() { 999 } else { 59_999 } })
}

/// What speaks for one order of day and month.
#[derive(Default)]
struct Tally {
    impossible: usize,
    near: usize,
    span: Option<Span>,
}

impl Tally {
    fn add(&mut self, at: Option<Span>, utc: Option<Millis>) {
        let Some(at) = at else { return self.impossible += 1 };
        self.near += usize::from(utc.is_some_and(|utc| at.distance(Span::instant(utc)) <= NEAR));
        self.span = Some(self.span.map_or(at, |known| known.join(at)));
    }

    fn too_long(&self) -> bool {
        self.span.is_some_and(|span| span.to - span.from > LONGEST)
    }
}

/// All dates of a column: one person exported them, so one order holds.
#[derive(Default)]
pub struct Dates {
    day: Tally,
    month: Tally,
    dotted: bool,
    half_days: bool,
}

impl Dates {
    /// Looks at a date, beside the UTC that the row's own network message id tells.
    pub fn see(&mut self, text: &str, utc: Option<Millis>) {
        let Some(Stamp::Either(day, month)) = stamp(text) else { return };
        self.dotted |= text.split_whitespace().next().is_some_and(|date| date.contains('.'));
        self.half_days |= text.ends_with(['M', 'm', '.']);
        self.day.add(day, utc);
        self.month.add(month, utc);
    }

    /// The order, and the doubt that is left.
    pub fn settle(&self) -> (Order, Option<&'static str>) {
        let (day, month) = (&self.day, &self.month);
        let (order, other) = if day.near == month.near { self.by_values() } else { (day.near > month.near, None) };
        (if order { Order::DayFirst } else { Order::MonthFirst }, other)
    }

    /// Whether the day stands first, by the values alone.
    fn by_values(&self) -> (bool, Option<&'static str>) {
        let (day, month) = (&self.day, &self.month);
        if day.impossible > 0 && month.impossible > 0 {
            let doubt = "some dates fit day first only, others month first only: those that do not fit the rest are not read";
            return (day.impossible <= month.impossible, Some(doubt));
        }
        if day.impossible != month.impossible {
            return (day.impossible == 0, None);
        }
        if day.too_long() != month.too_long() {
            return (!day.too_long(), None);
        }
        if self.dotted || day.span == month.span {
            return (true, None);
        }
        if self.half_days {
            return (
                false,
                Some("dates are ambiguous: read month first, a guess from AM and PM; export again with MessageTraceId or as JSON"),
            );
        }
        (true, Some("dates are ambiguous: read day first, a guess from the 24 hours; export again with MessageTraceId or as JSON"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::day_time;

    #[test]
    fn times_in_every_culture() {
        let read = |text: &str, order| at(text, Some(order)).map(|span| day_time(span.from));
        let rows = [
            ("5/1/2025 2:49:11 PM", Order::MonthFirst, "2025-05-01 14:49:11"),
            ("5/1/2025 2:49:11\u{202f}PM", Order::MonthFirst, "2025-05-01 14:49:11"),
            ("1/5/2025 12:00:05 a.m.", Order::DayFirst, "2025-05-01 00:00:05"),
            ("11.08.2026 09:47:13", Order::DayFirst, "2026-08-11 09:47:13"),
            ("11. 8. 2026 9:47:13", Order::DayFirst, "2026-08-11 09:47:13"),
            ("2026. 08. 11. 9:47:13", Order::DayFirst, "2026-08-11 09:47:13"),
            ("11/8/2026 2:49:11 p. m.", Order::DayFirst, "2026-08-11 14:49:11"),
            ("2026/08/11 午後 2:49:11", Order::DayFirst, "2026-08-11 14:49:11"),
            ("2026-08-11 오전 2:49:11", Order::DayFirst, "2026-08-11 02:49:11"),
            ("11/08/2026 09:47", Order::DayFirst, "2026-08-11 09:47:00"),
            ("2026/8/11 9:47:13", Order::MonthFirst, "2026-08-11 09:47:13"),
            ("2026-08-11T09:47:13.1234567Z", Order::DayFirst, "2026-08-11 09:47:13"),
            ("2026-08-11T11:47:13+02:00", Order::DayFirst, "2026-08-11 09:47:13"),
            ("2026-08-11 09:47:13 UTC", Order::DayFirst, "2026-08-11 09:47:13"),
            ("Jun 16, 2026 6:15:02 AM", Order::DayFirst, "2026-06-16 06:15:02"),
            ("Jun 16, 2026, 6:15:02\u{202f}PM", Order::MonthFirst, "2026-06-16 18:15:02"),
            ("June 6, 2026 12:15 AM", Order::DayFirst, "2026-06-06 00:15:00"),
            ("16 Sept 2026 18:15:02", Order::MonthFirst, "2026-09-16 18:15:02"),
        ];
        for (text, order, want) in rows {
            assert_eq!(read(text, order).as_deref(), Some(want), "{text}");
        }
        let nonsense = [
            "",
            "soon",
            "13/13/2026 10:00",
            "5/1/2025",
            "5/1/2025 25:00:00",
            "1/2/3/2026 10:00",
            "5/1/2025 14:00 PM",
            "11/08/2026 10:-99:00",
            "11/08/2026 10:-9223372036854775808:00",
            "11/08/2026 10:00:-5:0",
            "/Date(-9223372036854775808)/",
            "+262142-01-01T00:00:00Z",
            "0026-03-10T08:00:00Z",
            "26-03-10 08:00:00",
            "Jun 31, 2026 6:15:02 AM",
            "Ju 16, 2026 6:15:02 AM",
            "Jun 16, 26 6:15:02 AM",
            "Jun 16, 2026",
            "Junk 16, 2026 6:15:02 AM",
            "Juno, 2026, 6:15:02 AM",
        ];
        for text in nonsense {
            assert_eq!(stamp(text), None, "{text}");
        }
    }

    /// Dates with the UTC of their ids, the order, and whether a doubt is left.
    type Case<'a> = (&'a [(&'a str, Option<Millis>)], Order, bool);

    #[test]
    fn the_whole_column_settles_the_order() {
        let utc = |text: &str| iso(text);
        let rows: [Case<'_>; 8] = [
            (&[("3/4/2026 10:00:00", None), ("13/4/2026 10:00:00", None)], Order::DayFirst, false),
            (&[("3/4/2026 10:00:00", None), ("3/14/2026 10:00:00", None)], Order::MonthFirst, false),
            (&[("3/4/2026 10:00:00", utc("2026-03-04T10:00:00Z"))], Order::MonthFirst, false),
            (&[("3/4/2026 10:00:00 AM", utc("2026-04-03T08:00:00Z"))], Order::DayFirst, false),
            (&[("03.04.2026 10:00:00", None)], Order::DayFirst, false),
            (&[("1/3/2026 10:00:00 AM", None), ("9/3/2026 10:00:00 AM", None)], Order::DayFirst, false),
            (&[("3/4/2026 10:00:00 AM", None)], Order::MonthFirst, true),
            (&[("3/4/2026 10:00:00", None)], Order::DayFirst, true),
        ];
        for (dates, order, doubt) in rows {
            let mut all = Dates::default();
            for (text, utc) in dates {
                all.see(text, *utc);
            }
            let (got, why) = all.settle();
            assert_eq!((got, why.is_some()), (order, doubt), "{dates:?}");
        }
    }
}
