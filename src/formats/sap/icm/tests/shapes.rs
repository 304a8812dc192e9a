//! Shapes of lines: wrapped, interleaved, in any style; failures of the network; stamps.

use super::*;

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
        (
            "a second greeting of several lines",
            "
        SMTP << 220 mx1.contoso.example ready
        SMTP << 220-mx2.contoso.example ready
        SMTP << 421 4.3.2 Service not available",
            &["Reply connect > 421"],
        ),
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

/// Numbers stand for names, and what the trace tells of a handshake above its end or below it is in the record's text.
#[test]
fn codes_and_details_of_a_failure() {
    let rows = [
        (
            "
        Direct connect to mx.fabrikam.example:25 failed: rc=-10",
            "Direct connect to mx.fabrikam.example:25 failed: rc=-10; failed (NIECONN_REFUSED)",
            "NET-01",
        ),
        (
            "
        *** ERROR => SSL handshake with mx.fabrikam.example:587 failed: SSSLRC_CONN_CLOSED (-10)",
            "*** ERROR => SSL handshake with mx.fabrikam.example:587 failed: SSSLRC_CONN_CLOSED (-10); SSSLERR_CONN_CLOSED",
            "TLS-20",
        ),
        (
            "
          Client SSL_CTX 7fa31407ac00 pvflags=128 (TLSv1.0)
          SSL:SSL_read() failed  (536875120/0x20001070)
          cli SSL session PSE \"/usr/sap/PRD/D00/sec/SAPSSLC.pse\"
          SSL:SSL_get_state()==0x2120 \"TLS read server hello A\"
          SSL NI-hdl 89: local=192.0.2.11:54438  peer=192.0.2.25:587
        [Thr 2]   SSL NI-hdl 90: local=192.0.2.11:54439  peer=192.0.2.99:443
        *** ERROR => SSL handshake with mx.fabrikam.example:587 failed: SSSLERR_SSL_READ (-58)",
            "*** ERROR => SSL handshake with mx.fabrikam.example:587 failed: SSSLERR_SSL_READ (-58); fatal TLS alert 70 (protocol version); offered TLSv1.0; SAP offers no TLS 1.2; PSE SAPSSLC; peer 192.0.2.25:587; state TLS read server hello A",
            "TLS-01",
        ),
        (
            "
        *** ERROR => SSL handshake with mx.fabrikam.example:587 failed: SSSLERR_SSL_READ (-58)
        ^SAPCRYPTO:SSL_read() failed
        ^
        ^  SSL:SSL_read() failed  (536875120/0x20001070)
          SSL NI-hdl 89: local=192.0.2.11:54438  peer=192.0.2.25:587
        ^  cli SSL session PSE \"/usr/sap/PRD/D00/sec/SAPSSLC.pse\"
          Client SSL_CTX 7fa31407ac00 pvflags=128 (TLSv1.0)
        ^ [ssslsecu.c   4955]",
            "*** ERROR => SSL handshake with mx.fabrikam.example:587 failed: SSSLERR_SSL_READ (-58); fatal TLS alert 70 (protocol version); offered TLSv1.0; SAP offers no TLS 1.2; PSE SAPSSLC; peer 192.0.2.25:587",
            "TLS-01",
        ),
        (
            "
          SSL NI-hdl 89: local=192.0.2.11:54438  peer=192.0.2.99:443
        <<- SapSSLSessionStart(sssl_hdl=7f21b40012c0)==SAP_O_K
        *** ERROR => SSL handshake with mx.fabrikam.example:25 failed: SSSLERR_PEER_CERT_UNTRUSTED (-102)",
            "*** ERROR => SSL handshake with mx.fabrikam.example:25 failed: SSSLERR_PEER_CERT_UNTRUSTED (-102)",
            "TLS-09",
        ),
    ];
    let catalogue = crate::rules::Catalogue::builtin().unwrap();
    let matcher = crate::rules::Matcher::new(&catalogue).unwrap();
    for (body, want, rule) in rows {
        let (store, source) = read(&trace(body));
        let got: Vec<&str> = store.records.iter().map(|record| store.text(record.reply)).collect();
        assert_eq!(got, [want]);
        let judged = matcher.judge(&crate::rules::Said { text: want, ..Default::default() }).map(|judgement| judgement.rule.id.as_str());
        assert_eq!(judged, Some(rule), "{want}");
        assert_eq!(source.ledger.count(Class::NotUnderstood), 0);
    }
}

/// A dialogue reads the same whatever stands in front of its lines.
#[test]
fn work_processes_and_frames() {
    let threads = "trc file: \"dev_icm\", trc level: 3\n[Thr 1] Tue Mar 10 10:55:02 2026\n[Thr 1] SMTP << 220 mx.contoso.example ready\n[Thr 1] SMTP >> EHLO sap.contoso.example\n[Thr 1] SMTP << 250 ok\n[Thr 1] SMTP >> MAIL FROM:<erp@contoso.example>\n[Thr 1] SMTP << 250 ok\n[Thr 1] SMTP >> RCPT TO:<a@fabrikam.example>\n[Thr 1] SMTP << 550 5.1.1 no such user\n";
    let widest = threads.lines().map(|line| line.chars().count()).max().unwrap();
    let framed: String = threads.lines().fold(String::new(), |mut out, line| {
        writeln!(out, "| {line:<widest$} |").unwrap();
        out
    });
    let letters = threads.replace("dev_icm", "dev_w7").replace("[Thr 1] Tue", "M Tue").replace("[Thr 1] ", "M  ");
    let want = read(threads);
    assert_eq!(told(&want.0), ["Fail rcpt erp>a 550"]);
    for text in [framed, letters] {
        let got = read(&text);
        assert_eq!((told(&got.0), got.0.records[0].local, got.0.records[0].line), (told(&want.0), want.0.records[0].local, 9), "{text}");
        let counts = |source: &Source| [Class::Evidence, Class::Frame, Class::NotUnderstood].map(|class| source.ledger.count(class));
        assert_eq!(counts(&got.1), counts(&want.1), "{text}");
        assert!(Icm.recognise(&text).is_some_and(|claim| claim.confidence >= 70), "{text}");
    }
}

#[test]
fn what_a_tool_wrote_in_front_of_each_line_changes_nothing() {
    let plain = include_str!("../sample.txt");
    let (want, source) = read(plain);
    let fronts: [fn(usize, &str) -> String; 6] = [
        |_, line| format!("work/dev_icm:{line}"),
        |n, line| format!("dev_icm:{n}:{line}"),
        |n, line| format!("{n:6}\t{line}"),
        |n, line| format!("|{n:4}|{line:200}|"),
        |_, line| format!("Mar 10 09:55:02 sapapp1 icm[4711]: {line}"),
        |_, line| format!("2026-03-10T09:55:02.123456+01:00 sapapp1 icm: {line}"),
    ];
    for front in fronts {
        let text: String = plain.lines().enumerate().map(|(at, line)| front(at + 1, line) + "\n").collect();
        assert!(Icm.recognise(&text).is_some(), "{text}");
        let (store, copied) = read(&text);
        assert_eq!(told(&store), told(&want), "{text}");
        assert_eq!(copied.ledger, source.ledger, "{text}");
    }
}
