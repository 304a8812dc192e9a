//! `Get-MessageTrace | Export-Csv` in the forms people hand in (exchange.md sections 1.1 and 1.2).

mod support;

use sostrace::evidence::ZoneBasis;
use sostrace::source::{Class, Source};
use sostrace::{Analysis, Options};
use std::fmt::Write as _;
use support::{analyse_paths, folder, table};

const HEADER: &str = "Organization,MessageId,Received,SenderAddress,RecipientAddress,Subject,Status,ToIP,FromIP,Size,MessageTraceId\n";

fn row(number: u32, received: &str, to: &str, status: &str, to_ip: &str, id: &str) -> String {
    format!(
        "contoso.example,<ADR51{number:012}@contoso.example>,{received},sap@contoso.example,{to},Invoice {number},{status},{to_ip},203.0.113.10,2048,{id}\n"
    )
}

fn read(text: &str) -> Analysis {
    let folder = folder(&[("trace.csv", text.as_bytes())]);
    let policy = sostrace::journey::Policy { sender: Some("sap@contoso.example".to_owned()), ..Default::default() };
    analyse_paths(&[folder.path().to_path_buf()], &Options { policy, ..Options::default() })
}

fn source(analysis: &Analysis) -> &Source {
    &analysis.reading.sources[0]
}

fn classes(analysis: &Analysis) -> [usize; 4] {
    [Class::Evidence, Class::Frame, Class::Others, Class::NotUnderstood].map(|class| source(analysis).ledger.count(class))
}

fn noted(analysis: &Analysis, words: &str) -> bool {
    source(analysis).notes.iter().any(|note| note.text.contains(words))
}

#[test]
fn every_status_word() {
    let rows = [
        // The list does not tell a mailbox from another server.
        ("Delivered", "", "delivered", ""),
        ("Delivered", "198.51.100.25", "delivered", "outside"),
        ("delivered", "", "delivered", ""),
        ("Failed", "", "bounced", ""),
        ("Pending", "", "deferred", ""),
        ("Quarantined", "", "diverted", "quarantine"),
        // Blocked, so it lies in no folder (rules.md, SIL-05).
        ("FilteredAsSpam", "", "diverted", ""),
        ("Filtered as spam", "", "diverted", ""),
        ("GettingStatus", "", "unknown", ""),
        ("None", "", "unknown", ""),
        ("Expanded", "", "unknown", ""),
        ("Resolved", "", "unknown", ""),
    ];
    for (status, to_ip, verdict, delivered_to) in rows {
        let text = format!("{HEADER}{}", row(1, "2026-03-10T18:27:34Z", "ap@fabrikam.example", status, to_ip, ""));
        let got = &table(&read(&text))[0];
        assert_eq!((got["verdict"].as_str(), got["delivered_to"].as_str()), (verdict, delivered_to), "{status}");
        if matches!(status, "Expanded" | "Resolved") {
            assert_eq!(got["exchange_status"], status, "Exchange's own word");
        }
    }
    let text = format!("{HEADER}{}", row(1, "2026-03-10T18:27:34Z", "ap@fabrikam.example", "Perdu", "", ""));
    assert_eq!(classes(&read(&text)), [0, 1, 0, 1]);
}

/// A mail to an alias has a row of each name: not a failure, and one mail for the request (exchange.md section 1.1).
#[test]
fn an_alias_is_no_second_mail_of_a_request() {
    let sap = support::TABLE.to_owned() + &support::request(1, "alias@contoso.example", 1, "S", ("SO", 718), "");
    let text = format!(
        "{HEADER}{}{}",
        row(1, "2026-03-10T08:05:01Z", "alias@contoso.example", "Resolved", "", ""),
        row(1, "2026-03-10T08:05:01Z", "jane@contoso.example", "Delivered", "", "")
    );
    let analysis = support::analyse_files(&[("sap.txt", sap.as_bytes()), ("trace.csv", text.as_bytes())]);
    let got: Vec<(String, String)> = table(&analysis).iter().map(|row| (row["recipient"].clone(), row["verdict"].clone())).collect();
    assert_eq!(got, [("alias@contoso.example".to_owned(), "delivered".to_owned())]);
}

