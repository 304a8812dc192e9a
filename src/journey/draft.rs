//! One mail judged: its row of the result is put together here.

use super::Context;
use super::action::action;
use super::cause::cause;
use super::end;
use super::facts::Facts;
use super::healed;
use super::model::{Action, Journey, Verdict};
use super::option::Way;
use super::relay;
use super::row;
use super::scope::Scopes;
use super::verdict::verdict;
use crate::evidence::{Strings, Sym};

/// A journey some of whose texts are not interned yet.
pub struct Draft<'c> {
    /// The journey.
    pub journey: Journey,
    rule: &'c str,
    findings: Vec<&'c str>,
    host: Word,
    egress: Word,
    app_server: Word,
    system: Word,
    relay_queue_id: Word,
}

/// A text that the judgement added: mostly one that the run holds already.
enum Word {
    Known(Sym),
    New(String),
}

impl Word {
    fn of(context: &Context<'_, '_>, text: String) -> Self {
        if text.is_empty() { Self::Known(Sym::EMPTY) } else { context.store.strings.find(&text).map_or(Self::New(text), Self::Known) }
    }

    fn intern(self, strings: &mut Strings) -> Sym {
        match self {
            Self::Known(sym) => sym,
            Self::New(text) => strings.intern(&text),
        }
    }
}

impl Draft<'_> {
    /// Interns what the judgement added.
    pub fn finish(mut self, strings: &mut Strings) -> Journey {
        self.journey.rule = strings.intern(self.rule);
        self.journey.findings = self.findings.iter().map(|id| strings.intern(id)).collect();
        self.journey.host = self.host.intern(strings);
        self.journey.egress = self.egress.intern(strings);
        self.journey.app_server = self.app_server.intern(strings);
        self.journey.system = self.system.intern(strings);
        self.journey.relay_queue_id = self.relay_queue_id.intern(strings);
        self.journey
    }
}

/// Judges one mail.
pub fn judge<'c>(
    context: &Context<'_, 'c>,
    facts: &Facts,
    id: String,
    (way, relay_option): (Way, &'static str),
    scopes: &Scopes,
) -> Draft<'c> {
    let (host, port) = end::host(context, facts);
    let verdict = verdict(end::ends(context, facts, &host));
    let mut journey = row::blank(context, facts, way, id, verdict);
    journey.relay_option = relay_option;
    journey.external = scopes.external(context.store.text(facts.recipient), facts.recipient_cut);
    journey.stopped_at = end::stopped_at(context, facts, verdict, &host);
    if !matches!(verdict, Verdict::Delivered | Verdict::HandedOff) {
        row::put_reply(context, facts, &mut journey);
    }
    let cause = cause(context, facts, &journey, &host, port);
    journey.guess = cause.guess;
    // A session that names no mail may have failed for one that was sent since.
    let nameless = facts.request.is_none() && facts.recipient.is_empty();
    let doubt = nameless || facts.contested.is_some() || cause.findings.iter().any(|rule| rule.action == Action::Investigate.word());
    // What a relay could not hand on is in nobody's hands: it is sent again like a mail that was refused.
    let given_back = verdict == Verdict::Bounced && facts.relay.is_some() && context.status(facts).is_none();
    // Another mail to the same recipient may be the one that came back.
    let unsure = facts.relay.is_some_and(|(_, link)| link.confidence < 0.7);
    let doubt = doubt || given_back && (facts.may_have_arrived || unsure);
    journey.action = action(if given_back { Verdict::Rejected } else { verdict }, cause.rule, doubt);
    let landscape = row::landscape(context, facts);
    Draft {
        rule: cause.rule.map_or("", |rule| &rule.id),
        findings: cause.findings.into_iter().chain(healed::rule(context, facts, &journey)).map(|rule| rule.id.as_str()).collect(),
        host: Word::of(context, host),
        egress: if journey.egress.is_empty() { Word::of(context, relay::egress(context, facts)) } else { Word::Known(journey.egress) },
        app_server: Word::of(context, landscape.1),
        system: Word::of(context, landscape.0),
        relay_queue_id: Word::of(context, relay::queue_ids(context, facts)),
        journey,
    }
}
