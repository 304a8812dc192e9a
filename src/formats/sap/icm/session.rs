//! One SMTP session: commands wait in a queue for their replies (RFC 2920 lets them be sent in a batch), and a command
//! takes effect when it is answered, not when it is sent.
//!
//! Nothing between `AUTH` and its final reply and nothing between 354 and the end of data is ever kept.

use super::secret::Secrets;
use super::transaction::{Transaction, announced_size};
use crate::smtp::{Command, Reply, command};
use std::collections::VecDeque;

/// A client waits for its replies; with more commands open the replies are not in the trace.
const MOST_WAITING: usize = 5000;

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
    /// The content was or may have been sent, and no answer is known.
    Unknown { stage: &'static str, recipients: Vec<String> },
}

/// Where the session stands in the content of a mail.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
enum Content {
    #[default]
    Outside,
    /// Behind 354 or `BDAT`; true until a first line has come.
    Inside { first: bool },
    /// Behind the lone dot.
    Ended,
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
    waiting: VecDeque<Waiting>,
    content: Content,
    auth_open: bool,
    data_open: bool,
    greeted: bool,
    /// Stage of the last command that was answered.
    stage: &'static str,
    /// An earlier refusal explains what follows.
    refused: bool,
    /// A mail was begun: a closing of the idle session is no failure.
    served: bool,
}

impl Session {
    /// A session whose beginning is not in the trace.
    pub fn under_way() -> Self {
        Self { greeted: true, ..Self::default() }
    }

    /// Whether lines of the client are those of a body.
    pub fn in_data(&self) -> bool {
        matches!(self.content, Content::Inside { .. })
    }

    /// Whether a line of the client is content and no command; between chunks only the next chunk is one.
    pub fn is_body(&self, said: &str) -> bool {
        self.in_data() && !(self.mail.chunked && matches!(command(said), Some(Command::Chunk(_))))
    }

    /// Whether no line of the body has come yet.
    pub fn at_start_of_data(&self) -> bool {
        self.content == Content::Inside { first: true }
    }

    /// Whether what the client sends is a secret.
    pub fn in_auth(&self) -> bool {
        self.auth_open
    }

    /// Whether 220 is a new greeting rather than the answer to STARTTLS (RFC 3207).
    pub fn greets_anew(&self, code: u16) -> bool {
        code == 220 && self.greeted && !self.waiting.contains(&Waiting::StartTls)
    }

    /// A line of the body: nothing of it is kept.
    pub fn body_line(&mut self, said: &str) {
        if self.in_data() {
            let chunked = self.mail.chunked;
            self.content = if said.trim() == "." && !chunked { Content::Ended } else { Content::Inside { first: false } };
        }
    }

    /// A line that the client sent outside a body; `false` when too many commands wait.
    pub fn sent(&mut self, said: &str, marked: bool) -> bool {
        let command = command(said);
        if self.auth_open && !self.leaves_auth(said, command.as_ref()) {
            self.secrets.answer(said);
            return true;
        }
        let only_chunks = self.mail.chunked && !matches!(command, Some(Command::Chunk(_) | Command::Reset | Command::Quit));
        // DATA is the last command of a batch (RFC 2920 section 3.1): what follows it is the body.
        if self.data_open || only_chunks {
            return true;
        }
        if let Some(waiting) = self.waits_for(said, command, marked) {
            self.waiting.push_back(waiting);
        }
        self.waiting.len() < MOST_WAITING
    }

    /// Base64 holds no `<`: an envelope shows that the replies to AUTH are not in the trace.
    fn leaves_auth(&mut self, said: &str, command: Option<&Command<'_>>) -> bool {
        let leaves = matches!(command, Some(Command::Mail(_) | Command::Rcpt(_))) && said.contains('<');
        if leaves {
            self.auth_open = false;
            self.waiting.retain(|waiting| *waiting != Waiting::Auth);
        }
        leaves
    }

    fn waits_for(&mut self, said: &str, command: Option<Command<'_>>, marked: bool) -> Option<Waiting> {
        Some(match command {
            Some(Command::Hello(_)) => Waiting::Hello,
            Some(Command::StartTls) => Waiting::StartTls,
            Some(Command::Auth(mechanism)) => {
                self.mechanism = mechanism.to_uppercase();
                self.logon(said)
            }
            Some(Command::Mail(sender)) => Waiting::Mail { sender: sender.to_owned(), size: announced_size(said) },
            Some(Command::Rcpt(recipient)) => Waiting::Rcpt(recipient.to_owned()),
            Some(Command::Data) => {
                self.data_open = true;
                Waiting::Data
            }
            Some(Command::Chunk(last)) => {
                self.mail.chunked = true;
                self.content = Content::Inside { first: true };
                Waiting::Chunk { last }
            }
            Some(Command::Reset) => Waiting::Reset,
            Some(Command::Quit | Command::Other) => Waiting::Other,
            None => match said.split_whitespace().next().filter(|_| marked) {
                Some(verb) if verb.eq_ignore_ascii_case("AUTH") => self.logon(said),
                Some(verb) if (4..=10).contains(&verb.len()) && verb.bytes().all(|b| b.is_ascii_uppercase()) => Waiting::Other,
                _ => return None,
            },
        })
    }

