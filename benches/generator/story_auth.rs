//! `smtp-auth-off`: a throttled batch, then authentication is switched off for the tenant.

use chrono_tz::Europe::Berlin;

use super::clock::{HOUR, MINUTE, utc};
use super::encode::{Encoding, encode};
use super::exchange::{Service, host, refusal};
use super::icm::{self, Process, Record};
use super::plan::{Draft, book, first_attempts, ordinary, scripted, twins};
use super::rng::Rng;
use super::world::{Attempt, Case, Landscape, Mail, Route};
use super::{File, Story, dialogue, noise, others, sap_table, trace};

const LAND: Landscape = Landscape {
    sid: "E01",
    zone: Berlin,
    relay: "smtp.office365.com:587",
    sender: "erp-e01@contoso.example",
    domain: "contoso.example",
    year: 51,
    shows_key: true,
};
const ROUTE: Route = Route { service: Service::Submission, client_ip: "", connector: "", directionality: "Originating" };
const DISABLED: &str = "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is \
disabled for the Tenant. Visit https://aka.ms/smtp_auth_disabled for more information.";

fn on(time: &str) -> i64 {
    utc(&format!("2026-04-14T{time}Z"))
}

/// Builds the story.
pub fn story() -> Story {
    let mut rng = Rng::new(0x4530_3130_3431_3426);
    let drafts = drafts(&mut rng);
    let mut mails = book(drafts, 7_730_040, 3, &mut rng);
    let times = first_attempts(&mails, &mut rng);
    for (mail, at) in mails.iter_mut().zip(times) {
        send(mail, at, &mut rng);
    }
    let own: Vec<_> = mails.iter().filter_map(|mail| mail.trace.as_ref()).collect();
    let window = (on("00:00:00"), on("16:00:00"));
    let foreign = others::rows(&mut rng, others::beside(own.len()), window);
    let rows = own.into_iter().chain(&foreign).collect();
    let table = sap_table::write(&LAND, &mails, "200", "14.04.2026");
    let files = vec![
        File { name: "soes_E01_200.xls", bytes: encode(&table, Encoding::Utf16Bom) },
        File { name: "trace_E01.csv", bytes: trace::write(rows, Encoding::Utf8Bom, true) },
        File { name: "dev_icm_sapapp1.txt", bytes: level1(&mails, &mut rng) },
        File { name: "dev_icm_sapapp2_level3.txt", bytes: denied(&mails, &mut rng) },
        File { name: "dev_icm_sapapp3_secured.txt", bytes: secured(&mails, &mut rng) },
    ];
    Story { name: "smtp-auth-off", files, truth: LAND.truth(&mails) }
}

fn drafts(rng: &mut Rng) -> Vec<Draft> {
    let day = (on("04:00:00"), on("14:50:00"));
    let mut drafts = ordinary(rng, 202, day, 50);
    drafts.extend(twins(rng, 6, day));
    drafts.extend(batch(rng));
    drafts.extend(on_host(rng, 1, 6, (on("11:16:00"), on("11:24:00"))));
    drafts.extend(on_host(rng, 2, 9, (on("11:26:00"), on("11:39:00"))));
    let late = scripted(on("08:17:20"), "ap@fabrikam.example", "Invoice 90004720", Case::TimedOutOnce);
    drafts.push(Draft { host: Some(0), ..late });
    drafts
}

/// The payment run: 60 advices at once, most of them over the limit.
fn batch(rng: &mut Rng) -> Vec<Draft> {
    let mut drafts = ordinary(rng, 60, (on("09:58:00"), on("09:58:20")), 10);
    for (i, draft) in drafts.iter_mut().enumerate() {
        draft.subject = format!("Payment advice 20005{:02}, run 0414", i + 10);
        draft.host = Some(i % 3);
        draft.case = match i {
            0..22 => Case::Plain,
            22..54 => Case::Throttled,
            _ => Case::GivenUp,
        };
    }
    drafts
}

