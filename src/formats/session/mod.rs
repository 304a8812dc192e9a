//! One SMTP session: commands wait in a queue for their replies (RFC 2920 lets them be sent in a batch), and a command
//! takes effect when it is answered, not when it is sent.
//!
//! Nothing between `AUTH` and its final reply and nothing between 354 and the end of data is ever kept.

mod received;
mod sent;
mod transaction;

pub use received::is_acceptance;

use crate::formats::secret::Secrets;
use crate::smtp::{Command, Reply, command};
use std::collections::VecDeque;
use transaction::Transaction;

/// A command that waits for its reply.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Waiting {
    Hello,
    StartTls,
    Auth,
    Mail {
        sender: String,
        size: u32,
    },
    Rcpt(String),
    Data,
    Chunk {
        last: bool,
    },
    EndOfData,
    Reset,
    /// A recipient whose fate another reply decided.
    Decided,
    Other,
}

impl Waiting {
    fn stage(&self) -> &'static str {
        match self {
            Self::Hello => "ehlo",
            Self::StartTls => "starttls",
            Self::Auth => "auth",
            Self::Mail { .. } => "mail",
            Self::Rcpt(_) | Self::Decided => "rcpt",
            Self::Data | Self::Chunk { last: false } => "data",
            Self::EndOfData | Self::Chunk { last: true } => "eod",
            Self::Reset | Self::Other => "",
        }
    }
}

/// What a reply, or the end of a session, decided.
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
    /// The connection broke while the mail for these recipients was under way, and its content was not sent.
    Broken { stage: &'static str, recipients: Vec<String> },
    /// The content was or may have been sent, and no answer is known.
    Unknown { stage: &'static str, recipients: Vec<String> },
}

/// What is told of [`Session::guessed`].
pub const GUESSED: &str = "a mail was taken whose RCPT TO has no reply here: its one recipient counts as taken, a guess";

/// What the lines of the client are.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
enum Phase {
    #[default]
    Commands,
    /// Between AUTH and its final reply.
    Credentials,
    /// Behind DATA, which is not answered.
    Asked,
    /// Behind 354 or `BDAT`; true until a first line has come.
    Body { first: bool },
    /// Behind the lone dot: commands again, while the reply to the content is open.
    Sent,
}

/// How far the session has come.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
enum Progress {
    #[default]
    Fresh,
    Greeted,
    /// A mail was begun: a closing of the idle session is no failure.
    Served,
}

/// State of a session.
#[derive(Default)]
pub struct Session {
    /// Host that greeted.
    pub host: String,
    /// Address by which the server saw us.
    pub egress: String,
    /// AUTH mechanism.
    pub mechanism: String,
    /// Sender and recipients of the mail that is under way.
    pub mail: Transaction,
    /// Physical lines behind which the content was sent, and the stamp above them.
    pub sent_at: (Vec<u32>, Option<usize>),
    /// Credentials that were sent.
    pub secrets: Secrets,
    /// The server has ended it.
    pub closed: bool,
    /// The last decision rests on a recipient whose own reply is not in the trace.
    pub guessed: bool,
    waiting: VecDeque<Waiting>,
    phase: Phase,
    /// The content goes in chunks (RFC 3030).
    chunked: bool,
    progress: Progress,
    /// Stage of the last command that was answered.
    stage: &'static str,
    /// An earlier refusal explains what follows.
    refused: bool,
    /// A command is in the trace: without any, each reply speaks for itself.
    commanded: bool,
}

impl Session {
    /// A session whose beginning is not in the trace.
    pub fn under_way() -> Self {
        Self { progress: Progress::Greeted, ..Self::default() }
    }

    /// Whether lines of the client are those of a body.
    pub fn in_data(&self) -> bool {
        matches!(self.phase, Phase::Body { .. })
    }

    /// Whether a line of the client is content and no command; between chunks only the next chunk is one.
    pub fn is_body(&self, said: &str) -> bool {
        self.in_data() && !(self.chunked && matches!(command(said), Some(Command::Chunk(_))))
    }

    /// Whether no line of the body has come yet.
    pub fn at_start_of_data(&self) -> bool {
        self.phase == Phase::Body { first: true }
    }

    /// Whether what the client sends is a secret.
    pub fn in_auth(&self) -> bool {
        self.phase == Phase::Credentials
    }

    /// Whether a command has no reply yet.
    pub fn awaits_reply(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// Whether the content was announced and nothing answered: what the client says next may be the body.
    pub fn has_asked_to_send(&self) -> bool {
        self.phase == Phase::Asked
    }

    /// Whether a reply is a new greeting rather than the answer to STARTTLS, which has an enhanced code where the server
    /// knows them (RFC 3207, RFC 2034).
    pub fn greets_anew(&self, reply: &Reply<'_>) -> bool {
        let greeting = reply.code == Some(220) && reply.enhanced.is_none() && self.progress > Progress::Fresh;
        greeting && !self.waiting.contains(&Waiting::StartTls)
    }

    /// The end of the session: recipients whose mail was sent without a final reply.
    pub fn end(&mut self) -> Option<Decision> {
        let sent = self.waiting.iter().find(|waiting| matches!(waiting.stage(), "data" | "eod"))?;
        let stage = sent.stage();
        let recipients = std::mem::take(&mut self.mail.recipients);
        (!recipients.is_empty()).then_some(Decision::Unknown { stage, recipients })
    }

    /// The connection broke, while it was `writing` or waiting for an answer. Content counts as sent where the answer to
    /// it was waited for: not every trace shows the content and its end. Recipients are those that were not refused.
    pub fn breaks(&mut self, writing: bool) -> Option<Decision> {
        let last = |waiting: &Waiting| matches!(waiting, Waiting::EndOfData | Waiting::Chunk { last: true });
        let sent = self.waiting.iter().any(last) && !(writing && self.in_data());
        if sent || self.phase == Phase::Asked && !writing {
            return self.end();
        }
        let mut recipients = std::mem::take(&mut self.mail.recipients);
        let stage = self.waiting.front().map_or(self.stage, Waiting::stage);
        let open = |waiting: &Waiting| matches!(waiting, Waiting::Mail { .. } | Waiting::Hello | Waiting::Auth | Waiting::StartTls);
        let begun = self.waiting.iter().any(open) || !self.refused && matches!(self.stage, "connect" | "ehlo" | "mail");
        recipients.extend(self.waiting.drain(..).filter_map(|waiting| if let Waiting::Rcpt(to) = waiting { Some(to) } else { None }));
        (begun || !recipients.is_empty()).then_some(Decision::Broken { stage, recipients })
    }
}
