//! Sendmail by syslog (relay.md section 1.3). `stat=` is its own word for every refusal alike, so the reply and `dsn=`
//! tell what happened; long names and replies are shortened in the middle.

mod door;
mod message;
mod reader;

use super::syslog;
use crate::error::ReadError;
use crate::evidence::Hop;
use crate::formats::secret::without_logons;
use crate::formats::{Claim, Format, Sink};

/// Log of sendmail.
pub struct Sendmail;

/// Whether a program is one of sendmail's.
fn is_own(program: &str) -> bool {
    program == "sendmail" || program.starts_with("sm-")
}

impl Format for Sendmail {
    fn id(&self) -> &'static str {
        "relay-sendmail"
    }

    fn title(&self) -> &'static str {
        "Sendmail log"
    }

    fn hop(&self) -> Hop {
        Hop::Relay
    }

    fn recognise(&self, head: &str) -> Option<Claim> {
        let (lines, own) = syslog::sample(head, &|entry| is_own(entry.program));
        (own > 0).then(|| Claim {
            confidence: if own * 2 > lines { 94 } else { 69 },
            why: format!("{own} of {lines} lines of syslog are of sendmail"),
        })
    }

    fn read(&self, text: &str, sink: &mut Sink<'_>) -> Result<(), ReadError> {
        reader::read(&without_logons(text), sink);
        Ok(())
    }

    fn samples(&self) -> &'static [&'static str] {
        &[include_str!("maillog.sample.log")]
    }
}
