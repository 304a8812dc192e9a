//! Sostrace says what became of every mail that SAP tried to send through Exchange Online.
//!
//! Data flows left to right, once: `source` finds and decodes files, `formats` read them into `evidence`,
//! `rules` judge replies, `align` puts all evidence on one clock and says which records are of the same mail,
//! `journey` gives each mail a verdict and an action, `incident` groups failures, `settings` tells what is set wrongly
//! whatever became of the mails, `pseudonym` replaces names by tokens where that is asked for, `report` prints;
//! `compare` reads two results back and says what changed.
#![forbid(unsafe_code)]
// The library neither stops nor prints by itself: errors are typed, output goes through `cli`.
#![warn(clippy::exit, clippy::expect_used, clippy::get_unwrap, clippy::panic, clippy::print_stderr, clippy::print_stdout)]
#![warn(clippy::todo, clippy::unimplemented, clippy::unwrap_used)]

pub mod align;
pub mod cli;
pub mod compare;
pub mod error;
pub mod evidence;
pub mod formats;
pub mod incident;
pub mod journey;
pub mod pseudonym;
pub mod report;
pub mod rules;
pub mod settings;
pub mod smtp;
pub mod source;

mod pipeline;

pub use pipeline::{Analysis, LeftOut, Options, Progress, ReadOptions, Reading, analyse, read, read_with};
