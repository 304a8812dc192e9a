//! Bodies, credentials and what else must neither be believed nor kept.

use super::*;

#[test]
fn body_lines_answer_nothing() {
    let unmarked = OPEN.replace("SMTP << ", "").replace("SMTP >> ", "");
    let unmarked = |body: &str| format!("{}{body}", unmarked.trim_end());
    let forged = "\n        Subject: x\n        \n        250 SECRET list\n        MAIL FROM:<evil@secret.example>\n        RCPT TO:<evil@secret.example>\n        550 5.1.1 SECRET";
    check(&[
        ("until the dot", &unmarked(&format!("{forged}\n        .\n        554 5.2.0 refused")), &["Fail eod erp>a 554"]),
        (
            "no dot, no answer",
            &unmarked(&format!("{forged}\n        554 5.2.0 refused\n        QUIT\n        221 bye")),
            &["Event eod erp>a 0"],
        ),
        ("the body is not traced", &unmarked("\n        250 2.6.0 queued"), &["Accept eod erp>a 250"]),
        (
            "other marks",
            &after_354(
                "\n        S: 250 SECRET\n        <- 550 5.1.1 SECRET\n        250 SECRET\n        .\n        SMTP << 554 5.2.0 refused",
            ),
            &["Fail eod erp>a 554"],
        ),
        (
            "the client's mark",
            &after_354("\n        SMTP >> 250 SECRET\n        SMTP >> RCPT TO:<x@secret.example>\n        SMTP << 250 2.6.0 queued"),
            &["Accept eod erp>a 250"],
        ),
        (
            "the server's mark without the id that all lines have",
            "
        SMTP << 220 mx1.contoso.example ready {00010001}
        SMTP >> MAIL FROM:<erp@contoso.example> {00010001}
        SMTP << 250 OK {00010001}
        SMTP >> RCPT TO:<a@fabrikam.example> {00010001}
        SMTP << 250 OK {00010001}
        SMTP >> DATA {00010001}
        SMTP << 354 go {00010001}
        SMTP << 250 SECRET
        role: Client, protocol: SMTP, local: 192.0.2.11:40001, peer: 192.0.2.25:25
        x SECRET {0badcafe}
        SMTP << 554 5.2.0 refused {00010001}",
            &["Fail eod erp>a 554"],
        ),
        (
            "one mark for both sides",
            "
        SMTP: 220 mx1.contoso.example ready
        SMTP: MAIL FROM:<erp@contoso.example>
        SMTP: 250 OK
        SMTP: RCPT TO:<a@fabrikam.example>
        SMTP: 250 OK
        SMTP: DATA
        SMTP: 354 go
        SMTP: dear all
        SMTP: 550 5.1.1 SECRET
        SMTP: .
        SMTP: 250 2.6.0 queued",
            &["Accept eod erp>a 250"],
        ),
        (
            "354 and DATA are not in the trace",
            OPEN.replace("        SMTP << 354 go\n", "        SMTP >> RCPT TO:<x@secret.example>\n        SMTP << 250 2.6.0 queued\n")
                .trim_end(),
            &["Accept eod erp>a 250"],
        ),
    ]);
}

