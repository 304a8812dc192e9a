//! Connections and TLS handshakes that failed (icm.md 2.1 and 3).

use super::codes;
use nom::bytes::complete::{tag, take_until, take_while1};
use nom::character::complete::{char, space0};
use nom::combinator::opt;
use nom::{IResult, Parser};
use std::collections::BTreeSet;

/// Services by which `/etc/services` knows mail.
const SERVICES: &[(&str, u16)] = &[("smtp", 25), ("submission", 587), ("submissions", 465), ("smtps", 465)];

/// From here on systems choose the ports of their own end.
const EPHEMERAL: u16 = 32768;

/// A peer that was not reached.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Refused<'a> {
    /// Host as configured.
    pub host: &'a str,
    /// Port.
    pub port: u16,
    /// `NIETIMEOUT`, empty for TLS.
    pub cause: &'static str,
}

/// `Connection request from (9/2240/0) to host: H, service: 587 failed (NIETIMEOUT)`, or the newer
/// `Direct connect to H:587 failed: NIECONN_REFUSED(-10)`.
pub fn connection(text: &str) -> Option<Refused<'_>> {
    request(text).or_else(|| direct(text))
}

fn request(text: &str) -> Option<Refused<'_>> {
    let (_, behind) = text.split_once("Connection request from")?;
    let service = take_while1(|c: char| c.is_ascii_alphanumeric() || c == '-');
    let parsed: IResult<&str, _> = (
        take_until("to host:"),
        tag("to host:"),
        take_until(","),
        char(','),
        space0,
        tag("service:"),
        space0,
        service,
        space0,
        tag("failed"),
    )
        .parse(behind);
    let (rest, (_, _, host, _, _, _, _, service, ..)) = parsed.ok()?;
    Some(Refused { host: host.trim(), port: port(service)?, cause: cause(rest) })
}

fn direct(text: &str) -> Option<Refused<'_>> {
    let (_, behind) = text.split_once("connect to ")?;
    let service = take_while1(|c: char| c.is_ascii_alphanumeric() || c == '-');
    let host = take_while1(|c: char| !c.is_whitespace() && c != ':');
    let parsed: IResult<&str, _> = (host, char(':'), service, tag(" failed"), opt(char(':'))).parse(behind);
    let (rest, (host, _, service, ..)) = parsed.ok()?;
    let cause = cause(rest);
    (!cause.is_empty()).then_some(())?;
    Some(Refused { host, port: port(service)?, cause })
}

/// `SSL handshake with H:P failed`.
pub fn handshake(text: &str) -> Option<Refused<'_>> {
    let (_, behind) = text.split_once("SSL handshake with ")?;
    let (peer, _) = behind.split_once(" failed")?;
    let (host, service) = peer.rsplit_once(':')?;
    Some(Refused { host, port: port(service)?, cause: "" })
}

fn port(service: &str) -> Option<u16> {
    let known = SERVICES.iter().find(|(name, _)| service.eq_ignore_ascii_case(name)).map(|(_, port)| *port);
    known.or_else(|| service.parse().ok())
}

/// By name, or by number where the kernel writes no name.
fn cause(text: &str) -> &'static str {
    codes::ni(text).unwrap_or("")
}

/// What the rules know the failure by, where its text has a number or the prefix of another kernel.
pub fn canonical(text: &str, cause: &str) -> Option<String> {
    let canonical = if cause.is_empty() { codes::ssl(text.split_once(" failed")?.1)? } else { format!("failed ({cause})") };
    (!text.contains(&canonical)).then_some(canonical)
}

/// Whether a port carries mail: one at which this file speaks SMTP, or any that HTTP of SAP does not use
/// (80NN, 443NN, 5NNxx and the usual ones).
pub fn is_mail_port(port: u16, seen: &BTreeSet<u16>) -> bool {
    let http = matches!(port, 80 | 81 | 443 | 3128 | 8888 | 8000..=8099 | 8443 | 44300..=44399 | 50000..=59999);
    seen.contains(&port) || port != 0 && !http
}

/// Messages of the network layer that say why a connection on the same thread fails just after.
pub fn is_low_level(text: &str) -> bool {
    let source = ["NiIConnect", "NiBufIConnect", "NiPConnect", "NiHLGetNodeAddr", "NiIGetServNo"];
    source.iter().any(|name| text.contains(name)) && (text.contains(" failed") || text.contains(" pending after "))
}

/// Whether a message of the network layer can be the reason behind an NI code (icm.md 3.1).
pub fn explains(low_level: &str, cause: &str) -> bool {
    let says = |words: &[&str]| words.iter().any(|word| low_level.contains(word));
    match cause {
        "NIEHOST_UNKNOWN" => says(&["NiHLGetNodeAddr", "GetHostByName"]),
        "NIESERV_UNKNOWN" => says(&["GetServNo"]),
        "NIETIMEOUT" => says(&["pending after", "TIMEOUT", "TIMEDOUT"]),
        "NIECONN_REFUSED" => says(&["NiIConnect", "NiPConnect"]) && !says(&["pending after"]),
        "NIECONN_BROKEN" => says(&["ECONN_BROKEN"]),
        _ => false,
    }
}

/// A connection that broke while it was in use.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Broken {
    /// The kernel was sending.
    pub writing: bool,
    /// Port of the peer, 0 where it is not told.
    pub port: u16,
}

