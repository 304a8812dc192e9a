//! What a relay writes by itself is tied to its parent or left out, never counted as a mail; and one recipient is one
//! journey, whatever the relay made of its address.

mod support;

use support::{analyse_files, table};

fn line(time: &str, text: &str) -> String {
    format!("2026-03-10T{time}.100000+00:00 relay01 postfix/{text}\n")
}

const ID: &str = "4fVRHx19fVz00001";
const NEXT: &str = "contoso-example.mail.protection.outlook.com[198.51.100.21]:25";

fn begun(id: &str, sender: &str) -> String {
    [
        format!("smtpd[265]: {id}: client=sapprd01.contoso.example[192.0.2.11]"),
        format!("cleanup[268]: {id}: message-id=<{id}@contoso.example>"),
        format!("qmgr[221]: {id}: from=<{sender}>, size=6001, nrcpt=1 (queue active)"),
    ]
    .map(|text| line("08:05:00", &text))
    .concat()
}

fn tried(time: &str, id: &str, to: &str, status: &str) -> String {
    line(time, &format!("smtp[2]: {id}: to=<{to}>, relay={NEXT}, delay=1, delays=0/0/0/1, dsn=2.0.0, status={status}"))
}

/// Sender, recipient, verdict and number of lines of each journey.
fn journeys(files: &[(&str, &str)]) -> Vec<String> {
    let files: Vec<(&str, &[u8])> = files.iter().map(|(name, text)| (*name, text.as_bytes())).collect();
    let all = table(&analyse_files(&files));
    let mut out: Vec<String> = all
        .iter()
        .map(|row| format!("{} {} {} {}", row["sender"], row["recipient"], row["verdict"], row["evidence"].split(';').count()))
        .collect();
    out.sort();
    out
}

#[test]
fn no_mails_of_their_own() {
    let active = |id: &str, sender: &str| line("08:20:00", &format!("qmgr[221]: {id}: from=<{sender}>, size=6100, nrcpt=1 (queue active)"));
    let queued = |id: &str, sender: &str| {
        format!(
            "{{\"queue_name\": \"deferred\", \"queue_id\": \"{id}\", \"arrival_time\": 1773130801, \"message_size\": 4100, \"sender\": \"{sender}\", \"recipients\": [{{\"address\": \"sap@contoso.example\", \"delay_reason\": \"connect to {NEXT}: Connection timed out\"}}]}}\n"
        )
    };
    let mail =
        begun(ID, "sap@contoso.example") + &tried("08:05:01", ID, "ap@fabrikam.example", "deferred (connect to mx: Connection timed out)");
    let notice = "4fVRHx19fVz00002";
    let told = line("08:20:00", &format!("bounce[3]: {ID}: sender delay notification: {notice}"))
        + &active(notice, "")
        + &tried("08:20:01", notice, "sap@contoso.example", "deferred (connect to mx: Connection timed out)");
    let own = "sap@contoso.example ap@fabrikam.example deferred";
    // With its parent in the log: its end is evidence of the parent.
    assert_eq!(journeys(&[("mail.log", &(mail.clone() + &told))]), [format!("{own} 4")]);
    assert_eq!(journeys(&[("mail.log", &(mail.clone() + &told)), ("queue.jsonl", &queued(notice, "MAILER-DAEMON"))]), [format!("{own} 4")]);
    // Its parent was told of before the log.
    let orphan = active("4fVRHx19fVz00003", "") + &tried("08:20:01", "4fVRHx19fVz00003", "sap@contoso.example", "sent (250 2.6.0 Queued)");
    assert_eq!(journeys(&[("mail.log", &(mail.clone() + &orphan))]), [format!("{own} 2")]);
    // A probe of an address.
    let probe = line("08:20:00", "cleanup[268]: 4fVRHx19fVz00004: message-id=<probe@relay01>")
        + &active("4fVRHx19fVz00004", "double-bounce@relay01")
        + &tried("08:20:01", "4fVRHx19fVz00004", "ap@fabrikam.example", "undeliverable (host x said: 550 5.4.1 no)");
    assert_eq!(journeys(&[("mail.log", &(mail.clone() + &probe))]), [format!("{own} 2")]);
    // A notice that another server handed over is a mail like others.
    let passed = begun("4fVRHx19fVz00005", "") + &tried("08:20:01", "4fVRHx19fVz00005", "sap@contoso.example", "sent (250 2.6.0 Queued)");
    assert_eq!(journeys(&[("mail.log", &(mail + &passed))]), ["<> sap@contoso.example handed-off 2".to_owned(), format!("{own} 2")]);
}

/// The relay replaced the recipient, and a line that names none tells of the same try.
#[test]
fn one_recipient_is_one_journey() {
    let alias = "ap@fabrikam.example>, orig_to=<buyers@contoso.example";
    let log = begun(ID, "sap@contoso.example")
        + &line("08:05:01", &format!("smtp[2]: {ID}: Cannot start TLS: handshake failure"))
        + &tried("08:05:02", ID, alias, "sent (250 2.6.0 Queued)");
    assert_eq!(journeys(&[("mail.log", &log)]), ["sap@contoso.example ap@fabrikam.example handed-off 3"]);
}
