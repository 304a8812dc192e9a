//! Grammar of the physical lines of `dev_icm` (icm.md section 1).

use crate::evidence::Millis;
use chrono::NaiveDate;
use nom::branch::alt;
use nom::bytes::complete::{tag, take_until, take_while1};
use nom::character::complete::{char, digit1, hex_digit1, multispace0, space0, space1, u32 as number};
use nom::combinator::{all_consuming, opt, value};
use nom::sequence::{delimited, preceded};
use nom::{IResult, Parser};

/// `[Thr 140339535062784] rest`: thread and rest, with the blanks in front of the rest but one.
pub fn thread(line: &str) -> Option<(&str, &str)> {
    let parsed: IResult<&str, &str> = delimited((tag("[Thr"), space1), digit1, char(']')).parse(line);
    let (rest, id) = parsed.ok()?;
    Some((id, rest.strip_prefix(' ').unwrap_or(rest)))
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

/// Weekday, month, day, `hh:mm:ss`, milliseconds, year.
type Parts<'a> = (&'a str, u32, u32, (u32, u32, u32), Option<u32>, u32);

fn parts(input: &str) -> IResult<&str, Parts<'_>> {
    let weekday = alt((tag("Mon"), tag("Tue"), tag("Wed"), tag("Thu"), tag("Fri"), tag("Sat"), tag("Sun")));
    let clock = (number, char(':'), number, char(':'), number).map(|(h, _, m, _, s)| (h, m, s));
    let (rest, (day_name, _, month, _, day, _, clock, millis, _, year, _)) =
        (weekday, space1, month, space1, number, space1, clock, opt(preceded(char(':'), number)), space1, number, multispace0)
            .parse(input)?;
    Ok((rest, (day_name, month, day, clock, millis, year)))
}

/// `Tue Apr 14 13:30:02:512 2026`, with or without milliseconds, and nothing else: milliseconds of the host's clock.
pub fn stamp(text: &str) -> Option<Millis> {
    let (_, (_, month, day, (hour, minute, second), millis, year)) = all_consuming(parts).parse(text.trim_start()).ok()?;
    let date = NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)?;
    let time = date.and_hms_milli_opt(hour, minute, second, millis.unwrap_or(0))?;
    Some(time.and_utc().timestamp_millis())
}

/// What a record ends with: `{conn}` and `[module.c  line]`, both optional.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Tail<'a> {
    /// The record without them.
    pub text: &'a str,
    /// Connection id.
    pub connection: Option<&'a str>,
    /// A source reference closes the record.
    pub closed: bool,
}

/// Splits the end of a record off.
pub fn tail(text: &str) -> Tail<'_> {
    let mut text = text.trim_end();
    let mut closed = false;
    if let Some((head, reference)) = text.rsplit_once('[').filter(|(_, reference)| is_reference(reference)) {
        let _ = reference;
        text = head.trim_end();
        closed = true;
    }
    let mut connection = None;
    while let Some((head, id)) = text.strip_suffix('}').and_then(|inner| inner.rsplit_once('{')) {
        let hex: IResult<&str, &str> = all_consuming(hex_digit1).parse(id);
        match hex {
            Ok((_, id)) => connection = Some(id),
            Err(_) if id.starts_with("root-id=") => {}
            Err(_) => break,
        }
        text = head.trim_end();
    }
    Tail { text, connection, closed }
}

fn is_reference(text: &str) -> bool {
    let name = take_while1(|c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-'));
    let parsed: IResult<&str, _> = all_consuming((name, space1, digit1, space0, char(']'))).parse(text);
    parsed.is_ok_and(|(_, (name, ..))| name.contains('.') || name.ends_with('c'))
}

/// `Connection request from (9/2240/0) to host: H, service: 587 failed (NIETIMEOUT)`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Refused<'a> {
    /// Host as configured.
    pub host: &'a str,
    /// Port.
    pub port: u16,
}

/// Reads a failed connection request out of a record.
pub fn connection_failed(text: &str) -> Option<Refused<'_>> {
    let at = text.find("Connection request from")?;
    let parsed: IResult<&str, _> = (
        take_until("to host:"),
        tag("to host:"),
        space0,
        take_until(","),
        char(','),
        space0,
        tag("service:"),
        space0,
        digit1,
        space0,
        tag("failed"),
    )
        .parse(&text[at..]);
    let (_, (_, _, _, host, _, _, _, _, port, ..)) = parsed.ok()?;
    Some(Refused { host: host.trim(), port: port.parse().ok()? })
}

/// `SSL handshake with H:P failed`.
pub fn handshake_failed(text: &str) -> Option<Refused<'_>> {
    let (_, behind) = text.split_once("SSL handshake with ")?;
    let (peer, _) = behind.split_once(" failed")?;
    let (host, port) = peer.rsplit_once(':')?;
    Some(Refused { host, port: port.parse().ok()? })
}

/// `peer: 192.0.2.25:25` of a line `role: Client, protocol: SMTP, ...`.
pub fn smtp_peer(text: &str) -> Option<Refused<'_>> {
    let (_, behind) = text.split_once("role: Client, protocol: SMTP")?;
    let (_, peer) = behind.split_once("peer: ")?;
    let (host, port) = peer.trim().rsplit_once(':')?;
    Some(Refused { host, port: port.trim().parse().ok()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stamps_with_and_without_milliseconds() {
        let base = stamp("Tue Apr 14 13:30:02 2026").unwrap();
        assert_eq!(stamp("Tue Apr 14 13:30:02:512 2026"), Some(base + 512));
        assert_eq!(stamp("snapshot created at Sun Aug 18 17:15:25 2019"), None);
        assert_eq!(stamp("Tue Feb 31 13:30:02 2026"), None);
    }

    #[test]
    fn threads_tails_and_failures() {
        assert_eq!(thread("[Thr 17]   x"), Some(("17", "  x")));
        let record = "*** WARNING => Connection request from (9/2240/0) to host: mx.fabrikam.example, service: 25 failed (NIETIMEOUT) {0000015c} [icxxconn.c   2208]";
        let end = tail(record);
        assert_eq!((end.connection, end.closed), (Some("0000015c"), true));
        assert_eq!(connection_failed(end.text), Some(Refused { host: "mx.fabrikam.example", port: 25 }));
        assert_eq!(handshake_failed("*** ERROR => SSL handshake with mx.fabrikam.example:25 failed: X").unwrap().port, 25);
        assert_eq!(tail("250 2.6.0 <a@b> [Hostname=X.PROD.OUTLOOK.COM]").text, "250 2.6.0 <a@b> [Hostname=X.PROD.OUTLOOK.COM]");
    }
}
