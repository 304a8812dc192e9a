//! Option 4: the hop that is silent although its log covers the time.

mod support;

use std::collections::BTreeMap;
use support::{TABLE, TRACE, analyse_files, arrival, others, request, table};

/// Mails of the run: none at the first relay, none at the second, none at Exchange Online.
const LOST: [u32; 3] = [20, 21, 22];
const MAILS: u32 = 40;

fn first_id(number: u32) -> String {
    format!("5A00{number:08X}")
}

fn second_id(number: u32) -> String {
    format!("6B00{number:08X}")
}

/// A line of syslog, with its zone or without.
fn line(zoned: bool, second: u32, host: &str, text: &str) -> String {
    let (minute, second) = (5 + second / 60, second % 60);
    if zoned {
        format!("2026-03-10T08:{minute:02}:{second:02}.100000+00:00 {host} postfix/{text}\n")
    } else {
        format!("Mar 10 08:{minute:02}:{second:02} {host} postfix/{text}\n")
    }
}

/// What a relay logs of the mails it saw, with covered time around it.
fn log(host: &str, zoned: bool, saw: &dyn Fn(u32) -> bool, id: fn(u32) -> String, next: &dyn Fn(u32) -> String) -> String {
    let one = |number: u32| {
        let id = id(number);
        [
            format!("smtpd[265]: {id}: client=sapprd01.contoso.example[192.0.2.11]"),
            format!("cleanup[268]: {id}: message-id=<ADR51{number:012}@contoso.example>"),
            format!("qmgr[221]: {id}: from=<sap@contoso.example>, size=6001, nrcpt=1 (queue active)"),
            format!(
                "smtp[269]: {id}: to=<m{number}@fabrikam.example>, relay=NEXT, delay=1, delays=0/0/0/1, dsn=2.0.0, status=sent ({})",
                next(number)
            ),
            format!("qmgr[221]: {id}: removed"),
        ]
        .map(|text| line(zoned, number, host, &text))
        .concat()
    };
    let begin = line(zoned, 0, host, "master[219]: daemon started -- version 3.7.11");
    let end = line(zoned, 59 * 15, host, "master[219]: reload -- version 3.7.11, configuration /etc/postfix");
    begin + &(1..=MAILS).filter(|number| saw(*number)).map(one).collect::<String>() + &end
}

/// A relay that takes mail from SAP and hands it to `core`.
fn first(host: &str, zoned: bool, saw: &dyn Fn(u32) -> bool) -> String {
    log(host, zoned, saw, first_id, &|number| format!("250 2.0.0 Ok: queued as {}", second_id(number)))
        .replace("NEXT", "core.contoso.example[198.51.100.20]:25")
}

/// The relay behind it, which hands to Exchange Online.
fn core(saw: &dyn Fn(u32) -> bool) -> String {
    log("core", true, saw, second_id, &|_| "250 2.6.0 Queued mail for delivery".to_owned())
        .replace("NEXT", "contoso-example.mail.protection.outlook.com[198.51.100.21]:25")
}

fn sap(host: &str) -> String {
    let row = |number: u32| request(number, &format!("m{number}@fabrikam.example"), number, "S", ("XS", 718), "");
    TABLE.to_owned() + &(1..=MAILS).map(row).collect::<String>().replace("contoso-example.mail.protection.outlook.com:25", host)
}

fn trace(seen: &dyn Fn(u32) -> bool) -> String {
    let rows = (1..=MAILS).filter(|number| seen(*number));
    let rows = rows.map(|number| arrival(number, &format!("m{number}@fabrikam.example"), number + 2, "Receive, Send"));
    format!("{TRACE}{}{}", others(), rows.collect::<String>())
}

