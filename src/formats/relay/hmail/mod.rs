//! hMailServer (relay.md section 1.6): tab-separated quoted cells, dialogues of clients (`SMTPD`) and towards the next
//! server (`SMTPC`), and the life of a delivery under its message number.
//!
//! No Message-ID is written but where a server echoes it, and no line ties a number to a dialogue.
//!
//! Assumed: that a dialogue with a server is of the only delivery under way that has its sender and recipients; where
//! several have, it is told of none. A client's dialogue tells of its mail on its own.

mod delivery;
mod reader;

use super::syslog::{self, Stamp};
use crate::error::ReadError;
use crate::evidence::Hop;
use crate::formats::{Claim, Format, Sink};
use crate::source::lines;

/// Log of hMailServer.
pub struct HMail;

impl Format for HMail {
    fn id(&self) -> &'static str {
        "relay-hmail"
    }

    fn title(&self) -> &'static str {
        "hMailServer log"
    }

    fn hop(&self) -> Hop {
        Hop::Relay
    }

    fn recognise(&self, head: &str) -> Option<Claim> {
        let rows: Vec<Row<'_>> = lines(head).take(400).filter_map(|(_, line)| Row::of(line)).collect();
        let own = rows.iter().filter(|row| row.kind.starts_with("SMTP") || row.text.starts_with("SMTPDeliverer")).count();
        (own > 0).then(|| Claim { confidence: 92, why: format!("{own} of {} quoted rows are of hMailServer's SMTP", rows.len()) })
    }

    fn read(&self, text: &str, sink: &mut Sink<'_>) -> Result<(), ReadError> {
        reader::read(text, sink);
        Ok(())
    }

    fn samples(&self) -> &'static [&'static str] {
        &[include_str!("sample.log")]
    }
}

/// A row: of a session with its number and address, or of the application.
struct Row<'a> {
    kind: &'a str,
    session: &'a str,
    ip: &'a str,
    text: &'a str,
    stamp: Stamp,
}

impl<'a> Row<'a> {
    fn of(line: &'a str) -> Option<Self> {
        let cells: Vec<&str> = line.strip_prefix('"')?.split('\t').collect();
        let bare = |at: usize| cells.get(at).map(|cell| cell.trim_matches('"'));
        let stamp = |at: usize| syslog::iso(bare(at)?).ok().filter(|(rest, _)| rest.is_empty()).map(|(_, stamp)| stamp);
        let text = |at: usize| Some(line.splitn(at + 1, '\t').nth(at)?.trim_start_matches('"').trim_end_matches('"'));
        if let Some(found) = stamp(3) {
            return Some(Self { kind: bare(0)?, session: bare(2)?, ip: bare(4)?, text: text(5)?, stamp: found });
        }
        Some(Self { kind: bare(0)?, session: "", ip: "", text: text(3)?, stamp: stamp(2)? })
    }
}
