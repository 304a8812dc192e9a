//! Addresses and ranges of addresses as connectors name them.

use std::net::IpAddr;

/// A closed range of addresses of one family.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Network {
    from: IpAddr,
    to: IpAddr,
}

impl Network {
    /// `192.0.2.1`, `192.0.2.0/24`, `192.0.2.1-192.0.2.9`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if let Some((from, to)) = text.split_once('-') {
            return Some(Self { from: from.trim().parse().ok()?, to: to.trim().parse().ok()? });
        }
        let Some((address, length)) = text.split_once('/') else {
            let one = text.trim().parse().ok()?;
            return Some(Self { from: one, to: one });
        };
        let length: u32 = length.trim().parse().ok()?;
        match address.trim().parse().ok()? {
            IpAddr::V4(address) => {
                let mask = u32::MAX.checked_shr(length).unwrap_or(0);
                let base = u32::from(address) & !mask;
                (length <= 32).then(|| Self { from: IpAddr::V4(base.into()), to: IpAddr::V4((base | mask).into()) })
            }
            IpAddr::V6(address) => {
                let mask = u128::MAX.checked_shr(length).unwrap_or(0);
                let base = u128::from(address) & !mask;
                (length <= 128).then(|| Self { from: IpAddr::V6(base.into()), to: IpAddr::V6((base | mask).into()) })
            }
        }
    }

    /// Whether an address lies inside.
    #[must_use]
    pub fn holds(&self, address: IpAddr) -> bool {
        self.from.is_ipv4() == address.is_ipv4() && self.from <= address && address <= self.to
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_hold_their_addresses_and_no_others() {
        let rows = [
            ("192.0.2.7", "192.0.2.7", true),
            ("192.0.2.7", "192.0.2.8", false),
            ("192.0.2.64/26", "192.0.2.127", true),
            ("192.0.2.64/26", "192.0.2.128", false),
            ("192.0.2.9/24", "192.0.2.0", true),
            ("192.0.2.9/32", "192.0.2.9", true),
            ("0.0.0.0/0", "198.51.100.1", true),
            ("192.0.2.1-192.0.2.9", "192.0.2.5", true),
            ("2001:db8::/32", "2001:db8::7", true),
            ("2001:db8::/32", "192.0.2.1", false),
        ];
        for (range, address, want) in rows {
            assert_eq!(Network::parse(range).unwrap().holds(address.parse().unwrap()), want, "{range} {address}");
        }
        for odd in ["", "192.0.2", "192.0.2.1/33", "a/24", "192.0.2.1/x"] {
            assert_eq!(Network::parse(odd), None, "{odd}");
        }
    }
}
