//! What SAP writes: lists and table exports of send requests, traces of the ICM.

mod aliases;
mod calendar;
mod columns;
mod content;
mod cut;
pub(in crate::formats) mod datetime;
mod form;
mod headers;
mod icm;
mod icon;
mod list;
mod moments;
mod quoted;
mod recognise;
mod request;
mod ruler;
mod sheet;
mod status;
mod table;
mod variables;

pub use headers::Headers;
pub use icm::{Icm, Unfinished};
pub use list::List;
pub(crate) use request::is_maximum;
pub(crate) use status::state_of;
pub use table::Table;
