//! Hostile ICM traces: whatever they hold, every line is accounted for, and neither credentials nor bodies come out.

use assert_cmd::Command;
use proptest::prelude::*;
use sostrace::evidence::Store;
use sostrace::formats::{REGISTRY, Sink};
use sostrace::source::{Class, Source, lines};

/// A session with a logon, a body and its answer, in which all secrets hold the letters `SECRET`.
const SESSION: &str = "trc file: \"dev_icm\", trc level: 3, release: \"785\"
sid        PRD
[Thr 1] Tue Mar 10 10:55:02:014 2026
[Thr 1] role: Client, protocol: SMTP, local: 192.0.2.11:40001, peer: 192.0.2.25:587 {0004107a}
[Thr 1] SMTP << 220 mx1.contoso.example ready at Tue, 10 Mar 2026
[Thr 1]   09:55:02 +0000 [08DE72C58335C1AC] {0004107a}
[Thr 1] SMTP >> EHLO contoso.example {0004107a}
[Thr 1] SMTP << 250-mx1.contoso.example Hello [203.0.113.77] {0004107a}
[Thr 1] SMTP << 250 AUTH LOGIN PLAIN {0004107a}
[Thr 1] SMTP >> AUTH PLAIN AGVycASECRET= {0004107a}
[Thr 1] SMTP << 500 5.5.1 Command unrecognized: \"AUTH PLAIN AGVycASECRET=\" {0004107a}
[Thr 1] SMTP >> MAIL FROM:<erp@contoso.example> SIZE=2048 {0004107a}
[Thr 1] SMTP << 250 2.1.0 Sender OK {0004107a}
[Thr 1] SMTP >> RCPT TO:<ap@fabrikam.example> {0004107a}
[Thr 1] SMTP << 250 2.1.5 Recipient OK {0004107a}
[Thr 1] SMTP >> DATA {0004107a}
[Thr 1] SMTP << 354 Start mail input {0004107a}
[Thr 1] Subject: SECRET
[Thr 1]   550 5.1.1 SECRET
[Thr 1] SMTP << 250 SECRET
[Thr 1] *** WARNING => Connection request from (1/2/0) to host: SECRET.example, service: 25 failed (NIETIMEOUT) {0000015c} [icxxconn.c   2208]
sid        SECRET
[Thr 1] .
[Thr 1] SMTP << 550 5.7.64 TenantAttribution; Relay Access Denied [X.PROD.OUTLOOK.COM
[Thr 1]   2026-03-10T09:55:02.482Z 08DE75C8346E5ACF] {0004107a}
[Thr 1]   000010  41555448 20504c41  |AUTH PLAIN SECRET|
[Thr 1] SMTP >> QUIT {0004107a}
";

fn read(text: &str) -> (Store, Source) {
    let (mut store, mut source) = (Store::default(), Source::new("x".into(), "x".into(), lines(text).count()));
    for format in REGISTRY.iter().filter(|format| format.id() == "sap-icm") {
        let outcome = format
            .read(text, &mut Sink { store: &mut store, source: &mut source, index: 0, settings: &sostrace::formats::Settings::default() });
        assert!(outcome.is_ok());
    }
    (store, source)
}

#[test]
fn no_report_repeats_a_secret() {
    let folder = tempfile::tempdir().unwrap();
    let trace = folder.path().join("dev_icm");
    std::fs::write(&trace, SESSION).unwrap();
    for arguments in [&["analyze"][..], &["analyze", "--format", "jsonl"], &["inspect"], &["timeline", "ap@fabrikam.example"]] {
        let output = Command::cargo_bin("sostrace").unwrap().args(arguments).arg(&trace).output().unwrap();
        let all = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(!all.contains("SECRET"), "{arguments:?}: {all}");
    }
}

#[test]
fn the_session_gives_the_refused_logon_and_the_refused_mail() {
    let (store, source) = read(SESSION);
    let replies: Vec<&str> = store.records.iter().map(|record| store.text(record.reply)).collect();
    let want = [
        "500 5.5.1 Command unrecognized: \"AUTH PLAIN [secret]\"",
        "550 5.7.64 TenantAttribution; Relay Access Denied [X.PROD.OUTLOOK.COM 2026-03-10T09:55:02.482Z 08DE75C8346E5ACF]",
    ];
    assert_eq!(replies, want);
    assert_eq!((source.landscape.system.as_str(), source.ledger.count(Class::Evidence)), ("PRD", 3));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    /// Lines that come twice, are missing, stand elsewhere or are cut.
    #[test]
    fn every_line_is_in_one_class_and_records_are_in_order(
        picks in prop::collection::vec((0usize..64, 0usize..120, 0u8..4), 0..60),
    ) {
        let known: Vec<&str> = SESSION.lines().collect();
        let mut text = String::new();
        for (line, cut, thread) in picks {
            let line = known[line % known.len()].replace("[Thr 1]", &format!("[Thr {thread}]"));
            let end = if cut < 100 { line.len() } else { (cut - 100).min(line.len()) };
            text.push_str(&line[..end]);
            text.push('\n');
        }
        let (store, source) = read(&text);
        let classes = [Class::Evidence, Class::Frame, Class::Others, Class::NotUnderstood];
        prop_assert_eq!(classes.iter().map(|class| source.ledger.count(*class)).sum::<usize>(), lines(&text).count());
        prop_assert!(store.records.is_sorted_by_key(|record| record.line));
        prop_assert!(store.records.iter().all(|record| record.line > 0 && record.lines > 0));
    }

    #[test]
    fn any_bytes_are_read_without_panic(text in "(\\PC|\\[Thr [0-9]\\] |SMTP (<<|>>) |250[- ]|\\{0004107a\\}|\\n){0,200}") {
        let (_, source) = read(&text);
        prop_assert_eq!(source.ledger.lines(), lines(&text).count());
    }
}
