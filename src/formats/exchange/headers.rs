//! Headers of the message trace in other languages and of the user's own files, as the names that the cmdlets use. The
//! download of the admin center may follow the language of its user (exchange.md section 1.9: not known; the words here
//! are assumed).

use crate::formats::objects::normal;
use std::collections::BTreeMap;

/// Normalised header to normalised name.
const LANGUAGES: &[(&str, &str)] = &[
    ("absender", "senderaddress"),
    ("absenderadresse", "senderaddress"),
    ("expéditeur", "senderaddress"),
    ("adressedelexpéditeur", "senderaddress"),
    ("remitente", "senderaddress"),
    ("remetente", "senderaddress"),
    ("empfänger", "recipientaddress"),
    ("empfängeradresse", "recipientaddress"),
    ("destinataire", "recipientaddress"),
    ("adressedudestinataire", "recipientaddress"),
    ("destinatario", "recipientaddress"),
    ("destinatário", "recipientaddress"),
    ("betreff", "subject"),
    ("objet", "subject"),
    ("asunto", "subject"),
    ("assunto", "subject"),
    ("datum", "received"),
    ("datumutc", "datetimeutc"),
    ("empfangen", "received"),
    ("reçu", "received"),
    ("fechautc", "datetimeutc"),
    ("datautc", "datetimeutc"),
    ("fecha", "received"),
    ("recibido", "received"),
    ("data", "received"),
    ("recebido", "received"),
    ("statut", "status"),
    ("état", "status"),
    ("estado", "status"),
    ("nachrichtenid", "messageid"),
    ("iddumessage", "messageid"),
    ("iddelmensaje", "messageid"),
    ("iddamensagem", "messageid"),
    ("größe", "size"),
    ("taille", "size"),
    ("tamaño", "size"),
    ("tamanho", "size"),
];

/// Words for columns in the user's settings.
const WORDS: &[(&str, &str)] = &[
    ("time", "received"),
    ("sender", "senderaddress"),
    ("recipient", "recipientaddress"),
    ("subject", "subject"),
    ("status", "status"),
    ("message-id", "messageid"),
    ("trace-id", "messagetraceid"),
    ("size", "size"),
    ("from-ip", "fromip"),
    ("to-ip", "toip"),
    ("connector", "connectorid"),
];

/// A header without the offset that it names behind its words, and that offset in minutes: `Date (UTC+01:00)`. `(UTC)`
/// alone is a part of the name.
pub fn offset(header: &str) -> (&str, Option<i32>) {
    let header = header.trim().trim_matches('"').trim();
    let inside = || header.strip_suffix(')')?.rsplit_once('(');
    let Some((name, zone)) = inside() else { return (header, None) };
    let zone = zone.trim();
    let digits = zone.strip_prefix("UTC").or_else(|| zone.strip_prefix("GMT")).map_or("", str::trim);
    match minutes(digits) {
        Some(minutes) => (name.trim_end(), Some(minutes)),
        None => (header, None),
    }
}

/// Minutes of `+01:00`, `-5` and `+0530`.
fn minutes(text: &str) -> Option<i32> {
    let (sign, digits) = match text.strip_prefix('+') {
        Some(digits) => (1, digits),
        None => (-1, text.strip_prefix(['-', '\u{2212}'])?),
    };
    let plain = digits.bytes().all(|b| b.is_ascii_digit() || b == b':');
    let (hours, minutes) = match digits.split_once(':') {
        Some(parts) => parts,
        None if digits.len() == 4 && plain => digits.split_at(2),
        None => (digits, "0"),
    };
    let (hours, minutes): (i32, i32) = (hours.parse().ok()?, minutes.parse().ok()?);
    (plain && hours <= 14 && minutes < 60).then_some(sign * (hours * 60 + minutes))
}

/// Headers that the user has named; they come before the known ones.
#[derive(Clone, Debug, Default)]
pub struct TraceHeaders {
    own: BTreeMap<String, &'static str>,
}

impl TraceHeaders {
    /// All words for columns.
    pub fn words() -> impl Iterator<Item = &'static str> {
        WORDS.iter().map(|(word, _)| *word)
    }

    /// Adds a header as it stands in the file; false when there is no such word.
    pub fn name(&mut self, header: &str, word: &str) -> bool {
        let name = WORDS.iter().find(|(known, _)| *known == word).map(|(_, name)| *name);
        self.own.extend(name.map(|name| (normal(header), name)));
        name.is_some()
    }

    /// A header's cells as normalised names. A column named `data` is a time only where another one is no English either.
    pub(super) fn names<'a>(&self, cells: impl Iterator<Item = &'a str>) -> Vec<String> {
        let (whole, names): (Vec<String>, Vec<String>) = cells.map(|cell| (normal(cell), normal(offset(cell).0))).unzip();
        let word = |name: &str| LANGUAGES.iter().find(|(known, _)| *known == name).map(|(_, name)| *name);
        let abroad = names.iter().any(|name| name != "data" && word(name).is_some());
        let foreign = |name: &str| word(name).filter(|_| abroad);
        let own = |whole: &str, name: &str| self.own.get(whole).or_else(|| self.own.get(name)).copied();
        let all = whole.iter().zip(names);
        all.map(|(whole, name)| own(whole, &name).or_else(|| foreign(&name)).map_or(name, str::to_owned)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_of_headers() {
        let rows = [
            ("Date (UTC+01:00)", ("Date", Some(60))),
            ("\"Datum (UTC-05:30)\"", ("Datum", Some(-330))),
            ("Date (GMT+2)", ("Date", Some(120))),
            ("Date (UTC+0530)", ("Date", Some(330))),
            ("Date (UTC)", ("Date (UTC)", None)),
            ("Date (UTC+25)", ("Date (UTC+25)", None)),
            ("Date (UTC+-1)", ("Date (UTC+-1)", None)),
            ("Date (local)", ("Date (local)", None)),
            ("Date", ("Date", None)),
        ];
        for (header, want) in rows {
            assert_eq!(offset(header), want, "{header}");
        }
    }
}
