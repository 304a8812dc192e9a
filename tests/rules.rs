//! The promises of the rule catalogue: every sample against every rule.

use sostrace::rules::{Catalogue, IncidentFacts, JourneyFacts, Matcher, RuleError, Said, page, test_samples};
use std::collections::BTreeSet;
use std::sync::LazyLock;

static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(|| Catalogue::builtin().unwrap());
static MATCHER: LazyLock<Matcher<'static>> = LazyLock::new(|| Matcher::new(&CATALOGUE).unwrap());

#[test]
fn every_sample_gives_the_rule_it_names() {
    let (all, wrong) = test_samples(&CATALOGUE, &MATCHER);
    let wrong: Vec<String> = wrong.iter().map(ToString::to_string).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(all > 190, "{all} samples");
}

/// What is said (cut where it ends in `...`), SAP's message, the rule, whether it is a guess, the other rules.
#[test]
fn codes_guard_words_and_inner_replies_guard_outer_ones() {
    let rows = [
        ("550 5.7.236 exceeded its daily limit for sending email to external recipients from onmicrosoft.com", "", "LIMIT-14", false, ""),
        ("550 5.7.1 Client does not have permissions to send as this sender", "", "SENDAS-05", false, ""),
        ("535 5.7.139 Authentication unsuccessful, SmtpClien...", "", "AUTH-01", true, "AUTH-02"),
        ("530 5.7.57 Client not authenticated to send mail.Error: 535 5.7.139 Authentication unsuccessful, Sm...", "", "AUTH-08", true, ""),
        ("530 5.7.57 Client not authenticated to send mail. [AM0.PROD.OUTLOOK.COM]", "", "AUTH-12", false, ""),
        ("550 5.1.351 Remote server returned unknown recipient or mailbox unavailable -> 550 5.9.9 x", "", "RCPT-17", true, ""),
        ("550 5.7.606 Access denied, banned sending IP [192.0.2.1]; 503 5.5.2 Need rcpt command", "", "REP-01", false, ""),
        ("503 5.5.2 Need rcpt command; 550 5.9.9 something new", "", "GEN-5XX", true, ""),
        ("550 5.7.1 Service unavailable, Client host [192.0.2.1] blocked using Spamhaus", "XS802", "REP-02", false, ""),
        ("454 4.7.1 <a@contoso.example>: Relay access denied", "XS806", "HOP-01", false, ""),
        ("535 5.7.144 XOAUTH2 authentication failed. Invalid API permissions.", "XS853", "AUTH-18", false, ""),
        ("454 4.7.0 Failed to establish appropriate TLS channel: Access Denied", "XS816", "RELAY-12", false, ""),
        ("550 5.9.9 something new", "XS802", "GEN-5XX", true, "SAP-XS802"),
        ("451 4.9.9 something new", "XS816", "GEN-4XX", true, "SAP-XS816"),
        ("554 5.2.0 STOREDRV.Submission.Exc...", "", "GEN-X2", true, ""),
        ("550 5.2.254 Sender throttled due to continuous invalid recipients errors.", "", "LIMIT-10", false, ""),
        ("550 Relay Access Denied [X.eop-EUR01.prod.protection.outlook.com]", "", "RCPT-02", false, ""),
        ("503 5.5.2 Need rcpt command", "XS806", "AUTH-17", false, "SAP-XS806"),
        ("250 2.6.0 Queued mail for delivery", "XS899", "SAP-XS899", false, ""),
        ("mx.contoso.example:25", "XS899", "SAP-XS899", false, ""),
        ("550 5.7.133", "", "RCPT-07", true, ""),
        ("550 5.7.233", "", "LIMIT-13", true, ""),
        ("550 5.1.1 <x@fabrikam.example>: User unknown", "", "RCPT-04", false, ""),
        ("XS806 No delivery to a@contoso.example, invalid recipient address", "", "SAP-XS806", false, ""),
        ("No delivery to a@contoso.example, invalid recipient address", "", "SAP-XS806", true, ""),
        ("xs 816", "", "SAP-XS816", false, ""),
    ];
    for (text, sap_message, id, guess, others) in rows {
        let (cut, whole) = (text.ends_with("..."), text.trim_end_matches("..."));
        let found = MATCHER.judge(&Said { text: whole, cut, sap_message, ..Said::default() }).unwrap();
        let also: Vec<&str> = found.others.iter().map(|rule| rule.id.as_str()).collect();
        assert_eq!((found.rule.id.as_str(), found.guess, also.join(" ").as_str()), (id, guess, others), "{text}");
    }
}

#[test]
fn quotations_and_prose_are_guesses_at_most() {
    let rows = [
        "Subject: Fwd: Connection refused at the bank",
        "Invalid address in purchase order 4500012345",
        "Your message was not allowed to send as Peter said",
        "Service not available at weekends",
        "RE: 550 5.7.64 TenantAttribution; Relay Access Denied",
        "SSL handshake with mx.contoso.example:25 completed",
        "Version 5.7.64 of the report",
        "Betriebsanleitung Version 5.3.4",
        "AW: XS806 No delivery to a@contoso.example, invalid recipient address",
        "No parking here, authentication required",
    ];
    for text in rows {
        if let Some(found) = MATCHER.judge(&Said { text, ..Said::default() }) {
            assert!(found.guess, "{text} is taken for {}", found.rule.id);
        }
    }
}

