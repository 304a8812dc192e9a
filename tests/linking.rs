//! Who is the same mail where little tells them apart, and what absence proves.

mod support;

use sostrace::{Options, align::Zone};
use std::fmt::Write as _;
use support::{TABLE, TRACE, analyse_paths, arrival, folder, others, request, table};

/// Lines of a relay's log over the day, with one mail of a queue id and an end.
fn relay(name: &str, id: &str, end: &str) -> String {
    let line = |time: &str, text: &str| format!("2026-03-10T{time}.000000+00:00 {name} postfix/{text}\n");
    [
        line("01:00:00", "master[219]: daemon started -- version 3.7.11"),
        line("08:05:03", &format!("smtpd[265]: {id}: client=sapprd01.contoso.example[192.0.2.11]")),
        line("08:05:03", &format!("qmgr[221]: {id}: from=<sap@contoso.example>, size=6001, nrcpt=1 (queue active)")),
        line("08:05:04", &format!("smtp[269]: {id}: to=<m1@fabrikam.example>, {end}")),
        line("22:00:00", "master[219]: reload -- version 3.7.11, configuration /etc/postfix"),
    ]
    .concat()
}

fn columns(files: &[(&str, &[u8])], options: &Options, wanted: &[&str]) -> Vec<Vec<String>> {
    let folder = folder(files);
    let rows = table(&analyse_paths(&[folder.path().to_path_buf()], options));
    rows.iter().map(|row| wanted.iter().map(|column| row[*column].clone()).collect()).collect()
}

/// Two mails alike in everything, in the logs of two relays without Message-IDs: whichever gets which, the names of the
/// files do not decide it.
#[test]
fn twins_do_not_depend_on_the_names_of_files() {
    let sent = relay(
        "relay01",
        "4fVRHx19fVz00001",
        "relay=mx.fabrikam.example[198.51.100.77]:25, delay=1, delays=0/0/0/1, dsn=2.0.0, status=sent (250 2.0.0 Ok)",
    );
    let bounced = relay(
        "relay02",
        "4fVRHx19fVzBBBB1",
        "relay=mx.fabrikam.example[198.51.100.77]:25, delay=1, delays=0/0/0/1, dsn=5.1.1, status=bounced (host mx.fabrikam.example[198.51.100.77] said: 550 5.1.1 User unknown (in reply to RCPT TO command))",
    );
    let twin =
        |number: u32| request(number, "m1@fabrikam.example", 2, "S", ("XS", 718), "").replace(&format!("Invoice {number}"), "Invoice");
    let one =
        format!("{TABLE}{}{}", twin(1), twin(2)).replace("contoso-example.mail.protection.outlook.com:25", "relay01.contoso.example:25");
    let other =
        format!("{TABLE}{}{}", twin(2), twin(1)).replace("contoso-example.mail.protection.outlook.com:25", "relay01.contoso.example:25");
    let run = |sap: &str, a: &str, b: &str| {
        let files = [("a.log", a.as_bytes()), ("b.log", b.as_bytes()), ("sap.txt", sap.as_bytes())];
        columns(&files, &Options::default(), &["sap_key", "verdict", "relay_queue_id", "action"])
    };
    let first = run(&one, &sent, &bounced);
    assert_eq!(first.len(), 2);
    assert!(first.iter().all(|row| !row[2].is_empty()), "{first:?}");
    assert_eq!(first, run(&one, &bounced, &sent));
    assert_eq!(first, run(&other, &sent, &bounced));
}

