//! SAP's exports as users save them: what is read of them, what is told, and what is refused.
#![allow(clippy::unwrap_used, reason = "tests may stop at the first surprise")]

use sostrace::evidence::{Evidence, SapFacts, SapState, rfc3339};
use sostrace::source::Class;
use sostrace::{Reading, read};

/// Reads a text as a file of its own.
fn reading(text: &str) -> Reading {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("export.txt");
    std::fs::write(&path, text).unwrap();
    read(&[path], &mut ())
}

fn facts<'r>(reading: &'r Reading, record: &Evidence) -> &'r SapFacts {
    reading.store.sap_of(record).unwrap()
}

fn text(reading: &Reading, at: usize, of: fn(&Evidence, &SapFacts) -> sostrace::evidence::Sym) -> String {
    let record = &reading.store.records[at];
    reading.store.text(of(record, facts(reading, record))).to_owned()
}

fn notes(reading: &Reading) -> Vec<(u32, &str)> {
    reading.sources.iter().flat_map(|source| &source.notes).map(|note| (note.line, note.text.as_str())).collect()
}

/// Evidence, frame and lines that were not understood.
fn counts(reading: &Reading) -> (usize, usize, usize) {
    let ledger = &reading.sources[0].ledger;
    assert_eq!(ledger.count(Class::Others), 0);
    (ledger.count(Class::Evidence), ledger.count(Class::Frame), ledger.count(Class::NotUnderstood))
}

/// A list with the widths of its longest values.
fn list(header: &[&str], rows: &[&[&str]]) -> String {
    let width = |at: usize| rows.iter().map(|row| row[at]).chain([header[at]]).map(|cell| cell.chars().count()).max().unwrap();
    let line = |cells: &[&str]| {
        let cells = cells.iter().enumerate().map(|(at, cell)| format!("{cell:<width$}", width = width(at)));
        format!("|{}|", cells.collect::<Vec<_>>().join("|"))
    };
    let rule = "-".repeat(line(header).chars().count());
    let body = rows.iter().map(|row| line(row)).collect::<Vec<_>>().join("\r\n");
    format!(
        "10.03.2026                        Dynamic List Display                        1\r\n{rule}\r\n{}\r\n{rule}\r\n{body}\r\n{rule}\r\n",
        line(header)
    )
}

const HEADER: [&str; 6] = ["St", "Document title", "Recipient", "Send Date", "Send Time", "Message number"];

fn row(number: usize) -> [String; 6] {
    let at = number % 10;
    [
        "@5C@".into(),
        format!("Invoice 9000{number}"),
        format!("ap{number}@fabrikam.example"),
        "10.03.2026".into(),
        format!("08:00:0{at}"),
        "806".into(),
    ]
}

fn rows_of(count: usize) -> String {
    let rows: Vec<[String; 6]> = (0..count).map(row).collect();
    let rows: Vec<Vec<&str>> = rows.iter().map(|row| row.iter().map(String::as_str).collect()).collect();
    list(&HEADER, &rows.iter().map(Vec::as_slice).collect::<Vec<_>>())
}

#[test]
fn failures_are_never_read_as_handed_off() {
    let rows = [
        ("Not sent", SapState::Error),
        ("Message could not be sent", SapState::Error),
        ("@5C\\QNot sent@", SapState::Error),
        ("@09\\QStill no entry in queue@", SapState::NoQueueEntry),
        ("Not yet transmitted", SapState::Waiting),
        ("Sent", SapState::Sent),
    ];
    for (status, state) in rows {
        for column in ["St", "Icon"] {
            let reading = reading(&list(&[column, "Document title", "Recipient"], &[&[status, "Invoice", "ap@fabrikam.example"]]));
            assert_eq!(facts(&reading, &reading.store.records[0]).state, state, "{column} {status}");
        }
    }
}

