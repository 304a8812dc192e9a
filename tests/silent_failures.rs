//! What a trace tells of mails that SAP calls sent: another recipient, another sender, the junk folder.

mod support;

use support::{TABLE, TRACE, analyse_files, arrival, others, request};

/// Verdict, cause and findings of the first of two mails, whose rows of the trace are given.
fn told(rows: &str, more: &[(&str, &str)]) -> String {
    let mail = |number| request(number, "ap@fabrikam.example", number, "S", ("XS", 718), "");
    let list: String = format!("{TABLE}{}{}{}{}", mail(1), mail(2), mail(3), mail(4));
    let rest: String = (2..5).map(|number| arrival(number, "ap@fabrikam.example", number, "Receive, Deliver")).collect();
    let trace = format!("{TRACE}{rows}{rest}{}", others());
    let mut files = vec![("sost.txt", list.as_bytes()), ("trace.csv", trace.as_bytes())];
    files.extend(more.iter().map(|(name, text)| (*name, text.as_bytes())));
    let analysis = analyse_files(&files);
    let store = &analysis.reading.store;
    let journey = analysis.journeys.iter().find(|journey| store.text(journey.subject) == "Invoice 1").unwrap();
    let rules = std::iter::once(journey.rule).chain(journey.findings.iter().copied()).map(|rule| store.text(rule));
    let rules: Vec<&str> = rules.filter(|rule| !rule.is_empty()).collect();
    format!("{} {}", journey.verdict.word(), rules.join(" ")).trim().to_owned()
}

#[test]
fn another_recipient_or_sender_is_a_finding() {
    let plain = arrival(1, "ap@fabrikam.example", 3, "Receive, Deliver");
    let alias = arrival(1, "ap@fabrikam.example", 3, "Receive, Resolve") + &arrival(1, "jane@fabrikam.example", 3, "Receive, Deliver");
    for (rows, expected) in [
        (plain.clone(), "delivered"),
        (plain.replace("ap@fabrikam", "AP@Fabrikam"), "delivered"),
        (alias, "delivered SIL-09"),
        (plain.replace("sap@contoso.example", "noreply@contoso.example"), "delivered SIL-14"),
        (plain.replace("sap@contoso.example", "SAP@CONTOSO.example"), "delivered"),
        (plain.replace("sap@contoso.example", "<>"), "delivered"),
    ] {
        assert_eq!(told(&rows, &[]), expected, "{rows}");
    }
}

#[test]
fn junk_and_what_was_blocked_as_spam_are_told_apart() {
    let of = |events: &str| told(&arrival(1, "ap@fabrikam.example", 3, events), &[]);
    assert_eq!(of("Receive, Deliver"), "delivered");
    assert!(of("Receive, FilteredAsSpam").starts_with("diverted SIL-05"), "{}", of("Receive, FilteredAsSpam"));
    let event = "Timestamp,NetworkMessageId,InternetMessageId,SenderFromAddress,RecipientEmailAddress,Subject,DeliveryAction,DeliveryLocation,EmailDirection\n\
        2026-03-10T08:05:03Z,11111111-2222-3333-4444-555555555555,<ADR51000000000001@contoso.example>,sap@contoso.example,ap@fabrikam.example,Invoice 1,Junked,Junk folder,Inbound\n";
    let rows = arrival(1, "ap@fabrikam.example", 3, "Receive, Deliver");
    assert_eq!(told(&rows, &[("emails.csv", event)]), "diverted SIL-01");
}
