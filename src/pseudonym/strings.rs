//! Interned texts, written anew one by one.

use super::text::Pseudonyms;
use crate::evidence::{Strings, Sym};
use foldhash::fast::FixedState;
use std::collections::HashMap;

/// What a text names.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Names {
    /// Nobody: codes, numbers, words of systems, ids of rules.
    Nobody,
    /// A mail address, or who stands for one.
    Address,
    /// A host or a domain, by name or address.
    Host,
    /// A relay: its host, and its instance behind a slash.
    Relay,
    /// A subject.
    Subject,
    /// A user of SAP.
    User,
    /// An SAP system.
    System,
    /// A node of SAP's outbound mail.
    Node,
    /// A connector of the tenant.
    Connector,
    /// A Message-ID or another id with a domain behind it.
    Id,
    /// Words among which names may stand.
    Text,
}

/// The old texts and the new ones.
pub struct Rewriter<'a> {
    /// What makes the tokens.
    pub names: &'a Pseudonyms,
    old: Strings,
    new: Strings,
    known: HashMap<(Names, Sym), Sym, FixedState>,
}

impl<'a> Rewriter<'a> {
    /// Writes the texts of a run anew.
    pub fn new(names: &'a Pseudonyms, old: Strings) -> Self {
        Self { names, old, new: Strings::default(), known: HashMap::default() }
    }

    /// The old text, which goes nowhere else.
    pub fn old(&self, sym: Sym) -> &str {
        self.old.get(sym)
    }

    /// Replaces a field.
    pub fn put(&mut self, what: Names, field: &mut Sym) {
        let old = *field;
        if let Some(new) = self.known.get(&(what, old)) {
            *field = *new;
            return;
        }
        let text = token(self.names, what, self.old.get(old));
        *field = self.new.intern(&text);
        self.known.insert((what, old), *field);
    }

    /// Replaces a text that may repeat other fields of its record.
    pub fn put_beside(&mut self, field: &mut Sym, fields: &[(&str, String)]) {
        let old = self.old.get(*field);
        if fields.iter().any(|(value, _)| !value.is_empty() && old.contains(value)) {
            *field = self.new.intern(&self.names.text_beside(old, fields));
        } else {
            self.put(Names::Text, field);
        }
    }

    /// What was written; the old texts end here.
    pub fn finish(self) -> Strings {
        self.new
    }
}

/// What stands for a text.
pub fn token(names: &Pseudonyms, what: Names, text: &str) -> String {
    let tokens = &names.tokens;
    match what {
        Names::Nobody => text.to_owned(),
        Names::Address => tokens.address(text),
        Names::Host => host(names, text),
        Names::Relay => match text.split_once('/') {
            Some((relay, instance)) => format!("{}/{instance}", host(names, relay)),
            None => host(names, text),
        },
        Names::Subject => tokens.name("subject", text),
        Names::User if text.contains('@') => tokens.address(text),
        Names::User => tokens.name("user", text),
        Names::System => tokens.name("system", text),
        // Every system has a node of this name.
        Names::Node if text == "SMTP" => text.to_owned(),
        Names::Node => tokens.name("node", text),
        Names::Connector => tokens.name("connector", text),
        Names::Id => id(names, text),
        Names::Text => names.text(text),
    }
}

/// Some logs write a port, or an address behind the name.
fn host(names: &Pseudonyms, text: &str) -> String {
    let one = !text.trim().contains(|c: char| c.is_whitespace() || "[](),;/".contains(c));
    match text.rsplit_once(':') {
        Some((host, port)) if one && !host.contains(':') && !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit()) => {
            format!("{}:{port}", names.host(host))
        }
        _ if one => names.host(text),
        _ if text.contains('[') && !text.starts_with('[') => {
            let (name, address) = text.split_at(text.find('[').unwrap_or(0));
            format!("{}{}", names.host(name), names.text(address))
        }
        _ => {
            let new = names.text(text);
            if new == text { names.host(text) } else { new }
        }
    }
}

/// The part before the domain stays where a machine made it of numbers, for it finds the mail again.
fn id(names: &Pseudonyms, text: &str) -> String {
    text.split(" > ")
        .map(|id| match id.split_once('@') {
            Some((local, rest)) => {
                let end = rest.find(['>', ' ', '[']).unwrap_or(rest.len());
                let (domain, behind) = rest.split_at(end);
                format!("{}@{}{}", local_of_id(names, local), names.host(domain), names.text(behind))
            }
            // Queue ids are made by machines, in any alphabet.
            None if id.starts_with('<') => local_of_id(names, id),
            None => names.text(id),
        })
        .collect::<Vec<_>>()
        .join(" > ")
}

fn local_of_id(names: &Pseudonyms, local: &str) -> String {
    let bare = local.trim_matches(['<', '>', ' ']);
    let numbers = bare.chars().all(|c| c.is_ascii_hexdigit() || ".-$_+=".contains(c));
    // `ADR51000000000001`, a SAP key.
    let key = bare.trim_start_matches(|c: char| c.is_ascii_uppercase());
    let is_key = bare.len() - key.len() <= 3 && !key.is_empty() && key.bytes().all(|b| b.is_ascii_digit());
    if numbers || is_key { local.to_owned() } else { local.replacen(bare, &names.tokens.name("id", bare), 1) }
}
