//! Credentials that come back: servers quote a command they do not know, `500 Command unrecognized: "AUTH PLAIN AGVy..."`.

mod echo;

pub use echo::Logons;

use crate::smtp::{base64, is_mechanism};
use std::borrow::Cow;

/// What stands for a secret.
const HIDDEN: &str = "[secret]";
/// Shorter tokens are words like `ok`.
const SHORTEST: usize = 4;
/// A cut secret is recognised by this many of its first characters.
const PREFIX: usize = 6;
/// A logon has two or three answers; more are no logon.
const MOST: usize = 16;

/// What a session has sent while its logon was open. It lives as long as the session and is never copied out.
#[derive(Default)]
pub struct Secrets {
    sent: Vec<String>,
    /// What the words that were sent say when they are decoded.
    clear: Vec<String>,
    /// The next answer is a user's name. Decoded it is no secret, and it may be a word of a reply, like `relay`.
    named: bool,
}

impl Secrets {
    /// Remembers the credentials of an answer to a challenge.
    pub fn answer(&mut self, said: &str) {
        let named = std::mem::take(&mut self.named);
        self.keep(tokens(said).filter(|token| token.len() >= SHORTEST), named);
    }

    /// Remembers what looks like credentials in a line that may be an answer.
    pub fn overheard(&mut self, text: &str) {
        // Names of functions mix cases, and ids are hex digits.
        let letters = |token: &str| token.bytes().all(|b| b.is_ascii_alphabetic()) || token.bytes().all(|b| b.is_ascii_hexdigit());
        self.keep(tokens(text).filter(|token| looks_encoded(token) && !letters(token)), false);
    }

    /// What the server asks for next.
    pub fn challenge(&mut self, asked: &str) {
        self.named = base64(asked.trim().as_bytes()).get(..4).is_some_and(|head| head.eq_ignore_ascii_case(b"user"));
    }

    /// Remembers the initial response of `AUTH mechanism response` (RFC 4954).
    pub fn initial(&mut self, said: &str) {
        let mut words = said.split_whitespace().skip(1);
        self.named = words.next().is_some_and(|mechanism| mechanism.eq_ignore_ascii_case("LOGIN"));
        let response = words.collect::<Vec<_>>().join(" ");
        if response.is_empty() { self.named = false } else { self.answer(&response) }
    }

    /// Whether nothing was sent.
    pub fn is_empty(&self) -> bool {
        self.sent.is_empty()
    }

    fn keep<'a>(&mut self, words: impl Iterator<Item = &'a str>, named: bool) {
        for word in words.take(MOST) {
            if self.sent.len() < MOST && !self.sent.iter().any(|sent| sent == word) {
                self.sent.push(word.to_owned());
                self.clear.extend(if named { None } else { decoded(word) });
            }
        }
    }

    /// A text without credentials: neither those that were sent nor what looks like some behind `AUTH`.
    pub fn redact<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let mut out = String::new();
        let (mut copied, mut open) = (0, false);
        for token in tokens(text) {
            let at = token.as_ptr().addr() - text.as_ptr().addr();
            if open && looks_encoded(token) || self.knows(token) {
                out.push_str(&text[copied..at]);
                out.push_str(HIDDEN);
                copied = at + token.len();
            }
            open = is_mechanism(token) || token.eq_ignore_ascii_case("AUTH") || open && is_mechanism_name(token);
        }
        let out = if copied == 0 { Cow::Borrowed(text) } else { Cow::Owned(out + &text[copied..]) };
        self.clear.iter().fold(out, |out, secret| hidden(&out, secret).map_or(out, Cow::Owned))
    }

    fn knows(&self, token: &str) -> bool {
        token.len() >= SHORTEST
            && self.sent.iter().any(|secret| token.contains(secret.as_str()) || token.len() >= PREFIX && secret.starts_with(token))
    }
}

/// The secret in a word of base64: that of `PLAIN` stands behind the names (RFC 4616), that of `XOAUTH2` behind `Bearer`.
fn decoded(word: &str) -> Option<String> {
    let text = String::from_utf8(base64(word.as_bytes())).ok()?;
    let part = match text.split_once("Bearer ") {
        Some((_, token)) => token.split(char::is_control).next().unwrap_or(""),
        None => text.rsplit('\0').next().unwrap_or(""),
    };
    (part.len() >= SHORTEST && !part.contains(char::is_control)).then(|| part.to_owned())
}

/// A text without a secret, where it holds it; a short one counts only as a word of its own.
fn hidden(text: &str, secret: &str) -> Option<String> {
    let (mut out, mut copied) = (String::new(), 0);
    for (at, _) in text.match_indices(secret) {
        let (before, behind) = (&text[..at], &text[at + secret.len()..]);
        let inside = before.ends_with(char::is_alphanumeric) || behind.starts_with(char::is_alphanumeric);
        if secret.len() >= PREFIX || !inside {
            out.push_str(&text[copied..at]);
            out.push_str(HIDDEN);
            copied = at + secret.len();
        }
    }
    (!out.is_empty()).then(|| out + &text[copied..])
}

