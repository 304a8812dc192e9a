//! One line of syslog.

use super::stamp::{self, Stamp};
use super::{Entry, Piece};
use nom::branch::alt;
use nom::bytes::complete::{take_till1, take_while1};
use nom::character::complete::{char, space0, space1, u32 as number};
use nom::combinator::{opt, rest};
use nom::sequence::{delimited, preceded, terminated};
use nom::{IResult, Parser};

/// Takes a line apart.
pub fn read(line: &str) -> Piece<'_> {
    let line = line.trim_start();
    if let Ok((_, entry)) = whole(line) {
        return Piece::Entry(entry);
    }
    let bare = after_container(line);
    if let Some(Ok((_, entry))) = bare.map(whole) {
        return Piece::Entry(entry);
    }
    match any_stamp(line) {
        Ok((behind, _)) if is_remark(behind) => Piece::Frame,
        Ok(_) => Piece::Unknown("the line ends before its message"),
        Err(_) if is_remark(line) => Piece::Frame,
        Err(_) => Piece::Unknown("no syslog line: no time at its beginning"),
    }
}

/// The time at the beginning of a line, and what stands behind it.
pub fn stamp_of(line: &str) -> Option<(Stamp, &str)> {
    any_stamp(line.trim_start()).ok().map(|(behind, stamp)| (stamp, behind))
}

fn any_stamp(line: &str) -> IResult<&str, Stamp> {
    alt((stamp::traditional, stamp::iso, stamp::year_first, stamp::named_day)).parse(line)
}

/// What syslog says of itself: repeated lines, the journal's boundaries.
fn is_remark(text: &str) -> bool {
    text.contains("last message repeated")
        || text.contains("message repeated ")
        || text.trim_start().starts_with("-- ")
        || text.ends_with("-- MARK --")
}

/// `postfix-1    | ` of container logs.
fn after_container(line: &str) -> Option<&str> {
    let (name, behind) = line.split_once('|')?;
    (!name.trim().is_empty() && name.trim().bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.')))
        .then(|| behind.trim_start())
}

fn whole(line: &str) -> IResult<&str, Entry<'_>> {
    if let Ok((behind, version)) = stamp::priority(line) {
        return if version.is_some() { rfc5424(behind) } else { tagged(behind) };
    }
    tagged(line)
}

fn word(input: &str) -> IResult<&str, &str> {
    take_till1(|c: char| c.is_whitespace()).parse(input)
}

/// Time, host, `program[pid]:` and message.
fn tagged(input: &str) -> IResult<&str, Entry<'_>> {
    let (behind, at) = any_stamp(input)?;
    usual(behind, at).map_or_else(|| of_any_form(behind, at), |entry| Ok(("", entry)))
}

fn of_any_form(behind: &str, at: Stamp) -> IResult<&str, Entry<'_>> {
    let (behind, host) = preceded(space1, word).parse(behind)?;
    let (behind, (program, pid)) = preceded(space1, program).parse(behind)?;
    let (_, message) = preceded(space0, rest).parse(behind)?;
    Ok(("", entry(at, host, (program, pid), message)))
}

/// ` HOST PROGRAM[PID]: MESSAGE` with single blanks, which is nearly every line of a log.
fn usual(text: &str, at: Stamp) -> Option<Entry<'_>> {
    let text = text.strip_prefix(' ')?;
    let (host, behind) = text.split_at(memchr::memchr(b' ', text.as_bytes())?);
    let behind = &behind[1..];
    let open = behind.bytes().position(|b| matches!(b, b'[' | b':') || !b.is_ascii_graphic())?;
    let (program, tag) = behind.split_at(open);
    let tag = tag.strip_prefix('[')?;
    let close = tag.bytes().position(|b| !b.is_ascii_digit())?;
    let message = tag[close..].strip_prefix("]: ")?;
    let plain = !host.is_empty() && host.bytes().all(|b| b.is_ascii_graphic()) && !program.is_empty();
    plain.then(|| Some(entry(at, host, (program, tag[..close].parse().ok()?), message.trim_start_matches([' ', '\t']))))?
}

/// `postfix/smtp[269]:`, `sendmail:`; some tell the severity in front, `mail.info postfix/smtp[269]:`.
fn program(input: &str) -> IResult<&str, (&str, u32)> {
    let name = take_while1(|c: char| !c.is_whitespace() && !matches!(c, '[' | ':'));
    let tag = (name, opt(delimited(char('['), number, char(']'))));
    let severity = terminated(take_while1(|c: char| c.is_ascii_lowercase() || c == '.' || c.is_ascii_digit()), char(' '));
    let (behind, (_, (name, pid), _)) = (opt(terminated(severity, nom::combinator::peek(tag_ahead))), tag, char(':')).parse(input)?;
    Ok((behind, (name, pid.unwrap_or(0))))
}

/// A tag follows.
fn tag_ahead(input: &str) -> IResult<&str, ()> {
    let name = take_while1(|c: char| !c.is_whitespace() && !matches!(c, '[' | ':'));
    (name, opt(delimited(char('['), number, char(']'))), char(':')).map(|_| ()).parse(input)
}

