//! Parquet, through a frame of typed columns.

use super::rows::{COLUMNS, Cell, rows};
use crate::pipeline::Analysis;
use crate::rules::Catalogue;
use polars::prelude::{
    Column, DataFrame, Float32Chunked, Int64Chunked, IntoColumn, NewChunkedArray, ParquetWriter, StringChunked, TimeUnit,
};
use std::io::{self, Write};

/// Writes the journeys; times are UTC with milliseconds.
pub fn write(analysis: &Analysis, catalogue: &Catalogue, out: &mut dyn Write) -> io::Result<()> {
    let mut frame = frame(analysis, catalogue)?;
    let mut bytes = Vec::new();
    ParquetWriter::new(&mut bytes).finish(&mut frame).map_err(io::Error::other)?;
    out.write_all(&bytes)
}

fn frame(analysis: &Analysis, catalogue: &Catalogue) -> io::Result<DataFrame> {
    let all: Vec<Vec<Cell>> = rows(analysis, catalogue).collect();
    let columns = COLUMNS.iter().enumerate().map(|(at, name)| column(name, all.iter().filter_map(|row| row.get(at)))).collect();
    DataFrame::new(all.len(), columns).map_err(io::Error::other)
}

/// A column takes the type of its first cell.
fn column<'a>(name: &str, cells: impl Iterator<Item = &'a Cell> + Clone) -> Column {
    let name = name.into();
    match cells.clone().next() {
        Some(Cell::Number(_)) => {
            Int64Chunked::from_iter_options(name, cells.map(|c| if let Cell::Number(n) = c { *n } else { None })).into_column()
        }
        Some(Cell::Share(_)) => {
            Float32Chunked::from_iter_options(name, cells.map(|c| if let Cell::Share(n) = c { *n } else { None })).into_column()
        }
        Some(Cell::Time(_)) => {
            let millis = Int64Chunked::from_iter_options(name, cells.map(|c| if let Cell::Time(n) = c { *n } else { None }));
            millis.into_datetime(TimeUnit::Milliseconds, None).into_column()
        }
        _ => StringChunked::from_iter_options(name, cells.map(|c| Some(c.text()).filter(|text| !text.is_empty()))).into_column(),
    }
}