/// A log whose zone nobody knows covers what it covers in every zone only.
#[test]
fn a_relay_of_unknown_zone_proves_no_absence_near_its_ends() {
    let mail = |hour: u32, id: &str| {
        let line = |text: &str| format!("Mar 10 {hour:02}:00:00 relay01 postfix/{text}\n");
        [
            line(&format!("smtpd[265]: {id}: client=web.contoso.example[192.0.2.80]")),
            line(&format!("qmgr[221]: {id}: from=<web@contoso.example>, size=6001, nrcpt=1 (queue active)")),
            line(&format!("smtp[269]: {id}: to=<tom@fabrikam.example>, relay=mx.fabrikam.example[198.51.100.77]:25, delay=1, delays=0/0/0/1, dsn=2.0.0, status=sent (250 2.0.0 Ok)")),
        ]
        .concat()
    };
    let sap = format!("{TABLE}{}", request(1, "m1@fabrikam.example", 2, "S", ("XS", 718), ""))
        .replace("contoso-example.mail.protection.outlook.com:25", "relay01.contoso.example:25");
    let zones = |named: bool| {
        let mut options = Options { zones: vec![("sap".to_owned(), Zone::UTC)], ..Options::default() };
        options.zones.extend(named.then(|| ("relay".to_owned(), Zone::UTC)));
        options
    };
    let log = mail(7, "4fVRHx19fVz00001") + &mail(9, "4fVRHx19fVz00002");
    let files = [("mail.log", log.as_bytes()), ("sap.txt", sap.as_bytes())];
    assert_eq!(columns(&files, &zones(false), &["verdict"]), [["handed-off"]]);
    assert_eq!(columns(&files, &zones(true), &["verdict"]), [["missing"]]);
}

/// A list of what waits, and a log whose clock jumped, do not say which times they cover.
#[test]
fn queues_and_jumping_clocks_prove_no_absence() {
    let sent = "relay=mx.fabrikam.example[198.51.100.77]:25, delay=1, delays=0/0/0/1, dsn=2.0.0, status=sent (250 2.0.0 Ok)";
    let log = relay("relay01", "4fVRHx19fVz00001", sent).replace("to=<m1@", "to=<m7@").replace("sap@", "web@");
    let jump = format!("2026-03-10T23:00:00.000000+00:00 relay01 postfix/master[219]: daemon started -- version 3.7.11\n{log}");
    let queue = "{\"queue_name\": \"deferred\", \"queue_id\": \"4fVRHx19fVz00009\", \"arrival_time\": 1773100000, \"message_size\": 6001, \"sender\": \"web@contoso.example\", \"recipients\": [{\"address\": \"tom@fabrikam.example\", \"delay_reason\": \"timed out\"}]}\n{\"queue_name\": \"deferred\", \"queue_id\": \"4fVRHx19fVz00010\", \"arrival_time\": 1773180000, \"message_size\": 6001, \"sender\": \"web@contoso.example\", \"recipients\": [{\"address\": \"tom@fabrikam.example\", \"delay_reason\": \"timed out\"}]}\n";
    let sap = format!("{TABLE}{}", request(1, "m1@fabrikam.example", 2, "S", ("XS", 718), ""))
        .replace("contoso-example.mail.protection.outlook.com:25", "relay01.contoso.example:25");
    for (what, text, verdict) in
        [("a whole log", log.as_str(), "missing"), ("a jump", &jump, "handed-off"), ("a queue", queue, "handed-off")]
    {
        let options = Options { zones: vec![("sap".to_owned(), Zone::UTC)], ..Options::default() };
        assert_eq!(columns(&[("relay", text.as_bytes()), ("sap.txt", sap.as_bytes())], &options, &["verdict"]), [[verdict]], "{what}");
    }
}

