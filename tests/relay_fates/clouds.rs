//! Services of the cloud that hand a mail to the recipient's own server.

use super::{journey, of_log};

fn event(to: &str, second: u32, word: &str, rest: &str) -> String {
    format!(
        r#"{{"email":"{to}@fabrikam.example","timestamp":17731296{second:02},"smtp-id":"<{to}@contoso.example>","event":"{word}","sg_message_id":"nhIMmON9SFOPcT0ii4nt{to}.filter0001.1.1.0"{rest}}}"#
    )
}

#[test]
fn sendgrid_hands_over_to_the_server_of_the_recipient() {
    let events = [
        event("d1", 0, "processed", ""),
        event("d1", 2, "deferred", r#","response":"451 4.7.500 Server busy","attempt":"1""#),
        event("d1", 9, "delivered", r#","response":"250 2.0.0 OK""#),
        event(
            "d2",
            1,
            "bounce",
            r#","type":"bounce","reason":"550 5.1.1 The email account that you tried to reach does not exist","status":"5.1.1""#,
        ),
        event("d3", 1, "bounce", r#","type":"blocked","reason":"550 5.7.606 Access denied, banned sending IP [203.0.113.5]""#),
        event("d4", 1, "dropped", r#","reason":"Bounced Address","status":"5.0.0""#),
        event("d5", 1, "deferred", r#","response":"451 4.7.500 Server busy","attempt":"3""#),
    ];
    let all = of_log("events.json", &format!("[{}]\n", events.join(",\n")));
    let rows = [
        ("d1", ["delivered", "outside", "", "2", ""]),
        ("d2", ["bounced", "outside", "550", "1", "RCPT-04"]),
        ("d3", ["bounced", "outside", "550", "1", "REP-01"]),
        ("d4", ["bounced", "relay", "", "1", "HOP-08"]),
        ("d5", ["deferred", "relay", "451", "3", "REP-20"]),
    ];
    for (to, want) in rows {
        let got = journey(&all, &format!("{to}@fabrikam.example"), &["verdict", "stopped_at", "reply_code", "attempts", "rule"]);
        assert_eq!(got, want, "{to}");
    }
}

const MAIL: &str = "aaaaaaaa-0000-0000-0000-00000000000";

/// A row as diagnostic settings write it.
fn acs(second: u32, mail: u32, category: &str, properties: &str) -> String {
    format!(
        r#"{{"time":"2026-03-10T08:00:{second:02}.1000000Z","category":"{category}","operationName":"{}","correlationId":"{MAIL}{mail}","properties":{{{properties}}}}}
"#,
        if category == "EmailSendMailOperational" { "SendMail" } else { "DeliveryStatusUpdate" }
    )
}

fn status(second: u32, mail: u32, to: &str, status: &str, rest: &str) -> String {
    let fixed =
        format!(r#""RecipientId":"{to}","DeliveryStatus":"{status}","SenderDomain":"contoso.example","SenderUsername":"donotreply"{rest}"#);
    acs(second, mail, "EmailStatusUpdateOperational", &fixed)
}

#[test]
fn communication_services_tell_of_recipients() {
    let server = r#","InternetMessageId":"<acs1@contoso.example>","RecipientMailServerHostName":"mx.fabrikam.example""#;
    let gone = r#","SmtpStatusCode":"550","EnhancedSmtpStatusCode":"5.1.1","FailureReason":"RecipientNotFound","FailureMessage":"550 5.1.1 User unknown""#;
    let text = acs(1, 1, "EmailSendMailOperational", r#""OperationType":"SendMail","Size":0.02,"ToRecipientsCount":2"#)
        + &status(2, 1, "", "OutForDelivery", "")
        + &status(5, 1, "v1@fabrikam.example", "Delivered", server)
        + &status(6, 1, "v2@fabrikam.example", "Bounced", &[server, gone].concat())
        + &status(7, 2, "v3@fabrikam.example", "Suppressed", "")
        + &status(8, 3, "v4@fabrikam.example", "Quarantined", "");
    let all = of_log("acs.jsonl", &text);
    let rows = [
        ("v1", ["delivered", "outside", "", "", ""]),
        ("v2", ["bounced", "outside", "550", "550 5.1.1 User unknown RecipientNotFound", "RCPT-04"]),
        ("v3", ["bounced", "relay", "", "DeliveryStatus Suppressed", "HOP-08"]),
        ("v4", ["diverted", "relay", "", "DeliveryStatus Quarantined", "HOP-13"]),
    ];
    assert!(all.iter().all(|row| row["option"] == "acs"), "a way of its own");
    assert_eq!(all.len(), rows.len(), "the rows of a whole mail are no journey of their own");
    for (to, want) in rows {
        let got = journey(&all, &format!("{to}@fabrikam.example"), &["verdict", "stopped_at", "reply_code", "reply", "rule"]);
        assert_eq!(got, want, "{to}");
    }
}

#[test]
fn communication_services_as_a_table_of_the_portal() {
    let text = include_str!("../../src/formats/relay/acs/sample.csv");
    let reading = crate::support::read_text("query_data.csv", text);
    let source = &reading.sources[0];
    let counts = (source.format, source.ledger.count(sostrace::source::Class::Frame), source.utc);
    assert_eq!(counts, ("relay-acs", 2, true), "{:?}", source.ledger.not_understood(5));
    assert_eq!(crate::support::fates(&reading), ["Deliver sent ap@fabrikam.example", "Fail bounced gone@fabrikam.example"]);
    let all = of_log("query_data.csv", text);
    let columns = ["verdict", "stopped_at", "host", "relay_queue_id", "message_id", "sender"];
    let id = "11111111-2222-4333-8444-555555555555";
    let want = ["bounced", "outside", "mx.fabrikam.example", id, "<acs1@contoso.example>", "donotreply@contoso.example"];
    assert_eq!(journey(&all, "gone@fabrikam.example", &columns), want);
    let local = text.replace("[UTC]", "[Local Time]");
    assert!(!crate::support::read_text("query_data.csv", &local).sources[0].utc, "the zone of the portal is that of the person");
}

/// The portal exports one table at a time, and the sending names no Message-ID.
#[test]
fn two_tables_of_the_portal_tell_of_the_same_mails() {
    let sending = "TenantId,TimeGenerated [UTC],OperationName,Category,CorrelationId,Size,ToRecipientsCount,UniqueRecipientsCount,TrafficSource,Type\n\
        t,\"3/10/2026, 8:05:01.100 AM\",SendMail,EmailSendMailOperational,11111111-2222-4333-8444-555555555555,0.02,2,2,SMTP,ACSEmailSendMailOperational\n";
    let status = include_str!("../../src/formats/relay/acs/sample.csv");
    let files = [("sending.csv", sending), ("status.csv", status)].map(|(name, text)| (name, text.as_bytes()));
    let all = crate::support::table(&crate::support::analyse_files(&files));
    assert_eq!(all.len(), 2, "{all:?}");
    for (to, verdict) in [("ap@fabrikam.example", "delivered"), ("gone@fabrikam.example", "bounced")] {
        let got = journey(&all, to, &["verdict", "submitted_at", "evidence"]);
        assert_eq!(got[..2], [verdict, "2026-03-10T08:05:01.000Z"]);
        assert!(got[2].starts_with("sending.csv:2;status.csv:"), "{}", got[2]);
    }
}
