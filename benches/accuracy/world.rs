//! A seeded world of which everything is known: mails of one SAP system, what SAP lists of them, and what the message
//! trace shows, with the mail of others between.

use super::rng::Rng;
use chrono::{DateTime, TimeZone, Utc};
use chrono_tz::Tz;
use std::fmt::Write as _;

/// What a scenario varies.
#[derive(Clone, Copy)]
pub struct Scenario {
    pub name: &'static str,
    /// SAP's list shows RECTP, RECYR and RECNO.
    pub keys: bool,
    pub zone: Tz,
    /// Seconds by which SAP's clock is ahead.
    pub ahead: i64,
    /// Beginning, UTC.
    pub begin: i64,
    /// Duration in hours.
    pub hours: i64,
    /// Of a hundred mails: copies of the one before, asked for in the same second.
    pub twins: u64,
    /// Different recipients.
    pub recipients: u64,
    /// Characters of subject and recipient that SAP's list shows.
    pub cut: Option<(usize, usize)>,
    /// Of a hundred mails: refused, and accepted but never seen again.
    pub refused: u64,
    pub vanished: u64,
    /// Clients whose numbers, and so whose keys and Message-IDs, are the same.
    pub clients: usize,
    /// Of a hundred mails: a copy of the system sends one of its own under the same Message-ID.
    pub copied: u64,
    /// SAP shows the hour in which the clocks go back once, at half speed.
    pub stretched: bool,
    /// Of a hundred mails: the one before to another recipient, under the same Message-ID.
    pub several: u64,
    /// Hours, from the beginning, in which the next server takes nothing: everything goes out when it is over.
    pub outage: Option<(i64, i64)>,
    /// Rows at which the export of the trace was cut.
    pub cap: Option<usize>,
}

/// The truth about one request.
pub struct Mail {
    pub recipient: String,
    pub subject: String,
    /// SAP's stamp on its own clock, read as UTC.
    pub stamp: i64,
    /// What the zone, without the clock's fault, adds to UTC.
    pub zone: i64,
    /// Line of its row in the trace, and the stamp there.
    pub arrival: Option<(u32, i64)>,
    pub verdict: &'static str,
}

/// Both files, and the truth about each row of SAP's, which stands on line 2 and following.
pub struct World {
    pub sap: String,
    pub trace: String,
    pub mails: Vec<Mail>,
}

const TRACE_HEADER: &str = "origin_timestamp_utc,sender_address,recipient_status,message_subject,total_bytes,message_id,network_message_id,original_client_ip,directionality,connector_id,delivery_priority\n";
const REFUSAL: (&str, &str) = (" Relay Access Denied", "550 5.7.64 TenantAttribution;");
/// The send job runs every five minutes.
const PERIOD: i64 = 300_000;

struct Draft {
    at: i64,
    to: u64,
    subject: String,
    /// It is the mail before, to another recipient.
    again: bool,
}

