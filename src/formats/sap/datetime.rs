//! Dates and times in the forms of the SAP user master (sost.md section 1.4 f).

use super::calendar;
use crate::evidence::{Millis, Span};
use crate::formats::instant::{afternoon, letters};
use chrono::{Datelike, NaiveDate, NaiveTime};
use nom::character::complete::{char, digit1, one_of};
use nom::combinator::map_res;
use nom::{IResult, Parser};
use std::borrow::Cow;
use std::collections::BTreeSet;

/// Years that a send request can be of; others are cut or misread.
const YEARS: std::ops::RangeInclusive<i32> = 1990..=2100;
/// One second in milliseconds.
const SECOND: Millis = 1000;
/// One day in seconds.
const DAY: i64 = 24 * 3600;

/// Order of day and month where the year comes last.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Order {
    /// `12/31/2026`.
    MonthFirst,
    /// `31/12/2026`, against the form of the user master, when the column leaves no other reading.
    DayFirst,
}

/// What is said where day and month may be either.
pub const EITHER_ORDER: &str = "dates are read month first: a guess from the form and the values of the column";

/// How the dates of a sheet are read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Form {
    /// Order that the values allow.
    pub order: Order,
    /// All of them fit the other order as well.
    pub either: bool,
    /// What was guessed and what does not fit.
    pub doubts: Vec<&'static str>,
}

/// Finds the form of all dates of a sheet: one user wrote them, so one form should do.
pub fn form<'a>(dates: impl Iterator<Item = &'a str>) -> Form {
    let (mut month_first, mut day_first, mut open) = (true, true, false);
    let (mut forms, mut eras, mut others) = (BTreeSet::new(), false, BTreeSet::new());
    for date in dates.map(|date| plain(date.trim())) {
        let date = &*date;
        let Ok((_, (first, separator, second, third))) = parts(date) else {
            eras |= era(date).is_some();
            continue;
        };
        forms.insert((separator, first > 31));
        others.extend(calendar::doubt(first));
        if separator != '.' && first <= 31 && third >= 100 {
            open = true;
            month_first &= first <= 12;
            day_first &= second <= 12;
        }
    }
    let order = if day_first && !month_first { Order::DayFirst } else { Order::MonthFirst };
    let mut doubts = Vec::new();
    if open {
        doubts.extend(match (month_first, day_first) {
            (true, true) => Some(EITHER_ORDER),
            (false, true) => Some("dates are read day first: a guess from the form and the values of the column"),
            (false, false) => Some("some dates fit day first only, others month first only: they are read month first, check them"),
            (true, false) => None,
        });
    }
    if forms.len() > 1 {
        doubts.push("dates of different forms stand in one list: each is read by its own form, check them");
    }
    if eras {
        doubts.push("years of Japanese eras are converted (R Reiwa, H Heisei, S Showa): how SAP writes them is unverified, check them");
    }
    doubts.extend(others);
    let either = open && month_first && day_first && forms.len() == 1 && !eras;
    Form { order, either, doubts }
}

/// Year, month and day of a date with an era.
fn era(text: &str) -> Option<(u32, u32, u32)> {
    let (rest, before) = calendar::era(text)?;
    let ("", (year, _, month, day)) = parts(rest).ok()? else { return None };
    (1..=99).contains(&year).then_some((before + year, month, day))
}

fn number(input: &str) -> IResult<&str, u32> {
    map_res(digit1, str::parse).parse(input)
}

/// First number, separator, second and third number.
fn parts(input: &str) -> IResult<&str, (u32, char, u32, u32)> {
    let (rest, (first, separator, second)) = (number, one_of("./-"), number).parse(input)?;
    let (rest, (_, third)) = (char(separator), number).parse(rest)?;
    Ok((rest, (first, separator, second, third)))
}

/// Whether a cell holds no date by SAP's own word: blank, `00.00.0000`, `00000000`.
pub fn blank(text: &str) -> bool {
    text.chars().all(|c| matches!(c, '0' | '.' | '/' | '-' | ' '))
}

