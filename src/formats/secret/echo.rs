//! Logons in lines of a log that are shown again one by one: what answers a challenge stands alone in its line.

use super::{HIDDEN, SHORTEST, Secrets, redacted, tokens};
use crate::smtp::{command, find_reply, is_mechanism};
use std::borrow::Cow;

/// The answer to a challenge comes within so many lines.
const NEAR: u8 = 16;

/// Lines in their order, without the credentials of the logons among them.
#[derive(Default)]
pub struct Logons {
    secrets: Secrets,
    /// Lines in which an answer may still come.
    open: u8,
    /// Lines that may still quote one.
    near: u8,
}

impl Logons {
    /// A line without credentials.
    pub fn line<'a>(&mut self, line: &'a str) -> Cow<'a, str> {
        match named(line) {
            Some(at) => Cow::Owned(format!("{}{HIDDEN}", redacted(&line[..at]))),
            None => self.of_logon(line),
        }
    }

    fn of_logon<'a>(&mut self, line: &'a str) -> Cow<'a, str> {
        // Most lines are far from any logon: a glance tells.
        if self.near == 0 && auth(line).is_none() && !line.contains("334") {
            return Cow::Borrowed(line);
        }
        self.near = self.near.saturating_sub(1);
        self.open = self.open.saturating_sub(1);
        if let Some(at) = logon(line) {
            (self.secrets, self.open, self.near) = (Secrets::default(), NEAR, NEAR);
            self.secrets.initial(&line[at..]);
            return self.secrets.redact(line);
        }
        if let Some(asked) = challenge(line) {
            self.secrets.challenge(asked);
            (self.open, self.near) = (NEAR, NEAR);
            return Cow::Borrowed(line);
        }
        if self.open > 0
            && let Some(answer) = answer(line)
        {
            self.secrets.answer(answer);
            let at = answer.as_ptr().addr() - line.as_ptr().addr();
            return Cow::Owned(format!("{}{HIDDEN}{}", &line[..at], &line[at + answer.len()..]));
        }
        if answers(line) {
            self.open = 0;
        } else if self.open > 0 {
            self.secrets.overheard(line);
        }
        if self.near > 0 { self.secrets.redact(line) } else { redacted(line) }
    }
}

/// Names before a credential, in lower case; what follows the equals sign or colon behind one is hidden to the end.
const NAMES: [&str; 7] = ["password", "passwd", "pwd", "authorization", "client_secret", "refresh_token", "access_token"];

/// Where a credential begins that its name tells.
fn named(line: &str) -> Option<usize> {
    let begins = |name: &&str| {
        let mut hits = memchr::memchr2_iter(name.as_bytes()[0], name.as_bytes()[0].to_ascii_uppercase(), line.as_bytes());
        hits.find_map(|at| {
            let head = line.get(at..at + name.len()).filter(|head| head.eq_ignore_ascii_case(name))?;
            let behind = &line[at + head.len()..];
            let value = behind.trim_start().strip_prefix(['=', ':'])?.trim_start();
            (!value.is_empty()).then(|| line.len() - value.len())
        })
    };
    NAMES.iter().filter_map(begins).min()
}

/// Where the verb stands, in whatever letters.
fn auth(line: &str) -> Option<usize> {
    let bytes = line.as_bytes();
    memchr::memchr2_iter(b'A', b'a', bytes).find(|at| bytes.get(*at..at + 4).is_some_and(|word| word.eq_ignore_ascii_case(b"AUTH")))
}

/// Whether a reply stands at the beginning of a line or behind a mark: a time may hold three digits too.
fn answers(line: &str) -> bool {
    let Some(reply) = find_reply(line).filter(|reply| reply.code.is_some()) else { return false };
    let before = line.find(reply.whole).map_or("", |at| &line[..at]).trim_end();
    before.is_empty() || before.ends_with(['<', '>', '"', ']', '='])
}

