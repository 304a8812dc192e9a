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
        let names: Vec<String> = cells.map(normal).collect();
        let word = |name: &str| LANGUAGES.iter().find(|(known, _)| *known == name).map(|(_, name)| *name);
        let abroad = names.iter().any(|name| name != "data" && word(name).is_some());
        let foreign = |name: &str| word(name).filter(|_| abroad);
        names.into_iter().map(|name| self.own.get(&name).copied().or_else(|| foreign(&name)).map_or(name, str::to_owned)).collect()
    }
}
