//! Option 4: mails that the relay refuses at its own door, with SAP's export and without.

mod support;

use support::{TABLE, analyse_files, request, table};

fn line(time: &str, text: &str) -> String {
    format!("2026-03-10T{time}.100000+00:00 relay01 postfix/{text}\n")
}

fn door(time: &str, stage: &str, client: &str, said: &str, sender: &str, to: &str) -> String {
    let to = if to.is_empty() { String::new() } else { format!(" to=<{to}>") };
    line(time, &format!("smtpd[265]: NOQUEUE: reject: {stage} from {client}: {said}; from=<{sender}>{to} proto=ESMTP helo=<sapprd01>"))
}

const SAP: &str = "sapprd01.contoso.example[192.0.2.11]";
const ME: &str = "sap@contoso.example";
const TO: &str = "m1@fabrikam.example";

/// A mail that the relay takes and hands on.
fn taken(time: &str, number: u32, to: &str) -> String {
    let id = format!("4fVRHx19fVz{number:05}");
    [
        format!("smtpd[265]: {id}: client={SAP}"),
        format!("cleanup[268]: {id}: message-id=<ADR51{number:012}@contoso.example>"),
        format!("qmgr[221]: {id}: from=<{ME}>, size=6001, nrcpt=1 (queue active)"),
        format!("smtp[269]: {id}: to=<{to}>, relay=mx.fabrikam.example[198.51.100.77]:25, delay=1, delays=0/0/0/1, dsn=2.0.0, status=sent (250 2.0.0 Ok)"),
        format!("qmgr[221]: {id}: removed"),
    ]
    .map(|text| line(time, &text))
    .concat()
}

fn refused(analysis: &sostrace::Analysis) -> Vec<[String; 5]> {
    let all = table(analysis).into_iter().filter(|row| row["verdict"] != "delivered");
    all.map(|row| ["verdict", "rule", "recipient", "attempts", "host"].map(|column| row[column].clone())).collect()
}

/// A relay's log alone.
#[test]
fn what_is_refused_is_a_journey() {
    let greylisted = "450 4.2.0 <m1@fabrikam.example>: Recipient address rejected: Greylisted, see postgrey";
    let denied = "554 5.7.1 <m1@fabrikam.example>: Relay access denied";
    let large = "552 5.3.4 Message size exceeds fixed limit";
    let logon = |time: &str, client: &str, how: &str| {
        line(time, &format!("submission/smtpd[7]: warning: {client}: SASL {how} authentication failed: authentication failure"))
    };
    let limited = |time: &str| {
        line(time, "smtpd[265]: warning: Connection rate limit exceeded: 61 from sapprd01.contoso.example[192.0.2.11] for service smtp")
    };
    let stranger = "spam.northwind.example[198.51.100.99]";
    let ok = taken("08:00:00", 9, "m9@fabrikam.example");
    let rejected = |rule: &str, to: &str, attempts: &str| vec![["rejected", rule, to, attempts, "relay01"].map(str::to_owned)];
    let rows = [
        ("refused for good", door("08:05:00", "RCPT", SAP, denied, ME, TO), rejected("HOP-01", TO, "1")),
        ("put off, and never seen again", door("08:05:00", "RCPT", SAP, greylisted, ME, TO), rejected("HOP-05", TO, "1")),
        (
            "put off three times",
            ["08:05:00", "08:15:00", "08:25:00"].map(|time| door(time, "RCPT", SAP, greylisted, ME, TO)).concat(),
            rejected("HOP-05", TO, "3"),
        ),
        ("put off, then taken", door("08:05:00", "RCPT", SAP, greylisted, ME, TO) + &taken("08:15:00", 1, TO), vec![]),
        ("before a recipient was named", door("08:05:00", "MAIL", SAP, large, ME, ""), rejected("LIMIT-15", "", "1")),
        ("both ways of one logon", logon("08:05:00", SAP, "PLAIN") + &logon("08:05:00", SAP, "LOGIN"), rejected("HOP-09", "", "2")),
        ("a logon from a network of one's own", logon("08:05:00", "unknown[10.1.2.3]", "LOGIN"), rejected("HOP-09", "", "1")),
        (
            "a server of the domain that sends",
            logon("08:05:00", "sapqas.contoso.example[198.51.100.98]", "LOGIN"),
            rejected("HOP-09", "", "1"),
        ),
        ("a stranger's logon", logon("08:05:00", stranger, "LOGIN"), vec![]),
        ("too many connections", limited("08:05:00") + &limited("08:05:01"), rejected("HOP-11", "", "2")),
        ("a stranger's connection", door("08:05:00", "CONNECT", stranger, "554 5.7.1 blocked", "", ""), vec![]),
    ];
    for (what, log, want) in rows {
        let log = ok.clone() + &log;
        let got = refused(&analyse_files(&[("mail.log", log.as_bytes())]));
        assert_eq!(got, want, "{what}");
    }
}

