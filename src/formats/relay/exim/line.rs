//! A line of Exim's main log: time, process, id, flag, and `key=value` fields (relay.md section 1.2).

use crate::formats::relay::syslog::{self, Stamp};
use nom::character::complete::{char, u32 as number};
use nom::sequence::delimited;
use nom::{IResult, Parser};
use std::borrow::Cow;

/// What a line begins with.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Line<'a> {
    pub stamp: Option<Stamp>,
    /// Id of the mail; empty where the line is of none.
    pub id: &'a str,
    pub text: &'a str,
}

/// Takes a line apart; `None` without a time.
pub fn read(line: &str) -> Option<Line<'_>> {
    // A `T` between date and time is syslog's.
    let (rest, stamp) = stamp(line).ok().filter(|_| line.as_bytes().get(10) == Some(&b' '))?;
    let rest = process(rest.strip_prefix(' ')?);
    let (id, text) = id(rest);
    Some(Line { stamp: Some(stamp), id, text })
}

/// The same behind a head of syslog, where Exim may leave out its own time.
pub fn read_message(message: &str) -> Line<'_> {
    read(message).unwrap_or_else(|| {
        let (id, text) = id(process(message));
        Line { stamp: None, id, text }
    })
}

/// `2026-11-23 19:52:08.165 +0100`
fn stamp(line: &str) -> IResult<&str, Stamp> {
    let (rest, stamp) = syslog::iso(line)?;
    let zone = rest.strip_prefix(' ').and_then(|zone| syslog::offset(zone).ok()).filter(|(rest, _)| rest.starts_with(' '));
    Ok(zone.map_or((rest, stamp), |(rest, east)| (rest, Stamp { offset: Some(east), ..stamp })))
}

/// `[16003] `
fn process(rest: &str) -> &str {
    let mut pid = delimited(char::<_, nom::error::Error<&str>>('['), number, char(']'));
    pid.parse(rest).ok().and_then(|(rest, _)| rest.strip_prefix(' ')).unwrap_or(rest)
}

fn id(rest: &str) -> (&str, &str) {
    match rest.split_once(' ') {
        Some((id, text)) if is_id(id) => (id, text),
        _ => ("", rest),
    }
}

/// `1xVa3D-000021-2m` up to 4.96, `10HmaX-000000005vi-0000` since.
pub fn is_id(word: &str) -> bool {
    let mut parts = word.split('-');
    let lengths = [parts.next(), parts.next(), parts.next()].map(|part| part.map_or(0, str::len));
    parts.next().is_none() && matches!(lengths, [6, 6, 2] | [6, 11, 4]) && word.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

/// Where the fields end and the words begin: the first `: ` outside quotes.
pub fn words(text: &str) -> (&str, &str) {
    let mut quoted = false;
    for (at, c) in text.char_indices() {
        match c {
            '"' => quoted = !quoted,
            ':' if !quoted && text[at..].starts_with(": ") => return (&text[..at], &text[at + 2..]),
            _ => {}
        }
    }
    (text, "")
}

/// Value of a field, without its quotes.
pub fn field<'a>(text: &'a str, key: &str) -> Option<&'a str> {
    let at = text.match_indices(key).map(|(at, _)| at).find(|at| *at == 0 || text[..*at].ends_with(' '))?;
    let rest = &text[at + key.len()..];
    match rest.strip_prefix('"') {
        Some(quoted) => Some(quoted.find("\" ").map_or(quoted.trim_end_matches('"'), |end| &quoted[..end])),
        None => rest.split(' ').next(),
    }
}

/// `H=NAME (HELO) [IP]:port`: name, greeting, address, port.
pub fn host(text: &str) -> (&str, &str, &str, u16) {
    let Some(at) = text.match_indices("H=").map(|(at, _)| at).find(|at| *at == 0 || text[..*at].ends_with(' ')) else {
        return ("", "", "", 0);
    };
    let rest = &text[at + 2..];
    let name = rest.split(' ').next().filter(|name| !name.starts_with(['(', '['])).unwrap_or("");
    let inside = |open: char, close: char| rest.split_once(open).and_then(|(_, rest)| rest.split_once(close));
    let before_ip = rest.split_once('[').map_or(rest, |(before, _)| before);
    let helo = before_ip.split_once('(').and_then(|(_, rest)| rest.split_once(')')).map_or("", |(helo, _)| helo);
    let (ip, behind) = inside('[', ']').unwrap_or(("", ""));
    let port =
        behind.strip_prefix(':').or_else(|| behind.strip_prefix("*:")).map_or("", |port| port.split([' ', ':']).next().unwrap_or(""));
    (name, helo, ip, port.parse().unwrap_or(0))
}

