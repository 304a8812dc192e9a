//! Who speaks: the content decides, a mark in front of it is optional and a session's own (icm.md 2.2.3).
//!
//! No mark is documented by SAP, so none is listed here: what stands in front of a command or a reply and holds a sign
//! of punctuation is one.

use crate::smtp::{Command, Reply, command, find_reply};

/// Marks are short.
const LONGEST: usize = 32;
/// Codes that mail servers use (RFC 5321, 4954, 3207, 1846); without a mark `512 bytes read` is none of them.
const CODES: &[u16] = &[
    211, 214, 220, 221, 235, 250, 251, 252, 334, 354, 421, 432, 450, 451, 452, 454, 455, 458, 459, 500, 501, 502, 503, 504, 521, 530, 534,
    535, 538, 550, 551, 552, 553, 554, 555, 556,
];

/// `250 bytes read`: a number with one of these is a count.
const UNITS: &[&str] = &["byte", "bytes", "ms", "msec", "s", "sec", "seconds", "items", "entries", "lines"];

/// A command or a reply with the mark in front of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Marked<'a> {
    /// The mark, empty where there is none.
    pub mark: &'a str,
    /// What stands behind it.
    pub said: &'a str,
    /// What that is.
    pub content: Content<'a>,
}

/// Verb = client, three digits = server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content<'a> {
    Command(Command<'a>),
    Reply(Reply<'a>),
}

impl Marked<'_> {
    /// Whether the mark names the protocol.
    pub fn names_smtp(&self) -> bool {
        self.mark.to_ascii_lowercase().contains("smtp")
    }
}

/// Splits a line into mark and content; `None` when it is neither command nor reply.
pub fn split(text: &str) -> Option<Marked<'_>> {
    let mut at = 0;
    loop {
        let (mark, said) = text.split_at(at);
        if let Some(content) = content(unquoted(mark, said)).filter(|_| at == 0 || mark.contains([':', '<', '>', '=', '|', '-'])) {
            return Some(Marked { mark: mark.trim_end(), said: unquoted(mark, said), content });
        }
        let word = said.bytes().take_while(|b| b.is_ascii_alphabetic() || *b == b'_').count();
        let signs = said[word..].bytes().take_while(|b| b" \t:<>=|-\"'".contains(b)).count();
        at += word + signs;
        if signs == 0 || at > LONGEST {
            return None;
        }
    }
}

/// A mark that ends in a quote has its other one behind the content.
fn unquoted<'a>(mark: &str, said: &'a str) -> &'a str {
    match mark.trim_end().chars().next_back() {
        Some(quote @ ('"' | '\'')) => said.strip_suffix(quote).unwrap_or(said),
        _ => said,
    }
}

fn content(text: &str) -> Option<Content<'_>> {
    let counts = |reply: &Reply<'_>| reply.text.split_whitespace().next().is_some_and(|word| UNITS.contains(&word));
    match reply(text).filter(|reply| reply.code.is_some_and(|code| CODES.contains(&code)) && !counts(reply)) {
        Some(reply) => Some(Content::Reply(reply)),
        None => command(text).map(Content::Command),
    }
}

/// A reply at the very beginning: three digits, then a blank, a hyphen or the end.
pub fn reply(text: &str) -> Option<Reply<'_>> {
    let digits = text.get(..3).filter(|head| head.bytes().all(|b| b.is_ascii_digit()))?;
    let next = text.as_bytes().get(3);
    let sensible = digits.parse::<u16>().is_ok_and(|code| (200..560).contains(&code));
    (sensible && matches!(next, None | Some(b' ' | b'-'))).then(|| find_reply(text)).flatten()
}

