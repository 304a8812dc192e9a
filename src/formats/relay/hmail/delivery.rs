//! Deliveries under way, by the number of their message, and which of them a dialogue with a server is of.

use crate::evidence::Sym;
use crate::formats::relay::output::MailId;
use crate::smtp::{Command, command, fold_address};
use std::collections::BTreeMap;

/// A message that hMailServer is delivering.
#[derive(Debug)]
pub struct Delivery {
    /// Its mail.
    pub mail: MailId,
    /// Sender and recipients, folded.
    pub envelope: Envelope,
    /// Server it is relayed to, where one is named.
    pub host: Sym,
    /// It will be tried again.
    pub again: bool,
    /// Tries of each recipient before this delivery.
    pub before: BTreeMap<Sym, u16>,
}

/// Whom a mail is from and to; empty where it is not known yet.
#[derive(Clone, Debug, Default)]
pub struct Envelope {
    /// Sender, folded; empty for that of a notice too.
    pub sender: Option<String>,
    /// Recipients, folded.
    pub recipients: Vec<String>,
}

impl Envelope {
    /// What the client says to the server begins a mail or names a recipient.
    pub fn hear(&mut self, said: &str) {
        match command(said) {
            Some(Command::Mail(path)) => *self = Self { sender: Some(fold_address(path)), recipients: Vec::new() },
            Some(Command::Rcpt(path)) => self.recipients.push(fold_address(path)),
            Some(Command::Reset) => *self = Self::default(),
            _ => {}
        }
    }

    /// Whether a dialogue of which this much is known may be of a delivery.
    fn fits(&self, delivery: &Self) -> bool {
        self.sender.as_ref().is_none_or(|sender| delivery.sender.as_ref() == Some(sender))
            && self.recipients.iter().all(|recipient| delivery.recipients.contains(recipient))
    }
}

/// The only delivery that a dialogue can be of; `None` where there is none or where there are several.
pub fn only<'d>(deliveries: &'d BTreeMap<String, Delivery>, known: &Envelope) -> Option<&'d Delivery> {
    let mut all = deliveries.values().filter(|delivery| known.fits(&delivery.envelope));
    all.next().filter(|_| all.next().is_none())
}