/// A relay that takes nothing at all: nobody is known to it, and every client counts, each cause by itself.
#[test]
fn a_total_outage() {
    let nameless = |time: &str, said: &str| line(time, &format!("smtpd[265]: NOQUEUE: reject: CONNECT from {SAP}: {said}; proto=SMTP"));
    let host = "554 5.7.1 <sapprd01.contoso.example[192.0.2.11]>: Client host rejected: Access denied";
    let helo = "504 5.5.2 <sapprd01>: Helo command rejected: need fully-qualified hostname";
    let challenge = line(
        "08:05:04",
        &format!("smtpd[7]: warning: {SAP}: SASL LOGIN authentication failed: UGFzc3dvcmQ6, sasl_username=sap@contoso.example"),
    );
    let log = nameless("08:05:00", host) + &nameless("08:05:02", host) + &nameless("08:05:03", helo) + &challenge;
    let mut got = refused(&analyse_files(&[("mail.log", log.as_bytes())]));
    got.sort();
    let want = [("HOP-07", "1"), ("HOP-09", "1"), ("HOP-10", "2")];
    assert_eq!(got, want.map(|(rule, attempts)| ["rejected", rule, "", attempts, "relay01"].map(str::to_owned)));
}

/// What one relay refuses another is told by that one's log.
#[test]
fn a_relay_that_refuses_another() {
    let id = "4fVRHx19fVz00007";
    let first = [
        format!("smtpd[265]: {id}: client={SAP}"),
        format!("cleanup[268]: {id}: message-id=<7@contoso.example>"),
        format!("qmgr[221]: {id}: from=<{ME}>, size=6001, nrcpt=1 (queue active)"),
        format!("smtp[269]: {id}: to=<{TO}>, relay=core.contoso.example[192.0.2.40]:25, delay=1, delays=0/0/0/1, dsn=5.7.1, status=bounced (host core.contoso.example[192.0.2.40] said: 554 5.7.1 <{TO}>: Relay access denied (in reply to RCPT TO command))"),
    ]
    .map(|text| line("08:05:00", &text))
    .concat();
    let second = door("08:05:00", "RCPT", "relay01.contoso.example[192.0.2.30]", &format!("554 5.7.1 <{TO}>: Relay access denied"), ME, TO)
        .replace(" relay01 ", " core ");
    let all = table(&analyse_files(&[("relay01.log", first.as_bytes()), ("core.log", second.as_bytes())]));
    let row = &all[0];
    assert_eq!(
        (all.len(), row["verdict"].as_str(), row["stopped_at"].as_str(), row["owner"].as_str()),
        (1, "bounced", "relay", "relay-admin")
    );
    assert!(!row["needs"].contains("sap-basis"), "the relay is the client: {}", row["needs"]);
}

