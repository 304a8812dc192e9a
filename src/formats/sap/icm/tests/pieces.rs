//! Sessions of which only a part is in the trace, as behind a rotation or in the last lines of SMICM.

use super::*;

/// Words by which Exchange takes a mail.
const TAKEN: &str = "SMTP << 250 2.6.0 <ADR51000000004712@contoso.example> [InternalId=1, Hostname=AM0PR02MB1.eurprd02.prod.outlook.com] Queued mail for delivery {0000a001}";

#[test]
fn an_acceptance_counts_whatever_else_is_there() {
    let rows = [
        ("nothing else", "", &["Accept eod > 250"][..]),
        ("354", "SMTP << 354 Start mail input; end with <CRLF>.<CRLF> {0000a001}", &["Accept eod > 250"]),
        ("the dot", "SMTP >> . {0000a001}", &["Accept eod > 250"]),
        ("the recipient", "SMTP >> RCPT TO:<a@fabrikam.example> {0000a001}", &["Accept eod >a 250"]),
        (
            "no replies to the commands",
            "SMTP >> MAIL FROM:<erp@contoso.example> {0000a001}\n        SMTP >> RCPT TO:<a@fabrikam.example> {0000a001}\n        SMTP >> BDAT 86 LAST {0000a001}",
            &["Accept eod erp>a 250"],
        ),
        (
            "two recipients of whom either may have been refused",
            "SMTP >> RCPT TO:<a@fabrikam.example> {0000a001}\n        SMTP >> RCPT TO:<b@fabrikam.example> {0000a001}",
            &["Accept eod > 250"],
        ),
    ];
    for (what, before, want) in rows {
        let (store, _) =
            read(&trace(&format!("\n        {before}\n        {TAKEN}\n        SMTP >> QUIT {{0000a001}}").replace("\n        \n", "\n")));
        assert_eq!(told(&store), want, "{what}");
        assert_eq!(store.text(store.records[0].message_id), "<ADR51000000004712@contoso.example>", "{what}");
    }
}

#[test]
fn a_refusal_that_a_message_quotes_is_one() {
    let reply = "550 5.7.64 TenantAttribution; Relay Access Denied [AM0PR02CA0001.eurprd02.prod.outlook.com 2026-03-10T10:55:03.298Z 08DCAB6EB788477A]";
    let rows = [
        format!("*** ERROR => SMTP: RCPT TO failed, reply: {reply} {{0000a002}} [smtp_plg.c   771]"),
        format!("*** WARNING => SmtpIn: unexpected reply {reply} [smtpplg.c   1123]"),
        format!("{reply} {{0000a002}}"),
    ];
    for line in rows {
        let (store, source) = read(&trace(&format!("\n        {line}")));
        assert_eq!(told(&store), ["Reply  > 550"], "{line}");
        assert_eq!(store.text(store.records[0].reply), reply, "{line}");
        assert_eq!(source.ledger.count(Class::NotUnderstood), 0, "{line}");
    }
}

#[test]
fn an_acceptance_alone_names_its_mail() {
    let words = TAKEN.trim_start_matches("SMTP << ").trim_end_matches(" {0000a001}");
    let submitted = "250 2.0.0 OK <ADR51000000004712@contoso.example> [Hostname=AM0PR02MB1.eurprd02.prod.outlook.com]";
    let accepted: &[&str] = &["Accept eod > 250"];
    let rows = [
        (words.to_owned(), accepted, true),
        (format!("{words} {{0000a001}}"), accepted, true),
        (submitted.to_owned(), accepted, true),
        (format!("SMTP << {submitted}"), accepted, false),
        ("250 2.6.0 <m1@contoso.example> Queued mail for delivery".to_owned(), &[], false),
        ("250 2.6.0 Queued mail for delivery".to_owned(), &[], false),
    ];
    for (line, want, guessed) in rows {
        let (store, source) = read(&trace(&format!("\n        {line}")));
        assert_eq!(told(&store), want, "{line}");
        assert!(store.records.iter().all(|record| store.text(record.message_id) == "<ADR51000000004712@contoso.example>"), "{line}");
        assert_eq!(source.notes.iter().any(|note| note.text == alone::ALONE), guessed, "{line}");
        assert_eq!(source.ledger.count(Class::NotUnderstood), 0, "{line}");
    }
    let received = format!("\n        role: Server, protocol: SMTP, local: 192.0.2.11:25, peer: 203.0.113.9:40002\n        {words}");
    assert!(read(&trace(&received)).0.records.is_empty(), "mail that SAP takes");
}

/// The kernel says in its own words what the dialogue shows.
#[test]
fn a_refusal_that_was_heard_is_not_counted_again() {
    let body = format!(
        "{}\n        *** ERROR => SMTP: RCPT TO failed, reply: 550 5.7.64 TenantAttribution; Relay Access Denied [smtp_plg.c   771]",
        "
        SMTP << 220 mx1.contoso.example ready
        SMTP >> MAIL FROM:<erp@contoso.example>
        SMTP << 250 2.1.0 OK
        SMTP >> RCPT TO:<a@fabrikam.example>
        SMTP << 550 5.7.64 TenantAttribution; Relay Access Denied"
    );
    check(&[("once", &body, &["Fail rcpt erp>a 550"])]);
}

#[test]
fn what_is_guessed_of_a_piece_is_told_and_nothing_is_taken_from_another_mail() {
    let (_, source) = read(&trace(&format!("\n        SMTP >> RCPT TO:<a@fabrikam.example> {{0000a001}}\n        {TAKEN}")));
    assert!(source.notes.iter().any(|note| note.text == crate::formats::session::GUESSED));
    let second = TAKEN.replace("4712", "4713").replace(" {0000a001}", "");
    let first = TAKEN.replace(" {0000a001}", "");
    let (store, source) = read(&trace(&after_354(&format!("\n        SMTP >> .\n        {first}\n        {second}"))));
    assert_eq!(told(&store), ["Accept eod erp>a 250", "Accept eod > 250"]);
    assert!(source.notes.iter().all(|note| note.text != crate::formats::session::GUESSED));
}

/// Below a failed handshake only what tells of one is of it.
#[test]
fn other_lines_below_a_failed_handshake_are_not_understood() {
    let failed = "*** ERROR => SSL handshake with mx.fabrikam.example:587 failed: SSSLERR_SSL_READ (-58)";
    let (_, source) = read(&trace(&format!("\n        {failed}\n        ^SAPCRYPTO:SSL_read() failed\n        ^what is this")));
    assert_eq!(source.ledger.not_understood(9), [(5, "neither thread prefix nor a shape of the trace")]);
}

/// The screen that shows the file writes its name above it.
#[test]
fn the_frame_of_the_screen_is_no_line_of_the_trace() {
    let rule = "-".repeat(51);
    let (_, source) =
        read(&format!("{rule}\n| ICM Trace File (dev_icm)                       |\n{rule}\n{}", trace("\n        | ICM Trace File")));
    assert_eq!(source.ledger.not_understood(9), []);
    let (_, source) = read(&trace("\n        SMTP >> QUIT\n        ^| ICM Trace File (dev_icm)                       |"));
    assert_eq!(source.ledger.not_understood(9).len(), 1, "inside of the trace it is none");
}