/// A text without the durations that some settings add, `DT=0.023s`.
pub fn timeless(text: &str) -> Cow<'_, str> {
    let duration = |word: &str| {
        ["DT=", "QT="].iter().any(|key| word.strip_prefix(key).is_some_and(|time| time.starts_with(|c: char| c.is_ascii_digit())))
    };
    if !text.split(' ').any(duration) {
        return Cow::Borrowed(text);
    }
    // A colon behind it stands before the words.
    let kept = text.split(' ').filter_map(|word| if duration(word) { word.ends_with(':').then_some(":") } else { Some(word) });
    Cow::Owned(kept.collect::<Vec<_>>().join(" ").replace(" : ", ": "))
}

/// The far server's reply in Exim's words, and the stage: `SMTP error from remote mail server after CMD: REPLY`.
pub fn reply(words: &str) -> (String, &'static str) {
    let Some((_, rest)) = words.split_once("after ").filter(|_| words.contains("SMTP error from remote")) else {
        return (words.to_owned(), stage(words));
    };
    let rest = rest.strip_prefix("pipelined ").unwrap_or(rest);
    let path = if rest.starts_with("RCPT") || rest.starts_with("MAIL") { rest.find(">: ").map(|at| at + 1) } else { rest.find(": ") };
    let reply = path.map_or("", |at| rest[at..].trim_start_matches([':', ' ']));
    // Lines of a reply are joined with a backslash and an n.
    (reply.replace("\\n", " "), stage(rest))
}

fn stage(words: &str) -> &'static str {
    let stages = [
        ("RCPT", "rcpt"),
        ("MAIL", "mail"),
        ("end of data", "eod"),
        ("DATA", "data"),
        ("EHLO", "ehlo"),
        ("HELO", "ehlo"),
        ("STARTTLS", "starttls"),
        ("AUTH", "auth"),
        ("authentication", "auth"),
        ("TLS", "tls"),
        ("initial connection", "connect"),
        ("Connection", "connect"),
        ("unreachable", "connect"),
        ("host lookup", "dns"),
        ("lookup of host", "dns"),
        ("Unrouteable", "dns"),
    ];
    stages.iter().find(|(word, _)| words.contains(word)).map_or("", |(_, stage)| stage)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_of_lines() {
        let rows = [
            ("2026-03-10 09:05:01 1xVa3D-000021-2m Completed", ("1xVa3D-000021-2m", "Completed")),
            ("2026-03-10 09:05:01.165 +0100 [77] 10HmaX-000000005vi-0000 => a", ("10HmaX-000000005vi-0000", "=> a")),
            ("2026-03-10 09:05:01 [77] Start queue run: pid=81", ("", "Start queue run: pid=81")),
        ];
        for (line, (id, text)) in rows {
            let got = read(line).unwrap();
            assert_eq!((got.id, got.text), (id, text), "{line}");
            assert_eq!(got.stamp.unwrap().offset.is_some(), line.contains('+'), "{line}");
        }
        assert_eq!(read(" Suggested action: use keep_environment."), None);
    }

    #[test]
    fn fields_and_words() {
        let text = "a@b.example R=batch T=\"an invoice: x\" H=mx.b.example (helo) [192.0.2.1]:25 CV=no: SMTP error from remote mail server after RCPT TO:<a@b.example>: 550-5.7.1 x\\n550 5.7.1 y";
        let (fields, words) = words(text);
        assert_eq!((field(fields, "T="), field(fields, "R="), field(fields, "X=")), (Some("an invoice: x"), Some("batch"), None));
        assert_eq!(host(fields), ("mx.b.example", "helo", "192.0.2.1", 25));
        assert_eq!(reply(words), ("550-5.7.1 x 550 5.7.1 y".to_owned(), "rcpt"));
        assert_eq!(host("H=(sapxyz) [192.0.2.9] F=<a>"), ("", "sapxyz", "192.0.2.9", 0));
        assert_eq!(timeless("Connection refused DT=0.000s"), "Connection refused");
        assert_eq!(timeless(" H=mx.b.example [192.0.2.1] DT=1s: SMTP error"), " H=mx.b.example [192.0.2.1]: SMTP error");
        assert_eq!(timeless(" DT=0.000s: retry time not reached"), ": retry time not reached");
        assert_eq!(
            reply("SMTP error from remote mail server after initial connection: 421 4.3.2 busy"),
            ("421 4.3.2 busy".to_owned(), "connect")
        );
    }
}
