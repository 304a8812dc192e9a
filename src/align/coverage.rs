//! For what span, senders and recipients a source can be trusted to show a mail.

use super::clock::Clock;
use super::compare::Texts;
use crate::evidence::{Fold, HOUR, Hop, Millis, Span, Sym, TraceStatus, ZoneBasis};
use crate::formats::probably_cut;
use crate::smtp::fold_address;
use crate::source::Source;
use std::collections::BTreeSet;

/// The message trace lags behind, and what it says of a mail settles late (exchange.md sections 1.8 and 1.11): its last
/// hours are too recent to prove anything.
const LAG: Millis = 4 * HOUR;
/// A trace with fewer rows may hold one sender, one recipient or failures only by chance, or by a filter: it proves
/// nothing.
const FEW: usize = 5;
/// Local times lie this far behind and ahead of UTC at most.
const FARTHEST: Span = Span { from: -12 * HOUR, to: 14 * HOUR };

/// A mail that was handed over, as coverage asks for it.
#[derive(Clone, Copy, Debug)]
pub struct HandOver<'a> {
    /// When, in UTC.
    pub at: Span,
    /// How the zone of that time is known.
    pub basis: ZoneBasis,
    /// Envelope sender, empty where unknown.
    pub sender: &'a str,
    /// Recipient, maybe cut.
    pub recipient: &'a str,
    /// Other mails have shown that its clock and that of the log agree, whatever their zone.
    pub agreed: bool,
}

impl<'a> HandOver<'a> {
    /// A hand-over whose time stands on a clock.
    #[must_use]
    pub fn new(at: Span, clock: Option<&Clock>, sender: &'a str, recipient: &'a str) -> Self {
        Self { at, basis: clock.map_or(ZoneBasis::Assumed, |clock| clock.basis), sender, recipient, agreed: false }
    }

    /// Where the zone is a mere assumption, any zone may be the right one.
    fn span(&self) -> Span {
        if self.basis == ZoneBasis::Assumed && !self.agreed {
            Span { from: self.at.from - FARTHEST.to, to: self.at.to - FARTHEST.from }
        } else {
            self.at
        }
    }
}

/// Coverage of one source.
#[derive(Clone, Debug)]
pub struct Coverage {
    /// System whose mails it shows.
    pub hop: Hop,
    /// Span of its records in UTC.
    pub span: Option<Span>,
    /// How the zone of its times is known.
    pub basis: ZoneBasis,
    /// The only sender it holds: probably the filter of the export.
    pub sender: Option<String>,
    /// The only recipient it holds: probably the filter of the export.
    pub recipient: Option<String>,
    /// It holds failures only: probably the filter of the export.
    pub only_failed: bool,
    /// It has as many rows as an export may have: probably cut off.
    pub capped: bool,
    /// It has too few rows to tell whether it was filtered, speaks of chosen mails only, or holds no mail at all.
    pub few: bool,
}

impl Coverage {
    /// Whether the source would show a mail that was handed over.
    #[must_use]
    pub fn sees(&self, mail: &HandOver<'_>) -> bool {
        let lag = if self.hop == Hop::Exchange { LAG } else { 0 };
        let at = mail.span();
        // Where the zone is a mere assumption, it must be inside in every zone.
        let (early, late) = if self.basis == ZoneBasis::Assumed && !mail.agreed { (FARTHEST.to, FARTHEST.from) } else { (0, 0) };
        let inside = self.span.is_some_and(|span| span.from - late <= at.from && at.to <= span.to - early - lag);
        // An unknown sender may be another than the one the export was made for.
        let meant = |only: &Option<String>, own: &str| only.as_ref().is_none_or(|only| *only == fold_address(own));
        let whole = !self.only_failed && !self.capped && !self.few;
        inside && whole && meant(&self.sender, mail.sender) && meant(&self.recipient, mail.recipient)
    }

    /// Whether a time lies in the last hours of a trace, which prove nothing.
    #[must_use]
    pub fn too_recent(&self, at: Millis) -> bool {
        self.hop == Hop::Exchange && self.span.is_some_and(|span| span.to - LAG < at && at <= span.to)
    }
}

/// What a trace holds, as far as it tells a filter.
#[derive(Default)]
struct Held {
    senders: BTreeSet<Sym>,
    recipients: BTreeSet<Sym>,
    /// Something that went well.
    fine: bool,
}

impl Held {
    fn only(texts: &Texts<'_>, set: &BTreeSet<Sym>) -> Option<String> {
        set.first().filter(|_| set.len() == 1).map(|only| texts.text(*only).to_owned())
    }
}

/// Coverage of all sources.
pub fn of_sources(texts: &Texts<'_>, sources: &[Source], clocks: &[Clock], utc: &[Option<Span>]) -> Vec<Coverage> {
    // The log of a relay goes on where it logs other matters; a list ends with its last row.
    let whole =
        |(source, clock): (&Source, &Clock)| (source.hop == Hop::Relay).then(|| Some(clock.utc(source.span?, Fold::Unknown))).flatten();
    let mut spans: Vec<Option<Span>> = sources.iter().zip(clocks).map(whole).collect();
    let mut held: Vec<Held> = Vec::new();
    held.resize_with(sources.len(), Held::default);
    for (record, at) in texts.store.records.iter().zip(utc) {
        let source = record.source as usize;
        let (Some(known), Some(held), Some(at)) = (spans.get_mut(source), held.get_mut(source), at) else { continue };
        *known = Some(known.map_or(*at, |known| known.join(*at)));
        if let Some(facts) = texts.store.trace_of(record) {
            held.fine |=
                !matches!(facts.status, TraceStatus::Failed | TraceStatus::Quarantined | TraceStatus::FilteredAsSpam | TraceStatus::Junked);
            for (set, part) in [(&mut held.senders, texts.sender(record)), (&mut held.recipients, texts.recipient(record))] {
                // Two are enough to know that there was no filter for one.
                if set.len() < 2 {
                    set.insert(part.text);
                }
            }
        }
    }
    let one = |(((source, clock), span), held): (((&Source, &Clock), Option<Span>), Held)| {
        let trace = source.hop == Hop::Exchange;
        Coverage {
            hop: source.hop,
            span: span.filter(|_| !source.context),
            basis: clock.basis,
            sender: Held::only(texts, &held.senders),
            recipient: Held::only(texts, &held.recipients),
            only_failed: trace && !held.fine,
            capped: trace && probably_cut(source.rows),
            few: source.context || source.selected || (trace && source.rows < FEW),
        }
    };
    sources.iter().zip(clocks).zip(spans).zip(held).map(one).collect()
}
