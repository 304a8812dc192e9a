//! Exim, sendmail and Proxmox.

use super::{journey, of_log};

const MICROSOFT: &str = "contoso-example.mail.protection.outlook.com";
const BUSY: &str = "451 4.7.500 Server busy. Please try again later from [203.0.113.9].";

#[test]
fn sendmail_repeats_what_it_knows_of_a_host() {
    let line = |minute: u32, pid: u32, text: &str| format!("Mar 10 08:{minute:02}:01 gws sendmail[{pid}]: {text}\n");
    let relay = "contoso-example.mail.p...ction.outlook.com.";
    let arrival = line(
        3,
        4331,
        "62A831cD004331: from=<erp@contoso.example>, size=4100, class=0, nrcpts=1, msgid=<SM5@contoso.example>, proto=ESMTP, daemon=MTA, relay=sap1.contoso.example [192.0.2.11]",
    );
    let busy = line(
        3,
        4333,
        &format!(
            "62A831cD004331: to=<m5@fabrikam.example>, delay=00:00:02, xdelay=00:00:01, mailer=esmtp, pri=124100, relay={relay} [203.0.113.80], dsn=4.7.500, reply={BUSY}, stat=Deferred: {BUSY}"
        ),
    );
    let known = line(
        13,
        4393,
        &format!(
            "62A831cD004331: to=<m5@fabrikam.example>, delay=00:10:02, xdelay=00:00:00, mailer=esmtp, pri=214100, relay={relay}, dsn=4.0.0, stat=Deferred"
        ),
    );
    let columns = ["verdict", "stopped_at", "host", "reply", "relay_option", "attempts"];
    let all = of_log("maillog", &[arrival.as_str(), &busy, &known].concat());
    assert_eq!(journey(&all, "m5@fabrikam.example", &columns), ["deferred", "exchange", MICROSOFT, BUSY, "direct-send", "1"]);
    // The try may stand in the log before.
    let log = arrival + &known;
    let all = of_log("maillog", &log);
    assert_eq!(journey(&all, "m5@fabrikam.example", &columns)[..4], ["deferred", "relay", MICROSOFT, ""]);
    let files = [("maillog.1", log.split_at(log.find('\n').unwrap() + 1).0.to_owned() + &busy), ("maillog", known)];
    let all = crate::support::table(&crate::support::analyse_files(&files.each_ref().map(|(name, text)| (*name, text.as_bytes()))));
    assert_eq!(journey(&all, "m5@fabrikam.example", &["verdict", "reply", "rule"]), ["deferred", BUSY, "REP-20"]);
}

#[test]
fn sendmail_refuses_at_its_door() {
    let id = "Mar 10 08:02:01 gws sendmail[4321]: 62A821cD004321: ";
    let refused = format!(
        "{id}ruleset=check_rcpt, arg1=<m4@fabrikam.example>, relay=sap2.contoso.example [192.0.2.12], reject=550 5.7.1 <m4@fabrikam.example>... Relaying denied\n"
    );
    let sender = format!(
        "{id}from=<erp@contoso.example>, size=0, class=0, nrcpts=0, proto=ESMTP, daemon=MTA, relay=sap2.contoso.example [192.0.2.12]\n"
    );
    for log in [refused.clone(), refused + &sender] {
        let all = of_log("maillog", &log);
        let got = journey(&all, "m4@fabrikam.example", &["verdict", "stopped_at", "reply_code", "rule", "action"]);
        assert_eq!((all.len(), got), (1, ["rejected", "relay", "550", "HOP-01", "resend"].map(str::to_owned).to_vec()));
        assert_eq!(all[0]["sender"], if log.contains("from=") { "erp@contoso.example" } else { "" });
    }
}

#[test]
fn exim_names_the_server_of_a_logon_in_a_line_of_its_own() {
    let text = "2026-03-10 08:03:01 1vABcG-000023-2m <= erp@contoso.example H=sap1.contoso.example [192.0.2.11] P=esmtp S=4100 id=EXM5@contoso.example\n\
        2026-03-10 08:03:02 1vABcG-000023-2m login authenticator failed H=smtp.office365.com [203.0.113.81] 535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant. [FR4P281CA0231.DEUP281.PROD.OUTLOOK.COM]\n\
        2026-03-10 08:03:02 1vABcG-000023-2m == e5@fabrikam.example R=smarthost T=remote_submission defer (-42): authentication required but authentication attempt(s) failed\n";
    let other = text.replace("e5@", "e6@").lines().last().unwrap().to_owned() + "\n";
    let columns = ["verdict", "stopped_at", "host", "reply_code", "rule", "relay_option"];
    let want = ["deferred", "exchange", "smtp.office365.com", "535", "AUTH-01", "smtp-auth-basic"];
    assert_eq!(journey(&of_log("mainlog", text), "e5@fabrikam.example", &columns), want);
    assert_eq!(journey(&of_log("mainlog", &[text, &other].concat()), "e6@fabrikam.example", &columns), want, "of all recipients");
    let waits = "2026-03-10 08:13:02 1vABcG-000023-2m == e5@fabrikam.example R=smarthost T=remote_submission defer (-53): retry time not reached for any host for 'fabrikam.example'\n";
    assert_eq!(journey(&of_log("mainlog", &[text, waits].concat()), "e5@fabrikam.example", &columns), want, "no try, no other reason");
}

