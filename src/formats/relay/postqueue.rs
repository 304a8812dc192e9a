//! `postqueue -j`: what is in Postfix's queue at one moment, one JSON object per mail (relay.md section 4). It makes
//! certain that a mail still waits, and why.
//!
//! The listing does not tell when it was taken: records stand at the arrival of the mail.

use super::output::Output;
use super::queue::{self, Listed, Waiting};
use super::syslog::Stamp;
use crate::error::ReadError;
use crate::evidence::Hop;
use crate::formats::records::Place;
use crate::formats::secret::without_logons;
use crate::formats::{Claim, Format, Sink};
use crate::source::{Class, lines};
use serde::Deserialize;

/// Listing of Postfix's queue.
pub struct PostQueue;

/// A mail in the queue (Postfix `man 1 postqueue`).
#[derive(Deserialize)]
struct Queued {
    queue_name: String,
    queue_id: String,
    arrival_time: i64,
    #[serde(default)]
    message_size: u32,
    #[serde(default)]
    sender: String,
    #[serde(default)]
    recipients: Vec<To>,
}

/// One of its recipients.
#[derive(Deserialize)]
struct To {
    address: String,
    #[serde(default)]
    orig_address: String,
    #[serde(default)]
    delay_reason: String,
}

impl Format for PostQueue {
    fn id(&self) -> &'static str {
        "relay-postqueue"
    }

    fn title(&self) -> &'static str {
        "Postfix queue (postqueue -j)"
    }

    fn hop(&self) -> Hop {
        Hop::Relay
    }

    fn recognise(&self, head: &str) -> Option<Claim> {
        let (line, _) = lines(head).take(20).find(|(_, line)| mail(line).is_some())?;
        Some(Claim { confidence: 97, why: format!("line {line}: a mail of postqueue -j") })
    }

    fn read(&self, text: &str, sink: &mut Sink<'_>) -> Result<(), ReadError> {
        let text = &*without_logons(text);
        let mut out = Output::new(sink);
        for (number, line) in lines(text) {
            let place = Place { line: number, lines: 1 };
            match mail(line) {
                Some((queued, arrival)) => queue::push(&listed(&queued, arrival), place, &mut out),
                None if line.trim().is_empty() => out.mark(place, Class::Frame),
                None => out.reject(place, "no mail of postqueue -j"),
            }
        }
        out.sink.source.selected = true;
        out.sink.source.note(1, queue::NOTE);
        out.finish();
        Ok(())
    }

    fn samples(&self) -> &'static [&'static str] {
        &[include_str!("postqueue.sample.jsonl")]
    }
}

fn mail(line: &str) -> Option<(Queued, Stamp)> {
    let queued: Queued = line.starts_with('{').then(|| serde_json::from_str(line).ok())??;
    let arrival =
        Stamp::of_utc(queued.arrival_time.checked_mul(1000)?).filter(|at| at.year.is_some_and(|year| (2000..2100).contains(&year)))?;
    Some((queued, arrival))
}

fn listed(queued: &Queued, arrival: Stamp) -> Listed<'_> {
    let waiting = queued.recipients.iter().map(|to| Waiting {
        address: &to.address,
        original: &to.orig_address,
        reason: &to.delay_reason,
        tried: !to.delay_reason.is_empty(),
    });
    let (id, sender, size) = (&queued.queue_id, &queued.sender, queued.message_size);
    Listed { id, sender, size, arrival, held: queued.queue_name == "hold", recipients: waiting.collect() }
}
