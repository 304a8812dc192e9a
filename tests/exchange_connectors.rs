//! The connector report: its header is not documented, so what it adds and what it must not claim (exchange.md 1.8).

mod support;

use sostrace::source::Class;
use support::{analyse_files, table};

const HEADER: &str = "date_time_utc,message_id,network_message_id,sender_address,recipient_address,connector_name,tls_version\n";
const ROW: &str = "2026-03-10T18:27:34Z,<ADR51000000000001@contoso.example>,9c92e718-8ee3-dfb7-93f0-08de7ed2b30f,sap@contoso.example,ap@fabrikam.example,SAP relay,TLS1.2\n";
const LIST: &str = "MessageId,Received,SenderAddress,RecipientAddress,Subject,Status,ToIP,FromIP,Size,MessageTraceId\n<ADR51000000000001@contoso.example>,2026-03-10T18:27:34Z,sap@contoso.example,ap@fabrikam.example,Invoice 1,Delivered,,203.0.113.10,2048,9c92e718-8ee3-dfb7-93f0-08de7ed2b30f\n";

/// Beside the list it names the connector; alone it proves that Exchange had the mail and nothing more.
#[test]
fn it_names_the_connector() {
    let report = format!("{HEADER}{ROW}");
    let alone = table(&analyse_files(&[("c.csv", report.as_bytes())]));
    assert_eq!((alone[0]["verdict"].as_str(), alone[0]["connector"].as_str()), ("unknown", "SAP relay"));
    for names in [["a.csv", "b.csv"], ["b.csv", "a.csv"]] {
        let both = table(&analyse_files(&[(names[0], report.as_bytes()), (names[1], LIST.as_bytes())]));
        assert_eq!(both.len(), 1);
        assert_eq!((both[0]["verdict"].as_str(), both[0]["connector"].as_str()), ("delivered", "SAP relay"));
    }
}

#[test]
fn each_line_has_one_class() {
    let rows = [
        ("as written", format!("{HEADER}{ROW}"), [1, 1, 0]),
        ("twice", format!("{HEADER}{ROW}{ROW}"), [1, 2, 0]),
        ("without a time", format!("{HEADER}{}", ROW.replace("2026-03-10T18:27:34Z", "soon")), [0, 1, 1]),
        ("neither recipient nor id", format!("{HEADER}2026-03-10T18:27:34Z,,,sap@contoso.example,,SAP relay,\n"), [0, 1, 1]),
    ];
    for (what, text, want) in rows {
        let analysis = analyse_files(&[("c.csv", text.as_bytes())]);
        let source = &analysis.reading.sources[0];
        assert_eq!([Class::Evidence, Class::Frame, Class::NotUnderstood].map(|class| source.ledger.count(class)), want, "{what}");
        assert!(source.notes.iter().any(|note| note.text.contains("a guess")), "{what}");
    }
}
