//! What failed mails share and spared ones do not.

use super::model::{Bracket, Shared};
use super::window;
use crate::evidence::Store;
use crate::journey::Journey;
use crate::smtp::domain;
use std::collections::BTreeMap;

/// A dimension by which mails are compared, and its value for a mail.
type Dimension = (&'static str, fn(&Journey, &Store) -> String);

const DIMENSIONS: &[Dimension] = &[
    ("scope", |journey, _| journey.external.map_or("", |external| if external { "external" } else { "internal" }).to_owned()),
    ("source IP", |journey, store| store.text(journey.egress).to_owned()),
    ("relay", |journey, store| store.text(journey.relay).to_owned()),
    ("app server", |journey, store| store.text(journey.app_server).to_owned()),
    ("node", |journey, store| store.text(journey.node).to_owned()),
    ("host", |journey, store| store.text(journey.host).to_owned()),
    ("sender", |journey, store| store.text(journey.sender).to_lowercase()),
    ("user", |journey, store| store.text(journey.sap_user).to_owned()),
    ("recipient domain", |journey, store| domain(store.text(journey.recipient)).to_lowercase()),
];

/// At most so many values of spared mails are shown.
const SHOWN: usize = 3;

/// Dimensions that tell the failed mails of a run from the spared ones, the sharpest first.
pub fn shared(journeys: &[Journey], store: &Store, run: &[u32], good: &[u32], onset: Bracket) -> Vec<Shared> {
    let mut out: Vec<(usize, Shared)> = Vec::new();
    for (dimension, of) in DIMENSIONS {
        let Some(value) = common(journeys, store, run, *of) else { continue };
        let mut others = counts(journeys, store, good.iter().copied().filter(|at| alike(journeys, run, *at, dimension)), *of);
        // Where all others left by the same address too, those before the onset tell whether it changed.
        let earlier = *dimension == "source IP" && others.keys().all(|other| *other == value);
        if earlier {
            others = counts(journeys, store, window::good_before(journeys, run, onset).map(|(at, _)| at), *of);
        }
        let total: usize = others.values().sum();
        let same = others.remove(&value).unwrap_or(0);
        if total > 0 && same * 10 < total {
            let mut spared: Vec<(usize, String)> = others.into_iter().map(|(value, count)| (count, value)).collect();
            spared.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
            let spared = spared.into_iter().take(SHOWN).map(|(_, value)| value).collect();
            out.push((same * 1000 / total, Shared { dimension, value, spared, earlier }));
        }
    }
    out.sort_by_key(|(same, _)| *same);
    out.into_iter().map(|(_, shared)| shared).collect()
}

/// Of several relays one may fail for one scope alone: relays are compared within the scope, and scopes within the relay.
fn alike(journeys: &[Journey], run: &[u32], at: u32, dimension: &str) -> bool {
    let journey = &journeys[at as usize];
    match dimension {
        "relay" => window::scope(journeys, run).is_none_or(|scope| journey.external == Some(scope)),
        "scope" => window::relay(journeys, run).is_none_or(|relay| journey.relay == relay),
        _ => true,
    }
}

/// The value that all members share, when it is known for nine in ten.
fn common(journeys: &[Journey], store: &Store, run: &[u32], of: fn(&Journey, &Store) -> String) -> Option<String> {
    let found = counts(journeys, store, run.iter().copied(), of);
    let known: usize = found.values().sum();
    let enough = known * 10 >= run.len().min(30) * 9 || known >= 5;
    match found.into_iter().collect::<Vec<_>>().as_slice() {
        [(value, _)] if enough => Some(value.clone()),
        _ => None,
    }
}

fn counts(
    journeys: &[Journey],
    store: &Store,
    which: impl Iterator<Item = u32>,
    of: fn(&Journey, &Store) -> String,
) -> BTreeMap<String, usize> {
    let mut out = BTreeMap::new();
    for value in which.map(|at| of(&journeys[at as usize], store)).filter(|value| !value.is_empty()) {
        *out.entry(value).or_default() += 1;
    }
    out
}
