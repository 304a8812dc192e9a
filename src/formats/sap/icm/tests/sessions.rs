//! Sessions: where they begin and end, and what becomes of their mails.

use super::*;

#[test]
fn sessions_end_and_their_open_mails_are_told() {
    let next = "
        SMTP << 220 relay.fabrikam.example ready
        SMTP >> EHLO x
        SMTP << 250 relay.fabrikam.example
        SMTP >> MAIL FROM:<hr@contoso.example>
        SMTP << 250 2.1.0 OK
        SMTP >> RCPT TO:<next@fabrikam.example>
        SMTP << 550 5.1.10 unknown";
    let lost = after_354(&format!("\n        SMTP >> Subject: x{next}"));
    let stale = format!("{}{next}", OPEN[..OPEN.find("        SMTP << 250 2.1.5").unwrap()].trim_end());
    let dot = after_354("\n        SMTP >> .\n        *** ERROR => NiIRead: SiRecv failed (SI_ECONN_BROKEN/104) [nixxi.cpp    5087]");
    let header = after_354(&format!(
        "\n        SMTP >> half\n^---------------------\n^trc file: \"dev_icm\", trc level: 3, release: \"785\"\n^pid        99{next}"
    ));
    let role =
        after_354("\n        role: Client, protocol: SMTP, local: 192.0.2.11:40001, peer: 192.0.2.25:25\n        SMTP << 250 2.6.0 late");
    let bye = after_354("\n        SMTP << 221 bye\n        SMTP << 250 2.6.0 late");
    let silent = after_354("\n        SMTP >> x\n        Tue Mar 10 12:55:02:014 2026\n        HTTP/1.1 200 OK\n        250 x");
    let odd = after_354("\n        SMTP << 252 maybe");
    let unknown = "Event eod erp>a 0";
    check(&[
        ("a later greeting accepts nothing", &lost, &[unknown, "Fail rcpt hr>next 550"]),
        ("commands of a lost session wait no longer", &stale, &["Fail rcpt hr>next 550"]),
        ("the connection broke behind the dot", &dot, &[unknown]),
        ("a restart", &header, &[unknown, "Fail rcpt hr>next 550"]),
        ("a new connection on the thread", &role, &[unknown]),
        ("hours of silence", &silent, &[unknown]),
        ("the server says good-bye", &bye, &[unknown]),
        ("only 250 accepts", &odd, &[unknown]),
        ("no reply to DATA", OPEN.trim_end().strip_suffix("        SMTP << 354 go").unwrap(), &["Event data erp>a 0"]),
        (
            "starttls is no new session",
            "
        role: Client, protocol: SMTP, local: 192.0.2.11:40001, peer: 192.0.2.25:587
        SMTP << 220 mx1.contoso.example ready
        SMTP >> STARTTLS
        SMTP << 220 2.0.0 ready
        SMTP >> MAIL FROM:<erp@contoso.example>
        SMTP << 530 5.7.57 Client not authenticated",
            &["Reply mail erp> 530"],
        ),
    ]);
}

#[test]
fn the_event_stands_where_the_content_was_sent() {
    let (store, source) = read(&trace(&after_354("\n        SMTP >> x")));
    let record = &store.records[0];
    assert_eq!((record.line, record.lines, store.text(record.reply)), (9, 1, "no reply after the end of data"));
    assert!(record.local.is_some());
    assert_eq!(source.ledger.count(Class::Evidence), 1);
}

