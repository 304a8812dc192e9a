//! A comparison as one JSON document; `$defs/comparison` of the schema says what it holds.

use super::change::Comparison;
use super::result::Results;
use super::table::table;
use crate::report::{Object, VERSION};
use serde_json::{Map, Value, json};
use std::io::{self, Write};

/// Writes the document, a change a line.
///
/// # Errors
/// Those of the stream.
pub fn write(comparison: &Comparison<'_>, out: &mut dyn Write) -> io::Result<()> {
    let counts: Map<String, Value> = comparison.counts().iter().map(|(class, n)| (class.word().to_owned(), json!(n))).collect();
    let about = |results: &Results| json!({ "file": results.name, "mails": results.journeys.len() });
    write!(out, "{{\"schema_version\":{VERSION},\n\"old\":{},\n\"new\":{},\n", about(comparison.old), about(comparison.new))?;
    write!(out, "\"counts\":{},\n\"ambiguous\":{},\n\"changes\":[", Value::from(counts), comparison.ambiguous)?;
    let table = table(comparison);
    for (at, row) in table.rows.enumerate() {
        out.write_all(if at == 0 { b"\n" } else { b",\n" })?;
        serde_json::to_writer(&mut *out, &Object(table.columns, &row))?;
    }
    out.write_all(b"\n]}\n")
}