/// Refusals that bear a queue id are of the mail in that queue: one journey, not two.
#[test]
fn refused_behind_the_beginning() {
    let id = "4fVRHx19fVz00007";
    let begun = line("08:05:00", &format!("smtpd[265]: {id}: client={SAP}"))
        + &line("08:05:00", &format!("cleanup[268]: {id}: message-id=<7@contoso.example>"));
    let milter = line(
        "08:05:01",
        &format!(
            "cleanup[268]: {id}: milter-reject: END-OF-MESSAGE from {SAP}: 5.7.1 Spam message rejected; from=<{ME}> to=<{TO}> proto=ESMTP helo=<sapprd01>"
        ),
    );
    let all = table(&analyse_files(&[("mail.log", (begun.clone() + &milter).as_bytes())]));
    let of = |row: &std::collections::BTreeMap<&str, String>| {
        ["verdict", "stopped_at", "recipient", "relay_queue_id", "message_id", "reply"].map(|column| row[column].clone())
    };
    let want = ["rejected", "relay", TO, id, "<7@contoso.example>", "5.7.1 Spam message rejected"].map(str::to_owned);
    assert_eq!(all.iter().map(of).collect::<Vec<_>>(), [want]);
    // A client that left in the middle: nobody knows, but the row says of what.
    let all = table(&analyse_files(&[("mail.log", begun.as_bytes())]));
    let want = ["unknown", "relay", "", id, "<7@contoso.example>", ""].map(str::to_owned);
    assert_eq!(all.iter().map(of).collect::<Vec<_>>(), [want]);
    assert_eq!(all[0]["evidence"], "mail.log:1");
    // Of two recipients one is refused, and the mail goes to the other.
    let second = line(
        "08:05:01",
        &format!(
            "smtpd[265]: {id}: reject: RCPT from {SAP}: 550 5.1.1 <nobody@contoso.example>: Recipient address rejected: User unknown; from=<{ME}> to=<nobody@contoso.example> proto=ESMTP helo=<sapprd01>"
        ),
    );
    let rest = taken("08:05:02", 7, TO);
    let log = begun.clone() + &second + rest.split_once("message-id").map_or("", |(_, rest)| rest).split_once('\n').unwrap().1;
    let mut got: Vec<[String; 2]> = table(&analyse_files(&[("mail.log", log.as_bytes())]))
        .iter()
        .map(|row| [row["verdict"].clone(), row["recipient"].clone()])
        .collect();
    got.sort();
    assert_eq!(got, [["delivered", TO].map(str::to_owned), ["rejected", "nobody@contoso.example"].map(str::to_owned)]);
}

/// What the relay puts off, SAP tries again.
#[test]
fn saps_tries_at_the_door() {
    let busy = "451 4.7.1 <m1@fabrikam.example>: Recipient address rejected: Service is unavailable, try again later";
    let to_relay = |row: String| row.replace("contoso-example.mail.protection.outlook.com:25", "relay01.contoso.example:25");
    let covered =
        line("02:00:00", "master[1]: daemon started -- version 3.7.11") + &line("22:00:00", "master[1]: reload -- version 3.7.11");
    // Taken at last: the tries before are of the same mail.
    let sap = TABLE.to_owned() + &to_relay(request(1, TO, 30, "S", ("XS", 718), ""));
    let log = covered.clone() + &door("08:01:00", "RCPT", SAP, busy, ME, TO) + &taken("08:05:30", 1, TO);
    let all = table(&analyse_files(&[("sap.txt", sap.as_bytes()), ("mail.log", log.as_bytes())]));
    assert_eq!(
        (all.len(), all[0]["verdict"].as_str(), all[0]["evidence"].split(';').count()),
        (1, "delivered", 4),
        "{}",
        all[0]["evidence"]
    );
    // Given up by SAP at this very refusal: another mail to the same recipient that the relay takes later is not this one.
    let sap = TABLE.to_owned() + &to_relay(request(1, TO, 30, "E", ("XS", 806), busy));
    let log = covered + &door("08:05:29", "RCPT", SAP, busy, ME, TO) + &taken("08:08:30", 2, TO).replace("ADR51000000000002", "b2");
    let all = table(&analyse_files(&[("sap.txt", sap.as_bytes()), ("mail.log", log.as_bytes())]));
    let row = &all[0];
    assert_eq!(
        (all.len(), row["verdict"].as_str(), row["action"].as_str(), row["stopped_at"].as_str(), row["reply_code"].as_str()),
        (1, "rejected", "resend", "relay", "451")
    );
}
