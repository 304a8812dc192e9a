//! Settings of Exchange Online beside the mails: what they confirm, and that they are no mail themselves.

mod support;

use sostrace::source::Class;
use support::{TABLE, TRACE, analyse_files, arrival, others, request, table};

const DOMAINS: &str = include_str!("../src/formats/context/accepted_domains.sample.txt");

fn mail_to(to: &str) -> String {
    format!("{TABLE}{}", request(1, to, 1, "S", ("XS", 718), ""))
}

#[test]
fn accepted_domains_fill_the_scope() {
    let below = "DomainName : contoso.example\nDomainType : Authoritative\nMatchSubDomains : True\n";
    let csv = include_str!("../src/formats/context/accepted_domains.sample.csv");
    let rows = [
        (DOMAINS, "ap@plants.contoso.test", "internal"),
        (DOMAINS, "ap@Contoso.Example", "internal"),
        (DOMAINS, "ap@eu.contoso.example", "external"),
        (DOMAINS, "ap@fabrikam.test", "external"),
        (csv, "ap@fabrikam.test", "internal"),
        (below, "ap@eu.contoso.example", "internal"),
        (below, "ap@mycontoso.example", "external"),
    ];
    for (domains, to, scope) in rows {
        let rows = table(&analyse_files(&[("sap.txt", mail_to(to).as_bytes()), ("domains.txt", domains.as_bytes())]));
        assert_eq!(rows.len(), 1, "{to}");
        assert_eq!(rows[0]["recipient_scope"], scope, "{to} {domains}");
    }
}

/// The user's word ends all guessing, also that of an export.
#[test]
fn the_option_is_the_last_word() {
    let folder = support::folder(&[("sap.txt", mail_to("ap@fabrikam.test").as_bytes()), ("domains.txt", DOMAINS.as_bytes())]);
    let policy = sostrace::journey::Policy { accepted_domains: vec!["fabrikam.test".to_owned()], ..Default::default() };
    let options = sostrace::Options { policy, ..Default::default() };
    let rows = table(&support::analyse_paths(&[folder.path().to_path_buf()], &options));
    assert_eq!(rows[0]["recipient_scope"], "internal");
}

/// A file of settings covers no mail: it neither stands in for a trace nor makes anything missing.
#[test]
fn settings_are_no_mails() {
    let analysis = analyse_files(&[("sap.txt", mail_to("ap@fabrikam.test").as_bytes()), ("domains.txt", DOMAINS.as_bytes())]);
    assert_eq!(table(&analysis)[0]["verdict"], "handed-off");
    assert!(analysis.alignment.others.is_empty());
    let domains = analysis.reading.sources.iter().find(|source| source.format == "exchange-config").unwrap();
    let count = |class| domains.ledger.count(class);
    assert_eq!((count(Class::Evidence), count(Class::Frame), count(Class::NotUnderstood)), (2, 5, 0));
    let trace = format!("{TRACE}{}{}", others(), arrival(1, "ap@fabrikam.test", 1, "Receive, Send"));
    let alone = analyse_files(&[("domains.txt", DOMAINS.as_bytes()), ("trace.csv", trace.as_bytes())]);
    assert_eq!(alone.journeys.len(), analyse_files(&[("trace.csv", trace.as_bytes())]).journeys.len());
}

/// The console cuts long names; a domain that is not whole is told, not taken.
#[test]
fn a_cut_domain_is_told() {
    let text = "Name      DomainName       DomainType\n----      ----------       ----------\nx         contoso.exam...  Authoritative\n";
    let analysis = analyse_files(&[("sap.txt", mail_to("ap@fabrikam.test").as_bytes()), ("domains.txt", text.as_bytes())]);
    let domains = analysis.reading.sources.iter().find(|source| source.format == "exchange-config").unwrap();
    assert!(domains.notes.iter().any(|note| note.text.contains("cut off")), "{:?}", domains.notes);
}
