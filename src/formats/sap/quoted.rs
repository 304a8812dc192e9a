//! Text with tabs that a spreadsheet program has saved again: it quotes cells that hold a tab, a line break, a quote or a
//! comma, which SAP never does.

/// Where a character stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum At {
    Begin,
    Plain,
    Quoted,
    /// Behind a quote inside of a quoted cell.
    Closed,
}

/// Whether all quotes of a text are those of a spreadsheet program, and one of them could stand in no other text: a
/// subject may begin and end with a quote by itself. A header that is quoted is one.
pub fn is_quoted(text: &str, header: &str) -> bool {
    if memchr::memchr(b'"', text.as_bytes()).is_none() {
        return false;
    }
    let (mut at, mut needed, mut quoted_comma, mut plain_comma) = (At::Begin, false, false, false);
    for byte in text.bytes() {
        at = match (at, byte) {
            (At::Begin, b'"') => At::Quoted,
            (At::Quoted, b'"') => At::Closed,
            (At::Closed, b'"') => {
                needed = true;
                At::Quoted
            }
            (At::Quoted, _) => {
                needed |= matches!(byte, b'\t' | b'\n');
                quoted_comma |= byte == b',';
                At::Quoted
            }
            (At::Begin | At::Plain | At::Closed, b'\t' | b'\n' | b'\r') => At::Begin,
            (At::Plain, b'"') | (At::Closed, _) => return false,
            (At::Begin | At::Plain, _) => {
                plain_comma |= byte == b',';
                At::Plain
            }
        };
    }
    (needed || header.contains('"') || (quoted_comma && !plain_comma)) && at != At::Quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_of_spreadsheets_and_of_people() {
        let rows = [
            ("a\t\"b\tc\"\td\r\n", true),
            ("a\t\"b\nc\"\r\n", true),
            ("a\t\"b \"\"c\"\" d\"", true),
            ("a\t\"b, c\"\n", true),
            ("a\t\"b, c\"\td, e\n", false),
            ("a\tb\n", false),
            ("a\t\"b\"\tc\n", false),
            ("a\t\"b\" c\t\"d \"\"e\"\"\"\n", false),
            ("a\t5\" disc\t\"d\ne\"\n", false),
            ("a\t\"b\tc\n", false),
        ];
        for (text, want) in rows {
            assert_eq!(is_quoted(text, "STATUS\tTITEL"), want, "{text:?}");
        }
    }
}
