//! Each row of the verdict table, from files to the row of the result.
#![allow(clippy::format_collect, clippy::type_complexity)] // rows are put together as they read

mod support;

use support::{TABLE, TRACE, analyse_files, arrival, others, request, table};

const REFUSED: &str =
    "550 5.7.64 TenantAttribution; Relay Access Denied [AM0PR02CA0001.eurprd02.prod.outlook.com 2026-03-10T08:05:02.000Z 08DE7D0123456789]";
const PUT_OFF: &str = "432 4.3.2 STOREDRV.ClientSubmit; sender thread limit exceeded [Hostname=AM0PR02MB0001.EURPRD02.PROD.OUTLOOK.COM]";

/// One mail of each kind. Five sent ones let the keys pass their self-test.
fn files() -> (String, String) {
    let (mut sap, mut trace) = (TABLE.to_owned(), format!("{TRACE}{}", others()));
    for number in 1..=5 {
        sap += &request(number, "ap@fabrikam.example", 10 + number, "S", ("XS", 718), "");
        trace += &arrival(number, "ap@fabrikam.example", 10 + number, "Receive, Send");
    }
    let rows: [(u32, &str, (&str, u32), &str, Option<&str>); 14] = [
        (20, "E", ("XS", 816), "", Some("Receive, Deliver")),
        (21, "S", ("XS", 718), "", Some("Receive, Deliver")),
        (22, "S", ("XS", 718), "", Some("Receive, Quarantine")),
        (23, "S", ("XS", 718), "", Some("Receive, FilteredAsSpam")),
        (24, "S", ("XS", 718), "", Some("Receive, Fail")),
        (25, "S", ("XS", 718), "", Some("Receive, Defer")),
        (26, "W", ("XS", 602), PUT_OFF, None),
        (27, "E", ("XS", 806), REFUSED, None),
        (28, "E", ("XS", 806), PUT_OFF, None),
        (29, "W", ("SO", 672), "", None),
        (30, "E", ("XS", 816), "", None),
        (31, "S", ("XS", 718), "", None),
        (32, "S", ("XS", 718), "", Some("Receive")),
        (33, "S", ("SO", 73), "", Some("Receive, Send, Fail")),
    ];
    for (number, kind, message, reply, events) in rows {
        let to = format!("m{number}@fabrikam.example");
        sap += &request(number, &to, number, kind, message, reply);
        if let Some(events) = events {
            trace += &arrival(number, &to, number, events);
        }
    }
    (sap, trace)
}

fn found(sap: &str, trace: Option<&str>) -> Vec<(String, String, String)> {
    let mut files = vec![("sap.txt", sap.as_bytes())];
    files.extend(trace.map(|trace| ("trace.csv", trace.as_bytes())));
    let rows = table(&analyse_files(&files));
    rows.iter()
        .map(|row| (row["recipient"].clone(), row["verdict"].clone(), row["action"].clone()))
        .filter(|(to, ..)| to.starts_with('m'))
        .collect()
}

fn check(found: &[(String, String, String)], want: &[(u32, &str, &str)]) {
    for (number, verdict, action) in want {
        let to = format!("m{number}@fabrikam.example");
        let got: Vec<_> = found
            .iter()
            .filter(|(recipient, ..)| *recipient == to)
            .map(|(_, verdict, action)| (verdict.as_str(), action.as_str()))
            .collect();
        assert_eq!(got, [(*verdict, *action)], "{to}");
    }
}

#[test]
fn every_verdict_from_a_table_and_a_trace() {
    let (sap, trace) = files();
    let want = [
        (20, "conflict", "do-not-resend"),
        (21, "delivered", "none"),
        (22, "diverted", "investigate"),
        (23, "diverted", "investigate"),
        (24, "bounced", "investigate"),
        (25, "deferred", "wait"),
        (26, "deferred", "wait"),
        (27, "rejected", "resend"),
        (28, "rejected", "resend"),
        (29, "waiting", "wait"),
        (30, "unsent", "resend"),
        (31, "missing", "investigate"),
        (32, "unknown", "investigate"),
        (33, "bounced", "investigate"),
    ];
    check(&found(&sap, Some(&trace)), &want);
}

#[test]
fn a_table_alone_says_what_sap_knows() {
    let (sap, _) = files();
    let want = [
        (20, "unsent", "resend"),
        (21, "handed-off", "none"),
        (24, "handed-off", "none"),
        (26, "deferred", "wait"),
        (27, "rejected", "resend"),
        (31, "handed-off", "none"),
    ];
    check(&found(&sap, None), &want);
}