/// A date; `None` for blanks, nonsense and years no mail is of.
pub fn date(text: &str, order: Order) -> Option<NaiveDate> {
    let text = &*plain(text.trim());
    let date = if text.len() == 8 && text.bytes().all(|b| b.is_ascii_digit()) {
        let number: u32 = text.parse().ok()?;
        NaiveDate::from_ymd_opt(i32::try_from(number / 10_000).ok()?, number / 100 % 100, number % 100)?
    } else {
        let (year, month, day) = match (era(text), parts(text)) {
            (Some(date), _) => date,
            (None, Ok(("", (first, _, second, third)))) if first > 31 => (first, second, third),
            (None, Ok(("", (first, separator, second, third)))) if separator == '.' || order == Order::DayFirst => (third, second, first),
            (None, Ok(("", (first, _, second, third)))) => (third, first, second),
            _ => return None,
        };
        calendar::converted(year, month, day).or_else(|| NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day))?
    };
    YEARS.contains(&date.year()).then_some(date)
}

/// What programs write behind a date that is stored as a moment.
const MIDNIGHT: &[&str] = &[" 00:00:00", " 00:00", "T00:00:00", " 12:00:00 AM", " 12:00 AM"];

/// `2026年3月10日` with the marks of the user master; midnight behind a date is none of the mail's time.
fn plain(text: &str) -> Cow<'_, str> {
    let text = MIDNIGHT.iter().find_map(|midnight| text.strip_suffix(midnight)).unwrap_or(text);
    if !text.is_ascii() && text.contains('年') {
        Cow::Owned(text.replace(['年', '月'], "-").replace('日', ""))
    } else {
        Cow::Borrowed(text)
    }
}

/// Whether a text is a date in any order.
pub fn is_date(text: &str) -> bool {
    date(text, Order::MonthFirst).or_else(|| date(text, Order::DayFirst)).is_some()
}

/// Time of the day as interval: a second, a minute for `08:10`, ten seconds for one cut in its column (`08:10:1`).
/// `24:00:00` is the end of the day, `60502` lost the zero it began with.
pub fn time(text: &str) -> Option<Span> {
    let text = text.trim();
    if matches!(text.len(), 5 | 6) && text.bytes().all(|b| b.is_ascii_digit()) {
        let raw: i64 = text.parse().ok()?;
        return within(raw / 10_000, raw / 100 % 100, raw % 100, 1);
    }
    let letters = letters(text);
    let afternoon = if letters.is_empty() { None } else { Some(afternoon(&letters)?) };
    // Dots belong to `p. m.` alone.
    let clock = if afternoon.is_some() { text.trim_matches(|c: char| !c.is_ascii_digit()) } else { text };
    let mut fields = clock.splitn(3, ':');
    let (hour, minute, second) = (fields.next()?, fields.next()?, fields.next().unwrap_or(""));
    let (hour, minute) = (digits(hour, 1..=2)?, digits(minute, 2..=2)?);
    let hour = match afternoon {
        None => hour,
        Some(afternoon) if hour <= 12 => hour % 12 + if afternoon { 12 } else { 0 },
        Some(_) => return None,
    };
    match second.len() {
        0 => within(hour, minute, 0, 60),
        1 if afternoon.is_none() => within(hour, minute, digits(second, 1..=1)? * 10, 10),
        _ => within(hour, minute, digits(second, 2..=2)?, 1),
    }
}

fn digits(text: &str, length: std::ops::RangeInclusive<usize>) -> Option<i64> {
    (length.contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok())?
}

/// Interval of so many seconds from a time of the day on.
fn within(hour: i64, minute: i64, second: i64, seconds: i64) -> Option<Span> {
    let from = hour * 3600 + minute * 60 + second;
    let valid = minute < 60 && second < 60 && (hour < 24 || from == DAY);
    valid.then(|| Span { from: from * SECOND, to: (from + seconds) * SECOND - 1 })
}