#[test]
fn exim_refuses_at_its_door() {
    let text = "2026-03-10 08:02:00 H=sap2.contoso.example [192.0.2.12] F=<erp@contoso.example> rejected RCPT <e4@fabrikam.example>: relay not permitted\n";
    let got = journey(&of_log("mainlog", text), "e4@fabrikam.example", &["verdict", "stopped_at", "rule", "action"]);
    assert_eq!(got, ["rejected", "relay", "HOP-01", "resend"]);
}

/// The filter of Proxmox stands between two queues, whenever its lines are written.
#[test]
fn proxmox_hands_over_from_queue_to_filter_to_queue() {
    let line = |tenth: u32, text: &str| format!("2026-03-10T08:00:01.{tenth}00000+00:00 pmg1 {text}\n");
    let first = line(1, "postfix/smtpd[701]: 5BBB918C6: client=sap1.contoso.example[192.0.2.11]")
        + &line(1, "postfix/cleanup[702]: 5BBB918C6: message-id=<PMG1@contoso.example>")
        + &line(1, "postfix/qmgr[650]: 5BBB918C6: from=<erp@contoso.example>, size=4100, nrcpt=1 (queue active)")
        + &line(2, "pmg-smtp-filter[900]: 1209C65F81A3B6E1: new mail message-id=<PMG1@contoso.example>#012");
    let handed = line(
        5,
        "postfix/lmtp[720]: 5BBB918C6: to=<g1@fabrikam.example>, relay=127.0.0.1[127.0.0.1]:10023, delay=0.3, delays=0/0/0/0.2, dsn=2.5.0, status=sent (250 2.5.0 OK (1209C65F81A3B6E1))",
    );
    let second = line(3, "postfix/smtpd[711]: 7CCC918C6: client=localhost[127.0.0.1], orig_client=sap1.contoso.example[192.0.2.11]")
        + &line(3, "postfix/cleanup[702]: 7CCC918C6: message-id=<PMG1@contoso.example>")
        + &line(3, "postfix/qmgr[650]: 7CCC918C6: from=<erp@contoso.example>, size=4600, nrcpt=1 (queue active)");
    let accepted =
        line(4, "pmg-smtp-filter[900]: 1209C65F81A3B6E1: accept mail to <g1@fabrikam.example> (7CCC918C6) (rule: default-accept)");
    let sent = line(
        6,
        &format!(
            "postfix/smtp[730]: 7CCC918C6: to=<g1@fabrikam.example>, relay={MICROSOFT}[203.0.113.80]:25, delay=1, delays=0/0/0/1, dsn=2.6.0, status=sent (250 2.6.0 <PMG1@contoso.example> [InternalId=385] Queued mail for delivery)"
        ),
    );
    let all = of_log("mail.log", &[first.as_str(), &second, &accepted, &handed, &sent].concat());
    let got = journey(&all, "g1@fabrikam.example", &["verdict", "relay_queue_id"]);
    assert_eq!(got, ["handed-off", "5BBB918C6 > 1209C65F81A3B6E1 > 7CCC918C6"]);
    let kept = line(
        4,
        "pmg-smtp-filter[900]: 1209C65F81A3B6E1: moved mail for <g1@fabrikam.example> to spam quarantine - 1209E65F81A3B6E3 (rule: Quarantine/Mark Spam)",
    );
    let all = of_log("mail.log", &[first, kept, handed].concat());
    let got = journey(&all, "g1@fabrikam.example", &["verdict", "stopped_at", "relay_queue_id"]);
    assert_eq!(got, ["diverted", "relay", "5BBB918C6 > 1209C65F81A3B6E1"]);
}

/// In front of the queue the filter's refusal goes back to the client: one mail, refused at the door.
#[test]
fn proxmox_refuses_in_front_of_the_queue() {
    let line = |tenth: u32, text: &str| format!("2026-03-10T08:00:01.{tenth}00000+00:00 pmg1 {text}\n");
    let log = line(1, "postfix/smtpd[701]: NOQUEUE: client=sap1.contoso.example[192.0.2.11]")
        + &line(2, "pmg-smtp-filter[900]: 1209C65F81A3B6E3: new mail message-id=<PMG3@contoso.example>#012")
        + &line(3, "pmg-smtp-filter[900]: 1209C65F81A3B6E3: block mail to <g3@fabrikam.example> (rule: Block Spam (Level 10))")
        + &line(
            4,
            "postfix/smtpd[701]: proxy-reject: END-OF-MESSAGE: 554 5.7.1 Rejected for policy reasons (1209C65F81A3B6E3); from=<erp@contoso.example> to=<g3@fabrikam.example> proto=ESMTP helo=<sap1.contoso.example>",
        );
    let all = of_log("mail.log", &log);
    assert_eq!(all.len(), 1, "{all:#?}");
    let columns = ["verdict", "stopped_at", "rule", "reply_code", "message_id"];
    assert_eq!(journey(&all, "g3@fabrikam.example", &columns), ["rejected", "relay", "HOP-12", "554", "<PMG3@contoso.example>"]);
}