#[test]
fn the_better_of_two_columns_is_read() {
    let long = "very.long.mailbox.name@customers.fabrikam.example";
    let table = format!("SMTP_ADDR\tADDRESS\tSNDDAT\tSNDTIM\tSTATUS\tMSGID\n{long}\t{}\t20260310\t081011\t806\tXS\n", &long[..35]);
    let joined = "RECTP_SOOS\tRECYR_SOOS\tRECNO_SOOS\tSTATUS_SOES\tMSGID_SOES\tMSGID_SOST\tMSGNO_SOST\tMSGTY_SOST\nADR\t51\t1\t806\tXS\tSO\t672\tW\n";
    let reading1 = reading(&table);
    assert_eq!(text(&reading1, 0, |record, _| record.recipient), long);
    assert!(!reading1.store.records[0].cut.recipient);
    assert!(notes(&reading1).iter().any(|(_, note)| note.starts_with("'SMTP_ADDR' and 'ADDRESS' mean the same")));
    let told = "the status is read from one table of the join: 'MSGID_SOST' and 'MSGNO_SOST' and 'MSGTY_SOST' left out";
    assert!(notes(&reading(joined)).contains(&(1, told)));
    let icon =
        list(&["St", "Document title", "Recipient", "Status of the sent object"], &[&["@5D@", "Invoice", "ap@fabrikam.example", "806"]]);
    for export in [joined, &icon] {
        let reading = reading(export);
        assert_eq!(text(&reading, 0, |_, facts| facts.message), "XS806", "{export}");
        assert_eq!(text(&reading, 0, |_, facts| facts.status), "806", "{export}");
    }
}

#[test]
fn times_are_as_wide_as_they_are_known() {
    let rows = [
        ("10.03.2026", "08:10:11", Some(("2026-03-10T08:10:11.000Z", "2026-03-10T08:10:11.999Z"))),
        ("10.03.2026", "60502", Some(("2026-03-10T06:05:02.000Z", "2026-03-10T06:05:02.999Z"))),
        ("10.03.2026", "08:10", Some(("2026-03-10T08:10:00.000Z", "2026-03-10T08:10:59.999Z"))),
        ("10.03.2026", "08:10:1", Some(("2026-03-10T08:10:10.000Z", "2026-03-10T08:10:19.999Z"))),
        ("10.03.2026", "", Some(("2026-03-10T00:00:00.000Z", "2026-03-10T23:59:59.999Z"))),
        ("10.03.2026", "08.10.11", Some(("2026-03-10T00:00:00.000Z", "2026-03-10T23:59:59.999Z"))),
        ("10.03.26", "08:10:11", None),
        ("00.00.0000", "00:00:00", None),
    ];
    for (date, time, want) in rows {
        let reading = reading(&list(&HEADER[..5], &[&["Sent", "Invoice", "ap@fabrikam.example", date, time]]));
        let got = facts(&reading, &reading.store.records[0]).requested.map(|span| (rfc3339(span.from), rfc3339(span.to)));
        assert_eq!(got, want.map(|(from, to)| (from.to_owned(), to.to_owned())), "{date} {time}");
        let told = notes(&reading).iter().any(|(line, note)| *line == 5 && note.starts_with("1 cells"));
        assert_eq!(told, matches!((date, time), ("10.03.26", _) | (_, "08.10.11")), "{date} {time}");
    }
}

#[test]
fn what_the_header_lacks_is_told() {
    let status =
        list(&["Status", "Recipient", "Date of status", "Time of status"], &[&["806", "ap@fabrikam.example", "10.03.2026", "08:00:00"]]);
    let reading1 = reading(&status);
    let told: Vec<&str> = notes(&reading1).into_iter().map(|(_, note)| note.split(':').next().unwrap()).collect();
    assert_eq!(told, ["no column with the send date", "no column with the send time", "no column with the subject"]);
    assert!(notes(&reading(&rows_of(2))).is_empty());
    let history = "RECTP\tRECYR\tRECNO\tENTRY_DATE\tENTRY_TIME\tMSGID\tMSGNO\nADR\t51\t1\t20260310\t081100\tXS\t718\n";
    let span = reading(history).store.records[0].local.unwrap();
    assert_eq!(rfc3339(span.from), "2026-03-10T08:11:00.000Z");
}