/// 2026-03-10 18:27:34 UTC stands inside the id.
const ID: &str = "9c92e718-8ee3-dfb7-93f0-08de7ed2b30f";

#[test]
fn dates_of_every_culture() {
    let rows = [
        ("month first, by the id", "3/10/2026 6:27:34 PM", ID, "", "2026-03-10T18:27:34.000Z", ""),
        ("day first, by the id", "10/3/2026 18:27:34", ID, "", "2026-03-10T18:27:34.000Z", ""),
        ("day first against AM and PM, by the id", "10/3/2026 6:27:34 PM", ID, "", "2026-03-10T18:27:34.000Z", ""),
        ("dots", "10.03.2026 18:27:34", "", "", "2026-03-10T18:27:34.000Z", ""),
        ("settled by another row", "10/3/2026 18:27:34", "", "23/3/2026 18:27:34", "2026-03-10T18:27:34.000Z", ""),
        ("no trace is a year long", "3/10/2026 18:27:34", "", "3/1/2026 18:27:34", "2026-03-10T18:27:34.000Z", ""),
        ("nothing settles it", "3/10/2026 6:27:34 PM", "", "", "2026-03-10T18:27:34.000Z", "dates are ambiguous: read month first"),
        ("nothing settles it", "10/3/2026 18:27:34", "", "", "2026-03-10T18:27:34.000Z", "dates are ambiguous: read day first"),
    ];
    for (what, received, id, other, want, note) in rows {
        let more = if other.is_empty() { String::new() } else { row(2, other, "x@fabrikam.example", "Delivered", "", "") };
        let text = format!("{HEADER}{}{more}", row(1, received, "ap@fabrikam.example", "Delivered", "", id));
        let analysis = read(&text);
        let got = table(&analysis).into_iter().find(|row| row["recipient"] == "ap@fabrikam.example").unwrap();
        assert_eq!(got["submitted_at"], want, "{what}: {:?}", source(&analysis).notes);
        assert_eq!(noted(&analysis, "ambiguous"), !note.is_empty(), "{what}: {:?}", source(&analysis).notes);
        assert!(note.is_empty() || noted(&analysis, note), "{what}");
    }
}

#[test]
fn what_stands_between_the_rows() {
    let at = "2026-03-10T18:27:34Z";
    let (a, b) = (row(1, at, "a@fabrikam.example", "Delivered", "", ID), row(1, at, "b@fabrikam.example", "Delivered", "", ID));
    let later = row(1, at, "a@fabrikam.example", "Pending", "", ID);
    let without = row(1, at, "a@fabrikam.example", "Delivered", "", "").replace("<ADR51000000000001@contoso.example>", "");
    let rows = [
        ("a type line and Excel's", format!("#TYPE X.MessageTrace\nsep=,\n{HEADER}{a}{b}"), 2, [2, 3, 0, 0], ""),
        ("pages that overlap", format!("{HEADER}{a}{b}{a}{b}"), 2, [2, 3, 0, 0], "2 rows stand in the file before"),
        ("files appended", format!("#TYPE X\n{HEADER}{a}#TYPE X\n{HEADER}{b}"), 2, [2, 4, 0, 0], ""),
        ("another status is another row", format!("{HEADER}{later}{a}"), 1, [2, 1, 0, 0], ""),
        ("without any id a row is a row", format!("{HEADER}{without}{without}"), 2, [2, 1, 0, 0], ""),
        ("quoted, with a line break", format!("{HEADER}{}", a.replace("Invoice 1", "\"Invoice\n1\"")), 1, [2, 1, 0, 0], ""),
        (
            "other names",
            format!("{}{a}", HEADER.replace("SenderAddress", "sender address").replace("Received", "Received_UTC")),
            1,
            [1, 1, 0, 0],
            "",
        ),
        ("no recipient", format!("{HEADER}{}{b}", a.replace("a@fabrikam.example", "")), 1, [1, 1, 0, 1], ""),
        ("a time of another form", format!("{HEADER}{b}{}", a.replace(at, "10.03.2026 08:00:00")), 1, [1, 1, 0, 1], ""),
    ];
    for (what, text, mails, want, note) in rows {
        let analysis = read(&text);
        assert_eq!((table(&analysis).len(), classes(&analysis)), (mails, want), "{what}");
        assert_eq!(source(&analysis).notes.is_empty(), note.is_empty(), "{what}: {:?}", source(&analysis).notes);
        assert!(noted(&analysis, note) || note.is_empty(), "{what}");
    }
}

