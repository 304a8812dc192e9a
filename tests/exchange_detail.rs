//! The events of `Get-MessageTraceDetail`, alone and beside the list they explain (exchange.md section 1.3).

mod support;

use support::{analyse_files, table};

const HEADER: &str = "MessageId,MessageTraceId,Date,Event,Action,Detail,Data\n";
const ID: &str = "9c92e718-8ee3-dfb7-93f0-08de7ed2b30f";

fn event(second: u32, name: &str, detail: &str, data: &str) -> String {
    let data = data.replace('"', "\"\"");
    format!("<ADR51000000000001@contoso.example>,{ID},3/10/2026 6:27:{second:02} PM,{name},,\"{detail}\",\"{data}\"\n")
}

/// The row of the list, whose time is the one inside the id.
fn list(recipients: &[&str], status: &str, id: &str) -> String {
    let rows = recipients.iter().map(|to| {
        format!(
            "<ADR51000000000001@contoso.example>,2026-03-10T18:27:34Z,sap@contoso.example,{to},Invoice 1,{status},,203.0.113.10,2048,{id}\n"
        )
    });
    format!(
        "MessageId,Received,SenderAddress,RecipientAddress,Subject,Status,ToIP,FromIP,Size,MessageTraceId\n{}",
        rows.collect::<String>()
    )
}

