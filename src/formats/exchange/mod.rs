//! What Exchange Online exports.

mod caps;
pub(super) mod columns;
mod connector_report;
mod custom_data;
mod data;
mod defender;
mod detail;
mod detail_json;
mod extended;
pub(super) mod failure;
mod fold;
mod headers;
pub(super) mod json;
mod listing;
mod listing_json;
pub(super) mod moment;
mod network_id;
mod notice;
mod recipient_status;
mod report;
mod sheet;
mod sighting;
mod summary;

pub use caps::{MORE_RESULTS, probably_cut, says_more};
pub use connector_report::ConnectorReport;
pub use defender::{EmailEvents, EmailEventsJson};
pub use detail::TraceDetail;
pub use detail_json::TraceDetailJson;
pub use extended::ExtendedReport;
pub use headers::TraceHeaders;
pub use listing::MessageTrace;
pub use listing_json::MessageTraceJson;
pub use notice::Notice;
pub use report::DeliveryReport;
pub use summary::EnhancedSummary;
