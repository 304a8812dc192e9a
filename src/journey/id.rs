//! Stable ids of journeys: the same request has the same id in every run and whatever files lie beside it.

use super::Context;
use super::facts::Facts;
use crate::source::sha256;
use std::collections::BTreeMap;

/// Hands out ids; mails that look all alike are numbered.
#[derive(Default)]
pub struct Ids {
    seen: BTreeMap<String, u32>,
}

impl Ids {
    /// Twelve hex digits over system, client and SAP key, else over what tells the request apart.
    pub fn id(&mut self, context: &Context<'_, '_>, facts: &Facts) -> String {
        let basis = basis(context, facts);
        let ordinal = self.seen.entry(basis.clone()).or_default();
        *ordinal += 1;
        let digest = sha256(format!("{basis}\u{1f}{ordinal}").as_bytes());
        digest.chars().take(12).collect()
    }
}

fn basis(context: &Context<'_, '_>, facts: &Facts) -> String {
    let text = |sym| context.store.text(sym).to_lowercase();
    let parts = if let (Some(sap), Some(record)) = (context.sap(facts), context.record(facts.request)) {
        if sap.key.is_empty() {
            let at = sap.requested.or(record.local).map_or_else(String::new, |span| span.from.to_string());
            let owner = [text(sap.system), text(sap.client)].into_iter().filter(|text| !text.is_empty());
            owner.chain([at, text(record.sender), text(record.recipient), text(record.subject)]).collect()
        } else {
            vec![text(sap.system), text(sap.client), text(sap.key)]
        }
    } else {
        let first = context.record(facts.evidence.first().copied());
        let at = first.and_then(|record| record.local).map_or_else(String::new, |span| span.from.to_string());
        let id = first.map_or_else(String::new, |record| text(record.message_id));
        vec![at, id, text(facts.sender), text(facts.recipient), text(facts.subject)]
    };
    parts.join("\u{1f}")
}
