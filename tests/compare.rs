//! Two runs compared: formats and dialects, classes, keys, exit codes, errors.

mod support;

use boon::{Compiler, Schemas};
use serde_json::Value;
use std::path::Path;
use support::{TABLE, folder, request, sostrace as run};

const SAMPLE: &str = "samples/connector-mismatch";

/// The journeys of paths as a file of results.
fn result(folder: &Path, name: &str, more: &[&str]) -> String {
    let file = folder.join(name).display().to_string();
    let (code, _, err) = run(&[&["analyze", "-o", &file, "-q"], more].concat());
    assert_eq!((code, err.as_str()), (0, ""), "{name}");
    file
}

/// Two exports of one system: on the second day the first mail got through, the second failed later, a third fails still.
fn two_days(folder: &Path, format: &str) -> [String; 2] {
    let refused = "550 5.7.64 TenantAttribution; Relay Access Denied";
    let failed = |number, to| request(number, to, 5, "E", ("XS", 816), refused);
    let sent = |number, to| request(number, to, 6, "S", ("SO", 718), "");
    let old =
        [failed(1, "a@fabrikam.example"), sent(2, "b@fabrikam.example"), failed(3, "c@fabrikam.example"), sent(4, "d@fabrikam.example")];
    let new = [
        sent(1, "a@fabrikam.example"),
        failed(2, "b@fabrikam.example"),
        failed(3, "c@fabrikam.example"),
        failed(5, "=e@fabrikam.example"),
        sent(6, "f@fabrikam.example"),
    ];
    [("old", old.concat()), ("new", new.concat())].map(|(name, rows)| {
        let export = folder.join(format!("{name}.txt"));
        std::fs::write(&export, format!("{TABLE}{rows}")).unwrap();
        result(folder, &format!("{name}.{format}"), &["--zone", "sap=UTC", &export.display().to_string()])
    })
}

fn csv(text: &str) -> Vec<std::collections::BTreeMap<String, String>> {
    csv::Reader::from_reader(text.as_bytes()).deserialize().map(Result::unwrap).collect()
}

#[test]
fn a_run_is_as_itself_in_every_format_and_dialect() {
    let folder = tempfile::tempdir().unwrap();
    let mut files: Vec<String> =
        ["a.csv", "a.tsv", "a.jsonl", "a.json", "a.parquet"].map(|name| result(folder.path(), name, &[SAMPLE])).into();
    files.push(result(folder.path(), "excel.csv", &[SAMPLE, "--delimiter", ";", "--bom", "--decimal-comma"]));
    files.push(result(folder.path(), "comma.csv", &[SAMPLE, "--decimal-comma"]));
    files.push(result(folder.path(), "tab.csv", &[SAMPLE, "--delimiter", "tab"]));
    files.push(result(folder.path(), "pipe.csv", &[SAMPLE, "--delimiter", "|"]));
    for (old, new) in files.iter().zip(files.iter().skip(1).chain(&files[..1])) {
        let (code, out, err) = run(&["compare", old, new, "--format", "json", "--fail-on", "new", "--fail-on", "worse"]);
        assert_eq!((code, err.as_str()), (0, ""), "{old} {new}");
        let document: Value = serde_json::from_str(&out).unwrap();
        assert_eq!(
            document["counts"]["same"].as_u64().unwrap() + document["counts"]["still-failing"].as_u64().unwrap(),
            321,
            "{old} {new}"
        );
        // What still fails is told with all that is known of it, whichever file it comes from.
        assert_eq!(document["changes"].as_array().unwrap().len(), 48, "{old} {new}");
        let (_, first, _) = run(&["compare", &files[0], &files[0], "--format", "csv"]);
        assert_eq!(run(&["compare", old, new, "--format", "csv"]).1, first, "{old} {new}");
    }
}

#[test]
fn every_class_is_told_with_what_one_needs_to_act() {
    let place = tempfile::tempdir().unwrap();
    for format in ["csv", "json", "jsonl", "tsv", "parquet"] {
        let [old, new] = two_days(place.path(), format);
        let (code, out, err) = run(&["compare", &old, &new, "--format", "csv"]);
        assert_eq!((code, err.as_str()), (0, ""));
        let told: Vec<[String; 6]> = csv(&out)
            .iter()
            .map(|row| ["change", "recipient", "old_verdict", "verdict", "rule", "action"].map(|name| row[name].clone()))
            .collect();
        let want = [
            ["new", "'=e@fabrikam.example", "", "rejected", "RELAY-01", "resend"],
            ["worse", "b@fabrikam.example", "handed-off", "rejected", "RELAY-01", "resend"],
            ["still-failing", "c@fabrikam.example", "rejected", "rejected", "RELAY-01", "resend"],
            ["fixed", "a@fabrikam.example", "rejected", "handed-off", "", "none"],
            ["gone", "d@fabrikam.example", "handed-off", "", "", ""],
            ["added", "f@fabrikam.example", "", "handed-off", "", "none"],
        ];
        assert_eq!(told, want.map(|row| row.map(str::to_owned)), "{format}");
    }
    let [old, new] = ["old.json", "new.json"].map(|name| place.path().join(name).display().to_string());
    let (code, out, _) = run(&["compare", &old, &new]);
    assert_eq!(code, 0);
    insta::assert_snapshot!("compare", out.replace(&place.path().display().to_string(), "RUNS"));
    for (class, code) in [("new", 1), ("worse", 1), ("still-failing", 1), ("fixed", 1), ("gone", 1), ("unclear", 0), ("same", 0)] {
        assert_eq!(run(&["compare", &old, &new, "--fail-on", class]).0, code, "{class}");
    }
}

