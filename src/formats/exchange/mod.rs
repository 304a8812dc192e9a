//! What Exchange Online exports.

mod network_id;
mod recipient_status;
mod records;
mod summary;

pub use summary::EnhancedSummary;
