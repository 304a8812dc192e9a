//! SAP's tables as separate exports that complete each other (sost.md section 2).
#![allow(clippy::unwrap_used, reason = "tests may stop at the first surprise")]

mod support;

use sostrace::Analysis;
use sostrace::source::Class;
use support::{TRACE, analyse_files, others, table};

const LONG: &str = "accounts.payable.department@customers.fabrikam.example";

/// Tab text of a header with blanks between its fields and of rows with `;` between theirs.
fn tabs(header: &str, rows: &[&str]) -> String {
    let lines = [header.replace(' ', "\t")].into_iter().chain(rows.iter().map(|row| row.replace(';', "\t")));
    lines.map(|line| line + "\r\n").collect()
}

/// The same as SE16's list, with its narrow column for selecting rows.
fn se16(header: &str, rows: &[&str]) -> String {
    let cells: Vec<Vec<&str>> =
        [header.split(' ').collect::<Vec<_>>()].into_iter().chain(rows.iter().map(|row| row.split(';').collect())).collect();
    let width = |at: usize| cells.iter().map(|row| row[at].chars().count()).max().unwrap();
    let line = |row: &Vec<&str>| {
        let cells = row.iter().enumerate().map(|(at, cell)| format!("{cell:<width$}", width = width(at)));
        format!("| |{}|", cells.collect::<Vec<_>>().join("|"))
    };
    let rule = "-".repeat(line(&cells[0]).chars().count());
    let body: String = cells[1..].iter().map(|row| line(row) + "\r\n").collect();
    format!(
        "10.03.2026                        Dynamic List Display                        1\r\n{rule}\r\n{}\r\n{rule}\r\n{body}{rule}\r\n",
        line(&cells[0])
    )
}

const SOES: (&str, &[&str]) = (
    "MANDT RECTP RECYR RECNO SNDDAT SNDTIM SNDART ADRNR STATUS MSGID MSGTY MSGV1 MSGV2 MSGV3 MSGV4 NODE",
    &[
        "100;ADR;51;000000000001;20260310;080000;INT;0000012345;718;XS;S;;;;;SMTP",
        "100;ADR;51;000000000002;20260310;080100;INT;0000012346;806;XS;E;;mail.contoso.example:25;;550 5.1.1 User unknown;SMTP",
        "100;ADR;51;000000000003;20260310;080200;INT;0000012347;W;;;;;;;SMTP",
    ],
);
const SOST: (&str, &[&str]) = (
    "MANDT OBJTP OBJYR OBJNO FORTP RECTP RECYR RECNO COUNTER STAT_DATE STAT_TIME MSGID MSGTY MSGNO MSGV1 MSGV2 MSGV3 MSGV4 CREATOR SENDER",
    &[
        "100;RAW;51;000000004711;FOL;ADR;51;000000000001;1;20260310;080510;XS;W;602;;mail.contoso.example:25;;451 4.7.0 Temporary server error;BATCH;SYSTEM",
        "100;RAW;51;000000004711;FOL;ADR;51;000000000001;2;20260310;082010;XS;W;602;;mail.contoso.example:25;;451 4.7.0 Temporary server error;BATCH;SYSTEM",
        "100;RAW;51;000000004711;FOL;ADR;51;000000000001;3;20260310;083510;XS;S;718;;;;;BATCH;SYSTEM",
        "100;RAW;51;000000004712;FOL;ADR;51;000000000002;1;20260310;080610;XS;E;806;;mail.contoso.example:25;;550 5.1.1 User unknown;BATCH;SYSTEM",
        "100;RAW;51;000000004713;FOL;ADR;51;000000000003;1;20260310;080710;XS;W;602;;mail.contoso.example:25;;451 4.7.0 Temporary server error;BATCH;SYSTEM",
        "100;RAW;51;000000004713;FOL;ADR;51;000000000003;2;20260310;080711;SO;W;672;;;;;BATCH;SYSTEM",
    ],
);
const SOOS: (&str, &[&str]) = (
    "MANDT OBJTP OBJYR OBJNO RECTP RECYR RECNO SNDNAM SDDAT SDTIM SNDREQ",
    &[
        "100;RAW;51;000000004711;ADR;51;000000000001;BATCH_FI;20260310;075958;005056A1B2C31EDDA1B2C3D4E5F60718",
        "100;RAW;51;000000004712;ADR;51;000000000002;BATCH_FI;20260310;080058;005056A1B2C31EDDA1B2C3D4E5F60719",
        "100;RAW;51;000000004713;ADR;51;000000000003;BATCH_FI;20260310;080158;005056A1B2C31EDDA1B2C3D4E5F60720",
        "100;RAW;51;000000009999;ADR;51;000000000099;BATCH_FI;20260310;080158;005056A1B2C31EDDA1B2C3D4E5F60799",
    ],
);
const SOOD: (&str, &[&str]) = (
    "MANDT OBJTP OBJYR OBJNO OBJNAM OBJDES CRDAT",
    &[
        "100;RAW;51;000000004711;Invoice;Invoice 90001;20260310",
        "100;RAW;51;000000004712;Invoice;Invoice 90002;20260310",
        "200;RAW;51;000000004713;Invoice;Another client's invoice;20260310",
        "100;RAW;51;000000004713;Invoice;Invoice 90003;20260310",
    ],
);
const ADR6: (&str, &[&str]) = (
    "ADDRNUMBER SMTP_ADDR",
    &["0000012345;accounts.payable.department@customers.fabrikam.example", "12346;gone@fabrikam.example", "0000012347;ap@fabrikam.example"],
);

