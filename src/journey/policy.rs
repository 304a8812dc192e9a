//! What the user knows about the own landscape.

/// Statements of the user that the evidence may not hold.
#[derive(Debug, Clone, Default)]
pub struct Policy {
    /// Domains whose recipients are internal.
    pub accepted_domains: Vec<String>,
    /// Way of sending, by id.
    pub option: Option<String>,
    /// Sender whose mails are meant when there is no SAP export.
    pub sender: Option<String>,
}
