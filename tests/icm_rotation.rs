//! `dev_icm.old` and the `dev_icm` that goes on with it: sessions and the clock go on.

mod support;

use sostrace::evidence::{Fold, Kind};
use sostrace::source::Class;
use sostrace::{Reading, read};
use support::folder;

const HEADER: &str = "---------------------------------------------------\ntrc file: \"dev_icm\", trc level: 3, release: \"785\"\n---------------------------------------------------\nsid        PRD\npid        ";

/// A trace of these lines, all of thread 1.
fn trace(pid: &str, lines: &[&str]) -> String {
    format!("{HEADER}{pid}\n[Thr 1] {}\n", lines.join("\n[Thr 1] "))
}

fn reading(old: &str, new: &str) -> Reading {
    let folder = folder(&[("dev_icm", new.as_bytes()), ("dev_icm.old", old.as_bytes())]);
    read(&[folder.path().to_path_buf()], &mut ())
}

/// `dev_icm Fail b 550`: file, kind, local part of the recipient, code.
fn told(reading: &Reading) -> Vec<String> {
    let one = |record: &sostrace::evidence::Evidence| {
        let recipient = reading.store.text(record.recipient).split('@').next().unwrap_or("");
        let code = reading.store.smtp_of(record).unwrap().code;
        format!("{} {:?} {recipient} {code}", reading.sources[record.source as usize].label, record.kind)
    };
    reading.store.records.iter().map(one).collect()
}

const NOON: &str = "Tue Mar 10 12:00:00:000 2026";
const LATER: &str = "Tue Mar 10 12:00:01:000 2026";
const FROM: &str = "SMTP >> MAIL FROM:<erp@contoso.example> {00010001}";
const TO: &str = "SMTP >> RCPT TO:<a@fabrikam.example> {00010001}";
const OK: &str = "SMTP << 250 2.1.5 OK {00010001}";
const DATA: [&str; 3] = ["SMTP >> DATA {00010001}", "SMTP << 354 go {00010001}", "SMTP >> . {00010001}"];
const NO: &str = "SMTP << 550 5.1.10 no such user {00010001}";
const QUEUED: &str = "SMTP << 250 2.6.0 queued {00010001}";

#[test]
fn a_session_goes_on_in_the_next_file() {
    let sent = [&[NOON, FROM, OK, TO, OK], &DATA[..]].concat();
    let rows: [(&str, String, String, &[&str]); 6] = [
        ("a recipient", trace("17", &[NOON, FROM, OK, TO]), trace("17", &[LATER, NO]), &["dev_icm Fail a 550"]),
        ("a mail", trace("17", &sent), trace("17", &[LATER, QUEUED]), &["dev_icm Accept a 250"]),
        ("no answer there either", trace("17", &sent), trace("17", &[LATER, "SMTP << 221 bye {00010001}"]), &["dev_icm Event a 0"]),
        ("another process", trace("17", &sent), trace("18", &[LATER, QUEUED]), &["dev_icm.old Event a 0"]),
        (
            "days later",
            trace("17", &sent),
            trace("17", &["Thu Mar 12 12:00:00:000 2026", NO]),
            &["dev_icm.old Event a 0", "dev_icm Reply  550"],
        ),
        ("a restart inside", trace("17", &sent), trace("17", &[LATER]) + &trace("18", &[NO]), &["dev_icm Event a 0", "dev_icm Reply  550"]),
    ];
    for (what, old, new, want) in rows {
        let reading = reading(&old, &new);
        assert_eq!(told(&reading), want, "{what}");
        assert!(reading.sources.iter().all(|source| source.ledger.count(Class::NotUnderstood) == 0), "{what}");
    }
}

/// Names and contents.
type Files<'a> = &'a [(&'a str, &'a [u8])];

/// A file whose other one is not given is read as ever, and so are two that differ in their names.
#[test]
fn an_old_file_alone_ends_its_sessions() {
    let sent = trace("17", &[&[NOON, FROM, OK, TO, OK], &DATA[..]].concat());
    let rows: [(Files<'_>, &[&str]); 3] = [
        (&[("dev_icm.old", sent.as_bytes())], &["dev_icm.old Event a 0"]),
        (
            &[
                ("a_icm.old", sent.as_bytes()),
                (
                    "b_icm",
                    trace("17", &[LATER, "SMTP << 250 2.6.0 <m1@contoso.example> Queued mail for delivery {00010001}"]).leak().as_bytes(),
                ),
            ],
            &["a_icm.old Event a 0", "b_icm Accept  250"],
        ),
        (&[("dev_icm.old", sent.as_bytes()), ("dev_icm", b"no trace at all")], &["dev_icm.old Event a 0"]),
    ];
    for (files, want) in rows {
        let folder = folder(files);
        assert_eq!(told(&read(&[folder.path().to_path_buf()], &mut ())), want);
    }
}

/// Autumn: the clock goes back between the two files, and no step back stands in either.
#[test]
fn the_clock_turns_between_two_files() {
    let refused = |stamp: &'static str| [stamp, FROM, OK, TO, NO];
    let old = trace("17", &refused("Sun Oct 25 02:40:00:000 2026")) + "[Thr 1] Sun Oct 25 02:59:59:900 2026\n";
    let new = trace("17", &refused("Sun Oct 25 02:00:01:000 2026"));
    let both = reading(&old, &new);
    assert_eq!(told(&both), ["dev_icm.old Fail a 550", "dev_icm Fail a 550"]);
    assert_eq!(both.store.records.iter().map(|record| record.fold).collect::<Vec<_>>(), [Fold::First, Fold::Second]);
    let restarted = reading(&old, &trace("18", &refused("Sun Oct 25 02:00:01:000 2026")));
    assert_eq!(restarted.store.records.iter().map(|record| record.fold).collect::<Vec<_>>(), [Fold::First, Fold::Second]);
    let noon = reading(&old.replace("02:", "12:"), &new.replace("02:", "12:"));
    assert!(noon.store.records.iter().all(|record| record.fold == Fold::Unknown && record.kind == Kind::Fail));
}