#[test]
fn a_message_column_may_hold_text() {
    let denied = "550 5.7.64 TenantAttribution; Relay Access Denied";
    let rows = [("XS-816", "XS816", ""), (denied, "", denied), ("No connection to port 25", "", "No connection to port 25")];
    let both = format!("XS 806 {denied}");
    let rows = rows.into_iter().chain([(both.as_str(), "XS806", denied)]);
    for (message, number, reply) in rows {
        let header = ["St", "Titel", "Empfänger", "Sendedatum", "Sendezeit", "Nachr."];
        let reading = reading(&list(&header, &[&["@5C@", "Rechnung", "ap@fabrikam.example", "10.03.2026", "08:00:00", message]]));
        assert_eq!(text(&reading, 0, |_, facts| facts.message), number, "{message}");
        assert_eq!(text(&reading, 0, |record, _| record.reply), reply, "{message}");
    }
}

/// `Recipi` may be the recipient, or its type, year or number: the values tell.
#[test]
fn a_cut_header_is_settled_by_its_values() {
    let rows = [("ap@fabrikam.example", Some("ap@fabrikam.example"), "so it is read as the recipient"), ("INT", None, "it is not read")];
    for header in ["Recip", "Recipi", "Recipien"] {
        for (value, want, told) in rows {
            let cells = ["St", "Document title", header, "Send Date", "Send Time", "Msg no."];
            let reading = reading(&list(&cells, &[&["@5C@", "Rechnung", value, "10.03.2026", "08:00:00", "806"]]));
            let got = reading.store.records.first().map(|record| reading.store.text(record.recipient));
            assert_eq!(got, want, "{header} {value}");
            assert!(
                notes(&reading).iter().any(|(_, note)| note.contains(&format!("'{header}' is cut")) && note.contains(told)),
                "{header}: {:?}",
                notes(&reading)
            );
        }
    }
}

#[test]
fn a_line_of_words_between_rows_is_not_understood() {
    let row = |to: &str| format!("806\tInvoice\t{to}@fabrikam.example\t10.03.2026\t08:00:00\n");
    let text = format!(
        "Status\tDocument Title\tRecipient\tSend Date\tSend Time\n{}this is garbage\n\t\t\t\t\n{}* Total 2\t\t\t\t\n",
        row("a"),
        row("b")
    );
    let reading = reading(&text);
    assert_eq!(counts(&reading), (2, 3, 1));
    assert_eq!(reading.sources[0].ledger.not_understood(9), [(3, "neither a recipient nor a key")]);
}

