//! Grammar of the physical lines of `dev_icm` (icm.md section 1).

use crate::evidence::Millis;
use chrono::{Datelike, NaiveDate, Weekday};
use nom::branch::alt;
use nom::bytes::complete::{tag, take_while1};
use nom::character::complete::{char, digit1, multispace0, space0, space1, u32 as number};
use nom::combinator::{all_consuming, opt, value};
use nom::sequence::preceded;
use nom::{IResult, Parser};

/// `[Thr 140339535062784] rest`: thread and rest, with the blanks in front of the rest but one. Published traces
/// write `nn` or `ID` for the number (icm.md 1.4).
pub fn thread(line: &str) -> Option<(&str, &str)> {
    let (id, rest) = line.strip_prefix("[Thr ")?.split_once(']')?;
    let id = id.trim();
    (!id.is_empty()).then(|| (id, rest.strip_prefix(' ').unwrap_or(rest)))
}

/// A line that is nothing but a time.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stamp {
    /// Milliseconds of the host's clock.
    At(Millis),
    /// The shape of a stamp with a day or time that does not exist: edited or quoted (icm.md section 10).
    Impossible,
}

fn month(input: &str) -> IResult<&str, u32> {
    let low = alt((
        value(1, tag("Jan")),
        value(2, tag("Feb")),
        value(3, tag("Mar")),
        value(4, tag("Apr")),
        value(5, tag("May")),
        value(6, tag("Jun")),
    ));
    let high = alt((
        value(7, tag("Jul")),
        value(8, tag("Aug")),
        value(9, tag("Sep")),
        value(10, tag("Oct")),
        value(11, tag("Nov")),
        value(12, tag("Dec")),
    ));
    alt((low, high)).parse(input)
}

fn weekday(input: &str) -> IResult<&str, Weekday> {
    alt((
        value(Weekday::Mon, tag("Mon")),
        value(Weekday::Tue, tag("Tue")),
        value(Weekday::Wed, tag("Wed")),
        value(Weekday::Thu, tag("Thu")),
        value(Weekday::Fri, tag("Fri")),
        value(Weekday::Sat, tag("Sat")),
        value(Weekday::Sun, tag("Sun")),
    ))
    .parse(input)
}

/// Weekday, month, day, `hh:mm:ss`, milliseconds, year.
type Parts<'a> = (Weekday, u32, u32, (u32, u32, u32), Option<u32>, &'a str);

fn parts(input: &str) -> IResult<&str, Parts<'_>> {
    let clock = (number, char(':'), number, char(':'), number).map(|(h, _, m, _, s)| (h, m, s));
    let (rest, (day_name, _, month, _, day, _, clock, millis, _, year, _)) =
        (weekday, space1, month, space1, number, space1, clock, opt(preceded(char(':'), number)), space1, digit1, multispace0)
            .parse(input)?;
    Ok((rest, (day_name, month, day, clock, millis, year)))
}

/// `Tue Apr 14 13:30:02:512 2026`, with or without milliseconds, and nothing else.
pub fn stamp(text: &str) -> Option<Stamp> {
    let text = text.trim_start();
    // Most lines are none: a glance at the weekday tells.
    if !text.starts_with(['M', 'T', 'W', 'F', 'S']) || !matches!(text.as_bytes().get(3), Some(b' ' | b'\t')) {
        return None;
    }
    let (_, parts) = all_consuming(parts).parse(text).ok()?;
    Some(instant(parts).map_or(Stamp::Impossible, Stamp::At))
}

fn instant((day_name, month, day, (hour, minute, second), millis, year): Parts<'_>) -> Option<Millis> {
    let year = year.parse().ok().filter(|_| year.len() == 4)?;
    let date = NaiveDate::from_ymd_opt(year, month, day).filter(|date| date.weekday() == day_name)?;
    let millis = Some(millis.unwrap_or(0)).filter(|millis| *millis < 1000)?;
    Some(date.and_hms_milli_opt(hour, minute, second, millis)?.and_utc().timestamp_millis())
}

/// What a record ends with: `{conn}` and `[module.c  line]`, both optional.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Tail<'a> {
    /// The record without them.
    pub text: &'a str,
    /// Connection id.
    pub connection: Option<&'a str>,
    /// A source reference or a connection id closes the record.
    pub closed: bool,
}

