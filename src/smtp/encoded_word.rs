//! Encoded words of header fields (RFC 2047): texts beyond ASCII, as subjects are written in mails and some logs.

use super::transfer::{base64, quoted_printable};
use encoding_rs::Encoding;
use regex::Regex;
use std::borrow::Cow;
use std::sync::LazyLock;

/// `=?charset?B?text?=`; a language may follow the charset (RFC 2231 section 5).
static WORD: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"=\?([^?*\s]+)(?:\*[^?\s]*)?\?([bBqQ])\?([^?\s]*)\?=").ok());

/// A text with its encoded words decoded. Blanks between two of them are no part of the text, and a character may be cut
/// between two of one charset; what cannot be decoded stays as it is.
#[must_use]
pub fn decoded(text: &str) -> Cow<'_, str> {
    let Some(word) = WORD.as_ref().filter(|_| memchr::memchr(b'=', text.as_bytes()).is_some() && text.contains("=?")) else {
        return Cow::Borrowed(text);
    };
    let (mut out, mut from) = (String::new(), 0);
    let mut open: Option<(&'static Encoding, Vec<u8>)> = None;
    for found in word.captures_iter(text) {
        let (Some(whole), Some(charset), Some(kind), Some(inner)) = (found.get(0), found.get(1), found.get(2), found.get(3)) else {
            continue;
        };
        let Some(charset) = Encoding::for_label(charset.as_str().as_bytes()) else { continue };
        let bytes = bytes(kind.as_str(), inner.as_str());
        let between = &text[from..whole.start()];
        let apart = !between.trim().is_empty() || open.is_none();
        match &mut open {
            Some((known, all)) if *known == charset && !apart => all.extend(bytes),
            _ => {
                close(&mut out, open.take());
                out.push_str(if apart { between } else { "" });
                open = Some((charset, bytes));
            }
        }
        from = whole.end();
    }
    close(&mut out, open);
    out.push_str(&text[from..]);
    Cow::Owned(out)
}

fn bytes(kind: &str, text: &str) -> Vec<u8> {
    if kind.eq_ignore_ascii_case("b") { base64(text.as_bytes()) } else { quoted_printable(text.replace('_', " ").as_bytes()) }
}

fn close(out: &mut String, word: Option<(&'static Encoding, Vec<u8>)>) {
    if let Some((charset, bytes)) = word {
        out.push_str(&charset.decode_without_bom_handling(&bytes).0);
    }
}

#[cfg(test)]
mod tests {
    use super::decoded;

    #[test]
    fn words_in_every_charset() {
        let rows = [
            ("Invoice 1", "Invoice 1"),
            ("=?utf-8?Q?Rechnung_f=C3=BCr_Gr=C3=B6=C3=9Fe?=", "Rechnung für Größe"),
            ("=?UTF-8?B?UmVjaG51bmcgZsO8cg==?= 1", "Rechnung für 1"),
            ("=?iso-8859-1?q?Gr=FC=DFe?=\t=?iso-8859-1?q?_aus?= Bonn", "Grüße aus Bonn"),
            ("=?utf-8?B?w7w=?= =?windows-1252?Q?=FC?=", "üü"),
            ("=?utf-8?Q?a=C3?= =?utf-8?Q?=BCb?=", "aüb"),
            ("=?utf-8*de?Q?=C3=BC?=", "ü"),
            ("AW: =?utf-8?Q?=C3=BC?= (2)", "AW: ü (2)"),
            ("=?nobody?Q?x?= =?", "=?nobody?Q?x?= =?"),
            ("=?utf-8?Q?not closed", "=?utf-8?Q?not closed"),
        ];
        for (text, want) in rows {
            assert_eq!(decoded(text), want, "{text}");
        }
    }
}
