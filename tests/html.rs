//! The page for a browser, as bytes: what it holds, what it may load, and that no text of a log becomes a part of it.

mod support;

use base64::Engine as _;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::path::Path;
use support::{arrival, others, request, sostrace};

const SAMPLES: [&str; 4] = ["connector-mismatch", "night-outage", "relay-backlog", "smtp-auth-off"];

/// The page of paths, with further arguments.
fn page(arguments: &[&str]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("report.html").display().to_string();
    let (code, _, err) = sostrace(&[&["analyze"], arguments, &["-q", "-o", &file]].concat());
    assert_eq!((code, err.as_str()), (0, ""));
    std::fs::read_to_string(Path::new(&file)).unwrap()
}

fn sample(name: &str) -> String {
    page(&[&format!("samples/{name}")])
}

/// What stands between two texts.
fn between<'a>(page: &'a str, begin: &str, end: &str) -> &'a str {
    page.split_once(begin).unwrap().1.split_once(end).unwrap().0
}

fn block(page: &str, id: &str) -> Value {
    serde_json::from_str(between(page, &format!("<script type=\"application/json\" id=\"{id}\">"), "</script>")).unwrap()
}

/// The texts of a column, row by row.
fn column(page: &str, name: &str) -> Vec<String> {
    let data = block(page, "journeys-data");
    let column = data["columns"].as_array().unwrap().iter().find(|column| column["name"] == name).unwrap().clone();
    let text = |at: &Value| column["texts"]["texts"][usize::try_from(at.as_u64().unwrap()).unwrap()].as_str().unwrap().to_owned();
    column["texts"]["at"].as_array().unwrap().iter().map(text).collect()
}

/// The page without its style, script and data.
fn markup(page: &str) -> String {
    let style = between(page, "<style>", "</style>");
    let body = page.split_once("<script type=\"application/json\"").unwrap().0;
    body.replace(style, "")
}

#[test]
fn every_mail_of_the_table_is_in_the_page() {
    for name in SAMPLES {
        let (page, table) = (sample(name), sostrace(&["analyze", &format!("samples/{name}"), "--format", "csv"]).1);
        let mut rows = csv::Reader::from_reader(table.as_bytes());
        let header = rows.headers().unwrap().clone();
        let rows: Vec<csv::StringRecord> = rows.records().map(Result::unwrap).collect();
        for wanted in ["journey", "verdict", "rule", "recipient", "evidence"] {
            let at = header.iter().position(|name| name == wanted).unwrap();
            let (mut want, mut got): (Vec<&str>, _) = (rows.iter().map(|row| &row[at]).collect(), column(&page, wanted));
            want.sort_unstable();
            got.sort();
            assert_eq!(got, want, "{name} {wanted}");
        }
        assert_eq!(block(&page, "timelines-data").as_array().unwrap().len(), rows.len());
        for id in ["summary", "incidents", "time", "causes", "routes", "journeys", "sources"] {
            assert_eq!(page.matches(&format!("<section id=\"{id}\">")).count(), 1, "{name} {id}");
        }
        let proven = page.contains("<code>L-18</code> Mails leave by several addresses");
        assert_eq!(proven, ["connector-mismatch", "relay-backlog"].contains(&name), "{name}");
        assert!(page.len() < 1_000_000, "{name}: {} bytes", page.len());
        assert_eq!(page, sample(name), "the same input gives the same bytes");
    }
}

