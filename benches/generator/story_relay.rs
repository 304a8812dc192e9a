//! `relay-backlog`: two relays behind a load balancer. One leaves by an address that the connector does not know, the
//! other is throttled, and the reports go to an address without mailbox.

use chrono_tz::Europe::Berlin;

use super::clock::{MINUTE, SECOND, utc};
use super::encode::{Encoding, encode};
use super::exchange::{Service, refusal};
use super::plan::{Draft, book, first_attempts, ordinary, scripted, twins};
use super::postfix::{self, Passage, Record, Relay, Said, Shape};
use super::rng::Rng;
use super::trace::TraceRow;
use super::world::{Case, End, Landscape, Mail, Route, Status};
use super::{File, Story, others, sap_list, trace};

const LAND: Landscape = Landscape {
    sid: "PE1",
    zone: Berlin,
    relay: "smtp-relay.contoso.example:25",
    sender: "sap-pe1@contoso.example",
    domain: "contoso.example",
    year: 51,
    shows_key: true,
};
const RELAYS: [Relay; 2] =
    [Relay { name: "mailgw1", zone: Berlin, shape: Shape::Traditional }, Relay { name: "mailgw2", zone: Berlin, shape: Shape::Iso }];
const CLIENTS: [&str; 2] = ["sapapp1.contoso.example[192.0.2.41]", "sapapp2.contoso.example[192.0.2.42]"];
/// `mailgw2` leaves by another address.
const MOVED: &str = "2026-05-19T07:10:00Z";
const REPAIRED: &str = "2026-05-19T09:48:00Z";
/// `mailgw1` is throttled; the second time lasts beyond the export.
const BUSY: [(&str, &str); 2] = [("2026-05-19T08:20:00Z", "2026-05-19T08:52:00Z"), ("2026-05-19T10:41:00Z", "2026-05-19T23:00:00Z")];
/// When the logs were copied.
const COPIED: &str = "2026-05-19T11:00:00Z";

/// Builds the story.
pub fn story() -> Story {
    let mut rng = Rng::new(0x5045_3130_3531_3926);
    let drafts = drafts(&mut rng);
    let mut mails = book(drafts, 7_204_100, 2, &mut rng);
    let times = first_attempts(&mails, &mut rng);
    let night = utc("2026-05-18T22:00:01Z");
    let mut logs = [(); 2].map(|()| postfix::noise(&mut rng, (night, utc(COPIED))));
    for (mail, at) in mails.iter_mut().zip(times) {
        let balanced = usize::from(rng.chance(50));
        let records = send(mail, balanced, at, &mut rng);
        logs[balanced].extend(records);
    }
    let mut foreign = scanner(&mut logs, &mut rng);
    let own: Vec<_> = mails.iter().filter_map(|mail| mail.trace.as_ref()).collect();
    foreign.extend(others::rows(&mut rng, others::beside(own.len()), (utc("2026-05-19T04:00:00Z"), utc("2026-05-19T11:05:00Z"))));
    let rows = own.into_iter().chain(&foreign).collect();
    let list = sap_list::write(&LAND, &mails, &sap_list::with_all(), "19.05.2026", "\r\n");
    let [first, second] = logs;
    let files = vec![
        File { name: "sost_PE1_300.txt", bytes: encode(&list, Encoding::Utf8) },
        File { name: "mailgw1_maillog", bytes: postfix::write(&RELAYS[0], first) },
        File { name: "mailgw2_mail.log", bytes: postfix::write(&RELAYS[1], second) },
        File { name: "MTSummary_PE1.csv", bytes: trace::write(rows, Encoding::Utf16Bom, false) },
    ];
    Story { name: "relay-backlog", files, truth: LAND.truth(&mails) }
}

fn drafts(rng: &mut Rng) -> Vec<Draft> {
    let day = (utc("2026-05-19T05:00:00Z"), utc("2026-05-19T10:54:00Z"));
    let mut drafts = ordinary(rng, 214, day, 45);
    drafts.extend(ordinary(rng, 44, (utc("2026-05-19T08:11:00Z"), utc("2026-05-19T08:24:00Z")), 15));
    drafts.extend(twins(rng, 5, day));
    let on = |time: &str| utc(&format!("2026-05-19T{time}Z"));
    let script = [
        ("06:31:12", "accounts.closed@contoso.example", "Cost centre report 414801, plan/actual", Case::NoSuchAddress),
        ("10:02:40", "accounts.closed@contoso.example", "Cost centre report 414802, plan/actual", Case::NoSuchAddress),
        ("05:48:05", "procurement.central.europe@northwind.example", "Drawings of pump 4711, all sheets", Case::TooLarge),
        ("07:33:50", "sales.orders@fabrikam.example", "Catalogue 2026, print quality", Case::TooLarge),
        ("10:12:30", "quality@contoso.example", "Photos of inspection lot 01004711", Case::TooLarge),
    ];
    drafts.extend(script.map(|(time, to, subject, case)| scripted(on(time), to, subject, case)));
    drafts
}

/// The address by which a relay leaves at an instant.
fn egress(relay: usize, at: i64) -> &'static str {
    match relay {
        0 => "203.0.113.20",
        _ if at < utc(MOVED) => "203.0.113.21",
        _ => "203.0.113.121",
    }
}

