//! For what span and which senders a source can be trusted to show a mail.

use super::compare;
use crate::evidence::{Hop, MINUTE, Millis, Span, Store, TraceStatus};
use crate::source::Source;
use std::collections::BTreeSet;

/// The message trace lags behind (exchange.md section 2): its last minutes prove nothing.
const LAG: Millis = 10 * MINUTE;
/// Row counts at which exports are cut off (exchange.md section 2).
const CAPS: &[usize] = &[1000, 5000, 50_000, 100_000];
/// A trace with fewer rows may hold one sender by chance.
const FEW: usize = 5;

/// Coverage of one source.
#[derive(Clone, Debug)]
pub struct Coverage {
    /// System whose mails it shows.
    pub hop: Hop,
    /// Span of its records in UTC.
    pub span: Option<Span>,
    /// The only sender it holds: probably the filter of the export.
    pub sender: Option<String>,
    /// It holds failures only: probably the filter of the export.
    pub only_failed: bool,
    /// It has as many rows as an export may have: probably cut off.
    pub capped: bool,
}

impl Coverage {
    /// Whether the source would show a mail of this sender that was handed over at this time.
    #[must_use]
    pub fn sees(&self, at: Span, sender: &str) -> bool {
        let lag = if self.hop == Hop::Exchange { LAG } else { 0 };
        let inside = self.span.is_some_and(|span| span.from <= at.from && at.to <= span.to - lag);
        let sender = crate::smtp::fold_address(sender);
        inside && !self.only_failed && !self.capped && self.sender.as_ref().is_none_or(|only| sender.is_empty() || *only == sender)
    }
}

/// Coverage of all sources.
pub fn of_sources(store: &Store, sources: &[Source], utc: &[Option<Span>]) -> Vec<Coverage> {
    let blank = |source: &Source| Coverage {
        hop: source.hop,
        span: None,
        sender: None,
        only_failed: false,
        capped: source.hop == Hop::Exchange && CAPS.contains(&source.rows),
    };
    let mut out: Vec<Coverage> = sources.iter().map(blank).collect();
    let mut senders: Vec<BTreeSet<String>> = vec![BTreeSet::new(); sources.len()];
    let mut fine = vec![false; sources.len()];
    for (record, at) in store.records.iter().zip(utc) {
        let source = record.source as usize;
        let (Some(coverage), Some(at)) = (out.get_mut(source), at) else { continue };
        coverage.span = Some(coverage.span.map_or(*at, |known| known.join(*at)));
        if let Some(facts) = store.trace_of(record) {
            fine[source] |= facts.status != TraceStatus::Failed;
            if senders[source].len() < 2 {
                senders[source].insert(compare::sender(store, record).text);
            }
        }
    }
    for (at, coverage) in out.iter_mut().enumerate().filter(|(_, c)| c.hop == Hop::Exchange) {
        let enough = sources[at].rows >= FEW;
        coverage.only_failed = enough && !fine[at];
        coverage.sender = senders[at].first().filter(|_| enough && senders[at].len() == 1).cloned();
    }
    out
}