#[test]
fn the_browser_runs_and_loads_nothing_else() {
    for name in SAMPLES {
        let page = sample(name);
        let policy = between(&page, "<meta http-equiv=\"Content-Security-Policy\" content=\"", "\">");
        let (style, script) = (between(&page, "<style>", "</style>"), between(&page, "<script>", "</script>"));
        for (kind, bytes) in [("style-src", style), ("script-src", script)] {
            let hash = base64::engine::general_purpose::STANDARD.encode(Sha256::digest(bytes.as_bytes()));
            assert!(policy.contains(&format!("{kind} 'sha256-{hash}';")), "{policy}");
        }
        assert!(policy.starts_with("default-src 'none'; ") && !policy.contains("unsafe") && !policy.contains('*'), "{policy}");
        assert_eq!((page.matches("<script>").count(), page.matches("<script ").count(), page.matches("<style").count()), (1, 2, 1));
        let markup = markup(&page);
        for loading in [" src=", " srcset=", "<link", "<img", "<iframe", "<object", "<base", " style=", " on", "javascript:", "@import"] {
            let tags = markup.split('<').skip(1).map(|tag| format!("<{}", tag.split('>').next().unwrap()));
            assert_eq!(tags.filter(|tag| tag.contains(loading)).count(), 0, "{name}: {loading}");
        }
        assert!(!style.contains("url(") && !style.contains("@import"));
        for link in markup.split("href=\"").skip(1) {
            assert!(link.starts_with('#') || link.starts_with("https:"), "{link}");
        }
        assert_eq!(markup.matches("<a rel=\"noreferrer\" href=\"https:").count(), markup.matches("href=\"https:").count());
        assert!(!script.contains("http") && !script.contains("innerHTML") && !script.contains("eval("));
    }
}

/// Subjects and addresses that are made to become a part of the page.
const HOSTILE: [&str; 5] = [
    "</script><script>window.hacked=1</script>",
    "<img src=x onerror=window.hacked=1>",
    "\"'><svg/onload=window.hacked=1> &amp; --> <!--",
    "{{ 7 * 7 }}{% raw %}{# not shown #}",
    "\u{1b}[31mred\u{202e}txt.exe\u{2028}next",
];

#[test]
fn no_text_of_a_log_becomes_a_part_of_the_page() {
    let rows: Vec<String> = (1..)
        .zip(HOSTILE)
        .map(|(number, text)| {
            let row = request(number, "a@fabrikam.example", 1, "E", ("XS", 806), "550 5.7.64 <b onclick=x> TenantAttribution");
            row.replace(&format!("Invoice {number}"), text).replace("sap@contoso.example", &format!("\"><i>{number}@contoso.example"))
        })
        .collect();
    let input = support::folder(&[("<b>&.txt", format!("{}{}", support::TABLE, rows.concat()).as_bytes())]);
    let page = page(&[&input.path().display().to_string(), "--zone", "sap=UTC"]);
    assert_eq!(column(&page, "journey").len(), HOSTILE.len());
    let subjects = column(&page, "subject");
    for text in &HOSTILE[..4] {
        assert!(subjects.iter().any(|subject| subject == text), "{text}");
    }
    for wrong in ["<img", "<svg/", "<i>", "<b onclick", "<script>window", "<b>&", "<!--", "{# ", ">49"] {
        let wanted = usize::from(wrong == "{# ") * 3;
        assert!(page.matches(wrong).count() <= wanted, "{wrong}");
    }
    let harmful = |c: &char| c.is_control() && *c != '\n' || ('\u{2028}'..='\u{202e}').contains(c);
    assert_eq!(page.chars().find(harmful), None);
    assert_eq!(page.matches("</script>").count(), 3);
}

/// Traces at level 3 hold logons and dialogues.
#[test]
fn lines_are_shown_without_logon_data() {
    for (name, trace, secrets) in [
        ("connector-mismatch", "dev_icm_sapapp1_level3.txt", &["MAIL FROM:<sap-prd", "EHLO contoso.example", "SMTP >> QUIT"][..]),
        ("smtp-auth-off", "dev_icm_sapapp3_secured.txt", &["U0VDUkVUU0VOVElORUw=", "ZXJwLWUwMUBjb250b3NvLmV4YW1wbGU=", "VXNlcm5hbWU6"]),
    ] {
        let (page, trace) = (sample(name), std::fs::read_to_string(support::repository(&format!("samples/{name}/{trace}"))).unwrap());
        for secret in secrets {
            assert!(trace.contains(secret) && !page.contains(&secret.replace('<', "\\u003c")), "{secret}");
        }
    }
    let page = sample("smtp-auth-off");
    let timelines = block(&page, "timelines-data");
    let events = timelines.as_array().unwrap().iter().flat_map(|events| events.as_array().unwrap());
    let lines: Vec<String> =
        events.filter_map(|event| event["l"].as_array()).flatten().map(|line| line.as_str().unwrap().to_owned()).collect();
    for shown in ["SMTP recv: 535 5.7.139 Authentication unsuccessful", "(NIETIMEOUT)", "STOREDRV.ClientSubmit"] {
        assert!(lines.iter().any(|line| line.contains(shown)), "{shown}");
    }
}

