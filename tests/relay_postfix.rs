//! Postfix as a relay between SAP and Exchange Online (relay.md section 1.1).

mod support;

use sostrace::evidence::{Evidence, Kind, Phase, RelayFacts, day_time};
use sostrace::source::Class;
use sostrace::{Reading, read};
use support::{TRACE, arrival, fates, folder, read_text};

/// Lines of one relay's log in the traditional shape, each with its second.
fn log(lines: &[(&str, &str)]) -> String {
    lines.iter().map(|(at, line)| ["Mar 10 ", at, " relay01 postfix/", line, "\n"].concat()).collect()
}

fn facts<'a>(reading: &'a Reading, wanted: &dyn Fn(&Evidence, &RelayFacts) -> bool) -> (&'a Evidence, &'a RelayFacts) {
    let pairs = reading.store.records.iter().filter_map(|record| Some((record, reading.store.relay_of(record)?)));
    pairs.into_iter().find(|(record, facts)| wanted(record, facts)).expect("a record as wanted")
}

#[test]
fn the_sample_tells_the_whole_way() {
    let reading = read_text("mail.log", include_str!("../src/formats/relay/postfix/traditional.sample.log"));
    let source = &reading.sources[0];
    assert_eq!((source.format, source.ledger.count(Class::NotUnderstood), source.ledger.count(Class::Frame)), ("relay-postfix", 0, 3));
    assert_eq!(
        fates(&reading),
        [
            "Accept queued ",
            "Deliver sent ap@fabrikam.example",
            "Fail bounced nobody@fabrikam.example",
            "Event bounce-notice ",
            "Accept queued sap@contoso.example",
            "Deliver sent sap@contoso.example",
            "Reply rejected ap@fabrikam.example",
            "Connect tried ",
            "Defer deferred late@fabrikam.example",
        ]
    );
    let store = &reading.store;
    let (bounced, relay) = facts(&reading, &|_, facts| facts.phase == Phase::Bounced);
    assert_eq!(
        store.text(bounced.reply),
        "550 5.7.64 TenantAttribution; Relay Access Denied [AM0EUR02FT001.eop-EUR02.prod.protection.outlook.com 2026-03-10T08:05:02.391Z 08DE06E6F07EEDFA]"
    );
    assert_eq!(
        (store.text(bounced.sender), store.text(bounced.message_id), bounced.size),
        ("sap@contoso.example", "<ADR51000000000001@contoso.example>", 6001)
    );
    assert_eq!((store.text(relay.client), store.text(relay.client_ip), relay.recipients), ("sapprd01.contoso.example", "192.0.2.11", 2));
    assert_eq!(
        (store.text(relay.host), relay.port, relay.stage, relay.delay),
        ("contoso-example.mail.protection.outlook.com", 25, "rcpt", 1300)
    );
    assert_eq!((relay.dsn.map(|dsn| dsn.to_string()).as_deref(), store.text(relay.name), relay.closed), (Some("5.7.64"), "relay01", true));
    assert_eq!(bounced.local.map(|at| day_time(at.from)).as_deref(), Some("2026-03-10 09:05:02"), "the year is that of the stamps");
    assert!(!source.year_unknown && !source.utc);
    let (notice, relay) = facts(&reading, &|record, facts| record.kind == Kind::Deliver && !facts.parent_queue_id.is_empty());
    assert_eq!((store.text(notice.sender), store.text(relay.next_queue_id)), ("<>", "4fVRHz0Gx0z1V71N"));
    assert_eq!(store.text(relay.parent_queue_id), "4fVRHx19fVz1V71L");
}

