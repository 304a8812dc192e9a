//! What stands around an incident: rates, the number behind which mails fail, the user's events, the clock.

use crate::evidence::{HOUR, Millis, day_time};
use crate::incident::{Event, Incident, Rate, Rates};
use crate::pipeline::Analysis;
use crate::report::clean;
use crate::report::export::sap_zone_assumed;

/// In which clock the times are.
pub fn clock(analysis: &Analysis) -> &'static str {
    if sap_zone_assumed(analysis) { "in SAP's own clock: its zone is unknown" } else { "in UTC" }
}

/// The number behind which the mails of a minute fail.
pub fn volume(incident: &Incident) -> String {
    incident.fails_after.map_or_else(String::new, |count| format!(" (here behind {count} mails in a minute)"))
}

/// Mails in an hour and how many of them failed: before, meanwhile, after; where a time is seen.
pub fn rate(rates: &Rates) -> Option<String> {
    let one = |(word, rate): (&str, Rate)| {
        let hourly = (Millis::try_from(rate.mails).unwrap_or(0) * HOUR + rate.span / 2) / rate.span.max(1);
        let share = match rate.failed * 100 / rate.mails.max(1) {
            _ if rate.failed == 0 => "none failed".to_owned(),
            _ if rate.failed == rate.mails => "all failed".to_owned(),
            share => format!("{} % failed", share.max(1)),
        };
        format!("{word} {hourly} mails/h, {share}")
    };
    let seen =
        [("before", rates.before), ("meanwhile", rates.during), ("after", rates.after)].into_iter().filter(|(_, rate)| rate.mails > 0);
    let parts: Vec<String> = seen.map(one).collect();
    (parts.len() > 1).then(|| parts.join(" · "))
}

/// The user's events around the onset, each with its place in time.
pub fn events(analysis: &Analysis, incident: &Incident) -> Vec<String> {
    let all = incident.events.iter().filter_map(|at| analysis.events.get(*at as usize));
    all.map(|event| format!("{} {} ({})", day_time(event.at), clean(&event.text), place(incident, event))).collect()
}

fn place(incident: &Incident, event: &Event) -> String {
    let minutes = |span: Millis| match span / 60_000 {
        0 => "less than a minute".to_owned(),
        1 => "1 minute".to_owned(),
        many => format!("{many} minutes"),
    };
    match (incident.onset.after, incident.onset.before) {
        (_, Some(bad)) if event.at > bad => format!("{} behind the first bad mail", minutes(event.at - bad)),
        (Some(good), _) if event.at < good => format!("{} before the last good mail", minutes(good - event.at)),
        (None, Some(bad)) => format!("{} before the first bad mail", minutes(bad - event.at)),
        _ => "between the last good and the first bad mail".to_owned(),
    }
}
