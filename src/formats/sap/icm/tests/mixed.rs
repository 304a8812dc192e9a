//! Dialogues whose lines are marked in several ways, some of them not at all.

use super::*;

const REFUSED: &[&str] = &["Fail rcpt erp>a 550"];
const TAKEN: &[&str] = &["Accept eod erp>a 250"];

#[test]
fn lines_without_mark_belong_to_the_dialogue_in_which_they_stand() {
    check(&[
        (
            "only the greeting has a mark",
            "
        SMTP << 220 mx1.contoso.example ready {00010001}
        MAIL FROM:<erp@contoso.example> {00010001}
        250 2.1.0 Sender OK {00010001}
        RCPT TO:<a@fabrikam.example> {00010001}
        550 5.7.64 TenantAttribution; Relay Access Denied {00010001}",
            REFUSED,
        ),
        (
            "a mail with a body, without ids",
            "
        SMTP << 220 mx1.contoso.example ready
        EHLO sapapp1.contoso.example
        250-mx1.contoso.example Hello [203.0.113.7]
        250 SIZE 1000
        MAIL FROM:<erp@contoso.example>
        250 OK
        RCPT TO:<a@fabrikam.example>
        250 OK
        DATA
        354 go
        Subject: SECRET
        250 SECRET
        MAIL FROM:<evil@secret.example>
        550 5.1.1 SECRET
        .
        250 2.0.0 OK <m1@contoso.example> [Hostname=AM0PR02MB1.eurprd02.prod.outlook.com]",
            TAKEN,
        ),
        (
            "only the reply has none",
            "
        SMTP << 220 mx1.contoso.example ready
        SMTP >> MAIL FROM:<erp@contoso.example>
        SMTP << 250 2.1.0 OK
        SMTP >> RCPT TO:<a@fabrikam.example>
        550 5.7.64 TenantAttribution; Relay Access Denied",
            REFUSED,
        ),
        (
            "the later lines of a reply have none",
            "
        SMTP << 220 mx1.contoso.example ready
        SMTP >> EHLO sapapp1.contoso.example
        SMTP << 250-mx1.contoso.example Hello [203.0.113.7]
        250-SIZE 1000
        250 STARTTLS
        SMTP >> MAIL FROM:<erp@contoso.example>
        SMTP << 250 2.1.0 OK
        SMTP >> RCPT TO:<a@fabrikam.example>
        SMTP << 550 5.7.64 no",
            REFUSED,
        ),
        (
            "only the client has a mark",
            "
        SMTP >> MAIL FROM:<erp@contoso.example>
        250 OK
        SMTP >> RCPT TO:<a@fabrikam.example>
        250 OK
        SMTP >> DATA
        354 go
        SMTP >> SECRET
        550 5.1.1 SECRET
        SMTP >> .
        554 5.2.0 refused",
            &["Fail eod erp>a 554"],
        ),
        (
            "only the greeting has none",
            "
        220 mx1.contoso.example ready
        SMTP >> MAIL FROM:<erp@contoso.example>
        SMTP << 250 2.1.0 OK
        SMTP >> RCPT TO:<a@fabrikam.example>
        SMTP << 550 5.7.64 no",
            REFUSED,
        ),
    ]);
}

#[test]
fn two_marks_in_one_session() {
    check(&[
        (
            "one for the sender, another from then on",
            "
        IcmPlReadData: 'MAIL FROM:<erp@contoso.example>'
        IcmPlReadData: '250 2.1.0 Sender OK'
        data: RCPT TO:<a@fabrikam.example>
        data: 250 2.1.5 Recipient OK
        data: DATA
        data: 354 go
        data: Subject: SECRET
        data: 550 5.1.1 SECRET
        data: .
        data: 250 2.6.0 <m1@contoso.example> [InternalId=1, Hostname=AM0PR02MB1.eurprd02.prod.outlook.com] Queued mail for delivery",
            TAKEN,
        ),
        (
            "one mark for both sides, the client first",
            "
        data: MAIL FROM:<erp@contoso.example>
        data: 250 2.1.0 Sender OK
        data: RCPT TO:<a@fabrikam.example>
        data: 550 5.7.64 no",
            REFUSED,
        ),
        (
            "every line another",
            "
        C: MAIL FROM:<erp@contoso.example>
        S: 250 2.1.0 Sender OK
        SMTP >> RCPT TO:<a@fabrikam.example>
        <- 550 5.1.1 no such user",
            REFUSED,
        ),
    ]);
}

#[test]
fn a_reply_that_is_told_in_two_ways_counts_once() {
    check(&[(
        "first without a mark",
        "
        SMTP << 220 mx1.contoso.example ready
        SMTP >> MAIL FROM:<erp@contoso.example>
        SMTP << 250 2.1.0 OK
        SMTP >> RCPT TO:<b@fabrikam.example>
        SMTP << 250 2.1.5 OK
        SMTP >> RCPT TO:<a@fabrikam.example>
        550 5.1.10 no such user
        SMTP << 550 5.1.10 no such user
        SMTP >> DATA
        SMTP << 354 go
        SMTP >> .
        SMTP << 250 2.6.0 queued",
        &["Fail rcpt erp>a 550", "Accept eod erp>b 250"],
    )]);
}

#[test]
fn that_the_content_decides_is_told() {
    let told = |text: &str| read(&trace(text)).1.notes.iter().filter(|note| note.text == styles::SEVERAL).count();
    let mixed = "\n        SMTP << 220 mx1.contoso.example ready\n        MAIL FROM:<erp@contoso.example>\n        250 2.1.0 OK";
    assert_eq!((told(mixed), told(OPEN.trim_end())), (1, 0));
}

#[test]
fn secrets_in_a_mixed_session_are_kept_nowhere() {
    check(&[(
        "a logon without marks",
        "
        SMTP << 220 mx1.contoso.example ready
        EHLO sapapp1.contoso.example
        250 SIZE 1000
        AUTH LOGIN
        334 VXNlcm5hbWU6
        ZXJwSECRET
        535 5.7.3 no: ZXJwSECRET",
        &["Auth auth > 535"],
    )]);
}

/// Where the protocol expects none, a line in other marks is another matter.
#[test]
fn what_the_protocol_does_not_expect_is_no_dialogue() {
    check(&[
        (
            "a quoted reply where none is due",
            &after_354("\n        SMTP >> .\n        SMTP << 250 2.6.0 queued\n        <- 550 5.1.1 SECRET\n        data: 550 5.1.1 SECRET"),
            TAKEN,
        ),
        (
            "behind DATA without its answer",
            &OPEN.trim_end().replace(
                "        SMTP << 354 go",
                "        550 5.1.1 SECRET\n        RCPT TO:<x@secret.example>\n        SMTP << 250 2.6.0 <m1@contoso.example> Queued mail for delivery",
            ),
            TAKEN,
        ),
        (
            "prose",
            &OPEN[..OPEN.find("        SMTP << 250 2.1.5").unwrap()].trim_end().replace('\n', "\n        550 users SECRET\n"),
            &[],
        ),
    ]);
}
