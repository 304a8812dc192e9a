//! Names of hosts.

/// Domains of Exchange Online's own servers (exchange.md sections 1.9 and 3; rules.md 4.1).
const MICROSOFT: [&str; 4] = [".outlook.com", ".office365.com", ".exchangelabs.com", ".mx.microsoft"];

/// Whether a host is a server of Exchange Online.
#[must_use]
pub fn is_microsoft(host: &str) -> bool {
    let host = host.to_ascii_lowercase();
    MICROSOFT.iter().any(|domain| host.ends_with(domain))
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
