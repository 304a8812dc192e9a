//! Entra's sign-in log beside a refused logon.

mod support;

use sostrace::source::Class;
use sostrace::{Analysis, Options};
use support::{TABLE, analyse_files, analyse_paths, folder, request, table};

const CSV: &str = include_str!("../src/formats/context/sign_ins.sample.csv");
const JSON: &str = include_str!("../src/formats/context/sign_ins.sample.json");
const REFUSED: &str = "535 5.7.139 Authentication unsuccessful, the request did not meet the criteria to be authenticated successfully. Contact your administrator.";

fn sap(reply: &str) -> String {
    format!("{TABLE}{}", request(1, "ap@fabrikam.example", 2, "E", ("XS", 806), reply))
}

fn run(log: &str, reply: &str) -> Analysis {
    analyse_files(&[("sap.txt", sap(reply).as_bytes()), ("signins.log", log.as_bytes())])
}

#[test]
fn the_sign_in_is_evidence_and_its_code_is_named() {
    let graph = format!("{{\"@odata.context\": \"x\",\n \"value\": {JSON}}}\n");
    let one_line = JSON.replace('\n', "");
    let oauth = JSON.replace("\"clientAppUsed\": \"Authenticated SMTP\"", "\"clientAppUsed\": \"\"").replace("50126", "7000222");
    let rows = [
        (
            CSV.to_owned(),
            2,
            "for 1: 53003 blocked by Conditional Access (Entra sign-in of sap@contoso.example, Authenticated SMTP from 203.0.113.10)",
        ),
        (CSV.replace(',', ";").replace("2026-03-10T08:05:01Z", "2026-03-10 08:05:01"), 2, "for 1: 53003 blocked"),
        (
            CSV.replace("2026-03-10T08:05:01Z", "10.03.2026 08:05:01").replace("2026-03-10T08:06:00Z", "10.03.2026 08:06:00"),
            2,
            "for 1: 53003",
        ),
        (
            CSV.replace("2026-03-10T08:05:01Z", "3/10/2026, 8:05:01 AM").replace("2026-03-10T08:06:00Z", "3/13/2026, 8:06:00 AM"),
            2,
            "for 1: 53003",
        ),
        (
            CSV.replace("Date (UTC)", "Datum (UTC)")
                .replace("Sign-in error code", "Fehlercode bei der Anmeldung")
                .replace("Username", "Benutzername")
                .replace("Client app", "Client-App")
                .replace("IP address", "IP-Adresse"),
            2,
            "for 1: 53003 blocked by Conditional Access (Entra sign-in of sap@contoso.example, Authenticated SMTP from 203.0.113.10)",
        ),
        (CSV.replace("53003", "99999"), 2, "for 1: 99999 Access has been blocked by Conditional Access policies."),
        (JSON.to_owned(), 2, "for 1: 50126 wrong user name or password"),
        (graph, 3, "for 1: 50126"),
        (one_line, 1, "for 1: 50126"),
        (oauth, 2, "for 1: 7000222 the client secret has expired"),
    ];
    for (log, line, want) in rows {
        let analysis = run(&log, REFUSED);
        let proofs: Vec<&str> = analysis.incidents.iter().flat_map(|incident| &incident.proofs).map(|proof| proof.text.as_str()).collect();
        assert!(proofs.len() == 1 && proofs[0].starts_with(want), "{log} {proofs:?}");
        let rows = table(&analysis);
        assert_eq!((rows[0]["rule"].as_str(), rows[0]["evidence"].as_str()), ("AUTH-04", format!("signins.log:{line};sap.txt:2").as_str()));
        let (count, timeline) = sostrace::report::timeline(&analysis, "ap@fabrikam.example");
        assert!(count == 1 && timeline.contains(&format!("exchange  logon refused: {}", &want[7..12])), "{timeline}");
    }
}

#[test]
fn what_is_not_the_same_logon_is_left_alone() {
    let rows = [
        ("another time", CSV.replace("08:05:01Z", "08:15:01Z"), REFUSED),
        ("a browser", CSV.replace("Authenticated SMTP", "Browser"), REFUSED),
        ("no logon was refused", CSV.to_owned(), "550 5.7.64 TenantAttribution; Relay Access Denied"),
        ("others' accounts", CSV.replace("sap@", "jane@") + &CSV.lines().nth(1).unwrap().replace("sap@", "tom@"), REFUSED),
    ];
    for (what, log, reply) in rows {
        let analysis = run(&log, reply);
        assert_eq!(table(&analysis)[0]["evidence"], "sap.txt:2", "{what}");
        assert!(analysis.incidents.iter().all(|incident| incident.proofs.is_empty()), "{what}");
    }
}

/// On a clock of unknown zone a time proves nothing.
#[test]
fn an_unknown_zone_links_nothing() {
    let folder = folder(&[("sap.txt", sap(REFUSED).as_bytes()), ("signins.csv", CSV.as_bytes())]);
    let analysis = analyse_paths(&[folder.path().to_path_buf()], &Options::default());
    assert_eq!(table(&analysis)[0]["evidence"], "sap.txt:2");
}

#[test]
fn each_line_has_one_class() {
    let broken = JSON.replace("\"status\": {", "\"status\": [");
    let timeless = CSV.replace("2026-03-10T08:06:00Z", "yesterday");
    let prefixed = CSV.replace("53003", "AADSTS53003");
    let codeless = CSV.replace("53003", "denied");
    let quoted = JSON.replace("50126", "\"50126\"");
    let absurd = CSV.replace("2026-03-10T08:06:00Z", "0026-03-10T08:06:00Z");
    assert!(prefixed != CSV && quoted != JSON);
    let rows = [
        (CSV, (1, 2, 0)),
        (JSON, (9, 2, 0)),
        (broken.as_str(), (0, 3, 8)),
        (timeless.as_str(), (1, 1, 1)),
        (absurd.as_str(), (1, 1, 1)),
        (prefixed.as_str(), (1, 2, 0)),
        (codeless.as_str(), (0, 2, 1)),
        (quoted.as_str(), (9, 2, 0)),
    ];
    for (log, want) in rows {
        let analysis = run(log, REFUSED);
        let ledger = &analysis.reading.sources.iter().find(|source| source.format == "entra-sign-ins").unwrap().ledger;
        let count = |class| ledger.count(class);
        assert_eq!((count(Class::Evidence), count(Class::Frame), count(Class::NotUnderstood)), want, "{log}");
    }
}

/// A line has one class; what else stands on it and was not read is told.
#[test]
fn one_line_of_several_sign_ins_tells_what_was_not_read() {
    let one = JSON.replace('\n', "");
    let object = one.trim().trim_start_matches('[').trim_end_matches(']');
    let undated = object.replace("2026-03-10T08:05:01Z", "yesterday");
    let analysis = run(&format!("[{object},{undated},{object}]"), REFUSED);
    let source = analysis.reading.sources.iter().find(|source| source.format == "entra-sign-ins").unwrap();
    assert_eq!((source.ledger.count(Class::Evidence), source.rows), (1, 2));
    let notes: Vec<&str> = source.notes.iter().map(|note| note.text.as_str()).collect();
    assert_eq!(notes, ["1 of 3 objects share a line with others and were not read: no time of a sign-in"]);
}
