//! Cisco Secure Email Gateway (ESA, `IronPort`), text mail logs `mail_logs` (relay.md section 1.8): a mail is a number
//! (MID), a connection of a client another (ICID), one to a server a third (DCID), a recipient a fourth (RID) within its
//! mail. By file, `Mon Apr 17 19:56:22 2003 Info: ...`, or by syslog.
//!
//! Rests on documentation only: the administration guide's examples and what other programs expect of these lines. The
//! name of the next server is not logged; where Exchange Online names its own in the answer, that one is taken.

mod cef;
mod events;
mod message;
mod reader;
mod text;

pub use events::CiscoEsaEvents;

use super::syslog::{self, Entry, Stamp};
use crate::error::ReadError;
use crate::evidence::Hop;
use crate::formats::secret::without_logons;
use crate::formats::{Claim, Format, Sink};
use crate::source::lines;

/// Text mail log of a Cisco gateway.
pub struct CiscoEsa;

impl Format for CiscoEsa {
    fn id(&self) -> &'static str {
        "relay-cisco-esa"
    }

    fn title(&self) -> &'static str {
        "Cisco Secure Email Gateway mail log"
    }

    fn hop(&self) -> Hop {
        Hop::Relay
    }

    fn recognise(&self, head: &str) -> Option<Claim> {
        let texts: Vec<&str> = lines(head).take(400).filter_map(|(_, line)| Some(line_of(line)?.text)).collect();
        let own = texts.iter().filter(|text| message::read(text) != message::Message::Nothing).count();
        (own > 0).then(|| Claim { confidence: 91, why: format!("{own} of {} lines tell of MID, ICID or DCID", texts.len()) })
    }

    fn read(&self, text: &str, sink: &mut Sink<'_>) -> Result<(), ReadError> {
        reader::read(&without_logons(text), sink);
        Ok(())
    }

    fn samples(&self) -> &'static [&'static str] {
        &[include_str!("file.sample.log"), include_str!("syslog.sample.log")]
    }
}

/// A line of the log.
struct Line<'a> {
    stamp: Stamp,
    /// The gateway, where the line names it.
    host: &'a str,
    text: &'a str,
}

const LEVELS: &[&str] = &["Info: ", "Warning: ", "Critical: ", "Debug: ", "Trace: "];

/// `Mon Apr 17 19:56:22 2003 Info: TEXT`, or the same behind the head of syslog.
fn line_of(line: &str) -> Option<Line<'_>> {
    let after_level = |text: &'_ str| LEVELS.iter().find_map(|level| text.find(level).filter(|at| *at == 0).map(|_| level.len()));
    if let Some((stamp, behind)) = dated(line) {
        return Some(Line { stamp, host: "", text: &behind[after_level(behind)?..] });
    }
    let Entry { stamp, host, message, .. } = syslog::entry(line)?;
    let text = dated(message).map_or(message, |(_, behind)| behind);
    Some(Line { stamp, host, text: &text[after_level(text)?..] })
}

/// `Mon Apr 17 19:56:22 2003`, and what stands behind it.
fn dated(line: &str) -> Option<(Stamp, &str)> {
    let (day, rest) = line.split_once(' ')?;
    let (behind, stamp) = syslog::traditional(rest).ok().filter(|_| day.len() == 3)?;
    let behind = behind.strip_prefix(' ')?;
    let (year, behind) = behind.split_once(' ').unwrap_or((behind, ""));
    let year = year.parse().ok().filter(|year| (2000..2100).contains(year))?;
    Some((Stamp { year: Some(year), ..stamp }, behind))
}
