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
    let mut out = String::with_capacity(text.len());
    fold_address_onto(&mut out, text);
    out
}

/// The same, behind what is there already.
pub fn fold_address_onto(out: &mut String, text: &str) {
    let inner = text.trim().trim_start_matches('<').trim_end_matches('>');
    if inner.is_ascii() {
        let begin = out.len();
        out.push_str(inner);
        if let Some(own) = out.get_mut(begin..) {
            own.make_ascii_lowercase();
        }
    } else {
        out.push_str(&inner.to_lowercase());
    }
}

/// Domain of an address; empty without `@`.
#[must_use]
pub fn domain(address: &str) -> &str {
    address.rsplit_once('@').map_or("", |(_, domain)| domain)
}