/// When later exports know more, the id of a journey changes.
#[test]
fn mails_are_found_again_by_other_keys() {
    let place = tempfile::tempdir().unwrap();
    let [old, _] = two_days(place.path(), "jsonl");
    let text = std::fs::read_to_string(&old).unwrap();
    let renamed: Vec<String> = text
        .lines()
        .enumerate()
        .map(|(at, line)| {
            let mut row: Value = serde_json::from_str(line).unwrap();
            row["journey"] = format!("{at:012x}").into();
            row["system"] = "P11".into();
            row.to_string()
        })
        .collect();
    let later = place.path().join("later.jsonl");
    std::fs::write(&later, renamed.join("\n")).unwrap();
    let (code, out, err) = run(&["compare", &old, &later.display().to_string(), "--format", "json"]);
    assert_eq!((code, err.as_str()), (0, ""));
    let document: Value = serde_json::from_str(&out).unwrap();
    assert_eq!((&document["counts"]["gone"], &document["counts"]["new"], &document["counts"]["added"]), (&0.into(), &0.into(), &0.into()));
    assert!(document["changes"].as_array().unwrap().iter().all(|change| change["matched_by"] == "sap-key"), "{out}");
}

#[test]
fn the_documents_are_those_of_the_schema() {
    let place = tempfile::tempdir().unwrap();
    let [old, new] = two_days(place.path(), "csv");
    let schema: Value = serde_json::from_str(&run(&["schema"]).1).unwrap();
    let (mut compiler, mut schemas) = (Compiler::new(), Schemas::new());
    compiler.add_resource("urn:s", schema).unwrap();
    let document = compiler.compile("urn:s#/$defs/comparison", &mut schemas).unwrap();
    let row = compiler.compile("urn:s#/$defs/changes", &mut schemas).unwrap();
    let (_, json, _) = run(&["compare", &old, &new, "--format", "json"]);
    let json: Value = serde_json::from_str(&json).unwrap();
    schemas.validate(&json, document).unwrap();
    let (_, lines, _) = run(&["compare", &old, &new, "--format", "jsonl"]);
    let lines: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(json["changes"].as_array().unwrap(), &lines);
    for line in &lines {
        schemas.validate(line, row).unwrap();
    }
}

#[test]
fn versions_are_told() {
    let place = tempfile::tempdir().unwrap();
    let [old, new] = two_days(place.path(), "json");
    let text = std::fs::read_to_string(&new).unwrap();
    std::fs::write(&new, text.replace("{\"schema_version\":1,", "{\"schema_version\":2,").replace("\"reply\":", "\"answer\":")).unwrap();
    let (code, _, err) = run(&["compare", &old, &new]);
    assert_eq!(code, 0);
    assert!(err.contains("has version 1 of the schema") && err.contains("version 2 of the schema, this program knows 1"), "{err}");
    assert!(err.contains("has no column reply: another version"), "{err}");
}

#[test]
fn what_cannot_be_compared_says_where_and_what_to_do() {
    let header = "journey,verdict,action,recipient\n";
    let files: [(&str, String, &str); 9] = [
        ("a.csv", format!("{header}1,delivered\n"), "a.csv:2: the row has more or fewer cells than the header. The file was cut off"),
        ("b.csv", format!("{header}1,deliverd,none,x\n"), "b.csv:2: \"deliverd\" is no verdict"),
        (
            "c.csv",
            format!("{header}1,delivered,none,x\n2,unknown,none,x\n1,delivered,none,y\n"),
            "c.csv:4: the journey 1 stands already in row 2",
        ),
        ("d.csv", "source,line\nx,1\n".to_owned(), "its header does not begin with the column journey"),
        ("e.jsonl", "{\"journey\":\"1\"".to_owned(), "e.jsonl:1: no object of JSON"),
        ("f.json", "{\"sources\":[]}".to_owned(), "JSON without a list of journeys"),
        ("g.parquet", "PAR1".to_owned(), "it is no Parquet that can be read"),
        ("h.xlsx", String::new(), "results to compare are .json, .jsonl, .csv, .tsv or .parquet"),
        ("i.jsonl", "{\"journey\":\"1\",\"rule\":\"NET-01\"}\n".to_owned(), "it has no column verdict"),
    ];
    let named: Vec<(&str, &[u8])> = files.iter().map(|(name, text, _)| (*name, text.as_bytes())).collect();
    let folder = folder(&named);
    let path = |name: &str| folder.path().join(name).display().to_string();
    std::fs::write(path("good.csv"), format!("{header}1,delivered,none,x\n")).unwrap();
    for (name, _, want) in &files {
        let (code, out, err) = run(&["compare", &path(name), &path("good.csv")]);
        assert!(code == 2 && out.is_empty() && err.contains(want), "{name}: {err}");
    }
    let (code, _, err) = run(&["compare", &path("none.csv"), &path("good.csv")]);
    assert!(code == 2 && err.contains("cannot be read"), "{err}");
    let (code, _, err) = run(&["compare", &path("good.csv"), &path("good.csv"), "--fail-on", "wors"]);
    assert!(code == 2 && err.contains("did you mean worse?"), "{err}");
    let (code, _, err) = run(&["compare", &path("good.csv"), &path("good.csv"), "--format", "xlsx"]);
    assert!(code == 2 && err.contains("Known: csv, tsv, jsonl, json"), "{err}");
}