#[test]
fn interleaved_connections_keep_their_recipients() {
    check(&[
        (
            "on one thread",
            "
        role: Client, protocol: SMTP, local: 192.0.2.11:40001, peer: 192.0.2.25:25 {00010001}
        SMTP << 220 mx1.contoso.example ready {00010001}
        role: Client, protocol: SMTP, local: 192.0.2.11:40002, peer: 192.0.2.26:25 {00020001}
        SMTP << 220 mx2.contoso.example ready {00020001}
        SMTP >> MAIL FROM:<erp@contoso.example> {00010001}
        SMTP >> MAIL FROM:<hr@contoso.example> {00020001}
        SMTP << 250 2.1.0 OK {00020001}
        SMTP << 250 2.1.0 OK {00010001}
        SMTP >> RCPT TO:<one@fabrikam.example> {00010001}
        SMTP >> RCPT TO:<two@fabrikam.example> {00020001}
        SMTP << 550 5.1.10 two unknown {00020001}
        SMTP << 250 2.1.5 OK {00010001}
        SMTP >> DATA {00010001}
        SMTP << 354 go {00010001}
        SMTP << 250 2.6.0 <m1@contoso.example> Queued {00010001}",
            &["Fail rcpt hr>two 550", "Accept eod erp>one 250"],
        ),
        (
            "one connection on two threads",
            "
        SMTP << 220 mx1.contoso.example ready {00010001}
        SMTP >> MAIL FROM:<erp@contoso.example> {00010001}
        SMTP << 250 2.1.0 OK {00010001}
        SMTP >> RCPT TO:<one@fabrikam.example> {00010001}
[Thr 2] SMTP << 550 5.1.10 one unknown {00010001}",
            &["Fail rcpt erp>one 550"],
        ),
        (
            "a new connection while the other is in data",
            "
        SMTP << 220 mx1.contoso.example ready {00010001}
        SMTP >> MAIL FROM:<erp@contoso.example> {00010001}
        SMTP << 250 OK {00010001}
        SMTP >> RCPT TO:<one@fabrikam.example> {00010001}
        SMTP << 250 OK {00010001}
        SMTP >> DATA {00010001}
        SMTP << 354 go {00010001}
        SMTP << 220 mx2.contoso.example ready {00020001}
        SMTP >> MAIL FROM:<hr@contoso.example> {00020001}
        SMTP << 550 5.7.60 no {00020001}
        SMTP << 250 2.6.0 queued {00010001}",
            &["Reply mail hr> 550", "Accept eod erp>one 250"],
        ),
        (
            "two threads",
            "
        SMTP << 220 mx1.contoso.example ready
        SMTP >> MAIL FROM:<erp@contoso.example>
        SMTP << 250 OK
        SMTP >> RCPT TO:<a@fabrikam.example>
[Thr 2] SMTP << 220 mx1.contoso.example ready
[Thr 2] SMTP >> MAIL FROM:<hr@contoso.example>
        SMTP << 550-5.1.10 a unknown
[Thr 2] SMTP << 550 5.7.60 no
        SMTP << 550 5.1.10 try later",
            &["Fail rcpt erp>a 550", "Reply mail hr> 550"],
        ),
    ]);
}

#[test]
fn commands_take_effect_when_they_are_answered() {
    let greet = "\n        SMTP << 220 mx1.contoso.example ready";
    let rows = [
        (
            "the next envelope before the answer to the mail",
            "
        SMTP >> MAIL FROM:<erp@contoso.example>
        SMTP >> RCPT TO:<a@fabrikam.example>
        SMTP >> DATA
        SMTP << 250 2.1.0 OK
        SMTP << 250 2.1.5 OK
        SMTP << 354 go
        SMTP >> body
        SMTP >> .
        SMTP >> MAIL FROM:<hr@contoso.example>
        SMTP >> RCPT TO:<b@fabrikam.example>
        SMTP << 250 2.6.0 <m1@contoso.example> Queued
        SMTP << 250 2.1.0 OK
        SMTP << 550 5.1.10 b unknown",
            &["Accept eod erp>a 250", "Fail rcpt hr>b 550"][..],
        ),
        (
            "a refused sender takes only its own recipients",
            "
        SMTP >> MAIL FROM:<erp@contoso.example>
        SMTP >> RCPT TO:<a@fabrikam.example>
        SMTP >> RSET
        SMTP >> MAIL FROM:<hr@contoso.example>
        SMTP >> RCPT TO:<b@fabrikam.example>
        SMTP << 550 5.7.60 send as denied
        SMTP << 503 5.5.2 Need mail
        SMTP << 250 reset
        SMTP << 250 2.1.0 OK
        SMTP << 250 2.1.5 OK
        SMTP >> DATA
        SMTP << 354 go
        SMTP >> .
        SMTP << 250 2.6.0 Queued",
            &["Fail mail erp>a 550", "Accept eod hr>b 250"],
        ),
        (
            "421 refuses all that is open",
            "
        SMTP >> MAIL FROM:<erp@contoso.example>
        SMTP << 250 2.1.0 OK
        SMTP >> RCPT TO:<a@fabrikam.example>
        SMTP << 250 OK
        SMTP >> RCPT TO:<b@fabrikam.example>
        SMTP << 421 4.7.0 closing
        SMTP << 250 OK",
            &["Defer rcpt erp>a 421", "Defer rcpt erp>b 421"],
        ),
        (
            "421 after RSET refuses nobody",
            "
        SMTP >> MAIL FROM:<erp@contoso.example>
        SMTP << 250 2.1.0 OK
        SMTP >> RCPT TO:<a@fabrikam.example>
        SMTP << 250 OK
        SMTP >> RSET
        SMTP << 250 OK
        SMTP << 421 4.4.2 idle timeout closing",
            &[],
        ),
    ];
    for (what, body, want) in rows {
        check(&[(what, &format!("{greet}{body}"), want)]);
    }
    check(&[(
        "421 for a greeting",
        "\n        role: Client, protocol: SMTP, local: x, peer: 192.0.2.25:25\n        SMTP << 421 4.7.0 too many connections",
        &["Reply connect > 421"],
    )]);
}