#[test]
fn waiting_is_a_matter_of_age_and_of_intention() {
    let held = |sap_state, age_s| {
        let facts = JourneyFacts { verdict: "waiting", sap_state, age_s: Some(age_s), ..JourneyFacts::default() };
        MATCHER.journey(&facts).first().map_or("", |rule| rule.id.as_str())
    };
    for (state, age, want) in
        [("no-queue-entry", 7200, "WAIT-03"), ("no-queue-entry", 60, ""), ("future", 7200, ""), ("active", 7200, "WAIT-01")]
    {
        assert_eq!(held(state, age), want, "{state} {age}");
    }
    let rule = |id| CATALOGUE.get(id).unwrap();
    assert_eq!((rule("SAP-SO672").action.as_str(), rule("WAIT-01").action.as_str()), ("wait", "investigate"));
}

#[test]
fn patterns_need_their_cause() {
    let first = |facts: &IncidentFacts<'_>| MATCHER.incident(facts).first().map_or("", |rule| rule.id.as_str());
    let base =
        IncidentFacts { members: 9, external_ok_before: 9, internal_ok: 9, app_servers: 1, app_servers_ok: 1, ..IncidentFacts::default() };
    for (rule, external_failed, external_ok, want) in [
        ("RELAY-01", 9, 0, "INC-01"),
        ("RELAY-01", 9, 3, "INC-03"),
        ("RELAY-01", 0, 0, "INC-03"),
        ("RCPT-01", 9, 3, ""),
        ("AUTH-01", 9, 0, "INC-02"),
        ("AUTH-04", 9, 0, "INC-04"),
    ] {
        assert_eq!(
            first(&IncidentFacts { rule, external_failed, external_ok, ..base.clone() }),
            want,
            "{rule} {external_failed} {external_ok}"
        );
    }
    for id in ["INC-02", "INC-04"] {
        let pattern = CATALOGUE.get(id).unwrap();
        let owners = |rule: &String| CATALOGUE.get(rule).unwrap().owner == pattern.owner;
        assert!(pattern.when.rule.iter().filter(|rule| *rule != "AUTH-11").all(owners), "{id}");
    }
}

#[test]
fn the_catalogue_is_whole() {
    let ids: BTreeSet<&str> = CATALOGUE.iter().map(|rule| rule.id.as_str()).collect();
    assert!(ids.len() >= 30, "{} rules", ids.len());
    for rule in CATALOGUE.iter() {
        let article = rule.references.iter().filter(|reference| reference.url.ends_with("exchange-online-integration-sap-email-outbound"));
        assert!(article.clone().all(|reference| reference.article_version.is_some()), "{} names no version of the article", rule.id);
        assert!(page(rule).contains(&rule.cause));
        assert!(rule.cause.split(". ").next().is_some_and(|first| first.len() > 20), "{}", rule.id);
    }
}

#[test]
fn success_and_prose_break_no_rule() {
    for text in ["250 2.0.0 OK", "250 2.1.5 Recipient OK", "", "Document sent successfully", "the 550 boxes"] {
        assert!(MATCHER.judge(&Said { text, ..Said::default() }).is_none(), "{text}");
    }
    // A logon that succeeds is worth a word, and is no failure: it is never the cause of one.
    let found = MATCHER.judge(&Said { text: "235 2.7.0 Authentication successful", ..Said::default() }).unwrap();
    assert_eq!((found.rule.id.as_str(), found.rule.heal), ("AUTH-21", sostrace::rules::Heal::Success));
    let refused = "235 2.7.0 Authentication successful; then 550 5.7.64 TenantAttribution; Relay Access Denied";
    assert_eq!(MATCHER.judge(&Said { text: refused, ..Said::default() }).unwrap().rule.id, "RELAY-01");
}

/// A folder with one rule file made of a built-in one.
fn folder(name: &str, rule: &str, change: impl Fn(String) -> String) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let text = toml_of(rule);
    std::fs::write(folder.path().join(name), change(text)).unwrap();
    folder
}

