//! Replies: `550 5.7.64 TenantAttribution; ...`, alone or nested in another text.

use nom::character::complete::{char, u16 as number};
use nom::combinator::{opt, recognize, verify};
use nom::{IResult, Parser};
use std::fmt;
use std::str::FromStr;

/// Enhanced status code of RFC 3463: `class.subject.detail`, class 2, 4 or 5.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash)]
pub struct Enhanced {
    /// 2 success, 4 temporary, 5 permanent.
    pub class: u8,
    /// Second number.
    pub subject: u16,
    /// Third number.
    pub detail: u16,
}

impl fmt::Display for Enhanced {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.class, self.subject, self.detail)
    }
}

impl FromStr for Enhanced {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match enhanced(text) {
            Ok(("", code)) => Ok(code),
            _ => Err(()),
        }
    }
}

/// One SMTP reply found in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply<'a> {
    /// Three-digit code, absent where a wrapper dropped it.
    pub code: Option<u16>,
    /// Enhanced code, absent in old servers and in greetings.
    pub enhanced: Option<Enhanced>,
    /// Text behind the codes.
    pub text: &'a str,
    /// Codes and text.
    pub whole: &'a str,
}

impl Reply<'_> {
    /// First digit of the three-digit code, else of the enhanced code.
    fn class(&self) -> u16 {
        self.code.map(|code| code / 100).or(self.enhanced.map(|code| u16::from(code.class))).unwrap_or(0)
    }
}

/// Characters that carry the comparison of two replies: lower case, no white space.
///
/// SAP keeps a reply in two variables of fifty characters and loses a blank at the seam (sost.md 3.3),
/// and clients fold lines differently; without white space all of them agree.
#[must_use]
pub fn squeeze(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    squeeze_onto(&mut out, text);
    out
}

/// The same, behind what is there already.
pub fn squeeze_onto(out: &mut String, text: &str) {
    if text.is_ascii() {
        let begin = out.len();
        text.split(char::is_whitespace).for_each(|word| out.push_str(word));
        if let Some(own) = out.get_mut(begin..) {
            own.make_ascii_lowercase();
        }
    } else {
        out.extend(text.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase));
    }
}

/// Parses `5.7.139`.
fn enhanced(input: &str) -> IResult<&str, Enhanced> {
    let class = verify(number, |n| matches!(n, 2 | 4 | 5));
    let small = || verify(number, |n: &u16| *n < 1000);
    let (rest, (class, _, subject, _, detail)) = (class, char('.'), small(), char('.'), small()).parse(input)?;
    let class = u8::try_from(class).unwrap_or(5);
    Ok((rest, Enhanced { class, subject, detail }))
}

/// Parses `550`, `550-`, `550 5.7.1`, `5.7.1` and Python's `535, b'5.7.3`.
fn codes(input: &str) -> IResult<&str, (Option<u16>, Option<Enhanced>)> {
    if let Ok((rest, found)) = enhanced(input) {
        return Ok((rest, (None, Some(found))));
    }
    let (rest, code) = verify(number, |n| (200..=559).contains(n)).parse(input)?;
    let seam = recognize((opt(char(':')), opt(char(',')), opt(char(' ')), opt(char('-')), opt(char('b')), opt(char('\''))));
    let (behind, _) = recognize(seam).parse(rest)?;
    match enhanced(behind) {
        Ok((rest, found)) => Ok((rest, (Some(code), Some(found)))),
        Err(_) => Ok((rest, (Some(code), None))),
    }
}

/// A position may begin a reply only where a word begins; `1550` and `10.5.7.1` hold none.
fn begins_word(text: &str, at: usize) -> bool {
    text[..at].chars().next_back().is_none_or(|c| !(c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | '@' | '+')))
}