/// The download of the portal writes the times of its search (exchange.md section 1.9).
#[test]
fn the_portals_times_are_utc_where_the_file_proves_it_alone() {
    let cells = "sap@contoso.example,ap@fabrikam.example,Invoice 1,Delivered";
    let rows = [
        ("Date,Sender,Recipient,Subject,Status", "", false),
        ("Datum,Absender,Empfänger,Betreff,Status", "", false),
        ("Date (UTC),Sender,Recipient,Subject,Status", "", true),
        ("Received,SenderAddress,RecipientAddress,Subject,Status", "", true),
        ("Date,Sender,Recipient,Subject,Status,Network Message ID", ID, true),
    ];
    for (header, id, utc) in rows {
        let more = if id.is_empty() { String::new() } else { format!(",{id}") };
        let analysis = read(&format!("{header}\n10.03.2026 18:27:34,{cells}{more}\n"));
        assert_eq!((source(&analysis).utc, table(&analysis).len()), (utc, 1), "{header}");
        assert_eq!(noted(&analysis, "zone of its search"), !utc, "{header}");
    }
    let pipes = "Received|SenderAddress|RecipientAddress|Subject|Status\n2026-03-10T18:27:34Z|sap@contoso.example|ap@fabrikam.example|a, b|Delivered\n";
    assert_eq!(table(&read(pipes))[0]["subject"], "a, b");
}

/// A header that names the zone settles it, for one file with network message ids these do.
#[test]
fn a_header_names_the_zone_of_its_times() {
    let cells = "sap@contoso.example,ap@fabrikam.example,Invoice 1,Delivered";
    let rows = [
        ("Date (UTC+01:00),Sender,Recipient,Subject,Status", "UTC+01:00", "17:27:34"),
        ("Datum (UTC+01:00),Absender,Empfänger,Betreff,Status", "UTC+01:00", "17:27:34"),
        ("Date (UTC-05:30),Sender,Recipient,Subject,Status", "UTC-05:30", "23:57:34"),
        ("Date (UTC),Sender,Recipient,Subject,Status", "UTC", "18:27:34"),
    ];
    for (header, zone, time) in rows {
        let analysis = read(&format!("{header}\n10.03.2026 18:27:34,{cells}\n"));
        let clock = &analysis.alignment.clocks[0];
        let basis = if zone == "UTC" { ZoneBasis::File } else { ZoneBasis::Explicit };
        assert_eq!((clock.zone.to_string().as_str(), clock.basis), (zone, basis), "{header}");
        assert_eq!(table(&analysis)[0]["finished_at"], format!("2026-03-10T{time}.000Z"), "{header}");
        assert!(!noted(&analysis, "zone of its search"), "{header}");
    }
    let header = "Date (UTC+05:00),Sender,Recipient,Subject,Status,Network Message ID";
    // Three recipients: the ids of a few rows tell nothing.
    let to = |name: &str| format!("10.03.2026 18:27:34,{},{ID}\n", cells.replace("ap@", name));
    let mails = [to("ap@"), to("hr@"), to("it@")].concat();
    let analysis = read(&format!("{header}\n{mails}"));
    assert_eq!((source(&analysis).utc, source(&analysis).offset), (true, None), "the ids know better");
}