fn all() -> [(&'static str, String); 5] {
    let list = |(header, rows): (&str, &[&str])| se16(header, rows);
    let text = |(header, rows): (&str, &[&str])| tabs(header, rows);
    [("soes.xls", text(SOES)), ("sost.txt", list(SOST)), ("soos.txt", list(SOOS)), ("sood.xls", text(SOOD)), ("adr6.xls", text(ADR6))]
}

fn analyse(files: &[(&str, String)]) -> Analysis {
    analyse_files(&files.iter().map(|(name, text)| (*name, text.as_bytes())).collect::<Vec<_>>())
}

fn notes(analysis: &Analysis) -> Vec<String> {
    let sources = analysis.reading.sources.iter();
    sources.flat_map(|source| source.notes.iter().map(|note| format!("{}:{}: {}", source.label, note.line, note.text))).collect()
}

#[test]
fn five_tables_make_whole_requests_in_any_order() {
    let names = [["a", "b", "c", "d", "e"], ["e", "d", "c", "b", "a"], ["c", "e", "a", "d", "b"]];
    for names in names {
        let files: Vec<(&str, String)> = names.into_iter().zip(all()).map(|(name, (_, text))| (name, text)).collect();
        let analysis = analyse(&files);
        assert!(analysis.reading.problems.is_empty(), "{:?}", analysis.reading.problems);
        let rows = table(&analysis);
        let want = [
            ("handed-off", "ADR51000000000001", LONG, "Invoice 90001", "3", "2026-03-10T08:05:10.000Z"),
            ("rejected", "ADR51000000000002", "gone@fabrikam.example", "Invoice 90002", "1", "2026-03-10T08:06:10.000Z"),
            ("deferred", "ADR51000000000003", "ap@fabrikam.example", "Invoice 90003", "1", "2026-03-10T08:07:10.000Z"),
        ];
        let got: Vec<_> = rows
            .iter()
            .map(|row| ["verdict", "sap_key", "recipient", "subject", "attempts", "submitted_at"].map(|column| row[column].as_str()))
            .collect();
        assert_eq!(got, want.map(|(a, b, c, d, e, f)| [a, b, c, d, e, f]), "{names:?}");
        for (row, minute) in rows.iter().zip(0..) {
            assert_eq!(row["requested_at"], format!("2026-03-10T08:0{minute}:00.000Z"));
            assert_eq!((row["sap_user"].as_str(), row["node"].as_str(), row["client"].as_str()), ("BATCH_FI", "SMTP", "100"));
        }
        assert_eq!((rows[1]["sap_message"].as_str(), rows[1]["reply_code"].as_str()), ("XS806", "550"));
        assert_eq!((rows[2]["reply_code"].as_str(), rows[2]["enhanced_code"].as_str()), ("451", "4.7.0"));
    }
}

#[test]
fn lines_of_tables_that_complete_are_frame_and_say_what_they_gave() {
    let analysis = analyse(&all());
    for source in &analysis.reading.sources {
        let evidence = source.ledger.count(Class::Evidence);
        let rows = if source.label.starts_with("soes") { 3 } else { 6 };
        assert_eq!(
            evidence,
            if source.label.starts_with("soe") || source.label.starts_with("sost") { rows } else { 0 },
            "{}",
            source.label
        );
        assert_eq!(source.ledger.count(Class::NotUnderstood), 0, "{}", source.label);
    }
    assert_eq!(
        notes(&analysis),
        [
            "adr6.xls:1: ADR6 (mail addresses): 3 of 3 rows complete requests of this run",
            "sood.xls:1: SOOD (titles of documents): 3 of 4 rows complete requests of this run",
            "soos.txt:1: SOOS (send processes): 3 of 4 rows complete requests of this run",
        ]
    );
}

#[test]
fn a_table_alone_is_no_mail_and_names_what_completes_it() {
    let of = |names: &[&str]| all().into_iter().filter(|(name, _)| names.contains(name)).collect::<Vec<_>>();
    let rows: [(&[&str], usize, &[&str]); 5] = [
        (
            &["adr6.xls"],
            0,
            &[
                "adr6.xls:1: ADR6 (mail addresses): none of 3 rows belongs to a request of this run; they tell of no mail by themselves: export SOES",
            ],
        ),
        (&["sood.xls"], 0, &["sood.xls:1: SOOD (titles of documents): none of 4 rows"]),
        (
            &["soos.txt", "sood.xls", "adr6.xls"],
            0,
            &["adr6.xls:1: ADR6", "sood.xls:1: SOOD", "soos.txt:1: SOOS (send processes): none of 4 rows"],
        ),
        (
            &["soes.xls", "soos.txt"],
            3,
            &[
                "soes.xls:2: 3 of 3 rows lack the recipient: export ADR6 (SMTP_ADDR by ADDRNUMBER) as well",
                "soes.xls:2: 3 of 3 rows lack the subject: export SOOD (OBJDES by OBJTP, OBJYR, OBJNO) as well",
                "soos.txt:1: SOOS (send processes): 3 of 4 rows complete",
            ],
        ),
        (
            &["sost.txt"],
            3,
            &[
                "sost.txt:5: 6 of 6 rows lack the recipient: export SOES (ADRNR) and ADR6 (SMTP_ADDR) as well",
                "sost.txt:5: 6 of 6 rows lack the subject: export SOOD",
                "sost.txt:5: 6 of 6 rows lack the time of the request: export SOES (SNDDAT, SNDTIM) or SOOS",
            ],
        ),
    ];
    for (files, mails, want) in rows {
        let analysis = analyse(&of(files));
        assert!(analysis.reading.problems.is_empty(), "{:?}", analysis.reading.problems);
        assert_eq!(analysis.journeys.len(), mails, "{want:?}");
        let told = notes(&analysis);
        assert!(told.len() == want.len() && told.iter().zip(want).all(|(told, want)| told.starts_with(want)), "{told:#?} {want:#?}");
    }
}

/// Addresses beside a trace are no export of requests: mails that never left SAP still cannot be seen.
#[test]
fn tables_without_requests_leave_the_gap_of_a_missing_export() {
    let [.., adr6] = all();
    let analysis = analyse(&[adr6, ("trace.csv", format!("{TRACE}{}", others()))]);
    assert!(sostrace::report::gaps(&analysis)[0].what.starts_with("No SAP export"));
}

/// A mail that was put off and then delivered is a failure that healed.
#[test]
fn history_makes_attempts_and_healed_failures() {
    let arrival = format!(
        "2026-03-10T08:35:09.5000000Z,sap@contoso.example,\"{LONG}##Receive, Send\",Invoice 90001,2048,<ADR51000000000001@contoso.example>,,203.0.113.10,Originating,SAP relay,Normal\n"
    );
    let mut files = all().to_vec();
    files.push(("trace.csv", format!("{TRACE}{}{arrival}", others())));
    let analysis = analyse(&files);
    let rows = table(&analysis);
    assert_eq!((rows[0]["verdict"].as_str(), rows[0]["attempts"].as_str()), ("delivered", "3"));
    let store = &analysis.reading.store;
    let findings: Vec<&str> = analysis.journeys[0].findings.iter().map(|id| store.text(*id)).collect();
    assert!(findings.contains(&"LATE-02"), "{findings:?}");
    assert_eq!(rows[0]["evidence"].split(';').count(), 5);
}

#[test]
fn whole_addresses_replace_cut_ones_only_where_they_fit() {
    let header = "MANDT RECTP RECYR RECNO ADRNR ADDRESS TITEL STAT_DATE STAT_TIME STATUS MSGID";
    let row = |address: &str| format!("100;ADR;51;000000000001;0000012345;{address};Invoice;20260310;080000;718;XS");
    let adr6 = |rows: &[&str]| tabs("CLIENT ADDRNUMBER FLG_NOUSE SMTP_ADDR", rows);
    let whole = format!("100;0000012345;;{LONG}");
    let (unused, other) = ("100;0000012345;X;old@fabrikam.example", "100;0000012345;;other@fabrikam.example");
    let rows: [(&str, &[&str], &str); 7] = [
        (&LONG[..35], &[&whole], LONG),
        (&LONG[..35], &[&whole, other], LONG),
        ("", &[&whole], LONG),
        ("", &[&whole, unused], LONG),
        ("", &[&whole, other], ""),
        ("someone@fabrikam.example", &[&whole], "someone@fabrikam.example"),
        ("", &["200;0000012345;;other@fabrikam.example"], ""),
    ];
    for (address, table6, want) in rows {
        let files = [("list.xls", tabs(header, &[&row(address)])), ("adr6.xls", adr6(table6))];
        assert_eq!(table(&analyse(&files))[0]["recipient"], want, "{address} {table6:?}");
    }
}

#[test]
fn keys_of_two_clients_stay_apart() {
    let header = "MANDT RECTP RECYR RECNO ADDRESS SNDDAT SNDTIM STATUS MSGID";
    let soes = tabs(
        header,
        &[
            "100;ADR;51;000000000001;a@fabrikam.example;20260310;080000;718;XS",
            "200;ADR;51;000000000001;b@fabrikam.example;20260310;090000;806;XS",
        ],
    );
    let sost = tabs(
        "MANDT OBJTP OBJYR OBJNO RECTP RECYR RECNO STAT_DATE STAT_TIME MSGID MSGNO",
        &[
            "200;RAW;51;000000000008;ADR;51;000000000001;20260310;090500;XS;806",
            "100;RAW;51;000000000007;ADR;51;000000000001;20260310;080500;XS;718",
        ],
    );
    let sood = tabs("MANDT OBJTP OBJYR OBJNO OBJDES", &["100;RAW;51;000000000007;First", "200;RAW;51;000000000008;Second"]);
    let rows = table(&analyse(&[("soes", soes), ("sost", sost), ("sood", sood)]));
    let got: Vec<_> = rows.iter().map(|row| ["client", "recipient", "subject", "verdict"].map(|column| row[column].as_str())).collect();
    assert_eq!(got, [["100", "a@fabrikam.example", "First", "handed-off"], ["200", "b@fabrikam.example", "Second", "rejected"]]);
}

const T100: (&str, &[&str]) = (
    "SPRSL ARBGB MSGNR TEXT",
    &[
        "DE;SO;672;Bisher nichts in der Warteschlange",
        "DE;XS;602;Vorerst nichts an &1: &V4&&V3&",
        "DE;XS;718;An den nächsten Server übergeben",
        "DE;XS;806;Nichts geht an &, die Adresse taugt nicht",
        "EN;XS;806;Nothing goes to &, the address is no good",
        "EN;V1;001;A text of another area",
    ],
);

#[test]
fn texts_of_the_own_language_complete_numbers_and_numbers_complete_texts() {
    let texts = tabs(T100.0, T100.1);
    let mut files = all().to_vec();
    files.push(("t100.xls", texts.clone()));
    let analysis = analyse(&files);
    let source = analysis.reading.sources.iter().find(|source| source.label == "t100.xls").unwrap();
    assert_eq!((source.ledger.count(Class::Frame), source.ledger.lines(), source.rows), (7, 7, 6));
    let told = "T100: 5 texts of SAP's mail messages in DE (4), EN (1); 8 rows of this run got the text of their message in DE, 0 their number from its text";
    assert_eq!(source.notes.iter().map(|note| note.text.as_str()).collect::<Vec<_>>(), [told]);
    let store = &analysis.reading.store;
    let mut shown: Vec<&str> = store.sap.iter().map(|facts| store.text(facts.text)).collect();
    shown.sort_unstable();
    shown.dedup();
    let want = [
        "",
        "An den nächsten Server übergeben",
        "Bisher nichts in der Warteschlange",
        "Nichts geht an , die Adresse taugt nicht",
        "Vorerst nichts an : 451 4.7.0 Temporary server error",
    ];
    assert_eq!(shown, want);

    let header = "Status;Dokumenttitel;Empfänger;Sendedatum;Sendezeit".replace(';', "\t");
    let row = |status: &str, number: u32| format!("{status}\tRechnung {number}\tm{number}@fabrikam.example\t10.03.2026\t08:00:0{number}");
    let words = [
        "An den nächsten Server übergeben",
        "Nichts geht an m1@fabrikam.example, die Adresse taugt nicht",
        "@5C\\QNothing goes to m2@fabrikam.example, the address is no good@",
        "Ganz etwas anderes",
    ];
    let rows: Vec<String> = words.iter().zip(0..).map(|(status, number)| row(status, number)).collect();
    let analysis = analyse(&[("liste.xls", format!("{header}\n{}\n", rows.join("\n"))), ("t100.xls", texts)]);
    let rows = table(&analysis);
    let got: Vec<_> = rows.iter().map(|row| [row["sap_message"].as_str(), row["verdict"].as_str()]).collect();
    assert_eq!(got, [["XS718", "handed-off"], ["XS806", "rejected"], ["XS806", "rejected"], ["", "unknown"]]);
}

#[test]
fn texts_alone_are_no_mail() {
    let analysis = analyse(&[("t100.txt", se16(T100.0, T100.1))]);
    assert!(analysis.reading.problems.is_empty() && analysis.journeys.is_empty());
    assert_eq!(analysis.reading.sources[0].ledger.count(Class::NotUnderstood), 0);
}

/// 3 April or 4 March: the mails of the trace tell.
#[test]
fn links_settle_the_order_of_day_and_month() {
    let header = "Document title;Recipient;Send Date;Send Time;Status".replace(';', "\t");
    for (date, order) in [("03/04/2026", "day"), ("04/03/2026", "month")] {
        let row = |n: u32| format!("Invoice {n}\tm{n}@fabrikam.example\t{date}\t08:05:0{n}\t718\n");
        let arrival = |n: u32| {
            format!(
                "2026-04-03T08:05:0{n}.5000000Z,sap@contoso.example,\"m{n}@fabrikam.example##Receive, Send\",Invoice {n},2048,<{n}@contoso.example>,,203.0.113.10,Originating,SAP relay,Normal\n"
            )
        };
        let rows: Vec<u32> = (1..6).collect();
        let list = format!("{header}\n{}", rows.iter().map(|n| row(*n)).collect::<String>());
        let trace = format!("{TRACE}{}", rows.iter().map(|n| arrival(*n)).collect::<String>());
        let alone = analyse(&[("list.xls", list.clone())]);
        assert!(notes(&alone)[0].ends_with("dates are read month first: a guess from the form and the values of the column"));
        let analysis = analyse(&[("list.xls", list), ("trace.csv", trace)]);
        let told = format!("list.xls:1: dates are read {order} first: 5 mails then meet those of other logs, in the other order 0");
        assert_eq!(notes(&analysis), [told]);
        let rows = table(&analysis);
        assert!(rows.iter().all(|row| row["verdict"] == "delivered" && row["requested_at"].starts_with("2026-04-03T08:05:0")), "{rows:#?}");
    }
}

/// A SOST list with labels, as it was printed.
fn sost_list(rows: &[&str]) -> String {
    let header = "St|Document title|Sender name|Recipient|Send Date|Send Time|Date of status|Time of status";
    let width = [7, 16, 12, 35, 10, 9, 14, 14];
    let line = |row: &str| {
        let cells = row.split('|').zip(width).map(|(cell, width)| format!("{cell:<width$}"));
        format!("|{}|", cells.collect::<Vec<_>>().join("|"))
    };
    let rule = "-".repeat(line(header).len());
    let body: String = rows.iter().map(|row| line(row) + "\r\n").collect();
    format!("10.03.2026      Dynamic List Display      1\r\n{rule}\r\n{}\r\n{rule}\r\n{body}{rule}\r\n", line(header))
}

#[test]
fn waiting_yesterday_and_sent_today_are_one_in_whatever_layout() {
    let (cut, whole) = (&LONG[..35], LONG);
    let waiting = sost_list(&[
        &format!("Waiting|Invoice 90001|BATCH_FI|{cut}|10.03.2026|08:00:00|10.03.2026|08:00:00"),
        &format!("Waiting|Invoice 90001|BATCH_FI|{cut}|10.03.2026|08:00:00|10.03.2026|08:00:00"),
    ]);
    let list = sost_list(&[
        &format!("Sent|Invoice 90001|BATCH_FI|{cut}|10.03.2026|08:00:00|11.03.2026|07:30:00"),
        &format!("Waiting|Invoice 90001|BATCH_FI|{cut}|10.03.2026|08:00:00|10.03.2026|08:00:00"),
    ]);
    let header = "MANDT RECTP RECYR RECNO TITEL ADDRESS SNDDAT SNDTIM STAT_DATE STAT_TIME STATUS MSGID";
    let row = |n: u32, status: &str| format!("100;ADR;51;{n:012};Invoice 90001;{cut};20260310;080000;20260311;073000;{status};XS");
    let table1 = tabs(header, &[&row(1, "718"), &row(2, "W")]);
    let sheet = format!(
        "Sendeaufträge\t\t\t\t\t\n\n\tStatus\tDokumenttitel\tEmpfänger\tSendedatum\tSendezeit\n\tGesendet\tInvoice 90001\t{whole}\t10.03.2026\t08:00:00\n\tWartend\tInvoice 90001\t{whole}\t10.03.2026\t08:00:00\n"
    );
    let today = [("list", list), ("table", table1), ("sheet", sheet)];
    let of = |names: &[&str]| {
        let mut files: Vec<(&str, String)> = vec![("yesterday", waiting.clone())];
        files.extend(today.iter().filter(|(name, _)| names.contains(name)).cloned());
        let mut verdicts: Vec<String> = table(&analyse(&files)).iter().map(|row| row["verdict"].clone()).collect();
        verdicts.sort_unstable();
        verdicts
    };
    for names in [&["list"][..], &["table"], &["sheet"], &["list", "table"], &["table", "sheet"], &["list", "table", "sheet"]] {
        assert_eq!(of(names), ["handed-off", "waiting"], "{names:?}");
    }
    assert_eq!(of(&[]), ["waiting", "waiting"]);
}

#[test]
fn systems_and_clients_stay_apart_with_and_without_keys() {
    let header = "SYSID MANDT TITEL ADDRESS SNDDAT SNDTIM STATUS MSGID";
    let row =
        |system: &str, client: &str, status: &str| format!("{system};{client};Invoice;ap@fabrikam.example;20260310;080000;{status};XS");
    let (prd, qas) = (row("PRD", "100", "718"), row("QAS", "100", "806"));
    let keyed =
        |system: &str, client: &str| format!("{system};{client};ADR;51;000000000001;Invoice;ap@fabrikam.example;20260310;080000;718;XS");
    let key_header = "SYSID MANDT RECTP RECYR RECNO TITEL ADDRESS SNDDAT SNDTIM STATUS MSGID";
    let rows: [(&str, &[&[&str]], usize); 7] = [
        (header, &[&[&prd], &[&qas]], 2),
        (header, &[&[&prd, &qas]], 2),
        (header, &[&[&prd], &[&row("PRD", "200", "806")]], 2),
        (header, &[&[&prd], &[&row("", "100", "806")]], 1),
        (key_header, &[&[&keyed("PRD", "100")], &[&keyed("PRD", "200")]], 2),
        (key_header, &[&[&keyed("PRD", "100")], &[&keyed("QAS", "100")]], 2),
        (key_header, &[&[&keyed("PRD", "100")], &[&keyed("", "")]], 1),
    ];
    for (header, files, mails) in rows {
        let texts: Vec<String> = files.iter().map(|rows| tabs(header, rows)).collect();
        let files: Vec<(&str, String)> = ["a", "b"].into_iter().zip(texts).collect();
        assert_eq!(analyse(&files).journeys.len(), mails, "{files:?}");
    }
}

#[test]
fn a_list_with_the_maximum_of_hits_is_a_gap() {
    let rows: Vec<String> = (0..500)
        .map(|n| format!("Sent|Invoice {n}|BATCH_FI|m{n}@fabrikam.example|10.03.2026|{:02}:00:00|10.03.2026|{:02}:00:00", n / 50, n / 50))
        .collect();
    let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
    let gaps = |rows: &[&str]| {
        let analysis = analyse(&[("sost.txt", sost_list(rows))]);
        sostrace::report::gaps(&analysis).into_iter().map(|gap| format!("{}: {}", gap.what, gap.export)).collect::<Vec<_>>()
    };
    let want = "sost.txt has exactly 500 rows, probably the maximum number of hits: what it does not show may exist all the same: \
                SOST in parts of the selection, each below the maximum: send date and time until 2026-03-10 04:30:00, from there to \
                2026-03-10 09:00:00, and from there on (SAP's clock); or a higher maximum number of hits";
    assert!(gaps(&rows).iter().any(|gap| gap == want), "{:#?}", gaps(&rows));
    assert!(!gaps(&rows[..499]).iter().any(|gap| gap.contains("maximum")));
}

/// The example of the README is the file that its test runs with.
#[test]
fn headers_of_own_layouts_need_the_settings() {
    let settings = std::fs::read_to_string(support::repository("tests/own-headers/sostrace.toml")).unwrap();
    let readme = std::fs::read_to_string(support::repository("README.md")).unwrap();
    assert!(readme.contains(&settings));
    let list = support::repository("tests/own-headers/versand.txt");
    assert!(sostrace::read(std::slice::from_ref(&list), &mut ()).sources.is_empty());
    let mut settings = sostrace::formats::Settings::default();
    for (header, word) in [
        ("Wem", "recipient"),
        ("WORUM  ES GEHT", "subject"),
        ("Gesendet am", "send-date"),
        ("Gesendet um", "send-time"),
        ("Ergebnis", "status"),
    ] {
        assert!(settings.headers.name(header, word), "{word}");
    }
    let reading = sostrace::read_with(&[list], &sostrace::ReadOptions { settings, ..Default::default() }, &mut ());
    assert_eq!((reading.sources[0].format, reading.store.records.len()), ("sap-list", 2));
    assert_eq!(reading.store.text(reading.store.records[1].recipient), "gone@fabrikam.example");
}
