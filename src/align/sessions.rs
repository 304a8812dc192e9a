//! SMTP sessions that failed before a recipient was named join the mails they held up.
//!
//! Such a session names a host and a time. SAP's last status tells which one was the last try of a mail; the tries
//! before it follow from the way SAPconnect works: a run of the send job tries every mail that is due, and a mail is
//! due again ten minutes after a try that failed (sost.md section 5.2).

use super::View;
use super::assign;
use super::attempts::{NEAR, SAME_REPLY, Slot};
use super::compare::{self, Part, Texts};
use super::model::{Link, LinkKey, Mail};
use crate::evidence::{Hop, Kind, MINUTE, Millis, SapState, Span};
use crate::smtp::squeeze;
use std::collections::BTreeSet;

/// Two failed sessions further apart belong to two runs of the send job.
const RUN_GAP: Millis = 2 * MINUTE;
/// SAPconnect tries again ten minutes after a temporary error at the earliest; clocks and runs leave some play.
const DUE_AGAIN: Millis = 9 * MINUTE + 30_000;

/// Codes by which a server refuses a logon (RFC 4954 section 6).
const LOGON_REFUSED: [&str; 3] = ["535", "534", "454"];

/// A session that failed.
struct Session {
    at: Span,
    record: u32,
    host: String,
    /// Whose mail it was, where a relay told it.
    sender: Part,
    reply: String,
    /// The connection or its TLS failed, so no server said anything.
    silent: bool,
    /// A relay tells that it refused a logon, in words of its own.
    logon: bool,
}

/// Gives mails the failed sessions that belong to their last status, then those of earlier runs.
pub fn link(view: &View<'_>, slots: &[Slot], mails: &mut [Mail]) {
    let sessions = sessions(view);
    let mut used = last_tries(view.texts, slots, &sessions, mails);
    shared(view.texts, slots, &sessions, mails, &mut used);
    let unused: Vec<&Session> = sessions.iter().filter(|session| session.silent && !used.contains(&session.record)).collect();
    earlier_tries(view, slots, &unused, mails);
}

/// All of them by time.
fn sessions(view: &View<'_>) -> Vec<Session> {
    let one = |record: &u32| {
        let evidence = view.store.records.get(*record as usize)?;
        let host = view.store.smtp_of(evidence).map_or_else(String::new, |facts| view.store.text(facts.host).to_lowercase());
        // At the door of a relay others are refused as well.
        let sender = if evidence.hop == Hop::Relay { view.texts.sender(evidence) } else { Part::default() };
        let reply = squeeze(view.store.text(evidence.reply));
        let silent = matches!(evidence.kind, Kind::Connect | Kind::Tls);
        let logon = evidence.hop == Hop::Relay && evidence.kind == Kind::Auth;
        Some(Session { at: view.at(*record)?, record: *record, host, sender, reply, silent, logon })
    };
    let mut out: Vec<Session> = view.units.sessions.iter().filter_map(one).collect();
    out.sort_by_key(|session| (session.at, session.record));
    out
}

impl Slot {
    /// SAP's last status speaks of a try that failed.
    fn failed(&self) -> Option<Span> {
        self.status.filter(|_| matches!(self.state, SapState::Error | SapState::Retry))
    }

    fn same_host(&self, session: &Session) -> bool {
        session.host.is_empty() || self.host.is_empty() || session.host == self.host
    }

    /// Whether SAP's last status can speak of this session: the same words, or no words and the same host.
    fn fits(&self, texts: &Texts<'_>, session: &Session) -> bool {
        if session.silent {
            return self.same_host(session) && !self.replied;
        }
        if session.logon {
            return LOGON_REFUSED.iter().any(|code| self.reply.starts_with(code));
        }
        let same_sender = texts.agree(self.sender, session.sender);
        self.replied
            && same_sender
            && compare::shared_prefix(&session.reply, &self.reply) >= SAME_REPLY.min(session.reply.chars().count().max(1))
    }
}

