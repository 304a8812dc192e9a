//! The records of a run, field by field.

use super::strings::{Names, Rewriter, token};
use super::text::Pseudonyms;
use crate::evidence::{Connector, ContextFacts, Evidence, RelayFacts, SapFacts, SmtpFacts, Store, Strings, Sym, Tables, TraceFacts};
use crate::smtp::{domain, fold_address};
use std::collections::{BTreeMap, BTreeSet};

/// Replaces the texts of all records; what only completed them is left behind.
pub fn store(store: &mut Store, names: &mut Rewriter<'_>) {
    let Store { strings: _, records, sap, smtp, trace, relay, tables, context } = store;
    *tables = Tables::default();
    for facts in sap {
        of_sap(facts, names);
    }
    for facts in smtp {
        of_smtp(facts, names);
    }
    for facts in trace {
        of_trace(facts, names);
    }
    for facts in relay {
        of_relay(facts, names);
    }
    for facts in context {
        of_context(facts, names);
    }
    for record in records {
        of_record(record, names);
    }
}

fn of_record(record: &mut Evidence, names: &mut Rewriter<'_>) {
    let Evidence {
        source: _,
        line: _,
        lines: _,
        hop: _,
        kind: _,
        local: _,
        fold: _,
        sender,
        recipient,
        subject,
        message_id,
        cut: _,
        size: _,
        reply,
        detail: _,
    } = record;
    beside(names, (*sender, *recipient, *subject), reply);
    names.put(Names::Address, sender);
    names.put(Names::Address, recipient);
    names.put(Names::Subject, subject);
    names.put(Names::Id, message_id);
}

/// A reply may repeat sender, recipient and subject of its mail, also the part of an address before the `@` alone.
fn beside(names: &mut Rewriter<'_>, (sender, recipient, subject): (Sym, Sym, Sym), reply: &mut Sym) {
    let fields: Vec<(String, String)> = {
        let (sender, recipient, subject) = (names.old(sender), names.old(recipient), names.old(subject));
        repeated(names.names, sender, recipient, subject)
    };
    let fields: Vec<(&str, String)> = fields.iter().map(|(value, token)| (value.as_str(), token.clone())).collect();
    names.put_beside(reply, &fields);
}

/// Parts of an address and subjects that are shorter could be any word.
const SHORTEST: usize = 3;

/// What a text about a mail may repeat of it, and what stands for that.
pub fn repeated(names: &Pseudonyms, sender: &str, recipient: &str, subject: &str) -> Vec<(String, String)> {
    let mut out = vec![(subject.trim().to_owned(), token(names, Names::Subject, subject))];
    for address in [sender, recipient] {
        let whole = token(names, Names::Address, address);
        let local = address.trim().trim_start_matches('<').split('@').next().unwrap_or("");
        let local_token = whole.split('@').next().unwrap_or("").to_owned();
        if domain(&fold_address(address)).is_empty() {
            out.push((address.trim().to_owned(), whole));
        } else {
            out.push((local.to_owned(), local_token));
        }
    }
    out.retain(|(value, _)| value.chars().count() >= SHORTEST);
    out
}

fn of_sap(facts: &mut SapFacts, names: &mut Rewriter<'_>) {
    let SapFacts {
        key,
        guid,
        object,
        address,
        client,
        system,
        node,
        user,
        state: _,
        status,
        message,
        text,
        variables,
        host,
        port: _,
        requested: _,
        timed: _,
    } = facts;
    names.put(Names::System, system);
    names.put(Names::Node, node);
    names.put(Names::User, user);
    names.put(Names::Host, host);
    for text in [status, text].into_iter().chain(variables) {
        names.put(Names::Text, text);
    }
    for code in [key, guid, object, address, client, message] {
        names.put(Names::Nobody, code);
    }
}

fn of_smtp(facts: &mut SmtpFacts, names: &mut Rewriter<'_>) {
    let SmtpFacts { session, host, port: _, egress, stage: _, code: _, enhanced: _, mechanism } = facts;
    names.put(Names::Text, session);
    names.put(Names::Host, host);
    names.put(Names::Host, egress);
    names.put(Names::Text, mechanism);
}

