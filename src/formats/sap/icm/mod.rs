//! `dev_icm`, the developer trace of the Internet Communication Manager: connections always, the SMTP dialogue only at
//! trace level 3 and only where `icm/trace_secured_data` allows (icm.md).

mod alone;
mod calls;
mod clock;
mod codes;
mod dialogue;
mod dump;
mod failure;
mod header;
mod line;
mod mark;
mod opener;
mod output;
mod prefix;
mod reader;
mod record;
mod role;
mod styles;
#[cfg(test)]
mod tests;
mod tls;
mod unfinished;

pub use unfinished::Unfinished;

use crate::error::ReadError;
use crate::evidence::Hop;
use crate::formats::{Claim, Format, Sink};
use crate::source::lines;
use prefix::Prefix;

/// Trace of the ICM.
pub struct Icm;

impl Format for Icm {
    fn id(&self) -> &'static str {
        "sap-icm"
    }

    fn title(&self) -> &'static str {
        "SAP ICM trace (dev_icm, dev_w)"
    }

    fn hop(&self) -> Hop {
        Hop::Icm
    }

    fn recognise(&self, head: &str) -> Option<Claim> {
        let prefix = Prefix::of(head);
        if prefix.letters {
            return Some(Claim { confidence: 70, why: "lines with the component of a work process, as in dev_w".to_owned() });
        }
        let lines = |head| lines(head).map(|(number, line)| (number, prefix.line(line)));
        let named = lines(head).find(|(_, line)| line.trim_start().starts_with("trc file: \"dev_icm"));
        let written = lines(head).filter(|(_, line)| !line.trim().is_empty()).count();
        let threads = lines(head).filter(|(_, line)| line::thread(line).is_some()).count();
        let stamps = lines(head).filter(|(_, l)| line::stamp(line::thread(l).map_or(l, |(_, rest)| rest)).is_some()).count();
        match (named, threads, stamps) {
            (Some((line, _)), ..) => Some(Claim { confidence: 98, why: format!("line {line}: the header names dev_icm") }),
            (None, 2.., 1..) => {
                Some(Claim { confidence: 70, why: format!("{threads} lines with a thread prefix and {stamps} time stamps") })
            }
            (None, 2.., 0) if threads * 2 > written => {
                Some(Claim { confidence: 60, why: format!("{threads} of {written} lines have a thread prefix") })
            }
            _ => None,
        }
    }

    fn read(&self, text: &str, sink: &mut Sink<'_>) -> Result<(), ReadError> {
        if let Some(mut left) = reader::read(text, None, sink) {
            left.end_in(sink);
        }
        Ok(())
    }

    fn read_on(&self, text: &str, left: &mut Option<Unfinished>, sink: &mut Sink<'_>) -> Result<(), ReadError> {
        *left = reader::read(text, left.take(), sink);
        Ok(())
    }

    fn samples(&self) -> &'static [&'static str] {
        &[include_str!("sample.txt"), include_str!("work_process.sample.txt")]
    }
}