/// Makes a world of so many mails.
pub fn make(scenario: &Scenario, count: u64, seed: u64) -> World {
    let mut rng = Rng::new(seed);
    let drafts = drafts(scenario, count, &mut rng);
    let mut rows: Vec<(i64, String, Option<usize>)> = others(scenario, count * 3 / 7, &mut rng);
    let mut out = World { sap: String::new(), trace: TRACE_HEADER.to_owned(), mails: Vec::new() };
    sap_line(scenario, COLUMNS, &mut out.sap);
    let (mut run, mut free, mut id) = (0, 0, String::new());
    // A run takes its mails one by one; many mails make it faster, not longer than the period.
    let pace = (PERIOD * 3 / 4 / (i64::try_from(count).unwrap_or(1) * PERIOD / (scenario.hours * 3_600_000)).max(1)).clamp(1, 2500);
    for (number, draft) in drafts.iter().enumerate() {
        let next = due(scenario, draft.at);
        free = if next == run { free } else { next };
        run = next;
        free += rng.range(pace / 2, pace.max(1));
        let fate = rng.bits() % 100;
        let refused = fate < scenario.refused;
        let vanished = !refused && fate < scenario.refused + scenario.vanished;
        let status = free + rng.range(0, 2000);
        let stamp = wall(scenario, status) / 1000 * 1000;
        let recipient = format!("accounts.payable.{}@customer{}.fabrikam.example", draft.to, draft.to % 97);
        sap_row(scenario, number, draft, &recipient, stamp, refused, &mut out.sap);
        if !refused && !vanished {
            let origin = free + rng.range(300, 1500);
            if scenario.keys {
                id = format!("ADR51{:012}", number / scenario.clients);
            } else if !draft.again || id.is_empty() {
                id = format!("{:016x}", rng.bits());
            }
            if rng.bits() % 100 < scenario.copied {
                let (at, to) = (origin + rng.range(-1_800_000, 1_800_000), format!("test{}@contoso.example", rng.below(20)));
                rows.push((at, trace_row(at, "sap@contoso.example", &to, "Test of the copy", &id, "203.0.113.20"), None));
            }
            rows.push((origin, trace_row(origin, "sap@contoso.example", &recipient, &draft.subject, &id, "203.0.113.10"), Some(number)));
        }
        let verdict = if refused {
            "rejected"
        } else if vanished {
            "missing"
        } else {
            "delivered"
        };
        out.mails.push(Mail {
            recipient,
            subject: draft.subject.clone(),
            stamp,
            zone: wall(scenario, status) - scenario.ahead * 1000 - status,
            arrival: None,
            verdict,
        });
    }
    rows.sort();
    let cut = scenario.cap.filter(|cap| rows.len() >= *cap);
    rows.truncate(cut.unwrap_or(usize::MAX));
    for ((origin, row, mail), line) in rows.into_iter().zip(2..) {
        out.trace.push_str(&row);
        if let Some(mail) = mail.and_then(|mail| out.mails.get_mut(mail)) {
            mail.arrival = Some((line, origin));
        }
    }
    // An export that was cut proves no absence.
    for mail in out.mails.iter_mut().filter(|mail| cut.is_some() && mail.arrival.is_none() && mail.verdict != "rejected") {
        mail.verdict = "handed-off";
    }
    out
}

/// The run of the send job that gets a mail out.
fn due(scenario: &Scenario, at: i64) -> i64 {
    let over = |(from, to): (i64, i64)| {
        let (from, to) = (scenario.begin + from * 3_600_000, scenario.begin + to * 3_600_000);
        if (from..to).contains(&at) { to } else { at }
    };
    let at = scenario.outage.map_or(at, over);
    at - at.rem_euclid(PERIOD) + PERIOD
}

fn drafts(scenario: &Scenario, count: u64, rng: &mut Rng) -> Vec<Draft> {
    let mut out: Vec<Draft> = Vec::new();
    while (out.len() as u64) < count {
        match out.last() {
            Some(Draft { at, to, subject, .. }) if rng.bits() % 100 < scenario.twins => {
                let copy = Draft { at: *at, to: *to, subject: subject.clone(), again: false };
                out.push(copy);
            }
            Some(Draft { at, to, subject, .. }) if scenario.several > 0 && rng.bits() % 100 < scenario.several => {
                let other = Draft { at: *at, to: (to + 1) % scenario.recipients, subject: subject.clone(), again: true };
                out.push(other);
            }
            _ => {
                let kind = ["Invoice", "Payment advice for the month of March, company code", "Delivery note"][rng.below(3)];
                let subject = format!("{kind} {}", 90_000_000 + rng.bits() % (4 * count));
                out.push(Draft {
                    at: scenario.begin + rng.range(0, scenario.hours * 3_600_000),
                    to: rng.bits() % scenario.recipients,
                    subject,
                    again: false,
                });
            }
        }
    }
    out.sort_by_key(|draft| draft.at);
    out
}

