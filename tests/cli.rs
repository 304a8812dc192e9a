//! The program as users call it: outputs, exit codes, files.

mod support;

use assert_cmd::Command;
use std::io::Read;
use std::process::Stdio;
use support::repository;

fn sostrace(arguments: &[&str]) -> Command {
    let mut command = Command::cargo_bin("sostrace").unwrap();
    command.current_dir(repository("")).args(arguments);
    command
}

/// Exit code, stdout and stderr.
fn run(arguments: &[&str]) -> (i32, String, String) {
    let output = sostrace(arguments).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

const SAMPLE: &str = "samples/connector-mismatch";

#[test]
fn the_summary_of_each_sample() {
    for name in ["connector-mismatch", "smtp-auth-off", "night-outage", "relay-backlog"] {
        let (code, out, err) = run(&["analyze", &format!("samples/{name}")]);
        assert_eq!((code, err.as_str()), (0, ""), "{name}");
        assert!(out.lines().count() <= 66, "{name}: {} lines are more than a screen", out.lines().count());
        insta::assert_snapshot!(name, out);
    }
}

#[test]
fn a_sap_list_alone_tells_causes_actions_and_what_to_export() {
    let (code, out, _) = run(&["analyze", "samples/connector-mismatch/sost_PRD_100.txt", "--zone", "sap=Europe/Berlin"]);
    assert_eq!(code, 0);
    insta::assert_snapshot!("sap-list-alone", out);
}

#[test]
fn the_table_has_the_columns_of_the_contract() {
    let (code, out, err) = run(&["analyze", SAMPLE, "--format", "csv"]);
    assert_eq!((code, err.as_str()), (0, ""));
    let columns = "journey,verdict,action,rule,rule_title,owner,needs,option,relay_option,stopped_at,confidence,link,requested_at,\
                   submitted_at,finished_at,latency_s,system,client,app_server,node,sap_user,sender,recipient,recipient_scope,subject,\
                   message_id,sap_key,relay_queue_id,network_message_id,sap_status,sap_message,exchange_status,delivered_to,connector,\
                   host,reply_code,enhanced_code,reply,attempts,incident,evidence";
    assert_eq!(out.lines().next(), Some(columns));
    assert_eq!(csv::Reader::from_reader(out.as_bytes()).records().filter_map(Result::ok).count(), 321);
    insta::assert_snapshot!(
        "journeys-csv",
        out.lines().filter(|line| line.contains(",RELAY-01,") || line.contains(",missing,")).take(4).collect::<Vec<_>>().join("\n")
    );
}

#[test]
fn files_are_written_whole_and_never_over_others() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let (csv, tsv, jsonl, parquet) = (path("j.csv"), path("j.tsv"), path("j.jsonl"), path("j.parquet"));
    let (code, _, err) = run(&["analyze", SAMPLE, "-o", &csv, "-o", &tsv, "-o", &jsonl, "-o", &parquet]);
    assert_eq!((code, err.as_str()), (0, ""));
    let printed = run(&["analyze", SAMPLE, "--format", "csv"]).1;
    assert_eq!(std::fs::read_to_string(&csv).unwrap(), printed);
    assert_eq!(std::fs::read_to_string(&jsonl).unwrap().lines().count(), 321);
    assert!(std::fs::read(&parquet).unwrap().starts_with(b"PAR1"));
    std::fs::write(&csv, "mine").unwrap();
    let (code, _, err) = run(&["analyze", SAMPLE, "-o", &csv]);
    assert!(code == 2 && err.contains("exists already") && err.contains("--force"), "{err}");
    assert_eq!(std::fs::read_to_string(&csv).unwrap(), "mine");
    assert_eq!(run(&["analyze", SAMPLE, "-o", &csv, "--force"]).0, 0);
    assert_eq!(std::fs::read_to_string(&csv).unwrap(), printed);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 4, "a temporary file was left");
    let (code, _, err) = run(&["analyze", SAMPLE, "-o", "j.doc"]);
    assert!(code == 2 && err.contains("csv, tsv, jsonl, parquet"), "{err}");
}

#[test]
fn fail_on_tells_by_the_exit_code() {
    for (word, code) in [("rejected", 1), ("RELAY-01", 1), ("LATE-01", 1), ("inc-01", 1), ("WAIT-03", 1), ("conflict", 0), ("NET-01", 0)] {
        assert_eq!(run(&["analyze", SAMPLE, "--fail-on", word]).0, code, "{word}");
    }
    let (code, _, err) = run(&["analyze", SAMPLE, "--fail-on", "regected"]);
    assert!(code == 2 && err.contains("did you mean rejected?"), "{err}");
    // A path that is missing outweighs a match; the rest is analysed all the same.
    let (code, out, err) = run(&["analyze", SAMPLE, "no/such/file", "--fail-on", "rejected"]);
    assert!(code == 2 && out.contains("321 mails") && err.contains("no/such/file"), "{err}");
}

#[test]
fn wishes_that_cannot_be_met_name_the_nearest() {
    let rows: [(&[&str], &str); 12] = [
        (&["--zone", "sapp=UTC"], "did you mean sap?"),
        (&["--zone", "sap=Europe/Berlim"], "Europe/Berlin"),
        (&["--zone", "sap"], "HOP=ZONE"),
        (&["--since", "yesterday"], "2026-03-10T09:00:00Z"),
        (&["--format", "cvs"], "did you mean csv?"),
        (&["--option", "direct"], "did you mean direct-send?"),
        (&["--rules", "no/such/folder"], "no/such/folder"),
        (&["--rules", "samples"], "no rule file"),
        (&["--since", "2026-03-10T11:00", "--until", "2026-03-10T10:00"], "ends before it begins"),
        (&["--zone", "exchange=Europe/Berlin"], "they are UTC"),
        (&["-o", "incidnts=i.csv"], "did you mean incidents?"),
        (&["-o", "i.csv", "-o", "sources=i.csv"], "two outputs have this name"),
    ];
    for (arguments, hint) in rows {
        let (code, out, err) = run(&[&["analyze", SAMPLE], arguments].concat());
        assert!(code == 2 && out.is_empty() && err.contains(hint), "{arguments:?}: {err}");
    }
}

