//! hMailServer: a delivery by its number, and the dialogue with a server that it is tied to.

use super::{journey, of_log};

const MICROSOFT: &str = "contoso-example.mail.protection.outlook.com";
const GREETING: &str = "220 FR2PEPF00000A11.mail.protection.outlook.com Microsoft ESMTP MAIL Service ready";
const REFUSED: &str = "550 5.7.64 TenantAttribution; Relay Access Denied [FR2PEPF00000A11.DEUP281.PROD.OUTLOOK.COM]";

/// A line of the life of a message.
fn life(second: u32, number: u32, words: &str) -> String {
    format!("\"APPLICATION\"\t1300\t\"2026-03-10 08:00:{second:02}.300\"\t\"SMTPDeliverer - Message {number}: {words}\"\n")
}

/// A dialogue with a server, whose own words begin with a digit.
fn dialogue(kind: &str, session: u32, second: u32, said: &[&str]) -> String {
    let server = if kind == "SMTPC" { "RECEIVED" } else { "SENT" };
    let client = if kind == "SMTPC" { "SENT" } else { "RECEIVED" };
    let who = |said: &str| if said.starts_with(|c: char| c.is_ascii_digit()) { server } else { client };
    let line = |said: &&str| {
        format!("\"{kind}\"\t1310\t{session}\t\"2026-03-10 08:00:{second:02}.400\"\t\"203.0.113.80\"\t\"{}: {said}\"\n", who(said))
    };
    said.iter().map(line).collect()
}

fn delivering(number: u32, to: &str) -> String {
    life(1, number, &format!("Delivering message from erp@contoso.example to {to}. File: C:\\Data\\{{A}}.eml"))
        + &life(1, number, &format!("Relaying to host {MICROSOFT}."))
}

/// What the far server says to one recipient.
fn tried(session: u32, to: &str, reply: &str) -> String {
    let rcpt = format!("RCPT TO:<{to}>");
    dialogue(
        "SMTPC",
        session,
        2,
        &[GREETING, "EHLO hm01.contoso.example", "250 OK", "MAIL FROM:<erp@contoso.example>", "250 OK", &rcpt, reply, "QUIT"],
    )
}

const LATER: &str = "Message could not be delivered. Scheduling it for later delivery in 60 minutes.";
const BACK: &str = "Message could not be delivered. Returning error log to sender.";
const DONE: &str = "Message delivery thread completed.";

