//! Times as syslog writes them.

use crate::evidence::{HOUR, MINUTE, Millis};
use crate::formats::instant::two;
use chrono::NaiveDate;
use nom::branch::alt;
use nom::bytes::complete::{tag, take_while_m_n};
use nom::character::complete::{char, one_of, space1, u32 as number};
use nom::combinator::{map_opt, opt, value, verify};
use nom::sequence::preceded;
use nom::{IResult, Parser};

/// A time of the log's own clock; the year and the zone where they are written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Stamp {
    /// Year, absent in traditional lines.
    pub year: Option<i32>,
    /// 1 to 12.
    pub month: u32,
    /// 1 to 31.
    pub day: u32,
    /// Milliseconds since midnight.
    pub time: Millis,
    /// East of UTC in milliseconds, where the line says.
    pub offset: Option<Millis>,
    /// Whether fractions of a second are written.
    pub precise: bool,
}

impl Stamp {
    /// The wall clock's milliseconds in a year; 29 February goes on to March where the year has none.
    pub fn in_year(&self, year: i32) -> Millis {
        self.midnight(year) + self.time
    }

    /// The beginning of its day in a year.
    pub fn midnight(&self, year: i32) -> Millis {
        let date = NaiveDate::from_ymd_opt(year, self.month, self.day).or_else(|| NaiveDate::from_ymd_opt(year, 3, 1));
        date.map_or(0, |date| Millis::from(date.to_epoch_days()) * 24 * HOUR)
    }

    /// A stamp of an instant in UTC.
    pub fn of_utc(at: Millis) -> Option<Self> {
        use chrono::Datelike;
        let day = chrono::DateTime::from_timestamp_millis(at)?.date_naive();
        let time = at.rem_euclid(24 * HOUR);
        Some(Self { year: Some(day.year()), month: day.month(), day: day.day(), time, offset: Some(0), precise: true })
    }
}

/// A number of so many digits.
fn digits<'a>(
    least: usize,
    most: usize,
    range: std::ops::RangeInclusive<u32>,
) -> impl Parser<&'a str, Output = u32, Error = nom::error::Error<&'a str>> {
    let read = map_opt(take_while_m_n(least, most, |c: char| c.is_ascii_digit()), |text: &str| text.parse::<u32>().ok());
    verify(read, move |n| range.contains(n))
}

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// The traditional form at its usual width, which is nearly every line of a log.
fn usual(input: &str) -> Option<(&str, Stamp)> {
    let [m0, m1, m2, b' ', d0, d1, b' ', h0, h1, b':', n0, n1, b':', s0, s1, b' '] = *input.as_bytes().first_chunk()? else { return None };
    let month = (1u32..).zip(MONTHS).find(|(_, known)| known.as_bytes() == [m0, m1, m2])?.0;
    let day = two(if d0 == b' ' { b'0' } else { d0 }, d1)?;
    let (hour, minute, second) = (two(h0, h1)?, two(n0, n1)?, two(s0, s1)?);
    let fits = (1..=31).contains(&day) && hour <= 23 && minute <= 59 && second <= 60 && checked(None, month, day);
    let time = Millis::from(hour) * HOUR + Millis::from(minute) * MINUTE + Millis::from(second) * 1000;
    fits.then(|| (&input[15..], Stamp { year: None, month, day, time, offset: None, precise: false }))
}

fn month(input: &str) -> IResult<&str, u32> {
    let (rest, name) = take_while_m_n(3, 3, |c: char| c.is_ascii_alphabetic()).parse(input)?;
    let found = (1u32..).zip(MONTHS).find(|(_, known)| *known == name);
    found.map(|(number, _)| (rest, number)).ok_or_else(|| nom::Err::Error(nom::error::Error::new(input, nom::error::ErrorKind::Tag)))
}

/// `19:45:22`, `19:45:22.349811`: milliseconds since midnight, and whether there are fractions.
fn clock(input: &str) -> IResult<&str, (Millis, bool)> {
    let (rest, (hour, _, minute, _, second)) =
        (digits(2, 2, 0..=23), char(':'), digits(2, 2, 0..=59), char(':'), digits(2, 2, 0..=60)).parse(input)?;
    let (rest, fraction) = opt(preceded(one_of(".,"), take_while_m_n(1, 9, |c: char| c.is_ascii_digit()))).parse(rest)?;
    let thousandths = fraction.map_or(0, |text: &str| format!("{text:0<3}")[..3].parse().unwrap_or(0));
    Ok((rest, (Millis::from(hour) * HOUR + Millis::from(minute) * MINUTE + Millis::from(second) * 1000 + thousandths, fraction.is_some())))
}