/// Several headers of a list cut to the widths of their columns, or abbreviated.
#[test]
fn several_cut_headers_are_settled_by_their_values() {
    let full = ["", "Rechnung", "BATCH", "ap@fabrikam.example", "10.03.2026", "08:00:00", "806"];
    let numbered = ["806", "Rechnung", "BATCH", "ap@fabrikam.example", "10.03.2026", "08:00:00", "806"];
    let rows = [
        (["Stat", "Dokumentti", "Absend", "Empfänger", "Sendedatum", "Sendezei", "Nac"], full),
        (["Stat", "Dokumentti", "Absend", "Empf", "Sendedat", "Sendezei", "Nac"], full),
        (["Stat", "Dokumentti", "Absend", "Empfän", "Sendedat", "Sendez", "Nac"], full),
        (["St", "Doc. Title", "Sender", "Recipi", "Send Date", "Send T", "Msg"], full),
        (["Statu", "Titre du d", "Expédi", "Destin", "Date d'env", "Heure d'", "N° "], full),
        (["Status", "Dokumentti", "Absend", "Empf.", "Sendedatum", "Sendezeit", "Nachr."], numbered),
        (["Stat", "Dok", "Absend", "Empf.", "Sendedatum", "Sendezeit", "Nachricht"], numbered),
    ];
    for (header, row) in rows {
        let reading = reading(&list(&header, &[&row]));
        assert!(reading.problems.is_empty(), "{header:?} {:?}", reading.problems);
        let seen = [text(&reading, 0, |record, _| record.recipient), text(&reading, 0, |_, facts| facts.message)];
        assert_eq!(seen, ["ap@fabrikam.example", "XS806"], "{header:?} {:?}", notes(&reading));
        let time = facts(&reading, &reading.store.records[0]).requested.map(|span| rfc3339(span.from));
        assert_eq!(time.as_deref(), Some("2026-03-10T08:00:00.000Z"), "{header:?}");
    }
    let table = list(&["RECTP", "RECYR", "RECNO", "STAT", "MSGID", "SNDDAT"], &[&["ADR", "51", "000000000101", "73", "SO", "10.03.2026"]]);
    let reading = reading(&table);
    assert_eq!(text(&reading, 0, |_, facts| facts.message), "SO073");
    assert!(
        notes(&reading).iter().any(|(_, note)| note.starts_with("the header 'STAT' is cut") && note.ends_with("read as 'status', a guess"))
    );
}

#[test]
fn methods_that_are_no_mail_stay_apart() {
    for method in ["Telefax", "SMS", "Drucker", "@1S\\QFax@", "FAX"] {
        let header = ["Status", "Sendeart", "Titel", "Empfänger"];
        let reading =
            reading(&list(&header, &[&["806", method, "Rechnung", "+49 30 0000"], &["806", "INT", "Rechnung", "ap@fabrikam.example"]]));
        assert_eq!((reading.store.records.len(), reading.sources[0].rows), (1, 2), "{method}");
        assert!(notes(&reading).iter().any(|(_, note)| note.starts_with("1 requests to fax")), "{method}");
    }
}

#[test]
fn lists_cut_at_their_width_are_read() {
    let whole = rows_of(3);
    let width = whole.lines().nth(2).unwrap().len() - 12;
    let cut = whole.lines().map(|line| line.get(..width).unwrap_or(line)).collect::<Vec<_>>().join("\r\n");
    let reading1 = reading(&cut);
    assert_eq!(reading1.store.records.len(), 3);
    assert_eq!(counts(&reading1).2, 0);
    assert!(
        notes(&reading1).contains(&(3, &format!("lines are cut at {width} characters: columns further right are lost, narrow the layout")))
    );
    let criteria = "------------------------\n|Sort criteria|Asc|Desc|\n|----------------------|\n|Recipient    | X |    |\n------------------------\nContoso AG\n\n";
    let reading2 = reading(&format!("{criteria}{cut}"));
    assert_eq!((reading2.store.records.len(), counts(&reading2)), (3, (3, 12, 0)));
    let mut lines: Vec<&str> = whole.lines().collect();
    lines[5] = lines[5].strip_suffix('|').unwrap();
    assert_eq!(reading(&lines.join("\n")).store.records.len(), 3);
}

#[test]
fn page_titles_come_again() {
    let page = |number: usize, at: usize| {
        let whole = rows_of(4);
        let lines: Vec<&str> = whole.lines().collect();
        let title = format!("SAPconnect: Send Requests          Page {number}\nSent on 10.03.2026 by ADMIN01\nContoso AG   P11/100\n\n");
        format!("{title}{}\n{}\n{}\n", lines[1..4].join("\n"), lines[at], lines[1])
    };
    let reading1 = reading(&[page(1, 4), page(2, 5), page(10, 6)].concat());
    assert_eq!(counts(&reading1), (3, 24, 0));
    let stray = reading(&[&page(1, 4), "a line of its own\n"].concat());
    assert_eq!(counts(&stray), (1, 8, 1));
}