/// Where `AUTH` and a mechanism stand as a command: nothing but the response follows.
fn logon(line: &str) -> Option<usize> {
    let mut from = 0;
    while let Some(at) = line.get(from..).and_then(auth).map(|at| from + at) {
        let mut words = line.get(at..)?.split_whitespace().skip(1);
        if words.next().is_some_and(is_mechanism) && words.next().is_none_or(|word| !is_mechanism(word)) {
            return Some(at);
        }
        from = at + 4;
    }
    None
}

/// What `334` asks for, whatever stands before it.
fn challenge(line: &str) -> Option<&str> {
    let (before, asked) = line.rsplit_once("334")?;
    let begins = before.is_empty() || before.ends_with([' ', '\t', '<', '>', ':', '"']);
    (begins && asked.split_whitespace().count() <= 1 && (asked.is_empty() || asked.starts_with(char::is_whitespace))).then_some(asked)
}

/// The one word of base64 in a line, behind nothing but a mark; an id in braces may follow it.
fn answer(line: &str) -> Option<&str> {
    let text = line.trim_end();
    let text = text.strip_suffix('}').and_then(|inner| inner.rsplit_once('{')).map_or(text, |(before, _)| before.trim_end());
    let at = text.rfind([' ', '\t', '>', ':', '|', ']']).map_or(0, |at| at + 1);
    let (mark, word) = text.split_at(at);
    let marked = mark.trim_end().is_empty() || mark.trim_end().ends_with(['>', '<', ':', '-', '|', ']']);
    let whole = tokens(word).next() == Some(word) && word.len() >= SHORTEST && word.len().is_multiple_of(4);
    (marked && whole && command(word).is_none()).then_some(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_answers_of_a_logon_are_hidden() {
        let rows = [
            ("U0VDUkVU", "U0VDUkVU"),
            ("[Thr 1] >> AUTH LOGIN", "[Thr 1] >> AUTH LOGIN"),
            ("[Thr 1] << 334 VXNlcm5hbWU6", "[Thr 1] << 334 VXNlcm5hbWU6"),
            ("[Thr 1] >> ZXJwMQ== {0004107a}", "[Thr 1] >> [secret] {0004107a}"),
            ("334 UGFzc3dvcmQ6", "334 UGFzc3dvcmQ6"),
            ("[Thr 1] U0VDUkVU", "[Thr 1] [secret]"),
            ("Mon May 11 08:10:11:500 2026", "Mon May 11 08:10:11:500 2026"),
            ("SMTP> U0VDUkVUMTIz", "SMTP> [secret]"),
            ("535 5.7.3 no U0VDUkVU or SECRET", "535 5.7.3 no [secret] or [secret]"),
            ("MAIL FROM:<erp@contoso.example>", "MAIL FROM:<erp@contoso.example>"),
            ("c: QUIT", "c: QUIT"),
            ("auth plain AGVycABTRUNSRVQ=", "auth plain [secret]"),
            ("235 2.7.0 ok", "235 2.7.0 ok"),
            ("250-AUTH LOGIN PLAIN XOAUTH2", "250-AUTH LOGIN PLAIN XOAUTH2"),
            ("550 5.7.64 TenantAttribution; Relay Access Denied", "550 5.7.64 TenantAttribution; Relay Access Denied"),
            ("TIMEOUTS", "TIMEOUTS"),
            ("SmtpAuth: AUTH LOGIN ZXJwMQ== U0VDUkVU", "SmtpAuth: AUTH LOGIN [secret] [secret]"),
            ("parameter password=S3cret!", "parameter password=[secret]"),
            ("user svc, Pwd: S3cret and more", "user svc, Pwd: [secret]"),
            ("Authorization: Bearer abc.def", "Authorization: [secret]"),
            ("550 5.7.1 wrong password for this account", "550 5.7.1 wrong password for this account"),
            ("SmtpSend: buffer \"U0VDUkVUMTIz\\r\\n\"", "SmtpSend: buffer \"[secret]\\r\\n\""),
        ];
        let mut logons = Logons::default();
        for (line, want) in rows {
            assert_eq!(logons.line(line), want, "{line}");
        }
    }
}
