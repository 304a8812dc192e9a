//! Traditional lines of syslog have no year (relay.md section 1.1.1). It is settled by other dates in the file (ids that
//! carry a time, stamps of Exchange in replies, lines with a year), by the date in the file's name, or by the other files
//! of the run; never by today's date. Until then the times stand in [`PLACEHOLDER`].

use super::syslog::Stamp;
use crate::evidence::{Evidence, HOUR, Millis, Span, Store};
use crate::source::Source;
use chrono::{DateTime, Datelike, NaiveDate};
use std::collections::{BTreeMap, BTreeSet};

/// Year of times whose year is not known; a leap year, so that every day exists.
pub const PLACEHOLDER: i32 = 2000;
/// A date that dates a line lies this near to it: clocks, zones, a night in the queue.
const NEAR: Millis = 2 * 24 * HOUR;
/// A step of more than half a year is one over New Year.
const HALF: i32 = 186;
/// So many dates settle a year.
const ENOUGH: usize = 200;
/// No file holds more years than that.
const MOST: i32 = 40;

/// The years of a file's lines.
#[derive(Debug, Default)]
pub struct Years {
    /// Years since the first line.
    turns: i32,
    /// Day of the last line without a year, in months of 31 days.
    last: Option<i32>,
    /// By year of the first line: how many dates speak for it.
    votes: BTreeMap<i32, usize>,
}

impl Years {
    /// The year in which a stamp stands for now: its own, or the placeholder and as many as New Years have passed.
    pub fn place(&mut self, stamp: &Stamp) -> i32 {
        let day = i32::try_from(stamp.month * 31 + stamp.day).unwrap_or(0);
        if let Some(year) = stamp.year {
            // A file of both shapes dates itself.
            if self.last.is_some_and(|last| (day - last).abs() < HALF) {
                self.vote_year(year);
            }
            return year;
        }
        let step = self.last.map_or(0, |last| day - last);
        self.turns = (self.turns + i32::from(step < -HALF) - i32::from(step > HALF)).clamp(-MOST, MOST);
        self.last = Some(day);
        PLACEHOLDER + self.turns
    }

    /// A date that was written about the time of a line without a year.
    pub fn vote(&mut self, stamp: &Stamp, utc: Millis) {
        let Some(year) = DateTime::from_timestamp_millis(utc).map(|at| at.year()) else { return };
        let near = (year - 1..=year + 1).find(|year| (stamp.in_year(*year) - utc).abs() <= NEAR);
        if let (None, Some(year)) = (stamp.year, near) {
            self.vote_year(year);
        }
    }

    /// Whether more votes could change anything worth reading them for.
    pub fn asks(&self) -> bool {
        self.votes.values().sum::<usize>() < ENOUGH
    }

    fn vote_year(&mut self, year: i32) {
        *self.votes.entry(year - self.turns).or_default() += 1;
    }

    /// Years to add to the placeholder: what most dates of the file say, else the date in its name, which is that of its
    /// last line or later.
    pub fn settle(&self, last: Option<Stamp>, name: &str) -> Option<(i32, &'static str)> {
        if let Some((year, _)) = self.votes.iter().max_by_key(|(_, count)| **count) {
            return Some((year - PLACEHOLDER, "dates in the file"));
        }
        let (named, last) = (date_in(name)?, last?);
        let year = (named.year() - 1..=named.year()).rev().find(|year| last.in_year(*year) <= days(named) + NEAR)?;
        Some((year - self.turns - PLACEHOLDER, "the date in its name"))
    }
}

fn days(date: NaiveDate) -> Millis {
    Millis::from(date.to_epoch_days()) * 24 * HOUR
}

/// `maillog-20261123.gz`, `mail.log_2026-11-23`.
fn date_in(name: &str) -> Option<NaiveDate> {
    name.split(|c: char| !(c.is_ascii_digit() || c == '-')).find_map(|word| {
        let word = word.trim_matches('-');
        let digits: String = word.chars().filter(char::is_ascii_digit).take(8).collect();
        let date = NaiveDate::parse_from_str(&digits, "%Y%m%d").ok().filter(|_| digits.len() == 8)?;
        (2000..2100).contains(&date.year()).then_some(date)
    })
}

/// An interval moved by whole years on the calendar.
pub fn moved(span: Span, years: i32) -> Span {
    let Some(from) = DateTime::from_timestamp_millis(span.from).map(|at| at.date_naive()) else { return span };
    let year = from.year() + years;
    let to = NaiveDate::from_ymd_opt(year, from.month(), from.day()).or_else(|| NaiveDate::from_ymd_opt(year, 3, 1));
    to.map_or(span, |to| span.shifted((to - from).num_milliseconds()))
}

/// [`moved`] for many intervals of few days.
#[derive(Default)]
pub struct Moved {
    day: Millis,
    by: Option<Millis>,
}

impl Moved {
    /// The interval moved by whole years.
    pub fn of(&mut self, span: Span, years: i32) -> Span {
        let day = span.from.div_euclid(24 * HOUR);
        let by = match self.by.filter(|_| self.day == day) {
            Some(by) => by,
            None => moved(span, years).from - span.from,
        };
        (self.day, self.by) = (day, Some(by));
        span.shifted(by)
    }
}

