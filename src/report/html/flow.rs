//! The ways of the mails as a picture: from SAP over the way of sending and the relay to Exchange, and how they ended. A band
//! is the mails of one way and end, as thick as they are many. Lengths are tenths of a pixel.

use crate::evidence::Hop;
use crate::journey::{Journey, Verdict};
use crate::report::clean;
use crate::report::run::Run;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

const WIDTH: i64 = 9600;
/// Thickness of all mails together, and of the thinnest band.
const ALL: i64 = 2200;
const THIN: i64 = 24;
/// Room above a node for its name, and above all for the headings.
const GAP: i64 = 300;
const HEAD: i64 = 260;
const NODE: i64 = 120;
/// Room right of the last column.
const RIGHT: i64 = 1300;
/// Names of a column; the less frequent ones are drawn as one.
const NAMES: usize = 6;
const COLUMNS: [&str; 5] = ["from", "way of sending", "relay", "next", "how it ended"];

/// The picture, and its numbers.
#[derive(Serialize)]
pub struct Flow {
    width: i64,
    height: i64,
    heads: Vec<Head>,
    nodes: Vec<Node>,
    bands: Vec<Band>,
    ways: Vec<Way>,
}

#[derive(Serialize)]
struct Head {
    x: i64,
    text: &'static str,
}

#[derive(Serialize, Clone)]
struct Node {
    column: usize,
    name: String,
    mails: usize,
    x: i64,
    y: i64,
    width: i64,
    height: i64,
    #[serde(skip)]
    filled: i64,
}

#[derive(Serialize)]
struct Band {
    verdict: &'static str,
    title: String,
    path: String,
}

/// A way in words.
#[derive(Serialize)]
struct Way {
    stops: String,
    verdict: &'static str,
    mails: usize,
}

/// Columns and names that a mail passes.
type Stops = Vec<(usize, String)>;

/// The picture of a run.
pub fn of(run: Run<'_>) -> Flow {
    let systems = systems(run);
    let mut counts: BTreeMap<(Verdict, Stops), usize> = BTreeMap::new();
    for journey in &run.analysis.journeys {
        *counts.entry((journey.verdict, stops(run, journey, systems))).or_default() += 1;
    }
    let counts = fewer(&counts);
    let total = counts.values().sum::<usize>().max(1);
    let thick = |mails: usize| (i64::try_from(mails * 1000 / total).unwrap_or(0) * ALL / 1000).max(THIN);
    let (mut nodes, heads, height) = layout(&counts, &thick);
    let mut bands = Vec::new();
    // Bands of one end lie in the order of the nodes they lead to, so that they cross as little as they can.
    let mut ordered: Vec<(&(Verdict, Stops), &usize)> = counts.iter().collect();
    ordered.sort_by_key(|((verdict, stops), _)| (*verdict, places(&nodes, stops)));
    for ((verdict, stops), mails) in ordered {
        let title = format!("{}: {mails}", words(stops, *verdict));
        bands.extend(drawn(&mut nodes, stops, thick(*mails)).into_iter().map(|path| Band {
            verdict: verdict.word(),
            title: title.clone(),
            path,
        }));
    }
    let mut ways: Vec<Way> =
        counts.iter().map(|((verdict, stops), mails)| Way { stops: without_end(stops), verdict: verdict.word(), mails: *mails }).collect();
    ways.sort_by(|a, b| a.stops.cmp(&b.stops).then(b.mails.cmp(&a.mails)));
    Flow { width: WIDTH, height, heads, nodes, bands, ways }
}

/// Whether SAP's systems are told apart: of one that only some exports name, the others may well be.
fn systems(run: Run<'_>) -> bool {
    let names: BTreeSet<&str> = run.analysis.journeys.iter().map(|journey| run.store().text(journey.system)).collect();
    !names.contains("") || names.len() > 2
}

