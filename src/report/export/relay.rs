//! What to ask the administrators of relays for.

use super::{Gap, mails, window};
use crate::evidence::{HOUR, Hop, MINUTE, rfc3339};
use crate::journey::{Journey, Verdict};
use crate::pipeline::Analysis;
use crate::report::clean;
use crate::smtp::is_microsoft;
use std::collections::BTreeSet;

/// More names than this are not listed one by one.
const FEW: usize = 3;

/// Mails that a relay took and whose log does not show them.
pub fn not_seen(analysis: &Analysis) -> Option<Gap> {
    let gone = |journey: &&Journey| journey.verdict == Verdict::Missing && journey.stopped_at == Some(Hop::Relay);
    let missing: Vec<&Journey> = analysis.journeys.iter().filter(gone).collect();
    let (from, to) = window(missing.iter().copied(), MINUTE)?;
    let have = if missing.len() == 1 { "has" } else { "have" };
    Some(Gap {
        what: format!("{} {have} no line in the log of a relay that covers that time", mails(missing.len())),
        export: format!("the logs of all servers behind {} from {} to {}", names(analysis, &missing), rfc3339(from), rfc3339(to)),
    })
}

/// Mails handed to own relays whose logs are not given.
pub fn unlogged(analysis: &Analysis) -> Option<Gap> {
    let host = |journey: &Journey| analysis.reading.store.text(journey.host).to_lowercase();
    let beyond = |journey: &&Journey| journey.verdict == Verdict::HandedOff && !host(journey).is_empty() && !is_microsoft(&host(journey));
    let open: Vec<&Journey> = analysis.journeys.iter().filter(beyond).collect();
    let (from, to) = window(open.iter().copied(), HOUR)?;
    let were = if open.len() == 1 { "was" } else { "were" };
    Some(Gap {
        what: format!("{} {were} handed to a server between here and Exchange Online whose log is not given", mails(open.len())),
        export: format!("the mail log of {} from {} to {}", names(analysis, &open), rfc3339(from), rfc3339(to)),
    })
}

fn names(analysis: &Analysis, journeys: &[&Journey]) -> String {
    let hosts: BTreeSet<String> = journeys.iter().map(|journey| clean(analysis.reading.store.text(journey.host)).to_lowercase()).collect();
    let mut named: Vec<&str> = hosts.iter().map(String::as_str).filter(|host| !host.is_empty()).take(FEW).collect();
    if named.is_empty() {
        return "the host that SAP's node names".to_owned();
    }
    if hosts.len() > FEW {
        named.push("others");
    }
    named.join(", ")
}
