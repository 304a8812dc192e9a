//! Names of hosts.

/// Domains of Exchange Online's own servers (exchange.md sections 1.9 and 3; rules.md 4.1).
const MICROSOFT: [&str; 4] = [".outlook.com", ".office365.com", ".exchangelabs.com", ".mx.microsoft"];

/// Whether a host is a server of Exchange Online.
#[must_use]
pub fn is_microsoft(host: &str) -> bool {
    let host = host.to_ascii_lowercase();
    MICROSOFT.iter().any(|domain| host.ends_with(domain))
}

/// Ends of the names under which a tenant takes mail at its MX (rules.md section 6).
const MX_ENDPOINTS: [&str; 3] = [".mail.protection.outlook.com", ".mx.microsoft", ".mail.eo.outlook.com"];

/// Whether a host is the MX endpoint of a tenant, where nobody logs on.
#[must_use]
pub fn is_mx_endpoint(host: &str) -> bool {
    let host = host.to_ascii_lowercase();
    MX_ENDPOINTS.iter().any(|end| host.ends_with(end))
}

/// Whether a host is the endpoint of client submission, where everybody logs on.
#[must_use]
pub fn is_submission(host: &str) -> bool {
    let host = host.to_ascii_lowercase();
    matches!(host.as_str(), "smtp.office365.com" | "smtp-legacy.office365.com" | "smtp.partner.outlook.cn")
}

/// First label of a host, or of a relay with its instance behind a slash, lower case: logs and nodes write names short
/// or long.
#[must_use]
pub fn first_label(host: &str) -> String {
    host.split(['.', '/']).next().unwrap_or("").to_lowercase()
}

/// Whether an address is of a network of one's own (RFC 1918, RFC 4193), of the host itself or of the link.
#[must_use]
pub fn is_private(address: &str) -> bool {
    address.parse().is_ok_and(|address| match address {
        std::net::IpAddr::V4(four) => four.is_private() || four.is_loopback() || four.is_link_local(),
        std::net::IpAddr::V6(six) => six.is_loopback() || six.is_unique_local() || six.is_unicast_link_local(),
    })
}

#[cfg(test)]
mod tests {
    #[test]
    fn servers_of_exchange_online() {
        for host in ["A.eurp.PROD.OUTLOOK.COM", "smtp.office365.com", "x.namprd01.exchangelabs.com", "contoso-example.a-v1.mx.microsoft"] {
            assert!(super::is_microsoft(host), "{host}");
        }
        for host in ["outlook.com.contoso.example", "relay.contoso.example", ""] {
            assert!(!super::is_microsoft(host), "{host}");
        }
    }
}