/// Every shape of syslog tells the same.
#[test]
fn every_shape_tells_the_same() {
    let message = "5BBB918C6: to=<ap@fabrikam.example>, relay=mx.fabrikam.example[198.51.100.77]:25, delay=1, delays=0/0/0/1, dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as 71111424269E)";
    let json = message.replace('/', "\\/");
    let micros = 1_773_133_502_349_811_u64;
    let rows = [
        ("traditional", format!("Mar 10 09:05:02 relay01 postfix/smtp[269]: {message}"), false),
        ("with a priority", format!("<22>Mar 10 09:05:02 relay01 postfix/smtp[269]: {message}"), false),
        ("year first", format!("2026 Mar 10 09:05:02.349 relay01 postfix/smtp[269]: {message}"), false),
        ("ISO 8601", format!("2026-03-10T10:05:02.349811+01:00 relay01 postfix/smtp[269]: {message}"), true),
        ("RFC 5424", format!("<22>1 2026-03-10T09:05:02.349811Z relay01 postfix 269 - -  {message}"), true),
        ("journalctl short-iso", format!("2026-03-10T09:05:02+0000 relay01 postfix/smtp[269]: {message}"), true),
        ("journalctl short-full", format!("Tue 2026-03-10 09:05:02 UTC relay01 postfix/smtp[269]: {message}"), true),
        (
            "rsyslog JSON",
            format!(
                r#"{{"@timestamp":"2026-03-10T09:05:02.349811+00:00", "host":"relay01", "syslogtag":"postfix\/smtp[269]:", "message":" {json}"}}"#
            ),
            true,
        ),
        (
            "journal JSON",
            format!(
                r#"{{"_HOSTNAME":"relay01","SYSLOG_IDENTIFIER":"postfix/smtp","_PID":"269","__REALTIME_TIMESTAMP":"{micros}","MESSAGE":"{message}"}}"#
            ),
            true,
        ),
        (
            "journal export",
            format!(
                "__CURSOR=s=0;i=0\n__REALTIME_TIMESTAMP={micros}\n_HOSTNAME=relay01\nSYSLOG_IDENTIFIER=postfix/smtp\nMESSAGE={message}\n_PID=269\n"
            ),
            true,
        ),
        ("docker compose", format!("postfix-1  | Mar 10 09:05:02 relay01 postfix/smtp[269]: {message}"), false),
        ("an instance", format!("Mar 10 09:05:02 relay01 postfix-out/smtp[269]: {message}"), false),
        ("an instance without its daemon", format!("<22>1 2026-03-10T09:05:02Z relay01 postfix-out 269 - -  {message}"), true),
        ("a service of its own", format!("Mar 10 09:05:02 relay01 postfix/reinject/smtp[269]: {message}"), false),
    ];
    for (what, text, utc) in rows {
        let reading = read_text("maillog-20260311", &text);
        let source = reading.sources.first().expect(what);
        assert_eq!((source.format, source.utc, source.ledger.count(Class::NotUnderstood)), ("relay-postfix", utc, 0), "{what}");
        assert_eq!(fates(&reading), ["Deliver sent ap@fabrikam.example"], "{what}");
        let (record, relay) = facts(&reading, &|_, _| true);
        assert_eq!(record.local.map(|at| day_time(at.from)).as_deref(), Some("2026-03-10 09:05:02"), "{what}");
        let name = if what.starts_with("an instance") { "relay01/postfix-out" } else { "relay01" };
        assert_eq!((reading.store.text(relay.name), reading.store.text(relay.next_queue_id)), (name, "71111424269E"), "{what}");
    }
}

