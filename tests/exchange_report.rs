//! Delivery status notifications (RFC 3464; exchange.md section 1.16).

mod support;

use sostrace::source::Class;
use support::{TABLE, analyse_files, request, table};

/// A report as Exchange saves it, with what stands in the places that differ.
fn report(fields: &str, returned: &str) -> String {
    format!(
        "From: <postmaster@contoso.example>\nTo: <sap@contoso.example>\nDate: Tue, 10 Mar 2026 08:07:00 +0000\nIn-Reply-To: <ADR51000000000001@contoso.example>\nMessage-ID: <report@contoso.example>\n\n--b1\nContent-Type: text/plain\n\nSecret words.\n\n--b1\nContent-Type: message/delivery-status\n\n{fields}\n--b1\nContent-Type: message/rfc822\n\n{returned}\n--b1--\n"
    )
}

const MESSAGE: &str = "Reporting-MTA: dns;AM1.eurprd01.prod.outlook.com\nArrival-Date: Tue, 10 Mar 2026 09:05:02 +0100\n\n";
const FAILED: &str = "Final-Recipient: rfc822;ap@fabrikam.example\nAction: failed\nStatus: 5.1.10\nDiagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not\n found by SMTP address lookup\n";
const RETURNED: &str = "Received: from a by b;\n Tue, 10 Mar 2026 08:05:01 +0000\nMessage-ID:\n <ADR51000000000001@contoso.example>\nFrom: SAP <sap@contoso.example>\nTo: <ap@fabrikam.example>\nSubject: Invoice 1\n\nMessage-ID: <secret@body.example>\n";

#[test]
fn the_report_tells_the_end() {
    let whole = report(&format!("{MESSAGE}{FAILED}"), RETURNED);
    let outside = MESSAGE.replace("AM1.eurprd01.prod.outlook.com", "mx1.fabrikam.example");
    let relay = MESSAGE.replace("AM1.eurprd01.prod.outlook.com", "relay.contoso.example");
    let plain = |what, text| (what, text, "bounced", "exchange", "550", "RCPT-03", "2026-03-10T08:07:00.000Z");
    let rows = [
        ("as saved", whole.clone(), "bounced", "exchange", "550", "RCPT-03", "2026-03-10T08:07:00.000Z"),
        (
            "as text",
            format!("{MESSAGE}{FAILED}\nMessage-ID: <ADR51000000000001@contoso.example>\n"),
            "bounced",
            "exchange",
            "550",
            "RCPT-03",
            "2026-03-10T08:05:02.000Z",
        ),
        plain("without the mail", report(&format!("{MESSAGE}{FAILED}"), "")),
        ("of a relay", report(&format!("{relay}{FAILED}"), RETURNED), "bounced", "relay", "550", "RCPT-03", "2026-03-10T08:07:00.000Z"),
        (
            "of the recipient's own server",
            report(&format!("{outside}{FAILED}"), RETURNED),
            "bounced",
            "outside",
            "550",
            "RCPT-03",
            "2026-03-10T08:07:00.000Z",
        ),
        plain(
            "with an odd line among the recipient's fields",
            whole.replace("Diagnostic-Code", "(the reply of the server follows)\nDiagnostic-Code"),
        ),
        plain("with a field of a name of its own", whole.replace("Arrival-Date", "X_Queue_Id: 4711\nArrival-Date")),
        plain(
            "with a line of its own",
            whole.replace("Arrival-Date", "(queue 4711)\nArrival-Date").replace("\n\nFinal", "\nmore\n\nFinal"),
        ),
        ("CRLF", whole.replace('\n', "\r\n"), "bounced", "exchange", "550", "RCPT-03", "2026-03-10T08:07:00.000Z"),
        (
            "still trying",
            whole.replace("Action: failed", "Action: delayed"),
            "deferred",
            "exchange",
            "550",
            "RCPT-03",
            "2026-03-10T08:07:00.000Z",
        ),
        (
            "a status only",
            whole.replace("Diagnostic-Code: smtp", "X-Code: smtp"),
            "bounced",
            "exchange",
            "",
            "",
            "2026-03-10T08:07:00.000Z",
        ),
        plain("a wrong day of the week", whole.replace("Date: Tue", "Date: Fri")),
    ];
    for (what, text, verdict, stopped_at, code, rule, finished) in rows {
        let analysis = analyse_files(&[("ndr.eml", text.as_bytes())]);
        let all = table(&analysis);
        assert_eq!(all.len(), 1, "{what}");
        let got = |column: &str| all[0][column].as_str();
        assert_eq!((got("verdict"), got("stopped_at"), got("reply_code")), (verdict, stopped_at, code), "{what}");
        assert_eq!((got("message_id"), got("recipient")), ("<ADR51000000000001@contoso.example>", "ap@fabrikam.example"), "{what}");
        assert_eq!((got("submitted_at"), got("finished_at")), ("2026-03-10T08:05:02.000Z", finished), "{what}");
        assert!(rule.is_empty() || got("rule") == rule, "{what}: {}", got("rule"));
        assert_eq!(analysis.reading.sources[0].ledger.count(Class::NotUnderstood), 0, "{what}");
        assert!(
            analysis.reading.store.strings.find("Secret words.").is_none()
                && analysis.reading.store.strings.find("<secret@body.example>").is_none()
        );
    }
}