fn of_trace(facts: &mut TraceFacts, names: &mut Rewriter<'_>) {
    let TraceFacts { network_message_id, status: _, connector, client_ip, originating: _, tls, return_path } = facts;
    names.put(Names::Id, network_message_id);
    names.put(Names::Connector, connector);
    names.put(Names::Host, client_ip);
    names.put(Names::Text, tls);
    names.put(Names::Address, return_path);
}

fn of_relay(facts: &mut RelayFacts, names: &mut Rewriter<'_>) {
    let RelayFacts {
        name,
        queue_id,
        next_queue_id,
        parent_queue_id,
        network_message_id,
        client,
        client_ip,
        helo,
        host,
        host_ip,
        port: _,
        original,
        stage: _,
        phase: _,
        dsn: _,
        delay: _,
        attempts: _,
        recipients: _,
        closed: _,
    } = facts;
    names.put(Names::Relay, name);
    for id in [queue_id, next_queue_id, parent_queue_id, network_message_id] {
        names.put(Names::Id, id);
    }
    for host in [client, client_ip, helo, host, host_ip] {
        names.put(Names::Host, host);
    }
    names.put(Names::Address, original);
}

fn of_context(facts: &mut ContextFacts, names: &mut Rewriter<'_>) {
    match facts {
        ContextFacts::AcceptedDomain(domain) => names.put(Names::Host, domain),
        ContextFacts::Connector(Connector { name, kind, enabled: _, require_tls: _, certificate, addresses, whole: _ }) => {
            names.put(Names::Connector, name);
            names.put(Names::Text, kind);
            names.put(Names::Host, certificate);
            for range in addresses {
                names.put(Names::Text, range);
            }
        }
        ContextFacts::SignIn { user, address, code: _ } => {
            names.put(Names::User, user);
            names.put(Names::Host, address);
        }
        ContextFacts::Switch { name: _, on: _ } | ContextFacts::Job { status: _, seconds: _ } => {}
    }
}

/// Names that stand in fields of their own and may stand alone inside texts, with their tokens.
pub fn names(store: &Store, strings: &Strings, tokens: &Pseudonyms) -> BTreeMap<String, String> {
    let mut out = BTreeMap::new();
    let mut add = |what: Names, sym: Sym| {
        let text = strings.get(sym).trim();
        let new = token(tokens, what, text);
        if !text.is_empty() && new != text {
            // Hosts are written in any case.
            let any_case = matches!(what, Names::Host | Names::Relay | Names::User);
            for form in [text.to_owned(), text.to_lowercase(), text.to_uppercase()].into_iter().take(if any_case { 3 } else { 1 }) {
                out.insert(form, new.clone());
            }
        }
    };
    for facts in &store.sap {
        for (what, sym) in [(Names::System, facts.system), (Names::Node, facts.node), (Names::User, facts.user), (Names::Host, facts.host)]
        {
            add(what, sym);
        }
    }
    for facts in &store.smtp {
        add(Names::Host, facts.host);
    }
    for facts in &store.trace {
        add(Names::Connector, facts.connector);
    }
    for facts in &store.relay {
        for sym in [facts.client, facts.helo, facts.host] {
            add(Names::Host, sym);
        }
        add(Names::Relay, facts.name);
        add(Names::Address, facts.original);
    }
    // A domain with a dot is found by its shape.
    let mut domains = BTreeSet::new();
    for sym in store.records.iter().flat_map(|record| [record.sender, record.recipient]) {
        let address = fold_address(strings.get(sym));
        domains.extend(Some(domain(&address)).filter(|domain| !domain.is_empty() && !domain.contains('.')).map(str::to_owned));
    }
    for facts in &store.context {
        match facts {
            ContextFacts::Connector(connector) => add(Names::Connector, connector.name),
            ContextFacts::SignIn { user, .. } => add(Names::User, *user),
            _ => {}
        }
    }
    out.extend(domains.into_iter().map(|domain| (domain.clone(), tokens.host(&domain))));
    out
}
