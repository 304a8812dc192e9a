//! The message trace as JSON (exchange.md sections 1.1, 1.10 and 1.11).

mod support;

use sostrace::source::Class;
use support::{analyse_files, table};

const ROW: &str = r#"{"MessageId":"\u003cADR51000000000001@contoso.example\u003e","Received":"2026-03-10T18:27:34.969Z","SenderAddress":"sap@contoso.example","RecipientAddress":"ap@fabrikam.example","Subject":"Invoice {1}","Status":"Delivered","ToIP":null,"FromIP":"203.0.113.10","Size":2048,"MessageTraceId":"9c92e718-8ee3-dfb7-93f0-08de7ed2b30f"}"#;

fn graph(more: &str) -> String {
    format!(
        "{{\n  \"@odata.context\": \"x\",{more}\n  \"value\": [\n    {{\n      \"id\": \"9c92e718-8ee3-dfb7-93f0-08de7ed2b30f\",\n      \"senderAddress\": \"sap@contoso.example\",\n      \"recipientAddress\": \"ap@fabrikam.example\",\n      \"messageId\": \"<ADR51000000000001@contoso.example>\",\n      \"receivedDateTime\": \"2026-03-10T18:27:34.969Z\",\n      \"subject\": \"Invoice {{1}}\",\n      \"toIP\": \"\",\n      \"status\": \"delivered\"\n    }}\n  ]\n}}\n"
    )
}

/// The mail as every rendering shows it, and lines by class: evidence, frame, others' mail, not understood.
#[test]
fn every_rendering() {
    let other = ROW.replace("ap@", "b@");
    let rows = [
        ("one object per line", format!("{ROW}\n{other}\n"), 2, [2, 0, 0, 0], ""),
        ("an array", format!("[\n{ROW},\n{other}\n]\n"), 2, [2, 2, 0, 0], ""),
        ("all on one line", format!("[{ROW},{other}]"), 2, [1, 0, 0, 0], ""),
        ("with its times as numbers", ROW.replace("2026-03-10T18:27:34.969Z", "\\/Date(1773167254969)\\/"), 1, [1, 0, 0, 0], ""),
        (
            "with its times as objects",
            ROW.replace("\"2026-03-10T18:27:34.969Z\"", r#"{"value":"\/Date(1773167254969)\/","DisplayHint":2,"DateTime":"Tuesday"}"#),
            1,
            [1, 0, 0, 0],
            "",
        ),
        ("UTC without Z", ROW.replace("969Z", "969"), 1, [1, 0, 0, 0], ""),
        (
            "the web service",
            format!("{{\"d\":{{\"results\":[\n{}\n]}}}}", ROW.replacen('{', "{\"__metadata\":{\"id\":\"x\"},", 1)),
            1,
            [1, 2, 0, 0],
            "",
        ),
        ("Graph", graph(""), 1, [10, 5, 0, 0], ""),
        ("Graph, more pages", graph("\n  \"@odata.nextLink\": \"https://graph.microsoft.com/x\","), 1, [10, 6, 0, 0], "more pages"),
        ("pages that overlap", format!("{ROW}\n{ROW}\n"), 1, [1, 1, 0, 0], "stands in the file before"),
        ("a broken object costs its own lines", format!("{}\n{other}\n", ROW.replace("2048", "20 48")), 1, [1, 0, 0, 1], ""),
        ("cut off in the middle", format!("{other}\n{}", &ROW[..300]), 1, [1, 0, 0, 1], "ends inside an object"),
        ("cut off on the line of another", format!("[{other},{}", &ROW[..300]), 1, [1, 0, 0, 0], "1 of 2 objects share a line"),
        (
            "no recipient, on the line of another",
            format!("[{other},{}]\n", ROW.replace("RecipientAddress", "To1")),
            1,
            [1, 0, 0, 0],
            "1 of 2 objects",
        ),
        ("no recipient", format!("{other}\n{}\n", ROW.replace("RecipientAddress", "To1")), 1, [1, 0, 0, 1], ""),
        (
            "no recipient, over several lines",
            format!("[{other},\n{}]\n", ROW.replace("RecipientAddress", "To1").replace(',', ",\n")),
            1,
            [1, 0, 0, 10],
            "",
        ),
        ("a status nobody knows", format!("{other}\n{}\n", ROW.replace("Delivered", "Gone")), 1, [1, 0, 0, 1], ""),
    ];
    for (what, text, mails, want, note) in rows {
        let analysis = analyse_files(&[("trace.json", text.as_bytes())]);
        let source = &analysis.reading.sources[0];
        let classes = [Class::Evidence, Class::Frame, Class::Others, Class::NotUnderstood].map(|class| source.ledger.count(class));
        let all = table(&analysis);
        assert_eq!((all.len(), classes), (mails, want), "{what}: {:?}", source.ledger.not_understood(9));
        assert_eq!(
            (all[0]["submitted_at"].as_str(), all[0]["delivered_to"].as_str(), all[0]["subject"].as_str(), all[0]["message_id"].as_str()),
            ("2026-03-10T18:27:34.969Z", "", "Invoice {1}", "<ADR51000000000001@contoso.example>"),
            "{what}"
        );
        assert_eq!(source.notes.iter().any(|n| n.text.contains(note)), !note.is_empty(), "{what}: {:?}", source.notes);
    }
}
