//! Option 4: mails followed through relays to Exchange Online, with and without SAP's export.

mod support;

use support::{TABLE, TRACE, analyse_files, arrival, others, request, table};

const EXCHANGE: &str = "contoso-example.mail.protection.outlook.com[198.51.100.21]:25";

/// Lines of one mail in the queue of a relay on 2026-03-10, from 08:05:`second` UTC on.
fn queued(relay: &str, id: &str, number: u32, to: &str, second: u32, last: &[&str]) -> String {
    let line = |offset: u32, text: &str| format!("2026-03-10T08:05:{:02}.100000+00:00 {relay} postfix/{text}\n", second + offset);
    let begin = [
        format!("smtpd[265]: {id}: client=sapprd01.contoso.example[192.0.2.11]"),
        format!("cleanup[268]: {id}: message-id=<ADR51{number:012}@contoso.example>"),
        format!("qmgr[221]: {id}: from=<sap@contoso.example>, size=6001, nrcpt=1 (queue active)"),
    ];
    let ends = last.iter().map(|end| format!("smtp[269]: {id}: to=<{to}>, {end}"));
    begin.into_iter().map(|text| line(0, &text)).chain(ends.map(|text| line(1, &text))).collect()
}

fn sent(relay: &str, reply: &str) -> String {
    format!("relay={relay}, delay=1.3, delays=0/0/0/1, dsn=2.0.0, status=sent ({reply})")
}

fn failed(status: &str, dsn: &str, why: &str) -> String {
    format!("relay={EXCHANGE}, delay=1.3, delays=0/0/0/1, dsn={dsn}, status={status} ({why})")
}

const REFUSED: &str = "host contoso-example.mail.protection.outlook.com[198.51.100.21] said: 550 5.7.64 TenantAttribution; Relay Access Denied [AM0EUR02FT001.eop-EUR02.prod.protection.outlook.com 2026-03-10T08:05:12.391Z 08DE06E6F07EEDFA] (in reply to RCPT TO command)";
const BUSY: &str = "host contoso-example.mail.protection.outlook.com[198.51.100.21] said: 451 4.7.500 Server busy. Please try again later from [203.0.113.10]. (S77714) (in reply to RCPT TO command)";

/// One mail of each fate: number, and the last lines of the relay.
fn fates() -> Vec<(u32, Vec<String>)> {
    let queued_for =
        "250 2.6.0 <x@contoso.example> [InternalId=1, Hostname=AM0PR04MB0001.eurprd04.prod.outlook.com] Queued mail for delivery";
    let mut out: Vec<(u32, Vec<String>)> = (1..=5).map(|number| (number, vec![sent(EXCHANGE, queued_for)])).collect();
    out.push((10, vec![failed("bounced", "5.7.64", REFUSED)]));
    out.push((11, vec![failed("deferred", "4.7.500", BUSY), failed("deferred", "4.7.500", BUSY)]));
    out.push((12, vec![failed("deferred", "4.7.500", BUSY), sent(EXCHANGE, queued_for)]));
    out.push((13, vec![sent("mx.fabrikam.example[198.51.100.77]:25", "250 2.0.0 Ok: queued as 7ABB918C6")]));
    out.push((14, vec![sent(EXCHANGE, queued_for)]));
    out
}

fn log() -> String {
    let one = |(number, last): &(u32, Vec<String>)| {
        let last: Vec<&str> = last.iter().map(String::as_str).collect();
        queued("relay01", &format!("4fVRHx19fVz{number:05}"), *number, &format!("m{number}@fabrikam.example"), *number, &last)
    };
    let covered = "2026-03-10T01:00:00.000000+00:00 relay01 postfix/master[219]: daemon started -- version 3.7.11\n";
    let end = "2026-03-10T22:00:00.000000+00:00 relay01 postfix/master[219]: reload -- version 3.7.11, configuration /etc/postfix\n";
    covered.to_owned() + &fates().iter().map(one).collect::<String>() + end
}

/// What SAP lists: it sent them all to the relay, one of which the relay never saw.
fn sap() -> String {
    let rows = fates().into_iter().map(|(number, _)| number).chain([20]);
    let row = |number: u32| request(number, &format!("m{number}@fabrikam.example"), number, "S", ("XS", 718), "");
    TABLE.to_owned()
        + &rows.map(row).collect::<String>().replace("contoso-example.mail.protection.outlook.com:25", "relay01.contoso.example:25")
}

