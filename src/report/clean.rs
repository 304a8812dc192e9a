//! Texts of logs, made harmless for terminals.

use std::borrow::Cow;

/// Control characters, among them escape sequences, bidirectional overrides and separators of lines, become blanks.
#[must_use]
pub fn clean(text: &str) -> String {
    cleaned(text).into_owned()
}

/// The same, borrowed where nothing is to be done.
#[must_use]
pub fn cleaned(text: &str) -> Cow<'_, str> {
    let plain = text.bytes().all(|byte| (0x20..0x7f).contains(&byte));
    if plain || !text.contains(harmful) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().map(|c| if harmful(c) { ' ' } else { c }).collect())
}

fn harmful(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    #[test]
    fn escapes_do_not_reach_the_terminal() {
        assert_eq!(super::clean("a\u{1b}[31mb\u{202e}c\u{2028}d\r\n"), "a [31mb c d  ");
        assert_eq!(super::clean("Größe\u{9b}2J 価格"), "Größe 2J 価格");
    }
}
