//! The way of a mail from SAP over relays to Exchange Online: which systems may stand in it, and what is told of each.

mod support;

use sostrace::Options;
use support::{TABLE, analyse_files, analyse_paths, folder, request, table};

const TO: &str = "ap@fabrikam.example";
const EXCHANGE: &str = "contoso-example.mail.protection.outlook.com[198.51.100.21]:25";

fn line(at: &str, relay: &str, text: &str) -> String {
    format!("2026-03-10T{at}.100000+00:00 {relay} {text}\n")
}

fn begun(at: &str, (relay, instance): (&str, &str), id: &str, number: u32) -> String {
    [
        format!("{instance}/smtpd[265]: {id}: client=sapprd01.contoso.example[192.0.2.11]"),
        format!("{instance}/cleanup[268]: {id}: message-id=<ADR51{number:012}@contoso.example>"),
        format!("{instance}/qmgr[221]: {id}: from=<sap@contoso.example>, size=6001, nrcpt=1 (queue active)"),
    ]
    .map(|text| line(at, relay, &text))
    .concat()
}

fn sent(at: &str, (relay, instance): (&str, &str), id: &str, next: &str, reply: &str) -> String {
    let to = format!("to=<{TO}>, relay={next}, delay=1, delays=0/0/0/1, dsn=2.0.0, status=sent ({reply})");
    line(at, relay, &format!("{instance}/smtp[2]: {id}: {to}"))
}

/// The instances of one host are relays of their own, and a mail goes from one to the other.
#[test]
fn several_instances_on_one_host() {
    let (entry, out) = (("relay01", "postfix"), ("relay01", "postfix-out"));
    let log = begun("08:05:01", entry, "4fVRHx19fVz00001", 1)
        + &begun("08:05:02", out, "4fVRHy19fVz00002", 1)
        + &sent("08:05:02", entry, "4fVRHx19fVz00001", "127.0.0.1[127.0.0.1]:10025", "250 2.0.0 Ok: queued as 4fVRHy19fVz00002")
        + &line(
            "08:05:04",
            "relay01",
            &format!(
                "postfix-out/smtp[9]: 4fVRHy19fVz00002: to=<{TO}>, relay={EXCHANGE}, delay=1, delays=0/0/0/1, dsn=5.7.64, status=bounced (host {} said: 550 5.7.64 TenantAttribution; Relay Access Denied (in reply to RCPT TO command))",
                EXCHANGE.trim_end_matches(":25")
            ),
        );
    let all = table(&analyse_files(&[("mail.log", log.as_bytes())]));
    assert_eq!(all.len(), 1);
    let got = |column: &str| all[0][column].as_str();
    assert_eq!((got("verdict"), got("rule"), got("relay_queue_id")), ("bounced", "RELAY-01", "4fVRHx19fVz00001 > 4fVRHy19fVz00002"));
    assert_eq!((got("stopped_at"), got("attempts")), ("exchange", "1"));
}

