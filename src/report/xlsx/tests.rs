//! Workbooks as another reader sees them.

use super::*;
use crate::pipeline::{Analysis, Options, analyse, read};
use crate::rules::Catalogue;
use calamine::{Data, Reader, Xlsx};
use std::io::Cursor;
use std::path::Path;

fn analysis(catalogue: &Catalogue) -> Analysis {
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/connector-mismatch");
    analyse(read(&[sample], &mut ()), catalogue, &Options::default(), &mut ()).unwrap()
}

fn book(run: Run<'_>, most: u32) -> (Vec<u8>, Vec<String>) {
    let mut out = Vec::new();
    let remarks = write_with(run, most, &mut out).unwrap();
    (out, remarks)
}

#[test]
fn another_reader_finds_sheets_dates_numbers_and_texts() {
    let catalogue = Catalogue::builtin().unwrap();
    let analysis = analysis(&catalogue);
    let run = Run::new(&analysis, &catalogue);
    let (bytes, remarks) = book(run, ROWS);
    assert!(remarks.is_empty(), "{remarks:?}");
    let mut book = Xlsx::new(Cursor::new(&bytes)).unwrap();
    assert_eq!(book.sheet_names(), ["Summary", "Incidents", "Journeys", "Findings", "Sources", "Resend"]);
    for (name, table) in [("Incidents", &INCIDENTS), ("Journeys", &JOURNEYS), ("Findings", &FINDINGS), ("Sources", &SOURCES)] {
        let sheet = book.worksheet_range(name).unwrap();
        let want: Vec<Vec<Cell<'_>>> = table.of(run).rows.collect();
        assert_eq!(sheet.height(), want.len() + 1, "{name}");
        for (row, want) in sheet.rows().skip(1).zip(&want) {
            // Empty cells at the end of all rows are none.
            for (found, cell) in row.iter().zip(want) {
                let same = match (found, cell) {
                    (Data::Empty, cell) => cell.text().is_empty(),
                    (Data::String(text), cell) => *text == cell.text(),
                    (Data::Float(number), Cell::Number(Some(want))) => (number - value::whole(*want)).abs() < f64::EPSILON,
                    (Data::Float(number), Cell::Share(Some(want))) => (number - f64::from(*want)).abs() < 0.006,
                    (Data::DateTime(found), Cell::Time(Some(want))) => {
                        value::date(*want).is_some_and(|want| (found.as_f64() - want).abs() < 1e-8)
                    }
                    _ => false,
                };
                assert!(same, "{name}: {found:?} is not {cell:?}");
            }
        }
    }
    let resend = book.worksheet_range("Resend").unwrap();
    assert_eq!(resend.height(), 1 + 38 + 3 + 7);
}

/// Charts, filter and frozen header are there, and the same run gives the same bytes.
#[test]
fn what_readers_do_not_tell_is_there() {
    let catalogue = Catalogue::builtin().unwrap();
    let analysis = analysis(&catalogue);
    let run = Run::new(&analysis, &catalogue);
    let (bytes, _) = book(run, ROWS);
    assert!(bytes == book(run, ROWS).0, "the same run gives other bytes");
    let mut archive = zip::ZipArchive::new(Cursor::new(&bytes)).unwrap();
    let mut part = |name: &str| io::read_to_string(archive.by_name(name).unwrap()).unwrap();
    assert!(part("xl/charts/chart1.xml").contains("<c:grouping val=\"stacked\"/>") && part("xl/charts/chart2.xml").contains("barDir"));
    let journeys = part("xl/worksheets/sheet3.xml");
    assert!(journeys.contains("<autoFilter ref=\"A1:AO322\"/>") && journeys.contains("state=\"frozen\"") && journeys.contains("<cols>"));
    assert!(part("docProps/core.xml").contains("2026-03-10T"));
    assert!(part("xl/styles.xml").contains("FFE57373"), "no colour for the rejected ones");
}

#[test]
fn what_excel_has_no_rows_for_goes_on_in_another_sheet() {
    let catalogue = Catalogue::builtin().unwrap();
    let analysis = analysis(&catalogue);
    let run = Run::new(&analysis, &catalogue);
    let (bytes, remarks) = book(run, 101);
    let mut book = Xlsx::new(Cursor::new(&bytes)).unwrap();
    let heights: Vec<usize> =
        ["Journeys", "Journeys 2", "Journeys 3", "Journeys 4"].map(|name| book.worksheet_range(name).unwrap().height()).to_vec();
    assert_eq!(heights, [101, 101, 101, 22]);
    let told = "Journeys goes on in the sheets 'Journeys 2' to 'Journeys 4'";
    assert!(remarks.iter().any(|remark| remark.contains(told)), "{remarks:?}");
    let summary = book.worksheet_range("Summary").unwrap();
    assert!(summary.rows().flatten().any(|cell| cell.to_string().contains(told)));
}
