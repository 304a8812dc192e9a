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
