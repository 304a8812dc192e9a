//! Logs of a laboratory whose outcomes are known lie outside the repository; where they are, every journey must end as it
//! did there, in each shape of the log that holds the whole run.

mod support;

use std::collections::BTreeMap;
use std::path::Path;
use support::{analyse_paths, table};

/// Final word of the laboratory and the verdicts that it allows.
const ALLOWED: &[(&str, &[&str])] = &[
    ("sent", &["handed-off", "delivered"]),
    ("bounced", &["bounced"]),
    ("expired", &["bounced"]),
    ("force-expired", &["bounced"]),
    ("undeliverable", &["bounced"]),
    ("deferred", &["deferred"]),
];

/// Logs of the whole run.
const LOGS: &[&str] = &["long-ids.maillog-traditional-rfc3164.log", "long-ids.maillog-iso8601.log", "long-ids.maillog-rfc5424.log"];

/// Code and recipient of each refusal that the laboratory's clients saw: at RCPT, before a recipient was named, or behind
/// the content. Two logons and two connections that came at once are one each; the relay logs no code for them.
fn refused(want: &[Vec<&str>], result: usize) -> Vec<(String, String)> {
    let mut out: Vec<(String, String)> = Vec::new();
    for words in want.iter().filter_map(|row| row.get(result)).filter(|words| !words.is_empty()) {
        let mut words = words.split(' ');
        let one = match (words.next().unwrap(), words.next().unwrap(), words.next()) {
            ("RCPT", recipient, Some(code)) => (code.to_owned(), recipient.to_owned()),
            ("MAIL", code, _) => (code.to_owned(), String::new()),
            ("DATA", ..) => ("content".to_owned(), String::new()),
            (_, error, _) => (error.split('(').next().unwrap().to_owned(), String::new()),
        };
        if one.0 != "SMTPConnectError" || !out.contains(&one) {
            out.push(one);
        }
    }
    out.sort();
    out
}

/// The same as the journeys tell it.
fn at_the_door(all: &[BTreeMap<&'static str, String>]) -> Vec<(String, String)> {
    let word = |row: &BTreeMap<&'static str, String>| match (row["reply_code"].as_str(), row["rule"].as_str()) {
        ("", "LIMIT-15") => "content".to_owned(),
        ("", "HOP-09") => "SMTPAuthenticationError".to_owned(),
        ("", "HOP-11") => "SMTPConnectError".to_owned(),
        (code, _) => code.to_owned(),
    };
    let mut out: Vec<_> = all.iter().filter(|row| row["verdict"] == "rejected").map(|row| (word(row), row["recipient"].clone())).collect();
    out.sort();
    out
}

#[test]
fn every_outcome_of_the_laboratory() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/samples/relay/generated-postfix");
    let Ok(expected) = std::fs::read_to_string(folder.join("long-ids.expected-outcomes.tsv")) else {
        eprintln!("skipped: no folder of third-party samples beside the repository");
        return;
    };
    let header: Vec<&str> = expected.lines().next().unwrap().split('\t').collect();
    let at = |name: &str| header.iter().position(|own| *own == name).unwrap();
    let (id, recipient, status, notices) = (at("queue_id"), at("recipient"), at("final_status"), at("ndr_queue_ids"));
    let want: Vec<Vec<&str>> = expected.lines().skip(1).map(|line| line.split('\t').collect()).collect();
    for log in LOGS {
        let all = table(&analyse_paths(&[folder.join(log)], &sostrace::Options::default()));
        let mut found: BTreeMap<(&str, &str), Vec<&str>> = BTreeMap::new();
        for row in &all {
            for queue in row["relay_queue_id"].split(" > ").filter(|queue| !queue.is_empty()) {
                found.entry((queue, row["recipient"].as_str())).or_default().push(&row["verdict"]);
            }
        }
        let mut wrong = Vec::new();
        for row in want.iter().filter(|row| !row[id].is_empty() && !row[status].is_empty()) {
            let Some((_, allowed)) = ALLOWED.iter().find(|(word, _)| *word == row[status]) else {
                wrong.push(format!("{}: a word of its own, {}", row[0], row[status]));
                continue;
            };
            // The laboratory's book ends with the last try. Its notices and its log show that some mails left the queue then.
            let left = row[status] == "deferred" && (!row[notices].is_empty() || row[0] == "hold");
            let allowed: &[&str] = if left { &["bounced"] } else { allowed };
            let verdicts = found.get(&(row[id], row[recipient])).cloned().unwrap_or_default();
            if !verdicts.iter().any(|verdict| allowed.contains(verdict)) {
                wrong.push(format!("{} {} {}: {} but {verdicts:?}", row[0], row[id], row[recipient], row[status]));
            }
        }
        assert!(wrong.is_empty(), "{log}: {} of {}\n{}", wrong.len(), want.len(), wrong.join("\n"));
        assert_eq!(at_the_door(&all), refused(&want, at("client_result_if_not_queued")), "{log}: what was refused at the door");
    }
}
