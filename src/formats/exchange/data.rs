//! The XML of the column `Data`: `<root><MEP Name="ConnectorId" String="..."/>...</root>` (exchange.md section 1.3).
//!
//! Assumed: the shape as code reads it; no full real value was found. Attributes are taken by their order, the first the
//! name, the second the value.

use crate::source::decoded;

/// Name and value of each element, the value with its entities resolved.
pub fn elements(xml: &str) -> impl Iterator<Item = (&str, String)> {
    xml.split("<MEP ").skip(1).filter_map(|element| {
        let mut quoted = element.split('"').skip(1).step_by(2);
        Some((quoted.next()?, decoded(quoted.next()?).collect()))
    })
}

#[cfg(test)]
mod tests {
    use super::elements;

    #[test]
    fn names_and_values() {
        let xml = r#"<root><MEP Name="ConnectorId" String="SAP &amp; relay"/><MEP Name="RcptCount" Integer="1" /><MEP Name="CustomData" Blob="S:a=&lt;b&gt;"></MEP></root>"#;
        let got: Vec<(&str, String)> = elements(xml).collect();
        assert_eq!(got, [("ConnectorId", "SAP & relay".to_owned()), ("RcptCount", "1".to_owned()), ("CustomData", "S:a=<b>".to_owned())]);
        assert_eq!(elements(r#"<MEP Name="Subject" String="&#252;&#x27;&amp;lt;"/>"#).next(), Some(("Subject", "ü'&lt;".to_owned())));
        assert_eq!(elements("<root><MEP broken").count(), 0);
    }
}
