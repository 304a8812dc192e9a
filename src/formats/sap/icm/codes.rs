//! Return codes of the network and TLS layers by number and by name (icm.md 3.1 and 3.2): the number is the same in all
//! kernels, the prefix of the name is not.

/// NI codes that a failed connection may have.
const NI: &[(i32, &str)] = &[
    (-1, "NIEINTERN"),
    (-2, "NIEHOST_UNKNOWN"),
    (-3, "NIESERV_UNKNOWN"),
    (-5, "NIETIMEOUT"),
    (-6, "NIECONN_BROKEN"),
    (-8, "NIEINVAL"),
    (-10, "NIECONN_REFUSED"),
    (-12, "NIECONN_PENDING"),
    (-15, "NIENOFREEPORT"),
    (-17, "NIESNC_FAILURE"),
    (-23, "NIENO_ANSWER"),
    (-90, "NIEROUT_HOST_UNKNOWN"),
    (-91, "NIEROUT_SERV_UNKNOWN"),
    (-92, "NIEROUT_CONN_REFUSED"),
    (-93, "NIEROUT_INTERN"),
    (-94, "NIEROUT_PERM_DENIED"),
    (-95, "NIEROUT_CONN_BROKEN"),
];

/// `SapSSL` codes that a failed handshake of a client may have, without prefix.
const SSL: &[(i32, &str)] = &[
    (-1, "LIB_NOT_FOUND"),
    (-2, "INCOMPATIBLE_LIB"),
    (-3, "LIBINIT_FAILED"),
    (-10, "CONN_CLOSED"),
    (-20, "NO_CLIENT_CERT"),
    (-21, "NO_SERVER_CERT"),
    (-28, "MISSING_TARGET_HOSTNAME"),
    (-30, "SERVER_CERT_MISMATCH"),
    (-40, "PSE_ERROR"),
    (-42, "CRED_NOT_FOUND"),
    (-50, "CERT_FILE"),
    (-51, "PRIVKEY_FILE"),
    (-52, "CERT_PRIVKEY_MISMATCH"),
    (-54, "SSLCTX_NEW"),
    (-57, "SSL_CONNECT"),
    (-58, "SSL_READ"),
    (-59, "SSL_WRITE"),
    (-75, "NO_SSL_RESPONSE"),
    (-80, "BAD_X500DN_IN_CERT"),
    (-102, "PEER_CERT_UNTRUSTED"),
];

/// TLS alerts that end a handshake (RFC 5246 section 7.2).
const ALERTS: &[(u16, &str)] = &[
    (40, "handshake failure"),
    (42, "bad certificate"),
    (43, "unsupported certificate"),
    (44, "certificate revoked"),
    (45, "certificate expired"),
    (46, "certificate unknown"),
    (47, "illegal parameter"),
    (48, "unknown CA"),
    (49, "access denied"),
    (70, "protocol version"),
    (71, "insufficient security"),
    (80, "internal error"),
];

/// The number of a code: `(-102)`, `rc=-10`, `: -5`.
fn number(text: &str) -> Option<i32> {
    let (before, digits) = text.split_once('-')?;
    let fits = before.is_empty() || before.ends_with(['(', '=', ' ', ':', ',']);
    let digits = digits.split(|c: char| !c.is_ascii_digit()).next().unwrap_or("");
    let number: i32 = digits.parse().ok().filter(|_| digits.len() <= 3)?;
    if fits { Some(-number) } else { None }
}

fn named(table: &[(i32, &'static str)], number: i32) -> Option<&'static str> {
    table.iter().find(|(known, _)| *known == number).map(|(_, name)| *name)
}

/// Name of the NI code that stands behind `failed`.
pub fn ni(behind: &str) -> Option<&'static str> {
    let word = behind.split(|c: char| !(c.is_ascii_uppercase() || c == '_')).find(|word| word.starts_with("NIE"));
    let by_name = word.and_then(|word| NI.iter().find(|(_, name)| *name == word)).map(|(_, name)| *name);
    by_name.or_else(|| named(NI, number(behind).filter(|_| word.is_none())?))
}

/// Name of the `SapSSL` code that stands behind `failed`, with the prefix of older kernels.
pub fn ssl(behind: &str) -> Option<String> {
    let word = behind.split(|c: char| !(c.is_ascii_uppercase() || c == '_')).find(|word| word.starts_with("SSSL"));
    let bare = word.and_then(|word| ["SSSLERROR_", "SSSLERR_", "SSSLRC_"].iter().find_map(|prefix| word.strip_prefix(prefix)));
    let name = number(behind).and_then(|number| named(SSL, number)).or(bare)?;
    Some(format!("SSSLERR_{name}"))
}

/// TLS alert of a text: `fatal TLS protocol version alert`, or the last two digits of `CommonCryptoLib`'s `0x200010NN`.
pub fn alert(text: &str) -> Option<(u16, &'static str)> {
    let by_code = || {
        let (_, digits) = text.split_once("0x200010")?;
        let number: u16 = digits.get(..2)?.parse().ok()?;
        ALERTS.iter().find(|(known, _)| *known == number)
    };
    let by_name = || {
        let (_, behind) = text.split_once("fatal TLS ")?;
        ALERTS.iter().find(|(_, name)| behind.get(..name.len()).is_some_and(|head| head.eq_ignore_ascii_case(name)))
    };
    by_name().or_else(by_code).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_by_number_and_by_name() {
        let ni_rows = [
            (" (NIETIMEOUT)", Some("NIETIMEOUT")),
            (": NIECONN_REFUSED(-10)", Some("NIECONN_REFUSED")),
            (": rc=-2", Some("NIEHOST_UNKNOWN")),
            (" (-5)", Some("NIETIMEOUT")),
            (": -92", Some("NIEROUT_CONN_REFUSED")),
            (": NIEWHATEVER (-10)", None),
            (" on 2026-10-01", None),
            ("", None),
        ];
        for (text, want) in ni_rows {
            assert_eq!(ni(text), want, "{text}");
        }
        let ssl_rows = [
            (": SSSLERR_PEER_CERT_UNTRUSTED (-102)", Some("SSSLERR_PEER_CERT_UNTRUSTED")),
            (": SSSLRC_CONN_CLOSED (-10)", Some("SSSLERR_CONN_CLOSED")),
            (": SSSLERROR_ALERT_PROTOCOL_VERSION", Some("SSSLERR_ALERT_PROTOCOL_VERSION")),
            (" (-30)", Some("SSSLERR_SERVER_CERT_MISMATCH")),
            (": an unknown reason", None),
        ];
        for (text, want) in ssl_rows {
            assert_eq!(ssl(text).as_deref(), want, "{text}");
        }
        let alerts = [
            ("SSL:SSL_read() failed  (536875120/0x20001070)", Some(70)),
            ("=> \"received a fatal TLS certificate unknown alert message from the peer\"", Some(46)),
            ("(536875120/0x20001099)", None),
            ("0x200010", None),
        ];
        for (text, want) in alerts {
            assert_eq!(alert(text).map(|(number, _)| number), want, "{text}");
        }
    }
}