/// Last lines of a mail with one recipient, and what becomes of it.
#[test]
fn fates_of_a_recipient() {
    let deferred = "smtp[2]: 5BBB918C6: to=<a@fabrikam.example>, relay=mx.fabrikam.example[198.51.100.7]:25, delay=3, delays=0/0/1/2, dsn=4.7.500, status=deferred (host mx.fabrikam.example[198.51.100.7] said: 451 4.7.500 Server busy (in reply to RCPT TO command))";
    let suspended = "error[3]: 5BBB918C6: to=<a@fabrikam.example>, relay=none, delay=9, delays=9/0/0/0, dsn=4.7.500, status=deferred (delivery temporarily suspended: host mx.fabrikam.example[198.51.100.7] said: 451 4.7.500 Server busy (in reply to RCPT TO command))";
    let sent = "smtp[2]: 5BBB918C6: to=<a@fabrikam.example>, relay=mx.fabrikam.example[198.51.100.7]:25, delay=60, delays=59/0/0/1, dsn=2.0.0, status=sent (250 2.0.0 Ok)";
    let rows: [(&[&str], &[&str], &str); 7] = [
        (&[deferred, sent, "qmgr[1]: 5BBB918C6: removed"], &["Defer deferred", "Deliver sent"], "250 2.0.0 Ok"),
        (&[deferred, suspended], &["Defer deferred", "Defer suspended"], "451 4.7.500 Server busy"),
        (
            &[
                deferred,
                "qmgr[1]: 5BBB918C6: from=<sap@contoso.example>, status=expired, returned to sender",
                "qmgr[1]: 5BBB918C6: removed",
            ],
            &["Defer deferred", "Fail expired"],
            "451 4.7.500 Server busy",
        ),
        (
            &[deferred, "qmgr[1]: 5BBB918C6: from=<sap@contoso.example>, status=force-expired, returned to sender"],
            &["Defer deferred", "Fail expired"],
            "451 4.7.500 Server busy",
        ),
        (&[deferred, "postsuper[9]: 5BBB918C6: removed"], &["Defer deferred", "Fail removed"], "451 4.7.500 Server busy"),
        (&[sent, "qmgr[1]: 5BBB918C6: from=<sap@contoso.example>, status=expired, returned to sender"], &["Deliver sent"], "250 2.0.0 Ok"),
        (
            &[
                "smtp[2]: 5BBB918C6: to=<a@fabrikam.example>, relay=none, delay=1, delays=0/0/0/0, dsn=5.4.4, status=undeliverable (unknown)",
            ],
            &["Fail undeliverable"],
            "unknown",
        ),
    ];
    for (lines, want, reply) in rows {
        let lines: Vec<(&str, &str)> = lines.iter().map(|line| ("09:00:00", *line)).collect();
        let reading = read_text("mail.log", &log(&lines));
        let want: Vec<String> = want.iter().map(|fate| format!("{fate} a@fabrikam.example")).collect();
        assert_eq!(fates(&reading), want, "{lines:?}");
        assert_eq!(reading.store.text(reading.store.records.last().unwrap().reply), reply, "{lines:?}");
    }
}

#[test]
fn tries_are_counted_and_suspensions_are_none() {
    let reading = read_text(
        "mail.log",
        &log(&[
            (
                "09:00:00",
                "smtp[2]: 5BBB918C6: to=<a@fabrikam.example>, relay=none, delay=3, delays=0/0/1/2, dsn=4.4.1, status=deferred (connect to mx.fabrikam.example[198.51.100.7]:25: Connection refused)",
            ),
            (
                "09:05:00",
                "error[3]: 5BBB918C6: to=<a@fabrikam.example>, relay=none, delay=9, delays=9/0/0/0, dsn=4.4.1, status=deferred (delivery temporarily suspended: connect to mx.fabrikam.example[198.51.100.7]:25: Connection refused)",
            ),
            (
                "09:10:00",
                "smtp[2]: 5BBB918C6: to=<a@fabrikam.example>, relay=none, delay=603, delays=600/0/1/2, dsn=4.4.1, status=deferred (connect to mx.fabrikam.example[198.51.100.7]:25: Connection refused)",
            ),
        ]),
    );
    let attempts: Vec<u16> = reading.store.relay.iter().map(|facts| facts.attempts).collect();
    assert_eq!(attempts, [1, 0, 2]);
    assert!(reading.store.relay.iter().all(|facts| reading.store.text(facts.host) == "mx.fabrikam.example" && facts.stage == "connect"));
}

