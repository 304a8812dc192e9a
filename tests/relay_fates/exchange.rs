//! Exchange Server: message tracking and protocol logs.

use super::{journey, of_log};

const FIELDS: &str = "date-time,client-ip,client-hostname,server-ip,server-hostname,source-context,connector-id,source,event-id,internal-message-id,message-id,network-message-id,recipient-address,recipient-status,total-bytes,recipient-count,related-recipient-address,reference,message-subject,sender-address,return-path,message-info,directionality";
const MICROSOFT: &str = "contoso-example.mail.protection.outlook.com";
const REFUSED: &str = "550 5.7.64 TenantAttribution; Relay Access Denied [FR2PEPF00000A11.DEUP281.PROD.OUTLOOK.COM]";
const BUSY: &str = "451 4.7.500 Server busy. Please try again later from [203.0.113.9]";

/// Cells of a row that differ from event to event.
#[derive(Clone, Copy, Default)]
struct Event<'a> {
    second: u32,
    /// Client and server, by name.
    ends: (&'a str, &'a str),
    context: &'a str,
    connector: &'a str,
    /// Source and event.
    what: (&'a str, &'a str),
    id: u32,
    message_id: &'a str,
    to: &'a str,
    status: &'a str,
    reference: &'a str,
}

fn log(events: &[Event<'_>]) -> String {
    let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    let row = |event: &Event<'_>| {
        let Event { second, ends, context, connector, what, id, message_id, to, status, reference } = *event;
        format!(
            "2026-03-10T08:01:{second:02}.100Z,,{},,{},{},{connector},{},{},{id},{message_id},11111111-2222-3333-4444-08de7e7a00{id:02},{},{},4100,1,,{reference},Invoice {id},erp@contoso.example,erp@contoso.example,,Originating\n",
            ends.0,
            ends.1,
            quoted(context),
            what.0,
            what.1,
            quoted(to),
            quoted(status)
        )
    };
    format!("#Software: Microsoft Exchange Server\n#Log-type: Message Tracking Log\n#Fields: {FIELDS}\n")
        + &events.iter().map(row).collect::<String>()
}

fn received<'a>(id: u32, to: &'a str, message_id: &'a str) -> Event<'a> {
    Event {
        second: 1,
        ends: ("sap1.contoso.example", "EX01"),
        connector: "EX01\\SAP relay",
        what: ("SMTP", "RECEIVE"),
        id,
        message_id,
        to,
        ..Event::default()
    }
}

#[test]
fn the_server_that_decided() {
    let (to, id) = ("t1@fabrikam.example", "<TRK1@contoso.example>");
    let led = format!("[{{LED={REFUSED}}};{{MSG=}};{{FQDN={MICROSOFT}}};{{IP=203.0.113.80}};{{LRT=3/10/2026 8:01:02 AM}}]");
    let foreign = "[{LED=550 5.1.1 no such user};{MSG=};{FQDN=mx.fabrikam.example};{IP=198.51.100.77};{LRT=}]";
    let failed = Event { second: 2, ends: ("", "EX01"), what: ("SMTP", "FAIL"), id: 1, message_id: id, to, ..Event::default() };
    let (outbound, sent) = ("Outbound to Office 365", "250 2.1.5 Recipient OK");
    let other = Event {
        second: 1,
        ends: ("EX01", MICROSOFT),
        connector: outbound,
        what: ("SMTP", "SEND"),
        id: 9,
        message_id: "<TRK9@contoso.example>",
        to: "t9@fabrikam.example",
        status: sent,
        ..Event::default()
    };
    let late = Event { what: ("SMTP", "DEFER"), connector: outbound, status: BUSY, ..failed };
    let rows = [
        ("named in the status", vec![Event { status: &led, ..failed }], ["bounced", "exchange", MICROSOFT, "550", "direct-send"]),
        (
            "named by its own signature",
            vec![Event { status: REFUSED, ..failed }],
            ["bounced", "exchange", "fr2pepf00000a11.deup281.prod.outlook.com", "550", ""],
        ),
        (
            "named as the server",
            vec![Event { ends: ("EX01", MICROSOFT), status: REFUSED, ..failed }],
            ["bounced", "exchange", MICROSOFT, "550", "direct-send"],
        ),
        (
            "named as the client",
            vec![Event { ends: (MICROSOFT, "EX01"), status: REFUSED, ..failed }],
            ["bounced", "exchange", MICROSOFT, "550", "direct-send"],
        ),
        ("another server", vec![Event { status: foreign, ..failed }], ["bounced", "outside", "mx.fabrikam.example", "550", ""]),
        (
            "its own words",
            vec![Event { what: ("ROUTING", "FAIL"), status: "550 5.1.10 RESOLVER.ADR.RecipientNotFound; not found", ..failed }],
            ["bounced", "relay", "", "550", ""],
        ),
        (
            "a mailbox server of its own",
            vec![Event {
                ends: ("EX01", "EX02"),
                what: ("STOREDRIVER", "FAIL"),
                status: "550 5.2.2 STOREDRV.Deliver; mailbox full",
                ..failed
            }],
            ["bounced", "relay", "ex02", "550", ""],
        ),
        ("the connector of another mail", vec![late, other], ["deferred", "exchange", MICROSOFT, "451", "direct-send"]),
        ("a connector that nobody knows", vec![late], ["deferred", "relay", "", "451", ""]),
    ];
    for (what, ends, want) in rows {
        let all = of_log("MSGTRK.LOG", &log(&[vec![received(1, to, id)], ends].concat()));
        let got = journey(&all, to, &["verdict", "stopped_at", "host", "reply_code", "relay_option"]);
        assert_eq!(got, want, "{what}");
        assert!(all.iter().all(|row| row["relay_queue_id"] != "1" || row["recipient"] == to), "{what}");
    }
}