/// Whether the characters behind the codes are those of a reply: a bare `550` needs a blank and a word.
fn ends_codes(rest: &str, with_enhanced: bool) -> bool {
    rest.chars()
        .next()
        .is_none_or(|c| if with_enhanced { !(c.is_ascii_digit() || c == '.' || c == '@') } else { matches!(c, ' ' | '-' | ':' | ',') })
}

fn reply_at(text: &str, at: usize) -> Option<Reply<'_>> {
    let whole = &text[at..];
    let (rest, (code, enhanced)) = codes(whole).ok()?;
    if !ends_codes(rest, enhanced.is_some()) {
        return None;
    }
    let text = rest.trim_start_matches([' ', '-', ':', ',', ';', '\t']);
    Some(Reply { code, enhanced, text, whole })
}

/// Words in front of a version number, which looks like an enhanced code: `Exim 4.94.2`, `Postfix 2.10.1`.
const VERSIONED: &[&str] = &["exim", "postfix", "sendmail", "qmail", "dovecot", "version", "release", "v"];

/// A bare three-digit number inside prose (`after 250 attempts`) is no reply: only the start of a text,
/// or a number with an enhanced code, or one behind a wrapper's mark counts. An enhanced code alone looks like a
/// version or a date, so it must also go on with words.
fn plausible(text: &str, at: usize, reply: &Reply<'_>) -> bool {
    let before = text[..at].trim_end();
    if before.is_empty() {
        return true;
    }
    match (reply.code, reply.enhanced) {
        (Some(_), Some(_)) => true,
        (Some(_), None) => before.ends_with([':', ';', '<', '>', '=', '"', '\'', '(', '[']) || before.ends_with("said"),
        (None, _) => behind_mark(text, at) && !behind_product(before) && goes_on(reply),
    }
}

/// `Error: 5.7.1`, `said 5.7.1`, `-> 5.7.1`, `'5.7.1`, `(5.7.1`; a colon without a blank belongs to a time.
fn behind_mark(text: &str, at: usize) -> bool {
    let before = &text[..at];
    let word = before.trim_end();
    let blank = word.len() < before.len();
    before.ends_with(['"', '\'', '(', '<', '=']) || blank && (word.ends_with([':', ';']) || word.ends_with("->") || word.ends_with("said"))
}

fn behind_product(before: &str) -> bool {
    let before = before.trim_end_matches(|c: char| !c.is_alphanumeric());
    let word = before.rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or("");
    VERSIONED.iter().any(|product| word.eq_ignore_ascii_case(product))
}

/// The codes are followed by a blank or a mark and then by a word.
fn goes_on(reply: &Reply<'_>) -> bool {
    let codes = &reply.whole[..reply.whole.len() - reply.text.len()];
    codes.ends_with([' ', ':', ';', ',', '\t'])
        && reply.text.starts_with(|c: char| c.is_alphabetic() || matches!(c, '<' | '[' | '\'' | '"'))
}

/// First reply in a text.
#[must_use]
pub fn find_reply(text: &str) -> Option<Reply<'_>> {
    replies(text).next()
}

/// A success inside a refusal (`550 ... 250 recipients`) is no reply of its own.
fn replies(text: &str) -> impl Iterator<Item = Reply<'_>> {
    let (mut skip_to, mut refused) = (0, false);
    text.bytes().enumerate().filter_map(move |(at, b)| {
        if at < skip_to || !matches!(b, b'2'..=b'5') || !begins_word(text, at) {
            return None;
        }
        let found = reply_at(text, at).filter(|r| plausible(text, at, r) && !(refused && r.class() == 2))?;
        refused |= found.class() >= 4;
        skip_to = text.len() - found.text.len();
        Some(found)
    })
}

/// Replies nested in a text, outermost first, innermost last (rules.md 4.2):
/// `5.7.57 Client not authenticated. Error: 535 5.7.139 ...` gives two.
#[must_use]
pub fn chain(text: &str) -> Vec<Reply<'_>> {
    replies(text).collect()
}