/// The message trace shows a mail some hours late: its last hours prove no absence.
#[test]
fn the_last_hours_of_a_trace_are_too_recent() {
    let sap = format!("{TABLE}{}", request(1, "m1@fabrikam.example", 2, "S", ("XS", 718), ""));
    for (hour, verdict) in [(11, "handed-off"), (13, "missing")] {
        let mut trace = TRACE.to_owned();
        for number in 50..56 {
            let row = arrival(number, &format!("x{number}@fabrikam.example"), 1, "Receive, Send").replace("sap@", &format!("p{number}@"));
            let _ = write!(
                trace,
                "{}{}",
                row.replace("08:05:", "07:05:"),
                row.replace("08:05:", &format!("{hour:02}:05:")).replace("ADR51", "ADR52")
            );
        }
        let options = Options { zones: vec![("sap".to_owned(), Zone::UTC)], ..Options::default() };
        let files = [("trace.csv", trace.as_bytes()), ("sap.txt", sap.as_bytes())];
        assert_eq!(columns(&files, &options, &["verdict"]), [[verdict]], "until {hour}");
        let folder = folder(&files);
        let gaps = sostrace::report::gaps(&analyse_paths(&[folder.path().to_path_buf()], &options));
        let told = gaps.iter().any(|gap| gap.export.contains("up to four hours late"));
        assert_eq!(told, verdict == "handed-off", "{gaps:?}");
    }
}

/// SAP keeps its requests longer than Exchange Online its trace: what is older was not lost, it cannot be looked up.
#[test]
fn mails_older_than_any_trace_are_told_as_such() {
    let sap = format!("{TABLE}{}", request(1, "m1@fabrikam.example", 2, "S", ("XS", 718), ""));
    for (as_of, told) in [(1_773_131_102_000 + 89 * 86_400_000_i64, false), (1_773_131_102_000 + 91 * 86_400_000, true)] {
        let options = Options { zones: vec![("sap".to_owned(), Zone::UTC)], as_of: Some(as_of), ..Options::default() };
        let folder = folder(&[("sap.txt", sap.as_bytes())]);
        let summary = sostrace::report::gaps(&analyse_paths(&[folder.path().to_path_buf()], &options));
        assert_eq!(summary.iter().any(|gap| gap.what.contains("outside of any possible trace")), told, "{summary:?}");
        assert_eq!(summary.iter().any(|gap| gap.export.contains("Start-HistoricalSearch")), !told, "{summary:?}");
    }
}

/// A clock that loses time each day is put right for each day.
#[test]
fn a_clock_that_runs_slow_is_followed_over_days() {
    let run = |slow: i64| {
        let (mut sap, mut trace) = (TABLE.to_owned(), TRACE.to_owned());
        for number in 1..=30u32 {
            let day = 10 + (number - 1) / 5;
            let to = format!("m{number}@fabrikam.example");
            let clock = |seconds: i64| {
                chrono::NaiveTime::MIN.overflowing_add_signed(chrono::TimeDelta::seconds(seconds)).0.format("%H%M%S").to_string()
            };
            let late = i64::from(day - 10) * slow;
            let row = request(number, &to, 2, "S", ("XS", 718), "").replace("20260310", &format!("202603{day}"));
            sap += &row
                .replace("\t080502\t", &format!("\t{}\t", clock(8 * 3600 + 302 - late)))
                .replace("\t080000\t", &format!("\t{}\t", clock(8 * 3600 - late)));
            trace += &arrival(number, &to, 3, "Receive, Send").replace("2026-03-10", &format!("2026-03-{day}"));
        }
        let folder = folder(&[("sap.txt", sap.as_bytes()), ("trace.csv", trace.as_bytes())]);
        let analysis = analyse_paths(&[folder.path().to_path_buf()], &Options::default());
        let rows = table(&analysis);
        let delivered = rows.iter().filter(|row| row["verdict"] == "delivered").count();
        // SAP's status was of 08:05:02 each day: two seconds of play.
        let near = |row: &std::collections::BTreeMap<&str, String>| {
            row["submitted_at"]
                .split_once("T08:05:0")
                .and_then(|(_, rest)| rest.get(..1)?.parse().ok())
                .is_some_and(|second: u32| second <= 4)
        };
        assert!(rows.iter().all(near), "{slow} s a day: {:?}", rows.iter().map(|row| &row["submitted_at"]).collect::<Vec<_>>());
        (delivered, analysis.alignment.clocks.iter().map(|clock| clock.rate.per_day).max_by_key(|rate| rate.abs()).unwrap())
    };
    assert_eq!(run(0), (30, 0));
    for slow in [-40, 20, 60] {
        let (delivered, rate) = run(slow);
        assert_eq!(delivered, 30, "{slow} s a day");
        assert!((rate - slow * 1000).abs() <= 1500, "{slow} s a day: {rate} ms");
    }
}

