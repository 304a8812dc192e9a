//! Headers of the user's own layouts, and the words by which the user names a column.

use super::columns::{Column, Column as C, normal};
use std::collections::BTreeMap;

/// Words for columns in the user's settings.
const WORDS: &[(&str, Column)] = &[
    ("system", C::System),
    ("client", C::Client),
    ("send-request", C::Guid),
    ("recipient-type", C::RecType),
    ("recipient-year", C::RecYear),
    ("recipient-number", C::RecNumber),
    ("document-type", C::ObjType),
    ("document-year", C::ObjYear),
    ("document-number", C::ObjNumber),
    ("address-number", C::AddressNumber),
    ("subject", C::Title),
    ("user", C::User),
    ("sender", C::Sender),
    ("recipient", C::Recipient),
    ("send-method", C::SendMethod),
    ("send-date", C::SendDate),
    ("send-time", C::SendTime),
    ("status-date", C::StatusDate),
    ("status-time", C::StatusTime),
    ("status", C::Status),
    ("icon", C::Icon),
    ("message-type", C::MessageType),
    ("message-class", C::MessageClass),
    ("message-number", C::MessageNumber),
    ("message", C::Message),
    ("message-text", C::Text),
    ("variable-1", C::Variable(1)),
    ("variable-2", C::Variable(2)),
    ("variable-3", C::Variable(3)),
    ("variable-4", C::Variable(4)),
    ("node", C::Node),
    ("size", C::Size),
];

/// Headers that the user has named; they come before the known ones.
#[derive(Clone, Debug, Default)]
pub struct Headers {
    own: BTreeMap<String, Column>,
}

impl Headers {
    /// All words for columns.
    pub fn words() -> impl Iterator<Item = &'static str> {
        WORDS.iter().map(|(word, _)| *word)
    }

    /// Whether the user has named none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.own.is_empty()
    }

    /// Adds a header as it stands in the file; false when there is no such word.
    pub fn name(&mut self, header: &str, word: &str) -> bool {
        let column = WORDS.iter().find(|(known, _)| *known == word).map(|(_, column)| *column);
        self.own.extend(column.map(|column| (normal(header), column)));
        column.is_some()
    }

    /// Column of a normalised header.
    pub(super) fn column(&self, name: &str) -> Option<Column> {
        self.own.get(name).copied()
    }
}
