//! Texts of logs, made harmless for terminals.

/// Control characters, among them escape sequences and bidirectional overrides, become blanks.
#[must_use]
pub fn clean(text: &str) -> String {
    let harmless = |c: char| if c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}') { ' ' } else { c };
    text.chars().map(harmless).collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn escapes_do_not_reach_the_terminal() {
        assert_eq!(super::clean("a\u{1b}[31mb\u{202e}c\r\n"), "a [31mb c  ");
    }
}
