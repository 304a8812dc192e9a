use super::*;
use crate::evidence::MINUTE;
use crate::journey::{Action, Journey};
use crate::rules::Catalogue;

fn mail(store: &mut Store, minute: i64, external: bool, rule: &str, egress: &str) -> Journey {
    let verdict = if rule.is_empty() { Verdict::Delivered } else { Verdict::Rejected };
    Journey {
        id: format!("{minute}-{external}"),
        verdict,
        action: Action::None,
        rule: store.strings.intern(rule),
        findings: Vec::new(),
        guess: false,
        option: "relay-connector",
        relay_option: "",
        stopped_at: None,
        confidence: None,
        link: crate::align::LinkKey::None,
        runner_up: None,
        requested_at: Some(minute * MINUTE),
        submitted_at: None,
        finished_at: Some(minute * MINUTE),
        system: Sym::EMPTY,
        client: Sym::EMPTY,
        app_server: Sym::EMPTY,
        node: Sym::EMPTY,
        sap_user: Sym::EMPTY,
        sender: Sym::EMPTY,
        recipient: store.strings.intern(if external { "ap@fabrikam.example" } else { "it@contoso.example" }),
        external: Some(external),
        subject: Sym::EMPTY,
        message_id: Sym::EMPTY,
        sap_key: Sym::EMPTY,
        relay_queue_id: Sym::EMPTY,
        network_message_id: Sym::EMPTY,
        sap_status: Sym::EMPTY,
        sap_message: Sym::EMPTY,
        exchange_status: "",
        delivered_to: "",
        connector: Sym::EMPTY,
        host: Sym::EMPTY,
        egress: store.strings.intern(egress),
        relay: Sym::EMPTY,
        reply_code: 0,
        enhanced_code: String::new(),
        reply: String::new(),
        attempts: Some(1),
        incident: None,
        evidence: Vec::new(),
    }
}

fn story(store: &mut Store) -> Vec<Journey> {
    let mut all = Vec::new();
    for minute in 0..30 {
        let bad = (10..20).contains(&minute);
        let egress = if bad { "203.0.113.77" } else { "203.0.113.10" };
        all.push(mail(store, minute, true, if bad { "RELAY-01" } else { "" }, egress));
        all.push(mail(store, minute, false, "", egress));
    }
    all
}

#[test]
fn brackets_pattern_and_what_is_shared() {
    let catalogue = Catalogue::builtin().unwrap();
    let matcher = Matcher::new(&catalogue).unwrap();
    let mut store = Store::default();
    let mut all = story(&mut store);
    let incidents = group(&mut all, &mut store, &matcher);
    assert_eq!(incidents.len(), 1);
    let only = &incidents[0];
    assert_eq!((only.journeys.len(), only.id.as_str()), (10, "I1"));
    assert_eq!(only.onset, Bracket { after: Some(9 * MINUTE), before: Some(10 * MINUTE) });
    assert_eq!(only.end, Bracket { after: Some(19 * MINUTE), before: Some(20 * MINUTE) });
    assert_eq!(store.text(only.pattern), "INC-01");
    let dimensions: Vec<(&str, &str)> = only.shared.iter().map(|shared| (shared.dimension, shared.value.as_str())).collect();
    assert!(dimensions.contains(&("scope", "external")), "{dimensions:?}");
    assert!(dimensions.contains(&("source IP", "203.0.113.77")), "{dimensions:?}");
}

#[test]
fn a_missing_mail_does_not_speak_against_the_pattern() {
    let catalogue = Catalogue::builtin().unwrap();
    let matcher = Matcher::new(&catalogue).unwrap();
    let mut store = Store::default();
    let mut all = story(&mut store);
    let mut missing = mail(&mut store, 15, true, "", "203.0.113.77");
    (missing.id, missing.verdict) = ("missing".to_owned(), Verdict::Missing);
    all.push(missing);
    let incidents = group(&mut all, &mut store, &matcher);
    let pattern = incidents.iter().find(|incident| store.text(incident.rule) == "RELAY-01").map(|incident| store.text(incident.pattern));
    assert_eq!(pattern, Some("INC-01"));
}

#[test]
fn the_order_of_the_journeys_changes_nothing() {
    let catalogue = Catalogue::builtin().unwrap();
    let matcher = Matcher::new(&catalogue).unwrap();
    let ids = |reverse: bool| {
        let mut store = Store::default();
        let mut all = story(&mut store);
        if reverse {
            all.reverse();
        }
        let incidents = group(&mut all, &mut store, &matcher);
        incidents.iter().map(|i| i.journeys.iter().map(|at| all[*at as usize].id.clone()).collect::<Vec<_>>()).collect::<Vec<_>>()
    };
    assert_eq!(ids(false), ids(true));
}