#[test]
fn rows_over_two_lines() {
    let rule = "-".repeat(50);
    let head = "|St  |Document title|Recipient          |Send Date |\n|Send Time|Message Class|Message number|Send meth.|";
    let row = |number: u32| {
        format!(
            "|@5C@|Invoice 900{number} |ap@fabrikam.example|10.03.2026|\n|08:00:{number:02} |XS           |806           |INT       |\n"
        )
    };
    let page = |rows: &str| format!("Send requests  Page 1\n{rule}\n{head}\n{rule}\n{rows}{rule}\n");
    let half = row(13);
    let (first, second) = half.split_once('\n').unwrap();
    let rows = [
        ("a page", page(&[row(11), row(12)].concat()), 2, (4, 6, 0)),
        ("two pages", page(&row(11)) + &page(&row(12)), 2, (4, 12, 0)),
        ("a row without its second line", page(&[&row(11), first, "\n", &row(12)].concat()), 2, (4, 6, 1)),
        ("a row without its first line", page(&[&row(11), second, &row(12)].concat()), 2, (4, 6, 1)),
        ("a row cut off by the end", page(&row(11)) + first, 1, (2, 6, 1)),
        ("a fax between them", page(&[row(11), row(12).replace("INT", "FAX")].concat()), 1, (2, 8, 0)),
    ];
    for (what, text, mails, want) in rows {
        let reading = reading(&text);
        assert!(reading.problems.is_empty(), "{what}: {:?}", reading.problems);
        assert_eq!((reading.store.records.len(), counts(&reading)), (mails, want), "{what}");
        let of = |record: &Evidence| (record.line, record.local.map(|at| at.from % 60_000 / 1000));
        assert_eq!(of(&reading.store.records[0]), (6, Some(11)), "{what}");
        assert_eq!(text_of(&reading, 0), ("Invoice 90011", "XS806"), "{what}");
        assert!(notes(&reading).iter().any(|(_, note)| note.contains("from 2 lines, a guess")), "{what}");
    }
}

/// Pipes that stand at the same places in both lines of the header do not tell which line is missing; the values do.
#[test]
fn rows_over_lines_of_one_form() {
    let head = "|St  |Document title   |Recipient          |Send Date |\n|Size|Send Time        |Message Class      |MSGNO     |";
    let row = |number: u32| {
        format!(
            "|@5C@|Invoice 900{number}    |a{number}@fabrikam.exampl|10.03.2026|\n|  12|08:00:{number:02}         |XS                 |806       |\n"
        )
    };
    let split = row(13);
    let (first, second) = split.split_once('\n').unwrap();
    let rows = [
        ("whole", [row(11), row(12)].concat(), 2, 0),
        ("no second line", [&row(11), first, "\n", &row(12)].concat(), 2, 1),
        ("no first line", [&row(11), second, &row(12)].concat(), 2, 1),
        ("no first line at the beginning", [second, &row(11), &row(12)].concat(), 2, 1),
    ];
    for (what, body, mails, rejected) in rows {
        let reading = reading(&format!("{head}\n{body}"));
        let texts: Vec<(&str, &str)> = (0..reading.store.records.len()).map(|at| text_of(&reading, at)).collect();
        assert_eq!(texts, vec![("Invoice 90011", "XS806"), ("Invoice 90012", "XS806")][..mails], "{what}");
        assert_eq!(reading.sources[0].ledger.count(Class::NotUnderstood), rejected, "{what}");
    }
}

fn text_of(reading: &Reading, at: usize) -> (&str, &str) {
    let record = &reading.store.records[at];
    (reading.store.text(record.subject), reading.store.text(reading.store.sap_of(record).unwrap().message))
}