#[test]
fn replies_that_are_missing_do_not_shift_the_others() {
    let greet = "\n        SMTP << 220 mx1.contoso.example ready";
    let rows = [
        (
            "chunks in a batch with the envelope",
            "
        SMTP >> MAIL FROM:<erp@contoso.example>
        SMTP >> RCPT TO:<a@fabrikam.example>
        SMTP >> BDAT 100
        SMTP << 250 2.1.0 OK
        SMTP << 250 2.1.5 OK
        SMTP >> BDAT 20 LAST
        SMTP << 250 100 octets received
        SMTP << 250 2.6.0 Queued",
            &["Accept eod erp>a 250"][..],
        ),
        (
            "the last chunk decides",
            "
        SMTP >> MAIL FROM:<erp@contoso.example>
        SMTP << 250 2.1.0 OK
        SMTP >> RCPT TO:<a@fabrikam.example>
        SMTP << 250 OK
        SMTP >> BDAT 100
        SMTP << 250 100 octets received
        SMTP >> RCPT TO:<x@secret.example>
        SMTP >> BDAT 50
        SMTP >> BDAT 20 LAST
        SMTP << 250 50 octets received
        SMTP << 554 5.2.0 refused",
            &["Fail eod erp>a 554"],
        ),
        (
            "the replies to AUTH are not in the trace",
            "
        SMTP >> AUTH LOGIN
        SMTP >> MAIL FROM:<erp@contoso.example>
        SMTP >> RCPT TO:<a@fabrikam.example>
        SMTP << 250 2.1.0 OK
        SMTP << 550 5.7.64 TenantAttribution",
            &["Fail rcpt erp>a 550"],
        ),
        (
            "250 to a recipient is no acceptance of the mail",
            "
        SMTP >> MAIL FROM:<erp@contoso.example>
        SMTP >> RCPT TO:<a@fabrikam.example>
        SMTP >> RCPT TO:<b@fabrikam.example>
        SMTP >> DATA
        SMTP << 250 2.1.0 OK
        SMTP << 250 2.1.5 OK
        SMTP << 250 2.1.5 OK
        SMTP << 250 2.1.5 OK",
            &["Event data erp>a 0", "Event data erp>b 0"],
        ),
    ];
    for (what, body, want) in rows {
        check(&[(what, &format!("{greet}{body}"), want)]);
    }
}

#[test]
fn thousands_of_commands_without_reply_are_read_in_linear_time() {
    let many = "\n        SMTP >> RCPT TO:<a@fabrikam.example>".repeat(100_000);
    let (store, source) = read(&trace(&many));
    assert!(store.records.is_empty());
    assert_eq!(source.notes.len(), 1);
}

