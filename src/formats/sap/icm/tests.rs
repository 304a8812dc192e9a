use super::*;
use crate::evidence::{Fold, Kind, Store};
use crate::source::{Class, Source};

fn read(text: &str) -> (Store, Source) {
    let (mut store, mut source) = (Store::default(), Source::new("x".into(), "x".into(), lines(text).count()));
    let outcome = Icm.read(text, &mut Sink { store: &mut store, source: &mut source, index: 0 });
    assert!(outcome.is_ok());
    (store, source)
}

/// A trace of a header, a stamp and these lines, on thread 1 unless they name another; `^` marks a line without prefix.
fn trace(body: &str) -> String {
    let mut out = String::from("trc file: \"dev_icm\", trc level: 3, release: \"785\"\n[Thr 9] Tue Mar 10 10:55:02:014 2026\n");
    for line in body.lines().map(|line| line.strip_prefix("        ").unwrap_or(line)).skip(1) {
        match line.strip_prefix('^') {
            Some(bare) => out.push_str(bare),
            None if line.starts_with("[Thr ") => out.push_str(line),
            None => out.push_str(&format!("[Thr 1] {line}")),
        }
        out.push('\n');
    }
    out
}

/// `Fail rcpt a@fabrikam.example 550`, with the sender where it is not the usual one.
fn told(store: &Store) -> Vec<String> {
    let one = |record: &crate::evidence::Evidence| {
        let facts = store.smtp_of(record).unwrap();
        let (sender, recipient) = (store.text(record.sender), store.text(record.recipient));
        let short = |address: &str| address.split('@').next().unwrap_or("").to_owned();
        format!("{:?} {} {}>{} {}", record.kind, facts.stage, short(sender), short(recipient), facts.code)
    };
    store.records.iter().map(one).collect()
}

fn check(rows: &[(&str, &str, &[&str])]) {
    for (what, body, want) in rows {
        let (store, source) = read(&trace(body));
        assert_eq!(told(&store), *want, "{what}");
        let all = format!("{:?}{:?}", store, source);
        assert!(!all.contains("SECRET") && !all.contains("secret.example"), "{what}: {all}");
        assert!(store.records.is_sorted_by_key(|record| record.line), "{what}");
    }
}

/// An accepted envelope from `erp` to `a`, with the marks of the direction.
const OPEN: &str = "
        SMTP << 220 mx1.contoso.example ready
        SMTP >> MAIL FROM:<erp@contoso.example>
        SMTP << 250 2.1.0 OK
        SMTP >> RCPT TO:<a@fabrikam.example>
        SMTP << 250 2.1.5 OK
        SMTP >> DATA
        SMTP << 354 go
";

fn after_354(body: &str) -> String {
    format!("{}{}", OPEN.trim_end(), body)
}

#[test]
fn the_sample_yields_connection_logon_refusal_and_acceptance() {
    let (store, source) = read(include_str!("sample.txt"));
    let got: Vec<(Kind, &str, &str)> =
        store.records.iter().map(|r| (r.kind, store.text(r.recipient), store.smtp_of(r).map_or("", |f| f.stage))).collect();
    let want = [
        (Kind::Connect, "", "connect"),
        (Kind::Auth, "", "auth"),
        (Kind::Fail, "ap@fabrikam.example", "rcpt"),
        (Kind::Accept, "it@contoso.example", "eod"),
    ];
    assert_eq!(got, want);
    let last = store.records.last().unwrap();
    assert_eq!(store.text(last.message_id), "<ADR51000000000001@contoso.example>");
    assert_eq!(store.text(store.smtp_of(last).unwrap().egress), "203.0.113.77");
    assert_eq!((source.landscape.system.as_str(), source.landscape.app_server.as_str()), ("PRD", "sapapp1"));
    assert_eq!(source.ledger.count(Class::NotUnderstood), 0);
    assert_eq!(store.records[0].lines, 2);
}

#[test]
fn secrets_and_bodies_are_kept_nowhere() {
    let (store, source) = read(include_str!("sample.txt"));
    let all = format!("{store:?}{source:?}");
    assert!(!all.contains("BODYSECRET") && !all.contains("U0VDUkVU"));
}

