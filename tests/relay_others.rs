//! Exchange on-premises, Exim, sendmail and IIS as relays (relay.md sections 1.2 to 1.5).

mod support;

use sostrace::Reading;
use sostrace::evidence::{Evidence, RelayFacts, day_time};
use sostrace::source::Class;
use support::{fates, read_text};

/// Each record with what a chain is made of: sender, Message-ID, queue ids, host and reply.
fn chain(reading: &Reading, at: usize) -> [String; 6] {
    let store = &reading.store;
    let record: &Evidence = &store.records[at];
    let facts: &RelayFacts = store.relay_of(record).unwrap();
    [record.sender, record.message_id, facts.queue_id, facts.next_queue_id, facts.host, record.reply].map(|sym| store.text(sym).to_owned())
}

fn sample(name: &str, text: &str, format: &str, frame: usize) -> Reading {
    let reading = read_text(name, text);
    let source = &reading.sources[0];
    let counts = (source.format, source.ledger.count(Class::Frame), source.ledger.count(Class::NotUnderstood));
    assert_eq!(counts, (format, frame, 0), "{:?}", source.ledger.not_understood(5));
    reading
}

const ID: &str = "<ADR51000000000001@contoso.example>";
const EXCHANGE: &str = "250 2.6.0 <ADR51000000000001@contoso.example> [InternalId=3857591100687, Hostname=AM0PR04MB0001.eurprd04.prod.outlook.com] 6001 bytes in 0.284, 20.618 KB/sec Queued mail for delivery";

#[test]
fn message_tracking() {
    let reading = sample("MSGTRK.LOG", include_str!("../src/formats/relay/exchange_tracking/sample.log"), "relay-exchange-tracking", 6);
    let want = [
        "Accept queued ap@fabrikam.example",
        "Accept queued late@fabrikam.example",
        "Deliver sent ap@fabrikam.example",
        "Defer deferred late@fabrikam.example",
        "Fail bounced late@fabrikam.example",
    ];
    assert_eq!(fates(&reading), want);
    let host = "contoso-example.mail.protection.outlook.com";
    assert_eq!(chain(&reading, 2), ["sap@contoso.example", ID, "4711001", "3857591100687", host, EXCHANGE].map(str::to_owned));
    assert_eq!(chain(&reading, 4)[5], "550 4.4.7 QUEUE.Expired; message expired");
    let facts = &reading.store.relay[0];
    let names = [facts.name, facts.client, facts.client_ip, facts.network_message_id].map(|sym| reading.store.text(sym));
    assert_eq!(names, ["EX01", "sapprd01.contoso.example", "192.0.2.11", "6a638d20-1e63-493a-80a2-08de7e7c1a01"]);
    assert!(reading.sources[0].utc);
}

#[test]
fn protocol_logs() {
    let sent = sample("SEND.LOG", include_str!("../src/formats/relay/exchange_send.sample.log"), "relay-exchange-protocol", 19);
    assert_eq!(fates(&sent), ["Fail bounced denied@fabrikam.example", "Deliver sent ap@fabrikam.example"]);
    let host = "AM0EUR02FT001.mail.protection.outlook.com";
    assert_eq!(chain(&sent, 1), ["sap@contoso.example", ID, "4711001", "3857591100687", host, EXCHANGE].map(str::to_owned));
    assert_eq!((sent.store.relay[0].port, sent.store.relay[0].stage), (25, "rcpt"));
    let received = sample("RECV.LOG", include_str!("../src/formats/relay/exchange_receive.sample.log"), "relay-exchange-protocol", 19);
    assert_eq!(fates(&received), ["Auth rejected ", "Reply rejected other@fabrikam.example", "Accept queued ap@fabrikam.example"]);
    assert_eq!(chain(&received, 2)[..3], ["sap@contoso.example", ID, "4711001"].map(str::to_owned));
    let facts = &received.store.relay[2];
    let names = [facts.name, facts.helo, facts.client_ip].map(|sym| received.store.text(sym));
    assert_eq!(names, ["EX01.contoso.example", "sapprd01.contoso.example", "192.0.2.11"]);
    assert!(received.sources[0].utc && sent.sources[0].utc);
}

