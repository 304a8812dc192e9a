//! Option 4 with the SMTP service of IIS, whose log has no ids of queues and no Message-ID towards the next server.

mod support;

use support::{TABLE, analyse_files, request, table};

const FIELDS: &str = "#Software: Microsoft Internet Information Services 10.0\n#Fields: date time c-ip cs-username s-sitename s-computername s-ip s-port cs-method cs-uri-stem cs-uri-query sc-status sc-win32-status sc-bytes cs-bytes time-taken cs-version cs-host cs(User-Agent) cs(Cookie) cs(Referer)\n";

fn inbound(time: &str, method: &str, query: &str, status: u16) -> String {
    format!("2026-03-10 {time} 192.0.2.11 sapprd01 SMTPSVC1 RELAY04 192.0.2.40 0 {method} - {query} {status} 0 0 0 0 SMTP - - - -\n")
}

fn taken(time: &str, number: u32, to: &str) -> String {
    inbound(time, "EHLO", "+sapprd01.contoso.example", 250)
        + &inbound(time, "MAIL", "+FROM:<sap@contoso.example>", 250)
        + &inbound(time, "RCPT", &format!("+TO:<{to}>"), 250)
        + &inbound(time, "DATA", &format!("<ADR51{number:012}@contoso.example>"), 250)
}

fn outbound(time: &str, lines: &[(&str, &str)]) -> String {
    let one = |(method, query): &(&str, &str)| {
        let who = if *method == "-" { "OutboundConnectionResponse" } else { "OutboundConnectionCommand" };
        let query = query.replace(' ', "+");
        format!("2026-03-10 {time} 198.51.100.21 {who} SMTPSVC1 RELAY04 - 25 {method} - {query} 0 0 0 0 0 SMTP - - - -\n")
    };
    lines.iter().map(one).collect()
}

/// A session towards Exchange Online that ends with a reply to RCPT or to the content.
fn tried(time: &str, to: &str, reply: &str) -> String {
    let rcpt = format!("TO:<{to}>");
    let begin = [
        ("-", "220 AM0EUR02FT001.mail.protection.outlook.com Microsoft ESMTP MAIL Service ready"),
        ("EHLO", "relay04.contoso.example"),
        ("-", "250-AM0EUR02FT001.mail.protection.outlook.com Hello [203.0.113.10]"),
        ("MAIL", "FROM:<sap@contoso.example>"),
        ("-", "250 2.1.0 Sender OK"),
        ("RCPT", rcpt.as_str()),
    ];
    let rest: &[(&str, &str)] = if reply.starts_with('2') {
        &[("-", "250 2.1.5 Recipient OK"), ("DATA", "-"), ("-", "354 Start mail input"), ("-", reply), ("QUIT", "-")]
    } else {
        &[("-", reply), ("QUIT", "-")]
    };
    outbound(time, &begin) + &outbound(time, rest)
}

const REFUSED: &str = "550 5.7.64 TenantAttribution; Relay Access Denied [AM0EUR02FT001.eop-EUR02.prod.protection.outlook.com]";
const BUSY: &str = "451 4.7.500 Server busy. Please try again later from [203.0.113.10]. (S77714)";
const QUEUED: &str =
    "250 2.6.0 <x@contoso.example> [InternalId=1, Hostname=AM0PR04MB0001.eurprd04.prod.outlook.com] Queued mail for delivery";

/// Message-ID, verdict, rule, hop, tries and number of lines of each mail.
fn fates(files: &[(&str, &str)]) -> Vec<[String; 6]> {
    let files: Vec<(&str, &[u8])> = files.iter().map(|(name, text)| (*name, text.as_bytes())).collect();
    let mut out: Vec<[String; 6]> = table(&analyse_files(&files))
        .iter()
        .map(|row| {
            let [id, verdict, rule, hop, tries] =
                ["message_id", "verdict", "rule", "stopped_at", "attempts"].map(|column| row[column].clone());
            [id, verdict, rule, hop, tries, row["evidence"].split(';').count().to_string()]
        })
        .collect();
    out.sort();
    out
}

fn want(rows: &[[&str; 6]]) -> Vec<[String; 6]> {
    rows.iter().map(|row| row.map(str::to_owned)).collect()
}

#[test]
fn what_was_taken_is_joined_with_what_was_tried() {
    let (one, two) = ("m1@fabrikam.example", "m2@fabrikam.example");
    let log = FIELDS.to_owned()
        + &taken("08:05:01", 1, one)
        + &taken("08:05:02", 2, two)
        + &taken("08:05:03", 3, one)
        + &tried("08:05:04", one, REFUSED)
        + &tried("08:05:05", two, BUSY)
        + &tried("08:05:06", one, "250 2.6.0 <ADR51000000000003@contoso.example> [InternalId=1] Queued mail for delivery")
        + &tried("08:20:05", two, BUSY)
        + &inbound("08:21:00", "MAIL", "+FROM:<sap@contoso.example>", 250)
        + &inbound("08:21:00", "RCPT", "+TO:<nobody@contoso.example>", 550);
    let rows = [
        ["", "rejected", "HOP-12", "relay", "1", "1"],
        ["<ADR51000000000001@contoso.example>", "bounced", "RELAY-01", "exchange", "1", "2"],
        ["<ADR51000000000002@contoso.example>", "deferred", "REP-20", "exchange", "2", "3"],
        ["<ADR51000000000003@contoso.example>", "handed-off", "", "relay", "1", "2"],
    ];
    assert_eq!(fates(&[("ex260310.log", &log)]), want(&rows));
    // With SAP's list its key finds the Message-ID.
    let row = |number: u32, to: &str| request(number, to, number, "S", ("XS", 718), "");
    let sap = TABLE.to_owned()
        + &(row(1, one) + &row(2, two) + &row(3, one))
            .replace("contoso-example.mail.protection.outlook.com:25", "relay04.contoso.example:25");
    let rows = [
        ["<ADR51000000000001@contoso.example>", "bounced", "RELAY-01", "exchange", "1", "3"],
        ["<ADR51000000000002@contoso.example>", "deferred", "REP-20", "exchange", "2", "4"],
        ["<ADR51000000000003@contoso.example>", "handed-off", "", "relay", "1", "3"],
    ];
    assert_eq!(fates(&[("ex260310.log", &log), ("sap.txt", &sap)]), want(&rows));
}

/// A log that begins behind the acceptance: sender and recipient are all that is known of the mail.
#[test]
fn what_was_taken_before_the_log() {
    let to = "m1@fabrikam.example";
    let log = FIELDS.to_owned() + &tried("08:05:04", to, BUSY) + &tried("08:20:04", to, QUEUED) + &tried("08:35:04", to, REFUSED);
    let rows = [["", "bounced", "RELAY-01", "exchange", "1", "1"], ["<x@contoso.example>", "handed-off", "", "relay", "2", "2"]];
    assert_eq!(fates(&[("ex260310.log", &log)]), want(&rows));
}

/// A piece of a log without the names of its columns.
#[test]
fn without_fields() {
    let log = tried("08:05:04", "m1@fabrikam.example", REFUSED);
    let analysis = analyse_files(&[("excerpt.log", log.as_bytes())]);
    assert_eq!((analysis.reading.sources[0].format, table(&analysis)[0]["verdict"].as_str()), ("relay-iis", "bounced"));
    let notes: Vec<String> = analysis.reading.sources[0].notes.iter().map(|note| format!("{note:?}")).collect();
    assert!(notes.iter().any(|note| note.contains("usual order is assumed")), "{notes:?}");
}