#[test]
fn the_details_explain_the_list() {
    let received = event(34, "Receive", "Message received by: A", r#"<root><MEP Name="ConnectorId" String="SAP relay"/></root>"#);
    let rows = [
        ("why it failed", "Failed", vec![event(36, "Fail", "Reason: [{LED=550 5.2.2 mailbox full; x};{MSG=}]", "")], "bounced", "", "550"),
        (
            "still trying",
            "Pending",
            vec![event(36, "Defer", "The message was deferred. 450 4.4.316 Connection refused", "")],
            "deferred",
            "",
            "450",
        ),
        ("outside", "Delivered", vec![event(36, "Send external", "Message sent to mx.fabrikam.example", "")], "delivered", "outside", ""),
        ("a mailbox", "Delivered", vec![event(36, "Deliver", "The message was successfully delivered.", "")], "delivered", "mailbox", ""),
        (
            "junk",
            "Delivered",
            vec![event(36, "Deliver", "delivered to the folder: DefaultFolderType:JunkEmail", "")],
            "diverted",
            "junk",
            "",
        ),
        ("a step inside", "Delivered", vec![event(36, "Send", "Message sent to A.prod.outlook.com", "")], "delivered", "", ""),
        ("rules only explain", "Quarantined", vec![event(35, "Transport rule", "Transport rule: 'x'", "")], "diverted", "quarantine", ""),
    ];
    for (what, status, events, verdict, delivered_to, code) in rows {
        let detail = format!("{HEADER}{}{received}", events.concat());
        for names in [["a.csv", "b.csv"], ["b.csv", "a.csv"]] {
            let list = list(&["ap@fabrikam.example"], status, ID);
            let analysis = analyse_files(&[(names[0], list.as_bytes()), (names[1], detail.as_bytes())]);
            let all = table(&analysis);
            assert_eq!(all.len(), 1, "{what}: one mail");
            let got = |column: &str| all[0][column].as_str();
            assert_eq!((got("verdict"), got("delivered_to"), got("reply_code")), (verdict, delivered_to, code), "{what}");
            assert_eq!((got("connector"), got("recipient"), got("subject")), ("SAP relay", "ap@fabrikam.example", "Invoice 1"), "{what}");
        }
    }
}

#[test]
fn the_mail_is_found_by_either_id() {
    let detail = format!("{HEADER}{}", event(36, "Fail", "Reason: [{LED=550 5.2.2 mailbox full; x};{MSG=}]", ""));
    let rows =
        [("Message-ID", detail.replace(ID, ""), 1), ("network message id", detail.replace("<ADR51000000000001@contoso.example>", ""), 1)];
    for (what, detail, mails) in rows {
        let list = list(&["ap@fabrikam.example"], "Failed", ID);
        let all = table(&analyse_files(&[("a.csv", list.as_bytes()), ("b.csv", detail.as_bytes())]));
        assert_eq!((all.len(), all[0]["reply_code"].as_str()), (mails, "550"), "{what}");
    }
}

/// Of a mail to two, nobody can say whose event it is.
#[test]
fn an_event_of_two_recipients_is_of_neither() {
    let detail = format!("{HEADER}{}", event(36, "Fail", "Reason: [{LED=550 5.2.2 mailbox full; x};{MSG=}]", ""));
    let list = list(&["a@fabrikam.example", "b@fabrikam.example"], "Delivered", ID);
    let all = table(&analyse_files(&[("a.csv", list.as_bytes()), ("b.csv", detail.as_bytes())]));
    assert_eq!(all.iter().map(|row| row["verdict"].as_str()).collect::<Vec<_>>(), ["delivered", "delivered"]);
    let named = detail
        .replace("MessageTraceId,", "MessageTraceId,RecipientAddress,")
        .replace(&format!("{ID},"), &format!("{ID},b@fabrikam.example,"));
    let all = table(&analyse_files(&[("a.csv", list.replace("Delivered", "Pending").as_bytes()), ("b.csv", named.as_bytes())]));
    let mut got: Vec<(&str, &str)> = all.iter().map(|row| (row["recipient"].as_str(), row["verdict"].as_str())).collect();
    got.sort_unstable();
    assert_eq!(got, [("a@fabrikam.example", "deferred"), ("b@fabrikam.example", "bounced")]);
}

/// Details are of chosen mails: that another mail is not among them proves nothing.
#[test]
fn details_cover_nothing() {
    let sap = support::TABLE.to_owned() + &support::request(7, "ap@fabrikam.example", 1, "S", ("SO", 718), "");
    let detail = |number: u32, hour: u32| {
        format!("<{number}@contoso.example>,,2026-03-10T{hour:02}:00:00Z,x{number}@fabrikam.example,sap@contoso.example,Deliver,,done,\n")
    };
    let rows: String = (0..12).map(|n| detail(n, 2 * n)).collect();
    let text = format!("MessageId,MessageTraceId,Date,RecipientAddress,SenderAddress,Event,Action,Detail,Data\n{rows}");
    let all = table(&analyse_files(&[("sap.txt", sap.as_bytes()), ("d.csv", text.as_bytes())]));
    assert_eq!(all[0]["verdict"], "handed-off");
}

/// Graph and PowerShell write the same events as JSON.
#[test]
fn details_as_json() {
    let object = |event: &str, said: &str| {
        format!(
            "{{\"id\":\"{ID}\",\"messageId\":\"<ADR51000000000001@contoso.example>\",\"dateTime\":\"2026-03-10T18:27:36Z\",\"event\":\"{event}\",\"action\":\"\",\"description\":\"{said}\",\"data\":\"<root><MEP Name=\\\"ConnectorId\\\" String=\\\"SAP relay\\\"/></root>\"}}"
        )
    };
    let (received, failed) =
        (object("Receive", "Message received by: A"), object("Fail", "Reason: [{LED=550 5.2.2 mailbox full; x};{MSG=}]"));
    let powershell = |text: &str| text.replace("description", "Detail").replace("dateTime", "Date").replace("\"id\"", "\"MessageTraceId\"");
    let rows = [
        ("Graph", format!("{{\"value\":[{received},{failed}]}}")),
        ("one object a line", format!("{received}\n{failed}\n")),
        ("PowerShell", powershell(&format!("[{received},\n{failed}]"))),
    ];
    for (what, text) in rows {
        let list = list(&["ap@fabrikam.example"], "Failed", ID);
        let analysis = analyse_files(&[("a.csv", list.as_bytes()), ("b.json", text.as_bytes())]);
        assert_eq!(analysis.reading.sources.len(), 2, "{what}: {:?}", analysis.reading.problems);
        let all = table(&analysis);
        let got = |column: &str| all[0][column].as_str();
        assert_eq!((all.len(), got("verdict"), got("reply_code"), got("connector")), (1, "bounced", "550", "SAP relay"), "{what}");
    }
}