/// What a line is to a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Spoken<'a> {
    /// A reply.
    Server(&'a str),
    /// A command, a secret or a line of a body.
    Client(&'a str),
    /// A line of a session without marks that is neither command nor reply.
    Unclear(&'a str),
    /// Not of the dialogue.
    Nothing,
}

/// The marks of one session, as far as it is written in one way.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Marks {
    client: Option<String>,
    server: Option<String>,
}

impl Marks {
    /// Whether the server has spoken with one of these marks.
    pub fn server_spoke(&self) -> bool {
        self.server.is_some()
    }

    /// Whether the client has.
    pub fn client_spoke(&self) -> bool {
        self.client.is_some()
    }

    /// Whether a line of the server can be told from one of the client without its content.
    pub fn distinct(&self) -> bool {
        self.server.as_ref().is_some_and(|mark| !mark.is_empty()) && self.client != self.server
    }

    /// Reads a line by the session's own marks, and by any where none is known yet.
    pub fn read<'a>(&self, text: &'a str) -> Spoken<'a> {
        let behind = |mark: &Option<String>| {
            let rest = mark.as_deref().filter(|mark| !mark.is_empty()).and_then(|mark| text.strip_prefix(mark));
            rest.map(|rest| unquoted(mark.as_deref().unwrap_or(""), rest.trim_start()))
        };
        match (behind(&self.server), behind(&self.client)) {
            (Some(said), client) if reply(said).is_some() => {
                if client.is_none() || self.client == self.server {
                    Spoken::Server(said)
                } else {
                    Spoken::Nothing
                }
            }
            (_, Some(said)) => Spoken::Client(said),
            (Some(said), None) if self.client.is_none() && command(said).is_some() => Spoken::Client(said),
            (Some(_), None) => Spoken::Nothing,
            (None, None) => self.read_new(text),
        }
    }

    /// A line with a mark that is not the session's, or the first line of a side.
    fn read_new<'a>(&self, text: &'a str) -> Spoken<'a> {
        let sides = [self.client.as_deref(), self.server.as_deref()];
        if sides.iter().all(|mark| mark.is_some_and(|mark| !mark.is_empty())) {
            return Spoken::Nothing;
        }
        let unmarked = sides.contains(&Some(""));
        let Some(found) = split(text) else {
            return if unmarked { Spoken::Unclear(text) } else { Spoken::Nothing };
        };
        let (own, other) = match found.content {
            Content::Reply(_) => (&self.server, &self.client),
            Content::Command(_) => (&self.client, &self.server),
        };
        let fits = match (own, other) {
            (Some(own), _) => own == found.mark,
            (None, Some(other)) => other.is_empty() == found.mark.is_empty(),
            (None, None) => true,
        };
        match found.content {
            _ if !fits && unmarked => Spoken::Unclear(text),
            _ if !fits => Spoken::Nothing,
            Content::Reply(_) => Spoken::Server(found.said),
            Content::Command(_) => Spoken::Client(found.said),
        }
    }

    /// Remembers the mark of a side when it speaks for the first time.
    pub fn learn(&mut self, text: &str) {
        if self.client.is_some() && self.server.is_some() {
            return;
        }
        let Some(found) = split(text) else { return };
        let slot = match found.content {
            Content::Reply(_) => &mut self.server,
            Content::Command(_) => &mut self.client,
        };
        if slot.is_none() {
            *slot = Some(found.mark.to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_whatever_stands_before_command_or_reply() {
        let rows = [
            ("220 mx1.contoso.example ready", Some("")),
            ("SMTP << 220 ready", Some("SMTP <<")),
            ("SMTP: >> EHLO x", Some("SMTP: >>")),
            ("SMTP>>MAIL FROM:<>", Some("SMTP>>")),
            ("SMTP -> RSET", Some("SMTP ->")),
            ("<<<220 ready", Some("<<<")),
            ("> QUIT", Some(">")),
            ("Send: DATA", Some("Send:")),
            ("SMTP send: STARTTLS", Some("SMTP send:")),
            ("IcmSmtpRecv: \"250 ok", Some("IcmSmtpRecv: \"")),
            ("IcmSmtpSend: \"DATA\"", Some("IcmSmtpSend: \"")),
            ("250 bytes read", None),
            ("CLIENT: BDAT 100 LAST", Some("CLIENT:")),
            ("SMTP data block, 24 bytes", None),
            ("Trace DATA", None),
            ("512 bytes read from hdl 45", None),
            ("HTTP/1.1 250 Custom", None),
            ("<<- ERROR: SapSSLSessionStart(sssl_hdl=7f)==SSSLERR_PEER_CERT_UNTRUSTED", None),
            ("Auth info: none needed", None),
        ];
        for (text, want) in rows {
            assert_eq!(split(text).map(|found| found.mark), want, "{text}");
        }
    }

    #[test]
    fn a_session_knows_its_own_marks_only() {
        let mut marks = Marks::default();
        marks.learn("SMTP << 220 ready");
        assert_eq!(marks.read("SMTP >> EHLO x"), Spoken::Client("EHLO x"));
        marks.learn("SMTP >> EHLO x");
        assert!(marks.distinct());
        let rows = [
            ("SMTP << 550 5.1.1 no", Spoken::Server("550 5.1.1 no")),
            ("SMTP >> U0VDUkVU", Spoken::Client("U0VDUkVU")),
            ("SMTP >> 550 body", Spoken::Client("550 body")),
            ("<- 550 5.1.1 body", Spoken::Nothing),
            ("250 body", Spoken::Nothing),
            ("SMTP << no reply", Spoken::Nothing),
        ];
        for (text, want) in rows {
            assert_eq!(marks.read(text), want, "{text}");
        }
    }

    #[test]
    fn one_mark_for_both_sides_and_none_at_all() {
        let (mut same, mut bare) = (Marks::default(), Marks::default());
        for text in ["220 ready", "EHLO x"] {
            same.learn(&format!("SMTP: {text}"));
            bare.learn(text);
        }
        assert!(!same.distinct() && !bare.distinct());
        assert_eq!(same.read("SMTP: 250 ok"), Spoken::Server("250 ok"));
        assert_eq!(same.read("SMTP: dear all"), Spoken::Client("dear all"));
        assert_eq!(bare.read("250 ok"), Spoken::Server("250 ok"));
        assert_eq!(bare.read("U0VDUkVU"), Spoken::Unclear("U0VDUkVU"));
        assert_eq!(bare.read("<- 550 5.1.1 x"), Spoken::Unclear("<- 550 5.1.1 x"));
    }
}
