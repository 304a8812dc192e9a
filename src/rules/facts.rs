//! Journeys and incidents as rules see them. Rules define these views themselves, so that they know
//! nothing about the modules that fill them.

use super::model::Rule;
use super::when::When;

/// What rules may ask about one journey. Unknown facts are empty.
#[derive(Clone, Debug, Default)]
pub struct JourneyFacts<'a> {
    /// Verdict.
    pub verdict: &'a str,
    /// `waiting`, `no-queue-entry`, `future`, `retry`, `direct`, `active`, `sent`, `transmitted`, `error`, `unknown`.
    pub sap_state: &'a str,
    /// `XS816`.
    pub sap_message: &'a str,
    /// Exchange's own word, lower case.
    pub exchange_status: &'a str,
    /// `mailbox`, `outside`, `junk`, `quarantine`.
    pub delivered_to: &'a str,
    /// Way of sending.
    pub option: &'a str,
    /// Recipient outside the own domains.
    pub external: Option<bool>,
    /// Hop where it ended.
    pub stopped_at: &'a str,
    /// Finished minus requested.
    pub latency_s: Option<i64>,
    /// As-of time minus request, for mails still waiting.
    pub age_s: Option<i64>,
    /// As-of time minus last try, for mails that SAP still tries to send.
    pub idle_s: Option<i64>,
    /// The whole mail was sent, and no answer to it is in sight.
    pub unanswered: bool,
    /// Exchange delivered it to another address than SAP's.
    pub elsewhere: bool,
    /// Exchange names another sender than SAP.
    pub other_sender: bool,
    /// A reply gives the reason.
    pub has_reply: bool,
    /// A rule knows its words.
    pub explained: bool,
    /// On hold in a relay's queue.
    pub held: bool,
    /// Tries at the deciding hop.
    pub attempts: u32,
}

/// What rules may ask about one incident.
#[derive(Clone, Debug, Default)]
pub struct IncidentFacts<'a> {
    /// Cause that the members share.
    pub rule: &'a str,
    /// Failed mails.
    pub members: usize,
    /// Failed mails to external recipients.
    pub external_failed: usize,
    /// Good mails to external recipients meanwhile.
    pub external_ok: usize,
    /// Failed mails to internal recipients.
    pub internal_failed: usize,
    /// Good mails to internal recipients meanwhile.
    pub internal_ok: usize,
    /// Good mails to external recipients before.
    pub external_ok_before: usize,
    /// Good mails of the same node meanwhile.
    pub ok: usize,
    /// Good mails of the same node before.
    pub ok_before: usize,
    /// Mails that go well in a minute before the next one fails; `None` when volume does not tell.
    pub fails_after: Option<usize>,
    /// Addresses by which failed mails left; 0 when hardly one is known.
    pub egresses: usize,
    /// Other addresses by which mails left well meanwhile.
    pub egresses_ok: usize,
    /// Mail hosts concerned.
    pub hosts: usize,
    /// Application servers with failures.
    pub app_servers: usize,
    /// Application servers that sent well meanwhile.
    pub app_servers_ok: usize,
}

/// A condition that is absent holds and does not count; one that is present counts when it holds.
type Check = Option<bool>;

fn one_of(list: &[String], fact: &str) -> Check {
    (!list.is_empty()).then(|| list.iter().any(|word| word.eq_ignore_ascii_case(fact)))
}

fn at_least(bound: Option<usize>, fact: usize) -> Check {
    bound.map(|bound| fact >= bound)
}

fn at_most(bound: Option<usize>, fact: usize) -> Check {
    bound.map(|bound| fact <= bound)
}

/// An unknown duration is never over a bound.
fn over(bound: Option<i64>, fact: Option<i64>) -> Check {
    bound.map(|bound| fact.is_some_and(|fact| fact > bound))
}

fn journey_checks(when: &When, facts: &JourneyFacts<'_>) -> [Check; 18] {
    [
        one_of(&when.verdict, facts.verdict),
        one_of(&when.sap_state, facts.sap_state),
        one_of(&when.sap_message, facts.sap_message),
        one_of(&when.exchange_status, facts.exchange_status),
        one_of(&when.delivered_to, facts.delivered_to),
        one_of(&when.option, facts.option),
        one_of(&when.stopped_at, facts.stopped_at),
        when.external.map(|want| facts.external == Some(want)),
        when.has_reply.map(|want| facts.has_reply == want),
        when.explained.map(|want| facts.explained == want),
        when.held.map(|want| facts.held == want),
        over(when.latency_over_s, facts.latency_s),
        over(when.age_over_s, facts.age_s),
        over(when.idle_over_s, facts.idle_s),
        when.unanswered.map(|want| facts.unanswered == want),
        when.elsewhere.map(|want| facts.elsewhere == want),
        when.other_sender.map(|want| facts.other_sender == want),
        when.attempts_over.map(|bound| facts.attempts > bound),
    ]
}

fn incident_checks(when: &When, facts: &IncidentFacts<'_>) -> [Check; 15] {
    [
        one_of(&when.rule, facts.rule),
        at_least(when.members_min, facts.members),
        at_least(when.external_failed_min, facts.external_failed),
        at_most(when.external_ok_max, facts.external_ok),
        at_least(when.internal_ok_min, facts.internal_ok),
        at_least(when.external_ok_before_min, facts.external_ok_before),
        at_most(when.external_ok_before_max, facts.external_ok_before),
        at_least(when.app_servers_min, facts.app_servers),
        at_most(when.app_servers_max, facts.app_servers),
        at_least(when.app_servers_ok_min, facts.app_servers_ok),
        at_most(when.ok_max, facts.ok),
        at_least(when.ok_before_min, facts.ok_before),
        when.fails_after_min.map(|bound| facts.fails_after.is_some_and(|count| count >= bound)),
        when.egresses_max.map(|bound| (1..=bound).contains(&facts.egresses)),
        at_least(when.egresses_ok_min, facts.egresses_ok),
    ]
}

/// Number of conditions when all hold and there is one at all.
fn weight(checks: &[Check]) -> Option<usize> {
    let present = checks.iter().flatten().count();
    (present > 0 && checks.iter().flatten().all(|holds| *holds)).then_some(present)
}

/// Rules in order of their number of conditions, the most specific first, then by id.
fn ordered(mut held: Vec<(usize, &Rule)>) -> Vec<&Rule> {
    held.sort_by(|(a, x), (b, y)| b.cmp(a).then_with(|| x.id.cmp(&y.id)));
    held.into_iter().map(|(_, rule)| rule).collect()
}

/// Journey rules that hold.
pub fn journey<'c>(rules: &[&'c Rule], facts: &JourneyFacts<'_>) -> Vec<&'c Rule> {
    ordered(rules.iter().filter_map(|rule| Some((weight(&journey_checks(&rule.when, facts))?, *rule))).collect())
}

/// Incident rules that hold.
pub fn incident<'c>(rules: &[&'c Rule], facts: &IncidentFacts<'_>) -> Vec<&'c Rule> {
    ordered(rules.iter().filter_map(|rule| Some((weight(&incident_checks(&rule.when, facts))?, *rule))).collect())
}
