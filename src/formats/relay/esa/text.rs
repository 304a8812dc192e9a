//! Pieces of the log's lines.

/// A number and what stands behind it.
pub fn number(text: &str) -> Option<(u32, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    Some((text[..end].parse().ok()?, &text[end..]))
}

/// A number behind a key.
pub fn after<'a>(text: &'a str, key: &str) -> Option<(u32, &'a str)> {
    number(&text[text.find(key)? + key.len()..])
}

/// `[0, 1]`.
pub fn list(text: &str) -> Option<(Vec<u32>, &str)> {
    let (inside, behind) = text.strip_prefix('[')?.split_once(']')?;
    Some((inside.split(',').filter_map(|one| one.trim().parse().ok()).collect(), behind))
}

/// What stands before the first blank.
pub fn word(text: &str) -> &str {
    text.split(' ').next().unwrap_or("")
}

/// `<a@b>` and what stands behind.
pub fn address(text: &str) -> Option<(&str, &str)> {
    text.strip_prefix('<')?.split_once('>')
}

/// A text without the quotes around it, of either kind.
pub fn quoted(text: &str) -> &str {
    let text = text.trim();
    ['\'', '"'].iter().find_map(|mark| text.strip_prefix(*mark)?.strip_suffix(*mark)).unwrap_or(text)
}

/// The words of the server in `5.1.0 - Unknown address error ('550', ['5.1.1 no such user', 'try again'])`, with the code
/// in front; `000` is none, its text is the gateway's own.
pub fn said(text: &str) -> String {
    let Some((own, tuple)) = text.split_once(" ('") else { return text.to_owned() };
    let Some((code, words)) = tuple.split_once("', [") else { return text.to_owned() };
    let words = words.rsplit_once("])").map_or(words, |(words, _)| words);
    let parts: Vec<&str> = words.split("', '").flat_map(|part| part.split("', \"")).flat_map(|part| part.split("\", '")).collect();
    let words: Vec<&str> = parts.iter().map(|part| part.trim_matches(['\'', '"']).trim()).collect();
    let words = words.join(" ");
    if code == "000" { format!("{own}: {words}") } else { format!("{code} {words}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_the_server() {
        let rows = [
            (
                "5.1.0 - Unknown address error ('550', ['5.7.64 TenantAttribution; Relay Access Denied']) []",
                "550 5.7.64 TenantAttribution; Relay Access Denied",
            ),
            (
                "5.1.0 - Unknown ('550', ['5.1.1 The email', \"5.1.1 recipient's\", '5.1.1 end'])",
                "550 5.1.1 The email 5.1.1 recipient's 5.1.1 end",
            ),
            ("5.4.7 - Delivery expired (message too old) ('000', ['timeout'])", "5.4.7 - Delivery expired (message too old): timeout"),
            ("5.1.2 - Bad destination host", "5.1.2 - Bad destination host"),
        ];
        for (text, want) in rows {
            assert_eq!(said(text), want);
        }
    }
}