/// A date with the time of that day, on the clock they were written by; the whole day where there is no time.
pub fn moment(date: NaiveDate, time: Option<Span>) -> Span {
    let midnight = date.and_time(NaiveTime::MIN).and_utc().timestamp_millis();
    time.unwrap_or(Span { from: 0, to: DAY * SECOND - 1 }).shifted(midnight)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_the_user_master() {
        let want = NaiveDate::from_ymd_opt(2026, 3, 10);
        for text in [
            "10.03.2026",
            "03/10/2026",
            "03-10-2026",
            "2026.03.10",
            "2026/03/10",
            "2026-03-10",
            "20260310",
            "2026年03月10日",
            "2026年3月10日",
        ] {
            assert_eq!(date(text, Order::MonthFirst), want, "{text}");
        }
        for text in ["00.00.0000", "", "00000000", "31.02.2026", "soon", "10.03.26", "10.03.202", "10.03/2026", "10.03.20261", "00260310"] {
            assert_eq!(date(text, Order::MonthFirst), None, "{text}");
        }
        for text in ["R08.03.10", "R08/03/10", "R8-03-10", "令和08/03/10", "R 8/03/10", "令和8年3月10日"] {
            assert_eq!(date(text, Order::DayFirst), want, "{text}");
        }
        assert_eq!(date("H31.04.30", Order::MonthFirst), NaiveDate::from_ymd_opt(2019, 4, 30));
        for text in ["R00.03.10", "X08.03.10", "S64.01.07", "R.03.10", "R08.13.10", "0508.03.10", "1404/13/19", "1447/09/31"] {
            assert_eq!(date(text, Order::MonthFirst), None, "{text}");
        }
        for text in ["1404/12/19", "1447/09/21"] {
            assert_eq!(date(text, Order::MonthFirst), want, "{text}");
        }
        for (text, want) in [("00.00.0000", true), ("", true), ("10.03.26", false), ("soon", false)] {
            assert_eq!(blank(text), want, "{text}");
        }
    }

    #[test]
    fn the_order_is_that_of_all_dates_and_doubts_are_told() {
        let rows: [(&[&str], Order, &[&str]); 9] = [
            (&["03/10/2026", "25/10/2026"], Order::DayFirst, &["read day first"]),
            (&["03/10/2026"], Order::MonthFirst, &["read month first"]),
            (&["03/10/2026", "10/25/2026"], Order::MonthFirst, &[]),
            (&["10.03.2026", "", "20260310"], Order::MonthFirst, &[]),
            (&["25/10/2026", "10/25/2026"], Order::MonthFirst, &["fit day first only"]),
            (&["10/25/2026", "03.04.2026"], Order::MonthFirst, &["different forms"]),
            (&["R08.03.10", ""], Order::MonthFirst, &["Japanese eras"]),
            (&["1404/12/19", "1404/12/20"], Order::MonthFirst, &["Iranian"]),
            (&["1447/09/20", "1447/09/21"], Order::MonthFirst, &["a day off"]),
        ];
        for (dates, order, doubts) in rows {
            let form = form(dates.iter().copied());
            assert_eq!((form.order, form.doubts.len()), (order, doubts.len()), "{dates:?} {form:?}");
            assert!(form.doubts.iter().zip(doubts).all(|(told, part)| told.contains(part)), "{form:?}");
        }
    }

    #[test]
    fn every_form_of_time() {
        let rows = [
            ("06:05:02", 21902, 1),
            ("060502", 21902, 1),
            ("60502", 21902, 1),
            ("06:05:02 PM", 65102, 1),
            ("8:10:11pm", 72611, 1),
            ("8:10:11 p. m.", 72611, 1),
            ("8:10:11 a.m.", 29411, 1),
            ("午後 8:10:11", 72611, 1),
            ("12:00:00 AM", 0, 1),
            ("00:05:00 PM", 43500, 1),
            ("24:00:00", 86400, 1),
            ("08:10", 29400, 60),
            ("08:10:", 29400, 60),
            ("08:10:1", 29410, 10),
        ];
        for (text, from, seconds) in rows {
            assert_eq!(time(text), Some(Span { from: from * 1000, to: (from + seconds) * 1000 - 1 }), "{text}");
        }
        for text in ["25:00:00", "24:00:01", "08:61:00", "08:10:9", "13:00:00 PM", "08.10.11", "08", "0810", "", "é8:10", "08:10:11:12"] {
            assert_eq!(time(text), None, "{text}");
        }
    }

    #[test]
    fn a_date_without_time_is_the_whole_day() {
        let day = NaiveDate::from_ymd_opt(1990, 1, 2).unwrap();
        let midnight = moment(day, time("00:00:00")).from;
        assert_eq!(moment(day, None), Span { from: midnight, to: midnight + 86_400_000 - 1 });
    }
}
