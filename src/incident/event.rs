//! The user's own list of events, laid beside the onset of each incident.

use super::model::Incident;
use crate::evidence::{HOUR, MINUTE, Millis};

/// Something that happened, by the user's word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// When, UTC.
    pub at: Millis,
    /// What.
    pub text: String,
    /// Line of the list.
    pub line: u32,
}

/// Events this long before the last good mail may have to do with the onset; without one, a day before the first bad.
const BEFORE: Millis = 2 * HOUR;
const WITHOUT: Millis = 24 * HOUR;
/// Clocks of people may be late.
const BEHIND: Millis = 15 * MINUTE;
/// More than this beside one onset tells nothing.
const SHOWN: usize = 3;

/// Writes into each incident the events around its onset: those between the last good and the first bad mail first, then
/// the nearest.
pub fn lay_beside(incidents: &mut [Incident], events: &[Event]) {
    for incident in incidents {
        let Some(bad) = incident.onset.before else { continue };
        let good = incident.onset.after;
        let (from, to) = (good.map_or(bad - WITHOUT, |good| good - BEFORE), bad + BEHIND);
        let distance = |at: Millis| if at > bad { at - bad } else { (good.unwrap_or(bad) - at).max(0) };
        let mut near: Vec<(Millis, u32)> = (0u32..)
            .zip(events)
            .filter(|(_, event)| from <= event.at && event.at <= to)
            .map(|(at, event)| (distance(event.at), at))
            .collect();
        near.sort_unstable();
        near.truncate(SHOWN);
        incident.events = near.into_iter().map(|(_, at)| at).collect();
    }
}

#[cfg(test)]
mod tests {
    use super::super::Bracket;
    use super::*;

    #[test]
    fn the_bracket_comes_first_and_far_events_not_at_all() {
        let event = |minute: i64| Event { at: minute * MINUTE, text: minute.to_string(), line: 1 };
        let events = [event(-200), event(-30), event(5), event(12), event(18), event(40)];
        let mut incidents = [Incident { onset: Bracket { after: Some(0), before: Some(10 * MINUTE) }, ..Incident::default() }];
        lay_beside(&mut incidents, &events);
        let told: Vec<&str> = incidents[0].events.iter().map(|at| events[*at as usize].text.as_str()).collect();
        assert_eq!(told, ["5", "12", "18"]);
    }
}
