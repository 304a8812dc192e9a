//! From linked evidence to verdict, cause and action: one [`Journey`] per mail and recipient.

mod action;
mod cause;
mod draft;
mod end;
mod facts;
mod healed;
mod id;
mod model;
mod notice;
mod option;
mod policy;
mod reach;
mod relay;
mod row;
mod scope;
mod sign_in;
mod silence;
mod verdict;

pub(crate) use id::readable;
pub use model::{Action, Journey, Verdict};
pub use option::OptionBasis;
pub use policy::Policy;
pub(crate) use scope::Scopes;
pub use silence::{Silence, silences};

use crate::align::Alignment;
use crate::evidence::{Millis, Store};
use crate::rules::Matcher;
use crate::source::Source;
use facts::Facts;
use rayon::prelude::*;

/// Everything a journey is judged by.
pub(crate) struct Context<'a, 'c> {
    store: &'a Store,
    sources: &'a [Source],
    alignment: &'a Alignment,
    matcher: &'a Matcher<'c>,
    policy: &'a Policy,
    as_of: Option<Millis>,
    /// Times in which no send job ran.
    silences: Vec<Silence>,
    /// Which relays stand behind the names of servers.
    reach: reach::Reach,
    /// What became of the relays' own reports.
    notices: notice::Notices,
    /// Failed sign-ins by time.
    sign_ins: Vec<sign_in::SignIn>,
}

/// Judges all mails of an alignment; in order of time, then of their id.
#[must_use]
pub fn judge(
    store: &mut Store,
    sources: &[Source],
    alignment: &Alignment,
    matcher: &Matcher<'_>,
    policy: &Policy,
    as_of: Option<Millis>,
) -> Vec<Journey> {
    let silences = silence::silences(store, sources, alignment);
    let sign_ins = sign_in::all(store, alignment);
    let (reach, notices) = (reach::Reach::default(), notice::all(store));
    let mut context = Context { store, sources, alignment, matcher, policy, as_of, silences, reach, notices, sign_ins };
    let scopes = Scopes::learn(&context);
    let all: Vec<Facts> =
        alignment.mails.par_iter().map(|mail| facts::gather(&context, mail)).filter(|facts| wanted(&context, facts)).collect();
    context.reach = reach::Reach::learn(&context, &all);
    let options = option::of_all(&context, &all, &scopes);
    let ids = id::of_all(&context, &all);
    let recognised = relay::recognised(&context, &all, &scopes);
    let drafts: Vec<draft::Draft> = all
        .par_iter()
        .zip(ids)
        .zip(options)
        .map(|((facts, id), way)| draft::judge(&context, facts, id, (way, relay::option(&context, facts, recognised)), &scopes))
        .collect();
    in_order(drafts).map(|draft| draft.finish(&mut store.strings)).collect()
}

/// By time, then by id. Drafts are large: their places are sorted.
fn in_order(drafts: Vec<draft::Draft<'_>>) -> impl Iterator<Item = draft::Draft<'_>> {
    let mut places: Vec<usize> = (0..drafts.len()).collect();
    let rank = |at: &usize| (drafts[*at].journey.time(), &drafts[*at].journey.id);
    places.par_sort_by(|a, b| rank(a).cmp(&rank(b)));
    let mut drafts: Vec<Option<draft::Draft<'_>>> = drafts.into_iter().map(Some).collect();
    places.into_iter().filter_map(move |at| drafts[at].take())
}

/// Without SAP's export, `--sender` says whose mails of a trace are meant.
fn wanted(context: &Context<'_, '_>, facts: &Facts) -> bool {
    let Some(sender) = context.policy.sender.as_deref().filter(|_| facts.request.is_none()) else { return true };
    crate::smtp::fold_address(context.store.text(facts.sender)) == crate::smtp::fold_address(sender)
}
