//! Data inside of a page: JSON that a script reads and that nothing runs.

use serde::Serialize;
use serde_json::ser::{Formatter, Serializer};
use std::io::{self, Write};

/// Writes a block of data.
pub fn write<T: Serialize>(id: &str, value: &T, out: &mut dyn Write) -> io::Result<()> {
    write!(out, "<script type=\"application/json\" id=\"{id}\">")?;
    value.serialize(&mut Serializer::with_formatter(&mut *out, InMarkup))?;
    out.write_all(b"</script>\n")
}

/// JSON without a character that could end the block or begin a comment in it.
struct InMarkup;

impl Formatter for InMarkup {
    fn write_string_fragment<W: ?Sized + Write>(&mut self, out: &mut W, fragment: &str) -> io::Result<()> {
        for part in fragment.split_inclusive(['<', '>', '&']) {
            let plain = part.trim_end_matches(['<', '>', '&']);
            out.write_all(plain.as_bytes())?;
            for c in part.bytes().skip(plain.len()) {
                write!(out, "\\u{c:04x}")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn no_text_ends_the_block() {
        let text = "a</script><!--<script>&amp; \"b\" \u{1}é";
        let mut out = Vec::new();
        super::write("x", &[text], &mut out).unwrap();
        let page = String::from_utf8(out).unwrap();
        let json = page.strip_prefix("<script type=\"application/json\" id=\"x\">").unwrap().strip_suffix("</script>\n").unwrap();
        assert!(!json.contains(['<', '>', '&']), "{json}");
        assert_eq!(serde_json::from_str::<Vec<String>>(json).unwrap(), [text]);
    }
}
