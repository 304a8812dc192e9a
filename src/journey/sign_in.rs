//! Which failed sign-in of Entra belongs to a refused logon: nearest in time, same address, if possible same account.

use super::Context;
use super::facts::Facts;
use crate::align::Alignment;
use crate::evidence::{ContextFacts, Kind, MINUTE, Millis, Span, Store, Sym, ZoneBasis};
use crate::smtp::{find_reply, fold_address};

/// Entra writes the second of the logon; clocks and the end of the session leave some play.
const NEAR: Millis = 2 * MINUTE;

/// A failed sign-in.
pub struct SignIn {
    at: Span,
    record: u32,
    user: Sym,
    address: Sym,
}

/// All failed sign-ins by time.
pub fn all(store: &Store, alignment: &Alignment) -> Vec<SignIn> {
    let one = |(record, facts): (u32, &ContextFacts)| match facts {
        ContextFacts::SignIn { user, address, .. } => {
            let at = alignment.utc.get(record as usize).copied().flatten()?;
            Some(SignIn { at, record, user: *user, address: *address })
        }
        _ => None,
    };
    let mut out: Vec<SignIn> = store.contexts().filter_map(one).collect();
    out.sort_by_key(|sign_in| (sign_in.at, sign_in.record));
    out
}

/// The sign-in of the last refused logon of a mail.
pub fn of(context: &Context<'_, '_>, facts: &Facts) -> Option<u32> {
    if context.sign_ins.is_empty() || !refused(context, facts) {
        return None;
    }
    let decided = facts.attempt.map(|(at, _)| at).or(facts.request)?;
    // On a clock of unknown zone the times could meet by chance.
    let source = context.record(Some(decided))?.source as usize;
    let known = context.alignment.clocks.get(source).is_some_and(|clock| clock.basis != ZoneBasis::Assumed);
    let at = context.at(decided).filter(|_| known)?;
    let egress = context.smtp(facts).map_or(Sym::EMPTY, |smtp| smtp.egress);
    let sender = fold_address(context.store.text(facts.sender));
    let first = context.sign_ins.partition_point(|sign_in| sign_in.at.to < at.from - NEAR);
    let near = context.sign_ins[first..].iter().take_while(|sign_in| sign_in.at.from <= at.to + NEAR);
    let own = |sign_in: &SignIn| context.store.text(sign_in.user) == sender;
    // Strangers try accounts all day: something must tie the sign-in to SAP.
    let alone = context.sign_ins.iter().all(|sign_in| sign_in.user == context.sign_ins[0].user);
    let fits = |sign_in: &&SignIn| {
        if egress.is_empty() || sign_in.address.is_empty() { own(sign_in) || alone } else { egress == sign_in.address }
    };
    let cost = |sign_in: &&SignIn| (!own(sign_in), sign_in.at.distance(at), sign_in.record);
    near.filter(fits).min_by_key(cost).map(|sign_in| sign_in.record)
}

/// A logon that was refused: seen in the dialogue, or told by SAP's copy of the reply.
fn refused(context: &Context<'_, '_>, facts: &Facts) -> bool {
    let words = context.record(facts.decided).map_or("", |record| context.store.text(record.reply));
    context.tried(facts) == Some(Kind::Auth) || find_reply(words).is_some_and(|reply| reply.code == Some(535)) || words.contains("5.7.139")
}
