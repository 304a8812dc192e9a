//! The time stamps of a file: each holds until the next one (icm.md 1.5).

use crate::evidence::{Fold, HOUR, MINUTE, Millis, Span};

/// Time moves on at most this far without a new stamp.
const RESOLUTION: Millis = MINUTE;
const DAY: Millis = 24 * HOUR;

/// All stamps in order of the file.
#[derive(Debug, Default)]
pub struct Clock {
    stamps: Vec<(Millis, Fold)>,
    /// Where those of this file begin.
    own: usize,
}

impl Clock {
    /// A stamp.
    pub fn push(&mut self, at: Millis) {
        self.stamps.push((at, Fold::Unknown));
    }

    /// Goes on with the stamps of the file before.
    pub fn after(before: Self) -> Self {
        Self { own: before.stamps.len(), ..before }
    }

    /// Which of the two hours a time of the file before is of, where its stamps tell.
    pub fn fold_before(&self, at: Millis) -> Fold {
        let own = self.stamps.get(..self.own).unwrap_or_default();
        own.iter().find(|(stamp, _)| *stamp == at).map_or(Fold::Unknown, |(_, fold)| *fold)
    }

    /// Index of the stamp that holds now.
    pub fn now(&self) -> Option<usize> {
        self.stamps.len().checked_sub(1)
    }

    /// Time of a stamp.
    pub fn at(&self, stamp: Option<usize>) -> Option<Millis> {
        stamp.and_then(|stamp| self.stamps.get(stamp)).map(|(at, _)| *at)
    }

    /// Whether a stamp inside a mail's body is one of a quoted log: it goes back, or on by more than a day.
    pub fn jumps(&self, at: Millis) -> bool {
        self.at(self.now()).is_some_and(|now| !(now..=now + DAY).contains(&at))
    }

    /// Time of what was written under a stamp: until the next one.
    pub fn time(&self, stamp: Option<usize>) -> (Option<Span>, Fold) {
        let Some((at, fold)) = stamp.and_then(|stamp| self.stamps.get(stamp)).copied() else { return (None, Fold::Unknown) };
        let next = stamp.and_then(|stamp| self.stamps.get(stamp + 1)).map_or(at + 999, |(next, _)| *next);
        (Some(Span { from: at, to: next.clamp(at, at + RESOLUTION) }), fold)
    }

    /// A stamp about an hour before its predecessor, in the small hours: the clocks went back, so the hour before it
    /// is the first of the doubled one and the hour behind it the second (icm.md section 8). A small step is disorder
    /// between threads, so the step nearest to an hour is taken.
    pub fn folds(&mut self) {
        let steps = (1..self.stamps.len()).filter_map(|at| {
            let (before, turn) = (self.stamps[at - 1].0, self.stamps[at].0);
            let small_hours = (HOUR..3 * HOUR).contains(&turn.rem_euclid(DAY));
            (small_hours && (MINUTE..=HOUR).contains(&(before - turn))).then_some((HOUR - (before - turn), at))
        });
        let Some((_, back)) = steps.min() else { return };
        let turn = self.stamps[back].0;
        let hour = turn - turn.rem_euclid(HOUR);
        for (at, (stamp, fold)) in self.stamps.iter_mut().enumerate() {
            if (hour..hour + HOUR).contains(stamp) {
                *fold = if at < back { Fold::First } else { Fold::Second };
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clock(minutes: &[Millis]) -> Clock {
        let mut clock = Clock::default();
        for at in minutes {
            clock.push(at * MINUTE);
        }
        clock.folds();
        clock
    }

    #[test]
    fn the_doubled_hour_turns_at_the_step_nearest_to_an_hour() {
        let folds = |minutes: &[Millis]| clock(minutes).stamps.iter().map(|(_, fold)| *fold).collect::<Vec<_>>();
        let (none, first, second) = (Fold::Unknown, Fold::First, Fold::Second);
        let rows: [(&[Millis], Vec<Fold>); 4] = [
            (&[150, 170, 125, 170, 185], vec![first, first, second, second, none]),
            // Disorder between threads at noon of the day before.
            (&[-690, -692, 150, 170, 125], vec![none, none, first, first, second]),
            // ... and just before the turn.
            (&[150, 148, 179, 120, 130], vec![first, first, first, second, second]),
            (&[750, 700], vec![none, none]),
        ];
        for (minutes, want) in rows {
            assert_eq!(folds(minutes), want, "{minutes:?}");
        }
    }

    #[test]
    fn quoted_stamps_jump() {
        let clock = clock(&[1000]);
        let rows = [(999, true), (1000, false), (1030, false), (1000 + 24 * 60 + 1, true)];
        for (minute, want) in rows {
            assert_eq!(clock.jumps(minute * MINUTE), want, "{minute}");
        }
    }
}
