//! A table as a sheet: header that stays, filter, dates that are dates, widths, colours by verdict. What Excel has no rows
//! for goes on in another sheet.

use super::value::{date, fitting, whole};
use crate::report::colours::COLOURS;
use crate::report::table::{Cell, Column, Rows, Table, Type};
use rust_xlsxwriter::{Color, Format, FormatAlign, Workbook, Worksheet, XlsxError};
use std::collections::BTreeMap;

/// Rows by which the widths are measured.
const SAMPLE: usize = 200;
/// Narrowest and widest column in characters.
const WIDTHS: (usize, usize) = (8, 60);

/// Formats of the cells.
pub struct Look {
    /// Header.
    pub head: Format,
    /// Time.
    pub time: Format,
    share: Format,
    verdicts: BTreeMap<&'static str, Format>,
}

impl Look {
    pub fn new() -> Self {
        Self {
            head: Format::new().set_bold().set_background_color(Color::RGB(0x00D9_E2EC)).set_align(FormatAlign::Top),
            time: Format::new().set_num_format("yyyy-mm-dd hh:mm:ss"),
            share: Format::new().set_num_format("0.00"),
            verdicts: COLOURS.iter().map(|(word, colour)| (*word, Format::new().set_background_color(Color::RGB(*colour)))).collect(),
        }
    }
}

/// Adds a table; tells what did not fit.
pub fn add(book: &mut Workbook, name: &str, table: Table<'_>, most: u32) -> Result<Vec<String>, XlsxError> {
    let (look, columns) = (Look::new(), table.columns);
    let mut rows = table.rows;
    let (mut cut, mut number) = (0, 1);
    loop {
        let title = if number == 1 { name.to_owned() } else { format!("{name} {number}") };
        let sheet = book.add_worksheet_with_constant_memory()?;
        sheet.set_name(&title)?;
        let (full, here) = fill(sheet, columns, &mut rows, most, &look)?;
        cut += here;
        // A full sheet is followed by another one only where there is a row for it.
        match full.then(|| rows.next()).flatten() {
            Some(next) => rows = Box::new(std::iter::once(next).chain(rows)),
            None => break,
        }
        number += 1;
    }
    let mut remarks = Vec::new();
    if number > 1 {
        let what = format!("a sheet of Excel has {most} rows: {name} goes on in the sheets '{name} 2' to '{name} {number}'");
        remarks.push(format!("{what}; a filter holds for one sheet, -o {}=FILE.csv or .parquet has all in one", name.to_lowercase()));
    }
    if cut > 0 {
        let what = format!("{cut} texts of {name} are longer than a cell of Excel may be and were cut");
        remarks.push(format!("{what}; -o {}=FILE.jsonl has them whole", name.to_lowercase()));
    }
    Ok(remarks)
}

/// Fills a sheet; whether it is full, and how many texts were cut.
fn fill(sheet: &mut Worksheet, columns: &[Column], rows: &mut Rows<'_>, most: u32, look: &Look) -> Result<(bool, usize), XlsxError> {
    sheet.set_freeze_panes(1, 1)?;
    for (at, column) in (0u16..).zip(columns) {
        sheet.write_string_with_format(0, at, column.name, &look.head)?;
    }
    let mut widths: Vec<usize> = columns.iter().map(|column| column.name.chars().count() + 3).collect();
    let (mut last, mut cut) = (0, 0);
    while last + 1 < most {
        let Some(row) = rows.next() else { break };
        last += 1;
        for ((at, column), cell) in (0u16..).zip(columns).zip(&row) {
            cut += usize::from(put(sheet, (last, at), column, cell, look)?);
        }
        if last as usize <= SAMPLE {
            for (width, cell) in widths.iter_mut().zip(&row) {
                *width = (*width).max(shown(cell));
            }
        }
    }
    for (at, width) in (0u16..).zip(widths) {
        sheet.set_column_width(at, f64::from(u8::try_from(width.clamp(WIDTHS.0, WIDTHS.1)).unwrap_or(u8::MAX)))?;
    }
    if let (Some(end), true) = ((0u16..).zip(columns).last(), last > 0) {
        sheet.autofilter(0, 0, last, end.0)?;
    }
    Ok((last + 1 >= most, cut))
}

/// Writes a cell; whether its text was cut.
fn put(sheet: &mut Worksheet, (row, at): (u32, u16), column: &Column, cell: &Cell<'_>, look: &Look) -> Result<bool, XlsxError> {
    match cell {
        Cell::Text(text) if !text.is_empty() => {
            let (text, cut) = fitting(text);
            match look.verdicts.get(text).filter(|_| column.name == "verdict" && column.of == Type::Text) {
                Some(format) => sheet.write_string_with_format(row, at, text, format)?,
                None => sheet.write_string(row, at, text)?,
            };
            return Ok(cut);
        }
        Cell::Number(Some(number)) => sheet.write_number(row, at, whole(*number))?,
        Cell::Share(Some(share)) => sheet.write_number_with_format(row, at, (f64::from(*share) * 100.0).round() / 100.0, &look.share)?,
        Cell::Time(Some(time)) => match date(*time) {
            Some(serial) => sheet.write_number_with_format(row, at, serial, &look.time)?,
            None => sheet.write_string(row, at, cell.text())?,
        },
        _ => return Ok(false),
    };
    Ok(false)
}

/// Characters that a cell shows.
fn shown(cell: &Cell<'_>) -> usize {
    match cell {
        Cell::Text(text) => text.chars().count() + 1,
        Cell::Time(_) => 20,
        Cell::Number(_) | Cell::Share(_) => 8,
    }
}
