//! `night-outage`: the firewall closes port 25 in the night the clocks go back.

use chrono_tz::Europe::Berlin;

use super::clock::{HOUR, MINUTE, utc};
use super::encode::{Encoding, encode};
use super::exchange::Service;
use super::icm::{self, Process};
use super::plan::{Draft, book, first_attempts, ordinary, scripted, twins};
use super::rng::Rng;
use super::world::{Case, End, Landscape, Mail, Route};
use super::{File, Story, noise, others, sap_list, trace};

const LAND: Landscape = Landscape {
    sid: "P11",
    zone: Berlin,
    relay: "contoso-example.mail.protection.outlook.com:25",
    sender: "sap-p11@contoso.example",
    domain: "contoso.example",
    year: 50,
    shows_key: true,
};
const ROUTE: Route =
    Route { service: Service::Endpoint, client_ip: "203.0.113.40", connector: "SAP P11 relay", directionality: "Originating" };

/// Builds the story.
pub fn story() -> Story {
    let mut rng = Rng::new(0x5031_3130_3235_3130);
    let drafts = drafts(&mut rng);
    let mut mails = book(drafts, 2_290_810, 1, &mut rng);
    let times = first_attempts(&mails, &mut rng);
    let closed = utc("2025-10-25T22:40:00Z")..utc("2025-10-26T03:35:00Z");
    let first_error = times.iter().copied().find(|at| closed.contains(at)).unwrap_or(closed.start);
    for (mail, at) in mails.iter_mut().zip(times) {
        if closed.contains(&at) {
            retry(mail, at, first_error + HOUR, &mut rng);
        } else {
            mail.accept(&LAND, at, &ROUTE, &mut rng);
        }
    }
    let own: Vec<_> = mails.iter().filter_map(|mail| mail.trace.as_ref()).collect();
    let window = (utc("2025-10-25T18:00:00Z"), utc("2025-10-26T07:30:00Z"));
    let foreign = others::rows(&mut rng, others::beside(own.len()), window);
    let rows = own.into_iter().chain(&foreign).collect();
    let list = sap_list::write(&LAND, &mails, &sap_list::with_text(), "26.10.2025", "\n");
    let files = vec![
        File { name: "SOST_P11.txt", bytes: encode(&list, Encoding::Utf8) },
        File { name: "MTSummary_P11.csv", bytes: trace::write(rows, Encoding::Utf16Bom, false) },
        File { name: "dev_icm_p11app1.txt", bytes: level1(&mails, &mut rng) },
    ];
    Story { name: "night-outage", files, truth: LAND.truth(&mails) }
}

fn drafts(rng: &mut Rng) -> Vec<Draft> {
    let night = (utc("2025-10-25T18:00:00Z"), utc("2025-10-26T06:50:00Z"));
    let mut drafts = ordinary(rng, 262, night, 55);
    drafts.extend(twins(rng, 7, night));
    let to = "orders@northwind.example";
    // One request that meets the closed port in its first run, and a name beyond code page 1252.
    drafts.push(scripted(utc("2025-10-25T22:38:20Z"), to, "Invoice 90004730", Case::Plain));
    drafts.push(scripted(utc("2025-10-25T19:02:41Z"), to, "Zamówienie 4500098771, część 2", Case::Plain));
    drafts
}

/// The node repeats every ten minutes. Its waiting time begins with its first error and counts
/// for all mails; an attempt after the end is final at once, also the first one of a mail.
fn retry(mail: &mut Mail, first: i64, window_end: i64, rng: &mut Rng) {
    let mut at = first;
    mail.unreachable(at, "NIECONN_REFUSED");
    while at < window_end {
        at += 10 * MINUTE + rng.range(0, 2_000);
        mail.unreachable(at, "NIECONN_REFUSED");
    }
    mail.give_up(&LAND, at, rng);
    mail.finding = ("unsent", "NET-01", "resend");
}

fn level1(mails: &[Mail], rng: &mut Rng) -> Vec<u8> {
    let span = (utc("2025-10-25T18:00:00Z"), utc("2025-10-26T07:00:00Z"));
    let mut records = noise::quiet(rng, span, 25 * MINUTE);
    for attempt in mails.iter().flat_map(|mail| &mail.attempts) {
        if let End::Unreachable(error) = attempt.end {
            records.push(noise::no_connection(rng, attempt.at, LAND.relay, "198.51.100.25", error));
        }
    }
    let process = Process { release: 785, level: 1, sid: LAND.sid, host: "p11app1", zone: LAND.zone, from: span.0 };
    icm::write(&process, records)
}
