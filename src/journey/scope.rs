//! Which recipients are the organisation's own.

use super::{Context, Policy};
use crate::evidence::{ContextFacts, Hop, Store, TraceStatus};
use crate::smtp::{domain, fold_address};
use std::collections::BTreeSet;

/// Domains known to be internal: named by the user, else by an export of the accepted domains, else learned from the trace and the senders of SAP's mails.
#[derive(Debug, Default)]
pub struct Scopes {
    internal: BTreeSet<String>,
    external: BTreeSet<String>,
}

impl Scopes {
    /// Learns from what the trace delivered to mailboxes and sent outside. The user's word ends all guessing.
    pub fn learn(context: &Context<'_, '_>) -> Self {
        let store = context.store;
        if let Some(told) = Self::told(store, context.policy) {
            return told;
        }
        let mut out = Self::default();
        // A relay carries other people's mail as well: its senders count where nothing nearer to SAP tells.
        let near = store.records.iter().any(|record| matches!(record.hop, Hop::Sap | Hop::Icm));
        let own = |hop: Hop| matches!(hop, Hop::Sap | Hop::Icm) || (hop == Hop::Relay && !near);
        for record in &store.records {
            let domain_of = |sym| domain(&fold_address(store.text(sym))).to_owned();
            match store.trace_of(record).map(|trace| trace.status) {
                Some(TraceStatus::Delivered) => out.internal.insert(domain_of(record.recipient)),
                Some(TraceStatus::Sent) => out.external.insert(domain_of(record.recipient)),
                _ if own(record.hop) && !record.sender.is_empty() && !record.cut.sender => out.internal.insert(domain_of(record.sender)),
                _ => false,
            };
        }
        out.internal.remove("");
        // Mail of a hybrid organisation leaves for its own servers: what is delivered here too is its own domain.
        out.external = &out.external - &out.internal;
        out
    }

    /// The accepted domains as the user or an export names them; `None` where neither does.
    pub fn told(store: &Store, policy: &Policy) -> Option<Self> {
        let named: BTreeSet<String> = policy.accepted_domains.iter().map(|domain| domain.to_lowercase()).collect();
        let exported = || {
            store.contexts().filter_map(|(_, facts)| match facts {
                ContextFacts::AcceptedDomain(domain) => Some(store.text(*domain).to_owned()),
                _ => None,
            })
        };
        let internal = if named.is_empty() { exported().collect() } else { named };
        (!internal.is_empty()).then(|| Self { internal, external: BTreeSet::new() })
    }

    /// Whether a recipient is outside; `None` while no domain is known to be inside. A cut address tells its domain
    /// only where the known domains leave no doubt.
    pub fn external(&self, recipient: &str, cut: bool) -> Option<bool> {
        let domain = domain(&fold_address(recipient)).to_owned();
        if domain.is_empty() || self.internal.is_empty() {
            return None;
        }
        if cut {
            let begins = |known: &BTreeSet<String>| known.iter().any(|known| known.starts_with(&domain));
            return match (begins(&self.internal), begins(&self.external)) {
                (true, false) => Some(false),
                (false, _) if self.internal.iter().any(|known| known.starts_with("*.")) => None,
                (false, _) => Some(true),
                (true, true) => None,
            };
        }
        Some(!self.internal.contains(&domain) && !self.below(&domain))
    }

    /// Whether a domain lies below one of which all subdomains are accepted.
    fn below(&self, domain: &str) -> bool {
        let mut parents = domain.match_indices('.').map(|(at, _)| &domain[at + 1..]);
        parents.any(|parent| self.internal.contains(&format!("*.{parent}")))
    }
}