/// Exchange hides what logs on; other logs of the shape may not.
#[test]
fn logons_in_dialogues_are_not_kept() {
    let secret = "AGVycEBjb250b3NvAFMzY3JldDEy";
    let head = "#Log-type: SMTP Receive Protocol Log\n#Fields: date-time,connector-id,session-id,sequence-number,local-endpoint,remote-endpoint,event,data,context\n";
    let row = |n: u32, event: &str, data: &str| {
        format!("2026-03-10T08:05:01.{n:03}Z,C,08DE0A0F59A32F01,{n},192.0.2.20:25,192.0.2.11:40001,{event},\"{data}\",\n")
    };
    let text = head.to_owned()
        + &row(0, "+", "")
        + &row(1, ">", "220 ex01.contoso.example ready")
        + &row(2, "<", "EHLO sap")
        + &row(3, ">", "250 ex01 Hello")
        + &row(4, "<", &format!("AUTH PLAIN {secret}"))
        + &row(5, ">", &format!("535 5.7.3 unsuccessful: AUTH PLAIN {secret}"));
    let reading = read_text("RECV.LOG", &text);
    assert_eq!(fates(&reading), ["Auth rejected "]);
    assert!(!format!("{:?}", reading.store.strings).contains(secret));
}

#[test]
fn exim() {
    let reading = sample("mainlog", include_str!("../src/formats/relay/exim/mainlog.sample.log"), "relay-exim", 2);
    let want = [
        "Accept queued ap@fabrikam.example",
        "Deliver sent ap@fabrikam.example",
        "Accept queued denied@fabrikam.example",
        "Fail bounced denied@fabrikam.example",
        "Accept queued ",
        "Event bounce-notice denied@fabrikam.example",
        "Auth tried late@fabrikam.example",
        "Defer deferred late@fabrikam.example",
        "Defer suspended late@fabrikam.example",
        "Reply rejected ap@fabrikam.example",
    ];
    assert_eq!(fates(&reading), want);
    let host = "contoso-example.mail.protection.outlook.com";
    assert_eq!(chain(&reading, 1), ["sap@contoso.example", ID, "1xVa3D-000021-2m", "", host, EXCHANGE].map(str::to_owned));
    assert!(chain(&reading, 3)[5].starts_with("550 5.7.64 TenantAttribution"));
    assert!(chain(&reading, 7)[5].starts_with("535 5.7.3 Authentication unsuccessful"), "the words stand in the line before");
    assert_eq!(reading.store.text(reading.store.relay[4].parent_queue_id), "1xVa3E-00002m-1t");
    assert_eq!((reading.store.relay[7].attempts, reading.store.relay[8].attempts, reading.store.relay[1].delay), (1, 0, 1300));
    assert_eq!(chain(&reading, 9)[5], "relay not permitted");
}

/// Through syslog, with and without its own time, and with a zone.
#[test]
fn exim_in_other_heads() {
    let rest = "1xVa3D-000021-2m => ap@fabrikam.example R=dnslookup T=remote_smtp H=mx.fabrikam.example [198.51.100.7] C=\"250 OK id=1xVa3F-00003b-10\"";
    let rows = [
        (format!("2026-03-10 09:05:02.123 +0100 [77] {rest}"), "2026-03-10 08:05:02", true),
        (format!("Mar 10 09:05:02 relay02 exim[77]: 2026-03-10 09:05:02 [77] {rest}"), "2026-03-10 09:05:02", false),
        (format!("2026-03-10T09:05:02+01:00 relay02 exim[77]: {rest}"), "2026-03-10 08:05:02", true),
    ];
    for (text, at, utc) in rows {
        let reading = read_text("mainlog", &text);
        assert_eq!(fates(&reading), ["Deliver sent ap@fabrikam.example"], "{text}");
        assert_eq!(reading.store.records[0].local.map(|span| day_time(span.from)).as_deref(), Some(at), "{text}");
        assert_eq!((reading.sources[0].utc, chain(&reading, 0)[3].as_str()), (utc, "1xVa3F-00003b-10"), "{text}");
    }
}

