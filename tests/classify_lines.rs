//! Lines of a pipe: one answer to each, in their order, however many they are and however they end.

mod support;

use assert_cmd::Command;
use std::io::{BufRead, BufReader, Write};
use std::process::Stdio;

fn classified(input: &[u8]) -> Vec<String> {
    let output = Command::cargo_bin("sostrace").unwrap().args(["classify", "--format", "csv"]).write_stdin(input).output().unwrap();
    assert!(output.status.success() && output.stderr.is_empty());
    String::from_utf8(output.stdout).unwrap().lines().skip(1).map(str::to_owned).collect()
}

#[test]
fn many_lines_have_their_answers_in_order() {
    let texts = ["550 5.7.64 TenantAttribution", "535 5.7.139 Authentication unsuccessful", "250 2.0.0 Ok", "no reply at all", ""];
    let lines: Vec<String> = (0..10_000).map(|at| format!("{} {at}", texts[at % texts.len()])).collect();
    let all = classified(lines.join("\n").as_bytes());
    assert_eq!(all.len(), 10_000);
    for (line, told) in lines.iter().zip(&all) {
        assert!(told.starts_with(line), "{line}: {told}");
    }
    assert_eq!(all[..5], classified(lines[..5].join("\n").as_bytes()));
}

#[test]
fn lines_end_as_they_like_and_bad_bytes_are_no_end() {
    let rules = |input: &[u8]| classified(input).iter().map(|line| line.split(',').nth(1).unwrap().to_owned()).collect::<Vec<_>>();
    assert_eq!(rules(b"550 5.7.64 x\r\n550 5.1.1 y\r\n"), ["RELAY-01", "RCPT-04"]);
    assert_eq!(rules(b"550 5.7.64 x\n\n\xff\xfe\n550 5.1.1 \xc3y"), ["RELAY-01", "", "", "RCPT-04"]);
    assert_eq!(rules(b""), Vec::<String>::new());
}

#[test]
fn a_logon_among_the_lines_is_not_shown_again() {
    let lines = "[Thr 1] >> AUTH LOGIN\n[Thr 1] << 334 VXNlcm5hbWU6\n[Thr 1] >> ZXJwU0VDUkVU\n[Thr 1] << 334 UGFzc3dvcmQ6\n[Thr 1] >> U0VDUkVU\n\
        535 5.7.3 Authentication unsuccessful for SECRET\n>> AUTH PLAIN AGVycABTRUNSRVQ=\n>> AUTH XOAUTH2 dXNlcj1lcnABYXV0aD1CZWFyZXIgU0VDUkVUAQE=\n";
    for form in ["csv", "table", "json", "details"] {
        let output = Command::cargo_bin("sostrace").unwrap().args(["classify", "-", "--format", form]).write_stdin(lines).output().unwrap();
        let all = String::from_utf8(output.stdout).unwrap();
        assert!(all.contains("535 5.7.3 Authentication unsuccessful for [secret]"), "{form}: {all}");
        assert!(["SECRET", "U0VDUkVU", "AGVycAB", "dXNlcj1"].iter().all(|secret| !all.contains(secret)), "{form}: {all}");
    }
}

/// Whoever feeds line by line need not wait for the end.
#[test]
fn the_answer_to_a_line_comes_before_the_next_one() {
    let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_sostrace"))
        .args(["classify", "--format", "csv"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let (mut input, mut output) = (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()));
    let mut line = String::new();
    output.read_line(&mut line).unwrap();
    for text in ["550 5.7.64 x", "550 5.1.1 y"] {
        writeln!(input, "{text}").unwrap();
        line.clear();
        output.read_line(&mut line).unwrap();
        assert!(line.starts_with(text), "{line}");
    }
    drop(input);
    assert!(child.wait().unwrap().success());
}
