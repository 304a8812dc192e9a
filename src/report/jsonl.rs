//! One JSON object per line; unknown values are null.

use super::rows::{COLUMNS, Cell, rows};
use crate::evidence::rfc3339;
use crate::pipeline::Analysis;
use crate::rules::Catalogue;
use serde_json::{Map, Value};
use std::io::{self, Write};

/// Writes the journeys.
pub fn write(analysis: &Analysis, catalogue: &Catalogue, out: &mut dyn Write) -> io::Result<()> {
    for row in rows(analysis, catalogue) {
        let object: Map<String, Value> = COLUMNS.iter().zip(row).map(|(name, cell)| ((*name).to_owned(), value(cell))).collect();
        serde_json::to_writer(&mut *out, &object)?;
        out.write_all(b"\n")?;
    }
    Ok(())
}

fn value(cell: Cell) -> Value {
    match cell {
        Cell::Text(text) if text.is_empty() => Value::Null,
        Cell::Text(text) => Value::String(text),
        Cell::Number(number) => number.map_or(Value::Null, Value::from),
        Cell::Share(share) => share.map_or(Value::Null, |share| Value::from((f64::from(share) * 100.0).round() / 100.0)),
        Cell::Time(at) => at.map_or(Value::Null, |at| Value::String(rfc3339(at))),
    }
}
