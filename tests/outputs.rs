//! What `-o` writes: every table in every format, whole or not at all.

mod support;

use std::fmt::Write as _;
use std::path::Path;
use support::sostrace as run;

const SAMPLE: &str = "samples/connector-mismatch";
const TABLES: [&str; 7] = ["journeys", "incidents", "findings", "sources", "resend", "evidence", "timesketch"];

fn read(folder: &Path, name: &str) -> String {
    std::fs::read_to_string(folder.join(name)).unwrap()
}

fn records(text: &str) -> Vec<csv::StringRecord> {
    csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes()).records().map(Result::unwrap).collect()
}

#[test]
fn every_table_is_written_in_every_format_in_one_run() {
    let folder = tempfile::tempdir().unwrap();
    let mut arguments = vec!["analyze".to_owned(), SAMPLE.to_owned()];
    for table in TABLES {
        for format in ["csv", "tsv", "jsonl", "parquet"] {
            arguments.extend(["-o".to_owned(), format!("{table}={}", folder.path().join(format!("{table}.{format}")).display())]);
        }
    }
    let (code, _, err) = run(&arguments.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!((code, err.as_str()), (0, ""));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 28, "a temporary file was left");
    let mut shown = String::new();
    for table in TABLES {
        let rows = records(&read(folder.path(), &format!("{table}.csv")));
        assert_eq!(read(folder.path(), &format!("{table}.jsonl")).lines().count(), rows.len() - 1, "{table}");
        let _ = writeln!(shown, "{table}: {} rows\n  {}", rows.len() - 1, rows[0].iter().collect::<Vec<_>>().join(" "));
        for row in rows.iter().skip(1).take(if table == "journeys" { 0 } else { 2 }) {
            let _ = writeln!(shown, "  {}", row.iter().collect::<Vec<_>>().join(" | "));
        }
    }
    insta::assert_snapshot!("tables", shown);
}

#[test]
fn the_evidence_of_others_is_counted_and_never_written() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("e.csv").display().to_string();
    assert_eq!(run(&["analyze", SAMPLE, "-o", &format!("evidence={file}")]).0, 0);
    let rows = records(&read(folder.path(), "e.csv"));
    let journey = rows[0].iter().position(|name| name == "journey").unwrap();
    assert!(rows.len() > 600 && rows.iter().all(|row| !row[journey].is_empty()), "{} rows", rows.len());
}

/// What cannot be written leaves nothing behind, and the other outputs are written all the same.
#[test]
fn a_failed_output_leaves_nothing_and_hinders_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).display().to_string();
    std::fs::write(at("old.csv"), "mine").unwrap();
    let outputs = [at("old.csv"), at("no/such/folder/j.csv"), at("new.csv")];
    let (code, out, err) = run(&["analyze", SAMPLE, "-o", &outputs[0], "-o", &outputs[1], "-o", &outputs[2]]);
    assert!(code == 2 && out.contains("321 mails"), "{out}");
    assert!(err.contains("--force") && err.contains("cannot be written"), "{err}");
    assert_eq!(read(folder.path(), "old.csv"), "mine");
    assert_eq!(records(&read(folder.path(), "new.csv")).len(), 322);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2, "a temporary file was left");
}

#[cfg(unix)]
#[test]
fn a_file_is_as_readable_as_any_other_new_one() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("plain"), "").unwrap();
    let file = folder.path().join("j.csv");
    assert_eq!(run(&["analyze", SAMPLE, "-o", &file.display().to_string()]).0, 0);
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode();
    assert_eq!(mode(&file), mode(&folder.path().join("plain")));
}

/// A mail whose texts are made to be run by a spreadsheet.
const HOSTILE: &str = "100\tADR\t51\t000000000077\t=HYPERLINK(\"http://198.51.100.9\")\t@sap@contoso.example\t+ap@fabrikam.example\t20260310\t080000\t20260310\t080530\t718\tS\tXS\t718\t\t-relay.contoso.example:25\t\t\n";

#[test]
fn no_text_becomes_a_formula_and_numbers_stay_numbers() {
    let input = support::folder(&[("soes.txt", format!("{}{HOSTILE}", support::TABLE).as_bytes())]);
    let path = input.path().display().to_string();
    for (delimiter, name) in [(b',', ","), (b';', ";"), (b'|', "|"), (b'\t', "tab")] {
        let (code, out, _) = run(&["analyze", &path, "--format", "csv", "--delimiter", name, "--bom", "--decimal-comma"]);
        assert!(code == 0 && out.starts_with("\u{feff}journey") && out.ends_with("\r\n"), "{out}");
        let text = out.trim_start_matches('\u{feff}');
        let rows: Vec<csv::StringRecord> = csv::ReaderBuilder::new()
            .delimiter(delimiter)
            .has_headers(false)
            .from_reader(text.as_bytes())
            .records()
            .map(Result::unwrap)
            .collect();
        let cell = |name: &str| &rows[1][rows[0].iter().position(|column| column == name).unwrap()];
        assert_eq!(cell("subject"), "'=HYPERLINK(\"http://198.51.100.9\")");
        assert_eq!(cell("recipient"), "'+ap@fabrikam.example");
        assert_eq!(sostrace::report::raw_value(cell("subject")), "=HYPERLINK(\"http://198.51.100.9\")");
        assert_eq!(cell("latency_s"), "330");
    }
    let (code, _, err) = run(&["analyze", SAMPLE, "-o", "sources=x.json"]);
    assert!(code == 2 && err.contains("holds the whole run"), "{err}");
    let (code, _, err) = run(&["analyze", SAMPLE, "--delimiter", "x"]);
    assert!(code == 2 && err.contains("expected one of"), "{err}");
}

