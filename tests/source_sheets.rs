//! Workbooks, HTML and MHTML: what people hand in when a program offered "Excel".

mod support;

use sostrace::source::{Class, sheets};
use sostrace::{Reading, read};
use std::fmt::Write as _;
use std::io::{Cursor, Write};
use support::{TRACE, arrival, folder, table};
use zip::write::SimpleFileOptions;

/// A cell: text, or a number with its style (1 date, 2 time, 3 both).
#[derive(Clone, Copy)]
enum Cell<'a> {
    Text(&'a str),
    Number(f64, u32),
}
use Cell::{Number, Text};

/// A workbook; the first row of each sheet stands in Excel's row `first`.
fn workbook(sheets: &[(&str, u32, Vec<Vec<Cell<'_>>>)]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let mut file = |name: &str, text: &str| {
        writer.start_file(name, SimpleFileOptions::default()).unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    };
    let (mut names, mut relations, mut types) = (String::new(), String::new(), String::new());
    for (at, (name, first, rows)) in (1..).zip(sheets) {
        write!(names, "<sheet name=\"{name}\" sheetId=\"{at}\" r:id=\"r{at}\"/>").unwrap();
        write!(relations, "<Relationship Id=\"r{at}\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet\" Target=\"worksheets/sheet{at}.xml\"/>").unwrap();
        write!(types, "<Override PartName=\"/xl/worksheets/sheet{at}.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml\"/>").unwrap();
        let mut body = String::new();
        for (number, row) in (*first..).zip(rows) {
            write!(body, "<row r=\"{number}\">").unwrap();
            for (column, cell) in (b'A'..).zip(row) {
                let place = format!("{}{number}", char::from(column));
                match cell {
                    Text("") => Ok(()),
                    Text(text) => write!(body, "<c r=\"{place}\" t=\"inlineStr\"><is><t xml:space=\"preserve\">{text}</t></is></c>"),
                    Number(value, style) => write!(body, "<c r=\"{place}\" s=\"{style}\"><v>{value}</v></c>"),
                }
                .unwrap();
            }
            body += "</row>";
        }
        file(
            &format!("xl/worksheets/sheet{at}.xml"),
            &format!(
                "<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetData>{body}</sheetData></worksheet>"
            ),
        );
    }
    file(
        "[Content_Types].xml",
        &format!(
            "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"><Override PartName=\"/xl/workbook.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml\"/>{types}</Types>"
        ),
    );
    file(
        "_rels/.rels",
        "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"r1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>",
    );
    file(
        "xl/workbook.xml",
        &format!(
            "<workbook xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"><sheets>{names}</sheets></workbook>"
        ),
    );
    file(
        "xl/_rels/workbook.xml.rels",
        &format!(
            "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">{relations}<Relationship Id=\"s\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles\" Target=\"styles.xml\"/></Relationships>"
        ),
    );
    file(
        "xl/styles.xml",
        "<styleSheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><numFmts><numFmt numFmtId=\"170\" formatCode=\"dd.mm.yyyy\"/><numFmt numFmtId=\"171\" formatCode=\"hh:mm:ss\"/><numFmt numFmtId=\"172\" formatCode=\"dd.mm.yyyy hh:mm:ss\"/></numFmts><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"170\"/><xf numFmtId=\"171\"/><xf numFmtId=\"172\"/></cellXfs></styleSheet>",
    );
    writer.finish().unwrap().into_inner()
}

const SAP: [&str; 7] = ["Status", "Document title", "Recipient", "Send Date", "Send Time", "Message Class", "Message number"];

fn sap_rows() -> Vec<Vec<Cell<'static>>> {
    let row = |title, time| {
        vec![Number(806.0, 0), Text(title), Text("ap@fabrikam.example"), Number(46091.0, 1), Number(time, 2), Text("XS"), Number(806.0, 0)]
    };
    vec![
        vec![Text("Send requests of 10.03.2026")],
        SAP.map(Text).to_vec(),
        row("Invoice 1\nsecond\tline", 0.340_405_092_6),
        row("&quot;Invoice&quot; 2", 0.0),
    ]
}

