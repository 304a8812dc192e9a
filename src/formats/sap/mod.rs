//! What SAP writes: lists and table exports of send requests, traces of the ICM.

mod columns;
mod datetime;
mod icm;
mod icon;
mod list;
mod request;
mod sheet;
mod status;
mod table;

pub use icm::Icm;
pub use list::List;
pub use table::Table;
