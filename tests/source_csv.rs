//! The SAP table saved again as CSV by a spreadsheet program.

mod support;

use sostrace::source::Class;
use sostrace::{Reading, read};
use support::folder;

fn reading(text: &str) -> Reading {
    let folder = folder(&[("sost.csv", text.as_bytes())]);
    read(&[folder.path().join("sost.csv")], &mut ())
}

fn counts(reading: &Reading) -> (usize, usize, usize) {
    let ledger = &reading.sources[0].ledger;
    (ledger.count(Class::Evidence), ledger.count(Class::Frame), ledger.count(Class::NotUnderstood))
}

fn subjects(reading: &Reading) -> Vec<(u32, &str)> {
    reading.store.records.iter().map(|record| (record.line, reading.store.text(record.subject))).collect()
}

const TITLE: &str = "\"10.03.2026          Dynamische Listenausgabe          1\";;;;;;;\r\n;;;;;;;\r\n";
const HEADER: &str = ";Status;Titel;\"Empfänger\";Sendedatum;Sendezeit;Nachrichtenklasse;Nachrichtennr.\r\n";

fn row(title: &str) -> String {
    format!(";806;{title};ap@fabrikam.example;10.03.2026;08:10:11;XS;806\r\n")
}

#[test]
fn title_rows_quotes_and_an_empty_first_column() {
    let text =
        format!("{TITLE}{HEADER};;;;;;;\r\n{}{}\r\n{}", row("\"Rechnung 1; \"\"Kopie\"\"\""), row("\"two\r\nlines\r\n\""), row("last"));
    let rows = [text.clone(), text.replace("\"Rechnung 1; ", "\"Rechnung 1, ").replace(';', ","), text.replace("\r\n", "\n")];
    for text in rows {
        let reading = reading(&text);
        assert!(reading.problems.is_empty(), "{:?}", reading.problems);
        assert_eq!(reading.sources[0].format, "sap-table");
        let got = subjects(&reading);
        assert_eq!(got.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [5, 6, 10], "{text}");
        assert!(got[0].1.starts_with("Rechnung 1") && got[0].1.ends_with(" \"Kopie\"") && got[2].1 == "last", "{got:?}");
        assert_eq!(counts(&reading), (5, 5, 0), "{text}");
        assert!(reading.sources[0].why.contains(if text.contains(";Titel") { "semicolons" } else { "commas" }));
    }
}

/// A spreadsheet program quotes cells between tabs too; SAP does not, and a subject may hold quotes.
#[test]
fn text_with_tabs_saved_again() {
    let header = HEADER.replace(';', "\t").replace('"', "");
    let saved = ["\"two\r\nlines\"", "\"a\ttab\"", "\"say \"\"yes\"\"\""].map(|title| row(title).replace(';', "\t")).concat();
    let reading1 = reading(&format!("{header}{saved}"));
    assert_eq!(subjects(&reading1), [(2, "two\r\nlines"), (4, "a\ttab"), (5, "say \"yes\"")]);
    assert_eq!(counts(&reading1), (4, 1, 0));
    let raw = ["\"Urgent\" offer", "5\" disc", "\"whole\""].map(|title| row(title).replace(';', "\t")).concat();
    let reading2 = reading(&format!("{header}{raw}"));
    assert_eq!(subjects(&reading2), [(2, "\"Urgent\" offer"), (3, "5\" disc"), (4, "\"whole\"")]);
}

/// Delimiters inside the cell shift what stands behind it to where a row of its own would have its date.
#[test]
fn a_broken_cell_with_delimiters_is_of_one_row() {
    let header = "Status;Document Title;Recipient;Send Date;Send Time\n";
    let good = "718;next;c@fabrikam.example;10.03.2026;08:02:00\n";
    let cells = ["Line one\nline \"\"two\"\"; x", "Line one\nline two; x", "Line one\nline two\nline three; x", "one; a\ntwo; b\n"];
    for cell in cells {
        let reading = reading(&format!("{header}806;\"{cell}\";a@fabrikam.example;10.03.2026;08:00:00\n{good}"));
        let subject = cell.replace("\"\"", "\"");
        let below = 3 + u32::try_from(cell.matches('\n').count()).unwrap_or(0);
        assert_eq!(subjects(&reading), [(2, subject.trim()), (below, "next")]);
        assert_eq!(counts(&reading), (below as usize - 1, 1, 0), "{cell}");
    }
    let open = "718;\"never closed;b@fabrikam.example;10.03.2026;08:01:00\n";
    for next in [good.to_owned(), good.replace("next", "\"next\""), good.replace("next", "5\" disc"), open.to_owned() + good] {
        let reading = reading(&format!("{header}{open}{next}{good}"));
        assert!(subjects(&reading).iter().all(|(line, _)| *line > 2), "{next}");
        assert_eq!(subjects(&reading).len(), 2, "{next}");
        assert_eq!(counts(&reading), (2, 1, next.matches("never").count() + 1), "{next}");
    }
}

#[test]
fn an_open_quote_costs_its_own_row_only() {
    let reading = reading(&format!("{HEADER}{}{}{}", row("\"never closed"), row("good"), row("\"two\nlines\"")));
    assert_eq!(subjects(&reading).iter().map(|(line, _)| *line).collect::<Vec<_>>(), [3, 4]);
    assert_eq!(
        (counts(&reading), reading.sources[0].ledger.not_understood(9)),
        ((3, 1, 1), vec![(2, "a quote is not closed in this row")])
    );
}

#[test]
fn rows_that_are_rejected_take_their_lines_along() {
    let text = format!("{HEADER};806;\"two\nlines\";;10.03.2026;08:10:11;XS;806\n{}{HEADER}{}", row("a"), row("b"));
    let reading = reading(&text);
    assert_eq!(counts(&reading), (2, 2, 2));
    let reason = "neither a recipient nor a key";
    assert_eq!(reading.sources[0].ledger.not_understood(9), [(2, reason), (3, reason)]);
}

#[test]
fn technical_names_between_commas() {
    let reading = reading(
        "\u{feff}MANDT,RECTP,RECYR,RECNO,TITEL,ADDRESS,SNDDAT,SNDTIM,STATUS,MSGID\n100,ADR,51,1,Invoice,ap@fabrikam.example,20260310,60139,718,XS\n",
    );
    assert_eq!((counts(&reading), subjects(&reading)), ((1, 1, 0), vec![(2, "Invoice")]));
}

#[test]
fn what_is_no_export_is_refused() {
    for text in [
        "Status,Subject,Recipient\nerror,x,y\n",
        "date,time,sender_address,recipient,status\n",
        "Dear colleagues; the status, as you know, is bad\n",
    ] {
        assert!(reading(text).sources.is_empty(), "{text}");
    }
}

proptest::proptest! {
    #[test]
    fn any_rows_add_up(comma: bool, rows in "[;,\"\\\\Q5C0-9a-z@./: \t\r\n-]{0,300}") {
        let text = format!("{HEADER}{rows}");
        let reading = reading(&if comma { text.replace(';', ",") } else { text });
        let (evidence, frame, rest) = counts(&reading);
        proptest::prop_assert_eq!(evidence + frame + rest, reading.sources[0].ledger.lines());
    }
}