fn reading(name: &str, bytes: &[u8]) -> Reading {
    let folder = folder(&[(name, bytes)]);
    read(&[folder.path().join(name)], &mut ())
}

fn notes(reading: &Reading) -> Vec<&str> {
    reading.sources.iter().flat_map(|source| &source.notes).map(|note| note.text.as_str()).collect()
}

#[test]
fn a_workbook_is_read_as_the_user_sees_it() {
    let reading = reading("sost.xlsx", &workbook(&[("Data", 3, sap_rows()), ("Empty", 1, vec![])]));
    assert!(reading.problems.is_empty(), "{:?}", reading.problems);
    let source = &reading.sources[0];
    assert_eq!((source.label.as_str(), source.format, source.encoding.name), ("sost.xlsx", "sap-table", "XLSX"));
    assert!(notes(&reading).contains(&"sheet 'Data' of the workbook; lines are its rows"), "{:?}", notes(&reading));
    let subject = |at: usize| reading.store.text(reading.store.records[at].subject);
    assert_eq!((subject(0), subject(1)), ("Invoice 1 second line", "\"Invoice\" 2"));
    let seen: Vec<(u32, String)> = reading
        .store
        .records
        .iter()
        .map(|record| {
            let requested = reading.store.sap_of(record).unwrap().requested.unwrap();
            (record.line, sostrace::evidence::rfc3339(requested.from))
        })
        .collect();
    assert_eq!(seen, [(5, "2026-03-10T08:10:11.000Z".to_owned()), (6, "2026-03-10T00:00:00.000Z".to_owned())]);
    let count = |class| source.ledger.count(class);
    assert_eq!((count(Class::Evidence), count(Class::Frame), count(Class::NotUnderstood)), (2, 4, 0));
}

#[test]
fn several_sheets_are_members() {
    let notes = vec![vec![Text("what happened")]];
    let mut second = sap_rows();
    second.pop();
    let bytes = workbook(&[("P11", 1, sap_rows()), ("Notes", 1, notes.clone()), ("Q11", 1, second)]);
    let reading1 = reading("sost.xlsx", &bytes);
    assert_eq!(reading1.sources.iter().map(|source| source.label.as_str()).collect::<Vec<_>>(), ["P11", "Q11"]);
    assert!(reading1.sources[0].path.ends_with("sost.xlsx/P11"));
    assert!(reading1.strangers[0].0.ends_with("sost.xlsx/Notes"));
    assert!(reading("x.xlsx", &workbook(&[("Notes", 1, notes)])).problems[0].to_string().contains("no known format"));
    assert!(reading("x.xlsx", &workbook(&[("Empty", 1, vec![])])).problems[0].to_string().contains("is empty"));
}

#[test]
fn a_trace_in_a_workbook_and_a_workbook_in_an_archive() {
    let csv = format!("{TRACE}{}", arrival(1, "ap@fabrikam.example", 1, "Receive, Deliver"));
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(csv.as_bytes());
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let cell = |text| if text == "2026-03-10T08:05:01.5000000Z" { Number(46_091.336_823_0, 3) } else { Text(text) };
    let escaped: Vec<Vec<String>> = rows.iter().map(|row| row.iter().map(|cell| cell.replace('<', "&lt;")).collect()).collect();
    let cells = escaped.iter().map(|row| row.iter().map(|text| cell(text)).collect()).collect();
    let book = workbook(&[("MTSummary", 1, cells)]);
    let analysis = support::analyse_files(&[("trace.xlsx", &book)]);
    assert_eq!(analysis.reading.sources[0].format, "exchange-summary");
    let rows = table(&analysis);
    assert_eq!(
        (rows[0]["finished_at"].as_str(), rows[0]["message_id"].as_str()),
        ("2026-03-10T08:05:01.507Z", "<ADR51000000000001@contoso.example>")
    );
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    writer.start_file("in/trace.xlsx", SimpleFileOptions::default()).unwrap();
    writer.write_all(&book).unwrap();
    let archive = writer.finish().unwrap().into_inner();
    assert_eq!(reading("a.zip", &archive).sources[0].label, "trace.xlsx");
}