    fn logon(&mut self, said: &str) -> Waiting {
        self.auth_open = true;
        self.secrets.initial(said);
        Waiting::Auth
    }

    /// A complete reply of the server. `marked`: it cannot be a line of another kind.
    pub fn received(&mut self, reply: &Reply<'_>, marked: bool) -> Option<Decision> {
        let code = reply.code?;
        self.note_names(reply, code);
        if matches!(code, 221 | 421) {
            self.closed = true;
            return if code == 421 { self.closing() } else { None };
        }
        let greeting = !std::mem::replace(&mut self.greeted, true);
        if greeting && (code == 220 || self.waiting.is_empty()) {
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
        if code == 220 && !self.greeted && first.contains('.') {
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
            None if self.greeted => self.stage,
            None => "connect",
        };
        if recipients.is_empty() && (self.refused || self.served && self.waiting.is_empty()) {
            return None;
        }
        if recipients.is_empty() && self.waiting.front() == Some(&Waiting::Auth) {
            return Some(Decision::NoAuth);
        }
        Some(Decision::Refused { stage, recipients })
    }

    /// A closing 4xx or 5xx that no command asked for. Without marks it may be a line of another kind.
    fn unasked(&mut self, code: u16, marked: bool) -> Option<Decision> {
        if !marked || code < 400 || self.served && self.mail.recipients.is_empty() {
            return None;
        }
        let recipients = std::mem::take(&mut self.mail.recipients);
        let stage = if recipients.is_empty() { self.stage } else { "eod" };
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
            self.refused = false;
        }
    }

    fn auth(&mut self, code: u16) -> Option<Decision> {
        self.auth_open = code == 334;
        if self.auth_open {
            self.waiting.push_front(Waiting::Auth);
        }
        (code >= 400).then_some(Decision::NoAuth)
    }

    /// A refused sender refuses the recipients that were sent in the same batch.
    fn mail(&mut self, code: u16, sender: String, size: u32) -> Option<Decision> {
        self.mail = Transaction { sender, size, ..Transaction::default() };
        (self.refused, self.served) = (false, true);
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
        self.data_open = false;
        if code == 354 {
            self.content = Content::Inside { first: true };
            self.waiting.push_front(Waiting::EndOfData);
            return None;
        }
        let recipients = std::mem::take(&mut self.mail.recipients);
        if recipients.is_empty() {
            return None;
        }
        // Where 354 is not in the trace, only the words of an acceptance are one: 250 2.1.5 answers another command.
        let queued = reply.enhanced.is_some_and(|code| code.class == 2 && matches!(code.subject, 0 | 6));
        Some(match code {
            250 if queued => Decision::Accepted(recipients),
            400.. => Decision::Refused { stage: "data", recipients },
            _ => Decision::Unknown { stage: "data", recipients },
        })
    }

    /// Of the chunks of BDAT the last one decides; a refused one ends the mail (RFC 3030 section 2).
    fn chunk(&mut self, code: u16, last: bool) -> Option<Decision> {
        if last {
            self.mail.chunked = false;
            return self.end_of_data(code);
        }
        self.content = Content::Outside;
        let recipients = if code < 400 { Vec::new() } else { std::mem::take(&mut self.mail.recipients) };
        (!recipients.is_empty()).then_some(Decision::Refused { stage: "data", recipients })
    }

    fn end_of_data(&mut self, code: u16) -> Option<Decision> {
        if code != 250 && code < 400 {
            self.waiting.push_front(Waiting::EndOfData);
            return None;
        }
        self.content = Content::Outside;
        let recipients = std::mem::take(&mut self.mail.recipients);
        if recipients.is_empty() {
            return None;
        }
        Some(if code == 250 { Decision::Accepted(recipients) } else { Decision::Refused { stage: "eod", recipients } })
    }

    /// The end of the session: recipients whose mail was sent without a final reply.
    pub fn end(&mut self) -> Option<Decision> {
        let sent = self.waiting.iter().find(|waiting| matches!(waiting.stage(), "data" | "eod"))?;
        let stage = sent.stage();
        let recipients = std::mem::take(&mut self.mail.recipients);
        (!recipients.is_empty()).then_some(Decision::Unknown { stage, recipients })
    }
}