/// Application servers and relays behind a load balancer: each mail is found wherever it went.
#[test]
fn several_application_servers_and_relays() {
    let icm = |server: &str, number: u32, id: &str| {
        let rule = "-".repeat(51);
        format!(
            "{rule}\ntrc file: \"dev_icm\", trc level: 3, release: \"785\"\n{rule}\nsid        PRD\nsysno      00\nmyname     {server}\n\n\
             [Thr 14{number}] Tue Mar 10 08:05:01:014 2026\n\
             [Thr 14{number}] role: Client, protocol: SMTP, local: 192.0.2.1{number}:42510, peer: 192.0.2.25:25 {{0000000{number}}}\n\
             [Thr 14{number}] SMTP << 220 relay ESMTP Postfix {{0000000{number}}}\n\
             [Thr 14{number}] SMTP >> MAIL FROM:<sap@contoso.example> SIZE=2048 {{0000000{number}}}\n\
             [Thr 14{number}] SMTP << 250 2.1.0 Ok {{0000000{number}}}\n\
             [Thr 14{number}] SMTP >> RCPT TO:<{TO}> {{0000000{number}}}\n\
             [Thr 14{number}] SMTP << 250 2.1.5 Ok {{0000000{number}}}\n\
             [Thr 14{number}] SMTP >> DATA {{0000000{number}}}\n\
             [Thr 14{number}] SMTP << 354 End data with <CR><LF>.<CR><LF> {{0000000{number}}}\n\
             [Thr 14{number}] SMTP << 250 2.0.0 Ok: queued as {id} {{0000000{number}}}\n"
        )
    };
    let ids = ["4fVRHx19fVz00001", "4fVRHx19fVz00002"];
    let relays = [("relay01", "postfix"), ("relay02", "postfix")];
    let outside = "mx.fabrikam.example[198.51.100.77]:25";
    let logs = [1u32, 2].map(|number| {
        let at = number as usize - 1;
        begun("08:05:01", relays[at], ids[at], number)
            + &sent(&format!("08:05:0{}", 2 + number), relays[at], ids[at], outside, "250 2.0.0 Ok")
    });
    let traces = [1u32, 2].map(|number| icm(&format!("sapapp{number}_PRD_00"), number, ids[number as usize - 1]));
    let files: [(&str, &[u8]); 4] = [
        ("app1_dev_icm", traces[0].as_bytes()),
        ("app2_dev_icm", traces[1].as_bytes()),
        ("relay01.log", logs[0].as_bytes()),
        ("relay02.log", logs[1].as_bytes()),
    ];
    // Without SAP's export the tries in the traces begin; the queue id that the relay answered is the link.
    let all = table(&analyse_files(&files));
    assert_eq!(all.len(), 2, "{all:#?}");
    for row in &all {
        assert_eq!((row["verdict"].as_str(), row["link"].as_str()), ("delivered", "queue-id"), "{row:?}");
        let server = if row["relay_queue_id"] == ids[0] { "app1_dev_icm:" } else { "app2_dev_icm:" };
        let relay = if row["relay_queue_id"] == ids[0] { "relay01.log:" } else { "relay02.log:" };
        assert!(row["evidence"].contains(server) && row["evidence"].contains(relay), "{}", row["evidence"]);
    }
    // With it, every mail is one journey over all of them.
    let sap = TABLE.to_owned()
        + &[1, 2]
            .map(|number| request(number, TO, number, "S", ("XS", 718), ""))
            .concat()
            .replace("contoso-example.mail.protection.outlook.com:25", "relay.contoso.example:25");
    let with_sap: Vec<(&str, &[u8])> = files.into_iter().chain([("sap.txt", sap.as_bytes())]).collect();
    let all = table(&analyse_files(&with_sap));
    assert_eq!(all.len(), 2);
    for row in &all {
        assert_eq!((row["verdict"].as_str(), row["link"].as_str() != "none"), ("delivered", true));
        assert!(["sap.txt:", "dev_icm:", ".log:"].iter().all(|file| row["evidence"].contains(file)), "{}", row["evidence"]);
    }
}

/// In the hour that a clock shows twice the order of the lines tells which of the two is meant.
#[test]
fn the_doubled_hour() {
    let mail = |at: &str, id: &str, number: u32| {
        let line = |text: &str| format!("Oct 26 {at} relay01 postfix/{text}\n");
        [
            line(&format!("smtpd[265]: {id}: client=sapprd01.contoso.example[192.0.2.11]")),
            line(&format!("cleanup[268]: {id}: message-id=<ADR50{number:012}@contoso.example>")),
            line(&format!("qmgr[221]: {id}: from=<sap@contoso.example>, size=6001, nrcpt=1 (queue active)")),
            line(&format!("smtp[2]: {id}: to=<m{number}@fabrikam.example>, relay=mx.fabrikam.example[198.51.100.77]:25, delay=1, delays=0/0/0/1, dsn=2.0.0, status=sent (250 2.0.0 Ok)")),
            line(&format!("qmgr[221]: {id}: removed")),
        ]
        .concat()
    };
    let log = mail("01:50:00", "5BBB918C1", 1)
        + &mail("02:30:00", "5BBB918C2", 2)
        + &mail("02:59:30", "5BBB918C3", 3)
        + &mail("02:00:10", "5BBB918C4", 4)
        + &mail("02:30:00", "5BBB918C5", 5)
        + &mail("03:10:00", "5BBB918C6", 6);
    let folder = folder(&[("maillog-20251026", log.as_bytes())]);
    let options = Options { zones: vec![("relay".to_owned(), "Europe/Berlin".parse().unwrap())], ..Options::default() };
    let all = table(&analyse_paths(&[folder.path().to_path_buf()], &options));
    let times: Vec<(&str, &str)> = all.iter().map(|row| (&row["recipient"][..2], &row["finished_at"][..19])).collect();
    let want = [
        ("m1", "2025-10-25T23:50:00"),
        ("m2", "2025-10-26T00:30:00"),
        ("m3", "2025-10-26T00:59:30"),
        ("m4", "2025-10-26T01:00:10"),
        ("m5", "2025-10-26T01:30:00"),
        ("m6", "2025-10-26T02:10:00"),
    ];
    assert_eq!(times, want);
}

