//! A clock that is set back in the middle of a log: by a person, by the time service, or at the end of summer time.

use crate::evidence::{Evidence, Fold, MINUTE, Millis};
use crate::source::Source;

/// Lines of several processes may be this much out of order.
const PLAY: Millis = MINUTE;
/// A step of about an hour may be the end of summer time.
const SUMMER: std::ops::RangeInclusive<Millis> = 50 * MINUTE..=70 * MINUTE;
/// So many are told one by one.
const TOLD: usize = 3;

/// One step back.
struct Step {
    /// Records before it.
    records: usize,
    /// Last time before, and first one behind.
    before: Millis,
    after: Millis,
}

/// Steps back of a file's clock.
#[derive(Default)]
pub struct Steps {
    last: Option<Millis>,
    steps: Vec<Step>,
}

impl Steps {
    /// The time of a line, and how many records stand before it.
    pub fn see(&mut self, at: Millis, records: usize) {
        if let Some(before) = self.last.filter(|last| at < *last - PLAY) {
            self.steps.push(Step { records, before, after: at });
        }
        self.last = Some(at);
    }

    /// Around a step of an hour, the hour that a clock of local time shows twice is told apart by the order of lines.
    pub fn folds(&self, records: &mut [Evidence]) {
        let [step] = &self.steps.iter().filter(|step| SUMMER.contains(&(step.before - step.after))).collect::<Vec<_>>()[..] else { return };
        for (at, record) in records.iter_mut().enumerate() {
            record.fold = if at < step.records { Fold::First } else { Fold::Second };
        }
    }

    /// Says so: order within the file counts then, not the time. Where it was no end of summer time, nobody knows which
    /// times the file covers.
    pub fn tell(&self, source: &mut Source) {
        source.selected |= self.steps.iter().any(|step| !SUMMER.contains(&(step.before - step.after)));
        for step in self.steps.iter().take(TOLD) {
            let minutes = (step.before - step.after) / MINUTE;
            let hours = if minutes >= 24 * 60 { format!("{} days", minutes / 1440) } else { format!("{minutes} minutes") };
            source.note(1, format!("the clock goes back by {hours} once: there the order of the lines counts, not their time"));
        }
        if self.steps.len() > TOLD {
            source.note(1, format!("the clock goes back {} times in all", self.steps.len()));
        }
    }
}
