//! Messages of Postfix's daemons (relay.md section 1.1.4). The text decides, not the daemon: RFC 5424 as rsyslog writes it
//! has lost the daemon's name.

use super::door::door;
use super::session::of_session;
use super::text::{self, Peer, address, envelope, peer};
use crate::evidence::{Kind, Phase};
use crate::formats::relay::mail::millis;
use crate::smtp::{Enhanced, next_queue_id};

/// What a message tells.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Message<'a> {
    /// A client begins a mail.
    Client { peer: Peer<'a>, origin: Option<Peer<'a>> },
    /// A mail is taken from the local drop.
    Pickup { sender: &'a str },
    /// The Message-ID.
    Id(&'a str),
    /// The subject, as a header check tells it.
    Subject(&'a str),
    /// The mail is in the queue.
    Active { sender: &'a str, size: u32, recipients: u16 },
    /// Given up.
    Expired { sender: &'a str },
    /// Left the queue.
    Removed,
    /// A recipient's try.
    Delivery(Delivery<'a>),
    /// The door refused, or did something else with it.
    Door { action: &'a str, peer: Peer<'a>, stage: &'static str, text: &'a str, envelope: &'a str },
    /// The relay writes to the sender by itself.
    Notice { late: bool, id: &'a str },
    /// One server of several failed.
    Tried(&'a str),
    /// Put aside, `true` when it is let go again.
    Hold(bool),
    /// The queue file grew too large while a client sent it.
    TooLarge(&'a str),
    /// A connection to a server failed.
    Connect { peer: Peer<'a>, text: &'a str },
    /// A handshake failed, with a server or a client.
    Tls { peer: Peer<'a>, text: &'a str, client: bool },
    /// A library's words on the handshake before.
    TlsDetail(&'a str),
    /// A client's logon failed.
    Auth { peer: Peer<'a>, text: &'a str },
    /// The client left in the middle.
    Lost { peer: Peer<'a>, text: &'a str },
    /// A limit kept a client out.
    Limited { peer: Peer<'a>, text: &'a str },
    /// Nothing about a mail.
    Nothing,
}

/// A recipient's try.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Delivery<'a> {
    pub to: &'a str,
    pub original: &'a str,
    pub relay: Peer<'a>,
    /// `relay=none`: no server and no program of the relay got it.
    pub nowhere: bool,
    /// Milliseconds since arrival.
    pub delay: u32,
    pub dsn: Option<Enhanced>,
    pub status: &'a str,
    pub reason: &'a str,
    /// Id under which the next server took the mail.
    pub next: &'a str,
}

/// What a line says, with the queue id it says it of; empty for `NOQUEUE`.
pub type Said<'a> = (Option<&'a str>, Message<'a>);

/// Reads a message.
///
/// # Errors
/// Why a message about a mail is not understood.
pub fn read(message: &str) -> Result<Said<'_>, &'static str> {
    let (level, plain) = severity(message);
    if let Ok((rest, id)) = text::queue_id(plain) {
        return Ok((Some(id), of_mail(rest, level)?));
    }
    let proxy = plain.strip_prefix("proxy-").and_then(|_| door(plain));
    Ok((None, proxy.unwrap_or_else(|| of_session(plain))))
}

/// `warning: `, `error: ` and so on, which Postfix writes in front.
fn severity(message: &str) -> (&str, &str) {
    if !message.starts_with(['w', 'e', 'f', 'p', 's']) {
        return ("", message);
    }
    let levels = ["warning", "error", "fatal", "panic", "statistics"];
    let one = |level: &'static str| Some((level, message.strip_prefix(level)?.strip_prefix(": ")?));
    levels.into_iter().find_map(one).unwrap_or(("", message))
}

fn of_mail<'a>(rest: &'a str, level: &str) -> Result<Message<'a>, &'static str> {
    if rest.starts_with("to=<") {
        return delivery(rest).map(Message::Delivery);
    }
    if rest.starts_with("from=<") {
        return from(rest);
    }
    if let Some(id) = rest.strip_prefix("message-id=").or_else(|| rest.strip_prefix("resent-message-id=")) {
        return Ok(Message::Id(id));
    }
    if let Some(client) = rest.strip_prefix("client=") {
        let origin = client.split_once(" orig_client=").and_then(|(_, origin)| peer(origin)).map(|(peer, _)| peer);
        return peer(client).map(|(peer, _)| Message::Client { peer, origin }).ok_or(CUT);
    }
    if let Some(pickup) = rest.strip_prefix("uid=") {
        return address(pickup, "from=").map(|sender| Message::Pickup { sender }).ok_or(CUT);
    }
    life(rest)
        .or_else(|| header(rest))
        .or_else(|| door(rest))
        .or_else(|| far(rest))
        .or_else(|| other(rest, level))
        .ok_or("no known message about a mail")
}

/// A reason that several messages share.
const CUT: &str = "the message is cut, or of a shape that is not known";

/// `from=<A>, size=N, nrcpt=N (queue active)`, `from=<A>, status=expired, returned to sender`.
fn from(rest: &str) -> Result<Message<'_>, &'static str> {
    let sender = address(rest, "from=").ok_or(CUT)?;
    let (mut status, mut size, mut recipients) = (None, None, 0);
    for (key, value) in fields(&rest[sender.len() + "from=<>".len()..]) {
        match key {
            "status" => status = Some(value),
            "size" => size = Some(value.parse().unwrap_or(0)),
            "nrcpt" => recipients = first_word(value).parse().unwrap_or(0),
            _ => {}
        }
    }
    match (status, size) {
        (Some("expired" | "force-expired"), _) => Ok(Message::Expired { sender }),
        (None, Some(size)) => Ok(Message::Active { sender, size, recipients }),
        _ => Err(CUT),
    }
}

/// `to=<A>, orig_to=<A>, relay=R, conn_use=N, delay=D, delays=a/b/c/d, tls=T, dsn=X.Y.Z, status=S (REASON)`.
fn delivery(rest: &str) -> Result<Delivery<'_>, &'static str> {
    let to = address(rest, "to=").ok_or(CUT)?;
    let behind = &rest[to.len() + "to=<>".len()..];
    let mut delivery = Delivery { to, ..Delivery::default() };
    for (key, value) in fields(behind) {
        // A quoted address holds commas, and the status is followed by any words.
        let rest = &behind[value.as_ptr().addr() - behind.as_ptr().addr()..];
        match key {
            "orig_to" => delivery.original = address(rest, "").unwrap_or(""),
            "relay" => (delivery.relay, delivery.nowhere) = (peer(value).map(|(peer, _)| peer).unwrap_or_default(), value == "none"),
            "delay" => delivery.delay = millis(value.parse().unwrap_or(0.0)),
            "dsn" => delivery.dsn = value.parse().ok(),
            "status" => {
                let (status, reason) = rest.split_once(' ').unwrap_or((rest, ""));
                let Some((_, phase)) = fate(status) else { return Err("no known status, or the line ends in it") };
                let reason = reason.strip_prefix('(').unwrap_or(reason);
                let reason = reason.strip_suffix(')').unwrap_or(reason);
                let next = if phase == Phase::Sent { next_queue_id(reason).unwrap_or("") } else { "" };
                return Ok(Delivery { status, reason, next, ..delivery });
            }
            _ => {}
        }
    }
    Err("the line ends before its status")
}

/// Keys and values of `, key=value, key=value`.
fn fields(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let ends = memchr::memchr_iter(b',', text.as_bytes()).chain([text.len()]);
    let mut from = 0;
    ends.filter_map(move |end| {
        let field = &text[std::mem::replace(&mut from, end + 1)..end];
        let at = memchr::memchr(b'=', field.as_bytes())?;
        Some((field[..at].strip_prefix(' ')?, &field[at + 1..]))
    })
}

fn first_word(text: &str) -> &str {
    text.split(' ').next().unwrap_or(text)
}

/// What a status is (relay.md section 1.1.4).
pub fn fate(status: &str) -> Option<(Kind, Phase)> {
    Some(match status {
        "sent" | "relayed" => (Kind::Deliver, Phase::Sent),
        "deferred" => (Kind::Defer, Phase::Deferred),
        "bounced" => (Kind::Fail, Phase::Bounced),
        "undeliverable" | "undeliverable-but-not-cached" => (Kind::Fail, Phase::Undeliverable),
        "expanded" => (Kind::Event, Phase::Expanded),
        "deliverable" => (Kind::Event, Phase::Noted),
        _ => return None,
    })
}

/// What befalls the queue file.
fn life(rest: &str) -> Option<Message<'_>> {
    Some(match rest.trim_end() {
        "removed" => Message::Removed,
        "placed on hold" => Message::Hold(false),
        "released from hold" | "requeued" => Message::Hold(true),
        "skipped, still being delivered" | "canceled" | "expired" => Message::Nothing,
        rest => {
            let (kind, id) = rest.split_once(" notification: ")?;
            Message::Notice { late: kind.contains("delay"), id }
        }
    })
}

/// `warning: header Subject: TEXT from NAME[ADDR]; from=<..> ...`: what a header check writes down.
fn header(rest: &str) -> Option<Message<'_>> {
    let (action, checked) = rest.split_once(": header ")?;
    if !matches!(action, "warning" | "info" | "warn" | "prepend" | "replace" | "filter" | "redirect") {
        return None;
    }
    let Some(subject) = checked.get(..9).filter(|name| name.eq_ignore_ascii_case("Subject: ")).and(checked.get(9..)) else {
        return Some(Message::Nothing);
    };
    let (subject, _) = envelope(subject);
    let end = subject.rfind(" from ").filter(|at| peer(&subject[at + 6..]).is_some() || subject[at + 6..].starts_with("local"));
    Some(Message::Subject(end.map_or(subject, |at| &subject[..at])))
}

/// A server failed softly; the next one is tried.
fn far(rest: &str) -> Option<Message<'_>> {
    let begins = [
        "host ",
        "lost connection with ",
        "conversation with ",
        "SASL authentication failed; ",
        "TLS is required",
        "Cannot start TLS",
        "Server certificate not",
    ];
    if begins.iter().any(|begin| rest.starts_with(begin)) {
        return Some(Message::Tried(rest));
    }
    None
}

fn other<'a>(rest: &'a str, level: &str) -> Option<Message<'a>> {
    match of_session(rest) {
        Message::Nothing if rest.contains("size limit exceeded") => Some(Message::TooLarge(rest)),
        // Postfix warns of much that touches no mail: malformed replies, slow queues.
        Message::Nothing => (!level.is_empty() || rest.starts_with("warning: ") || REMARKS.iter().any(|begin| rest.starts_with(begin)))
            .then_some(Message::Nothing),
        known => Some(known),
    }
}

/// Remarks about a mail that decide nothing.
const REMARKS: &[&str] =
    &["enabling PIX", "disabling PIX", "replacing command", "sender notification failed", "passing", "breaking line", "conversion"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_try_with_every_field() {
        let rest = "to=<\"a, b\"@contoso.example>, orig_to=<\"c, d\"@fabrikam.example>, relay=mx.contoso.example[192.0.2.1]:25, conn_use=2, \
                    delay=1.3, delays=0.01/0/0.24/1.1, dsn=5.7.1, status=bounced (host x said: 550 5.7.1 no, status=sent (really))";
        let got = delivery(rest).unwrap();
        let peer = Peer { name: "mx.contoso.example", ip: "192.0.2.1", port: 25 };
        assert_eq!((got.to, got.original), ("\"a, b\"@contoso.example", "\"c, d\"@fabrikam.example"));
        assert_eq!((got.relay, got.delay, got.dsn, got.status), (peer, 1300, "5.7.1".parse().ok(), "bounced"));
        assert_eq!(got.reason, "host x said: 550 5.7.1 no, status=sent (really)");
        for cut in ["to=<a@contoso.example>, relay=none, delay=1", "to=<a@contoso.example>, status=bou", "to=<a@conto"] {
            assert!(delivery(cut).is_err(), "{cut}");
        }
    }

    #[test]
    fn who_sends_how_much_to_how_many() {
        let active = Message::Active { sender: "sap@contoso.example", size: 6001, recipients: 2 };
        assert_eq!(from("from=<sap@contoso.example>, size=6001, nrcpt=2 (queue active)"), Ok(active));
        assert_eq!(from("from=<>, status=expired, returned to sender"), Ok(Message::Expired { sender: "" }));
        assert!(from("from=<sap@contoso.example>, si").is_err());
    }
}