/// Refusals at the door and failures of connections have no queue id.
#[test]
fn sessions_without_a_mail() {
    let rows = [
        (
            "smtpd[1]: NOQUEUE: reject: MAIL from sapprd01.contoso.example[192.0.2.11]: 552 5.3.4 Message size exceeds fixed limit; from=<sap@contoso.example> proto=ESMTP helo=<sapprd01>",
            (Kind::Reply, "mail", "552 5.3.4 Message size exceeds fixed limit"),
        ),
        (
            "postscreen[1]: NOQUEUE: reject: RCPT from [192.0.2.11]:4711: 550 5.7.1 Service unavailable; client [192.0.2.11] blocked using bl.example; from=<sap@contoso.example>, to=<a@b.example>, proto=ESMTP, helo=<x>",
            (Kind::Reply, "rcpt", "550 5.7.1 Service unavailable; client [192.0.2.11] blocked using bl.example"),
        ),
        (
            "smtpd[1]: 5BBB918C6: milter-reject: END-OF-MESSAGE from unknown[192.0.2.11]: 5.7.1 Rejected by filter; from=<sap@contoso.example> to=<a@b.example> proto=ESMTP helo=<x>",
            (Kind::Reply, "eod", "5.7.1 Rejected by filter"),
        ),
        (
            "cleanup[1]: 5BBB918C6: reject: header Subject: Invoice from unknown[192.0.2.11]; from=<sap@contoso.example> to=<a@b.example> proto=ESMTP helo=<x>: 5.7.1 no invoices",
            (Kind::Reply, "eod", "5.7.1 no invoices"),
        ),
        (
            "submission/smtpd[1]: warning: unknown[192.0.2.11]: SASL LOGIN authentication failed: authentication failure, sasl_username=sap@contoso.example",
            (
                Kind::Auth,
                "auth",
                "unknown[192.0.2.11]: SASL LOGIN authentication failed: authentication failure, sasl_username=sap@contoso.example",
            ),
        ),
        ("smtpd[1]: SSL_accept error from unknown[192.0.2.11]: -1", (Kind::Tls, "tls", "SSL_accept error from unknown[192.0.2.11]: -1")),
        (
            "smtpd[1]: lost connection after DATA (289 bytes) from unknown[192.0.2.11]",
            (Kind::Event, "", "lost connection after DATA (289 bytes) from unknown[192.0.2.11]"),
        ),
        (
            "smtpd[1]: warning: Connection rate limit exceeded: 5 from unknown[192.0.2.11] for service smtp",
            (Kind::Reply, "connect", "Connection rate limit exceeded: 5 from unknown[192.0.2.11] for service smtp"),
        ),
    ];
    for (line, (kind, stage, reply)) in rows {
        let reading = read_text("mail.log", &log(&[("09:00:00", line)]));
        let (record, relay) = facts(&reading, &|_, _| true);
        assert_eq!((record.kind, relay.stage, reading.store.text(record.reply)), (kind, stage, reply), "{line}");
        assert!(["192.0.2.11"].contains(&reading.store.text(relay.client_ip)), "{line}");
        let named = line.contains("from=<sap@");
        assert_eq!(reading.store.text(record.sender), if named { "sap@contoso.example" } else { "" }, "{line}");
    }
}

/// The handshake's own words stand in the line before, of the same process.
#[test]
fn a_failed_handshake_explains_the_deferral() {
    let deferred = |pid: u32| {
        format!(
            "smtp[{pid}]: 5BBB918C6: to=<a@fabrikam.example>, relay=mx.fabrikam.example[198.51.100.7]:25, delay=3, delays=0/0/1/2, dsn=4.7.5, status=deferred (Server certificate not trusted)"
        )
    };
    let cause = "smtp[2]: certificate verification failed for mx.fabrikam.example[198.51.100.7]:25: self-signed certificate";
    let reply = |pid| {
        let reading = read_text("mail.log", &log(&[("09:00:00", cause), ("09:00:00", &deferred(pid))]));
        assert_eq!(reading.store.records[0].kind, Kind::Tls);
        reading.store.text(reading.store.records[1].reply).to_owned()
    };
    assert!(reply(2).ends_with("self-signed certificate"));
    assert_eq!(reply(3), "Server certificate not trusted");
}

