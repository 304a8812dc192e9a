//! The column `custom_data`: `S:key=value` joined by semicolons, with follow-up items that have no `S:` (exchange.md
//! section 1.6). The keys that tell the inbound connector, TLS and the sending host are known from code that reads real
//! traces, not from a captured row.

/// What the sending side shows.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct Custom<'a> {
    /// Inbound connector that matched.
    pub connector: &'a str,
    /// Version of TLS.
    pub tls: &'a str,
    /// Address that connected to the front door.
    pub client_ip: &'a str,
}

/// Reads what matters of the column.
pub fn read(text: &str) -> Custom<'_> {
    let mut out = Custom::default();
    for item in text.split(';') {
        let item = item.trim();
        let Some((key, value)) = item.strip_prefix("S:").unwrap_or(item).split_once('=') else { continue };
        match key.to_ascii_lowercase().as_str() {
            "inboundconnectordata" => out.connector = value.split_once('=').map_or(value, |(_, name)| name),
            "tlsversion" => out.tls = value,
            "proxiedclientipaddress" => out.client_ip = value,
            // The verdict of the spam filter names the host that connected.
            "sfa" if out.client_ip.is_empty() => out.client_ip = value.split('|').find_map(|part| part.strip_prefix("CIP=")).unwrap_or(""),
            _ => {}
        }
    }
    out
}

/// The name of a connector of the organisation: neither Exchange's outbound ones nor a server's default, under which
/// mail comes in that matches no connector (exchange.md sections 1.4 and 2.1).
pub fn inbound(name: &str) -> &str {
    let own = name.contains('\\') || name.get(..10).is_some_and(|begin| begin.eq_ignore_ascii_case("To_Default"));
    if own { "" } else { name }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_that_matter() {
        let rows = [
            (
                "S:DeliveryPriority=Normal;S:InboundConnectorData=Name=SAP relay;ConnectorType=OnPremises;S:tlsversion=TLS1.2;S:Oorg=",
                ("SAP relay", "TLS1.2", ""),
            ),
            ("S:ProxiedClientIPAddress=203.0.113.10;S:ProxiedClientHostname=sap.contoso.example", ("", "", "203.0.113.10")),
            ("ProxiedClientIPAddress=203.0.113.10", ("", "", "203.0.113.10")),
            ("S:SFA=SUM|SFV=SPM|H=sap.contoso.example|CIP=203.0.113.10|CTRY=US", ("", "", "203.0.113.10")),
            ("S:AMA=SUM|action=p|error=|atch=0;S:CompCost=|ETR=0", ("", "", "")),
            ("", ("", "", "")),
        ];
        for (text, (connector, tls, client_ip)) in rows {
            assert_eq!(read(text), Custom { connector, tls, client_ip }, "{text}");
        }
        for (name, want) in [("SAP relay", "SAP relay"), ("To_DefaultOpportunisticTLS", ""), ("SRV1\\Default SRV1", "")] {
            assert_eq!(inbound(name), want);
        }
    }
}
