//! The tables of a run, one file each. A new one is a new file and a row in [`TABLES`].

mod evidence;
mod findings;
mod incidents;
mod journeys;
mod resend;
mod sources;
mod timesketch;

pub use evidence::EVIDENCE;
pub use findings::FINDINGS;
pub use incidents::INCIDENTS;
pub(super) use incidents::shared;
pub(super) use journeys::row;
pub use journeys::{COLUMNS, JOURNEYS, rows};
pub use resend::RESEND;
pub(super) use resend::advice;
pub use sources::SOURCES;
pub(super) use sources::covers;
pub use timesketch::TIMESKETCH;

use super::table::Named;

/// All tables, that of the journeys first.
pub const TABLES: &[Named] = &[JOURNEYS, INCIDENTS, FINDINGS, SOURCES, RESEND, EVIDENCE, TIMESKETCH];

/// The table of a name.
#[must_use]
pub fn table(name: &str) -> Option<&'static Named> {
    TABLES.iter().find(|table| table.name == name)
}