/// Splits the end of a record off.
pub fn tail(text: &str) -> Tail<'_> {
    let mut text = text.trim_end();
    let reference = text.rsplit_once('[').filter(|(_, reference)| is_reference(reference));
    if let Some((head, _)) = reference {
        text = head.trim_end();
    }
    let mut connection = None;
    while let Some((head, id)) = text.strip_suffix('}').and_then(|inner| inner.rsplit_once('{')) {
        if id.len() == 8 && id.bytes().all(|b| b.is_ascii_hexdigit()) {
            connection = Some(id);
        } else if !id.starts_with("root-id=") {
            break;
        }
        text = head.trim_end();
    }
    Tail { text, connection, closed: reference.is_some() || connection.is_some() }
}

fn is_reference(text: &str) -> bool {
    let name = take_while1(|c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-'));
    let parsed: IResult<&str, _> = all_consuming((name, space1, digit1, space0, char(']'))).parse(text);
    parsed.is_ok_and(|(_, (name, ..))| name.contains('.') || name.ends_with('c'))
}

/// `000010  41555448 20504c41  |AUTH PLA|`: a dump shows content that must not be repeated. The shape is assumed
/// (icm.md 2.2).
pub fn is_hex_dump(text: &str) -> bool {
    let mut words = text.split_whitespace();
    let hex = |word: &str, least: usize| word.len() >= least && word.bytes().all(|b| b.is_ascii_hexdigit());
    let offset = words.next().is_some_and(|word| hex(word.trim_end_matches(':'), 4));
    offset && words.next().is_some_and(|word| hex(word, 2) && word.len() % 2 == 0)
}

/// Separators and frames: `-----`, `=====`, `*`, `+---+`, and what the kernel says of a new trace level between two.
pub fn is_rule(text: &str) -> bool {
    let level = text.strip_prefix('*').is_some_and(|told| told.trim_start().starts_with("SWITCH TRC-"));
    level || text.chars().all(|c| matches!(c, '-' | '=' | '*' | '+'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stamps_with_and_without_milliseconds() {
        let Some(Stamp::At(base)) = stamp("Tue Apr 14 13:30:02 2026") else { panic!("no stamp") };
        assert_eq!(stamp("Tue Apr 14 13:30:02:512 2026"), Some(Stamp::At(base + 512)));
        assert_eq!(stamp("snapshot created at Sun Aug 18 17:15:25 2019"), None);
        let impossible = [
            "Tue Feb 31 13:30:02 2026",
            "Wed Apr 14 13:30:02 2026",
            "Tue Mar 10 10:55:02:999999 2026",
            "Tue Mar 10 10:55:60:000 2026",
            "Tue Mar 10 24:00:00:000 2026",
            "Tue Mar 10 10:55:02 99999",
            "Tue Mar 10 10:55:02 0001",
            "Tue Mar 10 10:55:02 26",
        ];
        for text in impossible {
            assert_eq!(stamp(text), Some(Stamp::Impossible), "{text}");
        }
    }

    #[test]
    fn threads_and_tails() {
        assert_eq!(thread("[Thr 17]   x"), Some(("17", "  x")));
        assert_eq!(thread("[Thr nn] x"), Some(("nn", "x")));
        let rows = [
            ("failed (NIETIMEOUT) {0000015c} [icxxconn.c   2208]", "failed (NIETIMEOUT)", Some("0000015c"), true),
            ("no user {0004107a}", "no user", Some("0004107a"), true),
            ("see {abc}", "see {abc}", None, false),
            ("250 2.6.0 <a@b> [Hostname=X.PROD.OUTLOOK.COM]", "250 2.6.0 <a@b> [Hostname=X.PROD.OUTLOOK.COM]", None, false),
            ("x {0008924a} {root-id=42010AF0}", "x", Some("0008924a"), true),
        ];
        for (line, text, connection, closed) in rows {
            assert_eq!(tail(line), Tail { text, connection, closed }, "{line}");
        }
    }

    #[test]
    fn frames_are_known() {
        let rows = [
            ("*", true),
            ("+-----+", true),
            ("* SWITCH TRC-LEVEL from 3 to 1", true),
            ("* SWITCH TRC-RESOLUTION from 1 to 1", true),
            ("* switched off", false),
            ("SWITCH TRC-LEVEL", false),
        ];
        for (text, want) in rows {
            assert_eq!(is_rule(text), want, "{text}");
        }
    }

    #[test]
    fn dumps_are_known() {
        let rows = [
            ("000010  41555448 20504c41  |AUTH PLAIN U0VDU|", true),
            ("00007f21: 41 55 54 48", true),
            ("delivery", false),
            ("2026-03-10T09:55:02.482Z 08DE75C8346E5ACF]", false),
        ];
        for (text, want) in rows {
            assert_eq!(is_hex_dump(text), want, "{text}");
        }
    }
}
