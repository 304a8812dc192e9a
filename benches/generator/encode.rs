//! Text to the bytes of a file.

/// How a file is stored.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8 without a byte order mark.
    Utf8,
    /// UTF-8 with a byte order mark.
    Utf8Bom,
    /// UTF-16, little endian, without a byte order mark.
    Utf16,
    /// UTF-16, little endian, with a byte order mark.
    Utf16Bom,
    /// Windows code page 1252, as far as it equals Latin-1.
    Cp1252,
}

/// Encodes `text`; line ends stay as they are in `text`.
pub fn encode(text: &str, encoding: Encoding) -> Vec<u8> {
    match encoding {
        Encoding::Utf8 => text.as_bytes().to_vec(),
        Encoding::Utf8Bom => [b"\xEF\xBB\xBF", text.as_bytes()].concat(),
        Encoding::Utf16 => utf16(text),
        Encoding::Utf16Bom => [vec![0xFF, 0xFE], utf16(text)].concat(),
        Encoding::Cp1252 => text.chars().map(cp1252).collect(),
    }
}

fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

/// The range 0x80-0x9F of the code page is left out: no story uses such a character.
fn cp1252(c: char) -> u8 {
    match u32::from(c) {
        n @ (0..=0x7F | 0xA0..=0xFF) => u8::try_from(n).expect("below 256"),
        _ => b'?',
    }
}

/// Base64 with padding, as AUTH LOGIN uses it.
pub fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for part in bytes.chunks(3) {
        let byte = |i: usize| usize::from(*part.get(i).unwrap_or(&0));
        let word = byte(0) << 16 | byte(1) << 8 | byte(2);
        for i in 0..4 {
            let digit = DIGITS[word >> (18 - 6 * i) & 63];
            text.push(if i <= part.len() { char::from(digit) } else { '=' });
        }
    }
    text
}
