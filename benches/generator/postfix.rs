//! The log of a Postfix relay, as syslog writes it.

use chrono_tz::Tz;

use super::clock::{SECOND, os_wall, show};
use super::rng::Rng;

/// Digits of long queue ids: no vowels, and no `z` in the number of the file.
const DIGITS: &[u8] = b"0123456789BCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz";

/// What syslog puts in front of a line.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// `May 19 08:05:01 mailgw1`: neither year nor zone.
    Traditional,
    /// `2026-05-19T08:05:01.349811+02:00 mailgw2`.
    Iso,
}

/// One relay.
pub struct Relay {
    /// Host name without domain.
    pub name: &'static str,
    /// Zone of its operating system.
    pub zone: Tz,
    /// How its syslog writes.
    pub shape: Shape,
}

/// A line of its log.
pub struct Record {
    /// Milliseconds since 1970 UTC.
    at: i64,
    /// `postfix/smtp[269]: ...`.
    text: String,
}

impl Record {
    /// A line of any program.
    pub fn new(at: i64, text: impl Into<String>) -> Self {
        Self { at, text: text.into() }
    }
}

/// A mail on its way through a relay.
pub struct Passage<'a> {
    /// Host and address of the client.
    pub client: &'a str,
    /// Envelope sender, empty for the relay's own notices.
    pub sender: &'a str,
    /// One recipient.
    pub recipient: &'a str,
    /// With angle brackets.
    pub message_id: &'a str,
    /// Bytes.
    pub size: i64,
    /// When the relay took it.
    pub taken: i64,
}

/// What the next server said to a try.
pub enum Said {
    /// It took the mail.
    Sent(String),
    /// It refused for now.
    Deferred(String),
    /// It refused for good.
    Bounced(String),
}

/// Where a relay hands its mail to: name and address.
pub const NEXT: &str = "contoso-example.mail.protection.outlook.com[198.51.100.25]";

/// A number in a base, most significant digit first.
fn digits(mut number: i64, base: i64, least: usize) -> String {
    let mut out = Vec::new();
    while number > 0 || out.len() < least {
        out.push(DIGITS[usize::try_from(number % base).expect("not negative")]);
        number /= base;
    }
    out.reverse();
    String::from_utf8(out).expect("ASCII")
}

/// A long queue id: seconds, microseconds and the number of the queue file.
pub fn queue_id(at: i64, rng: &mut Rng) -> String {
    let micros = at.rem_euclid(SECOND) * 1_000 + rng.range(0, 999);
    format!("{}{}z{}", digits(at.div_euclid(SECOND), 52, 6), digits(micros, 52, 4), digits(rng.range(600_000, 6_000_000), 51, 4))
}

/// Seconds with the two digits that Postfix shows.
fn seconds(ms: i64) -> String {
    if ms >= 10 * SECOND { (ms / SECOND).to_string() } else { format!("{}.{}", ms / SECOND, ms % SECOND / 100) }
}

/// A client hands a mail over.
pub fn taken(mail: &Passage<'_>, id: &str, rng: &mut Rng) -> Vec<Record> {
    let (smtpd, at) = (rng.range(2_100, 2_140), mail.taken);
    vec![
        Record::new(at - 60, format!("postfix/smtpd[{smtpd}]: connect from {}", mail.client)),
        Record::new(at, format!("postfix/smtpd[{smtpd}]: {id}: client={}", mail.client)),
        Record::new(at + 20, format!("postfix/cleanup[{}]: {id}: message-id={}", rng.range(2_150, 2_170), mail.message_id)),
        active(mail, id, at + 60),
        Record::new(
            at + 90,
            format!("postfix/smtpd[{smtpd}]: disconnect from {} ehlo=1 mail=1 rcpt=1 data=1 quit=1 commands=5", mail.client),
        ),
    ]
}

/// The queue manager begins with a mail, or with the next try.
fn active(mail: &Passage<'_>, id: &str, at: i64) -> Record {
    Record::new(at, format!("postfix/qmgr[912]: {id}: from=<{}>, size={}, nrcpt=1 (queue active)", mail.sender, mail.size))
}

