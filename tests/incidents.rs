//! Incidents from outside: what the user calls important, the user's events, tickets for the owners.

mod support;

use assert_cmd::Command;
use support::repository;

const SAMPLE: &str = "samples/connector-mismatch";

/// Exit code, stdout and stderr.
fn run(arguments: &[&str]) -> (i32, String, String) {
    let output = Command::cargo_bin("sostrace").unwrap().current_dir(repository("")).args(arguments).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

fn first_incident(summary: &str) -> &str {
    summary.lines().find(|line| line.starts_with("I1 ")).unwrap()
}

#[test]
fn few_mails_that_matter_outrank_many() {
    let (_, plain, _) = run(&["analyze", SAMPLE]);
    assert!(first_incident(&plain).contains("RELAY-01") && !plain.contains("priority"), "{plain}");
    let (code, out, err) = run(&["analyze", SAMPLE, "--priority", "recipient=left.the.company@fabrikam.example"]);
    assert_eq!((code, err.as_str()), (0, ""));
    assert!(first_incident(&out).contains("SIL-06") && first_incident(&out).contains("1 of priority"), "{out}");
    assert!(out.contains("  priority 1: 1 bounced"), "{out}");
    let folder = support::folder(&[("s.toml", b"[priority]\nrecipient = [\"left.the.company@*\"]\n")]);
    let config = folder.path().join("s.toml").display().to_string();
    assert_eq!(run(&["analyze", SAMPLE, "--config", &config]).1, out);
    for (wish, hint) in [("subjekt=x", "did you mean subject?"), ("x", "FIELD=PATTERN"), ("subject=", "FIELD=PATTERN")] {
        let (code, _, err) = run(&["analyze", SAMPLE, "--priority", wish]);
        assert!(code == 2 && err.contains(hint), "{wish}: {err}");
    }
}

#[test]
fn events_lie_beside_the_onset_and_bad_lines_are_named() {
    let list = "time;text\n2026-03-10 09:17;SNAT gateway replaced\n2026-03-10 08:59 firewall rules loaded\n2026-03-09;release weekend\n";
    let folder = support::folder(&[("good.txt", list.as_bytes()), ("bad.txt", b"2026-03-10 09:17 gateway\n\nyesterday gateway\n")]);
    let path = |name: &str| folder.path().join(name).display().to_string();
    let (code, out, err) = run(&["analyze", SAMPLE, "--events", &path("good.txt")]);
    assert_eq!((code, err.as_str()), (0, ""));
    assert!(out.contains("event    2026-03-10 09:17:00 SNAT gateway replaced (between the last good and the first bad mail)"), "{out}");
    assert!(out.contains("firewall rules loaded (16 minutes before the last good mail)") && !out.contains("weekend"), "{out}");
    let (code, out, err) = run(&["analyze", SAMPLE, "--events", &path("bad.txt")]);
    assert!(code == 2 && err.contains("bad.txt:3") && err.lines().count() == 1 && out.contains("09:17:00 gateway"), "{err}");
    assert_eq!(run(&["analyze", SAMPLE, "--events", "no/such/list"]).0, 2);
}

#[test]
fn each_incident_is_a_ticket_for_its_owner() {
    let (code, out, err) = run(&["analyze", SAMPLE, "--format", "ticket", "--priority", "recipient=northwind.example"]);
    assert_eq!((code, err.as_str()), (0, ""));
    let tickets: Vec<&str> = out.lines().filter(|line| line.contains("ticket for")).collect();
    assert_eq!(tickets.len(), 5, "{tickets:?}");
    insta::assert_snapshot!("ticket", out.split("===== I2").next().unwrap());
}
