//! What the client sends.

use super::transaction::announced_size;
use super::{Phase, Session, Waiting};
use crate::smtp::{Command, command};

/// A client waits for its replies; with more commands open the replies are not in the trace.
const MOST_WAITING: usize = 5000;

impl Session {
    /// A line of the body: nothing of it is kept.
    pub fn body_line(&mut self, said: &str) {
        if self.in_data() {
            let chunked = self.chunked;
            self.phase = if said.trim() == "." && !chunked { Phase::Sent } else { Phase::Body { first: false } };
        }
    }

    /// A line that the client sent outside a body; `false` when too many commands wait.
    pub fn sent(&mut self, said: &str, marked: bool) -> bool {
        let command = command(said);
        self.commanded = true;
        if self.in_auth() && !self.leaves_auth(said, command.as_ref()) {
            self.secrets.answer(said);
            return true;
        }
        let only_chunks = self.chunked && !matches!(command, Some(Command::Chunk(_) | Command::Reset | Command::Quit));
        // DATA is the last command of a batch (RFC 2920 section 3.1): what follows it is the body.
        if self.phase == Phase::Asked || only_chunks {
            return true;
        }
        if let Some(waiting) = self.waits_for(said, command.as_ref(), marked) {
            self.waiting.push_back(waiting);
        }
        self.waiting.len() < MOST_WAITING
    }

    /// Base64 holds no `<`: an envelope shows that the replies to AUTH are not in the trace.
    fn leaves_auth(&mut self, said: &str, command: Option<&Command<'_>>) -> bool {
        let leaves = matches!(command, Some(Command::Mail(_) | Command::Rcpt(_))) && said.contains('<');
        if leaves {
            self.phase = Phase::Commands;
            self.waiting.retain(|waiting| *waiting != Waiting::Auth);
        }
        leaves
    }

    fn waits_for(&mut self, said: &str, command: Option<&Command<'_>>, marked: bool) -> Option<Waiting> {
        Some(match command {
            Some(Command::Hello(_)) => Waiting::Hello,
            Some(Command::StartTls) => Waiting::StartTls,
            Some(Command::Auth(mechanism)) => {
                self.mechanism = mechanism.to_uppercase();
                self.logon(said)
            }
            Some(Command::Mail(sender)) => Waiting::Mail { sender: (*sender).to_owned(), size: announced_size(said) },
            Some(Command::Rcpt(recipient)) => Waiting::Rcpt((*recipient).to_owned()),
            Some(Command::Data) => {
                self.phase = Phase::Asked;
                Waiting::Data
            }
            Some(Command::Chunk(last)) => {
                self.chunked = true;
                self.phase = Phase::Body { first: true };
                Waiting::Chunk { last: *last }
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
        self.phase = Phase::Credentials;
        self.secrets.initial(said);
        Waiting::Auth
    }
}