/// Columns of a table by name.
fn table(text: &str) -> Vec<std::collections::BTreeMap<String, String>> {
    let rows = records(text);
    let named = |row: &csv::StringRecord| rows[0].iter().map(str::to_owned).zip(row.iter().map(str::to_owned)).collect();
    rows.iter().skip(1).map(named).collect()
}

#[test]
fn the_resend_list_can_be_worked_off() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("resend.csv").display().to_string();
    assert_eq!(run(&["analyze", SAMPLE, "-o", &format!("resend={file}")]).0, 0);
    let rows = table(&read(folder.path(), "resend.csv"));
    assert_eq!(rows.len(), 321);
    let group = |row: &std::collections::BTreeMap<String, String>| {
        let cause = (row["rule"].is_empty(), row["rule"].clone());
        (row["system"].clone(), row["client"].clone(), cause, row["sap_key"].clone())
    };
    assert!(rows.is_sorted_by_key(group));
    for row in &rows {
        let (deed, verdict) = (row["do"].as_str(), row["verdict"].as_str());
        assert!(["resend", "recreate", "wait", "do-not-resend"].contains(&deed), "{row:?}");
        assert!(!row["reason"].is_empty() && !row["duplicate_risk"].is_empty(), "{row:?}");
        // Who is to act is told what must be gone first, and how to see that it is.
        assert_eq!(row["first"].is_empty() || row["gone_when"].is_empty(), verdict == "delivered", "{row:?}");
        let may_have_arrived = ["delivered", "handed-off", "missing", "conflict", "diverted"].contains(&verdict);
        assert!(deed != "resend" || !may_have_arrived, "{row:?}");
    }
    let mut shown = std::collections::BTreeMap::new();
    for row in &rows {
        let key = (row["rule"].clone(), row["do"].clone(), row["verdict"].clone());
        let text = ["reason", "first", "gone_when", "duplicate_risk", "owner"].map(|name| format!("  {name}: {}", row[name])).join("\n");
        shown.entry(key).or_insert((0, text)).0 += 1;
    }
    let lines = shown.iter().map(|((rule, deed, verdict), (count, text))| format!("{count} {verdict} {rule}: {deed}\n{text}"));
    insta::assert_snapshot!("resend", lines.collect::<Vec<_>>().join("\n"));
}

/// What is handed to one customer names no other one.
#[test]
fn a_proof_for_one_domain_holds_its_mails_only() {
    const DOMAIN: &str = "fabrikam.example";
    let folder = tempfile::tempdir().unwrap();
    let all = table(&run(&["analyze", SAMPLE, "--format", "csv"]).1);
    let others: Vec<&str> =
        all.iter().map(|row| row["recipient"].as_str()).filter(|to| !DOMAIN.starts_with(to.rsplit('@').next().unwrap())).collect();
    let own = all.iter().filter(|row| row["recipient"].ends_with(DOMAIN)).count();
    let mut arguments =
        vec!["analyze".to_owned(), SAMPLE.to_owned(), "--recipient-domain".to_owned(), format!("@{}", DOMAIN.to_uppercase())];
    for table in ["journeys", "incidents", "findings", "sources", "resend", "evidence", "timesketch"] {
        arguments.extend(["-o".to_owned(), format!("{table}={}", folder.path().join(format!("{table}.csv")).display())]);
    }
    for name in ["run.json", "ticket.md"] {
        arguments.extend(["-o".to_owned(), folder.path().join(name).display().to_string()]);
    }
    let (code, summary, err) = run(&arguments.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!((code, err.as_str()), (0, ""));
    assert!(own > 10 && table(&read(folder.path(), "journeys.csv")).len() == own);
    for file in std::fs::read_dir(folder.path()).unwrap() {
        let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
        for other in &others {
            assert!(!text.contains(other) && !summary.contains(other), "{other}");
        }
    }
    assert!(table(&read(folder.path(), "sources.csv")).iter().all(|row| row["sha256"].len() == 64 && !row["covers"].is_empty()));
    insta::assert_snapshot!("proof", summary);
    for wrong in ["a@fabrikam.example", " ", "@"] {
        let (code, _, err) = run(&["analyze", SAMPLE, "--recipient-domain", wrong]);
        assert!(code == 2 && err.contains("behind the @"), "{err}");
    }
    let rejects = folder.path().join("r").display().to_string();
    let (code, _, err) = run(&["analyze", SAMPLE, "--recipient-domain", DOMAIN, "--rejects", &rejects]);
    assert!(code == 2 && err.contains("leave --rejects out"), "{err}");
}
