//! What the server answers.

use super::transaction::Transaction;
use super::{Decision, Phase, Progress, Session, Waiting};
use crate::smtp::Reply;

/// Whether a reply has the words by which Exchange takes a mail, with its Message-ID: those of the endpoint for
/// anybody, and those of the one for users who have logged on (exchange.md section 3.1).
pub fn is_acceptance(reply: &Reply<'_>) -> bool {
    let queued = reply.text.starts_with('<') && reply.text.contains("Queued mail for delivery");
    let submitted = reply.text.starts_with("OK <") && reply.text.contains("> [Hostname=");
    reply.code == Some(250) && (queued || submitted)
}

impl Session {
    /// A complete reply of the server. `marked`: it cannot be a line of another kind.
    pub fn received(&mut self, reply: &Reply<'_>, marked: bool) -> Option<Decision> {
        let taken = is_acceptance(reply);
        let begun = taken && (self.pass_to_content() || !self.mail.recipients.is_empty());
        let decision = self.answer(reply, marked);
        if decision.is_some() || !taken {
            return decision;
        }
        // The mail was taken even where nothing of it is in the trace but these words: they name it. What is known of the
        // mail before is not of this one.
        if !begun {
            self.mail = Transaction::default();
        }
        Some(Decision::Accepted(std::mem::take(&mut self.mail.recipients)))
    }

    /// Passes commands whose replies are not in the trace, up to the content, and says whether one of them began a mail.
    /// A recipient among them counts as taken when there is no other.
    fn pass_to_content(&mut self) -> bool {
        let content = |waiting: &Waiting| matches!(waiting, Waiting::Data | Waiting::EndOfData | Waiting::Chunk { last: true });
        let end = self.waiting.iter().position(content).unwrap_or(self.waiting.len());
        let (mut begun, mut passed) = (false, Vec::new());
        for waiting in self.waiting.drain(..end) {
            match waiting {
                Waiting::Mail { sender, size } => {
                    self.mail = Transaction { sender, size, ..Transaction::default() };
                    begun = true;
                }
                Waiting::Rcpt(recipient) => passed.push(recipient),
                _ => {}
            }
        }
        if let (true, [_]) = (self.mail.recipients.is_empty(), &passed[..]) {
            self.mail.recipients = passed;
            self.guessed = true;
        }
        begun
    }

    fn answer(&mut self, reply: &Reply<'_>, marked: bool) -> Option<Decision> {
        let code = reply.code?;
        self.note_names(reply, code);
        if code == 334 {
            self.secrets.challenge(reply.text);
        }
        if matches!(code, 221 | 421) {
            self.closed = true;
            return if code == 421 { self.closing() } else { None };
        }
        let greeting = self.progress == Progress::Fresh;
        self.progress = self.progress.max(Progress::Greeted);
        if greeting && (code == 220 || self.waiting.is_empty()) {
            self.stage = "connect";
            return self.refuse(code, "connect", Vec::new());
        }
        let Some(waiting) = self.answered(code) else { return self.unasked(code, marked) };
        let stage = waiting.stage();
        if !stage.is_empty() {
            self.stage = stage;
        }
        match waiting {
            Waiting::Auth => self.auth(code),
            Waiting::StartTls => (code >= 400).then_some(Decision::NoTls),
            Waiting::Hello => {
                self.reset(code);
                self.refuse(code, stage, Vec::new())
            }
            Waiting::Reset => {
                self.reset(code);
                None
            }
            Waiting::Mail { sender, size } => self.mail(code, sender, size),
            Waiting::Rcpt(recipient) => self.rcpt(code, recipient),
            Waiting::Data => self.data(code, reply),
            Waiting::Chunk { last } => self.chunk(code, last),
            Waiting::EndOfData => self.end_of_data(code),
            Waiting::Decided | Waiting::Other => None,
        }
    }

    /// The command that a reply answers. Some codes answer one command only, so replies that are not in the trace are
    /// skipped there.
    fn answered(&mut self, code: u16) -> Option<Waiting> {
        let own = match code {
            354 => Waiting::Data,
            334 | 235 => Waiting::Auth,
            220 => Waiting::StartTls,
            _ => return self.waiting.pop_front(),
        };
        match self.waiting.iter().position(|waiting| *waiting == own) {
            Some(at) => self.waiting.drain(..=at).next_back(),
            // What follows is a body, whether DATA is in the trace or not.
            None => (code == 354).then_some(own),
        }
    }

    /// Host of the greeting, and our address in the answer to EHLO: `host Hello [ip]`.
    fn note_names(&mut self, reply: &Reply<'_>, code: u16) {
        let first = reply.text.split_whitespace().next().unwrap_or("");
        if code == 220 && self.progress == Progress::Fresh && first.contains('.') {
            first.clone_into(&mut self.host);
        }
        if let Some((_, behind)) = reply.text.split_once("Hello [") {
            behind.split(']').next().unwrap_or("").clone_into(&mut self.egress);
        }
    }