/// The server's own report is no mail of SAP's; it stands in the evidence of the mail that it is about.
#[test]
fn the_servers_own_report() {
    let (to, id) = ("t2@fabrikam.example", "<TRK2@contoso.example>");
    let failed =
        Event { second: 2, ends: ("", "EX01"), what: ("SMTP", "FAIL"), id: 2, message_id: id, to, status: REFUSED, ..Event::default() };
    let report = Event {
        second: 3,
        ends: ("", "EX01"),
        what: ("DSN", "DSN"),
        id: 3,
        message_id: "<dsn1@contoso.example>",
        to: "erp@contoso.example",
        reference: id,
        ..Event::default()
    };
    let delivered = Event { second: 4, what: ("STOREDRIVER", "DELIVER"), reference: "", ..report };
    let all = of_log("MSGTRK.LOG", &log(&[received(2, to, id), failed, report, delivered]));
    assert_eq!(all.len(), 1);
    let got = journey(&all, to, &["verdict", "relay_queue_id", "evidence"]);
    assert_eq!(got, ["bounced", "2", "MSGTRK.LOG:4;MSGTRK.LOG:5;MSGTRK.LOG:6;MSGTRK.LOG:7"]);
    // The mail itself may stand in the log of another hour.
    assert!(of_log("MSGTRK.LOG", &log(&[report, delivered])).is_empty());
}

#[test]
fn put_into_a_mailbox_of_its_own() {
    let (to, id) = ("clerk@contoso.example", "<TRK4@contoso.example>");
    let stored =
        Event { second: 2, ends: ("EX01", "EX02"), what: ("STOREDRIVER", "DELIVER"), id: 4, message_id: id, to, ..Event::default() };
    let all = of_log("MSGTRK.LOG", &log(&[received(4, to, id), stored]));
    assert_eq!(journey(&all, to, &["verdict", "stopped_at", "action"]), ["delivered", "relay", "none"]);
}

/// A session of the send connector begins with its attempt to connect, before there is a connection.
#[test]
fn the_protocol_of_a_send_connector() {
    let line = |n: u32, event: &str, data: &str, context: &str| {
        format!(
            "2026-03-10T08:00:02.{n:03}Z,To EXO,08DE7E7A10000001,{n},198.51.100.30:60001,203.0.113.80:25,{event},\"{data}\",{context}\n"
        )
    };
    let text = "#Log-type: SMTP Send Protocol Log\n#Fields: date-time,connector-id,session-id,sequence-number,local-endpoint,remote-endpoint,event,data,context\n".to_owned()
        + "2026-03-10T08:00:02.000Z,To EXO,08DE7E7A10000001,0,,203.0.113.80:25,*,,attempting to connect\n"
        + &line(1, "+", "", "")
        + &line(2, "<", "220 FR2PEPF00000A11.mail.protection.outlook.com Microsoft ESMTP MAIL Service ready", "")
        + &line(3, ">", "EHLO ex01.contoso.example", "")
        + &line(4, "<", "250 FR2PEPF00000A11.mail.protection.outlook.com Hello [203.0.113.9]", "")
        + &line(5, "*", "", "sending message with RecordId 1001 and InternetMessageId <RX1@contoso.example>")
        + &line(6, ">", "MAIL FROM:<erp@contoso.example> SIZE=4100", "")
        + &line(7, ">", "RCPT TO:<x1@fabrikam.example>", "")
        + &line(8, "<", "250 2.1.0 Sender OK", "")
        + &line(9, "<", REFUSED, "");
    let all = of_log("SEND.LOG", &text);
    let got = journey(&all, "x1@fabrikam.example", &["verdict", "stopped_at", "host", "reply_code", "rule", "relay_option"]);
    assert_eq!(got, ["bounced", "exchange", "fr2pepf00000a11.mail.protection.outlook.com", "550", "RELAY-01", "direct-send"]);
}
