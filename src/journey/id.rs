//! Stable ids of journeys: the same request has the same id in every run and whatever files lie beside it.

use super::Context;
use super::facts::Facts;
use foldhash::fast::FixedState;
use rayon::prelude::*;
use sha2::{Digest, Sha256};
use std::collections::HashMap;

/// Bytes of a digest that make an id.
const LENGTH: usize = 6;

/// Ids of all mails: twelve hex digits over system, client and SAP key, else over what tells the request apart. Mails that
/// look all alike are numbered.
pub fn of_all(context: &Context<'_, '_>, all: &[Facts]) -> Vec<String> {
    let mut digests: Vec<[u8; 32]> = all.par_iter().map(|facts| digest(context, facts, 1)).collect();
    let mut seen: HashMap<[u8; 32], u32, FixedState> = HashMap::default();
    for (own, facts) in digests.iter_mut().zip(all) {
        let ordinal = seen.entry(*own).or_default();
        *ordinal += 1;
        if *ordinal > 1 {
            *own = digest(context, facts, *ordinal);
        }
    }
    digests.par_iter().map(readable).collect()
}

fn digest(context: &Context<'_, '_>, facts: &Facts, ordinal: u32) -> [u8; 32] {
    Sha256::new().chain_update(basis(context, facts)).chain_update("\u{1f}").chain_update(ordinal.to_string()).finalize().into()
}

/// Twelve hex digits of a digest that no spreadsheet takes for a number: the first window of it that is neither digits
/// alone nor one in scientific notation.
pub fn readable(digest: &[u8; 32]) -> String {
    let nibble = |value: u8| char::from_digit(u32::from(value), 16).unwrap_or('0');
    let hex = |bytes: &[u8]| bytes.iter().flat_map(|byte| [nibble(byte >> 4), nibble(byte & 15)]).collect::<String>();
    let is_text = |id: &String| id.bytes().any(|digit| matches!(digit, b'a'..=b'd' | b'f'));
    digest.windows(LENGTH).map(hex).find(is_text).unwrap_or_else(|| hex(digest.get(..LENGTH).unwrap_or(digest)))
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

#[cfg(test)]
mod tests {
    use super::readable;

    #[test]
    fn no_id_is_a_number() {
        for (digest, id) in [
            ([0xab, 0x12, 0, 0, 0, 0, 0xcd].as_slice(), "ab1200000000"),
            (&[0x12, 0x34, 0x56, 0x78, 0x90, 0x12, 0xcd], "3456789012cd"),
            (&[0x1e, 0x34, 0x56, 0x78, 0x90, 0x12, 0x34, 0xf0], "5678901234f0"),
            (&[0x12], "120000000000"),
        ] {
            let mut whole = [0; 32];
            whole[..digest.len()].copy_from_slice(digest);
            assert_eq!(readable(&whole), id);
        }
    }
}