#[test]
fn http_traffic_is_no_mail() {
    let text = "[Thr 1] Tue Mar 10 10:55:02 2026\n[Thr 1] HTTP/1.1 250 Custom\n[Thr 1] -> GET / HTTP/1.1\n[Thr 1] *** WARNING => Connection request from (1/2/0) to host: web.fabrikam.example, service: 443 failed (NIETIMEOUT)\n";
    let (store, source) = read(text);
    assert!(store.records.is_empty());
    assert_eq!(source.ledger.count(Class::Frame), 4);
}

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
    let odd = after_354("\n        SMTP << 252 maybe");
    let unknown = "Event eod erp>a 0";
    check(&[
        ("a later greeting accepts nothing", &lost, &[unknown, "Fail rcpt hr>next 550"]),
        ("commands of a lost session wait no longer", &stale, &["Fail rcpt hr>next 550"]),
        ("the connection broke behind the dot", &dot, &[unknown]),
        ("a restart", &header, &[unknown, "Fail rcpt hr>next 550"]),
        ("a new connection on the thread", &role, &[unknown]),
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
            &OPEN
                .replace("        SMTP << 354 go\n", "        SMTP >> RCPT TO:<x@secret.example>\n        SMTP << 250 2.6.0 queued\n")
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
fn wrapped_replies_are_whole_and_their_lines_exact() {
    let head = OPEN[..OPEN.find("        SMTP << 250 2.1.5").unwrap()].trim_end();
    let rows = [
        (
            "an open bracket",
            "\n        SMTP << 550 5.1.10 no [X.PROD.OUTLOOK.COM\n          2026-03-10T09:55:02.482Z 08DE75C8346E5ACF]",
            "550 5.1.10 no [X.PROD.OUTLOOK.COM 2026-03-10T09:55:02.482Z 08DE75C8346E5ACF]",
            2,
            2,
        ),
        (
            "other threads between",
            "\n        SMTP << 550-5.1.10 no\n^garbage\n[Thr 2] http\n        SMTP << 550 5.1.10 such user",
            "550-5.1.10 no such user",
            4,
            2,
        ),
        ("without prefix", "\n        SMTP << 550-5.1.10 no\n^550 5.1.10 such user", "550-5.1.10 no such user", 2, 2),
    ];
    for (what, tail, text, span, evidence) in rows {
        let (store, source) = read(&trace(&format!("{head}{tail}")));
        assert_eq!(told(&store), ["Fail rcpt erp>a 550"], "{what}");
        assert_eq!((store.text(store.records[0].reply), store.records[0].lines), (text, span), "{what}");
        assert_eq!(source.ledger.count(Class::Evidence), evidence, "{what}");
    }
}

#[test]
fn joined_lines_are_capped() {
    let many = "\n          goes on".repeat(1000);
    let (store, source) = read(&trace(&format!("{}\n        SMTP << 554 5.2.0 [x{many}", OPEN.trim_end())));
    assert_eq!(store.records[0].lines, 16);
    assert_eq!(source.ledger.count(Class::Evidence), 16);
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
fn unfinished_replies_do_not_shift_the_others() {
    let envelope = "
        SMTP >> MAIL FROM:<erp@contoso.example>
        SMTP >> RCPT TO:<good@fabrikam.example>
        SMTP >> RCPT TO:<bad@fabrikam.example>
        SMTP << 250 2.1.0 Sender OK
        SMTP << 250 2.1.5 OK
        SMTP << 550 5.1.10 bad unknown
        SMTP >> DATA
        SMTP << 354 go
        SMTP << 250 2.6.0 Queued";
    let hello = "\n        SMTP << 220 mx1.contoso.example ready\n        SMTP >> EHLO x\n        SMTP << 250-mx1.contoso.example Hello [203.0.113.7]";
    let want = ["Fail rcpt erp>bad 550", "Accept eod erp>good 250"];
    check(&[
        ("a command ends it", &format!("{hello}{envelope}"), &want),
        ("lines without prefix go on", &format!("{hello}\n^250-SIZE 1000\n^250 SMTPUTF8{envelope}"), &want),
        ("another code ends it", &format!("{hello}\n        SMTP << 421 4.3.2 Service not available"), &["Reply ehlo > 421"]),
    ]);
}

#[test]
fn other_text_on_a_mail_thread_is_no_smtp() {
    let served = "\n        SMTP << 220 mx1.contoso.example ready\n        SMTP >> QUIT\n        SMTP << 221 bye";
    check(&[
        (
            "counts and prose",
            &OPEN.trim_end().replace(
                "        SMTP << 250 2.1.5 OK",
                "        512 bytes read from hdl 45\n        Auth info: none needed\n        550 x\n        SMTP << 550 5.1.10 no",
            ),
            &["Fail rcpt erp>a 550"],
        ),
        (
            "HTTP behind mail",
            &format!(
                "{served}\n        role: Server, protocol: HTTP, local: 192.0.2.11:8000, peer: 192.0.2.50:1234\n        404 Not Found /sap/bc/ping\n        500 Internal Server Error\n        -> GET / HTTP/1.1\n        <- 503 5.5.1 Service Unavailable\n        << 220 x"
            ),
            &[],
        ),
        (
            "HTTP alone",
            "\n        -> GET /a HTTP/1.1\n        <- 404 Not Found\n        <- 500 Internal Server Error\n        << 550 Forbidden",
            &[],
        ),
        (
            "mail that SAP receives",
            "
        role: Server, protocol: SMTP, local: 192.0.2.11:25, peer: 203.0.113.9:40002
        S: 220 sapapp1.contoso.example SAP ESMTP
        C: MAIL FROM:<>
        S: 250 OK
        C: RCPT TO:<erp@contoso.example>
        S: 550 5.1.1 no",
            &[],
        ),
        ("a refusal behind a mark, of a session that is not in the trace", "\n        <- 550 5.7.64 TenantAttribution", &["Reply  > 550"]),
    ]);
}

#[test]
fn any_mark_of_direction_will_do() {
    let marks = [
        ("", ""),
        (">>> ", "<<< "),
        ("> ", "< "),
        ("Send: ", "Recv: "),
        ("SMTP: >> ", "SMTP: << "),
        ("SmtpSend: ", "SmtpRecv: "),
        ("SMTP>> ", "SMTP<< "),
        ("SMTP -> ", "SMTP <- "),
        (">>", "<<"),
        ("CLIENT: ", "SERVER: "),
        ("IcmSmtpSend: \"", "IcmSmtpRecv: \""),
        ("SMTP: ", "SMTP: "),
        ("-> ", "<- "),
    ];
    for (client, server) in marks {
        let body = format!(
            "
        {server}220 mx1.contoso.example ready
        {client}MAIL FROM:<erp@contoso.example>
        {server}250 2.1.0 OK
        {client}RCPT TO:<a@fabrikam.example>
        {server}550 5.7.64 TenantAttribution; Relay Access Denied"
        );
        check(&[(&format!("{client}{server}"), &body, &["Fail rcpt erp>a 550"])]);
    }
}

#[test]
fn a_refusal_that_nobody_took_is_not_understood() {
    let (store, source) =
        read(&trace("\n        550 5.7.64 TenantAttribution; Relay Access Denied\n        host x1.example said: 451 4.7.500 busy"));
    assert!(store.records.is_empty());
    let reasons: Vec<&str> = source.ledger.not_understood(9).iter().map(|(_, reason)| *reason).collect();
    assert_eq!(reasons, ["a reply outside a known dialogue"; 2]);
}

#[test]
fn impossible_stamps_are_not_understood() {
    let (_, source) = read(&trace("\n        Wed Mar 10 10:55:03 2026\n        Tue Mar 10 10:55:60 2026"));
    assert_eq!(source.ledger.count(Class::NotUnderstood), 2);
    assert_eq!(source.span.map(|span| span.to - span.from), Some(0));
}

#[test]
fn pieces_without_header_are_recognised() {
    let rows = [
        ("[Thr 1] SMTP << 220 mx1.contoso.example ready\n[Thr 1] x\n", Some(60)),
        ("[Thr nn] Tue Mar 10 10:55:02 2026\n[Thr nn] x\n", Some(70)),
        ("[Thr 1] x\n", None),
        ("[Thr 1] x\n[Thr 1] x\na\nb\nc\n", None),
    ];
    for (text, want) in rows {
        assert_eq!(Icm.recognise(text).map(|claim| claim.confidence), want, "{text}");
    }
}

#[test]
fn failed_connections_have_their_own_cause() {
    let refused = "*** ERROR => NiIConnect: SiPeekPendConn failed for hdl 57/sock 21\n^    (SI_ECONN_REFUSE/111; I4; ST; 192.0.2.25:25) [nixxi.cpp    3285]";
    let unknown = "*** ERROR => NiHLGetNodeAddr: NiPGetHostByName failed (rc=-1) [nixxhl.cpp 100]";
    let failed = |host: &str, service: &str, cause: &str| {
        format!(
            "*** WARNING => Connection request from (9/2240/0) to host: {host}, service: {service} failed ({cause}) {{0000015c}} [icxxconn.c   2208]"
        )
    };
    let rows = [
        ("interleaved", format!("\n        {refused}\n[Thr 2] {unknown}\n        {}\n[Thr 2] {}", failed("mx1", "25", "NIECONN_REFUSED"), failed("mx2", "25", "NIEHOST_UNKNOWN")), vec!["mx1:25 NiIConnect 4", "mx2:25 NiHLGetNodeAddr 3"]),
        ("no failure", format!("\n        NiHLGetNodeAddr: got hostname 'mx1' from operating system\n        {}", failed("mx1", "smtp", "NIECONN_REFUSED")), vec!["mx1:25  1"]),
        ("hours ago", format!("\n        {unknown}\n        Tue Mar 10 12:55:02:014 2026\n        {}", failed("mx1", "25", "NIEHOST_UNKNOWN")), vec!["mx1:25  1"]),
        ("another error", format!("\n        {unknown}\n        {}", failed("mx1", "25", "NIETIMEOUT")), vec!["mx1:25  1"]),
        ("direct", "\n        *** ERROR => Direct connect to smtp.contoso.example:587 failed: NIECONN_REFUSED(-10) [icxxconn.c 2208]".to_owned(), vec!["smtp.contoso.example:587  1"]),
        ("without stars", "\n        WARNING => Connection request from (*) to host: relay, service: 25 failed (NIEHOST_UNKNOWN)".to_owned(), vec!["relay:25  1"]),
        ("other ports", format!("\n        {}\n        {}", failed("relay", "10025", "NIETIMEOUT"), failed("web", "44300", "NIETIMEOUT")), vec!["relay:10025  1"]),
        ("a port of this file", format!("\n        {}\n        role: Client, protocol: SMTP, local: x, peer: 192.0.2.1:8025", failed("relay", "8025", "NIETIMEOUT")), vec!["relay:8025  1"]),
        ("other threads between", "\n        *** WARNING => Connection request from (9/2240/0) to host: relay, service: 25\n[Thr 2] HTTP thing\n          failed (NIETIMEOUT) {0000015c} [icxxconn.c   2208]".to_owned(), vec!["relay:25  3"]),
    ];
    for (what, body, want) in rows {
        let (store, source) = read(&trace(&body));
        let one = |record: &crate::evidence::Evidence| {
            let facts = store.smtp_of(record).unwrap();
            let reason = ["NiIConnect", "NiHLGetNodeAddr"].into_iter().find(|name| store.text(record.reply).contains(name)).unwrap_or("");
            format!("{}:{} {reason} {}", store.text(facts.host), facts.port, record.lines)
        };
        assert_eq!(store.records.iter().map(one).collect::<Vec<_>>(), want, "{what}");
        assert_eq!(source.ledger.count(Class::NotUnderstood), 0, "{what}");
    }
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
    check(&[(
        "421 for a greeting",
        "\n        role: Client, protocol: SMTP, local: x, peer: 192.0.2.25:25\n        SMTP << 421 4.7.0 too many connections",
        &["Reply connect > 421"],
    )]);
}

#[test]
fn thousands_of_commands_without_reply_are_read_in_linear_time() {
    let many = "\n        SMTP >> RCPT TO:<a@fabrikam.example>".repeat(100_000);
    let (store, source) = read(&trace(&many));
    assert!(store.records.is_empty());
    assert_eq!(source.notes.len(), 1);
}

#[test]
fn the_doubled_hour_is_read_twice() {
    let refuse = |who: &str| {
        format!(
            "
        SMTP << 220 mx1.contoso.example ready
        SMTP >> MAIL FROM:<erp@contoso.example>
        SMTP << 250 OK
        SMTP >> RCPT TO:<{who}@fabrikam.example>
        SMTP << 550 5.1.10 no"
        )
    };
    let text = format!(
        "\n        Sat Oct 24 12:30:00:000 2026\n        Sat Oct 24 12:28:30:000 2026\n        Sun Oct 25 02:30:00:000 2026{}\n        Sun Oct 25 02:50:00:000 2026\n        Sun Oct 25 02:05:00:000 2026{}",
        refuse("a"),
        refuse("b")
    );
    let (store, _) = read(&trace(&text));
    assert_eq!(store.records.iter().map(|record| record.fold).collect::<Vec<_>>(), [Fold::First, Fold::Second]);
}
