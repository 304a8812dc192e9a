//! Which recipients are the organisation's own.

use super::Context;
use crate::evidence::{Hop, TraceStatus};
use crate::smtp::{domain, fold_address};
use std::collections::BTreeSet;

/// Domains known to be internal: named by the user, else learned from the trace and the senders of SAP's mails.
#[derive(Debug, Default)]
pub struct Scopes {
    internal: BTreeSet<String>,
    external: BTreeSet<String>,
}

impl Scopes {
    /// Learns from what the trace delivered to mailboxes and sent outside. The user's word ends all guessing.
    pub fn learn(context: &Context<'_, '_>) -> Self {
        let named: BTreeSet<String> = context.policy.accepted_domains.iter().map(|domain| domain.to_lowercase()).collect();
        if !named.is_empty() {
            return Self { internal: named, external: BTreeSet::new() };
        }
        let mut out = Self::default();
        let store = context.store;
        for record in &store.records {
            let domain_of = |sym| domain(&fold_address(store.text(sym))).to_owned();
            match store.trace_of(record).map(|trace| trace.status) {
                Some(TraceStatus::Delivered) => out.internal.insert(domain_of(record.recipient)),
                Some(TraceStatus::Sent) => out.external.insert(domain_of(record.recipient)),
                _ if record.hop != Hop::Exchange && !record.sender.is_empty() && !record.cut.sender => {
                    out.internal.insert(domain_of(record.sender))
                }
                _ => false,
            };
        }
        out.internal.remove("");
        // Mail of a hybrid organisation leaves for its own servers: what is delivered here too is its own domain.
        out.external = &out.external - &out.internal;
        out
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
                (false, _) => Some(true),
                (true, true) => None,
            };
        }
        Some(!self.internal.contains(&domain))
    }
}
