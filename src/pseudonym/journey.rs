//! Journeys and incidents, field by field.

use super::records::repeated;
use super::strings::{Names, Rewriter, token};
use super::text::Pseudonyms;
use crate::incident::{Incident, Proof, Shared};
use crate::journey::Journey;

/// Replaces the names of a journey. Its id is a hash of them, which whoever guesses them could find again: it gets a token too.
pub fn journey(journey: &mut Journey, names: &mut Rewriter<'_>) {
    let Journey {
        id,
        verdict: _,
        by_relay: _,
        action: _,
        rule,
        findings,
        guess: _,
        priority: _,
        option: _,
        option_basis: _,
        relay_option: _,
        stopped_at: _,
        confidence: _,
        link: _,
        runner_up: _,
        requested_at: _,
        submitted_at: _,
        finished_at: _,
        system,
        client,
        app_server,
        node,
        sap_user,
        sender,
        recipient,
        external: _,
        subject,
        message_id,
        sap_key,
        relay_queue_id,
        network_message_id,
        sap_status,
        sap_message,
        exchange_status: _,
        delivered_to: _,
        connector,
        host,
        egress,
        relay,
        reply_code: _,
        enhanced_code: _,
        reply,
        attempts: _,
        incident: _,
        evidence: _,
    } = journey;
    *id = names.names.tokens.id(id);
    let fields = repeated(names.names, names.old(*sender), names.old(*recipient), names.old(*subject));
    let fields: Vec<(&str, String)> = fields.iter().map(|(value, token)| (value.as_str(), token.clone())).collect();
    *reply = names.names.text_beside(reply, &fields);
    names.put_beside(sap_status, &fields);
    for (what, sym) in [
        (Names::Nobody, rule),
        (Names::Nobody, client),
        (Names::Nobody, sap_key),
        (Names::Nobody, sap_message),
        (Names::System, system),
        (Names::Host, app_server),
        (Names::Node, node),
        (Names::User, sap_user),
        (Names::Address, sender),
        (Names::Address, recipient),
        (Names::Subject, subject),
        (Names::Id, message_id),
        (Names::Id, relay_queue_id),
        (Names::Id, network_message_id),
        (Names::Connector, connector),
        (Names::Host, host),
        (Names::Host, egress),
        (Names::Relay, relay),
    ] {
        names.put(what, sym);
    }
    for finding in findings {
        names.put(Names::Nobody, finding);
    }
}

/// Replaces the names of an incident.
pub fn incident(incident: &mut Incident, names: &mut Rewriter<'_>) {
    let Incident {
        id: _,
        by_relay: _,
        rule,
        pattern,
        journeys: _,
        onset: _,
        end: _,
        rates: _,
        fails_after: _,
        shared,
        spared: _,
        priority: _,
        events: _,
        proofs,
    } = incident;
    names.put(Names::Nobody, rule);
    names.put(Names::Nobody, pattern);
    for Shared { dimension, value, spared, earlier: _ } in shared {
        for value in std::iter::once(value).chain(spared) {
            *value = of_dimension(names.names, dimension, value);
        }
    }
    for Proof { text, records: _ } in proofs {
        *text = names.names.text(text);
    }
}

/// A dimension that nobody has decided on is a name.
fn of_dimension(names: &Pseudonyms, dimension: &str, value: &str) -> String {
    let what = match dimension {
        "scope" | "option" => Names::Nobody,
        "source IP" | "host" | "app server" | "recipient domain" => Names::Host,
        "relay" => Names::Relay,
        "sender" => Names::Address,
        "node" => Names::Node,
        "connector" => Names::Connector,
        _ => Names::User,
    };
    token(names, what, value)
}
