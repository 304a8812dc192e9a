//! Replies outside of a dialogue: refusals quoted in a message of the kernel or alone, and acceptances alone (icm.md
//! section 2.1).

use super::{line, mark, record};
use crate::formats::session::is_acceptance;
use crate::smtp::{find_reply, trailer};

/// The refusal that a line quotes, from its code on: behind the kernel's own words, or alone where Exchange signed it.
/// Words of other matters that look like one are none.
pub fn quoted(text: &str) -> Option<&str> {
    let signed = || mark::reply(text).is_some() && trailer(line::tail(text).text).is_some();
    if !record::is_message(text) && !signed() {
        return None;
    }
    let code = find_reply(text)?.code?.to_string();
    let begins = |at: &usize| text.get(*at..).and_then(find_reply).is_some_and(|reply| reply.enhanced.is_some());
    let at = text.match_indices(&code).map(|(at, _)| at).find(begins)?;
    text.get(at..).map(|reply| line::tail(reply).text)
}

/// What is told of [`acceptance`].
pub const ALONE: &str = "a mail was taken by a reply without a mark and without its dialogue: its words tell whose it is, a guess";

/// The reply by which Exchange took a mail, alone on a line: its Message-ID and the name of the server make it one.
pub fn acceptance(text: &str) -> Option<&str> {
    let reply = mark::reply(text).filter(is_acceptance)?;
    reply.text.contains("Hostname=").then(|| line::tail(text).text)
}

/// Whether a text has three digits with an enhanced code of a refusal.
pub fn stands_in(text: &str) -> bool {
    let before = |dot: usize| text.as_bytes().get(dot.saturating_sub(2)..dot);
    let hint = memchr::memchr_iter(b'.', text.as_bytes()).any(|dot| matches!(before(dot), Some([b' ' | b'-', b'4' | b'5'])));
    hint && find_reply(text).is_some_and(|reply| reply.code.is_some() && reply.enhanced.is_some_and(|code| code.class >= 4))
}