/// `TIME HOST APP PROCID MSGID SD MESSAGE`, the message often with a blank of its own before it.
fn rfc5424(input: &str) -> IResult<&str, Entry<'_>> {
    let (behind, at) = stamp::iso(input)?;
    let (behind, (host, program, pid, _)) =
        (preceded(char(' '), word), preceded(char(' '), word), preceded(char(' '), word), preceded(char(' '), word)).parse(behind)?;
    let (behind, ()) = preceded(char(' '), structured).parse(behind)?;
    let message = behind.strip_prefix('\u{feff}').unwrap_or(behind).trim_start();
    Ok(("", entry(at, host, (program, pid.parse().unwrap_or(0)), message)))
}

/// `-` or elements in brackets.
fn structured(input: &str) -> IResult<&str, ()> {
    if let Some(behind) = input.strip_prefix('-') {
        return Ok((behind, ()));
    }
    let mut rest = input;
    while rest.starts_with('[') {
        match rest.find("] ").or_else(|| rest.find("][")).or_else(|| rest.rfind(']')) {
            Some(end) => rest = &rest[end + 1..],
            None => break,
        }
    }
    if rest.len() == input.len() { Err(nom::Err::Error(nom::error::Error::new(input, nom::error::ErrorKind::Tag))) } else { Ok((rest, ())) }
}

/// Some write the source before the host, `src@host`.
fn entry<'a>(stamp: Stamp, host: &'a str, (program, pid): (&'a str, u32), message: &'a str) -> Entry<'a> {
    let host = host.rsplit('@').next().unwrap_or(host);
    Entry { stamp, host, program, pid, message }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::day_time;

    #[test]
    fn every_shape_of_a_line() {
        let want = ("2026-11-23 19:45:22", "relay01", "postfix/smtp", 269, "4jYG: to=<a@b>");
        let rows = [
            "Nov 23 19:45:22 relay01 postfix/smtp[269]: 4jYG: to=<a@b>",
            "Nov 23 19:45:22 src@relay01 postfix/smtp[269]: 4jYG: to=<a@b>",
            "<22>Nov 23 19:45:22 relay01 postfix/smtp[269]: 4jYG: to=<a@b>",
            "2026-11-23T19:45:22.349811+00:00 relay01 postfix/smtp[269]: 4jYG: to=<a@b>",
            "2026-11-23T19:45:22+0000 relay01 postfix/smtp[269]: 4jYG: to=<a@b>",
            "2026-11-23 19:45:22 relay01 postfix/smtp[269]: 4jYG: to=<a@b>",
            "Mon 2026-11-23 19:45:22 UTC relay01 postfix/smtp[269]: 4jYG: to=<a@b>",
            "2026 Nov 23 19:45:22.123 relay01 postfix/smtp[269]: 4jYG: to=<a@b>",
            "<22>1 2026-11-23T19:45:22.349811Z relay01 postfix/smtp 269 - -  4jYG: to=<a@b>",
            "<22>1 2026-11-23T19:45:22Z relay01 postfix/smtp 269 - [x@1 a=\"b\"] 4jYG: to=<a@b>",
            "mail-postfix-1    | Nov 23 19:45:22 relay01 postfix/smtp[269]: 4jYG: to=<a@b>",
            "Nov 23 19:45:22 relay01 mail.info postfix/smtp[269]: 4jYG: to=<a@b>",
        ];
        for line in rows {
            let Piece::Entry(got) = read(line) else { panic!("{line}") };
            let at = day_time(got.stamp.in_year(got.stamp.year.unwrap_or(2026)));
            assert_eq!((at.as_str(), got.host, got.program, got.pid, got.message), want, "{line}");
        }
    }

    #[test]
    fn what_is_none() {
        for line in [
            "Nov 23 19:45:22 relay01 last message repeated 2 times",
            "Nov 23 19:45:22 relay01 -- MARK --",
            "-- Boot 0123 --",
            "-- Logs begin at Mon 2026-11-23 --",
        ] {
            assert_eq!(read(line), Piece::Frame, "{line}");
        }
        for line in
            ["Nov 23 19:45:22 relay01", "Nov 31 19:45:22 relay01 postfix/smtp[1]: x", "Nov 23 24:45:22 a b[1]: x", "4jYG: to=<a@b>", "{"]
        {
            assert!(matches!(read(line), Piece::Unknown(_)), "{line}");
        }
    }

    proptest::proptest! {
        /// The short way reads what the long one reads.
        #[test]
        fn both_ways_agree(text in "[ \t]{1,2}[a@ä]{0,3}[ ]{1,2}[p/\\[:ä. ]{0,4}(\\[[0-9]{0,11}\\])?:? {0,2}[x \t\u{a0}]{0,4}") {
            let at = Stamp { year: None, month: 3, day: 10, time: 0, offset: None, precise: false };
            if let Some(short) = usual(&text, at) {
                proptest::prop_assert_eq!(of_any_form(&text, at).ok().map(|(_, entry)| entry), Some(short));
            }
        }
    }
}