/// A warning that there are more rows, wherever a redirection put it.
#[test]
fn the_cmdlets_warning_is_told() {
    let warning = "WARNING: There are more results, use the following command to get more. Get-MessageTraceV2 -StartDate \"x\" -EndDate \"y\" -StartingRecipientAddress \"b@fabrikam.example\"\n";
    let one = row(1, "2026-03-10T18:27:34Z", "a@fabrikam.example", "Delivered", "", ID);
    let prompt = "PS C:\\Users\\admin> type trace.csv\n";
    for text in [format!("{HEADER}{one}{warning}"), format!("{warning}{HEADER}{one}"), format!("{prompt}{warning}{HEADER}{one}")] {
        let analysis = read(&text);
        assert!(noted(&analysis, "more results") && source(&analysis).selected, "{text}");
        assert_eq!((table(&analysis).len(), source(&analysis).ledger.count(Class::NotUnderstood)), (1, 0), "{text}");
    }
}

#[test]
fn full_pages_are_told() {
    for (count, cut) in [(999, false), (1000, true), (1001, false), (5000, true)] {
        let mut text = HEADER.to_owned();
        for number in 0..count {
            let _ = write!(text, "{}", row(number, "2026-03-10T18:27:34Z", "ap@fabrikam.example", "Delivered", "", ""));
        }
        assert_eq!(noted(&read(&text), "probably cut off"), cut, "{count}");
    }
}

/// The names of a portal's table are those of many tables: only a status of the trace makes it one (exchange.md 1.9).
#[test]
fn a_table_of_the_portal() {
    let text = |status: &str| {
        format!("Date;Sender;Recipient;Subject;Status\n10.03.2026 18:27:34;sap@contoso.example;ap@fabrikam.example;Hello;{status}\n")
    };
    assert_eq!(table(&read(&text("Failed")))[0]["verdict"], "bounced");
    assert!(read(&text("Open")).reading.sources.is_empty());
}

/// The header may be in the language of the user, or a script's own.
#[test]
fn headers_in_other_words() {
    let rest = "<ADR51000000000001@contoso.example>;2026-03-10 08:05:01;sap@contoso.example;ap@fabrikam.example;Invoice 1;Delivered\n";
    let own = "ID;Wann;Von wem;Wem;Worum;Wie\n";
    let rows = [
        ("German", "Nachrichten-ID;Empfangen;Absenderadresse;Empfängeradresse;Betreff;Status\n", false),
        ("French", "ID du message;Reçu;Expéditeur;Destinataire;Objet;État\n", false),
        ("Portuguese", "ID da mensagem;Data;Remetente;Destinatário;Assunto;Estado\n", false),
        ("Spanish", "ID del mensaje;Fecha;Remitente;Destinatario;Asunto;Estado\n", false),
        ("own", own, true),
    ];
    for (what, header, named) in rows {
        let mut settings = sostrace::formats::Settings::default();
        for (header, word) in
            [("ID", "message-id"), ("Wann", "time"), ("Von wem", "sender"), ("Wem", "recipient"), ("Worum", "subject"), ("Wie", "status")]
        {
            assert!(!named || settings.trace_headers.name(header, word));
        }
        let folder = folder(&[("trace.csv", format!("{header}{rest}").as_bytes())]);
        let options = sostrace::ReadOptions { settings, ..Default::default() };
        let reading = sostrace::read_with(&[folder.path().to_path_buf()], &options, &mut ());
        assert!(reading.sources.len() == 1 && reading.sources[0].format == "exchange-trace", "{what}: {:?}", reading.problems);
        let record = &reading.store.records[0];
        let told = [record.message_id, record.sender, record.recipient, record.subject].map(|sym| reading.store.text(sym));
        assert_eq!(told, ["<ADR51000000000001@contoso.example>", "sap@contoso.example", "ap@fabrikam.example", "Invoice 1"], "{what}");
    }
}
