//! Content transfer encodings of mails.

/// RFC 2045 section 6.7; what is no escape stays as it is.
#[must_use]
pub fn quoted_printable(body: &[u8]) -> Vec<u8> {
    let (mut out, mut at) = (Vec::with_capacity(body.len()), 0);
    let digit = |b: Option<&u8>| b.and_then(|b| char::from(*b).to_digit(16)).and_then(|digit| u8::try_from(digit).ok());
    while let Some(byte) = body.get(at) {
        let rest = &body[at + 1..];
        at += match (byte, digit(rest.first()), digit(rest.get(1))) {
            (b'=', Some(high), Some(low)) => {
                out.push(high * 16 + low);
                3
            }
            (b'=', ..) if rest.starts_with(b"\r\n") => 3,
            (b'=', ..) if rest.starts_with(b"\n") => 2,
            _ => {
                out.push(*byte);
                1
            }
        };
    }
    out
}

/// RFC 4648; characters that do not belong are passed over.
#[must_use]
pub fn base64(body: &[u8]) -> Vec<u8> {
    let value = |b: &u8| match b {
        b'A'..=b'Z' => Some(b - b'A'),
        b'a'..=b'z' => Some(b - b'a' + 26),
        b'0'..=b'9' => Some(b - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    };
    let (mut out, mut bits, mut count) = (Vec::with_capacity(body.len() / 4 * 3), 0_u32, 0);
    for six in body.iter().filter_map(value) {
        bits = (bits << 6) | u32::from(six);
        count += 6;
        if count >= 8 {
            count -= 8;
            out.extend(u8::try_from((bits >> count) & 0xFF));
        }
    }
    out
}
