//! Tables in HTML: rows and cells by their tags, whatever stands around them. Text outside of tables makes lines of its
//! own, so that titles and preformatted lists stay readable.

use super::entities;
use super::tabs::TabText;
use super::{Encoding, Sheet};
use crate::source::{Decoded, decode, decode_as};
use encoding_rs::Encoding as Codec;

/// Bytes in which a document says what it is.
const HEAD: usize = 2048;
/// Elements whose text is not shown.
const UNSEEN: &[&str] = &["script", "style", "title"];

/// The tables of an HTML document as one sheet; `None` when it is none or has no rows.
pub fn sheets(bytes: &[u8], charset: Option<&'static Codec>, explicit: Option<&'static Codec>) -> Option<Vec<Sheet>> {
    let head: String = bytes.iter().take(HEAD).filter(|b| b.is_ascii() && **b != 0).map(|b| char::from(b.to_ascii_lowercase())).collect();
    let begin = head.trim_start();
    let says = ["<!doctype html", "<html", "<table", "<meta", "<head"].iter().any(|tag| begin.starts_with(tag));
    let says = says || (["<?xml", "<!"].iter().any(|tag| begin.starts_with(tag)) && begin.contains("<html"));
    if !says {
        return None;
    }
    let decoded = text_of(bytes, charset.or_else(|| meta(&head)), explicit);
    if !has_rows(&decoded.text) {
        return None;
    }
    let mut reader = Reader::default();
    reader.document(&decoded.text);
    let merged = reader.merged.then(|| "some cells reach over several rows: what stands beside them may be in a wrong column".to_owned());
    let encoding = Encoding { name: "HTML", basis: decoded.encoding.name };
    (!reader.tabs.is_empty()).then(|| vec![Sheet::new("table".to_owned(), reader.tabs, encoding, merged)])
}

/// What the user says, else what the bytes prove, else what the document or its part says.
fn text_of<'b>(bytes: &'b [u8], charset: Option<&'static Codec>, explicit: Option<&'static Codec>) -> Decoded<'b> {
    if let Some(codec) = explicit {
        return decode_as(bytes, codec);
    }
    let proven = decode(bytes);
    match charset {
        Some(codec) if proven.encoding.basis == "likely" && codec != encoding_rs::UTF_8 => decode_as(bytes, codec),
        _ => proven,
    }
}

/// `charset=` of a head in lower case.
fn meta(head: &str) -> Option<&'static Codec> {
    let (_, rest) = head.split_once("charset=")?;
    let name: String =
        rest.trim_start_matches(['"', '\'']).chars().take_while(|c| c.is_ascii_alphanumeric() || "-_".contains(*c)).collect();
    Codec::for_label_no_replacement(name.as_bytes())
}

fn has_rows(text: &str) -> bool {
    memchr::memchr_iter(b'<', text.as_bytes())
        .any(|at| text.as_bytes().get(at + 1..at + 3).is_some_and(|tag| tag.eq_ignore_ascii_case(b"tr")))
}

#[derive(Default)]
struct Reader {
    tabs: TabText,
    row: usize,
    column: usize,
    cell: String,
    /// Columns of the cell that is open.
    span: Option<usize>,
    preformatted: bool,
    merged: bool,
}

impl Reader {
    fn document(&mut self, html: &str) {
        let mut rest = html;
        while let Some(at) = memchr::memchr(b'<', rest.as_bytes()) {
            self.text(&rest[..at]);
            rest = self.markup(&rest[at..]);
        }
        self.text(rest);
        self.end_row();
    }

