//! Trailer that Exchange Online puts behind its replies (rules.md 4.1): server, UTC time, session id.

use super::host::is_microsoft;
use chrono::NaiveDateTime;
use nom::bytes::complete::take_while1;
use nom::character::complete::{char, space1};
use nom::combinator::opt;
use nom::sequence::{delimited, preceded};
use nom::{IResult, Parser};

/// `[HOST.prod.outlook.com 2026-03-10T09:21:05.123Z 08DE7D0123456789]`, the last two parts absent in old servers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trailer<'a> {
    /// Server that spoke.
    pub host: &'a str,
    /// Time of the reply, milliseconds since 1970 UTC.
    pub at: Option<i64>,
    /// SMTP session id, sixteen hex digits; what Microsoft's support asks for.
    pub session: Option<&'a str>,
}

fn word(input: &str) -> IResult<&str, &str> {
    take_while1(|c: char| !c.is_whitespace() && c != ']' && c != '[').parse(input)
}

fn bracket(input: &str) -> IResult<&str, (&str, Option<&str>, Option<&str>)> {
    delimited(char('['), (word, opt(preceded(space1, word)), opt(preceded(space1, word))), char(']')).parse(input)
}

/// Innermost trailer of a reply; `None` where no Microsoft server signed it.
#[must_use]
pub fn trailer(reply: &str) -> Option<Trailer<'_>> {
    let starts = reply.match_indices('[').map(|(at, _)| at);
    starts.filter_map(|at| bracket(&reply[at..]).ok()).find_map(|(_, (host, at, session))| {
        let host = host.strip_prefix("Hostname=").unwrap_or(host);
        is_microsoft(host).then(|| Trailer { host, at: at.and_then(utc_millis), session })
    })
}

fn utc_millis(text: &str) -> Option<i64> {
    let parsed = NaiveDateTime::parse_from_str(text.strip_suffix('Z')?, "%Y-%m-%dT%H:%M:%S%.f").ok()?;
    Some(parsed.and_utc().timestamp_millis())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_host_time_and_session() {
        let text = "535 5.7.139 no [AM0PR02CA0001.eurprd02.prod.outlook.com 1970-01-01T00:00:01.250Z 08DE7D0123456789]";
        let found = trailer(text).unwrap();
        assert_eq!((found.at, found.session), (Some(1250), Some("08DE7D0123456789")));
        assert_eq!(trailer("550 5.4.1 [gone@contoso.example]: rejected"), None);
        assert_eq!(trailer("432 4.3.2 limit [Hostname=A.EURP.PROD.OUTLOOK.COM]").unwrap().host, "A.EURP.PROD.OUTLOOK.COM");
    }
}
