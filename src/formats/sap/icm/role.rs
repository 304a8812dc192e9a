//! `role: Client, protocol: SMTP, local: 192.0.2.11:42510, peer: 192.0.2.25:25`: who speaks what on a connection
//! (icm.md 1.6; that it says SMTP is UNVERIFIED).

use std::collections::BTreeSet;

/// A connection as its opening line describes it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Role {
    /// We called.
    pub client: bool,
    /// Mail, not HTTP.
    pub smtp: bool,
    /// Port of the peer, 0 where it cannot be read.
    pub port: u16,
}

/// Reads the line.
pub fn role(text: &str) -> Option<Role> {
    let rest = text.strip_prefix("role:")?;
    let mut out = Role { client: rest.trim_start().starts_with("Client"), smtp: false, port: 0 };
    for (key, value) in rest.split(", ").filter_map(|part| part.split_once(": ")) {
        match key.trim() {
            "protocol" => out.smtp = value.trim().get(..4).is_some_and(|head| head.eq_ignore_ascii_case("SMTP")),
            "peer" => out.port = value.trim().rsplit_once(':').and_then(|(_, port)| port.parse().ok()).unwrap_or(0),
            _ => {}
        }
    }
    rest.contains("protocol:").then_some(out)
}

/// Ports at which a file speaks SMTP as a client.
pub fn smtp_ports(text: &str) -> BTreeSet<u16> {
    let lines = text.match_indices("role: Client, protocol: SMTP").filter_map(|(at, _)| text[at..].lines().next());
    lines.filter_map(|line| role(super::line::tail(line).text)).map(|role| role.port).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles() {
        let of = |client, smtp, port| Some(Role { client, smtp, port });
        let rows = [
            ("role: Client, protocol: SMTP, local: 192.0.2.11:42510, peer: 192.0.2.25:25", of(true, true, 25)),
            ("role: Server, protocol: HTTPS, local: 192.0.2.11:443, peer: 192.0.2.9:999", of(false, false, 999)),
            ("role: Client, protocol: SMTP, local: x, peer: y", of(true, true, 0)),
            ("role: of the employee", None),
            ("SMTP >> role: Client, protocol: SMTP", None),
        ];
        for (text, want) in rows {
            assert_eq!(role(text), want, "{text}");
        }
    }
}
