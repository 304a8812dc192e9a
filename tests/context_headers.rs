//! Headers of a mail that somebody has in hand: the proof that it arrived.

mod support;

use sostrace::source::Class;
use sostrace::{Analysis, report};
use support::{TABLE, TRACE, analyse_files, others, request, table};

const EML: &str = include_str!("../src/formats/context/headers.sample.eml");

fn run(eml: &str, kind: &str, message: (&str, u32)) -> Analysis {
    let sap = format!("{TABLE}{}", request(1, "ap@contoso.example", 1, kind, message, ""));
    let trace = format!("{TRACE}{}", others());
    analyse_files(&[("sap.txt", sap.as_bytes()), ("mail.eml", eml.as_bytes()), ("trace.csv", trace.as_bytes())])
}

#[test]
fn a_mail_in_hand_has_arrived() {
    let gmail = format!(
        "Delivered-To: ap@contoso.example\nReceived: from a.outbound.protection.outlook.com by mx.fabrikam.example with ESMTPS id 1; Tue, 10 Mar 2026 01:05:09 -0700 (PDT)\n{EML}"
    );
    let junk = EML.replace("MIME-Version", "X-Microsoft-Antispam-Mailbox-Delivery: ucf:0;jmr:0;auth:0;dest:J;\nMIME-Version");
    let several = EML.replace("<ap@contoso.example>", "<ap@contoso.example>, Jane <jane@contoso.example>");
    let wrong_day = EML.replace("Tue, 10 Mar", "Wed, 10 Mar");
    let renamed = EML.replace("DB9PR02MB0002.eurprd02.prod.outlook.com", "contoso-example.a-v1.mx.microsoft");
    assert!(wrong_day != EML && renamed != EML);
    let foreign = EML.replace("ADR51000000000001", "other").replace("ap@contoso.example", "jane@contoso.example");
    let rows = [
        ("the mailbox", EML.to_owned(), "S", "delivered", "mailbox", "2026-03-10T08:05:03.000Z"),
        (
            "pasted below a line of prose",
            format!("The customer sent this:\n\n{EML}"),
            "S",
            "delivered",
            "mailbox",
            "2026-03-10T08:05:03.000Z",
        ),
        ("a server outside", gmail, "S", "delivered", "outside", "2026-03-10T08:05:09.000Z"),
        ("a name of the day that is wrong", wrong_day, "S", "delivered", "mailbox", "2026-03-10T08:05:03.000Z"),
        ("a server of the newer domain", renamed, "S", "delivered", "mailbox", "2026-03-10T08:05:03.000Z"),
        ("the junk folder", junk, "S", "diverted", "junk", "2026-03-10T08:05:03.000Z"),
        ("whose copy it is stays open", several, "S", "unknown", "", ""),
        ("SAP says it failed", EML.to_owned(), "E", "conflict", "mailbox", "2026-03-10T08:05:03.000Z"),
        ("of another mail", foreign, "S", "missing", "", "2026-03-10T08:05:01.000Z"),
    ];
    for (what, eml, kind, verdict, to, finished) in rows {
        let found = table(&run(&eml, kind, ("XS", if kind == "S" { 718 } else { 816 })));
        let got: Vec<_> =
            found.iter().map(|row| (row["verdict"].as_str(), row["delivered_to"].as_str(), row["finished_at"].as_str())).collect();
        assert_eq!(got, [(verdict, to, finished)], "{what}");
    }
}

/// The way stands in the timeline; the body nowhere.
#[test]
fn the_way_is_told_and_the_body_is_not() {
    let analysis = run(EML, "S", ("XS", 718));
    let (_, timeline) = report::timeline(&analysis, "ap@contoso.example");
    let want = "Delivered: received by AM0PEPF00000001.mail.protection.outlook.com 2026-03-10 08:05:02, DB9PR02MB0002.eurprd02.prod.outlook.com 2026-03-10 08:05:03; AuthAs Internal  [mail.eml:1, UTC (file)]";
    assert!(timeline.contains(want), "{timeline}");
    assert!(analysis.reading.store.strings.find("Dear customer, this line is of no concern to anybody.").is_none());
    let ledger = &analysis.reading.sources.iter().find(|source| source.format == "mail-headers").unwrap().ledger;
    assert_eq!((ledger.count(Class::Evidence), ledger.count(Class::Frame), ledger.count(Class::NotUnderstood)), (15, 2, 0));
}

#[test]
fn a_delivery_report_is_no_copy_of_the_mail() {
    let report = EML.replace("text/plain; charset=\"utf-8\"", "multipart/report; report-type=delivery-status; boundary=x");
    let analysis = run(&report, "S", ("XS", 718));
    assert!(analysis.reading.sources.iter().all(|source| source.format != "mail-headers"));
    let two = run(&format!("{EML}\n{EML}"), "S", ("XS", 718));
    assert!(two.reading.sources.iter().flat_map(|source| &source.notes).any(|note| note.text.contains("only the first is read")));
}