/// Short ids are used again: what is behind `removed` is another mail (relay.md section 1.1.3).
#[test]
fn an_id_that_is_used_again_is_another_mail() {
    let mail = |n: u32| {
        [
            format!("smtpd[1]: 5BBB918C6: client=sapprd0{n}.contoso.example[192.0.2.1{n}]"),
            format!("cleanup[1]: 5BBB918C6: message-id=<{n}@contoso.example>"),
            format!(
                "cleanup[1]: 5BBB918C6: warning: header Subject: Invoice {n} from sapprd01[192.0.2.1{n}]; from=<sap@contoso.example> to=<a@b.example> proto=ESMTP helo=<x>"
            ),
            format!("qmgr[1]: 5BBB918C6: from=<sap{n}@contoso.example>, size=10{n}, nrcpt=1 (queue active)"),
            format!(
                "smtp[1]: 5BBB918C6: to=<a{n}@b.example>, orig_to=<alias>, relay=b.example[198.51.100.7]:25, delay=1, dsn=2.0.0, status=sent (250 ok)"
            ),
        ]
    };
    for removed in [true, false] {
        let mut lines = mail(1).to_vec();
        if removed {
            lines.push("qmgr[1]: 5BBB918C6: removed".to_owned());
        }
        lines.extend(mail(2));
        let lines: Vec<(&str, &str)> = lines.iter().map(|line| ("09:00:00", line.as_str())).collect();
        let reading = read_text("mail.log", &log(&lines));
        let store = &reading.store;
        let row = |record: &Evidence| {
            [record.message_id, record.sender, record.subject, record.recipient].map(|sym| store.text(sym).to_owned()).join(" ")
        };
        let of = |n: u32| format!("<{n}@contoso.example> sap{n}@contoso.example Invoice {n} a{n}@b.example");
        assert_eq!(store.records.iter().map(row).collect::<Vec<_>>(), [of(1), of(1), of(2), of(2)], "{removed}");
        let facts: Vec<(bool, &str)> = store.relay.iter().map(|facts| (facts.closed, store.text(facts.original))).collect();
        assert_eq!(facts, [(removed, ""), (removed, "alias"), (false, ""), (false, "alias")]);
    }
}

/// A client that began a mail which never came into the queue was refused or left.
#[test]
fn a_mail_that_never_came_into_the_queue() {
    let reading = read_text(
        "mail.log",
        &log(&[
            ("09:00:00", "smtpd[1]: 5BBB918C6: client=sapprd01.contoso.example[192.0.2.11]"),
            ("09:00:01", "smtpd[1]: warning: 5BBB918C6: queue file size limit exceeded"),
            (
                "09:00:02",
                "smtpd[1]: disconnect from sapprd01.contoso.example[192.0.2.11] ehlo=1 mail=1 rcpt=1 data=0/1 quit=1 commands=4/5",
            ),
        ]),
    );
    assert_eq!(fates(&reading), ["Event unfinished ", "Reply rejected "]);
    assert!(reading.store.relay.iter().all(|facts| reading.store.text(facts.client_ip) == "192.0.2.11"));
}

