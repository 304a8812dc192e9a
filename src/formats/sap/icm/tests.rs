use super::*;
use crate::evidence::Store;
use crate::source::{Class, Source};

fn read(text: &str) -> (Store, Source) {
    let (mut store, mut source) = (Store::default(), Source::new("x".into(), "x".into(), lines(text).count()));
    let outcome = Icm.read(text, &mut Sink { store: &mut store, source: &mut source, index: 0 });
    assert!(outcome.is_ok());
    (store, source)
}

#[test]
fn the_sample_yields_connection_logon_refusal_and_acceptance() {
    let (store, source) = read(include_str!("sample.txt"));
    let got: Vec<(Kind, &str, &str)> =
        store.records.iter().map(|r| (r.kind, store.text(r.recipient), store.smtp_of(r).map_or("", |f| f.stage))).collect();
    let want = [
        (Kind::Connect, "", "connect"),
        (Kind::Auth, "", "auth"),
        (Kind::Fail, "ap@fabrikam.example", "rcpt"),
        (Kind::Accept, "it@contoso.example", "eod"),
    ];
    assert_eq!(got, want);
    let last = store.records.last().unwrap();
    assert_eq!(store.text(last.message_id), "<ADR51000000000001@contoso.example>");
    assert_eq!(store.text(store.smtp_of(last).unwrap().egress), "203.0.113.77");
    assert_eq!((source.landscape.system.as_str(), source.landscape.app_server.as_str()), ("PRD", "sapapp1"));
    assert_eq!(source.ledger.count(Class::NotUnderstood), 0);
    assert_eq!(store.records[0].lines, 2);
}

#[test]
fn secrets_and_bodies_are_kept_nowhere() {
    let (store, source) = read(include_str!("sample.txt"));
    let all = format!("{store:?}{source:?}");
    assert!(!all.contains("BODYSECRET") && !all.contains("U0VDUkVU"));
}

#[test]
fn http_traffic_is_no_mail() {
    let text = "[Thr 1] Tue Mar 10 10:55:02 2026\n[Thr 1] HTTP/1.1 250 Custom\n[Thr 1] -> GET / HTTP/1.1\n[Thr 1] *** WARNING => Connection request from (1/2/0) to host: web.fabrikam.example, service: 443 failed (NIETIMEOUT)\n";
    let (store, source) = read(text);
    assert!(store.records.is_empty());
    assert_eq!(source.ledger.count(Class::Frame), 4);
}
