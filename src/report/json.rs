//! One JSON document of a whole run; `schema/sostrace-1.schema.json` says what it holds.

use super::counts::counts;
use super::export::gaps;
use super::jsonl::Object;
use super::run::Run;
use super::summary::proof;
use super::table::Named;
use super::tables::{FINDINGS, INCIDENTS, JOURNEYS, SOURCES};
use serde_json::{Map, Value, json};
use std::io::{self, Write};

/// The published schema of the document and of the rows of all tables.
pub const SCHEMA: &str = include_str!("schema/sostrace-1.schema.json");
/// Its version: fields are added within it, anything else is a new one.
pub const VERSION: u32 = 1;

/// Writes the document, a row a line.
pub fn write(run: Run<'_>, out: &mut dyn Write) -> io::Result<Vec<String>> {
    write!(out, "{{\"schema_version\":{VERSION},\n\"run\":")?;
    serde_json::to_writer_pretty(&mut *out, &about(run))?;
    for table in [&SOURCES, &INCIDENTS, &FINDINGS, &JOURNEYS] {
        list(run, table, out)?;
    }
    out.write_all(b"}\n")?;
    Ok(Vec::new())
}

fn list(run: Run<'_>, table: &Named, out: &mut dyn Write) -> io::Result<()> {
    write!(out, ",\n\"{}\":[", table.name)?;
    for (at, row) in table.of(run).rows.enumerate() {
        out.write_all(if at == 0 { b"\n" } else { b",\n" })?;
        serde_json::to_writer(&mut *out, &Object(table.columns, &row))?;
    }
    out.write_all(b"\n]")
}

/// What made the document, and the sums.
fn about(run: Run<'_>) -> Value {
    let (counts, left_out) = (counts(run), run.analysis.left_out);
    let verdicts: Map<String, Value> = counts.verdicts.iter().map(|(verdict, n)| (verdict.word().to_owned(), json!(n))).collect();
    let actions: Map<String, Value> = counts.actions.iter().map(|(action, n)| (action.word().to_owned(), json!(n))).collect();
    let causes: Map<String, Value> = counts.causes.into_iter().map(|(cause, n)| (cause, json!(n))).collect();
    let gaps: Vec<Value> = gaps(run.analysis).into_iter().map(|gap| json!({ "what": gap.what, "export": gap.export })).collect();
    let rests_on: Vec<String> = proof::statement(run.analysis).into_iter().map(|(what, text)| format!("{what}: {text}")).collect();
    json!({
        "tool": "sostrace",
        "version": env!("CARGO_PKG_VERSION"),
        "command": super::clean(run.command),
        "rules": { "count": run.catalogue.iter().count(), "sha256": run.rules_hash() },
        "recipient_domains": run.analysis.recipient_domains,
        "rests_on": if run.analysis.recipient_domains.is_empty() { Vec::new() } else { rests_on },
        "mails": run.analysis.journeys.len(),
        "left_out": { "outside_window": left_out.window, "other_domains": left_out.domain, "recipient_unclear": left_out.unclear },
        "verdicts": verdicts,
        "actions": actions,
        "causes": causes,
        "export_next": gaps,
    })
}

#[cfg(test)]
mod tests {
    use super::super::TABLES;
    use super::*;
    use crate::journey::{Action, Verdict};

    /// The schema names what the tables have, in their order, with their types.
    #[test]
    fn the_schema_is_that_of_the_tables() {
        let schema: Value = serde_json::from_str(SCHEMA).unwrap();
        assert_eq!(schema["properties"]["schema_version"]["const"], VERSION);
        for table in TABLES {
            let row = &schema["$defs"][table.name];
            let names: Vec<&str> = row["required"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
            assert_eq!(names, table.columns.iter().map(|column| column.name).collect::<Vec<_>>(), "{}", table.name);
            assert_eq!(row["properties"].as_object().unwrap().len(), names.len(), "{}", table.name);
            for column in table.columns {
                let of = row["properties"][column.name]["$ref"].as_str().unwrap_or_default();
                let words = ["verdict", "action"].contains(&column.name) || (column.name, table.name) == ("do", "resend");
                assert!(words || of == format!("#/$defs/{:?}", column.of).to_lowercase(), "{}: {of}", column.name);
            }
        }
        let words = |name: &str| schema["$defs"][name]["enum"].clone();
        assert_eq!(words("verdict"), json!(Verdict::ALL.map(Verdict::word)));
        assert_eq!(words("action"), json!(Action::ALL.map(Action::word)));
    }
}
