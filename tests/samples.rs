//! The invented incidents: what Sostrace finds in the files is what the generator knows to be true.

// The generator belongs to the benches; here only its stories are read.
#[allow(dead_code)]
#[path = "../benches/generator/mod.rs"]
mod generator;
mod support;

use sostrace::evidence::{Millis, rfc3339};
use sostrace::report::{Dialect, FORMATS, Run, Style, TABLES, summary};
use sostrace::rules::Catalogue;
use sostrace::source::Class;
use sostrace::{Analysis, Options};
use std::collections::BTreeMap;
use support::{analyse_paths, repository, table};

fn analysis(name: &str) -> Analysis {
    analyse_paths(&[repository("samples").join(name)], &Options::default())
}

#[test]
fn the_files_are_those_of_the_generator() {
    for story in generator::stories() {
        for file in story.files {
            let path = repository("samples").join(story.name).join(file.name);
            assert!(std::fs::read(&path).unwrap() == file.bytes, "{} differs: cargo bench --bench generate -- samples", path.display());
        }
    }
}

/// Cut at the width of a list, as far as both tell it.
fn same(short: &str, long: &str) -> bool {
    long.starts_with(short) || short.starts_with(long)
}

#[test]
fn every_request_ends_as_it_truly_did() {
    for story in generator::stories() {
        let analysis = analysis(story.name);
        let journeys = table(&analysis);
        assert_eq!(journeys.len(), story.truth.len(), "{}", story.name);
        let mut used = vec![false; journeys.len()];
        for truth in &story.truth {
            let finding = |row: &BTreeMap<&str, String>| (row["verdict"].clone(), row["rule"].clone(), row["action"].clone());
            let want = (truth.verdict.to_owned(), truth.rule.to_owned(), truth.action.to_owned());
            let asked = rfc3339(truth.requested_utc_ms - truth.requested_utc_ms.rem_euclid(1000));
            let is_it = |row: &BTreeMap<&str, String>| match &truth.sap_key {
                Some(key) => row["sap_key"] == *key,
                None => {
                    row["requested_at"] == asked
                        && same(row["recipient"].trim(), &truth.recipient)
                        && same(row["subject"].trim(), &truth.subject)
                }
            };
            // Twins of one second are interchangeable: any of them may be this one.
            let candidates: Vec<usize> = (0..journeys.len()).filter(|at| !used[*at] && is_it(&journeys[*at])).collect();
            let found = candidates.iter().find(|at| finding(&journeys[**at]) == want);
            let got: Vec<_> = candidates.iter().map(|at| finding(&journeys[*at])).collect();
            let found = found
                .unwrap_or_else(|| panic!("{}: {} \"{}\" at {asked}: {got:?}, not {want:?}", story.name, truth.recipient, truth.subject));
            used[*found] = true;
        }
    }
}

/// Several systems in one run do not disturb each other: neither zones nor links.
#[test]
fn all_incidents_at_once_end_as_they_do_alone() {
    let mut want: BTreeMap<&str, usize> = BTreeMap::new();
    for truth in generator::stories().iter().flat_map(|story| &story.truth) {
        *want.entry(truth.verdict).or_default() += 1;
    }
    let journeys = table(&analyse_paths(&[repository("samples")], &Options::default()));
    let mut got: BTreeMap<&str, usize> = BTreeMap::new();
    for row in &journeys {
        *got.entry(&row["verdict"]).or_default() += 1;
    }
    assert_eq!(got, want);
}

#[test]
fn links_to_the_trace_are_right() {
    for story in generator::stories() {
        let analysis = analysis(story.name);
        for row in table(&analysis).iter().filter(|row| !row["message_id"].is_empty()) {
            let truth = story.truth.iter().find(|truth| truth.message_id == row["message_id"]);
            let truth = truth.unwrap_or_else(|| panic!("{}: {} is nobody's", story.name, row["message_id"]));
            assert!(same(&row["recipient"], &truth.recipient) && same(&row["subject"], &truth.subject), "{row:?}");
        }
    }
}

#[test]
fn the_readme_of_each_folder_counts_what_is_true() {
    for story in generator::stories() {
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        for truth in &story.truth {
            *counts.entry(format!("{} | {} | {} |", truth.verdict, truth.rule, truth.action).replace("|  |", "| |")).or_default() += 1;
        }
        let readme = std::fs::read_to_string(repository("samples").join(story.name).join("README.md")).unwrap();
        for (finding, count) in counts {
            assert!(readme.contains(&format!("| {count} | {finding}")), "{}: | {count} | {finding}", story.name);
        }
        assert!(readme.contains(&format!("among the {} requests", story.truth.len())), "{}", story.name);
    }
}

#[test]
fn every_line_is_in_one_class_and_none_is_lost() {
    for story in generator::stories() {
        for source in &analysis(story.name).reading.sources {
            let classes = [Class::Evidence, Class::Frame, Class::Others, Class::NotUnderstood];
            let sum: usize = classes.iter().map(|class| source.ledger.count(*class)).sum();
            assert_eq!((sum, source.ledger.count(Class::NotUnderstood)), (source.ledger.lines(), 0), "{}", source.label);
        }
    }
}

