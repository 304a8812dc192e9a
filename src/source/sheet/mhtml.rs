//! MHTML, a web page in one file (RFC 2557): its HTML parts. Mails are not taken for one, they have other readers.

use super::{Encoding, Sheet, html};
use crate::smtp::{base64, field, quoted_printable};
use encoding_rs::Encoding as Codec;

/// Multiparts inside multiparts.
const DEPTH: usize = 3;
/// Header fields of a part; a longer run of such lines is no header.
const MOST: usize = 200;
/// Header fields that mails have and saved pages have not.
const OF_MAIL: &[&str] = &["received", "return-path", "delivered-to", "message-id", "to"];

/// A sheet for each HTML part that has a table; `None` when it is no saved page or has no table.
pub fn sheets(bytes: &[u8], explicit: Option<&'static Codec>) -> Option<Vec<Sheet>> {
    let (headers, body) = split(bytes);
    let mail = OF_MAIL.iter().any(|name| header(&headers, name).is_some());
    let report = header(&headers, "content-type").is_some_and(|kind| kind.to_ascii_lowercase().starts_with("multipart/report"));
    if mail || report || header(&headers, "mime-version").is_none() {
        return None;
    }
    let mut out = Vec::new();
    part(&headers, body, explicit, 0, &mut out);
    (!out.is_empty()).then_some(out)
}

fn part(headers: &[(String, String)], body: &[u8], explicit: Option<&'static Codec>, depth: usize, out: &mut Vec<Sheet>) {
    let kind = header(headers, "content-type").unwrap_or("");
    let lower = kind.to_ascii_lowercase();
    if lower.starts_with("multipart/") && depth < DEPTH {
        let Some(boundary) = parameter(kind, "boundary") else { return };
        for piece in pieces(body, boundary) {
            let (headers, body) = split(piece);
            part(&headers, body, explicit, depth + 1, out);
        }
    } else if lower.starts_with("text/html") {
        let encoding = header(headers, "content-transfer-encoding").unwrap_or("").to_ascii_lowercase();
        let decoded = match encoding.as_str() {
            "quoted-printable" => quoted_printable(body),
            "base64" => base64(body),
            _ => body.to_vec(),
        };
        let charset = parameter(kind, "charset").and_then(|name| Codec::for_label_no_replacement(name.as_bytes()));
        let place = header(headers, "content-location").unwrap_or("");
        let name = place
            .rsplit(['/', '\\'])
            .next()
            .filter(|name| !name.is_empty())
            .map_or_else(|| format!("part {}", out.len() + 1), str::to_owned);
        let sheets = html::sheets(&decoded, charset, explicit).unwrap_or_default();
        out.extend(sheets.into_iter().map(|sheet| Sheet {
            name: name.clone(),
            encoding: Encoding { name: "MHTML", ..sheet.encoding },
            ..sheet
        }));
    }
}

/// Header fields, lines that go on put together, and the body. A file that does not begin with a field has none.
fn split(bytes: &[u8]) -> (Vec<(String, String)>, &[u8]) {
    let (mut headers, mut rest) = (Vec::<(String, String)>::new(), bytes);
    loop {
        let (line, behind) = line_of(rest);
        let text = String::from_utf8_lossy(line.get(..line.len().min(2000)).unwrap_or(line));
        if line.is_empty() {
            return (headers, behind);
        }
        if headers.len() > MOST {
            return (Vec::new(), bytes);
        }
        match (text.starts_with([' ', '\t']), headers.last_mut(), field(&text)) {
            (true, Some((_, value)), _) => {
                value.push(' ');
                value.push_str(text.trim());
            }
            (false, _, Some((name, value))) => {
                headers.push((name.to_ascii_lowercase(), value.to_owned()));
            }
            _ => return (headers, rest),
        }
        rest = behind;
    }
}

/// First line without its end, and what is behind it.
fn line_of(bytes: &[u8]) -> (&[u8], &[u8]) {
    let end = memchr::memchr(b'\n', bytes).unwrap_or(bytes.len());
    let line = bytes[..end].strip_suffix(b"\r").unwrap_or(&bytes[..end]);
    (line, bytes.get(end + 1..).unwrap_or_default())
}

fn header<'h>(headers: &'h [(String, String)], name: &str) -> Option<&'h str> {
    headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
}

fn parameter<'v>(value: &'v str, name: &str) -> Option<&'v str> {
    value.split(';').skip(1).find_map(|parameter| {
        let (key, value) = parameter.split_once('=')?;
        key.trim().eq_ignore_ascii_case(name).then(|| value.trim().trim_matches('"'))
    })
}

/// Parts between the lines of a boundary.
fn pieces<'b>(body: &'b [u8], boundary: &str) -> Vec<&'b [u8]> {
    let (mut out, mut rest, mut begin) = (Vec::new(), body, None);
    while !rest.is_empty() {
        let at = body.len() - rest.len();
        let (line, behind) = line_of(rest);
        let ends = line.strip_prefix(b"--").and_then(|line| line.strip_prefix(boundary.as_bytes()));
        if let Some(tail) = ends.filter(|tail| tail.trim_ascii().is_empty() || tail.starts_with(b"--")) {
            out.extend(begin.map(|begin: usize| &body[begin..at]));
            begin = (!tail.starts_with(b"--")).then(|| body.len() - behind.len());
        }
        rest = behind;
    }
    // A file that was cut off lacks the last boundary.
    out.extend(begin.map(|begin| &body[begin..]));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const HTML: &str = "<html><table><tr><td>Gr=FC=DFe</td><td>a=\r\nb</td></tr></table></html>";

    fn page(kind: &str, body: &str) -> String {
        format!(
            "MIME-Version: 1.0\r\nX-Document-Type: Workbook\r\nContent-Type: multipart/related;\r\n\tboundary=\"--=X\"\r\n\r\n\r\n----=X\r\nContent-Location: file:///C:/x/sheet001.htm\r\n{kind}\r\n\r\n{body}\r\n\r\n----=X--\r\n"
        )
    }

    #[test]
    fn parts_in_every_encoding() {
        let quoted = "Content-Type: text/html; charset=\"windows-1252\"\r\nContent-Transfer-Encoding: quoted-printable";
        let coded = "Content-Transfer-Encoding: base64\nContent-Type: text/html; charset=utf-8";
        let rows = [
            (page(quoted, HTML), "windows-1252", "Grüße\tab\n"),
            (page(coded, "PGh0bWw+PHRhYmxlPjx0cj48dGQ+R3LDvMOf\r\nZTwvdGQ+PC90cj4="), "UTF-8", "Grüße\n"),
            (page("Content-Type: text/html", "<table><tr><td>x = y</table>").replace("----=X--", ""), "UTF-8", "x = y\n"),
        ];
        for (page, charset, want) in rows {
            let sheets = sheets(page.as_bytes(), None).unwrap();
            let got = (sheets[0].name.as_str(), sheets[0].encoding.name, sheets[0].encoding.basis, sheets[0].text.as_str());
            assert_eq!(got, ("sheet001.htm", "MHTML", charset, want));
        }
        let mail = format!("Received: by x\r\n{}", page(quoted, HTML));
        let report = page(quoted, HTML).replace("multipart/related", "multipart/report");
        for text in [mail.as_str(), report.as_str(), "MIME-Version: 1.0\n\nno table", "no headers", ""] {
            assert!(sheets(text.as_bytes(), None).is_none(), "{text}");
        }
    }
}
