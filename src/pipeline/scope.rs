//! Which of the journeys are meant: those of a window of time, of the recipients of one customer.

use super::{Analysis, Options};
use crate::evidence::Store;
use crate::incident;
use crate::journey::Journey;
use crate::smtp::domain;

/// Journeys that were left out, and why.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct LeftOut {
    /// Outside `--since/--until`.
    pub window: usize,
    /// To recipients of other domains than `--recipient-domain`.
    pub domain: usize,
    /// To recipients of whom too little is known to say; they may belong to the domain.
    pub unclear: usize,
}

/// Whether a mail is meant.
enum Place {
    Inside,
    OtherTime,
    OtherDomain,
    Unclear,
}

/// Leaves out of a result what is not meant; what was told of it from all mails stays.
pub fn narrow(analysis: &mut Analysis, options: &Options) {
    let store = &analysis.reading.store;
    let mut left_out = LeftOut::default();
    for journey in &analysis.journeys {
        match place(store, options, journey) {
            Place::Inside => {}
            Place::OtherTime => left_out.window += 1,
            Place::OtherDomain => left_out.domain += 1,
            Place::Unclear => left_out.unclear += 1,
        }
    }
    let (journeys, incidents) = (std::mem::take(&mut analysis.journeys), std::mem::take(&mut analysis.incidents));
    let inside = |journey: &Journey| matches!(place(store, options, journey), Place::Inside);
    (analysis.journeys, analysis.incidents) = incident::within(journeys, incidents, &inside);
    if !options.recipient_domains.is_empty() {
        // Other customers are not named as those whom an incident spared.
        for shared in analysis.incidents.iter_mut().flat_map(|incident| &mut incident.shared) {
            if shared.dimension == "recipient domain" {
                shared.spared.clear();
            }
        }
    }
    analysis.left_out = left_out;
}

fn place(store: &Store, options: &Options, journey: &Journey) -> Place {
    let late = |at| options.until.is_some_and(|until| at > until);
    if journey.time().is_some_and(|at| options.since.is_some_and(|since| at < since) || late(at)) {
        return Place::OtherTime;
    }
    if options.recipient_domains.is_empty() {
        return Place::Inside;
    }
    let of = domain(store.text(journey.recipient).trim()).to_lowercase();
    if options.recipient_domains.contains(&of) {
        Place::Inside
    } else if options.recipient_domains.iter().any(|wanted| wanted.starts_with(&of)) {
        // A name without an address, or an address that its column cut off.
        Place::Unclear
    } else {
        Place::OtherDomain
    }
}