#[test]
fn incidents_begin_and_end_when_the_trouble_did() {
    let utc = |text: &str| -> Millis { chrono::DateTime::parse_from_rfc3339(text).unwrap().timestamp_millis() };
    let rows = [
        ("connector-mismatch", "RELAY-01", "2026-03-10T09:17:30Z", Some("2026-03-10T13:42:00Z")),
        ("smtp-auth-off", "AUTH-01", "2026-04-14T11:05:00Z", None),
        ("night-outage", "NET-01", "2025-10-25T22:40:00Z", Some("2025-10-26T03:35:00Z")),
        ("relay-backlog", "RELAY-01", "2026-05-19T07:10:00Z", Some("2026-05-19T09:48:00Z")),
    ];
    for (name, rule, begun, ended) in rows {
        let analysis = analysis(name);
        let first = &analysis.incidents[0];
        assert_eq!(analysis.reading.store.text(first.rule), rule, "{name}");
        let (after, before) = (first.onset.after.unwrap(), first.onset.before.unwrap());
        assert!(after < utc(begun) && utc(begun) <= before && before - after < 12 * 60_000, "{name}: {:?}", first.onset);
        assert_eq!(first.end.before.is_some(), ended.is_some(), "{name}");
        if let (Some(ended), Some(good)) = (ended, first.end.before) {
            assert!(first.end.after.unwrap() < utc(ended) && utc(ended) <= good, "{name}: {:?}", first.end);
        }
    }
}

#[test]
fn the_tries_of_a_night_are_told_from_the_trace() {
    let tries: usize = table(&analysis("night-outage"))
        .iter()
        .filter(|row| row["verdict"] == "unsent")
        .map(|row| row["attempts"].parse::<usize>().unwrap())
        .sum();
    // 113 mails took 202 tries; a run that does not show a try of every mail that was due is left alone.
    assert!((190..=202).contains(&tries), "{tries}");
}

#[test]
fn secrets_of_a_trace_reach_no_output() {
    let catalogue = Catalogue::builtin().unwrap();
    let analysis = analysis("smtp-auth-off");
    let plain = ["SECRETSENTINEL", "U0VDUkVUU0VOVElORUw"];
    let file = std::fs::read_to_string(repository("samples/smtp-auth-off/dev_icm_sapapp3_secured.txt")).unwrap();
    assert!(plain.iter().any(|secret| file.contains(secret)), "the sample holds no secret, so this test proves nothing");
    let style = Style { color: false, width: 100, columns: None, verbose: true };
    let mut outputs = vec![summary(&analysis, &catalogue, &[], &style).into_bytes(), format!("{analysis:?}").into_bytes()];
    let run = Run::new(&analysis, &catalogue);
    for (format, table) in FORMATS.iter().flat_map(|format| TABLES.iter().map(move |table| (format, table))) {
        let mut out = Vec::new();
        format.write(run, table, Dialect::default(), &mut out).unwrap();
        outputs.push(out);
    }
    for secret in plain {
        assert!(outputs.iter().all(|out| !String::from_utf8_lossy(out).contains(secret)), "{secret}");
    }
}

/// Of two relays behind a load balancer one is to blame, and only for external mail.
#[test]
fn the_relay_that_fails_is_named() {
    let analysis = analysis("relay-backlog");
    let shared: Vec<(&str, &str)> = analysis.incidents[0].shared.iter().map(|shared| (shared.dimension, shared.value.as_str())).collect();
    assert_eq!(shared, [("scope", "external"), ("relay", "mailgw2")]);
    assert_eq!(analysis.alignment.sap_like.len(), 0, "what others send by the relays is not SAP's");
}

/// A report that nobody receives stands beside the mail it is about.
#[test]
fn reports_that_nobody_receives_are_shown() {
    let analysis = analysis("relay-backlog");
    let store = &analysis.reading.store;
    for journey in analysis.journeys.iter().filter(|journey| journey.verdict == sostrace::journey::Verdict::Bounced) {
        let records = journey.evidence.iter().map(|at| &store.records[*at as usize]);
        let parent = |record: &sostrace::evidence::Evidence| store.relay_of(record).map_or("", |facts| store.text(facts.parent_queue_id));
        let report = records.filter(|record| !parent(record).is_empty()).collect::<Vec<_>>();
        let [report] = report[..] else { panic!("{} reports", report.len()) };
        assert_eq!(
            (store.text(report.sender), store.text(report.recipient), parent(report)),
            ("<>", "sap-pe1@contoso.example", store.text(journey.relay_queue_id))
        );
        assert!(store.text(report.reply).starts_with("550 5.4.1"), "the report came to nothing as well");
    }
}

/// The trace is a help, not a need: the relays tell the same failures.
#[test]
fn the_relays_alone_tell_the_failures() {
    let folder = repository("samples/relay-backlog");
    let files = ["sost_PE1_300.txt", "mailgw1_maillog", "mailgw2_mail.log"].map(|name| folder.join(name));
    let mut counts: BTreeMap<(String, String, String), usize> = BTreeMap::new();
    for row in table(&analyse_paths(&files, &Options::default())) {
        *counts.entry((row["verdict"].clone(), row["rule"].clone(), row["action"].clone())).or_default() += 1;
    }
    let mut want: BTreeMap<(String, String, String), usize> = BTreeMap::new();
    for truth in generator::stories().iter().filter(|story| story.name == "relay-backlog").flat_map(|story| &story.truth) {
        let verdict = if truth.verdict == "delivered" { "handed-off" } else { truth.verdict };
        *want.entry((verdict.to_owned(), truth.rule.to_owned(), truth.action.to_owned())).or_default() += 1;
    }
    assert_eq!(counts, want);
}
