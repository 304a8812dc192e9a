//! Events of one mail become one end per recipient: the last end counts, and what only the hand-over tells (connector,
//! TLS, sending host) is put beside it.

use super::columns::{Cells, Field};
use crate::evidence::{Detail, Kind, Millis, Span, Sym, TraceStatus};
use crate::formats::Sink;
use crate::smtp::fold_address;
use std::collections::HashMap;

/// A value that several events tell; the least rank is the surest.
#[derive(Clone, Copy, Default)]
pub struct Known(Option<((u8, Millis), Sym)>);

impl Known {
    /// Takes a value when it is surer than the known one.
    pub fn offer(&mut self, rank: (u8, Millis), text: Sym) {
        if !text.is_empty() && self.0.is_none_or(|(known, _)| rank < known) {
            self.0 = Some((rank, text));
        }
    }

    fn text(self) -> Sym {
        self.0.map_or(Sym::EMPTY, |(_, text)| text)
    }
}

/// What is known of the hand-over of a mail to Exchange.
#[derive(Default)]
pub struct Entry {
    pub connector: Known,
    pub client_ip: Known,
    pub tls: Known,
}

/// The mails of one file.
pub struct Fold {
    /// Index of the file's first record.
    begin: usize,
    /// By Message-ID, which several network message ids may share, else by network message id.
    entries: HashMap<Sym, Entry>,
}

impl Fold {
    /// Before the first record of a file.
    pub fn new(sink: &Sink<'_>) -> Self {
        Self { begin: sink.store.records.len(), entries: HashMap::new() }
    }

    /// What is known of the mail of a row.
    pub fn entry(&mut self, row: &dyn Cells, sink: &mut Sink<'_>) -> &mut Entry {
        let (message_id, network_id) = (row.cell(Field::MessageId), row.cell(Field::TraceId));
        let key = sink.store.strings.intern(if message_id.is_empty() { network_id } else { message_id });
        self.entries.entry(key).or_default()
    }

    /// Settles the ends of all records of the file.
    pub fn settle(&self, sink: &mut Sink<'_>) {
        let store = &mut *sink.store;
        let own = store.records.get_mut(self.begin..).unwrap_or_default();
        let is_end = |kind: Kind| matches!(kind, Kind::Deliver | Kind::Fail);
        let mut keys = Vec::with_capacity(own.len());
        let mut last: HashMap<(Sym, Sym), (Option<Span>, usize)> = HashMap::new();
        for (at, record) in own.iter().enumerate() {
            let recipient = fold_address(store.strings.get(record.recipient));
            let key = (record.message_id, store.strings.intern(&recipient));
            keys.push(key);
            if is_end(record.kind) {
                let end = last.entry(key).or_default();
                *end = (*end).max((record.local, at));
            }
        }
        for ((at, record), key) in own.iter_mut().enumerate().zip(keys) {
            let Detail::Trace(facts) = record.detail else { continue };
            let Some(facts) = store.trace.get_mut(facts as usize) else { continue };
            // Without a recipient two ends may be those of two.
            let known = !record.recipient.is_empty() && !record.message_id.is_empty();
            if known && is_end(record.kind) && last.get(&key).is_some_and(|(_, end)| *end != at) {
                record.kind = Kind::Event;
                facts.status = TraceStatus::GettingStatus;
            }
            let key = if record.message_id.is_empty() { facts.network_message_id } else { record.message_id };
            if let Some(entry) = self.entries.get(&key) {
                facts.connector = entry.connector.text();
                facts.client_ip = entry.client_ip.text();
                facts.tls = entry.tls.text();
            }
        }
    }
}