/// What a trace can not be trusted to show is handed off, never missing.
#[test]
fn only_inside_coverage_a_mail_is_missing() {
    let sap = format!("{TABLE}{}", request(31, "m31@fabrikam.example", 31, "S", ("XS", 718), ""));
    let foreign = |text: &str| text.replace("sap@contoso.example", "hr@contoso.example");
    let many = |sender: &str| {
        (1..=6)
            .map(|n| foreign(&arrival(n, "ap@fabrikam.example", n, "Receive, Send")).replace("hr@contoso.example", sender))
            .collect::<String>()
    };
    let day = others();
    let rows: Vec<(&str, String, &str)> = vec![
        ("the whole day", format!("{TRACE}{day}"), "missing"),
        ("two rows only", format!("{TRACE}{}", day.lines().take(2).map(|line| format!("{line}\n")).collect::<String>()), "handed-off"),
        ("the morning only", format!("{TRACE}{}", day.lines().take(3).map(|line| format!("{line}\n")).collect::<String>()), "handed-off"),
        ("one other sender", format!("{TRACE}{}", many("hr@contoso.example")), "handed-off"),
        ("failures only", format!("{TRACE}{}", day.replace("Receive, Deliver", "Receive, Fail")), "handed-off"),
        ("one other recipient", format!("{TRACE}{}", one_recipient(&day)), "handed-off"),
    ];
    for (what, trace, verdict) in rows {
        let got = found(&sap, Some(&trace));
        assert_eq!(got.iter().map(|(_, verdict, _)| verdict.as_str()).collect::<Vec<_>>(), [verdict], "{what}");
    }
}

fn one_recipient(trace: &str) -> String {
    trace
        .lines()
        .map(|line| {
            line.split('"')
                .enumerate()
                .map(|(at, part)| if at == 1 { "\"tom@contoso.example##Receive, Deliver\"" } else { part })
                .collect::<String>()
                + "\n"
        })
        .collect()
}

/// The zone decides whether a mail lies inside coverage: while it is unknown, nothing is missing.
#[test]
fn with_an_unknown_zone_nothing_is_missing() {
    let sap = format!("{TABLE}{}", request(31, "m31@fabrikam.example", 31, "S", ("XS", 718), ""));
    let trace = format!("{TRACE}{}", others());
    let folder = support::folder(&[("sap.txt", sap.as_bytes()), ("trace.csv", trace.as_bytes())]);
    let analysis = support::analyse_paths(&[folder.path().to_path_buf()], &sostrace::Options::default());
    assert_eq!(table(&analysis)[0]["verdict"], "handed-off");
}

/// Two exports of the same request are one journey, whatever their layouts; the later status counts.
#[test]
fn exports_that_overlap_are_one_journey() {
    let (waiting, sent) =
        (request(1, "m1@fabrikam.example", 1, "W", ("XS", 602), PUT_OFF), request(1, "m1@fabrikam.example", 40, "S", ("XS", 718), ""));
    let keyless = |text: &str| text.lines().map(|line| format!("{}\n", line.splitn(5, '\t').nth(4).unwrap_or(""))).collect::<String>();
    let (old, new) = (format!("{TABLE}{waiting}"), format!("{TABLE}{sent}"));
    for new in [new.clone(), keyless(&new)] {
        let rows = table(&analyse_files(&[("old.txt", old.as_bytes()), ("new.txt", new.as_bytes())]));
        assert_eq!(rows.iter().map(|row| row["verdict"].as_str()).collect::<Vec<_>>(), ["handed-off"]);
        assert!(rows[0]["evidence"].contains("old.txt:2") && rows[0]["evidence"].contains("new.txt:2"), "{}", rows[0]["evidence"]);
    }
}

/// One key may stand for requests of two systems; neither hides the other.
#[test]
fn one_key_in_two_systems_is_two_journeys() {
    let prod = format!("{TABLE}{}", request(1, "m1@fabrikam.example", 1, "S", ("XS", 718), ""));
    let test = format!("{TABLE}{}", request(1, "m2@fabrikam.example", 2, "E", ("XS", 816), "").replace("Invoice 1", "Other"));
    let rows = table(&analyse_files(&[("prod.txt", prod.as_bytes()), ("test.txt", test.as_bytes())]));
    assert_eq!(rows.iter().map(|row| row["verdict"].as_str()).collect::<Vec<_>>().len(), 2);
    assert!(rows.iter().any(|row| row["verdict"] == "unsent"));
}

/// An alias or a group has no end of its own: that of the addresses it stands for counts.
#[test]
fn aliases_and_groups_end_where_their_members_do() {
    let sap = format!("{TABLE}{}", request(1, "m1@contoso.example", 1, "S", ("XS", 718), ""));
    let row = |events: &str| arrival(1, "m1@contoso.example", 1, events);
    let rows = [
        (row("Receive, Resolve;real@contoso.example##Receive, Deliver"), "delivered"),
        (row("Receive, Expand, Fail;a@contoso.example##Receive, Deliver;b@contoso.example##Receive, Deliver"), "delivered"),
        (row("Receive, Expand;a@contoso.example##Receive, Deliver;b@contoso.example##Receive, Fail"), "bounced"),
    ];
    for (row, verdict) in rows {
        let trace = format!("{TRACE}{}{row}", others());
        assert_eq!(found(&sap, Some(&trace))[0].1, verdict, "{row}");
    }
}