/// Failed mails without a try, and failed sessions, one to one in order of time.
fn last_tries(texts: &Texts<'_>, slots: &[Slot], sessions: &[Session], mails: &mut [Mail]) -> BTreeSet<u32> {
    let mut open: Vec<(Span, usize)> =
        (0..mails.len()).filter(|at| mails[*at].attempts.is_empty()).filter_map(|at| Some((slots[at].failed()?, at))).collect();
    open.sort_unstable();
    let cost = |a: usize, b: usize| {
        let (status, mail) = open[a];
        let fits = sessions[b].at.distance(status) <= NEAR && slots[mail].fits(texts, &sessions[b]);
        fits.then(|| (sessions[b].at.middle() - status.middle()).abs())
    };
    let mut used = BTreeSet::new();
    for (a, b) in assign::pairs(open.len(), sessions.len(), true, &cost) {
        take(&mut mails[open[a].1], &slots[open[a].1], &sessions[b]);
        used.insert(sessions[b].record);
    }
    used
}

/// A session may fail for several mails at once: mails that are still without a try share the nearest one.
fn shared(texts: &Texts<'_>, slots: &[Slot], sessions: &[Session], mails: &mut [Mail], used: &mut BTreeSet<u32>) {
    let longest = sessions.iter().map(|session| session.at.to - session.at.from).max().unwrap_or(0);
    for (mail, slot) in mails.iter_mut().zip(slots).filter(|(mail, _)| mail.attempts.is_empty()) {
        let Some(status) = slot.failed() else { continue };
        let first = sessions.partition_point(|session| session.at.from < status.from - NEAR - longest);
        let near = sessions[first..].iter().take_while(|session| session.at.from <= status.to + NEAR);
        let fitting = near.filter(|session| session.at.distance(status) <= NEAR && slot.fits(texts, session));
        if let Some(session) = fitting.min_by_key(|session| ((session.at.middle() - status.middle()).abs(), session.record)) {
            take(mail, slot, session);
            used.insert(session.record);
        }
    }
}

fn take(mail: &mut Mail, slot: &Slot, session: &Session) {
    let confidence = if slot.reply.is_empty() { 0.6 } else { 0.8 };
    mail.attempts.push((session.record, Link { key: LinkKey::Reply, confidence, runner_up: None }));
}

/// Walks the runs of the send job in order of time. A run counts only when it shows a try for every mail that was due
/// in it; otherwise nobody can say whose tries these were.
fn earlier_tries(view: &View<'_>, slots: &[Slot], unused: &[&Session], mails: &mut [Mail]) {
    let mut waiting: Vec<(Millis, Millis, usize)> = (0..mails.len()).filter_map(|at| held_up(view, &slots[at], &mails[at], at)).collect();
    waiting.sort_unstable();
    let mut last_try: Vec<Millis> = vec![Millis::MIN; mails.len()];
    let (mut next, mut active): (usize, Vec<(Millis, usize)>) = (0, Vec::new());
    for run in unused.chunk_by(|a, b| b.at.from - a.at.to <= RUN_GAP) {
        let (Some(begin), Some(end)) = (run.first().map(|s| s.at.from), run.last().map(|s| s.at.to)) else { continue };
        while let Some((_, until, mail)) = waiting.get(next).filter(|(from, ..)| *from <= begin) {
            active.push((*until, *mail));
            next += 1;
        }
        active.retain(|(until, _)| *until > end);
        let due: Vec<usize> =
            active.iter().map(|(_, mail)| *mail).filter(|mail| begin - last_try[*mail].max(Millis::MIN / 2) >= DUE_AGAIN).collect();
        let fitting: Vec<&&Session> = run.iter().filter(|session| due.iter().any(|mail| slots[*mail].same_host(session))).collect();
        if due.is_empty() || fitting.len() < due.len() {
            continue;
        }
        let confidence = if fitting.len() == due.len() { 0.6 } else { 0.5 };
        for (mail, session) in due.iter().zip(fitting) {
            last_try[*mail] = session.at.to;
            mails[*mail].attempts.push((session.record, Link { key: LinkKey::Reply, confidence, runner_up: None }));
        }
    }
}

/// Span in which a mail waited between two runs: from its request until some time before the try that ended the wait.
fn held_up(view: &View<'_>, slot: &Slot, mail: &Mail, at: usize) -> Option<(Millis, Millis, usize)> {
    let begin = slot.requested?.from;
    let tried = mail.attempts.iter().filter_map(|(record, _)| view.at(*record)).map(|span| span.from).min();
    let until = tried.or(slot.status.map(|status| status.from))? - RUN_GAP;
    let stuck = slot.failed().is_some() || slot.state.handed_over();
    (stuck && until > begin).then_some((begin, until, at))
}
