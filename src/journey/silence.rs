//! Times in which no send job ran: SAP hands over mail only while one does (sost.md section 5.1).

use crate::align::Alignment;
use crate::evidence::{ContextFacts, Fold, JobStatus, MINUTE, Millis, Span, Store};
use crate::source::Source;

/// Even in quiet periods the send job should run every 15 minutes (sost.md section 5.1); a shorter pause is none.
const QUIET: Millis = 15 * MINUTE;
/// A pause this many times longer than the usual one is a silence.
const USUAL: Millis = 3;

/// A time without a run of the send job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Silence {
    /// End of the run before, UTC.
    pub from: Millis,
    /// Begin of the next run, or the time up to which the list shows other jobs.
    pub to: Millis,
    /// Whether a run ended it.
    pub ended: bool,
    /// Whether the run before broke off.
    pub cancelled: bool,
    /// Records of the runs around it.
    pub records: Vec<u32>,
}

impl Silence {
    /// Whether a mail asked for at a time and still waiting at another could not go out because of it.
    #[must_use]
    pub fn held_up(&self, requested: Millis, now: Millis) -> bool {
        let within = self.from <= requested && requested <= self.to;
        within && now - requested > QUIET && (!self.ended || now <= self.to)
    }
}

/// The silence in which a time may lie: they follow one another.
pub fn of(silences: &[Silence], at: Millis) -> Option<&Silence> {
    silences[..silences.partition_point(|silence| silence.from <= at)].last()
}

/// A run of the send job.
struct Run {
    from: Millis,
    to: Millis,
    record: u32,
    cancelled: bool,
}

/// All silences, in order of time. Only a list of jobs shows that none ran; logs of single runs complete it.
#[must_use]
pub fn silences(store: &Store, sources: &[Source], alignment: &Alignment) -> Vec<Silence> {
    let lists = sources.iter().zip(&alignment.clocks).filter(|(source, _)| source.format == "sap-jobs");
    let lists: Vec<Span> = lists.filter_map(|(source, clock)| Some(clock.utc(source.span?, Fold::Unknown))).collect();
    let mut runs: Vec<Run> = store.contexts().filter_map(|(record, facts)| run(alignment, record, facts)).collect();
    runs.sort_by_key(|run| (run.from, run.record));
    runs.dedup_by_key(|run| run.from);
    let usual = usual(&runs);
    let silent = |from: Millis, to: Millis| {
        let long = to.saturating_sub(from) > QUIET.max(USUAL * usual);
        long && lists.iter().any(|list| list.from <= from && to <= list.to)
    };
    let (mut out, mut reach) = (Vec::new(), Millis::MIN);
    for (at, run) in runs.iter().enumerate() {
        // A run may outlast the one behind it.
        reach = reach.max(run.to);
        let next = runs.get(at + 1);
        let end = next.map(|next| next.from).or_else(|| lists.iter().map(|list| list.to).max());
        if let Some(to) = end.filter(|to| silent(reach, *to)) {
            let records = [Some(run), next].into_iter().flatten().map(|run| run.record).collect();
            out.push(Silence { from: reach, to, ended: next.is_some(), cancelled: run.cancelled, records });
        }
    }
    out
}

/// Usual time from one run to the next, the lower of two middle ones: the silence itself is a pause too.
fn usual(runs: &[Run]) -> Millis {
    let mut pauses: Vec<Millis> = runs.windows(2).map(|pair| pair[1].from - pair[0].from).collect();
    pauses.sort_unstable();
    pauses.get(pauses.len().saturating_sub(1) / 2).copied().unwrap_or(0)
}

fn run(alignment: &Alignment, record: u32, facts: &ContextFacts) -> Option<Run> {
    let ContextFacts::Job { status, seconds } = facts else { return None };
    let at = alignment.utc.get(record as usize).copied().flatten()?;
    // One that still ran when the list was made has no end that is known.
    let to = if *status == JobStatus::Active { Millis::MAX } else { at.to + seconds * 1000 };
    Some(Run { from: at.from, to, record, cancelled: *status == JobStatus::Cancelled })
}
