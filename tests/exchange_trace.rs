//! The message trace in the forms people hand in (exchange.md section 1).

mod support;

use sostrace::source::Class;
use sostrace::{Analysis, Options};
use support::{TRACE, analyse_paths, arrival, folder, others, table};

fn read(bytes: &[u8]) -> Analysis {
    let folder = folder(&[("trace.csv", bytes)]);
    analyse_paths(
        &[folder.path().to_path_buf()],
        &Options {
            policy: sostrace::journey::Policy { sender: Some("sap@contoso.example".to_owned()), ..Default::default() },
            ..Options::default()
        },
    )
}

/// Recipient and verdict of SAP's mails, and the lines by class: evidence, frame, others' mail, not understood.
fn found(bytes: &[u8]) -> (Vec<(String, String)>, [usize; 4]) {
    let analysis = read(bytes);
    let ledger = &analysis.reading.sources[0].ledger;
    let rows = table(&analysis).iter().map(|row| (row["recipient"].clone(), row["verdict"].clone())).collect();
    (rows, [Class::Evidence, Class::Frame, Class::Others, Class::NotUnderstood].map(|class| ledger.count(class)))
}

fn one() -> String {
    format!("{TRACE}{}", arrival(1, "ap@fabrikam.example", 1, "Receive, Send"))
}

#[test]
fn every_encoding_and_delimiter() {
    let text = one().replace("Invoice 1", "Rechnung für Größe 1");
    let le = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    let be = |text: &str| text.encode_utf16().flat_map(u16::to_be_bytes).collect::<Vec<u8>>();
    let rows: [(&str, Vec<u8>, &str, &str); 9] = [
        ("UTF-16LE with BOM", [vec![0xFF, 0xFE], le(&text)].concat(), "UTF-16LE", "BOM"),
        ("UTF-16LE without BOM", le(&text), "UTF-16LE", "pattern"),
        ("UTF-16BE with BOM", [vec![0xFE, 0xFF], be(&text)].concat(), "UTF-16BE", "BOM"),
        ("UTF-8", text.clone().into_bytes(), "UTF-8", "valid"),
        ("UTF-8 with BOM", [b"\xEF\xBB\xBF".to_vec(), text.clone().into_bytes()].concat(), "UTF-8", "BOM"),
        ("CRLF", text.replace('\n', "\r\n").into_bytes(), "UTF-8", "valid"),
        ("all quoted", quoted(&text, "\",\"").into_bytes(), "UTF-8", "valid"),
        ("semicolons", quoted(&text, "\";\"").into_bytes(), "UTF-8", "valid"),
        ("tabs", quoted(&text, "\"\t\"").into_bytes(), "UTF-8", "valid"),
    ];
    for (what, bytes, encoding, basis) in rows {
        let analysis = read(&bytes);
        let source = &analysis.reading.sources[0];
        assert_eq!((source.encoding.name, source.encoding.basis), (encoding, basis), "{what}");
        let row = &table(&analysis)[0];
        assert_eq!(
            (row["recipient"].as_str(), row["verdict"].as_str(), row["subject"].as_str()),
            ("ap@fabrikam.example", "delivered", "Rechnung für Größe 1"),
            "{what}"
        );
        assert_eq!(row["submitted_at"], "2026-03-10T08:05:01.500Z", "{what}");
        assert_eq!(source.ledger.count(Class::NotUnderstood), 0, "{what}");
    }
}

/// Every cell between quotes.
fn quoted(text: &str, between: &str) -> String {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
    reader.records().map(|row| format!("\"{}\"\n", row.unwrap().iter().collect::<Vec<_>>().join(between))).collect::<Vec<_>>().concat()
}