#[test]
fn the_end_of_a_delivery() {
    let (one, two) = ("h1@fabrikam.example", "h2@fabrikam.example");
    let both = format!("{one}, {two}");
    let own = |number: u32, ends: &[&str]| -> String { ends.iter().map(|end| life(9, number, end)).collect() };
    let accepted = dialogue(
        "SMTPC",
        72,
        2,
        &[
            GREETING,
            "EHLO hm01",
            "250 OK",
            "MAIL FROM:<erp@contoso.example>",
            "250 OK",
            "RCPT TO:<h1@fabrikam.example>",
            "250 OK",
            "DATA",
            "354 go",
            "250 2.6.0 <x@contoso.example> [InternalId=1, Hostname=FR3P281MB1234.DEUP281.PROD.OUTLOOK.COM] Queued mail for delivery",
        ],
    );
    let refused_for_good = tried(72, one, REFUSED);
    let busy = tried(72, one, "451 4.7.500 Server busy. Please try again later");
    let rows = [
        (
            "refused",
            delivering(5, one) + &refused_for_good + &own(5, &[BACK, DONE]),
            one,
            ["bounced", "exchange", "550", "1", "direct-send"],
        ),
        (
            "refused without a word of the end",
            delivering(5, one) + &refused_for_good + &own(5, &[DONE]),
            one,
            ["bounced", "exchange", "550", "1", "direct-send"],
        ),
        ("busy", delivering(5, one) + &busy + &own(5, &[LATER, DONE]), one, ["deferred", "exchange", "451", "1", "direct-send"]),
        (
            "later, the reason is not logged",
            delivering(5, &both) + &own(5, &[LATER, DONE]),
            one,
            ["deferred", "relay", "", "1", "direct-send"],
        ),
        ("later, the other recipient", delivering(5, &both) + &own(5, &[LATER, DONE]), two, ["deferred", "relay", "", "1", "direct-send"]),
        (
            "one refused, one later",
            delivering(5, &both) + &refused_for_good + &own(5, &[LATER, DONE]),
            one,
            ["bounced", "exchange", "550", "1", "direct-send"],
        ),
        (
            "the other later",
            delivering(5, &both) + &refused_for_good + &own(5, &[LATER, DONE]),
            two,
            ["deferred", "relay", "", "1", "direct-send"],
        ),
        ("given back", delivering(5, &both) + &own(5, &[BACK, DONE]), two, ["bounced", "relay", "", "1", ""]),
        ("accepted", delivering(5, one) + &accepted + &own(5, &[DONE]), one, ["handed-off", "relay", "", "1", "direct-send"]),
        ("no word of the end", delivering(5, one) + &own(5, &[DONE]), one, ["unknown", "relay", "", "1", "direct-send"]),
        ("the log ends before", delivering(5, one), one, ["unknown", "relay", "", "1", ""]),
        (
            "two tries",
            delivering(5, one) + &busy + &own(5, &[LATER, DONE]) + &delivering(5, one) + &tried(73, one, REFUSED) + &own(5, &[BACK, DONE]),
            one,
            ["bounced", "exchange", "550", "2", "direct-send"],
        ),
    ];
    for (what, log, to, want) in rows {
        let got = journey(&of_log("hm.log", &log), to, &["verdict", "stopped_at", "reply_code", "attempts", "relay_option"]);
        assert_eq!(got, want, "{what}");
    }
}

/// Two deliveries of the same sender to the same recipient: nobody knows which of them a server speaks of.
#[test]
fn a_dialogue_that_fits_two_deliveries_is_of_none() {
    let to = "h1@fabrikam.example";
    let log = delivering(5, to) + &delivering(6, to) + &tried(72, to, REFUSED) + &life(9, 5, DONE) + &life(9, 6, LATER);
    let all = of_log("hm.log", &log);
    let verdicts: Vec<(&str, &str)> = all.iter().map(|row| (row["relay_queue_id"].as_str(), row["verdict"].as_str())).collect();
    assert_eq!(verdicts, [("5", "unknown"), ("6", "deferred")]);
    let notes = format!("{:?}", crate::support::read_text("hm.log", &log).sources[0].notes);
    assert!(notes.contains("fit no delivery or several"), "{notes}");
}

/// The service was started anew: its sessions have the numbers of earlier ones.
#[test]
fn a_session_whose_number_was_used_before() {
    let (one, two) = ("h1@fabrikam.example", "h2@fabrikam.example");
    let bye = dialogue("SMTPC", 72, 3, &["221 bye"]);
    let log = delivering(5, one)
        + &tried(72, one, REFUSED)
        + &bye
        + &life(9, 5, DONE)
        + &delivering(6, two)
        + &tried(72, two, REFUSED)
        + &bye
        + &life(9, 6, DONE);
    let all = of_log("hm.log", &log);
    for to in [one, two] {
        assert_eq!(journey(&all, to, &["verdict", "reply_code"]), ["bounced", "550"], "{to}");
    }
}

#[test]
fn refused_at_its_door() {
    let said = [
        "220 hm01.contoso.example ESMTP",
        "EHLO sap1",
        "250 OK",
        "MAIL FROM:<erp@contoso.example>",
        "250 OK",
        "RCPT TO:<h2@fabrikam.example>",
        "550 Delivery is not allowed to this address.",
    ];
    let all = of_log("hm.log", &dialogue("SMTPD", 73, 1, &said));
    let got = journey(&all, "h2@fabrikam.example", &["verdict", "stopped_at", "reply_code", "rule", "action"]);
    assert_eq!(got, ["rejected", "relay", "550", "HOP-01", "resend"]);
}