/// Message-ID that an accepting reply echoes: `250 2.6.0 <id> [InternalId=...` or `250 2.0.0 OK <id> [Hostname=...`
/// (exchange.md 3.1), with its angle brackets.
#[must_use]
pub fn accepted_message_id(text: &str) -> Option<&str> {
    let reply = find_reply(text)?;
    if reply.code.is_some_and(|c| c / 100 != 2) {
        return None;
    }
    let open = reply.text.find('<')?;
    let close = open + reply.text[open..].find('>')?;
    let id = &reply.text[open..=close];
    id.contains('@').then_some(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes_of(text: &str) -> Vec<String> {
        chain(text)
            .iter()
            .map(|r| {
                let code = r.code.map_or_else(String::new, |c| c.to_string());
                r.enhanced.map_or(code.clone(), |e| format!("{code} {e}").trim().to_owned())
            })
            .collect()
    }

    #[test]
    fn finds_replies_in_every_wrapper() {
        let rows = [
            ("550 5.7.64 TenantAttribution; Relay Access Denied [X.PROD.OUTLOOK.COM]", vec!["550 5.7.64"]),
            ("(530, b'5.7.57 SMTP; Client was not authenticated')", vec!["530 5.7.57"]),
            ("5.7.57 Client not authenticated to send mail. Error: 535 5.7.139 Authentication unsuccessful", vec!["5.7.57", "535 5.7.139"]),
            ("host mx.example[192.0.2.1] said: 550 5.4.1 Recipient address rejected (in reply to RCPT TO command)", vec!["550 5.4.1"]),
            ("550 5.1.351 Remote server returned unknown recipient -> 550 : User unknown", vec!["550 5.1.351", "550"]),
            ("smtp;550 5.7.68 TenantInboundAttribution", vec!["550 5.7.68"]),
            ("535: 5.7.139 Authentication unsuccessful", vec!["535 5.7.139"]),
            ("250-PIPELINING", vec!["250"]),
            ("no reply here, 10.5.7.1 and after 250 attempts", vec![]),
        ];
        check(&rows);
    }

    #[test]
    fn versions_dates_and_paths_are_no_replies() {
        let rows = [
            ("554 5.7.1 Relay denied (Exim 4.94.2)", vec!["554 5.7.1"]),
            ("554 5.7.1 Relay denied (Exim version: 4.94.2 on host)", vec!["554 5.7.1"]),
            ("550 5.7.1 Unable to relay, Postfix 2.10.1", vec!["550 5.7.1"]),
            ("451 4.7.1 see https://mx.fabrikam.example/4.7.1/help for more", vec!["451 4.7.1"]),
            ("451 4.7.1 Greylisted since 4.11.26 10:00", vec!["451 4.7.1"]),
            ("550 5.1.1 unknown (250 2.1.0 for the sender)", vec!["550 5.1.1"]),
            ("Version 5.7.64 of the report", vec![]),
            ("5.7.64 TenantAttribution", vec!["5.7.64"]),
            ("Remote server returned '5.7.64 TenantAttribution'", vec!["5.7.64"]),
            ("450 4.4.317 Cannot connect [Message=5.7.3 STARTTLS is required]", vec!["450 4.4.317", "5.7.3"]),
        ];
        check(&rows);
    }

    fn check(rows: &[(&str, Vec<&str>)]) {
        for (text, want) in rows {
            assert_eq!(&codes_of(text), want, "{text}");
        }
    }

    #[test]
    fn echoes_the_message_id() {
        let text = "250 2.6.0 <ADR51000000000001@contoso.example> [InternalId=1, Hostname=X.prod.outlook.com] 10 bytes in 0.1, 1 KB/sec Queued mail for delivery";
        assert_eq!(accepted_message_id(text), Some("<ADR51000000000001@contoso.example>"));
        assert_eq!(accepted_message_id("550 5.1.1 <a@b.example> unknown"), None);
    }
}
