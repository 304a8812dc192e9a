//! Workbooks (Office Open XML): each sheet with rows, values as the user sees them.

use super::tabs::TabText;
use super::{Encoding, Limits, Sheet};
use crate::source::unpack;
use calamine::{DataRef, ExcelDateTime, Reader, Style, Xlsx, XlsxError};
use std::io::Cursor;

const FORM: Encoding = Encoding { name: "XLSX", basis: "workbook" };

/// The sheets of a workbook that have rows; `None` when the archive is no workbook.
pub fn sheets(bytes: &[u8], limits: &Limits) -> Option<Result<Vec<Sheet>, String>> {
    if !unpack::has_member(bytes, "xl/workbook.xml") {
        return None;
    }
    if !unpack::within(bytes, limits) {
        return Some(Err("this workbook unpacks to far more than tables do and was not read".to_owned()));
    }
    Some(read(bytes))
}

/// A sheet that can not be read is named in the notes of the others.
fn read(bytes: &[u8]) -> Result<Vec<Sheet>, String> {
    let mut book = Xlsx::new(Cursor::new(bytes)).map_err(|error: XlsxError| format!("this workbook cannot be read ({error})"))?;
    let (mut out, mut lost) = (Vec::new(), Vec::new());
    for name in book.sheet_names() {
        let (mut tabs, mut broken) = (TabText::default(), None);
        let mut cells = match book.worksheet_cells_reader(&name) {
            Ok(cells) => cells,
            // Diagrams, dialogues and macros have no cells.
            Err(XlsxError::NotAWorksheet(_)) => continue,
            Err(error) => {
                lost.push(format!("the sheet '{name}' of the workbook cannot be read ({error})"));
                continue;
            }
        };
        loop {
            match cells.next_cell_with_style_id() {
                Ok(Some((cell, style))) => {
                    let (row, column) = cell.get_position();
                    let at = |place| usize::try_from(place).unwrap_or(usize::MAX);
                    tabs.put(at(row), at(column), &shown(cell.get_value(), cells.styles().get(style)));
                }
                Ok(None) => break,
                Err(error) => {
                    broken = Some(format!("the sheet is damaged and was read in part ({error})"));
                    break;
                }
            }
        }
        if tabs.is_empty() {
            lost.extend(broken.map(|why| format!("sheet '{name}' of the workbook: {why}")));
        } else {
            let mut sheet = Sheet::new(name.clone(), tabs, FORM, Some(format!("sheet '{name}' of the workbook; lines are its rows")));
            sheet.notes.extend(broken);
            out.push(sheet);
        }
    }
    if out.is_empty() && !lost.is_empty() {
        return Err(lost.join("; "));
    }
    for sheet in &mut out {
        sheet.notes.extend(lost.iter().cloned());
    }
    Ok(out)
}

/// A value as the user sees it, dates and times in ISO 8601 whatever the country.
fn shown(value: &DataRef<'_>, style: Option<&Style>) -> String {
    match value {
        DataRef::Empty => String::new(),
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => number.to_string(),
        DataRef::String(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Bool(yes) => if *yes { "TRUE" } else { "FALSE" }.to_owned(),
        DataRef::DateTime(at) => moment(at, style),
        DataRef::DateTimeIso(text) => text.replace('T', " "),
        DataRef::Error(error) => error.to_string(),
    }
}

fn moment(at: &ExcelDateTime, style: Option<&Style>) -> String {
    let (year, month, day, hour, minute, second, milli) = at.to_ymd_hms_milli();
    let whole = at.as_f64();
    if at.is_duration() {
        let days = if whole >= 1.0 { whole.floor() } else { 0.0 };
        return format!("{}:{minute:02}:{second:02}", days * 24.0 + f64::from(hour));
    }
    let (mut date, mut time) = style.and_then(|style| style.number_format.as_ref()).map_or((false, false), |f| parts(&f.format_code));
    // Formats of Excel's own are known by number only: the value has to tell.
    if !date && !time {
        date = whole >= 1.0;
        time = !date || whole.fract() != 0.0;
    }
    let fraction = if milli > 0 { format!(".{milli:03}") } else { String::new() };
    match (date && whole >= 1.0, time) {
        (true, true) => format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}{fraction}"),
        (true, false) => format!("{year:04}-{month:02}-{day:02}"),
        // An empty date of SAP may be day 0.
        (false, false) => String::new(),
        (false, true) => format!("{hour:02}:{minute:02}:{second:02}{fraction}"),
    }
}

/// Whether a number format shows a date, and whether it shows a time; quoted text, escapes, colours and locales aside.
fn parts(code: &str) -> (bool, bool) {
    let (mut date, mut time, mut quoted, mut bracket, mut escaped) = (false, false, false, false, false);
    for c in code.chars().map(|c| c.to_ascii_lowercase()) {
        match c {
            _ if escaped => escaped = false,
            '"' => quoted = !quoted,
            _ if quoted => {}
            '\\' => escaped = true,
            '[' => bracket = true,
            ']' => bracket = false,
            _ if bracket => {}
            'y' | 'd' => date = true,
            'h' | 's' => time = true,
            _ => {}
        }
    }
    (date, time)
}

#[cfg(test)]
mod tests {
    use super::*;
    use calamine::ExcelDateTimeType::{DateTime, TimeDelta};

    #[test]
    fn moments_as_the_user_sees_them() {
        let of = |value, kind| moment(&ExcelDateTime::new(value, kind, false), None);
        let rows = [
            (46_091.0, DateTime, "2026-03-10"),
            (46_091.340_405_092_6, DateTime, "2026-03-10 08:10:11"),
            (0.340_405_092_6, DateTime, "08:10:11"),
            (0.0, DateTime, "00:00:00"),
            (46_091.337_042_823, DateTime, "2026-03-10 08:05:20.500"),
            (46_091.999_999_999_9, DateTime, "2026-03-11 00:00:00"),
            (1.5, TimeDelta, "36:00:00"),
            (-1.0, DateTime, "00:00:00"),
            (f64::MAX, DateTime, "9999-12-31"),
        ];
        for (value, kind, want) in rows {
            assert_eq!(of(value, kind), want, "{value}");
        }
        let _ = of(f64::NAN, DateTime) + &of(f64::INFINITY, TimeDelta) + &of(f64::NEG_INFINITY, DateTime);
    }

    #[test]
    fn what_a_number_format_shows() {
        let rows = [
            ("dd.mm.yyyy", (true, false)),
            ("h:mm:ss AM/PM", (false, true)),
            ("yyyy-mm-dd\\ hh:mm", (true, true)),
            ("[$-407]d. mmm yy;@", (true, false)),
            ("mm:ss\" days\"", (false, true)),
            ("General", (false, false)),
        ];
        for (code, want) in rows {
            assert_eq!(parts(code), want, "{code}");
        }
    }
}
