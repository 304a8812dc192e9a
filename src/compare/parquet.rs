//! Results in Parquet, through the frames that write them.

use super::read::CompareError;
use super::result::FIELDS;
use crate::evidence::rfc3339;
use polars::prelude::{Column, DataFrame, ParquetReader, SerReader};
use std::fs::File;
use std::path::Path;

/// Rows of a file.
pub struct Rows {
    /// Names of its columns.
    pub columns: Vec<String>,
    /// The fields that are compared.
    pub rows: Vec<[String; FIELDS.len()]>,
}

/// Reads a file.
pub fn rows(path: &Path) -> Result<Rows, CompareError> {
    let file = File::open(path).map_err(|error| CompareError::Io(path.to_path_buf(), error))?;
    let frame = ParquetReader::new(file).finish();
    let frame = frame.map_err(|error| CompareError::Strange(path.to_path_buf(), format!("it is no Parquet that can be read ({error})")))?;
    let columns = frame.get_column_names().iter().map(ToString::to_string).collect();
    let mut rows = vec![FIELDS.map(|_| String::new()); frame.height()];
    for (at, field) in FIELDS.iter().enumerate() {
        for (row, text) in rows.iter_mut().zip(texts(&frame, field)) {
            if let (Some(slot), Some(text)) = (row.get_mut(at), text) {
                *slot = text;
            }
        }
    }
    Ok(Rows { columns, rows })
}

/// A column as texts; nothing where the file has none of that name, or one of numbers.
fn texts(frame: &DataFrame, name: &str) -> Vec<Option<String>> {
    let Ok(column) = frame.column(name) else { return Vec::new() };
    if let Ok(texts) = column.str() {
        return texts.iter().map(|text| text.map(str::to_owned)).collect();
    }
    times(column).unwrap_or_default()
}

fn times(column: &Column) -> Option<Vec<Option<String>>> {
    let times = column.datetime().ok()?;
    Some(times.physical().iter().map(|at| at.map(rfc3339)).collect())
}