/// A line that holds the mails of several people is told by its place alone.
#[test]
fn lines_of_several_mails_are_not_shown() {
    let row = |number: u32, sender: &str| {
        format!(
            r#"{{"Received":"2026-03-10T08:05:3{number}","SenderAddress":"{sender}","RecipientAddress":"a@fabrikam.example","Subject":"Invoice {number}","Status":"Delivered","MessageTraceId":"0ecf1e48-2947-19e6-6e07-08de99db010{number}","MessageId":"<ADR51{number:012}@contoso.example>","Size":2048}}"#
        )
    };
    let trace = format!("[{},{}]", row(1, "sap@contoso.example"), row(2, "jane@fabrikam.example"));
    let sap = format!("{}{}", support::TABLE, request(1, "a@fabrikam.example", 30, "S", ("XS", 718), ""));
    let input = support::folder(&[("soes.txt", sap.as_bytes()), ("trace.json", trace.as_bytes())]);
    let page = page(&[&input.path().display().to_string(), "--zone", "sap=UTC"]);
    assert_eq!(column(&page, "verdict"), ["delivered"]);
    assert!(page.contains("(withheld: the line holds several mails)") && !page.contains("jane@fabrikam.example"));
}

/// What is handed to one customer names no other one.
#[test]
fn a_proof_for_one_domain_names_no_other() {
    let all = sample("connector-mismatch");
    let page = page(&["samples/connector-mismatch", "--recipient-domain", "fabrikam.example"]);
    let others: Vec<String> = column(&all, "recipient").into_iter().filter(|to| !to.ends_with("@fabrikam.example")).collect();
    let domain = |to: &String| to.rsplit('@').next().is_some_and(|domain| "fabrikam.example".starts_with(domain));
    for other in others.iter().filter(|other| !domain(other)) {
        assert!(!page.contains(other.as_str()), "{other}");
    }
    assert!(page.contains("Only mails to <b>fabrikam.example</b>") && column(&page, "recipient").len() > 10);
}

#[test]
fn a_small_page() {
    let sap = format!(
        "{}{}{}{}",
        support::TABLE,
        request(1, "a@fabrikam.example", 30, "S", ("XS", 718), ""),
        request(2, "b@fabrikam.example", 31, "E", ("XS", 806), "550 5.7.64 TenantAttribution; Relay Access Denied"),
        request(3, "c@fabrikam.example", 32, "S", ("XS", 718), ""),
    );
    let trace = format!(
        "{}{}{}{}",
        support::TRACE,
        arrival(1, "a@fabrikam.example", 30, "Receive, Send"),
        arrival(3, "c@fabrikam.example", 32, "Receive, Send"),
        others()
    );
    let input = support::folder(&[("soes.txt", sap.as_bytes()), ("trace.csv", trace.as_bytes())]);
    let page = page(&[&input.path().display().to_string(), "--zone", "sap=UTC"]);
    let policy = between(&page, "Content-Security-Policy\" content=\"", "\">");
    let (style, script) = (between(&page, "<style>", "</style>"), between(&page, "<script>", "</script>"));
    let rules = between(&page, " rules (SHA-256 <code class=\"hash\">", "</code>");
    let escaped = input.path().display().to_string().replace('/', "&#x2f;");
    let mut shown = page.replace(policy, "(policy)").replace(style, "(style)").replace(script, "(script)").replace(rules, "(rules)");
    shown = shown.replace(&escaped, "(folder)").replace(env!("CARGO_PKG_VERSION"), "(version)");
    let count = between(&shown, "(version) with ", " rules").to_owned();
    insta::assert_snapshot!("small-page", shown.replace(&format!("with {count} rules"), "with (number) rules"));
}

#[test]
fn a_run_without_mails_has_a_page() {
    let page = page(&["samples/connector-mismatch", "--since", "2030-01-01"]);
    assert!(page.contains("no mail inside --since") && page.contains("<section id=\"sources\">"));
    assert!(!page.contains("<section id=\"journeys\">"));
}
