//! Messages about connections, with servers and from clients, that name no mail (relay.md sections 1.1.4 and 1.1.7).

use super::message::Message;
use super::text::peer;

/// Messages about connections and everything else.
pub fn of_session(text: &str) -> Message<'_> {
    connection(text).or_else(|| client(text)).unwrap_or(Message::Nothing)
}

/// Towards the next server.
fn connection(text: &str) -> Option<Message<'_>> {
    if let Some(rest) = text.strip_prefix("connect to ") {
        return peer(rest).map(|(peer, _)| Message::Connect { peer, text });
    }
    for (begin, client) in [("SSL_connect error to ", false), ("SSL_accept error from ", true)] {
        if let Some(rest) = text.strip_prefix(begin) {
            return peer(rest).map(|(peer, _)| Message::Tls { peer, text, client });
        }
    }
    if text.starts_with("TLS library problem") {
        return Some(Message::TlsDetail(text));
    }
    let (_, rest) = text.split_once("certificate verification failed for ")?;
    peer(rest).map(|(peer, _)| Message::Tls { peer, text, client: false })
}

/// From a client.
fn client(text: &str) -> Option<Message<'_>> {
    for begin in ["lost connection after ", "timeout after ", "too many errors after "] {
        if let Some(rest) = text.strip_prefix(begin) {
            let (peer, _) = peer(rest.rsplit_once(" from ")?.1)?;
            let early = ["CONNECT", "UNKNOWN", "EHLO", "HELO", "NOOP", "QUIT", "RSET"].iter().any(|word| rest.starts_with(word));
            return (!early).then_some(Message::Lost { peer, text });
        }
    }
    if text.contains("limit exceeded: ") {
        return peer(text.split_once(" from ")?.1).map(|(peer, _)| Message::Limited { peer, text });
    }
    let (peer, rest) = text.contains(" authentication failed").then(|| peer(text))??;
    rest.starts_with(": SASL ").then_some(Message::Auth { peer, text: without_challenge(text) })
}

/// Postfix quotes the challenge, or what answered it, where it knows no reason: one word of base64.
fn without_challenge(text: &str) -> &str {
    let encoded = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=' | '-' | '_');
    match text.split_once(" failed: ") {
        Some((before, reason)) if reason.split(',').next().is_some_and(|word| word.len() >= 4 && word.chars().all(encoded)) => {
            &text[..before.len() + " failed".len()]
        }
        _ => text,
    }
}
