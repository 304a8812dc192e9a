//! What the relay's door says (relay.md section 1.1.4): refusals and what else it does with a mail.

use super::message::Message;
use super::text::{Peer, envelope, peer};

/// `ACTION: WHERE from NAME[ADDR]: TEXT; from=<..> to=<..> proto=.. helo=<..>`.
pub fn door(rest: &str) -> Option<Message<'_>> {
    let (action, rest) = rest.split_once(": ")?;
    if !ACTIONS.contains(&action) {
        return None;
    }
    if action.starts_with("proxy-") {
        // A filter in front of the queue answers for the whole mail, and no client is named.
        let (place, said) = rest.split_once(": ")?;
        let (text, envelope) = envelope(said);
        return Some(Message::Door { action, peer: Peer::default(), stage: stage(place), text, envelope });
    }
    let (place, behind) = rest.split_once(" from ")?;
    let (peer, said) = peer(behind).unwrap_or((Peer::default(), behind));
    let said = said.strip_prefix(':').and_then(|said| said.split_once(' ')).map_or(said, |(_, said)| said);
    let (said, envelope) = envelope(said);
    // A header or body check writes the checked text before the client and the answer behind the envelope.
    let (said, envelope) = match envelope.find(">: ").map(|at| (&envelope[..=at], &envelope[at + 3..])) {
        Some((before, answer)) if said.is_empty() || said == behind || place.starts_with("header") || place.starts_with("body") => {
            (answer, before)
        }
        _ => (said, envelope),
    };
    Some(Message::Door { action, peer, stage: stage(place), text: said, envelope })
}

/// What the door does (relay.md section 1.1.4).
const ACTIONS: &[&str] = &[
    "reject",
    "reject_warning",
    "filter",
    "hold",
    "redirect",
    "discard",
    "warn",
    "info",
    "prepend",
    "replace",
    "bcc",
    "permit",
    "milter-reject",
    "milter-hold",
    "milter-discard",
    "milter-quarantine",
    "proxy-accept",
    "proxy-reject",
    "client-reject",
];

fn stage(place: &str) -> &'static str {
    let place = place.trim_start_matches("after ");
    let stages = [
        ("CONNECT", "connect"),
        ("EHLO", "ehlo"),
        ("HELO", "ehlo"),
        ("MAIL", "mail"),
        ("RCPT", "rcpt"),
        ("END-OF-MESSAGE", "eod"),
        ("DATA", "data"),
        ("BDAT", "data"),
        ("header", "eod"),
        ("body", "eod"),
    ];
    stages.iter().find(|(word, _)| place.starts_with(word)).map_or("", |(_, stage)| stage)
}
