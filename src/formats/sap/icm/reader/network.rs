//! Failures of the network and of handshakes, with what explains them above or below.

use super::super::failure;
use super::super::output::{Passage, Peer};
use super::super::tls::Handshake;
use super::{Failed, Reader};
use crate::evidence::{Kind, MINUTE, Millis};

/// A message of the network layer explains a failure within this.
const NEAR: Millis = MINUTE;

impl Reader<'_, '_, '_> {
    /// A failure of the network, or a message of another matter.
    pub(super) fn message(&mut self, thread: &str, mut passage: Passage) {
        passage.text = self.dialogue.redact(&passage.text);
        if failure::is_low_level(&passage.text) {
            self.reasons.insert(thread.to_owned(), passage);
            return;
        }
        let text = passage.text.clone();
        let failed = failure::connection(&text).map(|to| (to, Kind::Connect, "connect"));
        let failed = failed.or_else(|| failure::handshake(&text).map(|to| (to, Kind::Tls, "tls")));
        let Some((to, kind, stage)) = failed.filter(|(to, ..)| failure::is_mail_port(to.port, &self.ports)) else {
            let broken = failure::broken(&text).filter(|_| failure::connection(&text).is_none());
            if broken.is_some_and(|broken| self.dialogue.breaks(thread, broken, passage.clone(), &mut self.out)) {
                return;
            }
            return self.other(&passage.lines, thread, &text);
        };
        let key = format!("{thread}:{}", passage.lines.first().copied().unwrap_or(0));
        if let Some(canonical) = failure::canonical(&text, to.cause) {
            passage.text.push_str("; ");
            passage.text.push_str(&canonical);
        }
        let told = self.handshakes.remove(thread).filter(|told| kind == Kind::Tls && self.near(told.stamp, passage.stamp));
        let bare = told.is_none() && kind == Kind::Tls;
        if let Some(told) = told {
            passage.text.push_str(&told.told());
            passage.lines.splice(0..0, told.lines);
        }
        if let Some(reason) = self.reasons.remove(thread).filter(|reason| self.explains(reason, to.cause, &passage)) {
            passage.text.push_str("; ");
            passage.text.push_str(&reason.text);
            passage.lines.splice(0..0, reason.lines);
        }
        let record = self.out.network(&passage, kind, stage, &Peer { key: &key, host: to.host, port: to.port });
        self.failed.remove(thread);
        if bare {
            self.failed.insert(thread.to_owned(), Failed { record, passage, told: Handshake::default() });
        }
    }

    /// What is told below a failure under the same stamp is of it.
    fn explained(&mut self, numbers: &[u32], thread: &str, text: &str) -> bool {
        let now = self.clock.now();
        let Some(failed) = self.failed.get_mut(thread).filter(|failed| failed.passage.stamp == now) else { return false };
        if !failed.told.take(numbers, now, text) {
            return false;
        }
        let mut passage = failed.passage.clone();
        passage.text.push_str(&failed.told.told());
        passage.lines.extend(&failed.told.lines);
        self.out.amend(failed.record, &passage);
        true
    }

    /// A reason stands just above on the same thread, and speaks of the same error.
    fn explains(&self, reason: &Passage, cause: &str, failed: &Passage) -> bool {
        self.near(reason.stamp, failed.stamp) && failure::explains(&reason.text, cause)
    }

    fn near(&self, before: Option<usize>, after: Option<usize>) -> bool {
        match (self.clock.at(before), self.clock.at(after)) {
            (Some(before), Some(after)) => (after - before).abs() <= NEAR,
            _ => true,
        }
    }

    /// Remembers what is told of a handshake until it fails; one that went well, or was none of mail, leaves nothing behind.
    pub(super) fn handshake(&mut self, numbers: &[u32], thread: &str, text: &str) {
        if text.contains("SSL handshake with") || text.contains("SapSSLSessionStart") && text.contains("==SAP_O_K") {
            self.handshakes.remove(thread);
        } else if !self.explained(numbers, thread, text) {
            let (stamp, mut known) = (self.clock.now(), self.handshakes.remove(thread).unwrap_or_default());
            if known.take(numbers, stamp, text) || !known.lines.is_empty() {
                self.handshakes.insert(thread.to_owned(), known);
            }
        }
    }
}