#[test]
fn recipients_and_their_events() {
    let rows = [
        ("a@contoso.example##Receive, Deliver", vec![("a@contoso.example", "delivered")]),
        (
            "a@contoso.example##Receive, Deliver;b@fabrikam.example##Receive, Fail",
            vec![("a@contoso.example", "delivered"), ("b@fabrikam.example", "bounced")],
        ),
        ("a@contoso.example##Deliver, Receive", vec![("a@contoso.example", "delivered")]),
        ("a#b##c@contoso.example##Receive, Defer", vec![("a#b##c@contoso.example", "deferred")]),
        ("a@contoso.example##Receive, FilteredAsSpam", vec![("a@contoso.example", "diverted")]),
        // A group is no mail of its own beside those it stands for.
        (
            "team@contoso.example##Receive, Expand;a@contoso.example##Receive, Deliver;b@fabrikam.example##Receive, Fail",
            vec![("a@contoso.example", "delivered"), ("b@fabrikam.example", "bounced")],
        ),
        ("team@contoso.example##Receive, Expand", vec![("team@contoso.example", "unknown")]),
        ("a@contoso.example##Receive, Quarantine", vec![("a@contoso.example", "diverted")]),
    ];
    for (cell, want) in rows {
        let text = one().replace("ap@fabrikam.example##Receive, Send", cell);
        let mut got = found(text.as_bytes()).0;
        got.sort();
        let want: Vec<(String, String)> = want.into_iter().map(|(to, verdict)| (to.to_owned(), verdict.to_owned())).collect();
        assert_eq!(got, want, "{cell}");
    }
}

#[test]
fn what_stands_between_the_rows() {
    let (one, row) = (one(), arrival(2, "b@fabrikam.example", 2, "Receive, Send"));
    let rows = [
        ("a type line and blank lines", format!("#TYPE Selected.Something\n{one}\n\n{row}"), 2, [2, 4, 0, 0]),
        ("the header once more, as in appended files", format!("{one}{TRACE}{row}"), 2, [2, 2, 0, 0]),
        ("a row without a time", format!("{one}soon,sap@contoso.example,x,y\n{row}"), 2, [2, 1, 0, 1]),
        (
            "a quote that is never closed",
            format!("{one}2026-03-10T08:06:00Z,sap@contoso.example,\"lost@fabrikam.example##Receive, Send\n{row}"),
            2,
            [2, 1, 0, 1],
        ),
        ("a subject over two lines", format!("{}{row}", one.replace("Invoice 1", "\"Invoice\n1\"")), 2, [3, 1, 0, 0]),
        ("the mail of others", format!("{one}{}", others()), 1, [1, 1, 6, 0]),
    ];
    for (what, text, mails, classes) in rows {
        let (got, ledger) = found(text.as_bytes());
        assert_eq!((got.len(), ledger), (mails, classes), "{what}: {got:?}");
    }
}

/// The network message id holds UTC: a file whose times were converted is put right, and says so.
#[test]
fn converted_times_are_found_out_by_the_network_message_ids() {
    // 2026-03-10 18:27:34 UTC
    let id = "9c92e718-8ee3-dfb7-93f0-08de7ed2b30f";
    let row = |n: u32| {
        arrival(n, "ap@fabrikam.example", n, "Receive, Send")
            .replace("2026-03-10T08:05:", "2026-03-10T19:27:")
            .replace(",,203.0.113.10", &format!(",{id},203.0.113.10"))
    };
    let text = format!("{TRACE}{}{}{}", row(33), row(34), row(35));
    let analysis = read(text.as_bytes());
    assert!(
        analysis.reading.sources[0].notes.iter().any(|note| note.text.contains("60 minutes off")),
        "{:?}",
        analysis.reading.sources[0].notes
    );
    assert!(table(&analysis).iter().all(|row| row["submitted_at"].starts_with("2026-03-10T18:27:3")));
}

#[test]
fn repeated_rows_are_counted_once_and_told() {
    let row = arrival(1, "ap@fabrikam.example", 1, "Receive, Send");
    let analysis = read(format!("{TRACE}{row}{row}").as_bytes());
    assert_eq!(table(&analysis).len(), 1);
    let source = &analysis.reading.sources[0];
    assert_eq!([Class::Evidence, Class::Frame].map(|class| source.ledger.count(class)), [1, 2]);
    assert!(
        source.notes.iter().any(|note| note.line == 3 && note.text.starts_with("1 row stands in the file before")),
        "{:?}",
        source.notes
    );
}
