//! What SAP writes: lists and table exports of send requests, traces of the ICM.

mod aliases;
mod columns;
pub(in crate::formats) mod datetime;
mod icm;
mod icon;
mod list;
mod moments;
mod recognise;
mod request;
mod ruler;
mod sheet;
mod status;
mod table;
mod variables;

pub use icm::Icm;
pub use list::List;
pub use table::Table;