/// One try; a mail that comes to an end leaves the queue.
pub fn tried(mail: &Passage<'_>, id: &str, (at, said): (i64, &Said), rng: &mut Rng) -> Vec<Record> {
    let (took, pid) = (rng.range(300, 900), rng.range(2_200, 2_240));
    let refused = |text: &str| format!("host {NEXT} said: {text} (in reply to RCPT TO command)");
    let (status, reason, text) = match said {
        Said::Sent(text) => ("sent", text.clone(), text),
        Said::Deferred(text) => ("deferred", refused(text), text),
        Said::Bounced(text) => ("bounced", refused(text), text),
    };
    let dsn = text.split(' ').nth(1).unwrap_or("2.0.0");
    let (delay, waited) = (seconds(at + took - mail.taken), seconds((at - mail.taken).max(0)));
    let delays = format!("{waited}/0.01/0.{:02}/0.{:02}", rng.range(10, 30), rng.range(10, 60));
    let line = format!("to=<{}>, relay={NEXT}:25, delay={delay}, delays={delays}, dsn={dsn}, status={status} ({reason})", mail.recipient);
    let mut out = Vec::new();
    if at > mail.taken + 60 * SECOND {
        out.push(active(mail, id, at));
    }
    out.push(Record::new(at + took, format!("postfix/smtp[{pid}]: {id}: {line}")));
    if status == "sent" {
        out.push(removed(id, at + took + 1));
    }
    out
}

/// A mail leaves the queue.
pub fn removed(id: &str, at: i64) -> Record {
    Record::new(at, format!("postfix/qmgr[912]: {id}: removed"))
}

/// The relay writes to the sender of a mail that came to nothing, as Postfix before 3.11 logs it; `said` is the answer of
/// the sender's own server.
pub fn notice(relay: &Relay, (mail, parent): (&Passage<'_>, &str), (at, said): (i64, &Said), rng: &mut Rng) -> Vec<Record> {
    let id = queue_id(at, rng);
    let message_id = format!("<{id}@{}.contoso.example>", relay.name);
    let own = Passage { client: "", sender: "", recipient: mail.sender, message_id: &message_id, size: 4_200, taken: at };
    let mut out = vec![
        Record::new(at, format!("postfix/cleanup[2151]: {id}: message-id={message_id}")),
        Record::new(at + 4, format!("postfix/bounce[2301]: {parent}: sender non-delivery notification: {id}")),
        active(&own, &id, at + 6),
        removed(parent, at + 8),
    ];
    out.extend(tried(&own, &id, (at + 20, said), rng));
    out.push(removed(&id, at + 2 * SECOND));
    out
}

/// The door refuses a mail of such a size.
pub fn too_large(mail: &Passage<'_>, greeted: &str, rng: &mut Rng) -> Vec<Record> {
    let (smtpd, at) = (rng.range(2_100, 2_140), mail.taken);
    let (client, sender) = (mail.client, mail.sender);
    vec![
        Record::new(at - 60, format!("postfix/smtpd[{smtpd}]: connect from {client}")),
        Record::new(
            at,
            format!(
                "postfix/smtpd[{smtpd}]: NOQUEUE: reject: MAIL from {client}: {TOO_LARGE}; from=<{sender}> proto=ESMTP helo=<{greeted}>"
            ),
        ),
        Record::new(at + 30, format!("postfix/smtpd[{smtpd}]: disconnect from {client} ehlo=1 mail=0/1 quit=1 commands=2/3")),
    ]
}

/// What the door says to a mail that is too large.
pub const TOO_LARGE: &str = "552 5.3.4 Message size exceeds fixed limit";

/// Lines that have nothing to do with the mails between two instants: of the daemons, and of other programs.
pub fn noise(rng: &mut Rng, (from, to): (i64, i64)) -> Vec<Record> {
    let mut out = vec![Record::new(from, "rsyslogd: [origin software=\"rsyslogd\" swVersion=\"8.2302.0\"] rsyslogd was HUPed")];
    let mut at = from;
    while at < to {
        let rate = rng.range(2, 40);
        let ip = rng.range(41, 42);
        out.push(Record::new(at + 7, format!("postfix/anvil[2401]: statistics: max connection rate {rate}/60s for (smtp:192.0.2.{ip})")));
        out.push(Record::new(at + 2_000, format!("systemd[1]: Started session-{}.scope - Session of user monitor.", rng.range(100, 999))));
        at += 1_800 * SECOND;
    }
    out.push(Record::new(to, "postfix/anvil[2401]: statistics: max cache size 4"));
    out
}

/// Writes the lines in order of time.
pub fn write(relay: &Relay, mut records: Vec<Record>) -> Vec<u8> {
    records.sort_by_key(|record| record.at);
    let stamp = |at: i64| match relay.shape {
        Shape::Traditional => show(os_wall(relay.zone, at), "%b %e %H:%M:%S"),
        Shape::Iso => {
            let east = (os_wall(relay.zone, at) - at) / (3_600 * SECOND);
            format!("{}000+{east:02}:00", show(os_wall(relay.zone, at), "%Y-%m-%dT%H:%M:%S%.3f"))
        }
    };
    let line = |record: &Record| format!("{} {} {}\n", stamp(record.at), relay.name, record.text);
    records.iter().map(line).collect::<String>().into_bytes()
}
