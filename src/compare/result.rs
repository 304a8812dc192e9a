//! The journeys of an earlier run, as its file has them.

use crate::journey::Verdict;

/// Columns that a comparison looks at, all others are passed over.
pub const FIELDS: [&str; 16] = [
    "journey",
    "verdict",
    "action",
    "rule",
    "rule_title",
    "owner",
    "system",
    "client",
    "sap_key",
    "message_id",
    "sender",
    "recipient",
    "subject",
    "requested_at",
    "stopped_at",
    "reply",
];

/// A row of the journeys table: how the mail ended, and its [`FIELDS`] as texts.
#[derive(Debug, Clone)]
pub struct Journey {
    /// How it ended.
    pub verdict: Verdict,
    /// Row of the file, the first one below the header is 1.
    pub row: usize,
    fields: [String; FIELDS.len()],
}

impl Journey {
    /// A row with its fields in the order of [`FIELDS`].
    #[must_use]
    pub fn new(verdict: Verdict, row: usize, fields: [String; FIELDS.len()]) -> Self {
        Self { verdict, row, fields }
    }

    /// A field by its name; empty where unknown.
    #[must_use]
    pub fn get(&self, name: &str) -> &str {
        FIELDS.iter().position(|field| *field == name).and_then(|at| self.fields.get(at)).map_or("", String::as_str)
    }
}

/// What a file of results holds.
#[derive(Debug, Default)]
pub struct Results {
    /// The file as it was named.
    pub name: String,
    /// Version of the schema, where the file says it.
    pub schema_version: Option<u64>,
    /// Names of all its columns; empty for a file without rows that has no header.
    pub columns: Vec<String>,
    /// The journeys in the order of the file.
    pub journeys: Vec<Journey>,
}