#[test]
fn tables_with_two_headers_and_with_rows_of_nobody() {
    let two = "STATUS\tMSGID\tADDRESS\tSNDDAT\tSNDTIM\n806\tXS\ta@fabrikam.example\t20260310\t081011\nADDRESS\tSTATUS\tMSGID\tSNDDAT\tSNDTIM\nb@fabrikam.example\t718\tXS\t20260310\t091011\n";
    let reading1 = reading(two);
    assert_eq!(counts(&reading1), (2, 2, 0));
    assert_eq!(text(&reading1, 1, |record, _| record.recipient), "b@fabrikam.example");
    let odd = "STATUS\tMSGID\tTITEL\tADDRESS\tSNDDAT\tSNDTIM\tNODE\n806\tXS\tInvoice\t1\ta@fabrikam.example\t20260310\t080000\n806\tXS\tInvoice\t\t20260310\t080000\t\n\t\t\t\t\t\t\n*\t\t\t\t\t\t\n806\tXS\tInvoice\tb@fabrikam.example\t20260310\t080000\tSMTP\n";
    let reading2 = reading(odd);
    assert_eq!(counts(&reading2), (1, 3, 2));
    let reasons = reading2.sources[0].ledger.not_understood(9);
    assert_eq!(reasons[0], (2, "one tab too many, probably inside the subject: no date in the column of the date"));
    assert_eq!(reasons[1], (3, "neither a recipient nor a key"));
    assert!(notes(&reading2).iter().any(|(_, note)| note.starts_with("1 rows without recipient, subject and date")));
}

#[test]
fn what_is_no_export_is_refused() {
    let rows = [
        "# columns\n\n| Status | Subject | Recipient |\n|---|---|---|\n| error | what it is | who |\n",
        "MessageId\tDate\tTime\tSenderAddress\tRecipientAddress\tSubject\tStatus\n<a@contoso.example>\t10.03.2026\t08:00:00\ta@contoso.example\tb@fabrikam.example\tx\tDelivered\n",
    ];
    for text in rows {
        let reading = reading(text);
        assert!(reading.sources.is_empty() && reading.problems[0].to_string().contains("no known format"), "{text}");
    }
    let trace =
        "Date\tSender\tRecipient\tSubject\tStatus\tSize\n10.03.2026 08:00:00\ta@contoso.example\tb@fabrikam.example\tx\tDelivered\t1,234\n";
    assert_eq!(reading(trace).sources[0].format, "exchange-trace");
}

#[test]
fn empty_and_full_selections_are_told() {
    for empty in ["MANDT\tRECTP\tRECYR\tRECNO\tSTATUS\n".to_owned(), list(&HEADER, &[])] {
        let told = reading(&empty).problems.iter().map(ToString::to_string).collect::<String>();
        assert!(told.contains("no row below the header. Check the selection in SOST"), "{told}");
    }
    for (rows, round) in [(499, false), (500, true), (1000, true)] {
        let told = notes(&reading(&rows_of(rows))).iter().any(|(_, note)| note.contains("maximum number of hits"));
        assert_eq!(told, round, "{rows}");
    }
}

#[test]
fn two_files_appended_to_one_another() {
    let one = rows_of(1);
    let reading1 = reading(&format!("\u{feff}{one}\u{feff}{one}"));
    assert_eq!(counts(&reading1), (2, 10, 0));
}

proptest::proptest! {
    #[test]
    fn any_rows_are_read_without_panic(pipes: bool, rows in "[|@\\\\Q5C0-9a-zé請./: \t\n-]{0,300}") {
        let header = HEADER.join(if pipes { "|" } else { "\t" });
        let edge = if pipes { "|" } else { "" };
        let reading = reading(&format!("{edge}{header}{edge}\n{rows}"));
        proptest::prop_assert_eq!(reading.sources.len(), 1);
        let (evidence, frame, rest) = counts(&reading);
        proptest::prop_assert_eq!(evidence + frame + rest, reading.sources[0].ledger.lines());
        proptest::prop_assert_eq!(evidence, reading.store.records.len());
    }
}

