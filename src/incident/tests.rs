use super::*;
use crate::evidence::MINUTE;
use crate::journey::{Action, Journey, OptionBasis};
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
        by_relay: false,
        priority: false,
        option: "relay-connector",
        option_basis: OptionBasis::Unknown,
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
    let incidents = group(&mut all, &mut store, &matcher, &Priorities::default());
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
    let incidents = group(&mut all, &mut store, &matcher, &Priorities::default());
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
        let incidents = group(&mut all, &mut store, &matcher, &Priorities::default());
        incidents.iter().map(|i| i.journeys.iter().map(|at| all[*at as usize].id.clone()).collect::<Vec<_>>()).collect::<Vec<_>>()
    };
    assert_eq!(ids(false), ids(true));
}

/// A mail that left by an address at a second, failed by a rule or well.
fn at(store: &mut Store, second: i64, external: bool, rule: &str, egress: &str) -> Journey {
    let mut journey = mail(store, 0, external, rule, egress);
    journey.id = format!("{second}-{external}-{egress}");
    (journey.requested_at, journey.finished_at) = (Some(second * 1000), Some(second * 1000));
    journey
}

/// Which mails there are, as (second, external, rule, address), and the pattern of the incident of the rule.
#[test]
fn patterns_are_told_by_what_failed_and_what_went_well() {
    type Row = (i64, bool, &'static str, &'static str);
    let two = |bad: &'static str| (0..10).flat_map(move |n| [(n * 60, true, bad, "203.0.113.7"), (n * 60 + 1, true, "", "203.0.113.8")]);
    // Six mails a minute, of which those behind the fourth fail; quiet minutes in between.
    let burst = |minute: i64| (0..6).map(move |n| (minute * 60 + n, true, if n < 4 { "" } else { "GEN-4XX" }, ""));
    let quiet = |minutes: std::ops::Range<i64>| minutes.map(|n| (n * 60, true, "", ""));
    let rows: [(&str, Vec<Row>, &str, Option<usize>); 7] = [
        ("RELAY-01", (0..9).flat_map(|n| [(n, true, "RELAY-01", ""), (n, false, "", "")]).collect(), "INC-05", None),
        (
            "RELAY-01",
            (0..9).flat_map(|n| [(n, true, if n < 3 { "" } else { "RELAY-01" }, ""), (n, false, "", "")]).collect(),
            "INC-01",
            None,
        ),
        ("RELAY-01", (0..9).map(|n| (n, true, "RELAY-01", "")).collect(), "", None),
        ("REP-01", two("REP-01").collect(), "INC-09", None),
        ("GEN-4XX", burst(0).chain(quiet(5..30)).chain(burst(40)).chain(burst(50)).collect(), "INC-06", Some(4)),
        ("TLS-09", quiet(0..9).chain((9..20).map(|n| (n * 60, true, "TLS-09", ""))).collect(), "INC-07", None),
        ("NET-02", quiet(0..9).chain((9..20).map(|n| (n * 60, true, "NET-02", ""))).collect(), "INC-08", None),
    ];
    let catalogue = Catalogue::builtin().unwrap();
    let matcher = Matcher::new(&catalogue).unwrap();
    for (rule, mails, pattern, fails_after) in rows {
        let mut store = Store::default();
        let mut all: Vec<Journey> = mails.iter().map(|(second, external, rule, ip)| at(&mut store, *second, *external, rule, ip)).collect();
        let incidents = group(&mut all, &mut store, &matcher, &Priorities::default());
        let found: Vec<_> = incidents.iter().map(|one| (store.text(one.rule), store.text(one.pattern), one.fails_after)).collect();
        assert_eq!(found, [(rule, pattern, fails_after)], "{mails:?}");
    }
}

#[test]
fn rates_before_meanwhile_and_after() {
    let catalogue = Catalogue::builtin().unwrap();
    let matcher = Matcher::new(&catalogue).unwrap();
    let mut store = Store::default();
    let mut all = story(&mut store);
    let rates = group(&mut all, &mut store, &matcher, &Priorities::default())[0].rates;
    let told = [rates.before, rates.during, rates.after].map(|rate| (rate.mails, rate.failed));
    assert_eq!(told, [(20, 0), (20, 10), (20, 0)]);
}