/// Rows of other senders, also to SAP's recipients; they begin before and go on long after SAP's mails.
fn others(scenario: &Scenario, count: u64, rng: &mut Rng) -> Vec<(i64, String, Option<usize>)> {
    let one = |_| {
        let at = scenario.begin + rng.range(-3_600_000, (scenario.hours + 8) * 3_600_000);
        let to = rng.bits() % scenario.recipients;
        let recipient = format!("accounts.payable.{to}@customer{}.fabrikam.example", to % 97);
        let subject = format!("Invoice {}", 90_000_000 + rng.bits() % (4 * count.max(1)));
        let sender = format!("person{}@contoso.example", rng.bits() % 50);
        (at, trace_row(at, &sender, &recipient, &subject, &format!("{:016x}", rng.bits()), "198.51.100.7"), None)
    };
    (0..count).map(one).collect()
}

/// The wall time of SAP's system, as if it were UTC.
fn wall(scenario: &Scenario, at: i64) -> i64 {
    use chrono::Offset;
    let at = at + scenario.ahead * 1000;
    if scenario.stretched {
        return super::clock::sap_wall(scenario.zone, at);
    }
    let utc = DateTime::<Utc>::from_timestamp_millis(at).unwrap_or_default();
    at + i64::from(scenario.zone.offset_from_utc_datetime(&utc.naive_utc()).fix().local_minus_utc()) * 1000
}

/// Columns of SAP's export.
pub const COLUMNS: [&str; 16] = [
    "MANDT",
    "RECTP",
    "RECYR",
    "RECNO",
    "TITEL",
    "SENDER",
    "ADDRESS",
    "SNDDAT",
    "SNDTIM",
    "STAT_DATE",
    "STAT_TIME",
    "STATUS",
    "MSGID",
    "MSGNO",
    "MSGV3",
    "MSGV4",
];

/// Text with tabs, or a list where values are cut: it alone shows that they are.
fn sap_line(scenario: &Scenario, cells: [&str; 16], out: &mut String) {
    let Some((title, address)) = scenario.cut else {
        let _ = writeln!(out, "{}", cells.join("\t"));
        return;
    };
    let widths = [5, 5, 5, 12, title, 19, address, 10, 8, 10, 9, 6, 5, 5, 50, 50];
    for (cell, width) in cells.into_iter().zip(widths) {
        let _ = write!(out, "|{:<width$}", cell.chars().take(width).collect::<String>());
    }
    out.push_str("|\n");
}

fn sap_row(scenario: &Scenario, number: usize, draft: &Draft, recipient: &str, stamp: i64, refused: bool, out: &mut String) {
    let show = |at: i64, form: &str| DateTime::<Utc>::from_timestamp_millis(at).unwrap_or_default().format(form).to_string();
    let (day, time) = if scenario.cut.is_some() { ("%d.%m.%Y", "%H:%M:%S") } else { ("%Y%m%d", "%H%M%S") };
    let asked = wall(scenario, draft.at);
    let (client, record) = (format!("{}", 100 + number % scenario.clients), format!("{:012}", number / scenario.clients));
    let key = if scenario.keys { ["ADR", "51", record.as_str()] } else { [""; 3] };
    let (message, v3, v4) = if refused { ("806", REFUSAL.0, REFUSAL.1) } else { ("718", "", "") };
    // SAP's field for the title holds fifty characters.
    let title: String = draft.subject.chars().take(50).collect();
    let times = [show(asked, day), show(asked, time), show(stamp, day), show(stamp, time)];
    let [asked_day, asked_time, day, time] = times.each_ref().map(String::as_str);
    let [kind, year, record] = key;
    let cells = [
        client.as_str(),
        kind,
        year,
        record,
        title.trim_end(),
        "sap@contoso.example",
        recipient,
        asked_day,
        asked_time,
        day,
        time,
        message,
        "XS",
        message,
        v3,
        v4,
    ];
    sap_line(scenario, cells, out);
}

fn trace_row(at: i64, sender: &str, recipient: &str, subject: &str, id: &str, ip: &str) -> String {
    let time = DateTime::<Utc>::from_timestamp_millis(at).unwrap_or_default().format("%Y-%m-%dT%H:%M:%S%.3fZ");
    format!("{time},{sender},\"{recipient}##Receive, Send\",\"{subject}\",20480,<{id}@contoso.example>,,{ip},Originating,,Normal\n")
}