#[test]
fn a_list_reads_the_same_in_every_encoding() {
    let text = list(&HEADER, &[&["@5B@", "Rechnung für Größe | 1", "ap@fabrikam.example", "10.03.2026", "08:00:01", "718"]]);
    let utf16 = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    let latin: Vec<u8> = text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    let rows: [(Vec<u8>, &str, &str); 5] = [
        (text.clone().into_bytes(), "UTF-8", "valid"),
        (format!("\u{feff}{text}").into_bytes(), "UTF-8", "BOM"),
        (latin, "windows-1252", "likely"),
        (utf16(&text), "UTF-16LE", "pattern"),
        (utf16(&format!("\u{feff}{text}")), "UTF-16LE", "BOM"),
    ];
    for (bytes, name, basis) in rows {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("export.txt");
        std::fs::write(&path, bytes).unwrap();
        let reading = read(&[path], &mut ());
        assert_eq!((reading.sources[0].encoding.name, reading.sources[0].encoding.basis), (name, basis));
        assert_eq!(reading.store.text(reading.store.records[0].subject), "Rechnung für Größe | 1", "{name} {basis}");
        assert_eq!(facts(&reading, &reading.store.records[0]).state, SapState::Sent, "{name} {basis}");
    }
}

/// A status that nobody knows is told, with an example: the verdict of such a mail is unknown.
#[test]
fn an_unknown_status_is_told() {
    let table = |status: &str| format!("STATUS\tTITEL\tADDRESS\tSNDDAT\tSNDTIM\n{status}\tInvoice\ta@fabrikam.example\t20260310\t081011\n");
    for (status, told) in [("Odesl\u{e1}no", true), ("718", false), ("", false)] {
        let reading = reading(&table(status));
        let note = notes(&reading).into_iter().find(|(_, note)| note.contains("a status that is not known"));
        assert_eq!(note.is_some(), told, "{status}");
        assert!(note.is_none_or(|(_, note)| note.starts_with("1 rows") && note.contains(status)), "{status}");
    }
}

#[test]
fn a_send_request_with_a_guid_is_one_in_all_exports() {
    let folder = tempfile::tempdir().unwrap();
    let header = "STATUS\tMSGID\tMSGNO\tTITEL\tUSERNAM\tADDRESS\tSTAT_DATE\tSTAT_TIME\tSNDREQ\n";
    let row = |status: &str, class: &str, to: &str, at: &str, guid: &str| {
        format!("{status}\t{class}\t{status}\tInvoice\tFI_BATCH\t{to}\t{at}\t080000\t{guid}\n")
    };
    let (one, zero) = ("005056A1B2C31EDFA8D1C2B3A4958677", "00000000000000000000000000000000");
    let yesterday = [row("672", "SO", "ap@fabrikam.example", "20260309", one), row("806", "XS", "it@fabrikam.example", "20260309", zero)];
    let today = [
        row("718", "XS", "ap@fabrikam.example", "20260310", one),
        row("718", "XS", "hr@fabrikam.example", "20260310", one),
        row("718", "XS", "it@fabrikam.example", "20260310", zero),
    ];
    let paths = [("yesterday.txt", yesterday.concat()), ("today.txt", today.concat())].map(|(name, rows)| {
        let path = folder.path().join(name);
        std::fs::write(&path, format!("{header}{rows}")).unwrap();
        path
    });
    let catalogue = sostrace::rules::Catalogue::builtin().unwrap();
    let analysis = sostrace::analyse(read(&paths, &mut ()), &catalogue, &sostrace::Options::default(), &mut ()).unwrap();
    let store = &analysis.reading.store;
    let mut got: Vec<(&str, &str)> =
        analysis.journeys.iter().map(|journey| (store.text(journey.recipient), journey.verdict.word())).collect();
    got.sort_unstable();
    // Two rows without a GUID are two requests, as nothing says otherwise.
    let want = [
        ("ap@fabrikam.example", "handed-off"),
        ("hr@fabrikam.example", "handed-off"),
        ("it@fabrikam.example", "handed-off"),
        ("it@fabrikam.example", "rejected"),
    ];
    assert_eq!(got, want);
}

