//! Refusals outside of a dialogue: quoted in a message of the kernel, or alone (icm.md section 2.1).

use super::{line, mark, record};
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

/// Whether a text has three digits with an enhanced code of a refusal.
pub fn stands_in(text: &str) -> bool {
    let before = |dot: usize| text.as_bytes().get(dot.saturating_sub(2)..dot);
    let hint = memchr::memchr_iter(b'.', text.as_bytes()).any(|dot| matches!(before(dot), Some([b' ' | b'-', b'4' | b'5'])));
    hint && find_reply(text).is_some_and(|reply| reply.code.is_some() && reply.enhanced.is_some_and(|code| code.class >= 4))
}
