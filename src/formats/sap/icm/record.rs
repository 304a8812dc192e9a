//! Wrapped records: a message that goes on in later physical lines (icm.md 1.6).

use super::line::{is_hex_dump, tail};
use super::mark;
use super::output::Passage;
use super::role;

/// A message has a few lines; more are something else.
const MOST_LINES: usize = 16;

/// What a record is about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// A line of an SMTP dialogue.
    Dialogue,
    /// `*** ERROR =>` and its like.
    Message,
}

/// A message while it may still go on.
#[derive(Clone, Debug)]
pub struct Record {
    /// What it is about.
    pub kind: Kind,
    /// Its text and lines.
    pub passage: Passage,
}

impl Record {
    /// Adds a further line, when it is one of this record.
    pub fn join(&mut self, number: u32, rest: &str) -> bool {
        let more = rest.trim();
        if self.passage.lines.len() >= MOST_LINES || self.is_closed() || more.is_empty() || begins(more) {
            return false;
        }
        self.passage.text.push(' ');
        self.passage.text.push_str(more);
        self.passage.lines.push(number);
        true
    }

    /// Whether nothing can follow.
    pub fn is_closed(&self) -> bool {
        tail(&self.passage.text).closed
    }
}

/// A message of the kernel that is worth reading.
pub fn is_message(text: &str) -> bool {
    let starts = ["***", "ERROR =>", "WARNING =>", "Connection request from", "Direct connect to", "connect to ", "SSL handshake with"];
    starts.iter().any(|start| text.starts_with(start)) || text.starts_with("Ni") && super::failure::is_low_level(text)
}

/// A message of the network layer on a connection that is in use.
pub fn is_network(text: &str) -> bool {
    text.starts_with("*** ERROR => ") && ["NiIRead", "NiIWrite", "NiBufI"].iter().any(|name| text.contains(name))
}

/// Whether a line begins something of its own, however far it is indented.
fn begins(text: &str) -> bool {
    is_hex_dump(text) || is_message(text) || role::role(text).is_some() || mark::split(text).is_some()
}
