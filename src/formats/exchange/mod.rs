//! What Exchange Online exports.

mod network_id;
mod recipient_status;
pub(in crate::formats) mod records;
mod summary;

pub use summary::EnhancedSummary;
