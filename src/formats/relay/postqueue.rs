//! `postqueue -j`: what is in Postfix's queue at one moment, one JSON object per mail (relay.md section 4). It makes
//! certain that a mail still waits, and why.
//!
//! The listing does not tell when it was taken: records stand at the arrival of the mail.

use super::output::{Begins, Output};
use super::syslog::Stamp;
use crate::error::ReadError;
use crate::evidence::{Hop, Kind, Phase, RelayFacts};
use crate::formats::records::Place;
use crate::formats::relay::postfix;
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
                Some((queued, arrival)) => push(&queued, arrival, place, &mut out),
                None if line.trim().is_empty() => out.mark(place, Class::Frame),
                None => out.reject(place, "no mail of postqueue -j"),
            }
        }
        out.sink.source.selected = true;
        out.sink.source.note(1, "a queue shows what waits and not what left it; times are those of arrival");
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

fn push(queued: &Queued, arrival: Stamp, place: Place, out: &mut Output<'_, '_>) {
    out.mark(place, Class::Evidence);
    let at = out.at(&Stamp { precise: false, ..arrival });
    let mail = out.mail(crate::evidence::Sym::EMPTY, &queued.queue_id, Begins::WhereClosed);
    let sender = out.keep(if queued.sender.is_empty() { "<>" } else { &queued.sender });
    let known = out.of(mail);
    (known.sender, known.size, known.taken) = (sender, queued.message_size, true);
    for to in &queued.recipients {
        let reason = postfix::reason(&to.delay_reason);
        let phase = match queued.queue_name.as_str() {
            "hold" => Phase::Held,
            _ if to.delay_reason.is_empty() => Phase::Active,
            _ => Phase::Deferred,
        };
        let kind = if phase == Phase::Deferred { Kind::Defer } else { Kind::Event };
        let facts = RelayFacts {
            host: out.keep(reason.peer.name),
            host_ip: out.name(reason.peer.ip),
            stage: reason.stage,
            original: out.keep(&to.orig_address),
            phase,
            ..RelayFacts::default()
        };
        let mut record = out.begin(place, at, kind);
        (record.recipient, record.reply) = (out.keep(&to.address), out.keep(reason.reply));
        out.push(record, facts, Some(mail), at);
    }
}
