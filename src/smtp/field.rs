//! Header fields of mails.

/// Name and value of a header field (RFC 5322 section 2.2), the value trimmed; a line that goes on is none.
#[must_use]
pub fn field(line: &str) -> Option<(&str, &str)> {
    let (name, value) = line.split_once(':')?;
    (!name.is_empty() && name.bytes().all(|b| b.is_ascii_graphic())).then(|| (name, value.trim()))
}

#[cfg(test)]
mod tests {
    use super::field;

    #[test]
    fn names_are_printable() {
        assert_eq!(field("X_Queue_Id: 4711 "), Some(("X_Queue_Id", "4711")));
        assert_eq!(field("Subject:"), Some(("Subject", "")));
        for line in [" folded: line", "no colon", ": x", "two words: x", "Grüße: x"] {
            assert_eq!(field(line), None, "{line}");
        }
    }
}
