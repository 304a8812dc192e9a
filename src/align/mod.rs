//! Puts all evidence on one clock and says which records are of the same mail.
//!
//! Two bounded passes in one place: keys give anchor pairs, anchors give each source's clock; then clocks give
//! candidates, candidates give the assignment.

mod anchors;
mod assign;
mod attempts;
mod blocks;
mod clock;
mod compare;
mod complete;
mod coverage;
mod dates;
mod doors;
mod expansion;
mod fit;
mod fuzzy;
mod keys;
mod model;
mod night;
mod overlaps;
mod queued;
mod relays;
mod requests;
mod sessions;
mod texts;
mod units;
mod zone;

pub use clock::Clock;
pub use complete::complete;
pub use coverage::{Coverage, HandOver};
pub use fit::Rate;
pub use model::{Alignment, KeyTest, Link, LinkKey, Mail};
pub use night::Night;
pub use zone::Zone;

use crate::evidence::{Hop, Span, Store};
use crate::source::Source;
use compare::Texts;
use foldhash::fast::FixedState;
use units::Units;

impl Alignment {
    /// Whether some log of a hop would have shown a mail that was handed over.
    #[must_use]
    pub fn covers(&self, hop: Hop, mail: &HandOver<'_>) -> bool {
        self.coverage.iter().any(|coverage| coverage.hop == hop && coverage.sees(mail))
    }
}

/// Aligns all evidence of a run. `zones` are the user's, by hop word or label.
#[must_use]
pub fn align(store: &mut Store, sources: &[Source], zones: &[(String, Zone)]) -> Alignment {
    let texts = Texts::of(store);
    let store = texts.store;
    let units = Units::collect(&texts);
    let exact = keys::exact(&texts, &units);
    let clocks = clock::settle(sources, zones, &anchors::collect(&texts, sources, &units, &exact));
    let utc: Vec<Option<Span>> = store.records.iter().map(|r| Some(clocks.get(r.source as usize)?.utc(r.local?, r.fold))).collect();
    let coverage = coverage::of_sources(&texts, sources, &clocks, &utc);
    let view = View { texts: &texts, store, sources, units: &units, utc: &utc, clocks: &clocks };
    let mut mails = units::mails(&units);
    let mut taken = units::Taken::new(&units);
    keys::link_arrivals(&view, &exact, &mut mails, &mut taken);
    relays::link(&view, &exact, &mut mails, &mut taken);
    fuzzy::link_arrivals(&view, &mut mails, &mut taken);
    expansion::follow(&view, &mut mails, &mut taken);
    attempts::link(&view, &exact, &mut mails, &mut taken);
    relays::by_message_id(&view, &mut mails, &mut taken);
    relays::by_queue_id(&view, &mut mails, &mut taken);
    let (others, sap_like) = units::left_over(&view, &exact, &mails, &taken);
    let loose = units::loose(&units, &taken, &mails);
    let notes = overlaps::notes(&texts, &units.requests);
    Alignment { key_test: exact.test, shared_keys: units.shared_keys, clocks, coverage, utc, mails, others, sap_like, loose, notes }
}

/// A map whose order nothing depends on, hashed with a fixed seed.
type Map<K, V> = std::collections::HashMap<K, V, FixedState>;

/// What the second pass looks at.
struct View<'a> {
    texts: &'a Texts<'a>,
    store: &'a Store,
    sources: &'a [Source],
    units: &'a Units,
    utc: &'a [Option<Span>],
    clocks: &'a [Clock],
}

impl View<'_> {
    fn at(&self, record: u32) -> Option<Span> {
        self.utc.get(record as usize).copied().flatten()
    }

    /// UTC interval of the request itself, where the export tells it.
    fn requested(&self, record: u32) -> Option<Span> {
        let evidence = self.store.records.get(record as usize)?;
        let local = self.store.sap_of(evidence)?.requested?;
        Some(self.clocks.get(evidence.source as usize)?.utc(local, evidence.fold))
    }
}
