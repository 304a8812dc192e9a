//! The way of sending, and what shows it: host, port, logon, what the trace tells of a connector, the log of a relay.

mod support;

use support::{TABLE, TRACE, analyse_files, arrival, others, request};

const MX: &str = "contoso-example.mail.protection.outlook.com:25";

/// The line of the timeline that tells the way of one mail, whose host and trace are given.
fn way(host: &str, trace: Option<&str>) -> String {
    let row = request(1, "jane@fabrikam.example", 5, "S", ("XS", 718), "").replace(MX, host);
    let list = format!("{TABLE}{row}");
    let mut files = vec![("sost.txt", list.as_bytes())];
    files.extend(trace.map(|text| ("trace.csv", text.as_bytes())));
    let analysis = analyse_files(&files);
    let shown = sostrace::report::timeline(&analysis, "Invoice 1").1;
    shown.lines().find(|line| line.contains("sent by")).unwrap_or_default().trim().to_owned()
}

#[test]
fn each_way_names_what_shows_it() {
    let trace = |connector: &str| {
        let row = arrival(1, "jane@fabrikam.example", 6, "Receive, Deliver").replace("SAP relay", connector);
        format!("{TRACE}{row}{}", others())
    };
    let (matched, unmatched) = (trace("SAP relay"), trace(""));
    for (host, trace, expected) in [
        (MX, None, format!("sent by direct-send: {MX} is the MX endpoint [sost.txt:2], and no log shows that a connector ever matched")),
        (
            MX,
            Some(&unmatched),
            format!("sent by direct-send: {MX} is the MX endpoint [sost.txt:2], and no log shows that a connector ever matched"),
        ),
        (
            MX,
            Some(&matched),
            format!("sent by relay-connector: {MX} is the MX endpoint [sost.txt:2], and the tenant took SAP for its own [trace.csv:2]"),
        ),
        ("smtp.office365.com:587", None, "sent by smtp-auth-basic: SAP talks to smtp.office365.com:587 [sost.txt:2]".to_owned()),
        ("smtp-hve.office365.com:587", None, "sent by hve: SAP talks to smtp-hve.office365.com:587 [sost.txt:2]".to_owned()),
        ("mailgw.contoso.example:25", None, "sent by relay-server: SAP talks to mailgw.contoso.example:25 [sost.txt:2]".to_owned()),
        ("", None, String::new()),
    ] {
        assert_eq!(way(host, trace.map(String::as_str)), expected);
    }
}

#[test]
fn a_mail_without_a_host_goes_as_most_and_the_user_knows_better() {
    let rows = [MX, MX, ""]
        .iter()
        .zip(1..)
        .map(|(host, number)| request(number, "jane@fabrikam.example", number, "S", ("XS", 718), "").replace(MX, host));
    let list = format!("{TABLE}{}", rows.collect::<String>());
    let shown = sostrace::report::timeline(&analyse_files(&[("sost.txt", list.as_bytes())]), "Invoice 3").1;
    assert!(shown.contains("sent by direct-send: as most mails of its node; its own records name no host"), "{shown}");
    let folder = support::folder(&[("sost.txt", list.as_bytes())]);
    let path = folder.path().display().to_string();
    let (_, shown, _) = support::sostrace(&["timeline", "Invoice 1", &path, "--option", "relay-connector"]);
    assert!(shown.contains("sent by relay-connector: as --option says"), "{shown}");
}
