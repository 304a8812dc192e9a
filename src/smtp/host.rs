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