#[test]
fn html_and_mhtml_tables() {
    let head = SAP.map(|name| format!("<th>{name}</th>")).concat();
    let cells = ["806", "Rechnung f&uuml;r\r\nGr\u{f6}\u{df}e", "ap@fabrikam.example", "10.03.2026", "08:10:11", "XS", "806"];
    let row = cells.map(|cell| format!("<td>{cell}</td>")).concat();
    let html = format!(
        "<html><head><title>x</title></head><body><h1>Send requests</h1><table><tr>{head}</tr>\n<tr>{row}</tr></table></body></html>"
    );
    let latin: Vec<u8> = html.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    let utf16: Vec<u8> = [0xFF, 0xFE].into_iter().chain(html.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let quoted: String = latin.iter().fold(String::new(), |mut out, byte| {
        let plain = byte.is_ascii() && *byte != b'=';
        write!(out, "{}", if plain { char::from(*byte).to_string() } else { format!("={byte:02X}") }).unwrap();
        out
    });
    let page = format!(
        "MIME-Version: 1.0\nContent-Type: multipart/related; boundary=\"b\"\n\n--b\nContent-Location: sheet001.htm\nContent-Transfer-Encoding: quoted-printable\nContent-Type: text/html; charset=\"iso-8859-1\"\n\n{quoted}\n--b--\n"
    );
    let rows: [(&str, &[u8], &str, &str); 4] = [
        ("sost.htm", html.as_bytes(), "HTML", "UTF-8"),
        ("sost.xls", &latin, "HTML", "windows-1252"),
        ("sost.html", &utf16, "HTML", "UTF-16LE"),
        ("sost.mht", page.as_bytes(), "MHTML", "windows-1252"),
    ];
    for (name, bytes, form, charset) in rows {
        let reading = reading(name, bytes);
        assert!(reading.problems.is_empty(), "{name}: {:?}", reading.problems);
        let source = &reading.sources[0];
        assert_eq!((source.format, source.encoding.name, source.encoding.basis), ("sap-table", form, charset), "{name}");
        assert_eq!(reading.store.text(reading.store.records[0].subject), "Rechnung für Größe", "{name}");
        assert_eq!((source.ledger.count(Class::Frame), source.ledger.count(Class::Evidence), source.ledger.lines()), (2, 1, 3), "{name}");
    }
}

/// The archive with the content of one member exchanged, or left out.
fn exchanged(book: &[u8], member: &str, content: Option<&str>) -> Vec<u8> {
    let mut archive = zip::ZipArchive::new(Cursor::new(book)).unwrap();
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for name in archive.file_names().map(|name| name.unwrap().into_owned()).collect::<Vec<_>>() {
        let mut bytes = Vec::new();
        std::io::copy(&mut archive.by_name(&name).unwrap(), &mut bytes).unwrap();
        let own = name.ends_with(member);
        if !own || content.is_some() {
            writer.start_file(name.as_str(), SimpleFileOptions::default()).unwrap();
            writer.write_all(content.filter(|_| own).map_or(&bytes, str::as_bytes)).unwrap();
        }
    }
    writer.finish().unwrap().into_inner()
}

#[test]
fn a_damaged_sheet_is_named() {
    let book = workbook(&[("P11", 1, sap_rows()), ("Q11", 1, sap_rows())]);
    let reading1 = reading("sost.xlsx", &exchanged(&book, "sheet2.xml", None));
    assert_eq!((reading1.sources.len(), reading1.problems.len()), (1, 0));
    assert!(notes(&reading1).iter().any(|note| note.contains("'Q11'") && note.contains("cannot be read")), "{:?}", notes(&reading1));
    let broken = "<worksheet><sheetData><row r=\"1\"><c r=\"A1\" t=\"s\"><v>none</v></c></row></sheetData></worksheet>";
    let reading3 = reading("sost.xlsx", &exchanged(&book, "sheet2.xml", Some(broken)));
    assert!(notes(&reading3).iter().any(|note| note.contains("'Q11'") && note.contains("damaged")), "{:?}", notes(&reading3));
    let alone = workbook(&[("P11", 1, sap_rows())]);
    let reading2 = reading("sost.xlsx", &exchanged(&alone, "sheet1.xml", None));
    assert!(reading2.problems[0].to_string().contains("'P11'"), "{}", reading2.problems[0]);
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig { cases: 100, ..Default::default() })]

    #[test]
    fn damaged_tables_never_panic(which in 0usize..3, at in 0usize..1000, take in 0usize..20, put in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..20)) {
        let html = "<html><table><tr><td colspan=3>a&nbsp;&#65;<!-- x --><td rowspan=2>b</table><pre>\n<script></script>";
        let mhtml = format!("MIME-Version: 1.0\nContent-Type: multipart/related; boundary=b\n\n--b\nContent-Type: text/html\nContent-Transfer-Encoding: quoted-printable\n\n{html}=3D\n--b--\n");
        let mut bytes = [workbook(&[("Data", 1, sap_rows())]), html.as_bytes().to_vec(), mhtml.into_bytes()][which].clone();
        let from = bytes.len() * at / 1000;
        let to = (from + take).min(bytes.len());
        bytes.splice(from..to, put);
        let _ = sheets(&bytes, None);
    }

    #[test]
    fn damaged_sheets_never_panic(at in 0usize..1000, take in 0usize..20, put in "[<>/a-z0-9\"= ]{0,12}") {
        // The zip is whole, what is in it is not.
        let good = "<worksheet><sheetData><row r=\"1\"><c r=\"A1\" s=\"1\"><v>46091</v></c><c r=\"XFD1048576\" t=\"s\"><v>9</v></c></row></sheetData></worksheet>";
        let mut text = good.to_owned();
        let from = text.len() * at / 1000;
        text.replace_range(from..(from + take).min(text.len()), &put);
        let _ = sheets(&exchanged(&workbook(&[("Data", 1, vec![])]), "sheet1.xml", Some(&text)), None);
    }
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig { cases: 60, ..Default::default() })]

    #[test]
    fn the_ledger_of_converted_tables_adds_up(cells in proptest::collection::vec("[a-z0-9@.<>&;\" \n]{0,12}", 0..40), breaks in "(<tr>|<td>|<td colspan=2>|</table>|<br>|<p>|<pre>|\n){0,40}") {
        let head = SAP.map(|name| format!("<th>{name}</th>")).concat();
        let mut tags = breaks.split_inclusive('>');
        let body = cells.iter().flat_map(|cell| [tags.next().unwrap_or("<tr><td>"), cell]).collect::<String>();
        let reading = reading("sost.xls", format!("<html><table><tr>{head}</tr><tr><td>806<td>x<td>ap@fabrikam.example{body}").as_bytes());
        let source = &reading.sources[0];
        let classes = [Class::Evidence, Class::Frame, Class::Others, Class::NotUnderstood];
        proptest::prop_assert_eq!(source.encoding.name, "HTML");
        proptest::prop_assert_eq!(classes.iter().map(|class| source.ledger.count(*class)).sum::<usize>(), source.ledger.lines());
        proptest::prop_assert_eq!(source.ledger.count(Class::Evidence), reading.store.records.len());
    }
}

/// The name of a sheet is anybody's text.
#[test]
fn names_of_sheets_are_printed_clean() {
    let book = workbook(&[("P11\u{202e}\u{9b}2J", 1, sap_rows())]);
    let analysis = support::analyse_files(&[("sost.xlsx", &book)]);
    assert!(notes(&analysis.reading).iter().any(|note| note.contains('\u{202e}')));
    let style = sostrace::report::Style { color: false, width: 118, columns: None, verbose: true };
    let catalogue = sostrace::rules::Catalogue::builtin().unwrap();
    let text = sostrace::report::summary(&analysis, &catalogue, &[], &style);
    assert!(text.contains("of the workbook") && !text.contains(['\u{202e}', '\u{9b}']), "{text}");
}