#[test]
fn sendmail() {
    let reading = sample("maillog", include_str!("../src/formats/relay/sendmail/maillog.sample.log"), "relay-sendmail", 2);
    let want = [
        "Accept queued ",
        "Deliver sent ap@fabrikam.example",
        "Fail bounced denied@fabrikam.example",
        "Event bounce-notice ",
        "Deliver sent sap@contoso.example",
        "Defer deferred late@fabrikam.example",
        "Reply rejected ap@fabrikam.example",
    ];
    assert_eq!(fates(&reading), want);
    let host = "contoso-example.mail.protection.outlook.com";
    let denied = chain(&reading, 2);
    assert_eq!(
        denied[..5],
        ["sap@contoso.example", ID, "62A851MG000145", "", host].map(str::to_owned),
        "the name is whole in the line before"
    );
    assert!(denied[5].starts_with("550 5.7.64 TenantAttribution"));
    assert!(chain(&reading, 1)[5].starts_with("2.6.0 <ADR51000000000001@contoso.example> [InternalId="));
    assert_eq!(chain(&reading, 4)[2..4], ["62A851MG000147", "5BBB918C6"].map(str::to_owned));
    assert_eq!(reading.store.text(reading.store.relay[4].parent_queue_id), "62A851MG000145");
    assert_eq!(reading.store.records[0].local.map(|at| day_time(at.from)).as_deref(), Some("2026-03-10 09:05:01"));
}

#[test]
fn iis() {
    let reading = sample("ex260310.log", include_str!("../src/formats/relay/iis.sample.log"), "relay-iis", 16);
    assert_eq!(fates(&reading), ["Accept queued ap@fabrikam.example", "Fail bounced ap@fabrikam.example"]);
    assert_eq!(chain(&reading, 0)[..2], ["sap@contoso.example", ID].map(str::to_owned));
    let refused = chain(&reading, 1);
    assert_eq!((refused[0].as_str(), refused[4].as_str()), ("sap@contoso.example", "AM0EUR02FT001.mail.protection.outlook.com"));
    assert!(refused[5].starts_with("550 5.7.64 TenantAttribution; Relay Access Denied"));
    assert!(reading.sources[0].utc);
}

/// Through a filter between two legs: the session is an id of the chain (relay.md section 1.7).
#[test]
fn proxmox_mail_gateway() {
    let text = "Mar 10 09:05:01 gw1 postfix/smtpd[1]: NOQUEUE: client=sapprd01.contoso.example[192.0.2.11]\n\
        Mar 10 09:05:01 gw1 pmg-smtp-filter[2]: 2C225C6817C7EEE1481: new mail message-id=<ADR51000000000001@contoso.example>#012\n\
        Mar 10 09:05:02 gw1 postfix/smtpd[3]: 032F62C229B: client=localhost[127.0.0.1], orig_client=sapprd01.contoso.example[192.0.2.11]\n\
        Mar 10 09:05:02 gw1 pmg-smtp-filter[2]: 2C225C6817C7EEE1481: accept mail to <ap@fabrikam.example> (032F62C229B) (rule: default-accept)\n\
        Mar 10 09:05:02 gw1 pmg-smtp-filter[2]: 2C225C6817C7EEE1481: moved mail for <other@fabrikam.example> to spam quarantine - 2C22AA (rule: spam)\n\
        Mar 10 09:05:02 gw1 pmg-smtp-filter[2]: 2C225C6817C7EEE1481: processing time: 3.15 seconds (2.975, 0.019, 0)\n\
        Mar 10 09:05:02 gw1 postfix/smtpd[1]: proxy-accept: END-OF-MESSAGE: 250 2.5.0 OK (2C225C6817C7EEE1481); from=<sap@contoso.example> to=<ap@fabrikam.example> proto=ESMTP helo=<sapprd01>\n\
        Mar 10 09:05:03 gw1 postfix/smtp[4]: 032F62C229B: to=<ap@fabrikam.example>, relay=mx.fabrikam.example[198.51.100.7]:25, delay=1, dsn=2.0.0, status=sent (250 2.0.0 Ok)\n";
    let reading = sample("mail.log", text, "relay-postfix", 2);
    let want = [
        "Event filtered ap@fabrikam.example",
        "Fail quarantined other@fabrikam.example",
        "Event filtered ap@fabrikam.example",
        "Deliver sent ap@fabrikam.example",
    ];
    assert_eq!(fates(&reading), want);
    assert_eq!(chain(&reading, 0)[1..4], [ID, "2C225C6817C7EEE1481", "032F62C229B"].map(str::to_owned));
    assert_eq!(chain(&reading, 2)[2..4], ["", "2C225C6817C7EEE1481"].map(str::to_owned));
    assert_eq!(reading.store.text(reading.store.relay[3].client), "sapprd01.contoso.example");
}

