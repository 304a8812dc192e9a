//! The lines of the sources that mails rest on, as they may be shown.

use crate::evidence::{Evidence, Sym};
use crate::journey::Journey;
use crate::report::clean;
use crate::report::run::Run;
use crate::source::excerpt;
use std::collections::{BTreeMap, BTreeSet};
use std::io;

/// Lines of a record that are shown.
const MOST: u32 = 6;
/// What stands for a line on which several mails stand.
const SEVERAL: &str = "(withheld: the line holds several mails)";

/// Lines of records, by index; empty where the texts were not kept.
pub type Lines = BTreeMap<u32, Vec<String>>;

/// Collects the lines of mails, source by source.
pub fn of(run: Run<'_>, told: &[&Journey]) -> io::Result<Lines> {
    let mut lines = Lines::new();
    if run.analysis.reading.texts.is_empty() {
        return Ok(lines);
    }
    let wanted: BTreeSet<u32> = told.iter().flat_map(|journey| journey.evidence.iter().copied()).collect();
    let mut by_source: BTreeMap<u32, BTreeMap<u32, Vec<u32>>> = BTreeMap::new();
    for (at, record) in wanted.iter().filter_map(|at| Some((*at, run.store().records.get(*at as usize)?))) {
        let places = by_source.entry(record.source).or_default();
        for line in (record.line..record.line.saturating_add(record.lines)).take(MOST as usize) {
            places.entry(line).or_default().push(at);
        }
    }
    let crowded = crowded(run, &by_source);
    for (source, places) in &by_source {
        let Some(text) = run.analysis.reading.texts.get(*source as usize) else { continue };
        text.each(&mut |number, line| {
            for at in places.get(&number).into_iter().flatten() {
                let shown = if crowded.contains(&(*source, number)) { SEVERAL.to_owned() } else { shown(run, *at, line) };
                lines.entry(*at).or_default().push(shown);
            }
        })?;
    }
    lines.values_mut().for_each(once);
    Ok(lines)
}

fn shown(run: Run<'_>, at: u32, line: &str) -> String {
    let Some(record) = run.store().records.get(at as usize) else { return String::new() };
    clean(&excerpt(line, run.store().text(record.reply), record.hop))
}

/// Lines on which records of different mails begin, such as JSON in one line: they may show the mail of others.
fn crowded(run: Run<'_>, wanted: &BTreeMap<u32, BTreeMap<u32, Vec<u32>>>) -> BTreeSet<(u32, u32)> {
    let mut first: BTreeMap<(u32, u32), (Sym, Sym, Sym)> = BTreeMap::new();
    let mail = |record: &Evidence| (record.message_id, record.sender, record.subject);
    let asked = |record: &&Evidence| wanted.get(&record.source).is_some_and(|lines| lines.contains_key(&record.line));
    let mut crowded = BTreeSet::new();
    for record in run.store().records.iter().filter(asked) {
        let place = (record.source, record.line);
        if *first.entry(place).or_insert(mail(record)) != mail(record) {
            crowded.insert(place);
        }
    }
    crowded
}

/// What is withheld is told once, and not at all beside lines that are shown.
fn once(lines: &mut Vec<String>) {
    let withheld = |line: &String| line.starts_with("(withheld");
    if lines.iter().any(|line| !withheld(line)) {
        lines.retain(|line| !withheld(line));
    } else {
        lines.truncate(1);
    }
}