#[test]
fn quoted_traces_in_a_body_are_no_events() {
    let quoted = after_354("
        Sun Jan  1 00:00:00 2023
        *** WARNING => Connection request from (1/2/0) to host: secret.example, service: 25 failed (NIETIMEOUT) {0000015c} [icxxconn.c   2208]
        SSL handshake with secret.example:587 failed: SSSLERR_PEER_CERT_UNTRUSTED (-102)
^sid        SECRET
^profile    of_SECRET
^makeup
        Tue Mar 10 10:55:04:014 2026
        SMTP << 250 2.6.0 queued");
    let (store, source) = read(&trace(&quoted));
    assert_eq!(told(&store), ["Accept eod erp>a 250"]);
    assert_eq!((source.landscape.system.as_str(), source.landscape.app_server.as_str()), ("", ""));
    assert_eq!(source.ledger.count(Class::NotUnderstood), 0);
    assert_eq!(source.span.map(|span| span.to - span.from), Some(2000));
    assert_eq!(store.records[0].local, Some(crate::evidence::Span::second(source.span.unwrap().to)));
}

#[test]
fn header_keys_count_in_a_header_only() {
    let (_, source) = read(&trace("\n        x\n^sid        XYZ\n^make up"));
    assert_eq!(source.landscape.system, "");
    assert_eq!(source.ledger.count(Class::NotUnderstood), 2);
}

#[test]
fn indented_lines_join_only_what_is_open() {
    let refused = "Fail rcpt erp>a 550";
    let head = OPEN[..OPEN.find("        SMTP << 250 2.1.5").unwrap()].trim_end();
    check(&[
        (
            "a closed record and a dump",
            &after_354("\n        SMTP << 250 2.6.0 Queued {0004107a}\n          000000  41555448 20504c41  |AUTH PLAIN U0VDUkVU SECRET|"),
            &["Accept eod erp>a 250"],
        ),
        ("a command behind a reply", &format!("{head}\n        SMTP << 550 5.1.10 [no\n          SMTP >> AUTH PLAIN SECRET"), &[refused]),
        (
            "other lines behind a reply",
            &format!(
                "{head}\n        SMTP << 550 5.1.10 no such user {{00010001}}\n          SSL NI-hdl 2662: SECRET\n          Subject: SECRET\n          550 5.7.64 SECRET"
            ),
            &[refused],
        ),
        (
            "other lines behind a reply without id",
            &format!("{head}\n        SMTP << 550 5.1.10 no such user\n          Subject: SECRET"),
            &[refused],
        ),
        (
            "all lines are indented",
            &OPEN.replace("        SMTP", "          SMTP").trim_end().replace("250 2.1.5 OK", "550 5.7.64 no"),
            &[refused],
        ),
    ]);
}

#[test]
fn credentials_come_back_in_no_reply() {
    let auth =
        |lines: &str| format!("\n        SMTP << 220 mx1.contoso.example ready\n        SMTP >> EHLO x\n        SMTP << 250 ok{lines}");
    check(&[
        (
            "a quoted command",
            &auth(
                "\n        SMTP >> AUTH PLAIN AGVycASECRET=\n        SMTP << 500 5.5.1 Command unrecognized: \"AUTH PLAIN AGVycASECRET=\"",
            ),
            &["Auth auth > 500"],
        ),
        (
            "an unknown mechanism",
            &auth("\n        SMTP >> AUTH FOO AGVycASECRET=\n        SMTP << 504 5.7.4 unrecognized: AUTH FOO AGVycASECRET="),
            &["Auth auth > 504"],
        ),
        (
            "a password quoted later",
            &auth(
                "\n        SMTP >> AUTH LOGIN\n        SMTP << 334 VXNlcm5hbWU6\n        SMTP >> ZXJwSECRET\n        SMTP << 535 5.7.3 no\n        SMTP >> MAIL FROM:<erp@contoso.example>\n        SMTP << 530 5.7.57 not logged on: ZXJwSECRET",
            ),
            &["Auth auth > 535", "Reply mail erp> 530"],
        ),
        (
            "without marks",
            "
        role: Client, protocol: SMTP, local: 192.0.2.11:40001, peer: 192.0.2.25:587
        220 mx1.contoso.example ready
        EHLO x
        250 ok
        AUTH XOAUTH2
        334 
        dXNlcj1SECRET==
        334 eyJzdGF0dXMiOiI0MDAifQ==
        
        535 5.7.3 no
        550 SECRET",
            &["Auth auth > 535"],
        ),
    ]);
}

/// A trace that begins inside of a mail: what its body quotes is no dialogue.
#[test]
fn a_body_without_a_beginning_is_no_dialogue() {
    let (store, source) = read(&trace("\n        RCPT TO:<secret@fabrikam.example>\n        550 SECRET words\n        ."));
    assert!(store.records.is_empty(), "{store:?}");
    assert!(!format!("{store:?}{source:?}").contains("SECRET"));
}
