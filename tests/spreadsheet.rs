//! What a spreadsheet program makes of the files, set to English, German and French: numbers are numbers, real dates are
//! dates, texts stay texts, and nothing is a formula. It needs `LibreOffice`, and says so where it is missing.

mod support;

use regex::Regex;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use support::{TABLE, folder, sostrace};

/// Language, its file with delimiter and decimal sign as such a spreadsheet wants it, and the import filter for that.
const COUNTRIES: [(&str, &[&str], &str); 3] = [
    ("en-US", &[], "CSV:44,34,76,1"),
    ("de-DE", &["--delimiter", ";", "--decimal-comma", "--bom"], "CSV:59,34,76,1"),
    ("fr-FR", &["--delimiter", ";", "--decimal-comma", "--bom"], "CSV:59,34,76,1"),
];
/// A mail whose texts are made to be run, or to be taken for numbers and dates.
const HOSTILE: &str = "000\tADR\t51\t000000000077\t=HYPERLINK(\"http://198.51.100.9\")\t@sap@contoso.example\t+ap@fabrikam.example\t20260310\t080000\t20260310\t080530\t806\tE\tXS\t806\t\t-relay.contoso.example:25\t\t550 5.4.1 Recipient address rejected\n";

/// The cells of one column of the first table, as type and value.
type Columns = BTreeMap<String, Vec<(String, String)>>;

/// Opens a file with a spreadsheet program of a country and saves it as flat XML.
fn opened(file: &Path, language: &str, filter: Option<&str>) -> String {
    let profile = tempfile::tempdir().unwrap();
    std::fs::create_dir(profile.path().join("user")).unwrap();
    let setting = format!(
        "<oor:items xmlns:oor=\"http://openoffice.org/2001/registry\"><item oor:path=\"/org.openoffice.Setup/L10N\"><prop oor:name=\"ooSetupSystemLocale\" oor:op=\"fuse\"><value>{language}</value></prop></item></oor:items>"
    );
    std::fs::write(profile.path().join("user/registrymodifications.xcu"), setting).unwrap();
    let mut command = Command::new("soffice");
    command.arg(format!("-env:UserInstallation=file://{}", profile.path().display())).arg("--headless");
    command.args(filter.map(|filter| format!("--infilter={filter}")));
    let output = command.args(["--convert-to", "fods", "--outdir"]).arg(profile.path()).arg(file).output().unwrap();
    let made = profile.path().join(file.with_extension("fods").file_name().unwrap());
    std::fs::read_to_string(made).unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)))
}

fn columns(flat: &str, table: Option<&str>) -> Columns {
    let start = table.map_or(0, |name| flat.find(&format!("<table:table table:name=\"{name}\"")).unwrap());
    let body = flat[start..].split("</table:table>").next().unwrap();
    let cell = Regex::new(r"(?s)<table:table-cell([^>]*?)(?:/>|>(.*?)</table:table-cell>)").unwrap();
    let tag = Regex::new("<[^>]*>").unwrap();
    let attribute = |text: &str, name: &str| {
        text.split_once(&format!("{name}=\"")).map(|(_, rest)| rest.split('"').next().unwrap().to_owned()).unwrap_or_default()
    };
    let row = |row: &str| -> Vec<(String, String)> {
        cell.captures_iter(row)
            .flat_map(|found| {
                let times = attribute(&found[1], "table:number-columns-repeated").parse().unwrap_or(1).min(60);
                let text = found.get(2).map_or("", |text| text.as_str()).replace("<text:s/>", " ");
                vec![(attribute(&found[1], "office:value-type"), tag.replace_all(text.trim(), "").into_owned()); times]
            })
            .collect()
    };
    let mut rows = body.split("<table:table-row").skip(1).map(row);
    let header = rows.next().unwrap();
    let mut out = Columns::new();
    for cells in rows.take_while(|cells| cells.first().is_some_and(|(kind, _)| !kind.is_empty())) {
        for ((_, name), cell) in header.iter().zip(cells) {
            out.entry(name.clone()).or_default().push(cell);
        }
    }
    out
}

fn kinds(columns: &Columns, name: &str) -> BTreeSet<String> {
    columns[name].iter().map(|(kind, _)| kind.clone()).filter(|kind| !kind.is_empty()).collect()
}

fn assert_kinds(what: &str, columns: &Columns, expected: &[(&str, &str)]) {
    for (name, kind) in expected {
        assert_eq!(kinds(columns, name), BTreeSet::from([(*kind).to_owned()]), "{what}: {name}: {:?}", columns[*name].first());
    }
}

#[test]
fn files_open_as_they_are_meant_in_three_languages() {
    if !Command::new("soffice").arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|status| status.success()) {
        eprintln!("skipped: LibreOffice is not installed");
        return;
    }
    let place = folder(&[("soes.txt", format!("{TABLE}{HOSTILE}").as_bytes())]);
    let input: Vec<String> = [support::repository("samples/connector-mismatch"), place.path().join("soes.txt")]
        .map(|path: PathBuf| path.display().to_string())
        .into();
    for (language, dialect, filter) in COUNTRIES {
        let at = |extension: &str| place.path().join(format!("{language}.{extension}"));
        let files = ["csv", "xlsx"].map(|extension| at(extension).display().to_string());
        let own: Vec<&str> =
            ["analyze", &input[0], &input[1], "-q", "-o", &files[0], "-o", &files[1]].into_iter().chain(dialect.iter().copied()).collect();
        assert_eq!(sostrace(&own).0, 0);

        let text = opened(&at("csv"), language, Some(filter));
        assert!(!text.contains("table:formula"), "{language}: a cell of the CSV is a formula");
        let of_csv = columns(&text, None);
        assert_eq!(of_csv["journey"].len(), 322, "{language}");
        let numbers = [("confidence", "float"), ("latency_s", "float"), ("attempts", "float"), ("reply_code", "float")];
        let texts =
            ["journey", "subject", "recipient", "sap_message", "requested_at", "evidence", "enhanced_code"].map(|name| (name, "string"));
        assert_kinds(language, &of_csv, &[&numbers[..], &texts[..]].concat());
        let sign = if dialect.is_empty() { '.' } else { ',' };
        assert!(
            of_csv["confidence"].iter().any(|(_, shown)| *shown == format!("0{sign}97")),
            "{language}: {:?}",
            of_csv["confidence"].first()
        );

        let workbook = opened(&at("xlsx"), language, None);
        assert!(!workbook.contains("table:formula"), "{language}: a cell of the workbook is a formula");
        let of_sheet = columns(&workbook, Some("Journeys"));
        let dates = ["requested_at", "submitted_at", "finished_at"].map(|name| (name, "date"));
        let texts = ["journey", "subject", "recipient", "sap_message", "evidence", "enhanced_code", "client"].map(|name| (name, "string"));
        assert_kinds(language, &of_sheet, &[&numbers[..3], &dates[..], &texts[..]].concat());
        assert!(of_sheet["requested_at"].iter().any(|(_, shown)| shown.starts_with("2026-03-10 0")), "{language}");
        assert!(of_sheet["client"].iter().any(|(_, shown)| shown == "000"), "{language}: {:?}", of_sheet["client"].first());
        assert_eq!(workbook.matches("<draw:object").count(), 2, "{language}: the charts");
    }
}
