//! Addresses as they stand in envelopes and lists.

/// Address inside `<...>`, else the first word; parameters behind it are dropped.
#[must_use]
pub fn path_address(text: &str) -> &str {
    let text = text.trim();
    match (text.find('<'), text.find('>')) {
        (Some(open), Some(close)) if open < close => &text[open + 1..close],
        _ => text.split_whitespace().next().unwrap_or(""),
    }
}

/// Form in which addresses are compared: trimmed, without brackets, lower case.
#[must_use]
pub fn fold_address(text: &str) -> String {
    text.trim().trim_start_matches('<').trim_end_matches('>').to_lowercase()
}

/// Domain of an address; empty without `@`.
#[must_use]
pub fn domain(address: &str) -> &str {
    address.rsplit_once('@').map_or("", |(_, domain)| domain)
}
