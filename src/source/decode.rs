//! Bytes to text: BOM, else NUL pattern, else UTF-8 that is valid or nearly so, else the likeliest 8-bit code page
//! (exchange.md 1.5, sost.md 7).

use super::codec::likely;
use encoding_rs::{UTF_8, UTF_16BE, UTF_16LE};
use std::borrow::Cow;

/// Name of an encoding and how it was found.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Encoding {
    /// `UTF-8`, `UTF-16LE`, `windows-1252` and so on.
    pub name: &'static str,
    /// `BOM`, `pattern`, `valid`, `mostly valid` or `likely`; `explicit` when the user said so.
    pub basis: &'static str,
}

/// Decoded file.
#[derive(Debug)]
pub struct Decoded<'b> {
    /// The text, without BOM.
    pub text: Cow<'b, str>,
    /// Encoding.
    pub encoding: Encoding,
    /// Whether the last character was cut in two.
    pub truncated: bool,
    /// Bytes of a `mostly valid` text that could not be decoded; each run of them became one U+FFFD.
    pub replaced: usize,
}

/// Decodes a file; never fails, what cannot be decoded becomes U+FFFD.
#[must_use]
pub fn decode(bytes: &[u8]) -> Decoded<'_> {
    if let Some(rest) = bytes.strip_prefix(b"\xEF\xBB\xBF") {
        let truncated = cut_utf8(rest);
        return done(String::from_utf8_lossy(rest), "UTF-8", "BOM", truncated);
    }
    if let Some(rest) = bytes.strip_prefix(b"\xFF\xFE") {
        return utf16(rest, UTF_16LE, "UTF-16LE", "BOM");
    }
    if let Some(rest) = bytes.strip_prefix(b"\xFE\xFF") {
        return utf16(rest, UTF_16BE, "UTF-16BE", "BOM");
    }
    match nul_pattern(bytes) {
        Some(true) => return utf16(bytes, UTF_16LE, "UTF-16LE", "pattern"),
        Some(false) => return utf16(bytes, UTF_16BE, "UTF-16BE", "pattern"),
        None => {}
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return done(Cow::Borrowed(text), "UTF-8", "valid", false);
    }
    if cut_utf8(bytes) {
        return done(String::from_utf8_lossy(bytes), "UTF-8", "valid", true);
    }
    if let Some(replaced) = mostly_utf8(bytes) {
        return Decoded { replaced, ..done(String::from_utf8_lossy(bytes), "UTF-8", "mostly valid", false) };
    }
    let codec = likely(bytes);
    let (text, _) = codec.decode_without_bom_handling(bytes);
    done(text, codec.name(), "likely", false)
}

/// Decodes a file by an encoding that the user named.
#[must_use]
pub fn decode_as<'b>(bytes: &'b [u8], codec: &'static encoding_rs::Encoding) -> Decoded<'b> {
    let truncated = if codec == UTF_8 { cut_utf8(bytes) } else { matches!(codec.name(), "UTF-16LE" | "UTF-16BE") && bytes.len() % 2 == 1 };
    let (text, _) = codec.decode_with_bom_removal(bytes);
    done(text, codec.name(), "explicit", truncated)
}

fn done<'b>(text: Cow<'b, str>, name: &'static str, basis: &'static str, truncated: bool) -> Decoded<'b> {
    Decoded { text, encoding: Encoding { name, basis }, truncated, replaced: 0 }
}

fn utf16<'b>(bytes: &'b [u8], codec: &'static encoding_rs::Encoding, name: &'static str, basis: &'static str) -> Decoded<'b> {
    let whole = &bytes[..bytes.len() - bytes.len() % 2];
    let (text, _) = codec.decode_without_bom_handling(whole);
    done(text, name, basis, bytes.len() % 2 == 1)
}

/// Valid UTF-8 but for an incomplete last character, with at least one complete multi-byte character or none needed.
fn cut_utf8(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).is_err_and(|e| e.error_len().is_none() && !bytes[..e.valid_up_to()].is_ascii())
}

/// Number of invalid bytes of a text that is UTF-8 but for a few of them: ten valid characters of several bytes for each
/// error, or a single error beside three. Windows-1252 has hardly any: they need letters like `Ã` before signs like `¼`.
fn mostly_utf8(bytes: &[u8]) -> Option<usize> {
    let (mut valid, mut errors, mut replaced) = (0_usize, 0_usize, 0);
    for chunk in bytes.utf8_chunks() {
        valid += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        errors += usize::from(!chunk.invalid().is_empty());
        replaced += chunk.invalid().len();
    }
    (valid >= errors.saturating_mul(10) || (errors == 1 && valid >= 3)).then_some(replaced)
}

