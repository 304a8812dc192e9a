//! Logs of the relays between SAP and Exchange Online (relay.md). What all of them share: the shapes of syslog, the
//! missing year, and the fold that puts what is known of a mail on every record of it.

mod mail;
mod output;
mod postfix;
mod syslog;
mod year;

pub use postfix::Postfix;
pub use year::{set_year, settle_years};