#[test]
fn hmailserver() {
    let reading = sample("hmailserver.log", include_str!("../src/formats/relay/hmail/sample.log"), "relay-hmail", 17);
    let want = [
        "Accept queued ap@fabrikam.example",
        "Accept queued ap@fabrikam.example",
        "Defer deferred ap@fabrikam.example",
        "Defer deferred ap@fabrikam.example",
    ];
    assert_eq!(fates(&reading), want);
    assert_eq!(chain(&reading, 1)[..3], ["sap@contoso.example", "", "172670"].map(str::to_owned));
    let refused = chain(&reading, 2);
    assert_eq!(
        (refused[4].as_str(), refused[5].as_str()),
        ("AM0EUR02FT001.mail.protection.outlook.com", "451 4.7.500 Server busy. Please try again later")
    );
    assert!(!reading.sources[0].utc);
}

#[test]
fn the_queue_of_postfix() {
    let reading = sample("queue.json", include_str!("../src/formats/relay/postqueue.sample.jsonl"), "relay-postqueue", 0);
    let want = [
        "Defer deferred late@fabrikam.example",
        "Defer deferred other@fabrikam.example",
        "Defer suspended sap@contoso.example",
        "Event held ap@fabrikam.example",
    ];
    assert_eq!(fates(&reading), want);
    let waits = chain(&reading, 0);
    assert_eq!(
        waits,
        ["sap@contoso.example", "", "4fVRHx19fVz1V71L", "", "mx.fabrikam.example", "451 4.7.500 Server busy"].map(str::to_owned)
    );
    assert_eq!(chain(&reading, 2)[0], "<>");
    assert_eq!(reading.store.records[0].local.map(|at| day_time(at.from)).as_deref(), Some("2026-03-10 08:05:01"));
    assert!(reading.sources[0].utc && reading.sources[0].selected);
}

#[test]
fn sendgrid() {
    let events = sample("events.json", include_str!("../src/formats/relay/sendgrid.sample.json"), "relay-sendgrid", 3);
    let want = ["Accept queued ap@fabrikam.example", "Defer deferred ap@fabrikam.example", "Fail bounced ap@fabrikam.example"];
    assert_eq!(fates(&events), want);
    let bounce = chain(&events, 2);
    assert_eq!(bounce[1..3], [ID, "nhIMmON9SFOPcT0ii4nt2A"].map(str::to_owned));
    assert!(bounce[5].starts_with("550 5.1.10"));
    let sheet = sample("activity.csv", include_str!("../src/formats/relay/sendgrid.sample.csv"), "relay-sendgrid", 1);
    assert_eq!(fates(&sheet), ["Accept queued ap@fabrikam.example", "Deliver sent ap@fabrikam.example"]);
    assert_eq!((chain(&sheet, 1)[0].as_str(), chain(&sheet, 1)[4].as_str()), ("sap@contoso.example", "mx.fabrikam.example"));
    for reading in [events, sheet] {
        assert_eq!(reading.store.records[0].local.map(|at| day_time(at.from)).as_deref(), Some("2026-03-10 08:05:01"));
    }
}

#[test]
fn azure_communication_services() {
    let reading = sample("acs.jsonl", include_str!("../src/formats/relay/acs/sample.jsonl"), "relay-acs", 2);
    let want = ["Accept queued ", "Fail bounced ap@fabrikam.example", "Deliver sent other@fabrikam.example"];
    assert_eq!(fates(&reading), want);
    let bounced = chain(&reading, 1);
    let want = [
        "donotreply@contoso.example",
        "",
        "11111111-2222-4333-8444-555555555555",
        "",
        "mx.fabrikam.example",
        "550 5.1.10 Recipient not found",
    ];
    assert_eq!(bounced, want.map(str::to_owned));
    assert_eq!(chain(&reading, 2)[1], "<acs1@contoso.example>");
}

