//! Logs of relays as they come: begun and ended in the middle of a mail, rotated, with a clock that jumps, cut lines, lines
//! that syslog wrote once for several, and lines of other daemons. All are counted, none is fatal, and a mail of which a
//! part is missing is marked rather than judged.

mod support;

use sostrace::source::Class;
use sostrace::{Analysis, Options};
use std::collections::BTreeMap;
use support::{analyse_files, analyse_paths, fates, folder, read_text, table};

const TO: &str = "ap@fabrikam.example";
const BUSY: &str = "host contoso-example.mail.protection.outlook.com[198.51.100.21] said: 451 4.7.500 Server busy. Please try again later from [203.0.113.10]. (S77714) (in reply to RCPT TO command)";

fn line(at: &str, text: &str) -> String {
    format!("2026-03-10T{at}.100000+00:00 relay01 postfix/{text}\n")
}

fn begun(at: &str, id: &str, number: u32) -> String {
    [
        line(at, &format!("smtpd[265]: {id}: client=sapprd01.contoso.example[192.0.2.11]")),
        line(at, &format!("cleanup[268]: {id}: message-id=<ADR51{number:012}@contoso.example>")),
        line(at, &format!("qmgr[221]: {id}: from=<sap@contoso.example>, size=6001, nrcpt=1 (queue active)")),
    ]
    .concat()
}

fn tried(at: &str, id: &str, status: &str, why: &str) -> String {
    let dsn = if status == "sent" { "2.0.0" } else { "4.7.500" };
    line(
        at,
        &format!(
            "smtp[2]: {id}: to=<{TO}>, relay=mx.fabrikam.example[198.51.100.7]:25, delay=1, delays=0/0/0/1, dsn={dsn}, status={status} ({why})"
        ),
    )
}

fn sent(at: &str, id: &str) -> String {
    tried(at, id, "sent", "250 2.0.0 Ok")
}

fn deferred(at: &str, id: &str) -> String {
    tried(at, id, "deferred", BUSY)
}

fn one(analysis: &Analysis) -> BTreeMap<&'static str, String> {
    let all = table(analysis);
    assert_eq!(all.len(), 1, "{all:#?}");
    all.into_iter().next().unwrap()
}

fn notes(analysis: &Analysis) -> String {
    let all: Vec<String> = analysis.reading.sources.iter().flat_map(|source| &source.notes).map(|note| format!("{note:?}")).collect();
    all.join("\n")
}

const ID: &str = "4fVRHx19fVz00001";

#[test]
fn a_log_that_begins_in_the_middle_of_a_mail() {
    let removed = line("08:06:00", &format!("qmgr[221]: {ID}: removed"));
    let expired = line("08:06:00", &format!("qmgr[221]: {ID}: from=<sap@contoso.example>, status=expired, returned to sender"));
    let active = line("08:05:58", &format!("qmgr[221]: {ID}: from=<sap@contoso.example>, size=6001, nrcpt=1 (queue active)"));
    let rows = [
        ("its end alone", sent("08:05:59", ID) + &removed, "delivered"),
        ("a try alone", deferred("08:05:59", ID), "deferred"),
        ("given up, the tries before", expired + &removed, "bounced"),
        ("another try, and no end", active, "unknown"),
    ];
    for (what, log, verdict) in rows {
        let analysis = analyse_files(&[("mail.log", log.as_bytes())]);
        let row = one(&analysis);
        assert_eq!((row["verdict"].as_str(), row["relay_queue_id"].as_str()), (verdict, ID), "{what}");
        assert!(notes(&analysis).contains("mails that began before this log: 1"), "{what}: {}", notes(&analysis));
    }
    // The last line of a mail alone tells nothing of it but that it was there.
    let analysis = analyse_files(&[("mail.log", removed.as_bytes())]);
    assert!(table(&analysis).is_empty() && notes(&analysis).contains("mails that began before this log: 1"));
}

#[test]
fn a_log_that_ends_in_the_middle_of_a_mail() {
    let client = line("08:05:00", &format!("smtpd[265]: {ID}: client=sapprd01.contoso.example[192.0.2.11]"));
    let rows = [
        ("in the queue", begun("08:05:00", ID, 1), "unknown", true),
        ("before it was in the queue", client, "unknown", false),
        ("between two tries", begun("08:05:00", ID, 1) + &deferred("08:05:09", ID), "deferred", false),
    ];
    for (what, log, verdict, endless) in rows {
        let analysis = analyse_files(&[("mail.log", log.as_bytes())]);
        let row = one(&analysis);
        assert_eq!(row["verdict"], verdict, "{what}");
        assert!(verdict != "unknown" || row["action"] == "investigate", "{what}");
        assert_eq!(notes(&analysis).contains("mails without any end in this log: 1"), endless, "{what}: {}", notes(&analysis));
    }
}

