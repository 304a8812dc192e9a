//! What Exchange Online exports.

mod caps;
mod columns;
mod custom_data;
mod extended;
mod failure;
mod listing;
mod moment;
mod network_id;
mod recipient_status;
mod records;
mod sheet;
mod sighting;
mod summary;

pub use caps::probably_cut;
pub use extended::ExtendedReport;
pub use listing::MessageTrace;
pub use summary::EnhancedSummary;