    /// Reads what begins with `<`; the text behind it.
    fn markup<'a>(&mut self, rest: &'a str) -> &'a str {
        if let Some(comment) = rest.strip_prefix("<!--") {
            return memchr::memmem::find(comment.as_bytes(), b"-->").map_or("", |end| &comment[end + 3..]);
        }
        let inner = &rest[1..];
        if !inner.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '!' | '?')) {
            self.text("<");
            return inner;
        }
        let Some(end) = memchr::memchr(b'>', inner.as_bytes()) else { return "" };
        let (tag, behind) = (&inner[..end], &inner[end + 1..]);
        let name: String = tag.chars().take_while(|c| !c.is_whitespace()).take(12).collect::<String>().to_ascii_lowercase();
        let name = name.strip_suffix('/').filter(|name| !name.is_empty()).unwrap_or(&name);
        if UNSEEN.contains(&name) {
            return after_end(behind, name);
        }
        self.tag(name, tag);
        behind
    }

    fn tag(&mut self, name: &str, tag: &str) {
        match name {
            "table" => {
                // A cell that holds nothing but a table is no cell of its own.
                self.span = self.span.filter(|_| !self.cell.trim().is_empty());
                self.end_row();
            }
            "tr" | "/tr" | "/table" => self.end_row(),
            "td" | "th" => {
                self.end_cell();
                self.merged |= attribute(tag, "rowspan").is_some_and(|rows| rows > 1);
                self.span = Some(attribute(tag, "colspan").unwrap_or(1).clamp(1, 256));
            }
            "/td" | "/th" => self.end_cell(),
            "pre" | "/pre" => {
                self.preformatted = name == "pre";
                self.line_break();
            }
            "br" | "p" | "/p" | "div" | "/div" | "li" | "h1" | "/h1" | "h2" | "/h2" | "h3" | "/h3" | "/caption" => self.line_break(),
            _ => {}
        }
    }

    fn text(&mut self, text: &str) {
        for c in entities::decoded(text) {
            match c {
                '\n' if self.preformatted => self.line_break(),
                _ if !self.preformatted && c.is_ascii_whitespace() => self.cell.extend((!self.cell.ends_with(' ')).then_some(' ')),
                '\u{a0}' => self.cell.push(' '),
                _ => self.cell.push(c),
            }
        }
    }

    /// A blank inside a cell, the end of the line outside.
    fn line_break(&mut self) {
        if self.span.is_some() {
            self.cell.push(' ');
        } else {
            self.end_row();
        }
    }

    fn end_cell(&mut self) {
        self.tabs.put(self.row, self.column, &self.cell);
        let filled = !self.cell.trim().is_empty();
        self.cell.clear();
        // Loose text between cells takes a place only when there is some.
        self.column += self.span.take().unwrap_or(usize::from(filled));
    }

    fn end_row(&mut self) {
        self.end_cell();
        self.row += usize::from(self.column > 0);
        self.column = 0;
    }
}

/// Text behind the end tag of an element that is not shown.
fn after_end<'a>(text: &'a str, name: &str) -> &'a str {
    let closes = |at: &usize| {
        let tag = text.as_bytes().get(at + 2..at + 2 + name.len());
        text.as_bytes().get(at + 1) == Some(&b'/') && tag.is_some_and(|tag| tag.eq_ignore_ascii_case(name.as_bytes()))
    };
    let Some(at) = memchr::memchr_iter(b'<', text.as_bytes()).find(closes) else { return "" };
    memchr::memchr(b'>', &text.as_bytes()[at..]).map_or("", |end| &text[at + end + 1..])
}

/// Number of an attribute.
fn attribute(tag: &str, name: &str) -> Option<usize> {
    let tag = tag.to_ascii_lowercase();
    let (_, rest) = tag.split_once(name)?;
    let digits: String =
        rest.trim_start().strip_prefix('=')?.trim_start_matches([' ', '"', '\'']).chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_and_cells() {
        let rows = [
            ("<table><tr><td>a<td>b<tr><td colspan=2>c</td><td>d</td></tr></table>", "a\tb\nc\t\td\n"),
            ("<TABLE><TR><TH>a&amp;b</TH><TD>x<br>y &lt;z&gt;</TD></TR></TABLE>", "a&b\tx y <z>\n"),
            ("<p>title</p>more<table><tr><td>a</td></tr></table>", "title\nmore\na\n"),
            ("<style>td {x: '<tr>'}</style><!-- <tr><td>no --><table><tr><td></td><td>1 < 2</td></tr></table>", "\t1 < 2\n"),
            ("<table><tr><td><table><tr><td>in</td></tr></table></td><td>out</td></tr></table>", "in\nout\n"),
            ("<pre>|a |\n|b |</pre><table><tr></tr></table>", "|a |\n|b |\n"),
            ("<table><tr><td>cut", "cut\n"),
            ("<table><tr><td>two\n  lines&nbsp;&nbsp;x", "two lines  x\n"),
            ("<table><tr><td rowspan=\"2\">a<script>if (a<b) {}</script></td></tr>", "a\n"),
        ];
        for (html, want) in rows {
            let sheets = sheets(format!("<html>{html}").as_bytes(), None, None).unwrap();
            assert_eq!(sheets[0].text, want, "{html}");
            assert_eq!(sheets[0].notes.len(), usize::from(html.contains("rowspan")), "{html}");
        }
        for text in ["plain <tr>", "<html><p>no table</html>", "<html><table><tr></tr></table>", ""] {
            assert!(sheets(text.as_bytes(), None, None).is_none(), "{text}");
        }
    }

    #[test]
    fn the_charset_counts_where_the_bytes_prove_nothing() {
        let rows: [(&[u8], &str, &str); 3] = [
            (b"<html><meta charset=\"windows-1250\"><table><tr><td>\xA3\xF3d\x9F", "windows-1250", "Łódź"),
            (b"<html><meta http-equiv=x content='text/html; charset=iso-8859-1'><table><tr><td>\xC5\x81\xC3\xB3d", "UTF-8", "Łód"),
            (b"<html><meta charset=utf-8><table><tr><td>Gr\xFC\xDFe", "windows-1252", "Grüße"),
        ];
        for (html, name, want) in rows {
            let sheet = &sheets(html, None, None).unwrap()[0];
            assert_eq!((sheet.encoding.name, sheet.encoding.basis, sheet.text.trim()), ("HTML", name, want));
        }
    }
}
