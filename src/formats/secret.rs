//! Credentials that come back: servers quote a command they do not know, `500 Command unrecognized: "AUTH PLAIN AGVy..."`.

use crate::smtp::is_mechanism;
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
}

impl Secrets {
    /// Remembers the credentials of an answer to a challenge.
    pub fn answer(&mut self, said: &str) {
        self.sent.extend(tokens(said).filter(|token| token.len() >= SHORTEST).take(MOST).map(ToOwned::to_owned));
        self.sent.truncate(MOST);
    }

    /// Remembers the initial response of `AUTH mechanism response` (RFC 4954).
    pub fn initial(&mut self, said: &str) {
        self.answer(said.split_whitespace().skip(2).collect::<Vec<_>>().join(" ").as_str());
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
        if copied == 0 { Cow::Borrowed(text) } else { Cow::Owned(out + &text[copied..]) }
    }

    fn knows(&self, token: &str) -> bool {
        token.len() >= SHORTEST
            && self.sent.iter().any(|secret| token.contains(secret.as_str()) || token.len() >= PREFIX && secret.starts_with(token))
    }
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
