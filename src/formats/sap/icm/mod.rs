//! `dev_icm`, the developer trace of the Internet Communication Manager: connections always, the SMTP dialogue only at
//! trace level 3 and only where `icm/trace_secured_data` allows (icm.md).

mod dialogue;
mod line;
mod record;
mod session;
#[cfg(test)]
mod tests;

use crate::error::ReadError;
use crate::evidence::{Evidence, Hop, Kind, SmtpFacts, Sym};
use crate::formats::{Claim, Format, Sink};
use crate::source::{Class, lines};
use dialogue::Dialogue;
use line::Refused;
use record::{Record, Records};

/// Ports at which mail is handed over.
const SMTP_PORTS: &[u16] = &[25, 465, 587, 2525];

/// Trace of the ICM.
pub struct Icm;

impl Format for Icm {
    fn id(&self) -> &'static str {
        "sap-icm"
    }

    fn title(&self) -> &'static str {
        "SAP ICM trace (dev_icm)"
    }

    fn hop(&self) -> Hop {
        Hop::Icm
    }

    fn recognise(&self, head: &str) -> Option<Claim> {
        let named = lines(head).find(|(_, line)| line.contains("trc file: \"dev_icm"));
        let threads = lines(head).filter(|(_, line)| line::thread(line).is_some()).count();
        let stamps = lines(head).filter(|(_, l)| line::stamp(line::thread(l).map_or(l, |(_, rest)| rest)).is_some()).count();
        match (named, threads, stamps) {
            (Some((line, _)), ..) => Some(Claim { confidence: 98, why: format!("line {line}: the header names dev_icm") }),
            (None, 2.., 1..) => {
                Some(Claim { confidence: 70, why: format!("{threads} lines with a thread prefix and {stamps} time stamps") })
            }
            _ => None,
        }
    }

    fn read(&self, text: &str, sink: &mut Sink<'_>) -> Result<(), ReadError> {
        let records = Records::read(text, sink);
        let (mut dialogue, mut pending): (Dialogue, Option<usize>) = (Dialogue::default(), None);
        for (at, record) in records.all.iter().enumerate() {
            let tail = line::tail(&record.text);
            if let Some(peer) = line::smtp_peer(tail.text) {
                dialogue.opened(record, tail.connection, peer);
            } else if is_low_level(tail.text) {
                pending = Some(at);
            } else if let Some(to) = line::connection_failed(tail.text) {
                let cause = pending.take().and_then(|at| records.all.get(at)).filter(|cause| cause.thread == record.thread);
                network(record, cause, (Kind::Connect, "connect"), to, &records, sink);
            } else if let Some(to) = line::handshake_failed(tail.text) {
                network(record, None, (Kind::Tls, "tls"), to, &records, sink);
            } else if !dialogue.take(record, tail.text, &records, sink) {
                marker(record, tail.text, sink);
            }
        }
        Ok(())
    }

    fn samples(&self) -> &'static [&'static str] {
        &[include_str!("sample.txt")]
    }
}

/// Errors of the network layer that stand just above the connection that failed.
fn is_low_level(text: &str) -> bool {
    text.contains("NiIConnect: SiPeekPendConn failed") || text.contains("NiHLGetNodeAddr") || text.contains("NiPConnect")
}

fn network(
    record: &Record,
    cause: Option<&Record>,
    (kind, stage): (Kind, &'static str),
    to: Refused<'_>,
    records: &Records,
    sink: &mut Sink<'_>,
) {
    if !SMTP_PORTS.contains(&to.port) {
        return;
    }
    let mut evidence = Evidence::at(sink.index, cause.map_or(record.line, |cause| cause.line), Hop::Icm, kind);
    evidence.lines = record.line + record.lines - evidence.line;
    (evidence.local, evidence.fold) = records.time(record);
    let mut text = line::tail(&record.text).text.to_owned();
    if let Some(cause) = cause {
        text.push_str("; ");
        text.push_str(line::tail(&cause.text).text);
    }
    for part in cause.into_iter().chain([record]) {
        sink.source.ledger.mark_run(part.line, part.lines, Class::Evidence);
    }
    let strings = &mut sink.store.strings;
    evidence.reply = strings.intern(&text);
    let session = strings.intern(&format!("{}:{}", record.thread, record.line));
    let host = strings.intern(to.host);
    let facts = SmtpFacts { session, host, port: to.port, egress: Sym::EMPTY, stage, code: 0, enhanced: None, mechanism: Sym::EMPTY };
    sink.source.rows += 1;
    sink.store.push_smtp(evidence, facts);
}

/// Lines that say what the trace does not show.
fn marker(record: &Record, text: &str, sink: &mut Sink<'_>) {
    if text.contains("TRACE FILE TRUNCATED") {
        sink.source.note(record.line, "the trace was truncated: what was written before its first time stamp is gone");
    }
    if text.contains("BINDUMP of content denied") {
        sink.source.note(record.line, "content is hidden: set icm/trace_secured_data = TRUE for the time of the analysis, and protect the trace, it then holds secrets");
    }
}
