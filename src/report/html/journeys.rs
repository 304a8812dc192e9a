//! The list of mails: as data for the script, column by column, and as a table of the failed ones for who has no script.

use crate::evidence::day_time;
use crate::journey::{Journey, Verdict};
use crate::report::clean;
use crate::report::run::Run;
use crate::report::table::{Cell, Column};
use crate::report::tables::{COLUMNS, advice, row};
use serde::Serialize;
use std::collections::{BTreeMap, HashMap};

/// Mails that did not arrive first, each kind by time.
pub fn order(run: Run<'_>) -> Vec<&Journey> {
    let (failed, others): (Vec<&Journey>, Vec<&Journey>) = run.analysis.journeys.iter().partition(|journey| journey.verdict.failed());
    [failed, others].concat()
}

/// What the script reads.
#[derive(Serialize)]
pub struct Data {
    rows: usize,
    all: usize,
    columns: Vec<Packed>,
    rules: BTreeMap<String, RuleText>,
    /// Why and at what risk, by action and verdict.
    advice: BTreeMap<String, [&'static str; 2]>,
}

/// A column; one without any value is left out.
#[derive(Serialize)]
struct Packed {
    name: &'static str,
    #[serde(flatten)]
    values: Values,
}

#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
enum Values {
    /// Different texts in order of appearance, the empty one first, and which of them each row has.
    Texts { texts: Vec<String>, at: Vec<u32> },
    /// Numbers.
    Numbers(Vec<Option<i64>>),
    /// Shares of a hundred.
    Shares(Vec<Option<i64>>),
    /// Milliseconds since 1970 UTC.
    Times(Vec<Option<i64>>),
}

#[derive(Serialize)]
struct RuleText {
    title: String,
    owner: String,
    cause: String,
    steps: Vec<String>,
    verify: String,
}

impl Data {
    /// The data of mails.
    pub fn of(run: Run<'_>, listed: &[&Journey]) -> Self {
        let rows: Vec<Vec<Cell<'_>>> = listed.iter().map(|journey| row(run, journey)).collect();
        let columns = COLUMNS.iter().enumerate().filter_map(|(at, column)| packed(column, &rows, at)).collect();
        let (mut rules, mut reasons) = (BTreeMap::new(), BTreeMap::new());
        for journey in listed {
            for id in journey.findings.iter().chain([&journey.rule]) {
                if let Some(rule) = run.rule(*id) {
                    rules.entry(rule.id.clone()).or_insert_with(|| RuleText::of(rule));
                }
            }
            let advice = advice(journey);
            let key = format!("{} {}", journey.action.word(), journey.verdict.word());
            reasons.entry(key).or_insert([advice.reason, advice.risk]);
        }
        Self { rows: listed.len(), all: run.analysis.journeys.len(), columns, rules, advice: reasons }
    }
}

impl RuleText {
    fn of(rule: &crate::rules::Rule) -> Self {
        let step = |remedy: &crate::rules::Remedy| {
            format!("{}{}", clean(&remedy.text), if remedy.weakens_security { " (weakens security)" } else { "" })
        };
        Self {
            title: clean(&rule.title),
            owner: clean(&rule.owner),
            cause: clean(&rule.cause),
            steps: rule.remedy.iter().map(step).collect(),
            verify: clean(&rule.verify),
        }
    }
}

fn packed(column: &Column, rows: &[Vec<Cell<'_>>], at: usize) -> Option<Packed> {
    let cells = || rows.iter().filter_map(|row| row.get(at));
    if cells().all(|cell| matches!(cell, Cell::Number(None) | Cell::Share(None) | Cell::Time(None)) || is_empty(cell)) {
        return None;
    }
    let values = match cells().next()? {
        Cell::Text(_) => texts(cells()),
        Cell::Number(_) => Values::Numbers(cells().map(number).collect()),
        Cell::Share(_) => Values::Shares(cells().map(number).collect()),
        Cell::Time(_) => Values::Times(cells().map(number).collect()),
    };
    Some(Packed { name: column.name, values })
}

fn is_empty(cell: &Cell<'_>) -> bool {
    matches!(cell, Cell::Text(text) if text.is_empty())
}

fn texts<'a>(cells: impl Iterator<Item = &'a Cell<'a>>) -> Values {
    let (mut texts, mut known) = (vec![String::new()], HashMap::from([(String::new(), 0)]));
    let mut place = |cell: &Cell<'_>| {
        let text = cell.text();
        *known.entry(text).or_insert_with_key(|text| {
            texts.push(text.clone());
            u32::try_from(texts.len() - 1).unwrap_or(0)
        })
    };
    let at = cells.map(&mut place).collect();
    Values::Texts { texts, at }
}

fn number(cell: &Cell<'_>) -> Option<i64> {
    match cell {
        Cell::Number(number) | Cell::Time(number) => *number,
        // A share has two digits in every report.
        Cell::Share(_) => cell.text().replace('.', "").parse().ok(),
        Cell::Text(_) => None,
    }
}

/// A failed mail of the table without a script.
#[derive(Serialize)]
pub struct Plain {
    time: String,
    verdict: &'static str,
    action: &'static str,
    rule: String,
    owner: String,
    sender: String,
    recipient: String,
    subject: String,
    journey: String,
    places: String,
}

/// The first failed mails.
pub fn plain(run: Run<'_>, order: &[&Journey], most: usize) -> Vec<Plain> {
    let needs = |journey: &&&Journey| journey.verdict.failed() || journey.verdict == Verdict::Unknown;
    let text = |sym| clean(run.store().text(sym));
    let row = |journey: &&Journey| Plain {
        time: journey.time().map_or_else(String::new, day_time),
        verdict: journey.verdict.word(),
        action: journey.action.word(),
        rule: text(journey.rule),
        owner: run.rule(journey.rule).map_or_else(String::new, |rule| clean(rule.acts_first(journey.by_relay))),
        sender: text(journey.sender),
        recipient: text(journey.recipient),
        subject: text(journey.subject),
        journey: journey.id.clone(),
        places: run.places(&journey.evidence),
    };
    order.iter().filter(needs).take(most).map(row).collect()
}