/// A text of a log without what looks like credentials behind a logon.
pub fn redacted(text: &str) -> Cow<'_, str> {
    Secrets::default().redact(text)
}

/// A whole log without what looks like credentials behind `AUTH`, wherever in a line; lines stay where they are.
pub fn without_logons(text: &str) -> Cow<'_, str> {
    let (mut out, mut copied) = (String::new(), 0);
    let mut hits = memchr::memmem::find_iter(text.as_bytes(), b"AUTH").peekable();
    while let Some(hit) = hits.next() {
        let end = text[hit..].find('\n').map_or(text.len(), |end| hit + end);
        while hits.next_if(|next| *next < end).is_some() {}
        if let Cow::Owned(line) = redacted(&text[hit..end]) {
            out.push_str(&text[copied..hit]);
            out.push_str(&line);
            copied = end;
        }
    }
    if copied == 0 { Cow::Borrowed(text) } else { Cow::Owned(out + &text[copied..]) }
}

/// A mechanism that is not known by name (RFC 4422 section 3.1).
fn is_mechanism_name(token: &str) -> bool {
    token.len() <= 20 && token.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'-') && !looks_encoded(token)
}

/// Runs of the base64 alphabets and the hyphen of mechanisms.
fn tokens(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=' | '-' | '_'))).filter(|token| !token.is_empty())
}

/// Base64 mixes cases, digits and signs as no word does.
fn looks_encoded(token: &str) -> bool {
    let bytes = token.as_bytes();
    let mixed = bytes.windows(2).any(|pair| pair[0].is_ascii_lowercase() && pair[1].is_ascii_uppercase());
    let signs = bytes.iter().any(|b| b.is_ascii_digit() || matches!(b, b'+' | b'/' | b'='));
    token.len() >= 8 && !is_mechanism(token) && (mixed || signs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_keeps_its_lines() {
        let text = "a AUTH x\nb AUTH PLAIN AGVycABTRUNSRVQ= AUTH LOGIN ZXJwQGNvbnRvc28=\n\nc";
        assert_eq!(without_logons(text), "a AUTH x\nb AUTH PLAIN [secret] AUTH LOGIN [secret]\n\nc");
        assert!(matches!(without_logons("lost connection after AUTH from x"), Cow::Borrowed(_)));
    }

    #[test]
    fn decoded_credentials_do_not_come_back() {
        // erp, relay, S3cret!pass; \0erp\0S3cret!pass; user=..Bearer S3cret!pass
        let logons: [&[&str]; 3] = [
            &["AUTH LOGIN", "cmVsYXk=", "UzNjcmV0IXBhc3M="],
            &["AUTH PLAIN AGVycABTM2NyZXQhcGFzcw=="],
            &["AUTH XOAUTH2 dXNlcj1lcnABYXV0aD1CZWFyZXIgUzNjcmV0IXBhc3MBAQ=="],
        ];
        for logon in logons {
            let mut secrets = Secrets::default();
            secrets.initial(logon[0]);
            for (at, answer) in logon.iter().enumerate().skip(1) {
                secrets.challenge(if at == 1 { "VXNlcm5hbWU6" } else { "UGFzc3dvcmQ6" });
                secrets.answer(answer);
            }
            let rows = [
                ("535 5.7.3 no (sent: S3cret!pass)", "535 5.7.3 no (sent: [secret])"),
                ("550 5.7.1 Unable to relay", "550 5.7.1 Unable to relay"),
            ];
            for (text, want) in rows {
                assert_eq!(secrets.redact(text), want, "{logon:?}");
            }
        }
    }

    #[test]
    fn credentials_do_not_come_back() {
        let mut secrets = Secrets::default();
        secrets.initial("AUTH PLAIN AGVycABTRUNSRVQ=");
        secrets.answer("U0VDUkVU");
        let rows = [
            ("500 5.5.1 Command unrecognized: \"AUTH PLAIN AGVycABTRUNSRVQ=\"", "500 5.5.1 Command unrecognized: \"AUTH PLAIN [secret]\""),
            ("500 unrecognized: AGVycABTRU", "500 unrecognized: [secret]"),
            ("535 bad password U0VDUkVU", "535 bad password [secret]"),
            ("500 AUTH LOGIN ZXJwQGNvbnRvc28=", "500 AUTH LOGIN [secret]"),
            ("500 AUTH NEWMECH dXNlcj1lcnBA", "500 AUTH NEWMECH [secret]"),
            ("504 5.7.4 Unrecognized authentication type", "504 5.7.4 Unrecognized authentication type"),
            ("250 AUTH LOGIN PLAIN XOAUTH2", "250 AUTH LOGIN PLAIN XOAUTH2"),
            (
                "535 5.7.139 AUTH mechanism disabled [FR2P281CA0113.DEUP281.PROD.OUTLOOK.COM]",
                "535 5.7.139 AUTH mechanism disabled [FR2P281CA0113.DEUP281.PROD.OUTLOOK.COM]",
            ),
        ];
        for (text, want) in rows {
            assert_eq!(secrets.redact(text), want, "{text}");
        }
    }
}
