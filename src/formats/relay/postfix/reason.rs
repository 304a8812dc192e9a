//! The words in parentheses behind a status (relay.md section 1.1.5): who said what, and at which stage.

use super::text::{Peer, peer};

/// Why a try ended as it did.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Reason<'a> {
    /// The far server's words, else Postfix's own.
    pub reply: &'a str,
    /// Server that is named.
    pub peer: Peer<'a>,
    /// Stage of the dialogue.
    pub stage: &'static str,
    /// No try of its own: the destination has just failed for others.
    pub suspended: bool,
}

/// Reads the words; a record cut at about 2000 characters has no closing parenthesis.
pub fn read(text: &str) -> Reason<'_> {
    let (text, suspended) = text.strip_prefix("delivery temporarily suspended: ").map_or((text, false), |text| (text, true));
    Reason { suspended, ..spoken(text).or_else(|| broken(text)).unwrap_or_else(|| own(text)) }
}

/// A server answered.
fn spoken(text: &str) -> Option<Reason<'_>> {
    if let Some(rest) = text.strip_prefix("SASL authentication failed; ") {
        let (peer, rest) = peer(rest.split_once("server ")?.1)?;
        let reply = rest.strip_prefix(" said: ").unwrap_or(text);
        return Some(Reason { reply, peer, stage: "auth", suspended: false });
    }
    let (peer, rest) = peer(text.strip_prefix("host ")?)?;
    if let Some(reply) = rest.strip_prefix(" refused to talk to me: ") {
        return Some(Reason { reply, peer, stage: "connect", suspended: false });
    }
    let said = rest.strip_prefix(" said: ")?;
    let (reply, stage) = match said.rfind(" (in reply to ") {
        Some(at) => (&said[..at], stage_of(said[at + " (in reply to ".len()..].trim_end_matches(')').trim_end_matches(" command"))),
        None => (said, ""),
    };
    Some(Reason { reply, peer, stage, suspended: false })
}

/// The connection failed; Postfix's words name the server.
fn broken(text: &str) -> Option<Reason<'_>> {
    let reason = |peer, stage| Some(Reason { reply: text, peer, stage, suspended: false });
    if let Some(rest) = text.strip_prefix("connect to ") {
        return reason(peer(rest)?.0, "connect");
    }
    let rest = text.strip_prefix("lost connection with ").or_else(|| text.strip_prefix("conversation with "))?;
    let (peer, rest) = peer(rest)?;
    reason(peer, stage_of(rest.split_once(" while ").map_or("", |(_, doing)| doing)))
}

/// What Postfix decided by itself.
fn own(text: &str) -> Reason<'_> {
    let named = text.split_once("host ").or_else(|| text.split_once("server ")).and_then(|(_, rest)| peer(rest)).map(|(peer, _)| peer);
    let stage = match text {
        text if text.contains("TLS") || text.contains("certificate") => "tls",
        text if text.contains("Host or domain name not found") || text.contains("Name service error") || text.contains("loops back") => {
            "dns"
        }
        text if text.contains("message size") && text.contains("exceeds size limit") => "mail",
        _ => "",
    };
    Reason { reply: text, peer: named.unwrap_or_default(), stage, suspended: false }
}

/// Stage of a command or of what was being done (Postfix `src/smtp/smtp_proto.c`).
fn stage_of(words: &str) -> &'static str {
    let stages = [
        ("end of DATA", "eod"),
        ("message body", "data"),
        ("MAIL FROM", "mail"),
        ("RCPT TO", "rcpt"),
        ("DATA", "data"),
        ("STARTTLS", "starttls"),
        ("AUTH", "auth"),
        ("EHLO", "ehlo"),
        ("HELO", "ehlo"),
        ("greeting", "connect"),
    ];
    let words = words.replace("end of data", "end of DATA");
    stages.iter().find(|(word, _)| words.contains(word)).map_or("", |(_, stage)| stage)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_said_what() {
        let mx = ("mx.contoso.example", "192.0.2.1");
        let rows = [
            (
                "host mx.contoso.example[192.0.2.1] said: 550 5.7.64 TenantAttribution; Relay Access Denied (in reply to RCPT TO command)",
                ("550 5.7.64 TenantAttribution; Relay Access Denied", mx, "rcpt", false),
            ),
            ("host mx.contoso.example[192.0.2.1] said: 554 5.2.252 SendAsDenied; cut", ("554 5.2.252 SendAsDenied; cut", mx, "", false)),
            ("host mx.contoso.example[192.0.2.1] refused to talk to me: 421 4.3.2 Busy", ("421 4.3.2 Busy", mx, "connect", false)),
            (
                "delivery temporarily suspended: SASL authentication failed; server mx.contoso.example[192.0.2.1] said: 535 5.7.3 No",
                ("535 5.7.3 No", mx, "auth", true),
            ),
            (
                "SASL authentication failed; cannot authenticate to server mx.contoso.example[192.0.2.1]: no mechanism available",
                (
                    "SASL authentication failed; cannot authenticate to server mx.contoso.example[192.0.2.1]: no mechanism available",
                    mx,
                    "auth",
                    false,
                ),
            ),
            (
                "connect to mx.contoso.example[192.0.2.1]:25: Connection refused",
                ("connect to mx.contoso.example[192.0.2.1]:25: Connection refused", mx, "connect", false),
            ),
            (
                "conversation with mx.contoso.example[192.0.2.1] timed out while sending end of data -- message may be sent more than once",
                (
                    "conversation with mx.contoso.example[192.0.2.1] timed out while sending end of data -- message may be sent more than once",
                    mx,
                    "eod",
                    false,
                ),
            ),
            (
                "TLS is required, but was not offered by host mx.contoso.example[192.0.2.1]",
                ("TLS is required, but was not offered by host mx.contoso.example[192.0.2.1]", mx, "tls", false),
            ),
            ("mail for x loops back to myself", ("mail for x loops back to myself", ("", ""), "dns", false)),
            ("250 2.0.0 Ok: queued as 5BBB918C6", ("250 2.0.0 Ok: queued as 5BBB918C6", ("", ""), "", false)),
        ];
        for (text, (reply, (name, ip), stage, suspended)) in rows {
            let got = read(text);
            assert_eq!(
                (got.reply, (got.peer.name, got.peer.ip), got.stage, got.suspended),
                (reply, (name, ip), stage, suspended),
                "{text}"
            );
        }
    }
}
