//! Exim's main log and reject log, alone or by syslog (relay.md section 1.2).
//!
//! Assumed: that a notice is one of delay when its subject begins with `Warning`; a log without subjects does not tell.

mod door;
mod line;
mod reader;

use super::syslog;
use crate::error::ReadError;
use crate::evidence::Hop;
use crate::formats::secret::without_logons;
use crate::formats::{Claim, Format, Sink};
use crate::source::lines;

/// Main log of Exim.
pub struct Exim;

/// Flags behind an id, and what the door says.
const FLAGS: &[&str] = &["<= ", "=> ", "-> ", ">> ", "*> ", "** ", "== ", "Completed"];

impl Format for Exim {
    fn id(&self) -> &'static str {
        "relay-exim"
    }

    fn title(&self) -> &'static str {
        "Exim log"
    }

    fn hop(&self) -> Hop {
        Hop::Relay
    }

    fn recognise(&self, head: &str) -> Option<Claim> {
        let own = |line: &line::Line<'_>| {
            let refused = line.text.contains("rejected RCPT <") || line.text.contains("rejected MAIL FROM:<");
            !line.id.is_empty() && FLAGS.iter().any(|flag| line.text.starts_with(flag)) || refused
        };
        let bare = lines(head).take(400).filter_map(|(_, text)| line::read(text)).filter(|line| own(line)).count();
        let (_, by_syslog) = syslog::sample(head, &|entry| entry.program.starts_with("exim") && own(&line::read_message(entry.message)));
        let count = bare.max(by_syslog);
        (count > 0).then(|| Claim { confidence: 95, why: format!("{count} lines with Exim's ids and flags") })
    }

    fn read(&self, text: &str, sink: &mut Sink<'_>) -> Result<(), ReadError> {
        reader::read(&without_logons(text), sink);
        Ok(())
    }

    fn samples(&self) -> &'static [&'static str] {
        &[include_str!("mainlog.sample.log")]
    }
}