/// `NiIWrite: SiSendV failed for hdl 57 / sock 21 (SI_ECONN_BROKEN/32; I4; ST; 192.0.2.25:587)` and its like. Peers of
/// HTTP, and those that came to us from any port, are none of mail.
pub fn broken(text: &str) -> Option<Broken> {
    let says = |words: &[&str]| words.iter().any(|word| text.contains(word));
    let writing = says(&["NiIWrite", "NiBufIOut", "SiSend"]);
    let used = writing || says(&["NiIRead", "NiBufIIn", "SiRecv", "SiPeek", "onnection to "]);
    let behind = text.rsplit_once("ECONN_BROKEN").filter(|_| used && says(&[" failed"]))?.1;
    let address = behind.split(')').next().and_then(|inner| inner.rsplit_once(':'));
    let port = address.and_then(|(_, port)| port.parse().ok()).unwrap_or(0);
    (port == 0 || port < EPHEMERAL && is_mail_port(port, &BTreeSet::new())).then_some(Broken { writing, port })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_name_host_port_and_cause() {
        let rows = [
            (
                "*** WARNING => Connection request from (9/2240/0) to host: mx.fabrikam.example, service: 25 failed (NIETIMEOUT)",
                25,
                "NIETIMEOUT",
            ),
            (
                "WARNING => Connection request from (*) to host: mx.fabrikam.example, service: smtp failed (NIEHOST_UNKNOWN)",
                25,
                "NIEHOST_UNKNOWN",
            ),
            ("*** ERROR => Direct connect to mx.fabrikam.example:587 failed: NIECONN_REFUSED(-10)", 587, "NIECONN_REFUSED"),
            ("connect to mx.fabrikam.example:submission failed NIETIMEOUT (-5)", 587, "NIETIMEOUT"),
            ("*** ERROR => Direct connect to mx.fabrikam.example:25 failed: rc=-6", 25, "NIECONN_BROKEN"),
        ];
        for (text, port, cause) in rows {
            assert_eq!(connection(text), Some(Refused { host: "mx.fabrikam.example", port, cause }), "{text}");
        }
        assert_eq!(handshake("*** ERROR => SSL handshake with mx.fabrikam.example:25 failed: X").map(|to| to.port), Some(25));
        assert_eq!(connection("Connection request from (*) to host: HOSTNAME, service: PORT failed (NIEHOST_UNKNOWN)"), None);
        assert_eq!(connection("failed to connect to mx.fabrikam.example:25 failed"), None);
    }

    #[test]
    fn broken_connections_are_those_of_mail() {
        let of = |writing, port| Some(Broken { writing, port });
        let rows = [
            ("*** ERROR => NiIWrite: SiSendV failed for hdl 57 / sock 21 (SI_ECONN_BROKEN/32; I4; ST; 192.0.2.25:587)", of(true, 587)),
            ("*** ERROR => NiIRead: SiRecv failed for hdl 5 / sock 9 (SI_ECONN_BROKEN/104; I4; ST; 192.0.2.25:25)", of(false, 25)),
            ("*** ERROR => NiIRead: SiRecv failed (SI_ECONN_BROKEN/104)", of(false, 0)),
            ("*** ERROR => SMTP connection to mx.fabrikam.example:587 failed (NIECONN_BROKEN)", of(false, 0)),
            ("*** ERROR => NiIRead: SiRecv failed for hdl 5 / sock 9 (SI_ECONN_BROKEN/104; I4; ST; 192.0.2.9:44311)", None),
            ("*** ERROR => NiIRead: SiRecv failed for hdl 5 / sock 9 (SI_ECONN_BROKEN/104; I4; ST; 192.0.2.9:8000)", None),
            ("*** ERROR => NiIConnect: SiPeekPendConn failed for hdl 57/sock 21 (SI_ECONN_REFUSE/111; I4; ST; 192.0.2.25:25)", None),
        ];
        for (text, want) in rows {
            assert_eq!(broken(text), want, "{text}");
        }
    }

    #[test]
    fn ports_of_http_are_no_mail() {
        let seen = BTreeSet::from([8025]);
        let rows = [(25, true), (10025, true), (8025, true), (8026, false), (443, false), (44301, false), (50000, false), (0, false)];
        for (port, want) in rows {
            assert_eq!(is_mail_port(port, &seen), want, "{port}");
        }
    }

    #[test]
    fn reasons_agree_with_the_code() {
        let refused = "NiIConnect: SiPeekPendConn failed for hdl 57/sock 21 (SI_ECONN_REFUSE/111; I4; ST; 192.0.2.25:25)";
        let unknown = "NiHLGetNodeAddr: NiPGetHostByName failed (rc=-1)";
        let rows = [
            (refused, "NIECONN_REFUSED", true),
            (unknown, "NIEHOST_UNKNOWN", true),
            (unknown, "NIETIMEOUT", false),
            (unknown, "NIECONN_REFUSED", false),
            ("NiBufIConnect: non-buffered connect pending after 5000ms (hdl 45;192.0.2.25:25)", "NIETIMEOUT", true),
        ];
        for (text, cause, want) in rows {
            assert_eq!((is_low_level(text), explains(text, cause)), (true, want), "{text} {cause}");
        }
        assert!(!is_low_level("NiHLGetNodeAddr: got hostname 'mx1.contoso.example' from operating system"));
    }
}