/// Clients of one system count their requests alike, so one Message-ID stands for several mails.
#[test]
fn clients_with_the_same_keys_are_told_apart() {
    let sap = |subjects: [&str; 2]| {
        let row = |client: &str, subject: &str| {
            request(1, "m1@fabrikam.example", 2, "S", ("XS", 718), "").replace("Invoice 1", subject).replacen(
                "100\t",
                &format!("{client}\t"),
                1,
            )
        };
        format!("{TABLE}{}{}", row("100", subjects[0]), row("200", subjects[1]))
    };
    let seen = |subject: &str, events: &str| arrival(1, "m1@fabrikam.example", 3, events).replace("Invoice 1", subject);
    let run = |subjects: [&str; 2], trace: String| {
        let (sap, trace) = (sap(subjects), format!("{TRACE}{}{trace}", others()));
        let options = Options { zones: vec![("sap".to_owned(), Zone::UTC)], ..Options::default() };
        let mut rows = columns(&[("sap.txt", sap.as_bytes()), ("trace.csv", trace.as_bytes())], &options, &["client", "verdict"]);
        rows.sort();
        rows
    };
    let apart = run(["Order", "Offer"], seen("Order", "Receive, Send") + &seen("Offer", "Receive, Fail"));
    assert_eq!(apart, [["100", "delivered"], ["200", "bounced"]]);
    let swapped = run(["Offer", "Order"], seen("Order", "Receive, Send") + &seen("Offer", "Receive, Fail"));
    assert_eq!(swapped, [["100", "bounced"], ["200", "delivered"]]);
    let alike = run(["Order", "Order"], seen("Order", "Receive, Send"));
    assert_eq!(alike.iter().filter(|row| row[1] == "delivered").count(), 1, "one row of the trace is of one mail: {alike:?}");
}

/// Subjects are compared as they are read, however a log writes them.
#[test]
fn of_two_clients_with_one_key_the_one_that_sent_has_the_arrival() {
    let options = Options { zones: vec![("sap".to_owned(), "UTC".parse().unwrap())], ..Options::default() };
    let row = |client: &str, number: u32, sent: bool| {
        let (kind, message) = if sent { ("S", ("XS", 718)) } else { ("E", ("XS", 806)) };
        let reply = if sent { "" } else { "550 5.7.64 TenantAttribution; Relay Access Denied" };
        request(number, "ap@fabrikam.example", number, kind, message, reply).replacen("100\t", &format!("{client}\t"), 1)
    };
    let more: String = (2..6).map(|number| row("100", number, true)).collect();
    let sap = format!("{TABLE}{}{}{more}", row("100", 1, false), row("101", 1, true));
    let came: String = (1..6).map(|number| arrival(number, "ap@fabrikam.example", number, "Receive, Deliver")).collect();
    let trace = format!("{TRACE}{came}{}", others());
    let mut rows = columns(&[("sap.txt", sap.as_bytes()), ("trace.csv", trace.as_bytes())], &options, &["client", "sap_key", "verdict"]);
    rows.sort();
    let key = "ADR51000000000001";
    assert_eq!([&rows[0], &rows[5]], [&["100", key, "rejected"], &["101", key, "delivered"]]);
}

