//! One JSON object per line; unknown values are null.

use super::delimited::Dialect;
use super::table::{Cell, Column, Table};
use crate::evidence::rfc3339;
use serde::ser::{SerializeMap, Serializer};
use std::io::{self, Write};

/// Writes a table.
pub fn write(table: Table<'_>, _: Dialect, out: &mut dyn Write) -> io::Result<()> {
    for row in table.rows {
        serde_json::to_writer(&mut *out, &Object(table.columns, &row))?;
        out.write_all(b"\n")?;
    }
    Ok(())
}

/// A row as an object, its fields in the order of the columns.
pub struct Object<'a>(pub &'static [Column], pub &'a [Cell<'a>]);

impl serde::Serialize for Object<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (column, cell) in self.0.iter().zip(self.1) {
            map.serialize_key(column.name)?;
            match cell {
                Cell::Text(text) => map.serialize_value(&Some(text).filter(|text| !text.is_empty()))?,
                Cell::Number(number) => map.serialize_value(number)?,
                Cell::Share(share) => map.serialize_value(&share.map(|share| (f64::from(share) * 100.0).round() / 100.0))?,
                Cell::Time(at) => map.serialize_value(&at.map(rfc3339))?,
            }
        }
        map.end()
    }
}
