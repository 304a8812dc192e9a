//! One SMTP session: commands wait in a queue for their replies (RFC 2920 lets them be sent in a batch).
//!
//! Nothing between `AUTH` and its final reply and nothing between 354 and the end of data is ever kept.

use crate::smtp::{Command, Reply};
use std::collections::VecDeque;

/// A command that waits for its reply.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Waiting {
    Hello,
    StartTls,
    Auth,
    Mail,
    Rcpt(String),
    Data,
    EndOfData,
    Other,
}

/// What a reply decided.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Decision {
    /// The server took the mail for these recipients.
    Accepted(Vec<String>),
    /// The server refused at a stage; empty recipients when none had been named.
    Refused { stage: &'static str, recipients: Vec<String> },
    /// Authentication was refused.
    NoAuth,
    /// STARTTLS was refused.
    NoTls,
}

/// State of a session.
#[derive(Debug, Default)]
pub struct Session {
    /// Host that greeted.
    pub host: String,
    /// Port of the peer.
    pub port: u16,
    /// Address by which the server saw us.
    pub egress: String,
    /// AUTH mechanism.
    pub mechanism: String,
    /// Envelope sender.
    pub sender: String,
    /// Size announced with MAIL FROM.
    pub size: u32,
    /// The trace marks the direction of its lines.
    pub marked: bool,
    waiting: VecDeque<Waiting>,
    recipients: Vec<String>,
    /// An earlier refusal explains what follows.
    refused: bool,
    greeted: bool,
    data: bool,
}

impl Session {
    /// A session with the peer's port.
    pub fn to_port(port: u16) -> Self {
        Self { port, ..Self::default() }
    }

    /// Whether lines without direction are body lines now.
    pub fn in_data(&self) -> bool {
        self.data
    }

    /// A line that the client sent.
    pub fn sent(&mut self, text: &str, command: Option<Command<'_>>) {
        // Whatever is sent while AUTH waits for its reply is a secret, even if it looks like a command.
        if self.data || self.waiting.contains(&Waiting::Auth) {
            return;
        }
        let Some(command) = command else { return };
        let waiting = match command {
            Command::Hello(_) => Waiting::Hello,
            Command::StartTls => Waiting::StartTls,
            Command::Auth(mechanism) => {
                self.mechanism = mechanism.to_uppercase();
                Waiting::Auth
            }
            Command::Mail(sender) => {
                sender.clone_into(&mut self.sender);
                self.size = announced_size(text);
                self.recipients.clear();
                self.refused = false;
                Waiting::Mail
            }
            Command::Rcpt(recipient) => Waiting::Rcpt(recipient.to_owned()),
            Command::Data | Command::Chunk(_) => Waiting::Data,
            Command::Reset | Command::Quit | Command::Other => Waiting::Other,
        };
        self.waiting.push_back(waiting);
    }

    /// A complete reply of the server.
    pub fn received(&mut self, reply: &Reply<'_>) -> Option<Decision> {
        let code = reply.code?;
        self.note_names(reply, code);
        if !self.greeted {
            self.greeted = true;
            if code == 220 || code < 400 && self.waiting.is_empty() {
                return None;
            }
            if self.waiting.is_empty() {
                return Some(Decision::Refused { stage: "connect", recipients: Vec::new() });
            }
        }
        match self.waiting.pop_front() {
            None => self.unasked(code),
            Some(Waiting::Auth) if code == 334 => {
                self.waiting.push_front(Waiting::Auth);
                None
            }
            Some(Waiting::Auth) => (code >= 400).then_some(Decision::NoAuth),
            Some(Waiting::StartTls) => (code >= 400).then_some(Decision::NoTls),
            Some(Waiting::Hello) => self.refuse(code, "ehlo", Vec::new()),
            Some(Waiting::Mail) => self.mail(code),
            Some(Waiting::Rcpt(recipient)) => self.rcpt(code, recipient),
            Some(Waiting::Data) => self.data(code),
            Some(Waiting::EndOfData) => self.end_of_data(code),
            Some(Waiting::Other) => None,
        }
    }

    /// Host of the greeting, and our address in the answer to EHLO: `host Hello [ip]`.
    fn note_names(&mut self, reply: &Reply<'_>, code: u16) {
        let first = reply.text.split_whitespace().next().unwrap_or("");
        if code == 220 && !self.greeted && first.contains('.') {
            first.clone_into(&mut self.host);
        }
        if let Some((_, behind)) = reply.text.split_once("Hello [") {
            behind.split(']').next().unwrap_or("").clone_into(&mut self.egress);
        }
    }

    /// A closing 4xx or 5xx that no command asked for.
    fn unasked(&mut self, code: u16) -> Option<Decision> {
        let recipients = std::mem::take(&mut self.recipients);
        self.refuse(code, "eod", recipients)
    }

    fn refuse(&mut self, code: u16, stage: &'static str, recipients: Vec<String>) -> Option<Decision> {
        if code < 400 || std::mem::replace(&mut self.refused, true) {
            return None;
        }
        Some(Decision::Refused { stage, recipients })
    }

    /// A refused sender refuses the recipients that were sent in the same batch.
    fn mail(&mut self, code: u16) -> Option<Decision> {
        let batch =
            self.waiting.iter().filter_map(|waiting| if let Waiting::Rcpt(to) = waiting { Some(to.clone()) } else { None }).collect();
        self.refuse(code, "mail", batch)
    }

    fn rcpt(&mut self, code: u16, recipient: String) -> Option<Decision> {
        if code < 400 {
            self.recipients.push(recipient);
            return None;
        }
        // After a refused MAIL this is noise; after another refused recipient it is a decision of its own.
        let noise = self.refused && code == 503;
        self.refused = true;
        (!noise).then(|| Decision::Refused { stage: "rcpt", recipients: vec![recipient] })
    }

    fn data(&mut self, code: u16) -> Option<Decision> {
        if code == 354 {
            self.data = true;
            self.waiting.push_front(Waiting::EndOfData);
            return None;
        }
        let recipients = std::mem::take(&mut self.recipients);
        if code < 400 {
            return Some(Decision::Accepted(recipients)).filter(|_| code == 250);
        }
        (!recipients.is_empty()).then_some(Decision::Refused { stage: "data", recipients })
    }

    fn end_of_data(&mut self, code: u16) -> Option<Decision> {
        self.data = false;
        let recipients = std::mem::take(&mut self.recipients);
        if code < 400 { Some(Decision::Accepted(recipients)) } else { Some(Decision::Refused { stage: "eod", recipients }) }
    }
}

/// `SIZE=180048` of MAIL FROM (RFC 1870).
fn announced_size(text: &str) -> u32 {
    let upper = text.to_ascii_uppercase();
    let digits = upper.split_once("SIZE=").map_or("", |(_, behind)| behind.split(|c: char| !c.is_ascii_digit()).next().unwrap_or(""));
    digits.parse().unwrap_or(0)
}