fn stranger(relay: usize, at: i64) -> bool {
    relay == 1 && (utc(MOVED)..utc(REPAIRED)).contains(&at)
}

fn busy(relay: usize, at: i64) -> bool {
    relay == 0 && BUSY.iter().any(|(from, to)| (utc(from)..utc(to)).contains(&at))
}

/// SAP hands a mail to one of the relays, which tries until somebody decides or the log ends.
fn send(mail: &mut Mail, relay: usize, at: i64, rng: &mut Rng) -> Vec<Record> {
    let (client, id) = (CLIENTS[mail.host], LAND.message_id(mail));
    let recipient = mail.recipient.clone();
    if mail.case == Case::TooLarge {
        mail.size = rng.range(42_000_000, 61_000_000);
    }
    let passage = Passage { client, sender: LAND.sender, recipient: &recipient, message_id: &id, size: mail.size, taken: at };
    if mail.case == Case::TooLarge {
        mail.refuse(&LAND, at, ("E", 806), postfix::TOO_LARGE.to_owned(), rng);
        mail.finding = ("rejected", "LIMIT-15", "recreate");
        return postfix::too_large(&passage, client.split('[').next().unwrap_or(client), rng);
    }
    let queue = postfix::queue_id(at, rng);
    let mut out = postfix::taken(&passage, &queue, rng);
    let (mut next, mut wait) = (at + 80, 5 * MINUTE);
    while next < utc(COPIED) {
        let said = answer(mail, relay, next, rng);
        out.extend(postfix::tried(&passage, &queue, (next, &said), rng));
        match said {
            Said::Sent(_) => break,
            Said::Bounced(_) => {
                let told = (next + 950, &Said::Bounced(nobody(LAND.sender, next, rng)));
                out.extend(postfix::notice(&RELAYS[relay], (&passage, &queue), told, rng));
                break;
            }
            Said::Deferred(_) => {}
        }
        next += wait + rng.range(0, 60 * SECOND);
        wait = (2 * wait).min(4_000 * SECOND);
    }
    mail.status = Status { at: at + rng.range(0, 2_000), kind: "S", class: "XS", number: 718, ..Status::default() };
    LAND.relay.clone_into(&mut mail.status.vars[1]);
    out
}

/// What Exchange Online says to a try.
fn answer(mail: &mut Mail, relay: usize, at: i64, rng: &mut Rng) -> Said {
    let external = !mail.recipient.ends_with("@contoso.example");
    let from = egress(relay, at);
    if mail.case == Case::NoSuchAddress {
        mail.finding = ("bounced", "RCPT-01", "recreate");
        return Said::Bounced(nobody(&mail.recipient, at, rng));
    }
    if external && stranger(relay, at) {
        mail.finding = ("bounced", "RELAY-01", "resend");
        return Said::Bounced(refusal("550 5.7.64 TenantAttribution; Relay Access Denied", at, rng));
    }
    if busy(relay, at) {
        mail.finding = ("deferred", "REP-20", "wait");
        let text = format!("451 4.7.500 Server busy. Please try again later from [{from}]. (S77714)");
        return Said::Deferred(refusal(&text, at, rng));
    }
    let known = !stranger(relay, at);
    let (connector, directionality) = if known { ("SAP relays", "Originating") } else { ("", "Incoming") };
    mail.accept(&LAND, at, &Route { service: Service::Endpoint, client_ip: from, connector, directionality }, rng);
    match mail.attempts.last().map(|attempt| &attempt.end) {
        Some(End::Accepted(reply)) => Said::Sent(reply.clone()),
        _ => unreachable!("Exchange accepted it"),
    }
}

/// Exchange knows no such mailbox.
fn nobody(address: &str, at: i64, rng: &mut Rng) -> String {
    refusal(&format!("550 5.4.1 [{address}]: Recipient address rejected: Access denied"), at, rng)
}

/// Scanned papers take the same way, from another sender; rows of the trace.
fn scanner(logs: &mut [Vec<Record>; 2], rng: &mut Rng) -> Vec<TraceRow> {
    let day = (utc("2026-05-19T05:10:00Z"), utc("2026-05-19T08:00:00Z"));
    let mut mails = book(ordinary(rng, 22, day, 100), 100, 1, rng);
    for mail in &mut mails {
        "Scan from floor 2".clone_into(&mut mail.subject);
        let relay = rng.below(2);
        let at = mail.requested;
        let Said::Sent(reply) = answer(mail, relay, at + 80, rng) else { unreachable!("nobody throttles before eight") };
        let id = format!("<{}@scan02.contoso.example>", rng.hex(20));
        let reply = reply.replace(&LAND.message_id(mail), &id);
        let client = "scan02.contoso.example[192.0.2.77]";
        let (sender, recipient, size) = ("scan02@contoso.example", mail.recipient.clone(), mail.size);
        let passage = Passage { client, sender, recipient: &recipient, message_id: &id, size, taken: at };
        let queue = postfix::queue_id(at, rng);
        logs[relay].extend(postfix::taken(&passage, &queue, rng));
        logs[relay].extend(postfix::tried(&passage, &queue, (at + 80, &Said::Sent(reply)), rng));
        if let Some(row) = &mut mail.trace {
            sender.clone_into(&mut row.sender);
            (row.message_id, row.subject) = (id, mail.subject.clone());
        }
    }
    mails.into_iter().filter_map(|mail| mail.trace).collect()
}
