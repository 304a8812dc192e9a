//! Defender's `EmailEvents` beside the message trace (exchange.md section 1.12).

mod support;

use support::{analyse_files, table};

const HEADER: &str = "Timestamp,NetworkMessageId,InternetMessageId,SenderFromAddress,SenderIPv4,RecipientEmailAddress,Subject,EmailDirection,DeliveryAction,DeliveryLocation,Connectors\n";
const ID: &str = "9c92e718-8ee3-dfb7-93f0-08de7ed2b30f";

fn event(action: &str, location: &str) -> String {
    format!(
        "{HEADER}2026-03-10T18:27:34Z,{ID},<ADR51000000000001@contoso.example>,sap@contoso.example,203.0.113.10,ap@contoso.example,Invoice 1,Inbound,{action},{location},Relais SMTP interne\n"
    )
}

#[test]
fn the_folder_is_known() {
    let rows = [
        ("Delivered", "Inbox/folder", "delivered", "mailbox"),
        ("Junked", "Junk folder", "diverted", "junk"),
        ("Blocked", "Quarantine", "diverted", "quarantine"),
        ("Blocked", "Dropped", "bounced", ""),
        ("Delivered", "On-premises/external", "delivered", "outside"),
    ];
    for (action, location, verdict, delivered_to) in rows {
        let got = &table(&analyse_files(&[("events.csv", event(action, location).as_bytes())]))[0];
        let got = |column: &str| got[column].as_str();
        assert_eq!((got("verdict"), got("delivered_to"), got("connector")), (verdict, delivered_to, "Relais SMTP interne"), "{location}");
    }
}

/// The portal writes times in the form of its screen.
#[test]
fn times_with_the_name_of_the_month() {
    let text = event("Delivered", "Inbox/folder").replace("2026-03-10T18:27:34Z", "\"Mar 10, 2026 6:27:34 PM\"");
    let row = &table(&analyse_files(&[("events.csv", text.as_bytes())]))[0];
    assert_eq!((row["verdict"].as_str(), row["finished_at"].as_str()), ("delivered", "2026-03-10T18:27:34.000Z"));
}

/// The list says delivered and names no connector; Defender knows the folder and the connector.
#[test]
fn the_list_and_defender_are_one_mail() {
    let list = format!(
        "MessageId,Received,SenderAddress,RecipientAddress,Subject,Status,ToIP,FromIP,Size,MessageTraceId\n<ADR51000000000001@contoso.example>,2026-03-10T18:27:35Z,sap@contoso.example,ap@contoso.example,Invoice 1,Delivered,,203.0.113.10,2048,{ID}\n"
    );
    let all = table(&analyse_files(&[("a.csv", list.as_bytes()), ("b.csv", event("Junked", "Junk folder").as_bytes())]));
    assert_eq!(all.len(), 1);
    assert_eq!((all[0]["delivered_to"].as_str(), all[0]["connector"].as_str()), ("junk", "Relais SMTP interne"));
    let json = format!(
        "{{\"time\":\"x\",\"properties\":{{\"NetworkMessageId\":\"{ID}\",\"InternetMessageId\":\"<ADR51000000000001@contoso.example>\",\"Timestamp\":\"2026-03-10T18:27:34Z\",\"RecipientEmailAddress\":\"ap@contoso.example\",\"DeliveryAction\":\"Junked\",\"DeliveryLocation\":\"Junk folder\",\"Connectors\":\"SAP relay\"}}}}\n"
    );
    let all = table(&analyse_files(&[("a.csv", list.as_bytes()), ("b.json", json.as_bytes())]));
    assert_eq!((all.len(), all[0]["delivered_to"].as_str(), all[0]["connector"].as_str()), (1, "junk", "SAP relay"));
}