/// Verdict, rule, hop and host of the three mails that are lost, and how many others there are of each verdict.
fn fates(files: &[(&str, &str)]) -> (Vec<[String; 4]>, BTreeMap<String, usize>) {
    let files: Vec<(&str, &[u8])> = files.iter().map(|(name, text)| (*name, text.as_bytes())).collect();
    let all = table(&analyse_files(&files));
    let of = |number: u32| all.iter().find(|row| row["recipient"] == format!("m{number}@fabrikam.example")).unwrap();
    let lost = LOST.map(|number| ["verdict", "rule", "stopped_at", "host"].map(|column| of(number)[column].clone()));
    let mut rest = BTreeMap::new();
    for row in all.iter().filter(|row| !LOST.map(|number| format!("m{number}@fabrikam.example")).contains(&row["recipient"])) {
        *rest.entry(row["verdict"].clone()).or_default() += 1;
    }
    (lost.to_vec(), rest)
}

const BALANCER: &str = "relay.contoso.example";
const CORE: &str = "core.contoso.example";
const MX: &str = "contoso-example.mail.protection.outlook.com";

fn want(all: [[&str; 4]; 3]) -> Vec<[String; 4]> {
    all.map(|one| one.map(str::to_owned)).to_vec()
}

/// Two relays behind a load balancer, whose name no log bears, and a third behind them.
#[test]
fn behind_a_load_balancer() {
    let sap = sap("relay.contoso.example:25");
    for zoned in [true, false] {
        let one = first("lb1", zoned, &|number| number % 2 == 0 && number != 20);
        let other = first("lb2", zoned, &|number| number % 2 == 1);
        let (core, trace) = (core(&|number| !matches!(number, 20 | 21)), trace(&|number| !LOST.contains(&number)));
        let pair = [("sap.txt", sap.as_str()), ("lb1.log", &one), ("lb2.log", &other)];
        let (lost, rest) = fates(&[&pair[..], &[("core.log", &core), ("trace.csv", &trace)]].concat());
        let silent = ["missing", "MISS-02", "relay"];
        let of = |host: &'static str| [silent[0], silent[1], silent[2], host];
        assert_eq!(lost, want([of(BALANCER), of(CORE), ["missing", "MISS-01", "exchange", MX]]), "{zoned}");
        assert_eq!(rest, BTreeMap::from([("delivered".to_owned(), 37)]), "{zoned}");
        // Without the trace and the third relay nothing is known of what came after.
        let (lost, rest) = fates(&pair);
        assert_eq!(lost, want([of(BALANCER), ["handed-off", "", "relay", CORE], ["handed-off", "", "relay", CORE]]), "{zoned}");
        assert_eq!(rest, BTreeMap::from([("handed-off".to_owned(), 37)]), "{zoned}");
    }
}

/// The log of one of two relays says nothing of the mails that went over the other.
#[test]
fn a_log_of_half_of_them_proves_nothing() {
    let one = first("lb1", true, &|number| number % 2 == 0 && number != 20);
    let (lost, rest) = fates(&[("sap.txt", &sap("relay.contoso.example:25")), ("lb1.log", &one)]);
    assert_eq!(lost[0][..3], ["handed-off", "", "sap"]);
    assert_eq!(rest, BTreeMap::from([("handed-off".to_owned(), 37)]));
}

/// A relay whose log bears the name that SAP uses.
#[test]
fn a_single_relay_by_its_name() {
    let (sap, log) = (sap("core.contoso.example:25"), core(&|number| !matches!(number, 20 | 21)));
    let (lost, rest) = fates(&[("sap.txt", &sap), ("core.log", &log)]);
    let silent = ["missing", "MISS-02", "relay", CORE];
    assert_eq!(lost, want([silent, silent, ["handed-off", "", "relay", MX]]));
    assert_eq!(rest, BTreeMap::from([("handed-off".to_owned(), 37)]));
    // A log that begins behind a mail does not cover it.
    let late = log.lines().filter(|line| !matches!(&line[..18], time if time < "2026-03-10T08:05:3")).collect::<Vec<_>>().join("\n");
    let (lost, _) = fates(&[("sap.txt", &sap), ("core.log", &late)]);
    assert_eq!(lost[0][..3], ["handed-off", "", "sap"]);
}