/// Gives the times of a source without a year the year of its last one.
pub fn set_year(records: &mut [Evidence], source: &mut Source, index: u32, year: i32) {
    let Some(last) = source.span.and_then(|span| DateTime::from_timestamp_millis(span.to)).map(|at| at.year()) else { return };
    for record in records.iter_mut().filter(|record| record.source == index) {
        record.local = record.local.map(|span| moved(span, year - last));
    }
    source.span = source
        .span
        .map(|span| Span { from: moved(Span::instant(span.from), year - last).from, ..moved(Span::instant(span.to), year - last) });
    source.year_unknown = false;
}

/// Dates the sources whose year is not known by those of the run whose year is, the nearest first. Where nothing tells
/// any year, files of both sides of New Year still stand beside one another.
pub fn settle_years(store: &mut Store, sources: &mut [Source]) {
    let mut known: Vec<Span> = sources.iter().filter(|source| !source.year_unknown).filter_map(|source| source.span).collect();
    let told = !known.is_empty();
    if !told {
        // Whatever the order in which the files are named.
        known.extend(
            sources.iter().filter(|source| source.year_unknown).filter_map(|source| source.span).max_by_key(|span| (span.to, span.from)),
        );
    }
    let mut open: BTreeSet<usize> = sources.iter().enumerate().filter(|(_, source)| source.year_unknown).map(|(index, _)| index).collect();
    while let Some((index, (_, year))) = next(&open, sources, &known) {
        open.remove(&index);
        let Some(source) = sources.get_mut(index) else { return };
        set_year(&mut store.records, source, crate::evidence::index(index), year);
        source.year_unknown = !told;
        known.extend(source.span);
        let why = if told {
            format!(": {year} is taken from the other files")
        } else {
            format!(" and nothing tells it: the times stand in the year {year}")
        };
        source.note(1, format!("the lines have no year{why}"));
    }
}

/// The source without a year that is nearest to what is known, with the distance and its year.
fn next(open: &BTreeSet<usize>, sources: &[Source], known: &[Span]) -> Option<(usize, (Millis, i32))> {
    let placed = open.iter().filter_map(|index| Some((*index, nearest(sources.get(*index)?.span?, known)?)));
    placed.min_by_key(|(index, (distance, _))| (*distance, *index))
}

/// The year of its end that brings a span nearest to one of the others, with the distance; of equals the latest.
fn nearest(span: Span, known: &[Span]) -> Option<(Millis, i32)> {
    let year_of = |at: Millis| DateTime::from_timestamp_millis(at).map(|at| at.year());
    let own = year_of(span.to)?;
    let candidates = known.iter().filter_map(|other| Some(year_of(other.from)? - 1..=year_of(other.to)? + 1)).flatten();
    let distance = |year: i32| known.iter().map(|other| moved(span, year - own).distance(*other)).min();
    candidates.filter_map(|year| Some((distance(year)?, year))).min_by_key(|(distance, year)| (*distance, -year))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::day_time;

    fn stamp(month: u32, day: u32) -> Stamp {
        Stamp { year: None, month, day, time: 12 * HOUR, offset: None, precise: false }
    }

    #[test]
    fn new_year_turns_and_dates_vote() {
        let mut years = Years::default();
        let placed: Vec<i32> = [(12, 30), (12, 31), (1, 1), (12, 31), (1, 2)].map(|(month, day)| years.place(&stamp(month, day))).to_vec();
        assert_eq!(placed, [2000, 2000, 2001, 2000, 2001]);
        // 2026-01-02 11:00 UTC, and a date of another matter.
        years.vote(&stamp(1, 2), 1_767_351_600_000);
        years.vote(&stamp(1, 2), 1_780_000_000_000);
        assert_eq!(years.settle(None, ""), Some((25, "dates in the file")));
    }

    #[test]
    fn the_name_of_the_file() {
        let rows = [
            ("maillog-20260102.gz", Some(26)),
            ("mail-2025-12-31.log", Some(25)),
            ("mail.log", None),
            ("job-4711.log", None),
            ("x-20260101-120000", Some(25)),
        ];
        for (name, want) in rows {
            let mut years = Years::default();
            let last = if name.contains("0102") { stamp(1, 1) } else { stamp(12, 31) };
            years.place(&last);
            assert_eq!(years.settle(Some(last), name).map(|(years, _)| years), want, "{name}");
        }
    }

    #[test]
    fn other_files_date_it() {
        let day = |year, month, day| NaiveDate::from_ymd_opt(year, month, day).map(|date| Span::second(days(date))).unwrap();
        let rows = [
            (day(2000, 3, 10), vec![day(2026, 3, 11)], Some(2026)),
            (day(2000, 12, 31), vec![day(2026, 1, 1)], Some(2025)),
            (day(2000, 1, 1), vec![day(2025, 12, 31)], Some(2026)),
            (day(2000, 1, 1), vec![], None),
        ];
        for (span, known, want) in rows {
            assert_eq!(nearest(span, &known).map(|(_, year)| year), want, "{}", day_time(span.from));
        }
        assert_eq!(day_time(moved(day(2000, 2, 29), 26).from), "2026-03-01 00:00:00");
    }
}
