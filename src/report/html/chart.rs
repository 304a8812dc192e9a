//! Mails by time and verdict as stacked bars, with the incidents as brackets above. Lengths are tenths of a pixel.

use crate::evidence::{Millis, day_time};
use crate::incident::Incident;
use crate::report::hours::{Hours, hours};
use crate::report::run::Run;
use serde::Serialize;

const WIDTH: i64 = 9600;
/// Room for the numbers beside the bars and the times below.
const LEFT: i64 = 520;
const FOOT: i64 = 320;
const PLOT: i64 = 1900;
/// Height of the bracket of an incident.
const LANE: i64 = 190;
/// Widest bar.
const BAR: i64 = 800;
/// Brackets that are drawn.
const LANES: usize = 8;
/// Room that the label of a time needs.
const LABEL: i64 = 860;

/// The picture, and the numbers in it.
#[derive(Serialize)]
pub struct Chart {
    unit: &'static str,
    width: i64,
    height: i64,
    left: i64,
    top: i64,
    floor: i64,
    verdicts: Vec<&'static str>,
    bars: Vec<Bar>,
    ticks: Vec<Label>,
    levels: Vec<Label>,
    brackets: Vec<Bracket>,
    /// Incidents without a bracket.
    more: usize,
}

#[derive(Serialize)]
struct Bar {
    at: String,
    title: String,
    x: i64,
    width: i64,
    mails: Vec<usize>,
    parts: Vec<Part>,
}

#[derive(Serialize)]
struct Part {
    verdict: &'static str,
    y: i64,
    height: i64,
}

#[derive(Serialize)]
struct Label {
    at: i64,
    text: String,
}

/// First to last bad mail, and how far the last good one before and the first good one behind are.
#[derive(Serialize)]
struct Bracket {
    id: String,
    title: String,
    y: i64,
    from: i64,
    to: i64,
    good_before: i64,
    good_after: i64,
}

/// The chart of a run; none where no time is known.
pub fn of(run: Run<'_>) -> Option<Chart> {
    let hours = hours(run);
    let (first, _) = hours.bars.first()?;
    let count = i64::try_from(hours.bars.len()).ok()?;
    let scale = Scale { first: *first, step: hours.step, bar: ((WIDTH - LEFT) / count).min(BAR), count };
    let brackets = brackets(run, &scale);
    let top = LANE * i64::try_from(brackets.len()).unwrap_or(0) + 210;
    let most = hours.bars.iter().map(|(_, mails)| mails.iter().sum::<usize>()).max().unwrap_or(1);
    let most = i64::try_from(most).unwrap_or(1).max(1);
    let levels = if most > 1 { vec![most, most / 2] } else { vec![most] };
    Some(Chart {
        unit: hours.unit,
        width: WIDTH,
        height: top + PLOT + FOOT,
        left: LEFT,
        top,
        floor: top + PLOT,
        verdicts: hours.verdicts.iter().map(|verdict| verdict.word()).collect(),
        bars: bars(&hours, &scale, top, most),
        ticks: ticks(&hours, &scale),
        levels: levels.into_iter().map(|level| Label { at: top + PLOT - level * PLOT / most, text: level.to_string() }).collect(),
        more: run.analysis.incidents.len() - brackets.len(),
        brackets,
    })
}

/// Where a time stands.
struct Scale {
    first: Millis,
    step: Millis,
    bar: i64,
    count: i64,
}

impl Scale {
    fn x(&self, at: Millis) -> i64 {
        let end = self.bar * self.count;
        LEFT + (at.saturating_sub(self.first).clamp(0, self.step * self.count) * self.bar / self.step).clamp(0, end)
    }
}

fn bars(hours: &Hours, scale: &Scale, top: i64, most: i64) -> Vec<Bar> {
    let gap = (scale.bar / 8).min(30);
    let bar = |(at, mails): &(Millis, Vec<usize>)| {
        let mut y = top + PLOT;
        let mut parts = Vec::new();
        for (verdict, count) in hours.verdicts.iter().zip(mails).filter(|(_, count)| **count > 0) {
            let height = (i64::try_from(*count).unwrap_or(0) * PLOT / most).max(10);
            y -= height;
            parts.push(Part { verdict: verdict.word(), y, height });
        }
        let named = hours.verdicts.iter().zip(mails).filter(|(_, count)| **count > 0);
        let title = named.map(|(verdict, count)| format!("{count} {}", verdict.word())).collect::<Vec<_>>().join(", ");
        Bar { at: minute(*at), title, x: scale.x(*at), width: (scale.bar - gap).max(1), mails: mails.clone(), parts }
    };
    hours.bars.iter().map(bar).filter(|bar| !bar.parts.is_empty()).collect()
}

/// Times below the bars, as many as are readable; a new day is named.
fn ticks(hours: &Hours, scale: &Scale) -> Vec<Label> {
    let every = [1, 2, 3, 4, 6, 12, 24, 48, 96].into_iter().find(|every| scale.bar * every >= LABEL).unwrap_or(192);
    let mut day = String::new();
    let mut ticks = Vec::new();
    for (at, _) in hours.bars.iter().step_by(usize::try_from(every).unwrap_or(1)) {
        let text = minute(*at);
        let (date, time) = text.split_once(' ').unwrap_or((&text, ""));
        let known = date == day;
        date.clone_into(&mut day);
        let text = match (hours.unit, known) {
            ("hour", true) => time.to_owned(),
            ("hour", false) => text.get(5..).unwrap_or_default().to_owned(),
            _ => date.to_owned(),
        };
        ticks.push(Label { at: scale.x(*at), text });
    }
    ticks
}

fn brackets(run: Run<'_>, scale: &Scale) -> Vec<Bracket> {
    let spans = |incident: &Incident| Some((incident.onset.before?, incident.end.after?));
    let known = run.analysis.incidents.iter().filter_map(|incident| Some((incident, spans(incident)?)));
    let bracket = |(lane, (incident, (from, to))): (i64, (&Incident, (Millis, Millis)))| Bracket {
        id: incident.id.clone(),
        title: format!(
            "{}: {} mails, the first at {}, the last at {}",
            run.store().text(incident.rule),
            incident.journeys.len(),
            day_time(from),
            day_time(to)
        ),
        y: 190 + LANE * lane,
        from: scale.x(from),
        to: scale.x(to).max(scale.x(from) + 40),
        good_before: incident.onset.after.map_or(LEFT, |at| scale.x(at)),
        good_after: incident.end.before.map_or(scale.x(Millis::MAX / 2), |at| scale.x(at)),
    };
    (0..).zip(known.take(LANES)).map(bracket).collect()
}

/// `2026-03-10 09:17`.
fn minute(at: Millis) -> String {
    day_time(at).get(..16).unwrap_or_default().to_owned()
}