/// What Exchange saw: all that the relay handed over but 14.
fn trace() -> String {
    let seen = [1, 2, 3, 4, 5, 12].map(|number| arrival(number, &format!("m{number}@fabrikam.example"), number + 2, "Receive, Send"));
    format!("{TRACE}{}{}", others(), seen.concat())
}

/// Number of the mail, verdict, where it stopped, code, and the relay's own way.
type Want = [(u32, &'static str, &'static str, &'static str); 7];

fn check(files: &[(&str, &[u8])], want: &Want) -> Vec<std::collections::BTreeMap<&'static str, String>> {
    let all = table(&analyse_files(files));
    for (number, verdict, stopped_at, code) in want {
        let row = all.iter().find(|row| row["recipient"] == format!("m{number}@fabrikam.example"));
        let Some(row) = row else {
            assert_eq!(*verdict, "", "{number} is no journey");
            continue;
        };
        assert_eq!(
            (row["verdict"].as_str(), row["stopped_at"].as_str(), row["reply_code"].as_str()),
            (*verdict, *stopped_at, *code),
            "{number}"
        );
    }
    all
}

#[test]
fn from_sap_through_the_relay_to_exchange() {
    let (sap, log, trace) = (sap(), log(), trace());
    let want: Want = [
        (1, "delivered", "outside", ""),
        (10, "bounced", "exchange", "550"),
        (11, "deferred", "exchange", "451"),
        (12, "delivered", "outside", ""),
        (13, "delivered", "outside", ""),
        (14, "missing", "exchange", ""),
        (20, "missing", "relay", ""),
    ];
    let all = check(&[("sap.txt", sap.as_bytes()), ("mail.log", log.as_bytes()), ("trace.csv", trace.as_bytes())], &want);
    assert_eq!(all.len(), 11);
    let of = |number: u32| all.iter().find(|row| row["recipient"] == format!("m{number}@fabrikam.example")).unwrap();
    assert_eq!(
        (of(10)["rule"].as_str(), of(10)["relay_queue_id"].as_str(), of(10)["link"].as_str()),
        ("RELAY-01", "4fVRHx19fVz00010", "sap-key")
    );
    assert_eq!((of(1)["option"].as_str(), of(1)["relay_option"].as_str()), ("relay-server", "relay-connector"));
    assert_eq!((of(11)["attempts"].as_str(), of(11)["action"].as_str()), ("2", "wait"));
    assert_eq!(of(13)["relay_option"], "");
    assert_eq!(of(10)["action"], "resend", "the relay gave it back");
    assert!(of(12)["evidence"].contains("mail.log:") && of(12)["evidence"].contains("trace.csv:"), "{}", of(12)["evidence"]);
}

/// SAP's "sent" means that the relay took it; the verdict is in the relay's log.
#[test]
fn without_exchange_the_relay_has_the_last_word() {
    let (sap, log) = (sap(), log());
    let want: Want = [
        (1, "handed-off", "relay", ""),
        (10, "bounced", "exchange", "550"),
        (11, "deferred", "exchange", "451"),
        (12, "handed-off", "relay", ""),
        (13, "delivered", "outside", ""),
        (14, "handed-off", "relay", ""),
        (20, "missing", "relay", ""),
    ];
    check(&[("sap.txt", sap.as_bytes()), ("mail.log", log.as_bytes())], &want);
}

/// The relay's log, which is in UTC, tells SAP's zone.
#[test]
fn the_relay_settles_saps_clock() {
    let (sap, log) = (sap().replace("\t0805", "\t0905").replace("\t080000", "\t090000"), log());
    let folder = support::folder(&[("sap.txt", sap.as_bytes()), ("mail.log", log.as_bytes())]);
    let analysis = support::analyse_paths(&[folder.path().to_path_buf()], &sostrace::Options::default());
    let at = analysis.reading.sources.iter().position(|source| source.label == "sap.txt").unwrap();
    let clock = &analysis.alignment.clocks[at];
    assert_eq!((clock.zone.to_string().as_str(), clock.basis.word()), ("UTC+01:00", "inferred"));
}

/// Without SAP's export there is a journey for each mail in the queue and recipient, and none for the relay's notices.
#[test]
fn a_relay_alone() {
    let notice = "2026-03-10T08:05:12.000000+00:00 relay01 postfix/bounce[270]: 4fVRHx19fVz00010: sender non-delivery notification: 4fVRJ00007z1V71P\n2026-03-10T08:05:12.000000+00:00 relay01 postfix/qmgr[221]: 4fVRJ00007z1V71P: from=<>, size=8000, nrcpt=1 (queue active)\n2026-03-10T08:05:13.000000+00:00 relay01 postfix/smtp[271]: 4fVRJ00007z1V71P: to=<sap@contoso.example>, relay=mx.contoso.example[198.51.100.21]:25, delay=1, delays=0/0/0/1, dsn=2.0.0, status=sent (250 2.0.0 Ok)\n";
    let log = log() + notice;
    let want: Want = [
        (1, "handed-off", "relay", ""),
        (10, "bounced", "exchange", "550"),
        (11, "deferred", "exchange", "451"),
        (12, "handed-off", "relay", ""),
        (13, "delivered", "outside", ""),
        (14, "handed-off", "relay", ""),
        (20, "", "", ""),
    ];
    let all = check(&[("mail.log", log.as_bytes())], &want);
    assert_eq!(all.len(), 10, "one for each mail and recipient");
    let bounced = all.iter().find(|row| row["recipient"] == "m10@fabrikam.example").unwrap();
    let line = log.lines().position(|line| line.contains("to=<sap@contoso.example>")).unwrap() + 1;
    assert!(bounced["evidence"].ends_with(&format!("mail.log:{line}")), "what became of the report: {}", bounced["evidence"]);
    assert_eq!(bounced["relay_queue_id"], "4fVRHx19fVz00010");
}

/// Without keys the mails are told apart by recipient and time.
#[test]
fn without_keys() {
    let keyless = sap().replace("ADR\t51\t0", "\t\t0").replace("\t\t0", "\t\t");
    let keyless: String = keyless
        .lines()
        .map(|line| {
            let mut cells: Vec<&str> = line.split('\t').collect();
            if cells[0] == "100" {
                cells[1] = "";
                cells[2] = "";
                cells[3] = "";
            }
            cells.join("\t") + "\n"
        })
        .collect();
    let (log, trace) = (log(), trace());
    let want: Want = [
        (1, "delivered", "outside", ""),
        (10, "bounced", "exchange", "550"),
        (11, "deferred", "exchange", "451"),
        (12, "delivered", "outside", ""),
        (13, "delivered", "outside", ""),
        (14, "missing", "exchange", ""),
        (20, "missing", "relay", ""),
    ];
    let all = check(&[("sap.txt", keyless.as_bytes()), ("mail.log", log.as_bytes()), ("trace.csv", trace.as_bytes())], &want);
    assert!(all.iter().any(|row| row["link"] == "fuzzy"));
}

/// Two relays in a row: the chain is shown, and the last one decides.
#[test]
fn from_relay_to_relay() {
    let to = "m1@fabrikam.example";
    let first = queued(
        "relay01",
        "4fVRHx19fVz00001",
        1,
        to,
        1,
        &[&sent("relay02.contoso.example[10.0.0.2]:25", "250 2.0.0 Ok: queued as 5BBB918C6")],
    );
    let second = queued("relay02", "5BBB918C6", 1, to, 3, &[&failed("bounced", "5.7.64", REFUSED)]);
    for nameless in [false, true] {
        let second = if nameless {
            second.lines().filter(|line| !line.contains("message-id")).map(|line| line.to_owned() + "\n").collect()
        } else {
            second.clone()
        };
        let all = table(&analyse_files(&[("a.log", first.as_bytes()), ("b.log", second.as_bytes())]));
        assert_eq!(all.len(), 1, "without the second Message-ID: {nameless}");
        let got = |column: &str| all[0][column].as_str();
        assert_eq!((got("verdict"), got("relay_queue_id"), got("reply_code")), ("bounced", "4fVRHx19fVz00001 > 5BBB918C6", "550"));
    }
}

/// What is still in the queue when it is listed belongs to the mail of the log.
#[test]
fn the_list_of_the_queue() {
    let listed = r#"{"queue_name": "deferred", "queue_id": "4fVRHx19fVz00011", "arrival_time": 1773129911, "message_size": 6001, "forced_expire": false, "sender": "sap@contoso.example", "recipients": [{"address": "m11@fabrikam.example", "delay_reason": "host contoso-example.mail.protection.outlook.com[198.51.100.21] said: 451 4.7.500 Server busy. Please try again later from [203.0.113.10]. (S77714) (in reply to RCPT TO command)"}]}
"#;
    let alone = table(&analyse_files(&[("queue.json", listed.as_bytes())]));
    assert_eq!((alone.len(), alone[0]["verdict"].as_str(), alone[0]["reply_code"].as_str()), (1, "deferred", "451"));
    let log = log();
    let both = table(&analyse_files(&[("mail.log", log.as_bytes()), ("queue.json", listed.as_bytes())]));
    assert_eq!(both.len(), 10, "no second mail");
    let row = both.iter().find(|row| row["recipient"] == "m11@fabrikam.example").unwrap();
    assert!(row["verdict"] == "deferred" && row["evidence"].contains("queue.json"), "{row:?}");
}

/// What may have arrived is never advised to be sent again.
#[test]
fn a_mail_that_may_have_arrived() {
    let lost = failed(
        "bounced",
        "4.4.2",
        "lost connection with contoso-example.mail.protection.outlook.com[198.51.100.21] while sending end of data -- message may be sent more than once",
    );
    let sap = TABLE.to_owned()
        + &request(10, "m10@fabrikam.example", 10, "S", ("XS", 718), "")
            .replace("contoso-example.mail.protection.outlook.com:25", "relay01.contoso.example:25");
    let rows = [
        ("refused", failed("bounced", "5.7.64", REFUSED), "resend"),
        ("lost after the content", lost, "investigate"),
        ("one of two members", format!("orig_to=<m10@fabrikam.example>, {}", failed("bounced", "5.7.64", REFUSED)), "investigate"),
    ];
    for (what, end, action) in rows {
        let mut log = queued("relay01", "4fVRHx19fVz00010", 10, "m10@fabrikam.example", 10, &[&end]);
        if what == "one of two members" {
            let member = "2026-03-10T08:05:12.100000+00:00 relay01 postfix/smtp[269]: 4fVRHx19fVz00010: to=<other@fabrikam.example>, orig_to=<m10@fabrikam.example>, ";
            log = [&log, member, &sent("mx.fabrikam.example[198.51.100.77]:25", "250 2.0.0 Ok"), "\n"].concat();
        }
        let log = log + "2026-03-10T08:05:13.100000+00:00 relay01 postfix/qmgr[221]: 4fVRHx19fVz00010: removed\n";
        let all = table(&analyse_files(&[("sap.txt", sap.as_bytes()), ("mail.log", log.as_bytes())]));
        assert_eq!((all.len(), all[0]["verdict"].as_str(), all[0]["action"].as_str()), (1, "bounced", action), "{what}");
    }
}

/// A relay's log beside SAP's list of one mail, and how it ends.
fn one_mail(logs: &[(&str, String)]) -> (String, String, String) {
    let sap = TABLE.to_owned()
        + &request(10, "m10@fabrikam.example", 10, "S", ("XS", 718), "")
            .replace("contoso-example.mail.protection.outlook.com:25", "relay01.contoso.example:25");
    let mut files: Vec<(&str, &[u8])> = vec![("sap.txt", sap.as_bytes())];
    files.extend(logs.iter().map(|(name, log)| (*name, log.as_bytes())));
    let trace = format!("{TRACE}{}", others());
    files.push(("trace.csv", trace.as_bytes()));
    let all = table(&analyse_files(&files));
    assert_eq!(all.len(), 1);
    let got = |column: &str| all[0][column].clone();
    (got("verdict"), got("action"), got("stopped_at"))
}

#[test]
fn the_end_of_a_mail_with_a_past() {
    let to = "m10@fabrikam.example";
    let lost = failed(
        "deferred",
        "4.4.2",
        "conversation with contoso-example.mail.protection.outlook.com[198.51.100.21] timed out while sending end of data -- message may be sent more than once",
    );
    let bounced = failed("bounced", "5.7.64", REFUSED);
    let outside = sent("mx.fabrikam.example[198.51.100.77]:25", "250 2.0.0 Ok");
    let tenant =
        sent("fabrikam-example.mail.protection.outlook.com[198.51.100.21]:25", "250 2.6.0 <x> [InternalId=1] Queued mail for delivery");
    let service = sent("smtp.sendgrid.net[198.51.100.7]:587", "250 Ok: queued as zzzzzzzz");
    let on = sent("relay02.contoso.example[10.0.0.2]:25", "250 2.0.0 Ok: queued as 5BBB918C6");
    let log = |relay: &str, id: &str, ends: &[&str]| queued(relay, id, 10, to, 10, ends);
    let rows = [
        ("lost, then refused", vec![("a.log", log("relay01", "4fVRHx19fVz00010", &[&lost, &bounced]))], ("bounced", "investigate")),
        (
            "two copies",
            vec![("a.log", log("relay01", "4fVRHx19fVz00010", &[&outside])), ("b.log", log("relay02", "4fVRHx19fVz00011", &[&bounced]))],
            ("bounced", "investigate"),
        ),
        (
            "a chain in one second",
            vec![("a.log", log("relay01", "4fVRHx19fVz00010", &[&on])), ("b.log", log("relay02", "5BBB918C6", &[&bounced]))],
            ("bounced", "resend"),
        ),
        (
            "the same, its files the other way round",
            vec![("b.log", log("relay01", "4fVRHx19fVz00010", &[&on])), ("a.log", log("relay02", "5BBB918C6", &[&bounced]))],
            ("bounced", "resend"),
        ),
        ("another tenant", vec![("a.log", log("relay01", "4fVRHx19fVz00010", &[&tenant]))], ("delivered", "none")),
        ("a service that hands it on", vec![("a.log", log("relay01", "4fVRHx19fVz00010", &[&service]))], ("handed-off", "none")),
        (
            "the log of another relay",
            vec![("a.log", log("relay07", "4fVRHx19fVz00010", &[&outside]).replace("00010@", "00099@").replace(to, "x@fabrikam.example"))],
            ("handed-off", "none"),
        ),
    ];
    for (what, logs, (verdict, action)) in rows {
        let got = one_mail(&logs);
        assert_eq!((got.0.as_str(), got.1.as_str()), (verdict, action), "{what}");
    }
}

/// What the relay refuses at its door to others is not SAP's.
#[test]
fn refusals_of_others() {
    let door = |code: &str, from: &str| {
        format!(
            "2026-03-10T08:05:30.100000+00:00 relay01 postfix/smtpd[265]: NOQUEUE: reject: RCPT from client.example[198.51.100.99]: {code} <m10@fabrikam.example>: Recipient address rejected: User unknown; from=<{from}> to=<m10@fabrikam.example> proto=ESMTP helo=<x>\n"
        )
    };
    let mail = queued(
        "relay01",
        "4fVRHx19fVz00010",
        10,
        "m10@fabrikam.example",
        10,
        &[&sent("mx.fabrikam.example[198.51.100.77]:25", "250 2.0.0 Ok")],
    );
    let foreign = one_mail(&[("a.log", mail.clone() + &door("550 5.1.1", "spam@northwind.example"))]);
    assert_eq!((foreign.0.as_str(), foreign.1.as_str()), ("delivered", "none"));
    // Alone: put off at the door, it comes again; refused for good, it is a journey that ends there.
    for (code, journeys) in [("450 4.2.0", 1), ("550 5.1.1", 2)] {
        let log = mail.clone() + &door(code, "sap@contoso.example");
        let all = table(&analyse_files(&[("a.log", log.as_bytes())]));
        assert_eq!(all.len(), journeys, "{code}");
        assert!(
            all.iter().all(|row| row["verdict"] == "delivered" || (row["verdict"] == "rejected" && row["stopped_at"] == "relay")),
            "{code}"
        );
    }
}

/// A relay that refuses a mail by its size does so before any recipient is named: SAP's words tell whose it was.
#[test]
fn refused_before_a_recipient_was_named() {
    let words = "552 5.3.4 Message size exceeds fixed limit";
    let sap = TABLE.to_owned()
        + &request(10, "m10@fabrikam.example", 10, "E", ("XS", 806), words)
            .replace("contoso-example.mail.protection.outlook.com:25", "relay01.contoso.example:25");
    for (sender, evidence) in [("sap@contoso.example", 2), ("others@contoso.example", 1)] {
        let door = format!(
            "2026-03-10T08:05:09.100000+00:00 relay01 postfix/smtpd[265]: NOQUEUE: reject: MAIL from sapprd01.contoso.example[192.0.2.11]: {words}; from=<{sender}> proto=ESMTP helo=<sapprd01.contoso.example>\n"
        );
        let all = table(&analyse_files(&[("sap.txt", sap.as_bytes()), ("mail.log", door.as_bytes())]));
        assert_eq!((all.len(), all[0]["verdict"].as_str(), all[0]["stopped_at"].as_str()), (1, "rejected", "relay"));
        assert_eq!(all[0]["evidence"].split(';').count(), evidence, "{sender}: {}", all[0]["evidence"]);
    }
}

/// What is put aside waits; a quarantine is where it came to.
#[test]
fn mails_that_are_put_aside() {
    let to = "m10@fabrikam.example";
    let line = |second: u32, text: &str| format!("2026-03-10T08:05:{second:02}.100000+00:00 relay01 postfix/{text}\n");
    let hold = line(20, "postsuper[9]: 4fVRHx19fVz00010: placed on hold");
    let release = line(30, "postsuper[9]: 4fVRHx19fVz00010: released from hold");
    let outside = sent("mx.fabrikam.example[198.51.100.77]:25", "250 2.0.0 Ok");
    let begun = queued("relay01", "4fVRHx19fVz00010", 10, to, 10, &[]);
    let ended = line(40, &format!("smtp[269]: 4fVRHx19fVz00010: to=<{to}>, {outside}"));
    let quarantine = "2026-03-10T08:05:20.100000+00:00 relay01 pmg-smtp-filter[7]: 2C225C6817C7EEE1481: moved mail for <m10@fabrikam.example> to spam quarantine - 2C225D6817C7EEE1482 (rule: Spam)\n";
    let filtered = format!(
        "{begun}2026-03-10T08:05:12.100000+00:00 relay01 postfix/smtp[2]: 4fVRHx19fVz00010: to=<{to}>, relay=127.0.0.1[127.0.0.1]:10023, delay=1, delays=0/0/0/1, dsn=2.5.0, status=sent (250 2.5.0 OK (2C225C6817C7EEE1481))\n",
    );
    let id = "2026-03-10T08:05:11.100000+00:00 relay01 pmg-smtp-filter[7]: 2C225C6817C7EEE1481: new mail message-id=<ADR51000000000010@contoso.example>#012\n";
    let rows = [
        ("held", begun.clone() + &hold, "deferred"),
        ("let go", begun.clone() + &hold + &release, "unknown"),
        ("let go and sent", begun.clone() + &hold + &release + &ended, "delivered"),
        ("sent, and held for others", begun.replace("nrcpt=1", "nrcpt=2") + &ended + &hold, "delivered"),
        ("in quarantine", filtered + id + quarantine, "diverted"),
    ];
    for (what, log, verdict) in rows {
        assert_eq!(one_mail(&[("a.log", log.clone())]).0, verdict, "{what}");
        let alone = table(&analyse_files(&[("a.log", log.as_bytes())]));
        assert_eq!((alone.len(), alone[0]["verdict"].as_str()), (1, verdict), "{what}, alone");
    }
}

/// What waits in a relay has left SAP: SAP's list would not tell its end.
#[test]
fn mails_that_wait_in_a_relay_have_left_sap() {
    let analysis = analyse_files(&[("sap.txt", sap().as_bytes()), ("relay.log", log().as_bytes())]);
    assert!(table(&analysis).iter().any(|row| row["verdict"] == "deferred" && !row["relay_queue_id"].is_empty()));
    let gaps = sostrace::report::gaps(&analysis);
    assert!(!gaps.iter().any(|gap| gap.what.contains("had not left SAP")), "{gaps:?}");
}
