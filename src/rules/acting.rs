//! Who acts on a rule: rules are written for mail that SAP hands over; where a relay does, its administrator stands in for
//! SAP's.

use super::model::Rule;

const SAP: &str = "sap-basis";
const RELAY: &str = "relay-admin";

impl Rule {
    /// Who acts first.
    #[must_use]
    pub fn acts_first(&self, by_relay: bool) -> &str {
        if by_relay && self.owner == SAP { RELAY } else { &self.owner }
    }

    /// Whom they need something from.
    #[must_use]
    pub fn needed(&self, by_relay: bool) -> Vec<&str> {
        let first = self.acts_first(by_relay);
        let mut out: Vec<&str> = Vec::new();
        for one in self.needs.iter().map(|one| if by_relay && one == SAP { RELAY } else { one.as_str() }) {
            if one != first && !out.contains(&one) {
                out.push(one);
            }
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::Catalogue;

    #[test]
    fn the_relay_stands_in_for_sap() {
        let catalogue = Catalogue::builtin().unwrap();
        let rows = [
            ("RELAY-01", false, "exchange-admin", vec!["network", "sap-basis"]),
            ("RELAY-01", true, "exchange-admin", vec!["network", "relay-admin"]),
            ("TLS-02", false, "sap-basis", vec!["relay-admin"]),
            ("TLS-02", true, "relay-admin", vec![]),
        ];
        for (id, by_relay, first, needed) in rows {
            let rule = catalogue.get(id).unwrap();
            assert_eq!((rule.acts_first(by_relay), rule.needed(by_relay)), (first, needed), "{id} {by_relay}");
        }
    }
}
