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

const REFUSED: &str =
    "550 5.7.64 TenantAttribution; Relay Access Denied [AM0PR02CA0001.eurprd02.prod.outlook.com 2026-03-10T08:05:02.000Z 08DE7D0123456789]";
const UNAUTHENTICATED: &str = "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant. Visit https://aka.ms/smtp_auth_disabled for more information.";
const DIRECT: &str = "550 5.7.68 TenantInboundAttribution; Direct Send not allowed for this organization from unauthorized sources.";

/// A refused mail with the session that shows by which address SAP left.
fn refused(settings: &str, reply: &str) -> Vec<String> {
    let icm = format!(
        "---------------------------------------------------\ntrc file: \"dev_icm\", trc level: 3, release: \"785\"\n---------------------------------------------------\n\
        [Thr 7] Tue Mar 10 08:05:00:000 2026\n[Thr 7] SMTP << 220 AM0PR02CA0001.mail.protection.outlook.com Microsoft ESMTP MAIL Service ready\n[Thr 7] SMTP >> EHLO sap.contoso.example\n\
        [Thr 7] SMTP << 250-AM0PR02CA0001.mail.protection.outlook.com Hello [203.0.113.77]\n[Thr 7] SMTP << 250 SMTPUTF8\n[Thr 7] SMTP >> MAIL FROM:<sap@contoso.example>\n\
        [Thr 7] SMTP << 250 2.1.0 Sender OK\n[Thr 7] SMTP >> RCPT TO:<ap@fabrikam.example>\n[Thr 7] SMTP << {reply}\n[Thr 7] Tue Mar 10 08:05:02:000 2026\n"
    );
    let sap = format!("{TABLE}{}", request(1, "ap@fabrikam.example", 1, "E", ("XS", 806), reply));
    let analysis = analyse_files(&[("sap.txt", sap.as_bytes()), ("dev_icm", icm.as_bytes()), ("settings.txt", settings.as_bytes())]);
    analysis.incidents.iter().flat_map(|incident| &incident.proofs).map(|proof| proof.text.clone()).collect()
}

#[test]
fn connectors_and_switches_confirm_the_cause() {
    let connector = |addresses: &str, more: &str| {
        format!("Name : SAP relay\nConnectorType : OnPremises\nEnabled : True\nSenderIPAddresses : {{{addresses}}}\n{more}")
    };
    let rows = [
        (
            connector("203.0.113.10, 203.0.113.32/28", ""),
            REFUSED,
            "confirmed: 203.0.113.77 is an address of no inbound connector (SAP relay: 203.0.113.10, 203.0.113.32/28)",
        ),
        (connector("203.0.113.64/26", ""), REFUSED, "203.0.113.77 is an address of the inbound connector 'SAP relay' as exported"),
        (
            connector("203.0.113.64/26", "").replace("Enabled : True", "Enabled : False"),
            REFUSED,
            "confirmed: 203.0.113.77 is an address of the inbound connector 'SAP relay', which is switched off",
        ),
        (connector("203.0.113.64/26", "").replace("OnPremises", "Partner"), REFUSED, "which is of type Partner"),
        (
            connector("192.0.2.1, 192.0.2.2, 192.0.2.3, 192.0.2.4...", ""),
            REFUSED,
            "203.0.113.77 is not among the addresses of the inbound connectors, as far as the export shows them",
        ),
        (connector("", "TlsSenderCertificateName : sap.contoso.example"), DIRECT, "(SAP relay: by certificate sap.contoso.example)"),
        ("RejectDirectSend : True\n".to_owned(), DIRECT, "confirmed: Get-OrganizationConfig shows RejectDirectSend True"),
        (
            "SmtpClientAuthenticationDisabled : True\n".to_owned(),
            UNAUTHENTICATED,
            "confirmed: Get-TransportConfig shows SmtpClientAuthenticationDisabled True",
        ),
        (
            "SmtpClientAuthenticationDisabled : False\n".to_owned(),
            UNAUTHENTICATED,
            "Get-TransportConfig shows SmtpClientAuthenticationDisabled False: the switch was turned back",
        ),
    ];
    for (settings, reply, want) in rows {
        let got = refused(&settings, reply);
        assert!(got.len() == 1 && got[0].contains(want), "{settings} {got:?}");
    }
    assert_eq!(refused(DOMAINS, REFUSED), Vec::<String>::new());
}

/// The summary names the place of the proof.
#[test]
fn the_summary_says_where_it_stands() {
    let sap = format!("{TABLE}{}", request(1, "ap@fabrikam.example", 1, "E", ("XS", 806), DIRECT));
    let switches = include_str!("../src/formats/context/switches.sample.txt").replace("False", "True");
    let analysis = analyse_files(&[("sap.txt", sap.as_bytes()), ("switches.txt", switches.as_bytes())]);
    let catalogue = sostrace::rules::Catalogue::builtin().unwrap();
    let style = sostrace::report::Style { color: false, width: 200, columns: None, verbose: false };
    let text = sostrace::report::summary(&analysis, &catalogue, &[], &style);
    assert!(text.contains("proof    confirmed: Get-OrganizationConfig shows RejectDirectSend True [switches.txt:7]"), "{text}");
}
