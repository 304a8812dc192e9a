//! Parquet, through frames of typed columns: a part of the rows at a time.

use super::delimited::Dialect;
use super::table::{Cell, Column, Table, Type};
use polars::prelude::{
    Column as Series, DataFrame, DataType, Field, Float32Chunked, Int64Chunked, IntoColumn, NewChunkedArray, ParquetWriter, Schema,
    StringChunked, TimeUnit, TimeZone,
};
use std::io::{self, Write};

/// Rows of a row group.
const ROWS: usize = 100_000;

/// Writes a table; times are UTC with milliseconds.
pub fn write(table: Table<'_>, _: Dialect, out: &mut dyn Write) -> io::Result<()> {
    let schema: Schema = table.columns.iter().map(|column| Field::new(column.name.into(), kind(column.of))).collect();
    let mut writer = ParquetWriter::new(out).set_parallel(false).batched(&schema).map_err(io::Error::other)?;
    let mut rows = table.rows;
    loop {
        let part: Vec<Vec<Cell<'_>>> = rows.by_ref().take(ROWS).collect();
        if !part.is_empty() {
            writer.write_batch(&frame(table.columns, &part)?).map_err(io::Error::other)?;
        }
        if part.len() < ROWS {
            break;
        }
    }
    writer.finish().map(|_| ()).map_err(io::Error::other)
}

fn kind(of: Type) -> DataType {
    match of {
        Type::Text => DataType::String,
        Type::Number => DataType::Int64,
        Type::Share => DataType::Float32,
        Type::Time => DataType::Datetime(TimeUnit::Milliseconds, Some(TimeZone::UTC)),
    }
}

fn frame(columns: &[Column], rows: &[Vec<Cell<'_>>]) -> io::Result<DataFrame> {
    let all = columns.iter().enumerate().map(|(at, column)| series(*column, rows.iter().filter_map(|row| row.get(at)))).collect();
    DataFrame::new(rows.len(), all).map_err(io::Error::other)
}

fn series<'a>(column: Column, cells: impl Iterator<Item = &'a Cell<'a>>) -> Series {
    let name = column.name.into();
    match column.of {
        Type::Text => StringChunked::from_iter_options(name, cells.map(text)).into_column(),
        Type::Number => Int64Chunked::from_iter_options(name, cells.map(whole)).into_column(),
        Type::Share => {
            Float32Chunked::from_iter_options(name, cells.map(|c| if let Cell::Share(share) = c { *share } else { None })).into_column()
        }
        Type::Time => {
            Int64Chunked::from_iter_options(name, cells.map(whole)).into_datetime(TimeUnit::Milliseconds, Some(TimeZone::UTC)).into_column()
        }
    }
}

fn text<'a>(cell: &'a Cell<'_>) -> Option<&'a str> {
    match cell {
        Cell::Text(text) => Some(text.as_ref()).filter(|text| !text.is_empty()),
        _ => None,
    }
}

fn whole(cell: &Cell<'_>) -> Option<i64> {
    match cell {
        Cell::Number(number) | Cell::Time(number) => *number,
        _ => None,
    }
}
