//! The one grammar everybody shares: reply codes (RFC 5321 section 4.2), enhanced codes (RFC 3463),
//! nested replies, Exchange's trailers, commands and addresses.
//!
//! Replies reach us through many mouths (SAP variables cut at fifty characters, Postfix `said:`,
//! Python tuples), so every function here searches in free text and returns nothing rather than failing.

mod address;
mod command;
mod encoded_word;
mod field;
mod host;
mod queue_id;
mod reply;
mod trailer;
mod transfer;

pub use address::{domain, fold_address, fold_address_onto, path_address};
pub use command::{Command, command, is_mechanism};
pub use encoded_word::decoded;
pub use field::{field, unquoted};
pub use host::{first_label, is_microsoft, is_mx_endpoint, is_private, is_submission};
pub use queue_id::next_queue_id;
pub use reply::{Enhanced, Reply, accepted_message_id, chain, find_reply, squeeze, squeeze_onto};
pub use trailer::{Trailer, trailer};
pub use transfer::{base64, quoted_printable};
