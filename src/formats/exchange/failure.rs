//! Texts that say why a recipient failed: `[{LED=550 ...};{MSG=};{FQDN=};{IP=};{LRT=}]`, in braces or not, with or
//! without `Reason:` (exchange.md section 1.17).

use crate::smtp::find_reply;

/// The last error inside a text, else the text without what stands around it.
pub fn reason(text: &str) -> &str {
    let Some((_, rest)) = text.split_once("LED=") else {
        let text = text.trim();
        return text.strip_prefix("Reason:").unwrap_or(text).trim();
    };
    // The error itself may hold brackets and semicolons.
    let end = ["};{", "}]"].iter().filter_map(|end| rest.find(end)).min().unwrap_or(rest.len());
    rest[..end].trim()
}

/// The first of several texts that holds an SMTP reply, as its reason; else the first that is not empty.
pub fn reply<'a>(texts: &[&'a str]) -> &'a str {
    let reasons = || texts.iter().map(|text| reason(text)).filter(|text| !text.is_empty());
    reasons().find(|text| find_reply(text).is_some()).or_else(|| reasons().next()).unwrap_or("")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_error_by_name() {
        let rows = [
            (
                "Reason: [{LED=550 5.1.10 RESOLVER.ADR.RecipientNotFound; not found};{MSG=};{FQDN=};{IP=};{LRT=}]",
                "550 5.1.10 RESOLVER.ADR.RecipientNotFound; not found",
            ),
            (
                "{[{LRT=};{LED=550 5.7.1 RESOLVER.RST.AuthRequired; authentication required};{FQDN=};{IP=}]}",
                "550 5.7.1 RESOLVER.RST.AuthRequired; authentication required",
            ),
            ("{[{LRT=};{LED=450 4.4.317 no [Message=x] [IP=192.0.2.1:25]}]}", "450 4.4.317 no [Message=x] [IP=192.0.2.1:25]"),
            (
                "Reason: [{LED=550 5.7.703 Your message can't be delivered because...",
                "550 5.7.703 Your message can't be delivered because...",
            ),
            ("550 4.4.7 QUEUE.Expired;expired", "550 4.4.7 QUEUE.Expired;expired"),
            ("", ""),
        ];
        for (text, want) in rows {
            assert_eq!(reason(text), want);
        }
        assert_eq!(reply(&["To", "550 5.1.1 unknown"]), "550 5.1.1 unknown");
        assert_eq!(reply(&["", "no code"]), "no code");
    }
}
