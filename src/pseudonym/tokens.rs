//! Tokens for values whose kind is known.

use super::key::Key;
use crate::journey::readable;
use crate::smtp::{fold_address, path_address};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use std::net::IpAddr;

/// Digits of a token: sixty bits, so that ten million values are told apart.
const DIGITS: usize = 12;
/// What a digit may be; easily read out, and never a word of hexadecimal numbers.
const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
/// No name of a token can be one on the network (RFC 2606).
const NOWHERE: &str = ".invalid";

/// Hosts of Microsoft below which every name is one of its own servers.
const SERVERS: [&str; 3] = [".protection.outlook.com", ".prod.outlook.com", ".exchangelabs.com"];
/// Hosts of Microsoft that carry the diagnosis.
const KNOWN: [&str; 14] = [
    "protection.outlook.com",
    "mail.protection.outlook.com",
    "outlook.com",
    "outlook.office365.com",
    "outlook.office.com",
    "smtp.office365.com",
    "smtp-hve.office365.com",
    "smtp-legacy.office365.com",
    "smtp.azurecomm.net",
    "login.microsoftonline.com",
    "aka.ms",
    "go.microsoft.com",
    "learn.microsoft.com",
    "support.microsoft.com",
];
/// Below these, a tenant has a name of its own.
const TENANTS: [&str; 3] = [".mail.protection.outlook.com", ".mx.microsoft", ".onmicrosoft.com"];

/// Makes tokens of values.
pub struct Tokens {
    mac: Option<Hmac<Sha256>>,
    keep_domains: bool,
}

impl Tokens {
    /// Tokens of a key.
    pub fn new(key: &Key, keep_domains: bool) -> Self {
        // Keys of any length are fine; the type only cannot say so.
        Self { mac: Hmac::new_from_slice(&key.0).ok(), keep_domains }
    }

    fn digits(&self, kind: &str, value: &str) -> String {
        let Some(mut mac) = self.mac.clone() else { return "x".repeat(DIGITS) };
        mac.update(kind.as_bytes());
        mac.update(&[0]);
        mac.update(value.as_bytes());
        let bytes = mac.finalize().into_bytes();
        let number = bytes.iter().take(8).fold(0u64, |number, byte| number << 8 | u64::from(*byte));
        let digit = |at: usize| ALPHABET.get(usize::try_from(number >> (5 * at) & 31).unwrap_or(0)).map_or('a', |digit| char::from(*digit));
        (0..DIGITS).map(digit).collect()
    }

    /// `KIND-TOKEN`; nothing of nothing.
    pub fn name(&self, kind: &str, value: &str) -> String {
        let value = value.trim();
        if value.is_empty() { String::new() } else { format!("{kind}-{}", self.digits(kind, value)) }
    }

    /// Twelve hexadecimal digits, as ids of journeys have.
    pub fn id(&self, value: &str) -> String {
        let Some(mut mac) = self.mac.clone() else { return String::new() };
        mac.update(b"journey\0");
        mac.update(value.as_bytes());
        readable(&mac.finalize().into_bytes().into())
    }

    /// A mail address, or the name that stands in its place.
    pub fn address(&self, text: &str) -> String {
        let bare = if text.contains('<') { path_address(text) } else { text };
        let folded = fold_address(bare);
        match folded.rsplit_once('@') {
            _ if folded.is_empty() => text.trim().to_owned(),
            Some((local, domain)) if !local.is_empty() && !domain.is_empty() => {
                let domain = if self.keep_domains { domain.to_owned() } else { self.host(domain) };
                format!("{}@{domain}", self.name("addr", &folded))
            }
            _ => self.name("addr", &folded),
        }
    }

    /// A host or a domain, by name or address.
    pub fn host(&self, text: &str) -> String {
        let lower = text.trim().trim_matches(['.', '[', ']']).to_lowercase();
        if lower.is_empty() {
            return String::new();
        }
        if let Ok(address) = lower.trim_start_matches("ipv6:").parse() {
            return self.ip(address);
        }
        if let Some(known) = self.microsoft(&lower) {
            return known;
        }
        let labels = lower.split('.').count();
        match lower.split_once('.') {
            Some((first, domain)) if self.keep_domains && labels > 2 => format!("{}.{domain}", self.name("host", first)),
            Some(_) if self.keep_domains => lower,
            _ if lower == "localhost" => lower,
            _ => format!("{}{NOWHERE}", self.name("host", &lower)),
        }
    }

    /// A host of Microsoft: it stays, but for the name of a tenant.
    pub fn microsoft(&self, lower: &str) -> Option<String> {
        for below in TENANTS {
            if let Some(tenant) = lower.strip_suffix(below) {
                return Some(format!("{}{below}", self.name("tenant", tenant)));
            }
        }
        let own = KNOWN.contains(&lower) || SERVERS.iter().any(|domain| lower.ends_with(domain));
        own.then(|| lower.to_owned())
    }

    /// An address of the network; those that are the same on every machine stay.
    pub fn ip(&self, address: IpAddr) -> String {
        if address.is_loopback() || address.is_unspecified() { address.to_string() } else { self.name("ip", &address.to_string()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_stable_and_tell_values_apart() {
        let (one, other) = (Tokens::new(&Key([7; 32]), false), Tokens::new(&Key([8; 32]), false));
        // Published: other runs and programs rely on it.
        assert_eq!(one.address("Jane.Doe@Contoso.example"), one.address("<jane.doe@contoso.example>"));
        assert_ne!(one.address("jane@contoso.example"), one.address("tom@contoso.example"));
        assert_ne!(one.address("jane@contoso.example"), other.address("jane@contoso.example"));
        assert!(one.address("jane@contoso.example").ends_with(&format!("@{}", one.host("CONTOSO.example."))));
        assert_eq!(
            (one.address(""), one.address("<>"), one.host(""), one.name("user", " ")),
            (String::new(), "<>".into(), String::new(), String::new())
        );
    }

    #[test]
    fn hosts_of_microsoft_stay_without_the_tenant() {
        let tokens = Tokens::new(&Key([7; 32]), false);
        for host in [
            "smtp.office365.com",
            "AM0PR04MB1.eurprd04.prod.outlook.com",
            "DB5EUR01FT019.eop-EUR01.prod.protection.outlook.com",
            "mail.protection.outlook.com",
        ] {
            assert_eq!(tokens.host(host), host.to_lowercase());
        }
        for (host, below) in [
            ("contoso-com.mail.protection.outlook.com", ".mail.protection.outlook.com"),
            ("contoso-com.a-v1.mx.microsoft", ".mx.microsoft"),
            ("contoso.onmicrosoft.com", ".onmicrosoft.com"),
        ] {
            let token = tokens.host(host);
            assert!(token.starts_with("tenant-") && token.ends_with(below) && !token.contains("contoso"), "{token}");
        }
        assert!(tokens.host("smtp.office365.com.contoso.example").ends_with(".invalid"));
        let keeping = Tokens::new(&Key([7; 32]), true);
        assert!(
            keeping.host("mailgw1.contoso.example").ends_with(".contoso.example")
                && !keeping.host("mailgw1.contoso.example").contains("mailgw1")
        );
        assert!(keeping.address("jane@contoso.example").ends_with("@contoso.example"));
        assert!(keeping.host("198.51.100.7").starts_with("ip-") && keeping.host("mailgw1").starts_with("host-"));
    }
}