/// Three shapes in which the kernel quotes what was sent for a logon.
#[test]
fn the_kernel_quotes_no_secret() {
    let quotes = [
        "*** ERROR => SmtpAuth: 535 5.7.3 Authentication unsuccessful for password UzNDUkVUcGFzcw== [icxxsmtp.c 12]",
        "*** ERROR => 535 5.7.3 Authentication unsuccessful (sent: S3CRETpass)",
        "SMTP >> QUIT\n        SMTP << 221 bye\n[Thr 7] *** WARNING => refused \"UzNDUkVUcGFzcw==\" with 535 5.7.3 no S3CRETpass",
    ];
    for sent in ["SMTP >>", "SmtpSend: sent 16 bytes:"] {
        for quote in quotes {
            let body = format!(
                "\n        SMTP << 220 mx1.contoso.example\n        SMTP >> EHLO x\n        SMTP << 250 AUTH LOGIN\n        SMTP >> AUTH LOGIN\n        SMTP << 334 VXNlcm5hbWU6\n        SMTP >> cmVsYXk=\n        SMTP << 334 UGFzc3dvcmQ6\n        {sent} UzNDUkVUcGFzcw==\n        {quote}"
            );
            let (store, source) = read(&trace(&body));
            let all = format!("{store:?}{source:?}");
            assert!(
                store.records.len() == 1 && store.text(store.records[0].reply).contains("[secret]"),
                "{sent} {quote}: {:?}",
                told(&store)
            );
            assert!(!all.contains("S3CRET") && !all.contains("UzNDUkVU"), "{sent} {quote}");
        }
    }
}

#[test]
fn replies_without_commands_are_events_of_their_own() {
    let body = "
        SMTP << 550 5.7.1 Unable to relay
        SMTP << 550 5.7.64 TenantAttribution; Relay Access Denied
[Thr 1] Tue Mar 10 11:05:02:014 2026
        SMTP << 550 5.1.10 RESOLVER.ADR.RecipientNotFound";
    check(&[("three on one thread", body, &["Reply  > 550", "Reply  > 550", "Reply  > 550"])]);
    let (store, _) = read(&trace(body));
    let times: Vec<_> = store.records.iter().map(|record| record.local.map(|span| span.from)).collect();
    assert!(times[0] == times[1] && times[1] < times[2], "{times:?}");
}

#[test]
fn a_broken_connection_ends_the_mail_that_is_under_way() {
    let write = "
        *** ERROR => NiIWrite: SiSendV failed for hdl 57 / sock 21
^    (SI_ECONN_BROKEN/32; I4; ST; 192.0.2.25:587) [nixxi.cpp    3948]
        *** ERROR => SMTP connection to mx1.contoso.example:587 failed (NIECONN_BROKEN) [icxxconn.c 2208]";
    let read_failed = write.replace("NiIWrite: SiSendV", "NiIRead: SiRecv");
    let cut = |end: &str| OPEN[..OPEN.find(end).unwrap()].trim_end().to_owned();
    let idle = "\n        Subject: x\n        .\n        SMTP << 250 2.6.0 <x@y> Queued";
    check(&[
        ("a recipient was taken", &format!("{}{write}", cut("        SMTP >> DATA")), &["Defer rcpt erp>a 0"]),
        ("... while its reply was read", &format!("{}{read_failed}", cut("        SMTP >> DATA")), &["Defer rcpt erp>a 0"]),
        ("a recipient has no reply", &format!("{}{write}", cut("        SMTP << 250 2.1.5")), &["Defer rcpt erp>a 0"]),
        ("no recipient yet", &format!("{}{write}", cut("        SMTP >> RCPT")), &["Connect mail erp> 0"]),
        ("before the content was written", &after_354(write), &["Defer eod erp>a 0"]),
        ("perhaps behind content that is hidden", &after_354(&read_failed), &["Event eod erp>a 0"]),
        ("behind the dot", &after_354(&format!("\n        Subject: x\n        .{read_failed}")), &["Event eod erp>a 0"]),
        ("behind an answered mail", &after_354(&format!("{idle}{read_failed}")), &["Accept eod erp>a 250"]),
        ("quoted in a body", &after_354(&format!("\n        Subject: x{write}{idle}")), &["Accept eod erp>a 250"]),
        (
            "of another peer",
            &format!("{}{}", cut("        SMTP >> DATA"), write.replace(":587)", ":44300)").replace("NIECONN_BROKEN", "x")),
            &[],
        ),
    ]);
    for (body, told) in
        [(cut("        SMTP >> DATA") + write, "failed (NIECONN_BROKEN)"), (after_354(&read_failed), "no reply after the end of data; ")]
    {
        let (store, _) = read(&trace(&body));
        let reply = store.text(store.records[0].reply);
        assert!(reply.contains("SI_ECONN_BROKEN/32") && reply.contains(told), "{reply}");
    }
}
