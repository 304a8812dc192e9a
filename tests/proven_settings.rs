//! Settings that the logs prove, whatever became of the mails: a row for each, and the nearest one that is no finding.

mod support;

use support::{TABLE, TRACE, analyse_files, arrival, others, request};

const MX: &str = "contoso-example.mail.protection.outlook.com:25";

/// Settings as `rule text`, of one mail with what is changed of it.
fn settings(change: &[(&str, &str)], more: &[(&str, &str)]) -> Vec<String> {
    let mut list = format!("{TABLE}{}", request(1, "jane@fabrikam.example", 5, "S", ("XS", 718), "250 2.6.0 Queued mail for delivery"));
    for (from, to) in change {
        assert!(list.contains(from), "{from}");
        list = list.replace(from, to);
    }
    let mut files = vec![("sost.txt", list.as_bytes())];
    files.extend(more.iter().map(|(name, text)| (*name, text.as_bytes())));
    of(&analyse_files(&files))
}

fn of(analysis: &sostrace::Analysis) -> Vec<String> {
    let store = &analysis.reading.store;
    analysis.settings.iter().map(|setting| format!("{} {}", store.text(setting.rule), setting.text)).collect()
}

/// The reply of a logon that is not taken, as SAP and the ICM have it.
const NO_LOGON: &str =
    "504 5.7.4 Unrecognized Authentication Type [FR2PEPF00000D48.DEUP281.PROD.OUTLOOK.COM 2026-03-10T08:05:04.100Z 08DE9102B373F187]";

/// A dialogue of the ICM with a logon, or without one.
fn dialogue(logon: bool) -> String {
    let line = |text: &str| format!("[Thr 140] {text} {{000477f3}}\n");
    let lines = [
        "role: Client, protocol: SMTP, local: 192.0.2.12:52341, peer: 198.51.100.25:25",
        "SMTP << 220 FR2PEPF00000D48.mail.protection.outlook.com Microsoft ESMTP MAIL Service ready at Tue, 10 Mar 2026 08:05:04 +0000 [08DE9102B373F187]",
        "SMTP >> EHLO sap.contoso.example",
        "SMTP << 250-FR2PEPF00000D48.mail.protection.outlook.com Hello [203.0.113.10]",
        "SMTP << 250 SIZE 157286400",
        if logon { "SMTP >> AUTH LOGIN" } else { "SMTP >> MAIL FROM:<sap@contoso.example>" },
        &format!("SMTP << {NO_LOGON}"),
    ];
    format!("[Thr 140] Tue Mar 10 08:05:04:100 2026\n{}", lines.map(line).concat())
}

#[test]
fn the_host_that_is_configured() {
    for (host, expected) in [
        (MX, None),
        ("198.51.100.25:25", Some("L-01 198.51.100.25:25: 1 mail")),
        ("smtp.office365.com:587", None),
        ("smtp.office365.com:25", Some("L-02 smtp.office365.com:25: 1 mail")),
        ("smtp.office365.com:465", Some("L-03 smtp.office365.com:465: 1 mail")),
        ("contoso-example.mail.protection.outlook.com:587", Some("L-04 contoso-example.mail.protection.outlook.com:587: 1 mail")),
        ("smtp-legacy.office365.com:587", Some("L-40 smtp-legacy.office365.com:587: 1 mail")),
        ("outlook.office365.com:587", Some("L-41 outlook.office365.com:587: 1 mail")),
        ("relay.contoso.example:587", None),
        ("relay.contoso.example:465", None),
    ] {
        let found = settings(&[(MX, host)], &[]);
        let of_hosts: Vec<&str> = found.iter().map(String::as_str).filter(|text| !text.starts_with("L-24")).collect();
        assert_eq!(of_hosts, expected.into_iter().collect::<Vec<_>>(), "{host}");
    }
}

#[test]
fn a_logon_where_none_is_taken() {
    let refused = request(1, "jane@contoso.example", 5, "E", ("XS", 816), NO_LOGON);
    let found = |logon: bool| {
        let files = [("sost.txt", format!("{TABLE}{refused}")), ("dev_icm", dialogue(logon))];
        let files: Vec<(&str, &[u8])> = files.iter().map(|(name, text)| (*name, text.as_bytes())).collect();
        of(&analyse_files(&files))
    };
    assert_eq!(found(true), ["L-05 AUTH LOGIN at fr2pepf00000d48.mail.protection.outlook.com:25: 1 mail"]);
    assert_eq!(found(false), Vec::<String>::new());
}