#[test]
fn a_window_chooses_mails_and_keeps_what_is_known_of_the_incident() {
    let (_, whole, _) = run(&["analyze", SAMPLE]);
    let (code, part, _) = run(&["analyze", SAMPLE, "--since", "2026-03-10T10:00:00Z", "--until", "2026-03-10 12:00"]);
    assert_eq!(code, 0);
    assert!(part.contains("mails outside --since/--until"), "{part}");
    let began = |text: &str| text.lines().find(|line| line.contains("began")).map(str::to_owned);
    assert!(began(&whole).is_some() && began(&whole) == began(&part), "{part}");
}

#[test]
fn the_same_input_gives_the_same_bytes_in_any_order() {
    let files = ["sost_PRD_100.txt", "MTSummary_SAP_2026-03-10.csv", "dev_icm_sapapp1_level3.txt"].map(|name| format!("{SAMPLE}/{name}"));
    let [a, b, c] = files.each_ref().map(String::as_str);
    let first = run(&["analyze", a, b, c, "--format", "csv"]).1;
    assert_eq!(first, run(&["analyze", c, a, b, "--format", "csv"]).1);
    assert_eq!(first, run(&["analyze", b, c, a, a, "--format", "csv"]).1);
}

#[test]
fn a_closed_pipe_ends_quietly() {
    for format in ["csv", "tsv", "jsonl"] {
        let mut child = std::process::Command::new(assert_cmd::cargo::cargo_bin("sostrace"))
            .current_dir(repository(""))
            .args(["analyze", SAMPLE, "--format", format])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut first = [0];
        let mut pipe = child.stdout.take().unwrap();
        pipe.read_exact(&mut first).unwrap();
        drop(pipe);
        let output = child.wait_with_output().unwrap();
        assert_eq!((output.status.code(), String::from_utf8(output.stderr).unwrap().as_str()), (Some(0), ""), "{format}");
    }
}

#[test]
fn one_mail_across_all_systems() {
    let late = "ADR51000004512699";
    let (code, out, _) = run(&["timeline", "Cash position 10.03.2026, second run", SAMPLE]);
    assert_eq!(code, 0, "{late}");
    insta::assert_snapshot!("timeline", out);
    let (code, _, err) = run(&["timeline", "nobody@northwind.example", SAMPLE]);
    assert!(code == 2 && err.contains("no mail matches"), "{err}");
}

#[test]
fn what_each_file_is() {
    let (code, out, _) = run(&["inspect", "samples/smtp-auth-off"]);
    assert_eq!(code, 0);
    insta::assert_snapshot!("inspect", out);
}

#[test]
fn replies_are_classified_from_arguments_and_standard_input() {
    let text = "550 5.7.64 TenantAttribution; Relay Access Denied";
    let (code, out, _) = run(&["classify", text]);
    assert!(code == 0 && out.starts_with("RELAY-01\t"), "{out}");
    let lines = format!(
        "{text}\r\nhello, \"you\"\n550 5.9.9 something new\n5.7.57 Client not authenticated to send mail. Error: 535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant.\n=1+1\n"
    );
    for form in ["details", "table", "csv", "json"] {
        let output = sostrace(&["classify", "-", "--format", form]).write_stdin(lines.clone()).output().unwrap();
        insta::assert_snapshot!(format!("classify-{form}"), String::from_utf8(output.stdout).unwrap());
    }
    let output = sostrace(&["classify"]).write_stdin(lines.clone()).output().unwrap();
    assert!(output.stdout.starts_with(b"rule        how sure"), "{output:?}");
}

#[test]
fn rules_explain_themselves() {
    assert!(run(&["explain", "relay-01"]).1.starts_with("RELAY-01"));
    assert!(run(&["explain", "550 5.7.64 TenantAttribution; Relay Access Denied"]).1.starts_with("RELAY-01"));
    let (_, out, _) = run(&["explain", "550 5.9.9 something new"]);
    assert!(
        out.starts_with("GEN-5XX") && out.ends_with("Found by the class 5 of the reply, which is all that is known (a guess)\n"),
        "{out}"
    );
    let (code, _, err) = run(&["explain", "RELY-01"]);
    assert!(code == 2 && err.contains("did you mean RELAY-01?"), "{err}");
    assert!(run(&["rules", "list"]).1.contains("RELAY-01"));
    assert_eq!(run(&["rules", "test"]).0, 0);
}

#[test]
fn completions_and_manual_name_every_command() {
    let commands = ["analyze", "inspect", "classify", "timeline", "explain", "rules", "schema", "completions", "man"];
    let (completions, manual) = (run(&["completions", "bash"]).1, run(&["man"]).1);
    for command in commands {
        assert!(completions.contains(command) && manual.contains(command), "{command}");
        assert_eq!(run(&[command, "--help"]).0, 0, "{command}");
    }
}

#[test]
fn a_zone_of_no_file_is_told() {
    let (code, _, err) = run(&["analyze", "samples/connector-mismatch/sost_PRD_100.txt", "--zone", "icm=Europe/Berlin"]);
    assert_eq!((code, err.trim_end()), (0, "sostrace: warning: --zone icm=Europe/Berlin: no file of this run is of icm"));
}
