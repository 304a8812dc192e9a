//! `connector-mismatch`: the egress address changes, the inbound connector knows the old one.

use chrono_tz::Europe::Berlin;

use super::clock::{MINUTE, next_run, utc};
use super::encode::{Encoding, encode};
use super::exchange::{Service, refusal};
use super::icm::{self, Process, Record};
use super::plan::Draft;
use super::plan::{book, first_attempts, ordinary, scripted, twins};
use super::rng::Rng;
use super::world::{Case, Landscape, Mail, Route};
use super::{File, Story, dialogue, noise, others, sap_list, trace};

const LAND: Landscape = Landscape {
    sid: "PRD",
    zone: Berlin,
    relay: "contoso-example.mail.protection.outlook.com:25",
    sender: "sap-prd@contoso.example",
    domain: "contoso.example",
    year: 51,
    shows_key: false,
};
const MOVED: &str = "2026-03-10T09:17:30Z";
const REPAIRED: &str = "2026-03-10T13:42:00Z";

/// Builds the story.
pub fn story() -> Story {
    let mut rng = Rng::new(0x5057_4430_3331_3026);
    let drafts = drafts(&mut rng);
    let mut mails = book(drafts, 4_512_300, 1, &mut rng);
    let times = first_attempts(&mails, &mut rng);
    for (mail, at) in mails.iter_mut().zip(times) {
        send(mail, at, &mut rng);
    }
    let window = (utc("2026-03-10T04:30:00Z"), utc("2026-03-10T18:30:00Z"));
    let own: Vec<_> = mails.iter().filter_map(|mail| mail.trace.as_ref()).collect();
    let foreign = others::rows(&mut rng, others::beside(own.len()), window);
    let rows = own.into_iter().chain(&foreign).collect();
    let list = sap_list::write(&LAND, &mails, &sap_list::with_variables(), "10.03.2026", "\r\n");
    let files = vec![
        File { name: "sost_PRD_100.txt", bytes: encode(&list, Encoding::Cp1252) },
        File { name: "MTSummary_SAP_2026-03-10.csv", bytes: trace::write(rows, Encoding::Utf16, false) },
        File { name: "dev_icm_sapapp1_level3.txt", bytes: level3(&mails, &mut rng) },
    ];
    Story { name: "connector-mismatch", files, truth: LAND.truth(&mails) }
}

fn drafts(rng: &mut Rng) -> Vec<Draft> {
    let day = (utc("2026-03-10T05:00:00Z"), utc("2026-03-10T16:50:00Z"));
    let mut drafts = ordinary(rng, 276, day, 58);
    let shown = (utc("2026-03-10T09:51:00Z"), utc("2026-03-10T10:04:00Z"));
    drafts.extend(ordinary(rng, 12, shown, 50));
    drafts.extend(twins(rng, 8, day));
    let on = |time: &str| utc(&format!("2026-03-10T{time}Z"));
    let script = [
        ("07:12:10", "gone@contoso.example", "Leave request 004711 approved", Case::NoSuchAddress),
        ("09:57:41", "gone@contoso.example", "Cost centre report 414711, plan/actual", Case::NoSuchAddress),
        ("14:33:02", "gone@contoso.example", "Inspection lot 01004711 blocked", Case::NoSuchAddress),
        ("06:41:17", "left.the.company@fabrikam.example", "Invoice 90004711", Case::BouncedLater),
        ("08:03:55", "orders@closed.adatum.example", "Order confirmation 124711", Case::BouncedLater),
        ("15:20:08", "full.mailbox@northwind.example", "Payment advice 2004711", Case::BouncedLater),
        ("10:01:20", "archive@tailspin.example", "Contract 46004711, signed copy", Case::Vanished),
        ("11:36:45", "archive@tailspin.example", "Contract 46004712, signed copy", Case::Vanished),
        ("06:21:30", "treasury@contoso.example", "Cash position 10.03.2026, first run", Case::Late),
        ("12:06:12", "controlling@contoso.example", "Cash position 10.03.2026, second run", Case::Late),
        ("08:48:33", "sales.orders@fabrikam.example", "Price list 2026 | spare parts", Case::Plain),
        ("13:51:44", "quality@contoso.example", "Inspection lot 01004790 blocked", Case::NeverQueued),
        ("14:22:19", "billing@northwind.example", "Invoice 90004790", Case::NeverQueued),
    ];
    drafts.extend(script.map(|(time, to, subject, case)| scripted(on(time), to, subject, case)));
    drafts
}

/// The egress address at an instant.
fn egress(at: i64) -> &'static str {
    if at < utc(MOVED) { "203.0.113.10" } else { "203.0.113.77" }
}

fn mismatched(at: i64) -> bool {
    (utc(MOVED)..utc(REPAIRED)).contains(&at)
}

/// Without the connector the mail counts as sent by a stranger: fine for own mailboxes only.
fn route(at: i64) -> Route {
    let (connector, directionality) = if mismatched(at) { ("", "Incoming") } else { ("SAP PRD relay", "Originating") };
    Route { service: Service::Endpoint, client_ip: egress(at), connector, directionality }
}

fn send(mail: &mut Mail, first: i64, rng: &mut Rng) {
    let at = match mail.case {
        Case::NeverQueued => return,
        Case::Late => next_run(mail.requested + 46 * MINUTE) + rng.range(1_200, 4_000),
        _ => first,
    };
    let external = !mail.recipient.ends_with("@contoso.example");
    if mail.case == Case::NoSuchAddress {
        let text = format!("550 5.4.1 [{}]: Recipient address rejected: Access denied", mail.recipient);
        let reply = refusal(&text, at, rng);
        mail.refuse(&LAND, at, ("E", 806), reply, rng);
        mail.finding = ("rejected", "RCPT-01", "recreate");
    } else if external && mismatched(at) && mail.case != Case::Vanished {
        let reply = refusal("550 5.7.64 TenantAttribution; Relay Access Denied", at, rng);
        mail.refuse(&LAND, at, ("E", 806), reply, rng);
        mail.finding = ("rejected", "RELAY-01", "resend");
    } else {
        mail.accept(&LAND, at, &route(at), rng);
    }
    aftermath(mail);
}

/// What Exchange does with a mail after it took it.
fn aftermath(mail: &mut Mail) {
    match (mail.case, &mut mail.trace) {
        (Case::BouncedLater, Some(row)) => {
            row.recipients[0].1 = "Receive, Fail";
            mail.finding = ("bounced", "SIL-06", "investigate");
        }
        (Case::Vanished, _) => {
            mail.trace = None;
            mail.finding = ("missing", "MISS-01", "investigate");
        }
        _ => {}
    }
}

fn level3(mails: &[Mail], rng: &mut Rng) -> Vec<u8> {
    let span = (utc("2026-03-10T09:55:00Z"), utc("2026-03-10T10:10:00Z"));
    let mut records: Vec<Record> = noise::http(rng, span, 14_000);
    let mut body = "BODYSENTINEL: the amount due is 1.234,56 EUR";
    for mail in mails {
        for attempt in mail.attempts.iter().filter(|a| (span.0..span.1).contains(&a.at)) {
            let ip = egress(attempt.at);
            records.extend(dialogue::plain(&LAND, mail, attempt, ip, body, rng));
            if mail.trace.is_some() {
                body = "Please find the document attached.";
            }
        }
    }
    let process = Process { release: 785, level: 3, sid: LAND.sid, host: "sapapp1", zone: LAND.zone, from: span.0 };
    icm::write(&process, records)
}