/// The relay whose log covers the time and has not seen the mail is named as the silent one, and a log that does not cover
/// it blames nobody.
#[test]
fn the_silent_hop() {
    let outside = "mx.fabrikam.example[198.51.100.77]:25";
    let relay = ("relay01", "postfix");
    let around = |before: &str, after: &str| {
        line(before, "relay01", "postfix/master[1]: daemon started -- version 3.7.11")
            + &begun("08:04:01", relay, "4fVRHx19fVz00009", 9)
            + &sent("08:04:02", relay, "4fVRHx19fVz00009", outside, "250 2.0.0 Ok")
            + &line(after, "relay01", "postfix/anvil[1]: statistics: max cache size 1")
    };
    let sap = TABLE.to_owned()
        + &request(1, "m1@fabrikam.example", 1, "S", ("XS", 718), "")
            .replace("contoso-example.mail.protection.outlook.com:25", "relay01.contoso.example:25");
    for (log, verdict, stopped_at) in
        [(around("01:00:00", "22:00:00"), "missing", "relay"), (around("08:03:00", "08:04:30"), "handed-off", "sap")]
    {
        let all = table(&analyse_files(&[("sap.txt", sap.as_bytes()), ("mail.log", log.as_bytes())]));
        assert_eq!((all.len(), all[0]["verdict"].as_str(), all[0]["stopped_at"].as_str()), (1, verdict, stopped_at));
    }
}

/// A logon that the relay refused stands in its log, and SAP's copy of the reply gives the cause.
#[test]
fn logons_that_the_relay_refuses() {
    let words = "535 5.7.8 Error: authentication failed: authentication failure";
    let sap = TABLE.to_owned()
        + &request(1, TO, 1, "E", ("XS", 806), words)
            .replace("contoso-example.mail.protection.outlook.com:25", "relay01.contoso.example:587");
    let log = line(
        "08:05:00",
        "relay01",
        "postfix/submission/smtpd[7]: warning: sapprd01.contoso.example[192.0.2.11]: SASL LOGIN authentication failed: authentication failure, sasl_username=sap@contoso.example",
    );
    let analysis = analyse_files(&[("sap.txt", sap.as_bytes()), ("mail.log", log.as_bytes())]);
    let all = table(&analysis);
    assert_eq!(
        (all.len(), all[0]["verdict"].as_str(), all[0]["stopped_at"].as_str(), all[0]["reply_code"].as_str()),
        (1, "rejected", "relay", "535")
    );
    let relay: Vec<&str> = analysis.reading.store.relay.iter().map(|facts| facts.stage).collect();
    assert_eq!(relay, ["auth"], "the refusal is evidence");
}

/// 5.7.64 behind a relay is about the relay's address: what shows it is named, the reply of a throttled mail included.
#[test]
fn the_address_of_the_relay() {
    let mx = "contoso-example.mail.protection.outlook.com[198.51.100.21]:25";
    let fails = |time: &str, id: &str, number: u32, dsn: &str, status: &str, said: &str| {
        begun(time, ("relay01", "postfix"), id, number)
            + &line(
                time,
                "relay01",
                &format!(
                    "postfix/smtp[9]: {id}: to=<{TO}>, relay={mx}, delay=1, delays=0/0/0/1, dsn={dsn}, status={status} (host {mx} said: {said} (in reply to RCPT TO command))"
                ),
            )
    };
    let busy = "451 4.7.500 Server busy. Please try again later from [203.0.113.10]. (S77714)";
    let refused = "550 5.7.64 TenantAttribution; Relay Access Denied [AM0EUR02FT001.eop-EUR02.prod.protection.outlook.com]";
    let log = fails("08:05:00", "4fVRHx19fVz00001", 1, "4.7.500", "deferred", busy)
        + &fails("08:15:00", "4fVRHx19fVz00002", 2, "5.7.64", "bounced", refused);
    let analysis = analyse_files(&[("mail.log", log.as_bytes())]);
    let text = |sym| analysis.reading.store.text(sym).to_owned();
    let incident = analysis.incidents.iter().find(|incident| text(incident.rule) == "RELAY-01").unwrap();
    let want = "it is the address of the relay relay01 that Exchange Online does not know, not SAP's: no mail shows by which address it left meanwhile; the last one before, at 2026-03-10 08:05:00, left by 203.0.113.10";
    assert_eq!(incident.proofs.iter().map(|proof| proof.text.as_str()).collect::<Vec<_>>(), [want]);
}