#[test]
fn a_layout_with_the_text_of_the_message_alone_tells_the_status() {
    let folder = tempfile::tempdir().unwrap();
    let files = [
        (
            "sost.csv",
            "Titel;Empfänger;Sendedatum;Sendezeit;Meldungstext\nMahnung 1;a@fabrikam.example;10.03.2026;08:10:05;Keine Zustellung an a@fabrikam.example, ungültige Empfängeradresse\n",
        ),
        ("t100.txt", "SPRSL\tARBGB\tMSGNR\tTEXT\nD\tXS\t806\tKeine Zustellung an &, ungültige Empfängeradresse\n"),
    ];
    let paths = files.map(|(name, content)| {
        let path = folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        path
    });
    let got = read(&paths, &mut ());
    let store = &got.store;
    let messages: Vec<&str> = store.records.iter().filter_map(|record| Some(store.text(store.sap_of(record)?.message))).collect();
    assert_eq!(messages, ["XS806"], "{:?}", got.problems);
}

#[test]
fn midnight_behind_a_date_is_no_time() {
    let rows = ["14.05.2026 00:00", "14.05.2026 00:00:00", "2026-05-14T00:00:00", "2026-05-14 00:00:00"];
    for date in rows {
        let got = reading(&format!(
            "Status;Document Title;Recipient;Send Date;Send Time;Msg. No.\n806;T1;a@fabrikam.example;{date};08:01:02;806\n"
        ));
        let at = got.store.records.first().and_then(|record| record.local).map(|span| rfc3339(span.from));
        assert_eq!(at.as_deref(), Some("2026-05-14T08:01:02.000Z"), "{date}");
    }
}

#[test]
fn a_guid_is_of_one_system_whichever_export_names_it() {
    let folder = tempfile::tempdir().unwrap();
    let export = |name: &str, system: Option<&str>, status: &str, class: &str, at: &str| {
        let path = folder.path().join(name);
        let (head, cell) = system.map_or(("", String::new()), |system| ("SYSID\t", format!("{system}\t")));
        let header = format!("{head}STATUS\tMSGID\tMSGNO\tTITEL\tADDRESS\tSTAT_DATE\tSTAT_TIME\tSNDREQ\n");
        let row =
            format!("{cell}{status}\t{class}\t{status}\tInvoice\tap@fabrikam.example\t{at}\t080000\t005056A1B2C31EDFA8D1C2B3A4958677\n");
        std::fs::write(&path, header + &row).unwrap();
        path
    };
    let prd = export("prd.txt", Some("PRD"), "672", "SO", "20260309");
    let unnamed = export("unnamed.txt", None, "718", "XS", "20260310");
    let copy = export("copy.txt", Some("QAS"), "806", "XS", "20260310");
    let journeys = |paths: &[std::path::PathBuf]| {
        let catalogue = sostrace::rules::Catalogue::builtin().unwrap();
        sostrace::analyse(read(paths, &mut ()), &catalogue, &sostrace::Options::default(), &mut ()).unwrap().journeys.len()
    };
    assert_eq!(journeys(&[prd.clone(), unnamed]), 1);
    assert_eq!(journeys(&[prd, copy]), 2);
}

#[test]
fn a_layout_without_a_status_says_so() {
    let got =
        reading("Titel;Empfänger;Sendedatum;Sendezeit;Meldungstext\nMahnung 1;a@fabrikam.example;10.03.2026;08:10:05;Keine Zustellung\n");
    assert!(notes(&got).iter().any(|(_, note)| note.starts_with("no column with the status")), "{:?}", notes(&got));
}