/// Where SAP and the trace can not be told apart, nobody is told to send again.
#[test]
fn a_mail_that_may_have_arrived_is_never_to_be_resent() {
    let failed = |number: u32, reply: &str| {
        let row =
            request(number, "m1@fabrikam.example", 10 + number, "E", ("XS", 816), reply).replace(&format!("Invoice {number}"), "Advice");
        row.splitn(5, '\t').nth(4).map(|rest| format!("{rest}\n")).unwrap_or_default().replace("\n\n", "\n")
    };
    let header = TABLE.splitn(5, '\t').nth(4).unwrap_or("");
    let arrived =
        |second: u32| arrival(second, "m1@fabrikam.example", second, "Receive, Deliver").replace(&format!("Invoice {second}"), "Advice");
    let rows = [
        ("one of two equal mails arrived", vec![failed(1, ""), failed(2, "")], vec![arrived(12)]),
        ("both arrived", vec![failed(1, ""), failed(2, "")], vec![arrived(12), arrived(13)]),
        ("the connection dropped behind the data", vec![failed(1, "421 4.4.2 Connection dropped")], vec![arrived(11)]),
    ];
    for (what, sap, trace) in rows {
        let (sap, trace) = (format!("{header}{}", sap.concat()), format!("{TRACE}{}{}", others(), trace.concat()));
        let got = found(&sap, Some(&trace));
        assert!(!got.is_empty() && got.iter().all(|(.., action)| action != "resend" && action != "none"), "{what}: {got:?}");
    }
}

/// SAP sent the mail to its end and never saw the answer: it may have arrived, so nobody sends it again blindly.
#[test]
fn a_mail_without_an_answer_is_looked_into() {
    let icm = "---------------------------------------------------\ntrc file: \"dev_icm\", trc level: 3, release: \"785\"\n---------------------------------------------------\n\
        [Thr 7] Tue Mar 10 08:05:10:000 2026\n[Thr 7] SMTP << 220 mx.contoso.example ESMTP\n[Thr 7] SMTP >> EHLO sap\n[Thr 7] SMTP << 250 mx.contoso.example\n\
        [Thr 7] SMTP >> MAIL FROM:<sap@contoso.example>\n[Thr 7] SMTP << 250 2.1.0 Sender OK\n[Thr 7] SMTP >> RCPT TO:<m1@fabrikam.example>\n\
        [Thr 7] SMTP << 250 2.1.5 Recipient OK\n[Thr 7] SMTP >> DATA\n[Thr 7] SMTP << 354 Start mail input\n[Thr 7] Tue Mar 10 08:05:12:000 2026\n";
    let sap = format!("{TABLE}{}", request(1, "m1@fabrikam.example", 13, "E", ("XS", 816), ""));
    let rows = table(&analyse_files(&[("sap.txt", sap.as_bytes()), ("dev_icm", icm.as_bytes())]));
    assert_eq!((rows[0]["verdict"].as_str(), rows[0]["action"].as_str()), ("unsent", "investigate"), "{rows:?}");
    let rows = table(&analyse_files(&[("dev_icm", icm.as_bytes())]));
    assert_eq!((rows[0]["verdict"].as_str(), rows[0]["action"].as_str()), ("unknown", "investigate"), "{rows:?}");
}

/// The same status in a list and in SOES: the row that keeps the server's words tells the cause, wherever it stands.
#[test]
fn the_reply_of_another_export_of_the_same_status_counts() {
    let full = request(1, "m1@fabrikam.example", 1, "E", ("XS", 806), REFUSED);
    let bare = request(1, "m1@fabrikam.example", 1, "E", ("XS", 806), "").replace("contoso-example.mail.protection.outlook.com:25", "");
    for (a, b) in [("a.txt", "b.txt"), ("b.txt", "a.txt")] {
        let files = [(a, format!("{TABLE}{full}")), (b, format!("{TABLE}{bare}"))];
        let rows = table(&analyse_files(&[(files[0].0, files[0].1.as_bytes()), (files[1].0, files[1].1.as_bytes())]));
        assert_eq!((rows.len(), rows[0]["rule"].as_str(), rows[0]["action"].as_str()), (1, "RELAY-01", "resend"));
    }
}

/// Whoever delivered it first: a failure that is told later of the same submission is the end.
#[test]
fn a_mail_that_came_back_is_bounced() {
    let sap = format!("{TABLE}{}", request(1, "m1@fabrikam.example", 1, "S", ("XS", 718), ""));
    let with_id = |row: String, id: &str| row.replace(",,203.0.113.10", &format!(",{id},203.0.113.10"));
    let (first, second) = ("9c92e718-8ee3-dfb7-93f0-08de7ed2b30f", "1111e718-8ee3-dfb7-93f0-08de7ed2b30f");
    let sent = with_id(arrival(1, "m1@fabrikam.example", 1, "Receive, Send"), first);
    let failed = |id| with_id(arrival(1, "m1@fabrikam.example", 4, "Receive, Fail"), id);
    for (id, verdict) in [(first, "bounced"), (second, "delivered")] {
        let trace = format!("{TRACE}{}{sent}{}", others(), failed(id));
        assert_eq!(found(&sap, Some(&trace))[0].1, verdict, "{id}");
    }
}