/// `Z`, `+02:00`, `+0200`.
pub fn offset(input: &str) -> IResult<&str, Millis> {
    let signed = (one_of("+-"), digits(2, 2, 0..=15), opt(char(':')), digits(2, 2, 0..=59));
    let signed = signed.map(|(sign, hours, _, minutes)| {
        let east = Millis::from(hours) * HOUR + Millis::from(minutes) * MINUTE;
        if sign == '-' { -east } else { east }
    });
    alt((value(0, char('Z')), signed)).parse(input)
}

/// Year, month and day with hyphens, as ISO 8601 writes them.
fn date(input: &str) -> IResult<&str, (u32, u32, u32)> {
    let (rest, (year, _, month, _, day)) =
        (digits(4, 4, 2000..=2099), char('-'), digits(2, 2, 1..=12), char('-'), digits(2, 2, 1..=31)).parse(input)?;
    Ok((rest, (year, month, day)))
}

fn checked(year: Option<i32>, month: u32, day: u32) -> bool {
    // A leap year knows every day.
    day <= 28 || NaiveDate::from_ymd_opt(year.unwrap_or(2000), month, day).is_some()
}

/// `2026-11-23T19:45:22.349811+00:00`, `2026-11-23 19:45:22`.
pub fn iso(input: &str) -> IResult<&str, Stamp> {
    let (rest, ((year, month, day), _, (time, precise), offset)) = (date, one_of("T "), clock, opt(offset)).parse(input)?;
    stamp(input, rest, Stamp { year: i32::try_from(year).ok(), month, day, time, offset, precise })
}

/// `Nov 23 19:45:22`, `Jul  5 ...`, `Nov 06 ...`: no year, no zone.
pub fn traditional(input: &str) -> IResult<&str, Stamp> {
    if let Some(found) = usual(input) {
        return Ok(found);
    }
    let (rest, (month, _, day, _, (time, precise))) = (month, space1, digits(1, 2, 1..=31), space1, clock).parse(input)?;
    stamp(input, rest, Stamp { year: None, month, day, time, offset: None, precise })
}

/// `2013 Jun 10 09:29:12.123`.
pub fn year_first(input: &str) -> IResult<&str, Stamp> {
    let (rest, (year, _)) = (digits(4, 4, 2000..=2099), space1).parse(input)?;
    let (rest, found) = traditional(rest)?;
    stamp(input, rest, Stamp { year: i32::try_from(year).ok(), ..found })
}

/// `Mon 2026-11-23 19:45:22 UTC`, as `journalctl -o short-full` writes it; other zones than UTC are names only.
pub fn named_day(input: &str) -> IResult<&str, Stamp> {
    let (rest, (_, _)) = (take_while_m_n(3, 3, |c: char| c.is_ascii_alphabetic()), char(' ')).parse(input)?;
    let (rest, found) = iso(rest)?;
    let zone = take_while_m_n(1, 5, |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-'));
    let (rest, zone) = preceded(char(' '), zone).parse(rest)?;
    let offset = matches!(zone, "UTC" | "GMT").then_some(0);
    Ok((rest, Stamp { offset, ..found }))
}

fn stamp<'a>(input: &'a str, rest: &'a str, found: Stamp) -> IResult<&'a str, Stamp> {
    if checked(found.year, found.month, found.day) {
        Ok((rest, found))
    } else {
        Err(nom::Err::Error(nom::error::Error::new(input, nom::error::ErrorKind::Verify)))
    }
}

/// Priority of forwarded syslog, `<22>`, and the version `1 ` of RFC 5424 behind it.
pub fn priority(input: &str) -> IResult<&str, Option<&str>> {
    let (rest, _) = (char('<'), verify(number, |n| *n < 192), char('>')).parse(input)?;
    opt(tag("1 ")).parse(rest)
}
