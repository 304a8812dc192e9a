//! Encodings by name, and the likeliest one of a text.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::Encoding;

/// Text that is enough to tell an 8-bit code page from others.
const ENOUGH: usize = 1 << 20;

/// SAP's code pages by number (sost.md section 1.4 d; only 4110 has been seen, the others are unverified).
const SAP: &[(&str, &Encoding)] = &[
    ("1100", encoding_rs::WINDOWS_1252),
    ("1160", encoding_rs::WINDOWS_1252),
    ("4102", encoding_rs::UTF_16BE),
    ("4103", encoding_rs::UTF_16LE),
    ("4110", encoding_rs::UTF_8),
];

/// Names told to who misspelt one; many more are understood.
const NAMES: &[&str] = &[
    "utf-8",
    "utf-16le",
    "utf-16be",
    "windows-1252",
    "windows-1250",
    "windows-1251",
    "windows-1253",
    "windows-1254",
    "windows-1255",
    "windows-1256",
    "windows-1257",
    "windows-1258",
    "windows-874",
    "iso-8859-1",
    "iso-8859-2",
    "iso-8859-5",
    "iso-8859-7",
    "iso-8859-9",
    "iso-8859-15",
    "koi8-r",
    "macintosh",
    "shift_jis",
    "euc-jp",
    "euc-kr",
    "gbk",
    "gb18030",
    "big5",
    "1100",
    "1160",
    "4102",
    "4103",
    "4110",
];

/// The encoding of a name (any label of the WHATWG Encoding Standard, or a SAP code page).
///
/// # Errors
/// When there is none: the names that there are.
pub fn codec(name: &str) -> Result<&'static Encoding, &'static [&'static str]> {
    let name = name.trim();
    let sap = SAP.iter().find(|(number, _)| *number == name).map(|(_, codec)| *codec);
    sap.or_else(|| Encoding::for_label_no_replacement(name.as_bytes())).ok_or(NAMES)
}

/// The likeliest encoding of a text that is neither UTF-16 nor UTF-8.
pub fn likely(bytes: &[u8]) -> &'static Encoding {
    let first = bytes.iter().position(|byte| !byte.is_ascii()).unwrap_or(0);
    // From the line on that holds the first letter to be told.
    let from = memchr::memrchr(b'\n', &bytes[..first]).map_or(0, |at| at + 1);
    let part = &bytes[from..bytes.len().min(from + ENOUGH)];
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(part, true);
    detector.guess(None, Utf8Detection::Deny)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_all_kinds() {
        let rows = [
            ("4110", Some("UTF-8")),
            ("4102", Some("UTF-16BE")),
            ("4103", Some("UTF-16LE")),
            ("1100", Some("windows-1252")),
            ("1160", Some("windows-1252")),
            ("latin1", Some("windows-1252")),
            ("CP1250", Some("windows-1250")),
            (" Shift_JIS ", Some("Shift_JIS")),
            ("utf-9", None),
            ("replacement", None),
            ("", None),
        ];
        for (name, want) in rows {
            assert_eq!(codec(name).ok().map(Encoding::name), want, "{name}");
        }
        assert!(NAMES.iter().all(|name| codec(name).is_ok()));
    }

    #[test]
    fn the_likeliest_code_page() {
        let rows = [
            ("windows-1252", "|Rechnung für Größe 4|Müller|nicht übertragen|"),
            ("windows-1252", "Gr\u{fc}\u{df}e, Welt"),
            ("windows-1252", "Título do documento\tDestinatário\tFecha envío"),
            ("windows-1250", "Příjemce|Nebylo možné doručit zprávu|Žádost o odeslání faktury č. 900"),
            ("windows-1251", "|Получатель|Название документа|Дата отправки|Ошибка отправки сообщения|"),
            ("Shift_JIS", "|文書タイトル|受信者|送信日付|請求書をお送りします|"),
            ("windows-1254", "Başlık|Alıcı|Gönderme tarihi|İleti gönderilemedi, geçersiz alıcı adresi|Şube"),
        ];
        for (name, text) in rows {
            let (bytes, _, lost) = codec(name).unwrap().encode(text);
            assert!(!lost, "{text}");
            let long = [vec![b'x'; 3000], b"\n".to_vec(), bytes.to_vec()].concat();
            assert_eq!((likely(&bytes).name(), likely(&long).name()), (name, name), "{text}");
        }
    }
}