fn on_host(rng: &mut Rng, host: usize, count: usize, span: (i64, i64)) -> Vec<Draft> {
    let drafts = ordinary(rng, count, span, 50).into_iter();
    drafts.map(|draft| Draft { host: Some(host), ..draft }).collect()
}

fn send(mail: &mut Mail, first: i64, rng: &mut Rng) {
    match mail.case {
        Case::TimedOutOnce => {
            mail.unreachable(first, "NIETIMEOUT");
            mail.accept(&LAND, first + 10 * MINUTE + rng.range(0, 3_000), &ROUTE, rng);
        }
        Case::Throttled => {
            let tries = rng.range(1, 4);
            throttle(mail, first, tries, rng);
            mail.accept(&LAND, first + tries * 10 * MINUTE + rng.range(0, 9_000), &ROUTE, rng);
        }
        Case::GivenUp => {
            // The node's waiting time of an hour is over at the seventh try: SAP gives up.
            throttle(mail, first, 6, rng);
            let at = first + HOUR;
            mail.refuse(&LAND, at, ("E", 806), over_limit(rng), rng);
            mail.finding = ("rejected", "LIMIT-01", "resend");
        }
        _ if first < on("11:05:00") => mail.accept(&LAND, first, &ROUTE, rng),
        _ => {
            let reply = refusal(DISABLED, first, rng);
            mail.refuse(&LAND, first, ("E", 853), reply, rng);
            mail.finding = ("rejected", "AUTH-01", "resend");
        }
    }
}

/// `tries` attempts, ten minutes apart, that run into the limit.
fn throttle(mail: &mut Mail, first: i64, tries: i64, rng: &mut Rng) {
    for i in 0..tries {
        let at = first + i * 10 * MINUTE;
        mail.refuse(&LAND, at, ("W", 602), over_limit(rng), rng);
    }
}

fn over_limit(rng: &mut Rng) -> String {
    format!("432 4.3.2 STOREDRV.ClientSubmit; sender thread limit exceeded [Hostname={}]", host(rng))
}

/// Attempts of one application server between two instants.
fn attempts(mails: &[Mail], host: usize, span: (i64, i64)) -> impl Iterator<Item = &Attempt> {
    let all = mails.iter().flat_map(|mail| &mail.attempts);
    all.filter(move |a| a.host == host && (span.0..span.1).contains(&a.at))
}

fn process(release: u16, level: u8, host: &'static str, from: i64) -> Process {
    Process { release, level, sid: LAND.sid, host, zone: LAND.zone, from }
}

fn level1(mails: &[Mail], rng: &mut Rng) -> Vec<u8> {
    let span = (on("04:00:00"), on("15:00:00"));
    let mut records: Vec<Record> = noise::quiet(rng, span, 30 * MINUTE);
    records.push(noise::tls_error(on("07:41:12")));
    for mail in mails.iter().filter(|mail| mail.case == Case::TimedOutOnce) {
        let at = mail.attempts[0].at;
        let text = "*** WARNING => Connection request from (9/2240/0) to host: smtp.office365.com, \
                    service: 587 failed (NIETIMEOUT) {0000015c} [icxxconn.c   2208]";
        records.push(Record::new(at, icm::thread(2), text));
    }
    icm::write(&process(753, 1, "sapapp1", span.0), records)
}

fn denied(mails: &[Mail], rng: &mut Rng) -> Vec<u8> {
    let span = (on("11:20:00"), on("11:30:00"));
    let mut records = noise::http(rng, span, 20_000);
    for attempt in attempts(mails, 1, span) {
        records.extend(dialogue::denied(&LAND, attempt, rng));
    }
    icm::write(&process(785, 3, "sapapp2", span.0), records)
}

fn secured(mails: &[Mail], rng: &mut Rng) -> Vec<u8> {
    let span = (on("11:30:00"), on("11:45:00"));
    let mut records = noise::http(rng, span, 25_000);
    for attempt in attempts(mails, 2, span) {
        records.extend(dialogue::secured(&LAND, attempt, "SECRETSENTINEL", rng));
    }
    icm::write(&process(785, 3, "sapapp3", span.0), records)
}
