//! `mailq` and `postqueue -p` of Postfix, `mailq` of sendmail, `exim -bp`: what is in the queue at one moment, for people
//! to read. One mail over several lines, and no year; Exim tells the age alone, its ids hold the time.
//!
//! Postfix's shape is that of a genuine listing (relay.md section 4); sendmail's and Exim's rest on documentation.

mod begin;

use super::output::Output;
use super::postfix::long_id;
use super::queue::{self, Listed, Waiting};
use crate::error::ReadError;
use crate::evidence::Hop;
use crate::formats::records::Place;
use crate::formats::secret::without_logons;
use crate::formats::{Claim, Format, Sink};
use crate::source::{Class, lines};
use begin::{Begin, By, bare};

/// Listing of a queue.
pub struct MailQueue;

impl Format for MailQueue {
    fn id(&self) -> &'static str {
        "relay-mailq"
    }

    fn title(&self) -> &'static str {
        "Mail queue listing (mailq, postqueue -p, exim -bp)"
    }

    fn hop(&self) -> Hop {
        Hop::Relay
    }

    fn recognise(&self, head: &str) -> Option<Claim> {
        let begins: Vec<u32> = lines(head).filter(|(_, line)| Begin::of(line).is_some()).map(|(line, _)| line).collect();
        let first = begins.first()?;
        let framed =
            lines(head).take(20).any(|(_, line)| line.starts_with('-') && (line.contains("-Queue ID-") || line.contains("-Q-ID-")));
        let exim = !framed && lines(head).take_while(|(line, _)| line < first).all(|(_, line)| line.trim().is_empty());
        (framed || exim).then(|| Claim { confidence: 93, why: format!("line {first}: a mail in the listing of a queue") })
    }

    fn read(&self, text: &str, sink: &mut Sink<'_>) -> Result<(), ReadError> {
        let text = &*without_logons(text);
        let mut out = Output::new(sink);
        let mut open: Option<Open<'_>> = None;
        for (number, line) in lines(text) {
            if let Some(begin) = Begin::of(line) {
                finish(open.take(), &mut out);
                open = Some(Open { begin, place: Place { line: number, lines: 1 }, reason: "", recipients: Vec::new() });
            } else if open.as_mut().is_some_and(|mail| mail.takes(line, number)) {
                // It is a line of that mail.
            } else if line.trim().is_empty() || is_frame(line) {
                finish(open.take(), &mut out);
                out.mark(Place { line: number, lines: 1 }, Class::Frame);
            } else {
                out.reject(Place { line: number, lines: 1 }, "no line of a listed mail");
            }
        }
        finish(open, &mut out);
        out.sink.source.selected = true;
        out.sink.source.note(1, queue::NOTE);
        out.finish();
        Ok(())
    }

    fn samples(&self) -> &'static [&'static str] {
        &[include_str!("postfix.sample.txt"), include_str!("sendmail.sample.txt"), include_str!("exim.sample.txt")]
    }
}

/// A mail whose lines go on.
struct Open<'a> {
    begin: Begin<'a>,
    place: Place,
    reason: &'a str,
    recipients: Vec<Waiting<'a>>,
}

impl<'a> Open<'a> {
    /// A line of this mail: a recipient, or why those behind it wait.
    fn takes(&mut self, line: &'a str, number: u32) -> bool {
        let takes = self.takes_text(line);
        if takes {
            self.place.lines = number - self.place.line + 1;
        }
        takes
    }

    fn takes_text(&mut self, line: &'a str) -> bool {
        let text = line.trim();
        if let Some(reason) = text.strip_prefix('(').filter(|_| self.begin.by != By::Exim) {
            self.reason = reason.strip_suffix(')').unwrap_or(reason);
            return true;
        }
        let delivered = text.strip_prefix("D ").filter(|_| self.begin.by == By::Exim);
        if !line.starts_with([' ', '\t']) || text.is_empty() || text.contains(' ') && delivered.is_none() {
            return false;
        }
        if delivered.is_none() {
            let reason = self.reason.strip_prefix("Deferred: ").unwrap_or(self.reason);
            // Exim tries at once, and lists what is left.
            let tried = !reason.is_empty() || self.begin.by == By::Exim;
            self.recipients.push(Waiting { address: bare(text), reason, tried, ..Waiting::default() });
        }
        true
    }
}

fn finish(open: Option<Open<'_>>, out: &mut Output<'_, '_>) {
    let Some(Open { begin, place, recipients, .. }) = open else { return };
    if let Some(seconds) = long_id(begin.id).filter(|_| begin.by == By::Postfix) {
        out.years.vote(&begin.arrival, seconds * 1000);
    }
    let Begin { id, size, arrival, sender, held, .. } = begin;
    queue::push(&Listed { id, sender, size, arrival, held, recipients }, place, out);
}

/// Headers, sums, and what a listing says of itself.
fn is_frame(line: &str) -> bool {
    let text = line.trim();
    text.starts_with('-')
        || text.starts_with("Total requests:")
        || text.contains("requests)")
        || text.contains("request)")
        || text.contains("queue is empty")
}
