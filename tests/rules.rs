//! The promises of the rule catalogue: every sample against every rule.

use sostrace::rules::{Catalogue, Matcher, RuleError, Said, page};
use std::collections::BTreeSet;

fn said(sample: &sostrace::rules::Sample) -> Said<'_> {
    Said {
        text: &sample.text,
        cut: sample.cut,
        sap_message: sample.sap_message.as_deref().unwrap_or(""),
        host: sample.host.as_deref().unwrap_or(""),
        port: sample.port.unwrap_or(0),
        ..Said::default()
    }
}

#[test]
fn every_sample_gives_the_rule_it_names() {
    let catalogue = Catalogue::builtin().unwrap();
    let matcher = Matcher::new(&catalogue).unwrap();
    let mut wrong = Vec::new();
    for rule in catalogue.iter() {
        for sample in &rule.samples {
            let got = matcher.judge(&said(sample)).map_or("", |judgement| judgement.rule.id.as_str());
            let want = if sample.matches { rule.id.as_str() } else { sample.gives.as_str() };
            if got != want {
                wrong.push(format!("{}: {:?} gives {got:?}, not {want:?}", rule.id, sample.text));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_catalogue_is_whole() {
    let catalogue = Catalogue::builtin().unwrap();
    let ids: BTreeSet<&str> = catalogue.iter().map(|rule| rule.id.as_str()).collect();
    assert!(ids.len() >= 30, "{} rules", ids.len());
    for rule in catalogue.iter() {
        for sample in rule.samples.iter().filter(|sample| !sample.gives.is_empty()) {
            assert!(ids.contains(sample.gives.as_str()), "{} names {} which is no rule", rule.id, sample.gives);
        }
        assert!(page(rule).contains(&rule.cause));
        assert!(rule.cause.split(". ").next().is_some_and(|first| first.len() > 20), "{}", rule.id);
    }
}

#[test]
fn success_and_prose_break_no_rule() {
    let catalogue = Catalogue::builtin().unwrap();
    let matcher = Matcher::new(&catalogue).unwrap();
    for text in ["250 2.0.0 OK", "235 2.7.0 Authentication successful", "", "Document sent successfully", "the 550 boxes"] {
        assert!(matcher.judge(&Said { text, ..Said::default() }).is_none(), "{text}");
    }
}

#[test]
fn a_folder_of_the_user_overrides_and_errors_name_the_line() {
    let folder = tempfile::tempdir().unwrap();
    let catalogue = Catalogue::builtin().unwrap();
    let own = toml::to_string(catalogue.get("relay-01").unwrap()).unwrap().replace("exchange-admin", "network");
    std::fs::write(folder.path().join("RELAY-01.toml"), &own).unwrap();
    let changed = Catalogue::builtin().unwrap().with_dir(folder.path()).unwrap();
    assert_eq!(changed.get("RELAY-01").unwrap().owner, "network");
    std::fs::write(folder.path().join("OWN-01.toml"), "id = \"OWN-01\"\ntitel = \"x\"\n").unwrap();
    let error = Catalogue::builtin().unwrap().with_dir(folder.path()).unwrap_err();
    assert!(matches!(error, RuleError::Malformed { line: 2, .. }), "{error}");
    assert!(error.to_string().contains("\"title\""), "{error}");
}

proptest::proptest! {
    #[test]
    fn any_text_is_judged_without_panic_and_always_alike(text in "\\PC{0,200}", cut: bool) {
        let catalogue = Catalogue::builtin().unwrap();
        let matcher = Matcher::new(&catalogue).unwrap();
        let id = || matcher.judge(&Said { text: &text, cut, ..Said::default() }).map(|j| j.rule.id.clone());
        proptest::prop_assert_eq!(id(), id());
    }
}