/// `Some(true)`: every second byte of the beginning is NUL, low byte first.
fn nul_pattern(bytes: &[u8]) -> Option<bool> {
    let head = &bytes[..bytes.len().min(400)];
    if head.len() < 8 {
        return None;
    }
    let nuls = |odd: usize| head.iter().skip(odd).step_by(2).filter(|b| **b == 0).count();
    let half = head.len() / 2;
    let (even, odd) = (nuls(0), nuls(1));
    if odd * 10 >= half * 7 && even * 10 < half {
        return Some(true);
    }
    (even * 10 >= half * 7 && odd * 10 < half).then_some(false)
}

/// What a file that is no text is, from its first bytes.
#[must_use]
pub fn sniff_binary(bytes: &[u8]) -> Option<&'static str> {
    const MAGIC: &[(&[u8], &str)] = &[
        (b"\x89PNG", "a PNG picture"),
        (b"\xFF\xD8\xFF", "a JPEG picture"),
        (b"GIF8", "a GIF picture"),
        (b"BM", "a bitmap"),
        (b"%PDF", "a PDF document"),
        (b"PK\x03\x04", "an Office document"),
        (b"BZh", "a bzip2 archive, to be unpacked first"),
        (b"7z\xBC\xAF\x27\x1C", "a 7z archive, to be unpacked first"),
        (b"Rar!", "a RAR archive, to be unpacked first"),
        (b"\xFD7zXZ", "an xz archive, to be unpacked first"),
        (b"\xD0\xCF\x11\xE0", "an Office file of the old form or with a password, to be saved as XLSX or text first"),
        (b"{\\rtf", "a rich text document"),
        (b"\x7FELF", "a program"),
        (b"MZ", "a program"),
    ];
    let known = MAGIC.iter().find(|(magic, _)| bytes.starts_with(magic));
    if let Some((magic, name)) = known {
        let short_ascii = magic.len() == 2 && magic.is_ascii();
        if !short_ascii || bytes.iter().take(64).any(|b| *b == 0) {
            return Some(name);
        }
    }
    if bytes.get(257..262) == Some(b"ustar") {
        return Some("a tar archive, to be unpacked first");
    }
    let head = &bytes[..bytes.len().min(4096)];
    let control = head.iter().filter(|b| **b < 9 || (14..32).contains(*b)).count();
    (nul_pattern(bytes).is_none() && !head.starts_with(b"\xFF\xFE") && !head.starts_with(b"\xFE\xFF") && control * 10 > head.len())
        .then_some("binary data")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_few_broken_bytes_leave_a_text_utf8() {
        let rows: [(&str, &[u8], &str, usize); 6] = [
            ("ÄÖÜäöüßéèà", b"\xC3 Z", "mostly valid", 1),
            ("ÄÖÜäöüßéèà", b"\xC3 Z\xFC", "likely", 0),
            ("Größe", b"\xC3 Z", "likely", 0),
            ("Größe Empfänger Grüße", b"\xC3 Z", "mostly valid", 1),
            ("ÄÖÜäöüßéèàÄÖÜäöüßéèà", b"\xE2\x82 \xFF\n", "mostly valid", 3),
            ("Über", b"\xFC\xDFe", "likely", 0),
        ];
        for (text, broken, basis, replaced) in rows {
            let bytes = [text.as_bytes(), broken].concat();
            let decoded = decode(&bytes);
            assert_eq!((decoded.encoding.basis, decoded.replaced), (basis, replaced), "{text} {broken:?}");
            assert_eq!(decoded.text.starts_with(text), basis == "mostly valid", "{text} {broken:?}");
        }
    }

    #[test]
    fn finds_the_encoding() {
        let le = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
        let mut bom = vec![0xFF, 0xFE];
        bom.extend(le("Grüße, Welt"));
        let rows: Vec<(Vec<u8>, &str, &str, bool)> = vec![
            (bom.clone(), "UTF-16LE", "BOM", false),
            (bom[..bom.len() - 1].to_vec(), "UTF-16LE", "BOM", true),
            (le("origin_timestamp_utc,sender"), "UTF-16LE", "pattern", false),
            ("Grüße".into(), "UTF-8", "valid", false),
            (b"Gr\xFC\xDFe, Welt".to_vec(), "windows-1252", "likely", false),
            (b"plain".to_vec(), "UTF-8", "valid", false),
        ];
        for (bytes, name, basis, truncated) in rows {
            let got = decode(&bytes);
            assert_eq!((got.encoding.name, got.encoding.basis, got.truncated), (name, basis, truncated));
        }
        let explicit = decode_as(b"\xEF\xBB\xBF\xC5\x81\xC3\xB3d\xC5", UTF_8);
        assert_eq!((explicit.text.as_ref(), explicit.encoding.basis, explicit.truncated), ("Łód\u{fffd}", "explicit", true));
        let forced = decode_as(&bom, encoding_rs::WINDOWS_1252);
        assert_eq!((forced.text.get(..5), forced.encoding.name), (Some("ÿþG"), "windows-1252"));
        assert_eq!(sniff_binary(b"\x89PNG\r\n\x1a\n"), Some("a PNG picture"));
        assert_eq!(sniff_binary(b"MZ is how this text begins"), None);
    }
}
