//! Reports that a relay writes to a sender: where they come to nothing, nobody learns of the failure.

use super::model::{Incident, Proof};
use crate::evidence::{Kind, Store};
use crate::journey::Journey;

/// How many members had a report that failed or waits.
pub fn lost(incident: &Incident, journeys: &[Journey], store: &Store) -> Option<Proof> {
    let failed = |at: &&u32| {
        let record = store.records.get(**at as usize);
        record.is_some_and(|record| {
            let report = store.relay_of(record).is_some_and(|relay| !relay.parent_queue_id.is_empty());
            report && matches!(record.kind, Kind::Fail | Kind::Defer)
        })
    };
    let all: Vec<u32> = incident.journeys.iter().filter_map(|at| journeys[*at as usize].evidence.iter().find(failed).copied()).collect();
    let first = *all.first()?;
    let mails = if all.len() == 1 { "1 of these mails".to_owned() } else { format!("{} of these mails", all.len()) };
    let text = format!("nobody was told: the relay's report of {mails} did not reach the sender either");
    Some(Proof { text, records: vec![first] })
}