/// Three rotated files: mails go on from one to the next.
#[test]
fn rotated_files_in_any_order() {
    let other = "4fVRHx19fVz00002";
    let files = [
        ("mail.log.2", begun("08:05:00", ID, 1) + &deferred("08:05:09", ID) + &begun("08:05:10", other, 2)),
        ("mail.log.1", deferred("08:15:09", ID) + &deferred("08:15:10", other) + &deferred("08:25:10", other)),
        (
            "mail.log",
            sent("08:35:09", ID)
                + &line("08:35:10", &format!("qmgr[221]: {ID}: removed"))
                + &line("08:45:09", &format!("qmgr[221]: {other}: from=<sap@contoso.example>, status=expired, returned to sender"))
                + &line("08:45:10", &format!("qmgr[221]: {other}: removed")),
        ),
    ];
    let bytes: Vec<(&str, &[u8])> = files.iter().map(|(name, text)| (*name, text.as_bytes())).collect();
    let folder = folder(&bytes);
    let path = |at: usize| folder.path().join(files[at].0);
    let orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];
    let all: Vec<_> = orders.iter().map(|order| table(&analyse_paths(&order.map(path), &Options::default()))).collect();
    assert!(all.iter().all(|table| *table == all[0]), "the order of the files counts: {all:#?}");
    assert_eq!(all[0].len(), 2);
    let of = |number: u32| all[0].iter().find(|row| row["message_id"].contains(&format!("{number}@"))).unwrap();
    assert_eq!((of(1)["verdict"].as_str(), of(1)["attempts"].as_str()), ("delivered", "3"), "tries of all files count");
    assert_eq!((of(2)["verdict"].as_str(), of(2)["reply_code"].as_str(), of(2)["attempts"].as_str()), ("bounced", "451", "2"));
    // The names of the files may tell nothing either.
    let renamed: Vec<(&str, &[u8])> =
        ["c.log", "a.log", "b.log"].iter().zip(&files).map(|(name, (_, text))| (*name, text.as_bytes())).collect();
    let renamed = table(&analyse_files(&renamed));
    let fate = |table: &[BTreeMap<&'static str, String>]| {
        table.iter().map(|row| (row["journey"].clone(), row["verdict"].clone(), row["attempts"].clone())).collect::<Vec<_>>()
    };
    assert_eq!(fate(&renamed), fate(&all[0]));
}

/// Of three recipients the log names one before it ends.
#[test]
fn a_log_that_ends_between_recipients() {
    let log = begun("08:05:00", ID, 1).replace("nrcpt=1", "nrcpt=3") + &sent("08:05:02", ID);
    let whole = log.clone() + &line("08:05:03", &format!("qmgr[221]: {ID}: removed"));
    for (log, told) in [(log, true), (whole, false)] {
        let analysis = analyse_files(&[("mail.log", log.as_bytes())]);
        assert_eq!(one(&analysis)["verdict"], "delivered");
        assert_eq!(notes(&analysis).contains("more recipients than this log names: 1"), told, "{}", notes(&analysis));
    }
}

/// Nothing tells the year of either file: the one of January stands behind the one of December all the same.
#[test]
fn rotated_over_new_year() {
    let bare = |date: &str, text: &str| text.replace("2026-03-10T", &format!("{date} ")).replace(".100000+00:00 ", " ");
    let before = bare("Dec 31", &(begun("23:58:00", ID, 1) + &deferred("23:58:02", ID)));
    let behind = bare("Jan  1", &(sent("00:05:02", ID) + &line("00:05:03", &format!("qmgr[221]: {ID}: removed"))));
    let files = [("mail.log.1", before.as_bytes()), ("mail.log", behind.as_bytes())];
    let folder = folder(&files);
    let path = |at: usize| folder.path().join(files[at].0);
    let all: Vec<_> = [[0, 1], [1, 0]].iter().map(|order| table(&analyse_paths(&order.map(path), &Options::default()))).collect();
    assert_eq!(all[0], all[1], "the order of the files counts");
    let row = &all[0][0];
    assert_eq!((all[0].len(), row["verdict"].as_str(), row["attempts"].as_str()), (1, "delivered", "2"), "{behind}");
    assert_eq!(row["latency_s"], "422");
}

#[test]
fn a_clock_that_jumps() {
    let back = begun("09:05:00", ID, 1) + &deferred("09:05:09", ID) + &sent("08:10:00", ID);
    let analysis = analyse_files(&[("mail.log", back.as_bytes())]);
    assert_eq!(one(&analysis)["verdict"], "delivered", "the order of the lines counts");
    assert!(notes(&analysis).contains("the clock goes back by 55 minutes"), "{}", notes(&analysis));
    let forth = begun("08:05:00", ID, 1) + &deferred("20:05:09", ID) + &sent("08:05:20", ID) + &begun("08:05:30", "4fVRHx19fVz00002", 2);
    let analysis = analyse_files(&[("mail.log", forth.as_bytes())]);
    let verdicts: Vec<String> = table(&analysis).into_iter().map(|row| row["verdict"].clone()).collect();
    assert_eq!(
        (verdicts, notes(&analysis).contains("the clock goes back by 719 minutes")),
        (vec!["delivered".to_owned(), "unknown".to_owned()], true)
    );
}