#[test]
fn a_report_belongs_to_its_request() {
    let sap = TABLE.to_owned() + &request(1, "ap@fabrikam.example", 1, "S", ("SO", 718), "");
    let text = report(&format!("{MESSAGE}{FAILED}"), RETURNED);
    let all = table(&analyse_files(&[("sap.txt", sap.as_bytes()), ("ndr.eml", text.as_bytes())]));
    assert_eq!(all.iter().map(|row| (row["verdict"].as_str(), row["reply_code"].as_str())).collect::<Vec<_>>(), [("bounced", "550")]);
}

#[test]
fn several_recipients_and_broken_groups() {
    let other = "\nOriginal-Recipient: rfc822;alias@fabrikam.example\nFinal-Recipient: rfc822;real@fabrikam.example\nAction: failed\nStatus: 5.2.2\n";
    let broken = "\nFinal-Recipient: rfc822;lost@fabrikam.example\nStatus: 5.2.2\n";
    let analysis = analyse_files(&[("ndr.eml", report(&format!("{MESSAGE}{FAILED}{other}{broken}"), RETURNED).as_bytes())]);
    let mut got: Vec<String> = table(&analysis).iter().map(|row| row["recipient"].clone()).collect();
    got.sort();
    assert_eq!(got, ["alias@fabrikam.example", "ap@fabrikam.example"]);
    assert_eq!(analysis.reading.sources[0].ledger.count(Class::NotUnderstood), 2);
}

/// What the report leaves out is neither made up nor lost.
#[test]
fn what_a_report_does_not_tell() {
    let nameless = FAILED.replace("Final-Recipient: rfc822;ap@fabrikam.example\n", "");
    let analysis = analyse_files(&[("ndr.txt", format!("{MESSAGE}{nameless}").as_bytes())]);
    assert_eq!(analysis.reading.sources.len(), 0, "without a recipient it is no report");
    let cut = analyse_files(&[("ndr.txt", format!("{MESSAGE}{FAILED}\n{MESSAGE}{nameless}").as_bytes())]);
    assert_eq!((table(&cut).len(), cut.reading.sources[0].ledger.count(Class::NotUnderstood)), (1, 2));
    let bare = analyse_files(&[("ndr.txt", format!("{MESSAGE}{FAILED}").as_bytes())]);
    assert_eq!(table(&bare).len(), 1, "arrival and end are of one mail");
    assert!(bare.reading.sources[0].notes.iter().any(|note| note.text.contains("a guess")));
}
