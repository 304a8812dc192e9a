//! Requests of a story: when somebody asks for a mail, and when the send job gets to it.

use std::collections::BTreeMap;

use super::clock::next_run;
use super::content::{USERS, request};
use super::rng::Rng;
use super::world::{Case, Mail, Status};

/// A request that has no number yet.
pub struct Draft {
    /// Milliseconds since 1970 UTC.
    pub at: i64,
    /// Full address.
    pub recipient: String,
    /// Full subject.
    pub subject: String,
    /// The script's intention.
    pub case: Case,
    /// Application server, or any.
    pub host: Option<usize>,
}

/// A request written by hand.
pub fn scripted(at: i64, recipient: &str, subject: &str, case: Case) -> Draft {
    Draft { at, recipient: recipient.to_owned(), subject: subject.to_owned(), case, host: None }
}

/// `count` ordinary requests between two instants, `internal` of 100 to the own company.
pub fn ordinary(rng: &mut Rng, count: usize, span: (i64, i64), internal: i64) -> Vec<Draft> {
    let mut drafts = Vec::new();
    for _ in 0..count {
        let inside = rng.chance(internal);
        let (recipient, subject) = request(rng, inside);
        let at = rng.range(span.0, span.1);
        drafts.push(Draft { at, recipient, subject, case: Case::Plain, host: None });
    }
    drafts
}

/// Groups of two or three equal mails that are asked for within a few seconds.
pub fn twins(rng: &mut Rng, groups: usize, span: (i64, i64)) -> Vec<Draft> {
    let mut drafts = Vec::new();
    for group in 0..groups {
        let (recipient, subject) = request(rng, group % 2 == 0);
        // In the middle of a send interval, so that one run takes the whole group.
        let start = next_run(rng.range(span.0, span.1)) + rng.range(20_000, 200_000);
        for i in 0..rng.range(2, 3) {
            let at = start + i * 1_000;
            drafts.push(scripted(at, &recipient, &subject, Case::Plain));
        }
    }
    drafts
}

/// Sorts the requests by time and gives them numbers from `first` on, with gaps.
pub fn book(mut drafts: Vec<Draft>, first: u64, hosts: usize, rng: &mut Rng) -> Vec<Mail> {
    drafts.sort_by_key(|draft| draft.at);
    let mut record = first;
    let mut mails = Vec::new();
    for draft in drafts {
        record += 1 + rng.bits() % 7;
        mails.push(Mail {
            recipient: draft.recipient,
            subject: draft.subject,
            user: rng.pick::<&str>(USERS),
            record,
            request_id: rng.hex(32).to_uppercase(),
            size: rng.range(6_000, 380_000),
            requested: draft.at,
            host: draft.host.unwrap_or_else(|| rng.below(hosts)),
            case: draft.case,
            attempts: Vec::new(),
            status: Status { at: draft.at, kind: "W", class: "SO", number: 672, ..Status::default() },
            trace: None,
            finding: ("waiting", "SAP-SO672", "investigate"),
        });
    }
    mails
}

/// The first transmission of every mail: the next run of the send job, which takes a few
/// seconds per mail on each application server.
pub fn first_attempts(mails: &[Mail], rng: &mut Rng) -> Vec<i64> {
    let mut busy: BTreeMap<(i64, usize), i64> = BTreeMap::new();
    let mut times = Vec::new();
    for mail in mails {
        let run = next_run(mail.requested);
        let free = busy.entry((run, mail.host)).or_insert(run);
        *free += rng.range(1_200, 4_000);
        times.push(*free);
    }
    times
}