fn toml_of(rule: &str) -> String {
    let rule = CATALOGUE.get(rule).unwrap();
    let file = format!("src/rules/catalogue/{}/{}.toml", rule.family().to_lowercase(), rule.id);
    std::fs::read_to_string(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap()
}

#[test]
fn a_folder_of_the_user_overrides_in_any_case() {
    let own = folder("relay-01.toml", "RELAY-01", |text| text.replace("RELAY-01\"", "relay-01\"").replace("exchange-admin", "dns"));
    let changed = Catalogue::builtin().unwrap().with_dir(own.path()).unwrap();
    assert_eq!(changed.get("Relay-01").unwrap().owner, "dns");
    assert_eq!(changed.iter().count(), CATALOGUE.iter().count());
    let matcher = Matcher::new(&changed).unwrap();
    let (_, wrong) = test_samples(&changed, &matcher);
    assert!(wrong.is_empty(), "{wrong:?}");
}

/// A change to a good rule, words of the message, the key whose line it names, the text at whose beginning it points.
#[test]
fn errors_name_line_and_column_and_what_would_be_right() {
    let rows: [(&str, &str, &str, &str, &str); 17] = [
        ("title =", "titel =", "did you mean \"title\"", "titel =", "titel"),
        ("[[remedy]]", "[[remedies]]", "did you mean \"remedy\"", "[[remedies]]", "remedies"),
        ("owner = \"exchange-admin\"", "owner = \"exchange\"", "did you mean \"exchange-admin\"", "owner =", "\"exchange\""),
        ("owner = \"exchange-admin\"", "owner = \"nobody\"", "is not one of sap-basis", "owner =", "\"nobody\""),
        ("enhanced = [\"5.7.64\"]", "enhanced = [\"5.7\"]", "no enhanced code", "enhanced =", "\"5.7\""),
        ("enhanced = [\"5.7.64\"]", "enhanced = [\"5.7.64-5.7.66\"]", "list the enhanced codes singly", "codes_suffice =", "codes_suffice"),
        ("[\"TenantAttribution; Relay Access Denied\"]", "[\"Relay\"]", "too short", "text_any =", "\"Relay\""),
        ("stage = [\"rcpt\"]", "stage = [\"rcpt\"]\nspeaker = [\"bob\"]", "is not one of exo-mx", "speaker =", "\"bob\""),
        ("stage = [\"rcpt\"]", "stage = [\"rcpt\"]\nsap_message = [\"xs8\"]", "no SAP message", "sap_message =", "\"xs8\""),
        ("stage = [\"rcpt\"]", "stage = [\"rcpt\"]\ngeneric = 3", "not 4 or 5", "generic =", "3"),
        ("stage = [\"rcpt\"]", "stage = [\"rcpt\"]\n[context]\nscope = \"far\"", "internal, external", "scope =", "\"far\""),
        ("stage = [\"rcpt\"]", "stage = [\"rcpt\"]\n[when]\nstopped_at = [\"here\"]", "is not one of sap", "stopped_at =", "\"here\""),
        (
            "stage = [\"rcpt\"]",
            "stage = [\"rcpt\"]\n[when]\nexchange_status = [\"lost\"]",
            "gettingstatus",
            "exchange_status =",
            "\"lost\"",
        ),
        ("gives = \"RELAY-02\"", "gives = \"RELAY-99\"", "\"RELAY-99\" is no rule", "gives =", "\"RELAY-99\""),
        ("article_version = \"V3\"", "article_version = \"2025\"", "V1, V2, V3", "article_version =", "\"2025\""),
        ("as_of = \"2026-11-23\"", "as_of = \"today\"", "expected a date", "as_of =", "\"today\""),
        ("owner = \"exchange-admin\"\n", "", "missing field `owner`", "[match]", "[match]"),
    ];
    for (old, new, words, key, pointed) in rows {
        assert!(toml_of("RELAY-01").contains(old), "{old}");
        let own = folder("RELAY-01.toml", "RELAY-01", |text| text.replacen(old, new, 1));
        let text = std::fs::read_to_string(own.path().join("RELAY-01.toml")).unwrap();
        let (line, row) = text.lines().enumerate().find(|(_, line)| line.starts_with(key)).unwrap();
        let error = Catalogue::builtin().unwrap().with_dir(own.path()).unwrap_err();
        assert!(error.to_string().contains(words), "{error}");
        let told = match &error {
            RuleError::Malformed { line, column, .. } | RuleError::Invalid { line, column, .. } => (*line, *column),
            other => panic!("{other}"),
        };
        assert_eq!(told, (line + 1, row.find(pointed).unwrap() + 1), "{error}");
        assert!(error.to_string().contains(&format!("RELAY-01.toml:{}:{}: ", told.0, told.1)), "{error}");
    }
}

#[test]
fn bytes_that_are_no_text_are_told_apart() {
    let own = tempfile::tempdir().unwrap();
    std::fs::write(own.path().join("RELAY-01.toml"), b"id = \"\xff\xfe\"").unwrap();
    let error = Catalogue::builtin().unwrap().with_dir(own.path()).unwrap_err();
    assert!(matches!(error, RuleError::NotUtf8 { .. }), "{error}");
    assert!(error.to_string().contains("UTF-8"), "{error}");
}

proptest::proptest! {
    #[test]
    fn any_text_is_judged_without_panic_and_always_alike(text in "\\PC{0,200}", cut: bool) {
        let id = || MATCHER.judge(&Said { text: &text, cut, ..Said::default() }).map(|j| j.rule.id.clone());
        proptest::prop_assert_eq!(id(), id());
    }
}