    /// 421 may answer any command and refuses all that is open (RFC 5321 section 3.8).
    fn closing(&mut self) -> Option<Decision> {
        let mut recipients = std::mem::take(&mut self.mail.recipients);
        recipients.extend(self.waiting.iter().filter_map(|waiting| if let Waiting::Rcpt(to) = waiting { Some(to.clone()) } else { None }));
        let stage = match self.waiting.front() {
            Some(waiting) => waiting.stage(),
            None if self.progress > Progress::Fresh => self.stage,
            None => "connect",
        };
        if recipients.is_empty() && (self.refused || self.progress == Progress::Served && self.waiting.is_empty()) {
            return None;
        }
        if recipients.is_empty() && self.waiting.front() == Some(&Waiting::Auth) {
            return Some(Decision::NoAuth);
        }
        Some(Decision::Refused { stage, recipients })
    }

    /// A closing 4xx or 5xx that no command asked for. Without marks it may be a line of another kind.
    fn unasked(&mut self, code: u16, marked: bool) -> Option<Decision> {
        if !marked || code < 400 || self.progress == Progress::Served && self.mail.recipients.is_empty() {
            return None;
        }
        let recipients = std::mem::take(&mut self.mail.recipients);
        let stage = if recipients.is_empty() { self.stage } else { "eod" };
        self.refused &= self.commanded;
        self.refuse(code, stage, recipients)
    }

    fn refuse(&mut self, code: u16, stage: &'static str, recipients: Vec<String>) -> Option<Decision> {
        if code < 400 || std::mem::replace(&mut self.refused, true) {
            return None;
        }
        Some(Decision::Refused { stage, recipients })
    }

    fn reset(&mut self, code: u16) {
        if code < 400 {
            self.mail = Transaction::default();
            (self.refused, self.chunked) = (false, false);
        }
    }

    fn auth(&mut self, code: u16) -> Option<Decision> {
        if code == 334 {
            self.waiting.push_front(Waiting::Auth);
        } else {
            self.phase = Phase::Commands;
        }
        (code >= 400).then_some(Decision::NoAuth)
    }

    /// A refused sender refuses the recipients that were sent in the same batch.
    fn mail(&mut self, code: u16, sender: String, size: u32) -> Option<Decision> {
        self.mail = Transaction { sender, size, ..Transaction::default() };
        (self.refused, self.progress) = (false, Progress::Served);
        if code < 400 {
            return None;
        }
        let mut batch = Vec::new();
        for waiting in self.waiting.iter_mut().take_while(|waiting| matches!(waiting, Waiting::Rcpt(_))) {
            if let Waiting::Rcpt(recipient) = std::mem::replace(waiting, Waiting::Decided) {
                batch.push(recipient);
            }
        }
        self.refuse(code, "mail", batch)
    }

    fn rcpt(&mut self, code: u16, recipient: String) -> Option<Decision> {
        if code < 400 {
            self.mail.recipients.push(recipient);
            return None;
        }
        // After a refused MAIL this is noise; after another refused recipient it is a decision of its own.
        let noise = self.refused && code == 503;
        self.refused = true;
        (!noise).then(|| Decision::Refused { stage: "rcpt", recipients: vec![recipient] })
    }

    fn data(&mut self, code: u16, reply: &Reply<'_>) -> Option<Decision> {
        if code == 354 {
            self.phase = Phase::Body { first: true };
            self.waiting.push_front(Waiting::EndOfData);
            return None;
        }
        self.phase = Phase::Commands;
        let recipients = std::mem::take(&mut self.mail.recipients);
        if recipients.is_empty() {
            return None;
        }
        // Where 354 is not in the trace, only the words of an acceptance are one: 250 2.1.5 answers another command.
        let queued = reply.enhanced.is_some_and(|code| code.subject == 6) || reply.text.to_lowercase().contains("queued");
        Some(match code {
            250 if queued => Decision::Accepted(recipients),
            400.. => Decision::Refused { stage: "data", recipients },
            _ => Decision::Unknown { stage: "data", recipients },
        })
    }

    /// Of the chunks of BDAT the last one decides; a refused one ends the mail (RFC 3030 section 2).
    fn chunk(&mut self, code: u16, last: bool) -> Option<Decision> {
        if last {
            self.chunked = false;
            return self.end_of_data(code);
        }
        self.phase = Phase::Commands;
        if code < 400 {
            return None;
        }
        self.chunked = false;
        let recipients = std::mem::take(&mut self.mail.recipients);
        (!recipients.is_empty()).then_some(Decision::Refused { stage: "data", recipients })
    }

    fn end_of_data(&mut self, code: u16) -> Option<Decision> {
        if code != 250 && code < 400 {
            self.waiting.push_front(Waiting::EndOfData);
            return None;
        }
        // The next mail of a batch may be under way.
        if self.phase != Phase::Asked {
            self.phase = Phase::Commands;
        }
        let recipients = std::mem::take(&mut self.mail.recipients);
        if recipients.is_empty() {
            return None;
        }
        Some(if code == 250 { Decision::Accepted(recipients) } else { Decision::Refused { stage: "eod", recipients } })
    }
}