#[test]
fn listings_for_people() {
    let rows: [(&str, &str, &[&str], usize); 3] = [
        (
            "postfix",
            include_str!("../src/formats/relay/mailq/postfix.sample.txt"),
            &[
                "Defer deferred late@fabrikam.example",
                "Defer deferred later@fabrikam.example",
                "Event held aside@fabrikam.example",
                "Defer suspended sap@contoso.example",
            ],
            5,
        ),
        (
            "sendmail",
            include_str!("../src/formats/relay/mailq/sendmail.sample.txt"),
            &["Defer deferred late@fabrikam.example", "Defer suspended now@fabrikam.example"],
            3,
        ),
        (
            "exim",
            include_str!("../src/formats/relay/mailq/exim.sample.txt"),
            &["Defer deferred late@fabrikam.example", "Event held sap@contoso.example"],
            2,
        ),
    ];
    for (what, text, want, frame) in rows {
        let reading = sample("queue.txt", text, "relay-mailq", frame);
        assert_eq!(fates(&reading), want, "{what}");
        assert!(reading.sources[0].selected, "{what}");
    }
    let reading = sample("queue.txt", rows[0].1, "relay-mailq", 5);
    let first = &reading.store.records[0];
    assert!(reading.store.text(first.reply).starts_with("451 4.7.500 Server busy"));
    assert_eq!((first.line, first.lines, first.size, reading.store.text(first.sender)), (2, 4, 6001, "sap@contoso.example"));
}

/// Cisco's gateway tells of a mail by numbers, and the answer to a hand-over in a line of its own.
#[test]
fn cisco_gateway() {
    let reading = sample("mail.current", include_str!("../src/formats/relay/esa/file.sample.log"), "relay-cisco-esa", 6);
    let want = [
        "Accept queued ",
        "Fail bounced nobody@fabrikam.example",
        "Event bounce-notice ",
        "Deliver sent ap@fabrikam.example",
        "Accept queued late@fabrikam.example",
        "Defer deferred late@fabrikam.example",
    ];
    assert_eq!(fates(&reading), want);
    assert_eq!(chain(&reading, 3), ["sap@contoso.example", ID, "600", "", "AM0PR04MB0001.eurprd04.prod.outlook.com", EXCHANGE]);
    let store = &reading.store;
    assert!(store.text(store.records[1].reply).starts_with("550 5.4.1 Recipient address rejected"), "the server's own code");
    let facts = store.relay_of(&store.records[3]).unwrap();
    assert_eq!(
        (store.text(facts.client_ip), store.text(facts.host_ip), facts.port, facts.closed),
        ("192.0.2.11", "198.51.100.21", 25, true)
    );
    assert_eq!(store.text(store.records[3].subject), "Invoice 1");
    let syslog = sample("esa.log", include_str!("../src/formats/relay/esa/syslog.sample.log"), "relay-cisco-esa", 1);
    let want =
        ["Reply rejected stranger@northwind.example", "Accept queued late@fabrikam.example", "Fail quarantined late@fabrikam.example"];
    assert_eq!(fates(&syslog), want);
}