/// The systems that a mail passed, and its end.
fn stops(run: Run<'_>, journey: &Journey, systems: bool) -> Stops {
    let records = || journey.evidence.iter().filter_map(|at| run.store().records.get(*at as usize));
    let seen = |hop: Hop| journey.stopped_at == Some(hop) || records().any(|record| record.hop == hop);
    let text = |sym| clean(run.store().text(sym));
    let mut stops = Vec::new();
    if seen(Hop::Sap) || seen(Hop::Icm) {
        let parts = ["SAP".to_owned(), text(journey.system), text(journey.client)].into_iter().take(if systems { 3 } else { 1 });
        stops.push((0, parts.filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")));
    }
    if !journey.option.is_empty() {
        stops.push((1, journey.option.to_owned()));
    }
    if !journey.relay.is_empty() || seen(Hop::Relay) {
        // A relay that refused the mail at its door is named by its log alone.
        let named = records().filter_map(|record| run.store().relay_of(record)).map(|relay| relay.name);
        let name = text([journey.relay].into_iter().chain(named).find(|name| !name.is_empty()).unwrap_or(journey.relay));
        stops.push((2, if name.is_empty() { "a relay".to_owned() } else { name }));
    }
    if seen(Hop::Exchange) {
        stops.push((3, "Exchange Online".to_owned()));
    } else if seen(Hop::Outside) {
        stops.push((3, "the recipient's server".to_owned()));
    }
    stops.push((4, journey.verdict.word().to_owned()));
    stops
}

/// The same with the less frequent names of each column as one.
fn fewer(counts: &BTreeMap<(Verdict, Stops), usize>) -> BTreeMap<(Verdict, Stops), usize> {
    let mut names: BTreeMap<(usize, &str), usize> = BTreeMap::new();
    for ((_, stops), mails) in counts {
        for (column, name) in stops {
            *names.entry((*column, name)).or_default() += mails;
        }
    }
    let mut ranked: Vec<(usize, usize, &str)> = names.into_iter().map(|((column, name), mails)| (column, mails, name)).collect();
    ranked.sort_by(|a, b| (a.0, b.1, a.2).cmp(&(b.0, a.1, b.2)));
    let rank = |column: usize, name: &str| ranked.iter().filter(|(at, ..)| *at == column).position(|(.., other)| *other == name);
    let shown = |column: usize, name: &str| column == 4 || rank(column, name).is_some_and(|rank| rank < NAMES);
    let mut out = BTreeMap::new();
    for ((verdict, stops), mails) in counts {
        let name = |(column, name): &(usize, String)| (*column, if shown(*column, name) { name.clone() } else { "others".to_owned() });
        *out.entry((*verdict, stops.iter().map(name).collect())).or_default() += mails;
    }
    out
}

/// Nodes in their places, headings, and the height of the picture.
fn layout(counts: &BTreeMap<(Verdict, Stops), usize>, thick: &dyn Fn(usize) -> i64) -> (Vec<Node>, Vec<Head>, i64) {
    let mut nodes: Vec<Node> = Vec::new();
    for ((_, stops), mails) in counts {
        for (column, name) in stops {
            let fresh = || Node { column: *column, name: name.clone(), mails: 0, x: 0, y: 0, width: NODE, height: 0, filled: 0 };
            let at = nodes.iter().position(|node| node.column == *column && node.name == *name).unwrap_or_else(|| {
                nodes.push(fresh());
                nodes.len() - 1
            });
            if let Some(node) = nodes.get_mut(at) {
                node.mails += mails;
                node.height += thick(*mails);
            }
        }
    }
    // Ends keep the order of reports, which is that of the counts.
    nodes.sort_by_key(|node| (node.column, if node.column == 4 { 0 } else { usize::MAX - node.mails }));
    let used: Vec<usize> = (0..COLUMNS.len()).filter(|column| nodes.iter().any(|node| node.column == *column)).collect();
    let steps = i64::try_from(used.len()).unwrap_or(1).saturating_sub(1).max(1);
    let x = |place: usize| i64::try_from(place).unwrap_or(0) * (WIDTH - RIGHT - NODE) / steps;
    let (mut heads, mut height) = (Vec::new(), 0);
    for (place, column) in used.iter().enumerate() {
        heads.push(Head { x: x(place), text: COLUMNS.get(*column).copied().unwrap_or("") });
        let mut y = HEAD;
        for node in nodes.iter_mut().filter(|node| node.column == *column) {
            (node.x, node.y) = (x(place), y + GAP);
            y = node.y + node.height;
        }
        height = height.max(y + 60);
    }
    (nodes, heads, height)
}

/// Places of stops among the nodes.
fn places(nodes: &[Node], stops: &Stops) -> Vec<Option<usize>> {
    stops.iter().map(|(column, name)| nodes.iter().position(|node| node.column == *column && node.name == *name)).collect()
}

/// The outlines of a band from stop to stop, each laid below what fills the node already.
fn drawn(nodes: &mut [Node], stops: &Stops, thick: i64) -> Vec<String> {
    let mut corners = Vec::new();
    for place in places(nodes, stops) {
        if let Some(node) = place.and_then(|place| nodes.get_mut(place)) {
            corners.push((node.x, node.y + node.filled));
            node.filled += thick;
        }
    }
    let outline = |((x, y), (to, end)): (&(i64, i64), &(i64, i64))| {
        let (from, middle) = (x + NODE, (x + NODE + to) / 2);
        let (low, end_low) = (y + thick, end + thick);
        format!("M{from} {y}C{middle} {y} {middle} {end} {to} {end}V{end_low}C{middle} {end_low} {middle} {low} {from} {low}Z")
    };
    corners.iter().zip(corners.iter().skip(1)).map(outline).collect()
}

fn without_end(stops: &Stops) -> String {
    stops.iter().filter(|(column, _)| *column != 4).map(|(_, name)| name.as_str()).collect::<Vec<_>>().join(" → ")
}

fn words(stops: &Stops, verdict: Verdict) -> String {
    format!("{} → {}", without_end(stops), verdict.word())
}
