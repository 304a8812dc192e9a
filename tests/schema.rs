//! What the published schema says of JSON is so, for real outputs.

mod support;

use boon::{Compiler, SchemaIndex, Schemas};
use serde_json::Value;
use support::sostrace as run;

const TABLES: [&str; 7] = ["journeys", "incidents", "findings", "sources", "resend", "evidence", "timesketch"];
const ID: &str = "urn:sostrace:report:1";

/// The schema that the program prints.
struct Published(Schemas, Compiler);

impl Published {
    fn new() -> Self {
        let (code, text, _) = run(&["schema"]);
        assert_eq!(code, 0);
        let mut compiler = Compiler::new();
        compiler.add_resource(ID, serde_json::from_str(&text).unwrap()).unwrap();
        Self(Schemas::new(), compiler)
    }

    fn of(&mut self, place: &str) -> SchemaIndex {
        self.1.compile(&format!("{ID}#{place}"), &mut self.0).unwrap()
    }

    fn check(&self, schema: SchemaIndex, value: &Value) {
        if let Err(error) = self.0.validate(value, schema) {
            panic!("{error}\n{value}");
        }
    }
}

#[test]
fn documents_and_rows_are_valid() {
    let mut published = Published::new();
    let document = published.of("");
    let folder = tempfile::tempdir().unwrap();
    for sample in ["connector-mismatch", "smtp-auth-off", "night-outage"] {
        let path = format!("samples/{sample}");
        let mut arguments = vec!["analyze".to_owned(), path.clone(), "-o".to_owned()];
        arguments.push(folder.path().join(format!("{sample}.json")).display().to_string());
        for table in TABLES {
            arguments.extend(["-o".to_owned(), format!("{table}={}", folder.path().join(format!("{sample}.{table}.jsonl")).display())]);
        }
        let (code, _, err) = run(&arguments.iter().map(String::as_str).collect::<Vec<_>>());
        assert_eq!((code, err.as_str()), (0, ""));
        let read = |name: String| std::fs::read_to_string(folder.path().join(name)).unwrap();
        let whole: Value = serde_json::from_str(&read(format!("{sample}.json"))).unwrap();
        published.check(document, &whole);
        assert_eq!(whole["run"]["command"], format!("sostrace analyze {path}"));
        for table in TABLES {
            let schema = published.of(&format!("/$defs/{table}"));
            let rows: Vec<Value> =
                read(format!("{sample}.{table}.jsonl")).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
            for row in &rows {
                published.check(schema, row);
            }
            // The document holds the same rows.
            if let Some(list) = whole[table].as_array() {
                assert_eq!(*list, rows, "{sample} {table}");
            }
        }
    }
}

#[test]
fn what_is_wrong_is_found() {
    let mut published = Published::new();
    let document = published.of("");
    let (_, text, _) = run(&["analyze", "samples/smtp-auth-off", "--format", "json"]);
    let right: Value = serde_json::from_str(&text).unwrap();
    published.check(document, &right);
    let wrong: [(&str, Value); 4] = [
        ("/journeys/0/verdict", "arrived".into()),
        ("/journeys/0/requested_at", "2026-03-10 08:00".into()),
        ("/journeys/0/latency_s", "12".into()),
        ("/schema_version", 2.into()),
    ];
    for (place, value) in wrong {
        let mut changed = right.clone();
        *changed.pointer_mut(place).unwrap() = value;
        assert!(published.0.validate(&changed, document).is_err(), "{place}");
    }
}

#[test]
fn the_page_for_a_ticket() {
    let (code, page, err) = run(&["analyze", "samples/connector-mismatch", "--format", "md"]);
    assert_eq!((code, err.as_str()), (0, ""));
    insta::assert_snapshot!("markdown", page);
}
