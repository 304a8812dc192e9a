//! How right the links are, beside what a spreadsheet would do.

use super::world::{COLUMNS, World};
use sostrace::Analysis;
use sostrace::evidence::Fold;
use std::collections::{BTreeMap, BTreeSet};

/// Links that were made, links that are right, links there are.
#[derive(Clone, Copy, Default)]
pub struct Count {
    pub made: u32,
    pub right: u32,
    pub real: u32,
}

impl Count {
    pub fn add(&mut self, other: Self) {
        self.made += other.made;
        self.right += other.right;
        self.real += other.real;
    }

    pub fn precision(self) -> f64 {
        if self.made == 0 { 1.0 } else { f64::from(self.right) / f64::from(self.made) }
    }

    pub fn recall(self) -> f64 {
        if self.real == 0 { 1.0 } else { f64::from(self.right) / f64::from(self.real) }
    }
}

/// What a run came to.
#[derive(Default)]
pub struct Score {
    pub links: Count,
    pub nearest: Count,
    pub joined: Count,
    pub verdicts: (u32, u32),
    /// Requests that may have had a candidate but got none.
    pub open: u32,
    /// Median distance between SAP's stamps on the estimated clock and the trace's, milliseconds.
    pub offset: i64,
    /// Links and right ones by tenth of confidence.
    pub calibration: BTreeMap<u32, (u32, u32)>,
}

/// The mail that a row of the trace is.
type Rows<'a> = BTreeMap<u32, usize>;

/// Scores an analysis of a world; `sap` is the index of SAP's file.
pub fn score(world: &World, analysis: &Analysis, sap: u32) -> Score {
    let rows: Rows<'_> = world.mails.iter().enumerate().filter_map(|(at, mail)| Some((mail.arrival?.0, at))).collect();
    let real = u32::try_from(rows.len()).unwrap_or(u32::MAX);
    let mut out = Score { links: Count { real, ..Count::default() }, ..Score::default() };
    // Copies of one mail are interchangeable.
    let right = |mail: usize, line: u32| {
        let twin = rows.get(&line).and_then(|at| world.mails.get(*at));
        twin.is_some_and(|twin| twin.recipient == world.mails[mail].recipient && twin.subject == world.mails[mail].subject)
    };
    let records = &analysis.reading.store.records;
    for mail in &analysis.alignment.mails {
        let Some(request) = mail.requests.last().map(|at| &records[*at as usize]) else { continue };
        let own = (request.line as usize).wrapping_sub(2);
        out.open += u32::from(mail.contested.is_some() && mail.arrivals.is_empty());
        let Some((row, link)) = mail.arrivals.first() else { continue };
        let hit = right(own, records[*row as usize].line);
        out.links.made += 1;
        out.links.right += u32::from(hit);
        let tenth = (link.confidence * 20.0).floor();
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // 0 to 20
        let bucket = out.calibration.entry(tenth as u32).or_default();
        bucket.0 += 1;
        bucket.1 += u32::from(hit);
    }
    for journey in &analysis.journeys {
        let request = journey.evidence.iter().map(|at| &records[*at as usize]).find(|record| record.source == sap);
        let Some(mail) = request.and_then(|record| world.mails.get((record.line as usize).wrapping_sub(2))) else { continue };
        out.verdicts.0 += 1;
        out.verdicts.1 += u32::from(journey.verdict.word() == mail.verdict);
    }
    out.offset = offset(world, analysis, sap);
    let (nearest, joined) = baselines(world, &right);
    (out.nearest, out.joined) = (Count { real, ..nearest }, Count { real, ..joined });
    out
}

fn offset(world: &World, analysis: &Analysis, sap: u32) -> i64 {
    let Some(clock) = analysis.alignment.clocks.get(sap as usize) else { return i64::MAX };
    let gap = |mail: &super::world::Mail| {
        let local = sostrace::evidence::Span::instant(mail.stamp);
        Some(clock.utc(local, Fold::Unknown).shifted(clock.lag()).from - mail.arrival?.1)
    };
    let mut gaps: Vec<i64> = world.mails.iter().filter_map(gap).collect();
    gaps.sort_unstable();
    gaps.get(gaps.len() / 2).map_or(0, |gap| gap.abs())
}

/// A row of the trace as a spreadsheet has it: time, recipient, subject, line.
struct Cells<'a> {
    at: i64,
    recipient: &'a str,
    subject: &'a str,
    line: u32,
}

/// Nearest in time per recipient, with SAP's stamps moved by the zone's own offset; and the first row with the same
/// recipient and subject.
fn baselines(world: &World, right: &dyn Fn(usize, u32) -> bool) -> (Count, Count) {
    let rows: Vec<Cells<'_>> = world.trace.lines().zip(1..).skip(1).filter_map(|(line, number)| cells(line, number)).collect();
    let mut by_recipient: BTreeMap<&str, Vec<&Cells<'_>>> = BTreeMap::new();
    for row in &rows {
        by_recipient.entry(row.recipient).or_default().push(row);
    }
    let place = |name: &str| COLUMNS.iter().position(|column| *column == name).unwrap();
    let (title, address) = (place("TITEL"), place("ADDRESS"));
    let (mut nearest, mut joined) = (Count::default(), Count::default());
    let mut taken: (BTreeSet<u32>, BTreeSet<u32>) = Default::default();
    for (mail, line) in world.sap.lines().skip(1).enumerate().filter(|(_, line)| !line.contains("5.7.64")) {
        let fields: Vec<&str> = line.trim_start_matches('|').split(['\t', '|']).map(str::trim).collect();
        let (subject, recipient, stamp) = (fields[title], fields[address], world.mails[mail].stamp - world.mails[mail].zone);
        let own = by_recipient.range(recipient..).take_while(|(text, _)| text.starts_with(recipient)).flat_map(|(_, rows)| rows);
        let near = own.clone().min_by_key(|row| (row.at - stamp).abs());
        let same = own.into_iter().find(|row| row.recipient == recipient && row.subject == subject);
        for (count, taken, found) in [(&mut nearest, &mut taken.0, near), (&mut joined, &mut taken.1, same)] {
            if let Some(row) = found {
                count.made += 1;
                // A row that is joined to two mails is right for one of them at most.
                count.right += u32::from(right(mail, row.line) && taken.insert(row.line));
            }
        }
    }
    (nearest, joined)
}

fn cells(line: &str, number: u32) -> Option<Cells<'_>> {
    let mut quoted = line.split('"');
    let at = chrono::DateTime::parse_from_rfc3339(line.split(',').next()?).ok()?.timestamp_millis();
    let recipient = quoted.nth(1)?.split("##").next()?;
    Some(Cells { at, recipient, subject: quoted.nth(1)?, line: number })
}
