//! What a row of message tracking says.

use crate::evidence::{Kind, Phase};
use crate::formats::exchange::failure;
use crate::smtp::{accepted_message_id, find_reply, is_microsoft};

/// A row whose columns have the names of the log.
pub trait Cell {
    /// A cell by the name of its column; empty where there is none.
    fn cell(&self, name: &str) -> &str;
}

/// The server that a row is of, and the one it spoke to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ends<'a> {
    /// An internal id is that of this server.
    pub own: &'a str,
    /// Name of the other end; empty where the row names none.
    pub far: &'a str,
    /// Its address.
    pub far_ip: &'a str,
}

impl<'a> Ends<'a> {
    /// The server stands at either end of a row: of what it took as the server, of what it sent as the client, of what
    /// it decides by itself at either, alone.
    pub fn of(row: &'a dyn Cell, receives: bool) -> Self {
        let (client, client_ip) = (row.cell("client-hostname"), row.cell("client-ip"));
        let (server, server_ip) = (row.cell("server-hostname"), row.cell("server-ip"));
        let or = |name: &'a str, ip: &'a str| if name.is_empty() { ip } else { name };
        if receives {
            return Self { own: or(server, server_ip), far: client, far_ip: client_ip };
        }
        let status = row.cell("recipient-status");
        let ends = match (client, server) {
            ("", "") => Self { own: client_ip, far: server_ip, far_ip: server_ip },
            ("", own) => Self { own, ..Self::default() },
            (own, "") => Self { own, far: server_ip, far_ip: server_ip },
            (far, own) if is_microsoft(far) && !is_microsoft(own) => Self { own, far, far_ip: client_ip },
            (own, far) => Self { own, far, far_ip: server_ip },
        };
        // The last error names whom it is from.
        match [status, row.cell("source-context")].map(|text| element(text, "{FQDN=")) {
            ["", ""] => ends,
            ["", far] => Self { far, far_ip: element(row.cell("source-context"), "{IP="), ..ends },
            [far, _] => Self { far, far_ip: element(status, "{IP="), ..ends },
        }
    }
}

/// `{FQDN=mx.fabrikam.example}` of `[{LED=...};{MSG=};{FQDN=...};{IP=...};{LRT=...}]`.
fn element<'a>(text: &'a str, key: &str) -> &'a str {
    text.split_once(key).and_then(|(_, rest)| rest.split_once('}')).map_or("", |(value, _)| value)
}

/// Each recipient with what the row says of it; where the parts do not match, all of it.
pub fn recipients(row: &dyn Cell) -> Vec<(&str, &str)> {
    let (addresses, said) = (row.cell("recipient-address"), row.cell("recipient-status"));
    let addresses: Vec<&str> = addresses.split(';').map(str::trim).collect();
    let parts = apart(said);
    let matching = parts.len() == addresses.len();
    addresses.iter().enumerate().map(|(at, address)| (*address, if matching { parts[at] } else { said })).collect()
}

/// Parts between `;` that stand in no brackets.
fn apart(text: &str) -> Vec<&str> {
    let (mut depth, mut from, mut out) = (0_i32, 0, Vec::new());
    for (at, c) in text.char_indices() {
        match c {
            '[' | '{' => depth += 1,
            ']' | '}' => depth -= 1,
            ';' if depth == 0 => {
                out.push(text[from..at].trim());
                from = at + 1;
            }
            _ => {}
        }
    }
    out.push(text[from..].trim());
    out
}

/// The far server's words; kinds of address (`To`, `Cc`) and session ids are none. The acceptance that tells of the mail
/// itself says more than that of the recipient.
pub fn reply<'a>(said: &'a str, context: &'a str) -> &'a str {
    if accepted_message_id(context).is_some() {
        return context.find("250 ").map_or(context, |at| &context[at..]);
    }
    let found = failure::reply(&[said, context]);
    if find_reply(found).is_some() { found } else { "" }
}

/// `InternalId=38521561683110` of the next Exchange server.
pub fn internal_id(reply: &str) -> Option<&str> {
    let (_, rest) = reply.split_once("InternalId=")?;
    let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    (end > 0).then_some(&rest[..end])
}

/// What an event is for the mail; `None` for copies and steps inside (exchange.md sections 1.7 and 1.14).
pub fn fate(event: &str, source: &str) -> Option<(Kind, Phase)> {
    Some(match event {
        "RECEIVE" if !source.eq_ignore_ascii_case("DSN") => (Kind::Accept, Phase::Queued),
        "DELIVER" => (Kind::Deliver, Phase::Stored),
        "SEND" | "SENDEXTERNAL" => (Kind::Deliver, Phase::Sent),
        "DEFER" => (Kind::Defer, Phase::Deferred),
        "FAIL" | "BADMAIL" | "POISONMESSAGE" | "MODERATORREJECT" | "MODERATIONEXPIRE" => (Kind::Fail, Phase::Bounced),
        "DROP" => (Kind::Fail, Phase::Removed),
        "DSN" => (Kind::Event, Phase::BounceNotice),
        "EXPAND" | "RESOLVE" | "REDIRECT" => (Kind::Event, Phase::Expanded),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_a_status() {
        let rows: [(&str, &[&str]); 3] = [
            ("To;Cc", &["To", "Cc"]),
            ("[{LED=550 no};{FQDN=a}];250 OK", &["[{LED=550 no};{FQDN=a}]", "250 OK"]),
            ("550 [cut;here", &["550 [cut;here"]),
        ];
        for (text, want) in rows {
            assert_eq!(apart(text), want);
        }
        assert_eq!(element("[{LED=x};{FQDN=mx.b};{IP=}]", "{FQDN="), "mx.b");
    }
}
