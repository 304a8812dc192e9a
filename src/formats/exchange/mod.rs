//! What Exchange Online exports.

mod summary;

pub use summary::EnhancedSummary;
