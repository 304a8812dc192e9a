//! Header fields of mails.

/// Name and value of a header field (RFC 5322 section 2.2), the value trimmed; a line that goes on is none.
#[must_use]
pub fn field(line: &str) -> Option<(&str, &str)> {
    let (name, value) = line.split_once(':')?;
    (!name.is_empty() && name.bytes().all(|b| b.is_ascii_graphic())).then(|| (name, value.trim()))
}

/// A line without the marks of a mail program that quoted it (`> `, also twice).
#[must_use]
pub fn unquoted(line: &str) -> &str {
    let mut line = line;
    while let Some(rest) = line.strip_prefix('>') {
        line = rest.strip_prefix(' ').unwrap_or(rest);
    }
    line
}

#[cfg(test)]
mod tests {
    use super::{field, unquoted};

    #[test]
    fn quoted_lines() {
        for (line, want) in [("> To: x", "To: x"), (">> To: x", "To: x"), ("> >  folded", " folded"), (">", ""), ("x > y", "x > y")] {
            assert_eq!(unquoted(line), want, "{line}");
        }
    }

    #[test]
    fn names_are_printable() {
        assert_eq!(field("X_Queue_Id: 4711 "), Some(("X_Queue_Id", "4711")));
        assert_eq!(field("Subject:"), Some(("Subject", "")));
        for line in [" folded: line", "no colon", ": x", "two words: x", "Grüße: x"] {
            assert_eq!(field(line), None, "{line}");
        }
    }
}
