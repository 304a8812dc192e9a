//! Postfix, in every shape that syslog gives it (relay.md section 1.1): one record per recipient and try, with what other
//! lines tell of the same queue id.
//!
//! Assumed: that no two instances on one host have the same queue id open at the same time; an id holds microseconds
//! and a file number. Lines of other programs are of other matters.

mod door;
mod end;
mod evidence;
mod filter;
mod message;
mod reader;
mod reason;
mod session;
mod text;

pub use reason::read as reason;
pub use text::long_id;

use super::syslog;
use crate::error::ReadError;
use crate::evidence::Hop;
use crate::formats::secret::without_logons;
use crate::formats::{Claim, Format, Sink};

/// Log of Postfix.
pub struct Postfix;

/// Daemons by whose name a program of another prefix is known (relay.md section 1.1.2).
const DAEMONS: &[&str] = &[
    "smtpd",
    "cleanup",
    "pickup",
    "qmgr",
    "nqmgr",
    "smtp",
    "lmtp",
    "relay",
    "error",
    "retry",
    "bounce",
    "defer",
    "trace",
    "local",
    "virtual",
    "pipe",
    "discard",
    "trivial-rewrite",
    "anvil",
    "scache",
    "tlsproxy",
    "postscreen",
    "dnsblog",
    "proxymap",
    "verify",
    "master",
    "postsuper",
    "postqueue",
    "sendmail",
    "postdrop",
    "postfix-script",
];

/// Whether a program is one of Postfix's.
fn is_own(program: &str) -> bool {
    program.starts_with("postfix") || program.rsplit_once('/').is_some_and(|(_, daemon)| DAEMONS.contains(&daemon))
}

impl Format for Postfix {
    fn id(&self) -> &'static str {
        "relay-postfix"
    }

    fn title(&self) -> &'static str {
        "Postfix log"
    }

    fn hop(&self) -> Hop {
        Hop::Relay
    }

    fn recognise(&self, head: &str) -> Option<Claim> {
        let (lines, own) = syslog::sample(head, &|entry| is_own(entry.program));
        let confidence = if own * 2 > lines { 95 } else { 70 };
        (own > 0).then(|| Claim { confidence, why: format!("{own} of {lines} lines of syslog are of Postfix") })
    }

    fn read(&self, text: &str, sink: &mut Sink<'_>) -> Result<(), ReadError> {
        reader::read(&without_logons(text), sink);
        Ok(())
    }

    fn samples(&self) -> &'static [&'static str] {
        &[include_str!("traditional.sample.log"), include_str!("rfc5424.sample.log"), include_str!("journal.sample.jsonl")]
    }
}