/// Syslog cuts at 1024 bytes, wherever that is.
#[test]
fn cut_lines() {
    let whole = tried("08:15:09", ID, "bounced", &BUSY.replace("451 4.7.500", "550 5.7.64"));
    let before = begun("08:05:00", ID, 1) + &deferred("08:05:09", ID);
    for (what, at, verdict, code, lost) in [
        ("in its reason", whole.find(" (in reply").unwrap(), "bounced", "550", false),
        ("in its status", whole.find("status=").unwrap() + 9, "unknown", "", true),
        ("before its status", whole.find("dsn=").unwrap(), "unknown", "", true),
    ] {
        for end in ["\n", ""] {
            let analysis = analyse_files(&[("mail.log", (before.clone() + &whole[..at] + end).as_bytes())]);
            let row = one(&analysis);
            assert_eq!((row["verdict"].as_str(), row["reply_code"].as_str()), (verdict, code), "{what}");
            assert_eq!(
                notes(&analysis).contains("lines that are cut before they tell how a try went: 1"),
                lost,
                "{what}: {}",
                notes(&analysis)
            );
        }
    }
    // A later line tells it all the same.
    let later = before + &whole[..whole.find("dsn=").unwrap()] + "\n" + &sent("08:25:00", ID);
    assert_eq!(one(&analyse_files(&[("mail.log", later.as_bytes())]))["verdict"], "delivered");
    let long = line("08:05:00", &format!("cleanup[268]: {ID}: message-id=<{}", "x".repeat(1024)));
    let analysis = analyse_files(&[("mail.log", (begun("08:04:59", ID, 1) + &long[..1024] + "\n" + &sent("08:06:00", ID)).as_bytes())]);
    assert_eq!(
        (one(&analysis)["verdict"].as_str(), one(&analysis)["message_id"].as_str()),
        ("delivered", "<ADR51000000000001@contoso.example>")
    );
}

#[test]
fn lines_that_syslog_wrote_once_for_several() {
    let refused = "NOQUEUE: reject: RCPT from sapprd01.contoso.example[192.0.2.11]: 554 5.7.1 <ap@fabrikam.example>: Relay access denied; from=<sap@contoso.example> to=<ap@fabrikam.example> proto=ESMTP helo=<sapprd01>";
    let rows = [
        ("with its text", format!("Mar 10 08:05:00 relay01 postfix/smtpd[265]: message repeated 2 times: [ {refused}]\n"), 2),
        ("the last one", format!("Mar 10 08:05:00 relay01 postfix/smtpd[265]: {refused}\nMar 10 08:05:30 relay01 last message repeated 2 times\n"), 3),
        ("one that is not here", "Mar 10 08:05:30 relay01 last message repeated 2 times\nMar 10 08:05:40 relay01 postfix/anvil[1]: statistics: max cache size 1\n".to_owned(), 0),
    ];
    for (what, log, times) in rows {
        let reading = read_text("mail.log", &log);
        assert_eq!(fates(&reading), vec!["Reply rejected ap@fabrikam.example"; times], "{what}");
        let ledger = &reading.sources[0].ledger;
        let sum: usize = [Class::Evidence, Class::Frame].iter().map(|class| ledger.count(*class)).sum();
        assert_eq!((sum, ledger.count(Class::NotUnderstood)), (ledger.lines(), 0), "{what}");
    }
}

#[test]
fn lines_of_other_daemons() {
    let others = "2026-03-10T08:05:01.100000+00:00 relay01 CRON[77]: (root) CMD (run-parts /etc/cron.hourly)\n2026-03-10T08:05:01.200000+00:00 relay01 sshd[78]: Failed password for root from 198.51.100.200 port 22 ssh2\n2026-03-10T08:05:01.300000+00:00 relay01 dovecot: imap-login: Login: user=<jane>, method=PLAIN\n2026-03-10T08:05:01.400000+00:00 relay01 kernel: [ 1.0] to=<x@y>, status=sent (250 Ok)\n2026-03-10T08:05:01.500000+00:00 relay01 opendkim[9]: 4fVRHx19fVz00001: DKIM-Signature field added (s=a, d=contoso.example)\n";
    let log = begun("08:05:00", ID, 1) + others + &sent("08:05:02", ID);
    let analysis = analyse_files(&[("mail.log", log.as_bytes())]);
    assert_eq!(one(&analysis)["verdict"], "delivered");
    let ledger = &analysis.reading.sources[0].ledger;
    assert_eq!((ledger.count(Class::Frame), ledger.count(Class::Evidence), ledger.count(Class::NotUnderstood)), (5, 4, 0));
}