#[test]
fn encoded_subjects_are_those_of_sap() {
    let subject = "Rechnung f\u{fc}r M\u{e4}rz";
    let sap = format!("{TABLE}{}", request(1, "m1@fabrikam.example", 2, "S", ("XS", 718), "").replace("Invoice 1", subject));
    for (written, verdict) in [("=?utf-8?Q?Rechnung_f=C3=BCr_M=C3=A4rz?=", "delivered"), ("=?utf-8?Q?Rechnung_f=C3=BCr_Mai?=", "missing")] {
        let seen = arrival(1, "m1@fabrikam.example", 3, "Receive, Send").replace("Invoice 1", written).replace("ADR51000000000001", "x7");
        let trace = format!("{TRACE}{}{seen}", others());
        let options = Options { zones: vec![("sap".to_owned(), Zone::UTC)], ..Options::default() };
        assert_eq!(
            columns(&[("sap.txt", sap.as_bytes()), ("trace.csv", trace.as_bytes())], &options, &["verdict"]),
            [[verdict]],
            "{written}"
        );
    }
}

/// Exports of two days without keys: a mail that waits has another time when SAP has tried it again.
#[test]
fn mails_without_keys_that_wait_are_followed_where_the_later_export_shows_them() {
    let header = "Status\tMsg. No.\tTitle\tSender\tRecipient\tSend Date\tSend Time\n";
    let row = |number: u32, title: &str, time: &str| {
        format!("{number}\t{number}\t{title}\tBATCH\t{}@fabrikam.example\t10.03.2026\t{time}\n", title.to_lowercase())
    };
    let run = |before: &[String], after: &[String]| {
        let [one, other] = [before, after].map(|rows| format!("{header}{}", rows.concat()));
        let analysis = support::analyse_files(&[("a.txt", one.as_bytes()), ("b.txt", other.as_bytes())]);
        let mut rows: Vec<String> = table(&analysis).iter().map(|row| format!("{} {}", row["subject"], row["verdict"])).collect();
        rows.sort();
        let notes = analysis.reading.sources.iter().flat_map(|source| &source.notes);
        let told = |words: &str| notes.clone().any(|note| note.text.contains(words));
        (rows, told("waited in an earlier export: joined"), told("may be listed twice"))
    };
    let [waits, retries, ended] = [row(672, "A4", "08:10:00"), row(672, "A5", "08:11:00"), row(718, "A6", "07:11:00")];
    let sent = [row(718, "A4", "08:15:00"), row(806, "A5", "08:15:01"), row(718, "A7", "09:00:00")];
    let whole = [waits.clone(), retries.clone(), ended.clone()];
    let (rows, joined, doubt) = run(&whole, &[&sent[..], std::slice::from_ref(&ended)].concat());
    assert_eq!((rows.len(), joined, doubt), (4, true, false), "{rows:?}");
    assert!(rows[0].starts_with("A4 handed-off") && rows[1].starts_with("A5 rejected"), "{rows:?}");
    // The later export lacks a mail that had ended, so it is of another selection; or it begins too late.
    let late = [row(718, "A4", "08:15:00"), row(718, "A7", "09:00:00")];
    let other = [row(718, "A4", "08:15:00"), row(718, "A7", "07:00:00")];
    for after in [&late, &other] {
        let (rows, joined, doubt) = run(&whole, after);
        assert_eq!((rows.len(), joined, doubt), (5, false, true), "{rows:?}");
    }
    // Of two alike nothing tells which one it is.
    let twins = [ended.clone(), row(718, "A4", "08:15:00"), row(718, "A4", "08:16:00")];
    let (rows, joined, doubt) = run(&whole, &twins);
    assert_eq!((rows.len(), joined, doubt), (5, false, true), "{rows:?}");
    // What was sent is no mail that waits.
    let (rows, joined, doubt) = run(&[row(718, "A4", "08:10:00"), ended.clone()], &[row(718, "A4", "08:15:00"), ended]);
    assert_eq!((rows.len(), joined, doubt), (3, false, false), "{rows:?}");
}
