mod bodies;
mod dumps;
mod mixed;
mod pieces;
mod sessions;
mod shapes;

use super::*;
use crate::evidence::{Fold, Kind, Store};
use crate::source::{Class, Source};
use std::fmt::Write as _;

fn read(text: &str) -> (Store, Source) {
    let (mut store, mut source) = (Store::default(), Source::new("x".into(), "x".into(), lines(text).count()));
    let outcome =
        Icm.read(text, &mut Sink { store: &mut store, source: &mut source, index: 0, settings: &crate::formats::Settings::default() });
    assert!(outcome.is_ok());
    (store, source)
}

/// A trace of a header, a stamp and these lines, on thread 1 unless they name another; `^` marks a line without prefix.
fn trace(body: &str) -> String {
    let mut out = String::from("trc file: \"dev_icm\", trc level: 3, release: \"785\"\n[Thr 9] Tue Mar 10 10:55:02:014 2026\n");
    for line in body.lines().map(|line| line.strip_prefix("        ").unwrap_or(line)).skip(1) {
        let prefix = if line.starts_with('^') || line.starts_with("[Thr ") { "" } else { "[Thr 1] " };
        writeln!(out, "{prefix}{}", line.trim_start_matches('^')).unwrap();
    }
    out
}

/// `Fail rcpt erp>a 550`: kind, stage, local parts of sender and recipient, code.
fn told(store: &Store) -> Vec<String> {
    let one = |record: &crate::evidence::Evidence| {
        let facts = store.smtp_of(record).unwrap();
        let (sender, recipient) = (store.text(record.sender), store.text(record.recipient));
        let short = |address: &str| address.split('@').next().unwrap_or("").to_owned();
        format!("{:?} {} {}>{} {}", record.kind, facts.stage, short(sender), short(recipient), facts.code)
    };
    store.records.iter().map(one).collect()
}

fn check(rows: &[(&str, &str, &[&str])]) {
    for (what, body, want) in rows {
        let (store, source) = read(&trace(body));
        assert_eq!(told(&store), *want, "{what}");
        let all = format!("{store:?}{source:?}");
        assert!(!all.contains("SECRET") && !all.contains("secret.example"), "{what}: {all}");
        assert!(store.records.is_sorted_by_key(|record| record.line), "{what}");
    }
}

/// An accepted envelope from `erp` to `a`, with the marks of the direction.
const OPEN: &str = "
        SMTP << 220 mx1.contoso.example ready
        SMTP >> MAIL FROM:<erp@contoso.example>
        SMTP << 250 2.1.0 OK
        SMTP >> RCPT TO:<a@fabrikam.example>
        SMTP << 250 2.1.5 OK
        SMTP >> DATA
        SMTP << 354 go
";

fn after_354(body: &str) -> String {
    format!("{}{}", OPEN.trim_end(), body)
}

#[test]
fn the_sample_yields_connection_logon_refusal_and_acceptance() {
    let (store, source) = read(include_str!("../sample.txt"));
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
    let (store, source) = read(include_str!("../sample.txt"));
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
