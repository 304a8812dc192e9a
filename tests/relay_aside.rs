//! Option 4: what a relay puts aside, throws away or gives up, who acts, and what of its log is nobody's request.

mod support;

use support::{TABLE, analyse_files, request, table};

const ME: &str = "sap@contoso.example";
const MX: &str = "contoso-example.mail.protection.outlook.com[198.51.100.21]:25";
const BUSY: &str = "451 4.7.500 Server busy. Please try again later from [203.0.113.10]. (S77714)";

fn line(time: &str, text: &str) -> String {
    format!("2026-03-10T{time}.100000+00:00 relay01 postfix/{text}\n")
}

fn id(number: u32) -> String {
    format!("4fVRHx19fVz{number:05}")
}

fn begun(number: u32) -> String {
    let id = id(number);
    [
        format!("smtpd[265]: {id}: client=sapprd01.contoso.example[192.0.2.11]"),
        format!("cleanup[268]: {id}: message-id=<ADR51{number:012}@contoso.example>"),
        format!("qmgr[221]: {id}: from=<{ME}>, size=6001, nrcpt=1 (queue active)"),
    ]
    .map(|text| line("08:05:00", &text))
    .concat()
}

fn tried(number: u32, daemon: &str, relay: &str, status: &str) -> String {
    line(
        "08:05:01",
        &format!(
            "{daemon}[2]: {}: to=<m{number}@fabrikam.example>, relay={relay}, delay=1, delays=0/0/0/1, dsn=2.0.0, status={status}",
            id(number)
        ),
    )
}

fn deferred(number: u32) -> String {
    tried(number, "smtp", MX, &format!("deferred (host {MX} said: {BUSY} (in reply to RCPT TO command))"))
}

#[test]
fn put_aside_or_thrown_away() {
    let rows = [
        (
            "discard(8)",
            tried(1, "discard", "none", "sent (SAP test systems must not send outside)"),
            ["diverted", "HOP-13", "investigate", ""],
        ),
        (
            "an access table",
            line(
                "08:05:01",
                &format!(
                    "cleanup[268]: {}: discard: header X-Test: yes from sapprd01.contoso.example[192.0.2.11]; from=<{ME}> to=<m1@fabrikam.example> proto=ESMTP helo=<sapprd01>",
                    id(1)
                ),
            ),
            ["diverted", "HOP-13", "investigate", ""],
        ),
        (
            "a filter",
            tried(1, "smtp", "127.0.0.1[127.0.0.1]:10024", "sent (250 2.7.0 Ok, discarded, id=12345-01 - INFECTED: Eicar-Signature)"),
            ["diverted", "HOP-13", "investigate", "250"],
        ),
        (
            "on hold, after a try",
            deferred(1) + &line("08:06:00", &format!("postsuper[9]: {}: placed on hold", id(1))),
            ["deferred", "HOP-14", "investigate", "451"],
        ),
        (
            "refused by its own filter",
            tried(
                1,
                "smtp",
                "127.0.0.1[127.0.0.1]:10024",
                "bounced (host 127.0.0.1[127.0.0.1] said: 554 5.7.0 Reject, id=12345-04 - BANNED: .exe (in reply to end of DATA command))",
            ),
            ["bounced", "SIL-11", "investigate", "554"],
        ),
    ];
    for (what, end, want) in rows {
        let log = begun(1) + &end;
        let all = table(&analyse_files(&[("mail.log", log.as_bytes())]));
        let got = ["verdict", "rule", "action", "reply_code"].map(|column| all[0][column].as_str());
        assert_eq!((all.len(), got, all[0]["stopped_at"].as_str(), all[0]["owner"].as_str()), (1, want, "relay", "relay-admin"), "{what}");
    }
}

/// A mail that the relay puts into a mailbox or hands to a program of its own has no next server, and is not thrown away.
#[test]
fn a_delivery_on_the_relay_itself() {
    for relay in ["local", "virtual", "dovecot", "relay01.contoso.example[private/dovecot-lmtp]"] {
        let log = begun(1) + &tried(1, "local", relay, "sent (delivered to mailbox)");
        let row = &table(&analyse_files(&[("mail.log", log.as_bytes())]))[0];
        assert!(!matches!(row["verdict"].as_str(), "diverted" | "bounced"), "{relay}: {}", row["verdict"]);
    }
}

/// Where a relay is the client, its administrator stands in for SAP's.
#[test]
fn who_acts_where_a_relay_hands_over() {
    let refused = format!(
        "bounced (host {MX} said: 550 5.7.64 TenantAttribution; Relay Access Denied [AM0EUR02FT001.eop-EUR02.prod.protection.outlook.com] (in reply to RCPT TO command))"
    );
    let log = begun(1) + &tried(1, "smtp", MX, &refused);
    let analysis = analyse_files(&[("mail.log", log.as_bytes())]);
    let row = &table(&analysis)[0];
    assert_eq!((row["owner"].as_str(), row["needs"].as_str()), ("exchange-admin", "network;relay-admin"));
    assert!(analysis.incidents[0].by_relay);
}

/// A mail of SAP's sender in the relay's log that no request asks for is told; a foreign one is counted.
#[test]
fn mails_without_a_request() {
    let sap = TABLE.to_owned()
        + &request(1, "m1@fabrikam.example", 1, "S", ("XS", 718), "")
            .replace("contoso-example.mail.protection.outlook.com:25", "relay01.contoso.example:25");
    let sent = |number: u32| begun(number) + &tried(number, "smtp", MX, "sent (250 2.6.0 Queued mail for delivery)");
    let log = sent(1) + &sent(2) + &sent(3).replace(ME, "scanner@contoso.example").replace("ADR51000000000003", "s3");
    let analysis = analyse_files(&[("sap.txt", sap.as_bytes()), ("mail.log", log.as_bytes())]);
    assert_eq!((table(&analysis).len(), analysis.alignment.others.len(), analysis.alignment.sap_like.len()), (1, 2, 1));
}

/// A relay's report that is refused too reaches nobody: the incident says so.
#[test]
fn a_report_that_nobody_gets() {
    let refused = |number: u32, to: &str| {
        tried(
            number,
            "smtp",
            MX,
            &format!(
                "bounced (host {MX} said: 550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found (in reply to RCPT TO command))"
            ),
        )
        .replace(&format!("m{number}@fabrikam.example"), to)
    };
    let log = begun(1)
        + &refused(1, "m1@fabrikam.example")
        + &line("08:05:02", &format!("bounce[3]: {}: sender non-delivery notification: {}", id(1), id(2)))
        + &line("08:05:02", &format!("qmgr[221]: {}: from=<>, size=8000, nrcpt=1 (queue active)", id(2)))
        + &refused(2, ME);
    let analysis = analyse_files(&[("mail.log", log.as_bytes())]);
    let told: Vec<&str> = analysis.incidents.iter().flat_map(|incident| &incident.proofs).map(|proof| proof.text.as_str()).collect();
    assert_eq!(told, ["nobody was told: the relay's report of 1 of these mails did not reach the sender either"]);
}
