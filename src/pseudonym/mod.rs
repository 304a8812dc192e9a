//! A run for other eyes: names of people, hosts and files become tokens, the same value the same token in every output and
//! every run with one key.
//!
//! It happens once, between the analysis and the reports. All interned texts are written anew into an empty store, field by
//! field, and each record is taken apart without `..`: a field that nobody has decided on does not compile, and a text that
//! no field carries over is gone. No report knows of it.

mod analysis;
mod journey;
mod key;
mod records;
mod strings;
mod text;
mod tokens;
mod words;

pub use analysis::pseudonymize;
pub use key::{Key, KeyError};
pub use text::Pseudonyms;