#[test]
fn damaged_and_foreign_lines_are_counted() {
    let text = log(&[(
        "09:00:00",
        "smtp[1]: 5BBB918C6: to=<a@b.example>, relay=b.example[198.51.100.7]:25, delay=1, dsn=2.0.0, status=sent (250 ok)",
    )]) + "Mar 10 09:00:00 relay01 postfix/smtp[1]: 5BBB918C7: to=<a@b.example>, relay=b.exa\n"
        + "Mar 10 09:00:00 relay01 dovecot: imap-login: Login: user=<a@b.example>\n"
        + "Mar 10 09:00:01 relay01 last message repeated 2 times\n"
        + "\u{0}\u{1}garbage\n\n"
        + "Mar 32 09:00:00 relay01 postfix/smtp[1]: x\n";
    let reading = read_text("mail.log", &text);
    let ledger = &reading.sources[0].ledger;
    assert_eq!((ledger.count(Class::Evidence), ledger.count(Class::Frame), ledger.count(Class::NotUnderstood)), (2, 3, 2));
    assert_eq!(fates(&reading), ["Deliver sent a@b.example", "Event cut a@b.example"]);
}

/// The year of traditional lines: from the file, else from the others; never from today.
#[test]
fn the_year_comes_from_what_the_run_knows() {
    let line = |at: &str| {
        format!(
            "{at} relay01 postfix/smtp[1]: 5BBB918C6: to=<a@b.example>, relay=b.example[198.51.100.7]:25, delay=1, dsn=2.0.0, status=sent (250 ok)\n"
        )
    };
    let times = |reading: &Reading| -> Vec<String> {
        reading
            .store
            .records
            .iter()
            .filter(|record| reading.store.relay_of(record).is_some())
            .filter_map(|r| r.local)
            .map(|at| day_time(at.from))
            .collect()
    };
    let alone = read_text("mail.log", &line("Mar 10 09:00:00"));
    assert!(alone.sources[0].year_unknown && alone.sources[0].notes.iter().any(|note| note.text.contains("have no year")));
    assert_eq!(times(&alone), ["2000-03-10 09:00:00"]);
    let turned = read_text("mail.log-20260105", &(line("Dec 31 23:59:00") + &line("Jan  1 00:01:00")));
    assert_eq!(times(&turned), ["2025-12-31 23:59:00", "2026-01-01 00:01:00"]);
    let trace = TRACE.to_owned() + &arrival(1, "a@b.example", 1, "Receive, Send");
    let folder = folder(&[("mail.log", line("Mar 10 09:00:00").as_bytes()), ("trace.csv", trace.as_bytes())]);
    let both = read(&[folder.path().to_path_buf()], &mut ());
    assert_eq!(times(&both), ["2026-03-10 09:00:00"]);
    assert!(both.sources.iter().any(|source| source.notes.iter().any(|note| note.text.contains("from the other files"))));
}

/// Secrets may stand in replies that quote a command, and in lines of a verbose dialogue.
#[test]
fn credentials_are_not_kept() {
    let secret = "AGVycEBjb250b3NvAFMzY3JldDEy";
    let text = log(&[
        ("09:00:00", &format!("smtp[1]: > mx.fabrikam.example[198.51.100.7]:587: AUTH PLAIN {secret}")),
        (
            "09:00:00",
            &format!(
                "smtp[1]: 5BBB918C6: to=<a@b.example>, relay=b.example[198.51.100.7]:25, delay=1, dsn=5.5.1, status=bounced (host b.example[198.51.100.7] said: 500 5.5.1 Command unrecognized: \"AUTH PLAIN {secret}\" (in reply to AUTH command))"
            ),
        ),
        ("09:00:00", &format!("smtpd[1]: warning: unknown[192.0.2.1]: SASL LOGIN authentication failed: {secret}")),
        ("09:00:00", &format!("smtpd[1]: warning: non-SMTP command from unknown[192.0.2.1]: AUTH LOGIN {secret}")),
        ("09:00:00", &format!("smtpd[1]: improper command pipelining after AUTH from unknown[192.0.2.1]: {secret}")),
    ]);
    let reading = read_text("mail.log", &text);
    assert_eq!(reading.store.records.len(), 2);
    assert!(!format!("{:?}", reading.store.strings).contains(secret));
}
