//! Icon cells: `@5C@`, or `@5C\QErrors@` with the tooltip behind `\Q` (sost.md section 1.4 e).

/// Code of the icon, and the words of its tooltip, else those behind it. A cell without an icon is all words.
pub fn parts(cell: &str) -> (Option<&str>, &str) {
    let cell = cell.trim();
    let code = cell.strip_prefix('@').and_then(|inner| inner.get(..2)).filter(|code| code.chars().all(char::is_alphanumeric));
    let Some((code, behind)) = code.and_then(|code| Some((code, cell.get(3..)?))) else { return (None, cell) };
    match behind.strip_prefix("\\Q") {
        Some(tooltip) => (Some(code), tooltip.split('@').next().unwrap_or("").trim()),
        // A narrow column may cut the closing sign off.
        None if behind.is_empty() => (Some(code), ""),
        None => behind.strip_prefix('@').map_or((None, cell), |words| (Some(code), words.trim())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_and_words() {
        let rows = [
            ("@5C@", Some("5C"), ""),
            ("@5C", Some("5C"), ""),
            ("@5C\\QNot sent@", Some("5C"), "Not sent"),
            ("@5C\\QNot se", Some("5C"), "Not se"),
            ("@1S\\QFax@", Some("1S"), "Fax"),
            (" @5B@ Sent ", Some("5B"), "Sent"),
            ("Sent", None, "Sent"),
            ("@fabrikam.example", None, "@fabrikam.example"),
            ("@é€", None, "@é€"),
            ("@", None, "@"),
            ("", None, ""),
        ];
        for (cell, code, words) in rows {
            assert_eq!(parts(cell), (code, words), "{cell}");
        }
    }
}