/// The same log by way of PowerShell: other names, the server's clock, the culture of the person.
#[test]
fn message_tracking_by_powershell() {
    let name = "tracking.csv";
    let text = include_str!("../src/formats/relay/exchange_tracking/csv.sample.csv");
    let reading = sample(name, text, "relay-exchange-tracking-csv", 3);
    let want = [
        "Accept queued ap@fabrikam.example",
        "Accept queued late@fabrikam.example",
        "Deliver sent ap@fabrikam.example",
        "Fail bounced late@fabrikam.example",
    ];
    assert_eq!(fates(&reading), want);
    assert_eq!(
        chain(&reading, 2),
        ["sap@contoso.example", ID, "38521561683110", "3857591100687", "contoso-example.mail.protection.outlook.com", EXCHANGE]
    );
    let times: Vec<String> = reading.store.records.iter().map(|record| day_time(record.local.unwrap().from)).collect();
    assert_eq!((times[0].as_str(), times[3].as_str()), ("2026-03-10 09:05:01", "2026-03-10 21:05:04"));
    assert!(!reading.sources[0].utc, "the server's clock");
    assert!(reading.store.text(reading.store.records[3].reply).starts_with("550 5.7.64"));
    let picked = include_str!("../src/formats/relay/exchange_tracking/csv.picked.sample.csv");
    let picked = sample(name, picked, "relay-exchange-tracking-csv", 1);
    assert_eq!(fates(&picked), ["Accept queued ", "Deliver sent ap@fabrikam.example"]);
    let notes: Vec<String> = picked.sources[0].notes.iter().map(|note| format!("{note:?}")).collect();
    assert!(notes.iter().any(|note| note.contains("-join")), "{notes:?}");
}

/// Proofpoint's filter hands a mail to a sendmail of its own, whose log tells the end.
#[test]
fn proofpoint_filter() {
    let text = include_str!("../src/formats/relay/proofpoint.sample.log");
    let reading = sample("filter.log", text, "relay-proofpoint", 2);
    assert_eq!(fates(&reading), ["Accept queued ap@fabrikam.example", "Deliver sent ap@fabrikam.example"]);
    assert_eq!(chain(&reading, 1), ["sap@contoso.example", ID, "4cwtbdrj71-1", "62A851G1000123", "", ""]);
    assert_eq!((reading.sources[0].utc, reading.store.text(reading.store.records[1].subject)), (true, "Invoice 1"));
    let syslog = sample("filter.log", include_str!("../src/formats/relay/proofpoint.syslog.sample.log"), "relay-proofpoint", 0);
    assert_eq!(fates(&syslog), ["Accept queued ap@fabrikam.example", "Fail quarantined ap@fabrikam.example"]);
    let mta = "2026-03-10T09:05:02.123456+01:00 ppgw01 sendmail[4712]: 62A851G1000123: to=<ap@fabrikam.example>, delay=00:00:01, xdelay=00:00:01, mailer=esmtp, pri=36001, relay=mx.fabrikam.example. [198.51.100.77], dsn=5.1.1, reply=550 5.1.1 no such user, stat=User unknown\n";
    let all = support::table(&support::analyse_files(&[("filter.log", text.as_bytes()), ("mta.log", mta.as_bytes())]));
    assert_eq!(all.len(), 1);
    let got = |column: &str| all[0][column].as_str();
    assert_eq!((got("verdict"), got("reply_code"), got("relay_queue_id")), ("bounced", "550", "4cwtbdrj71-1 > 62A851G1000123"));
}

/// A log that begins in the middle of a session: the words that take a mail name it, and what is guessed is told.
#[test]
fn an_acceptance_without_its_session() {
    let head = "#Log-type: SMTP Send Protocol Log\n#Fields: date-time,connector-id,session-id,sequence-number,local-endpoint,remote-endpoint,event,data,context\n";
    let line = |number: usize, event: &str, data: &str| {
        format!(
            "2026-03-10T08:05:0{number}.000Z,Outbound,08DE0A0F59A32F02,{number},192.0.2.20:50001,198.51.100.21:25,{event},\"{data}\",\n"
        )
    };
    let taken = line(5, "<", EXCHANGE);
    let alone = read_text("SEND.LOG", &format!("{head}{taken}"));
    assert_eq!(fates(&alone), ["Deliver sent "]);
    assert_eq!(chain(&alone, 0)[..2], [String::new(), ID.to_owned()]);
    assert_eq!(alone.sources[0].ledger.count(Class::Evidence), 1);
    let asked = line(3, ">", "MAIL FROM:<sap@contoso.example>") + &line(4, ">", "RCPT TO:<ap@fabrikam.example>");
    let named = read_text("SEND.LOG", &format!("{head}{asked}{taken}"));
    assert_eq!(fates(&named), ["Deliver sent ap@fabrikam.example"]);
    assert!(named.sources[0].notes.iter().any(|note| note.text.ends_with("a guess")), "{:?}", named.sources[0].notes);
}