#[test]
fn the_domain_of_the_sender() {
    for (sender, expected) in [
        ("sap@contoso.example", None),
        ("sap@contoso.onmicrosoft.com", Some("L-15 contoso.onmicrosoft.com: 1 mail")),
        ("sap@contoso.local", Some("L-14 contoso.local: 1 mail")),
        ("sapprd@sapsrv", Some("L-14 sapsrv: 1 mail")),
    ] {
        let found = settings(&[("sap@contoso.example", sender), (MX, "relay.contoso.example:25")], &[]);
        assert_eq!(found, expected.into_iter().collect::<Vec<_>>(), "{sender}");
    }
}

#[test]
fn a_sender_is_judged_by_the_accepted_domains_where_they_are_known() {
    let relay = (MX, "relay.contoso.example:25");
    let domains =
        |name: &str| format!("Name           : {name}\nDomainName     : {name}\nDomainType     : Authoritative\nDefault        : True\n\n");
    let found = |name: &str| settings(&[relay], &[("accepted.txt", &domains(name))]);
    assert_eq!(found("contoso.example"), Vec::<String>::new());
    assert_eq!(found("fabrikam.example"), ["L-13 contoso.example: 1 mail"]);
}

#[test]
fn external_mail_by_direct_send() {
    let domains =
        "Name           : contoso.example\nDomainName     : contoso.example\nDomainType     : Authoritative\nDefault        : True\n\n";
    let accepted = [("accepted.txt", domains)];
    let outside = settings(&[], &accepted);
    assert!(outside.len() == 1 && outside[0].starts_with("L-24") && outside[0].ends_with(": 1 mail"), "{outside:?}");
    assert_eq!(settings(&[("jane@fabrikam.example", "jane@contoso.example")], &accepted), Vec::<String>::new());
}

#[test]
fn several_addresses_by_which_one_system_leaves() {
    let trace = |second: &str| {
        let mails =
            [arrival(1, "jane@fabrikam.example", 6, "Receive, Deliver"), arrival(2, "jane@fabrikam.example", 9, "Receive, Deliver")];
        format!("{TRACE}{}{}{}", mails[0], mails[1].replace("203.0.113.10", second), others())
    };
    let list = request(2, "jane@fabrikam.example", 8, "S", ("XS", 718), "250 2.6.0 Queued mail for delivery");
    let found = |second: &str| settings(&[], &[("trace.csv", &trace(second)), ("sost2.txt", &format!("{TABLE}{list}"))]);
    assert_eq!(found("203.0.113.10"), Vec::<String>::new());
    assert_eq!(found("203.0.113.77"), ["L-18 SAP left by 203.0.113.10 (1), 203.0.113.77 (1): 2 mails"]);
    assert_eq!(found("10.1.2.3"), Vec::<String>::new(), "a private address is not one by which mail leaves");
}

/// SAP's list and the trace of the ICM name the same door.
#[test]
fn a_mail_is_counted_once_however_many_records_show_the_same() {
    let refused = request(1, "jane@contoso.example", 5, "E", ("XS", 816), NO_LOGON).replace(MX, "smtp.office365.com:25");
    let trace = dialogue(true).replace("FR2PEPF00000D48.mail.protection.outlook.com", "smtp.office365.com");
    let files = [("sost.txt", format!("{TABLE}{refused}")), ("dev_icm", trace)];
    let files: Vec<(&str, &[u8])> = files.iter().map(|(name, text)| (*name, text.as_bytes())).collect();
    assert_eq!(of(&analyse_files(&files)), ["L-02 smtp.office365.com:25: 1 mail"]);
}

#[test]
fn a_finding_names_its_records_in_the_table() {
    let folder = support::folder(&[]);
    let file = folder.path().join("findings.csv");
    let (code, _, err) = support::sostrace(&["analyze", "samples/connector-mismatch", "--output", &format!("findings={}", file.display())]);
    assert_eq!((code, err.as_str()), (0, ""));
    let table = std::fs::read_to_string(&file).unwrap();
    let row: Vec<&str> = table.lines().filter(|line| line.starts_with("setting,")).collect();
    assert!(row.len() == 1 && row[0].contains("L-18") && row[0].contains("MTSummary_SAP_2026-03-10.csv:"), "{row:?}");
}
