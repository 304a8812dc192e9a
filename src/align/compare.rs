//! Whether two records can speak of the same mail.

use crate::evidence::{Evidence, Store};
use crate::smtp::{decoded, fold_address, squeeze};

/// A text as it is compared, and whether it may go on.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Part {
    /// Folded text.
    pub text: String,
    /// The source cut it here.
    pub cut: bool,
}

impl Part {
    /// Whether both can be the same text; an empty one says nothing against it.
    pub fn agrees(&self, other: &Self) -> bool {
        self.text.is_empty() || other.text.is_empty() || self.same(other)
    }

    /// Whether both are the same text as far as they go.
    pub fn same(&self, other: &Self) -> bool {
        self.text == other.text || (self.cut && other.text.starts_with(&self.text)) || (other.cut && self.text.starts_with(&other.text))
    }
}

/// Recipient of a record.
pub fn recipient(store: &Store, record: &Evidence) -> Part {
    Part { text: fold_address(store.text(record.recipient)), cut: record.cut.recipient }
}

/// Sender of a record.
pub fn sender(store: &Store, record: &Evidence) -> Part {
    Part { text: fold_address(store.text(record.sender)), cut: record.cut.sender }
}

/// Subject of a record, decoded and without white space: exports fold and trim it differently.
pub fn subject(store: &Store, record: &Evidence) -> Part {
    Part { text: squeeze(&decoded(store.text(record.subject))), cut: record.cut.subject }
}

/// Message-ID as it is compared: lower case, without the brackets that some exports leave out.
pub fn message_id(text: &str) -> String {
    fold_address(text)
}

/// Part of a Message-ID before `@`, lower case without blanks: what the SAP key is compared with.
pub fn local_part(message_id: &str) -> String {
    let inner = message_id.trim().trim_start_matches('<').trim_end_matches('>');
    squeeze(inner.split_once('@').map_or(inner, |(local, _)| local))
}

/// Number of squeezed characters that two replies share at their beginning.
pub fn shared_prefix(a: &str, b: &str) -> usize {
    a.chars().zip(b.chars()).take_while(|(x, y)| x == y).count()
}
