//! What happens to the mails of one SAP system, independent of the files that show it.

use chrono_tz::Tz;

use super::Truth;
use super::exchange::{self, Service};
use super::rng::Rng;
use super::trace::TraceRow;

/// One SAP client that sends mail.
pub struct Landscape {
    /// System id, three characters.
    pub sid: &'static str,
    /// Zone of the operating system.
    pub zone: Tz,
    /// Mail server and port as SAP shows them, `host:port`.
    pub relay: &'static str,
    /// Address of the sender in the mails.
    pub sender: &'static str,
    /// Right-hand side of the Message-IDs.
    pub domain: &'static str,
    /// RECYR: the year minus 1975.
    pub year: u16,
    /// The export shows RECTP, RECYR and RECNO.
    pub shows_key: bool,
}

/// What the script has in mind for a request; the story decides what it means.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Case {
    /// As the weather is.
    Plain,
    /// The recipient does not exist.
    NoSuchAddress,
    /// Accepted, failed afterwards.
    BouncedLater,
    /// Accepted, never seen again.
    Vanished,
    /// Leaves SAP much later than it should.
    Late,
    /// Larger than the relay takes.
    TooLarge,
    /// Never reaches the queue.
    NeverQueued,
    /// Part of a batch that exceeds a limit.
    Throttled,
    /// As before, without luck until SAP gives up.
    GivenUp,
    /// The first connection times out.
    TimedOutOnce,
}

/// How an attempt ended.
pub enum End {
    /// Final reply of the server.
    Accepted(String),
    /// Reply that refused the mail.
    Refused(String),
    /// No connection; the name of the NI error.
    Unreachable(&'static str),
}

/// One attempt to hand the mail over.
pub struct Attempt {
    /// Start of the transmission, milliseconds since 1970 UTC.
    pub at: i64,
    /// Index of the application server.
    pub host: usize,
    /// How it ended.
    pub end: End,
}

/// The status row of SAP at the time of the export.
#[derive(Default)]
pub struct Status {
    /// Milliseconds since 1970 UTC.
    pub at: i64,
    /// Message type: E, S or W.
    pub kind: &'static str,
    /// Message class.
    pub class: &'static str,
    /// Message number.
    pub number: u16,
    /// MSGV1 to MSGV4, each at most 50 characters.
    pub vars: [String; 4],
}

/// Verdict, rule and action words.
pub type Finding = (&'static str, &'static str, &'static str);

/// The finding of a mail that arrived.
pub const DELIVERED: Finding = ("delivered", "", "none");

/// One send request and its fate.
pub struct Mail {
    /// Full address.
    pub recipient: String,
    /// Full subject.
    pub subject: String,
    /// SAP user that asked for it.
    pub user: &'static str,
    /// RECNO.
    pub record: u64,
    /// SNDREQ, 32 hexadecimal digits.
    pub request_id: String,
    /// Size of the message in bytes.
    pub size: i64,
    /// Time of the request, milliseconds since 1970 UTC.
    pub requested: i64,
    /// Index of the application server that works on it.
    pub host: usize,
    /// The script's intention.
    pub case: Case,
    /// All attempts in order.
    pub attempts: Vec<Attempt>,
    /// Status at the time of the export.
    pub status: Status,
    /// Row of the message trace, if Exchange accepted the mail.
    pub trace: Option<TraceRow>,
    /// What is true about it.
    pub finding: Finding,
}

/// Way into Exchange Online at one moment.
pub struct Route {
    /// Which of the two services answers.
    pub service: Service,
    /// `original_client_ip` of the trace.
    pub client_ip: &'static str,
    /// `connector_id` of the trace.
    pub connector: &'static str,
    /// `directionality` of the trace.
    pub directionality: &'static str,
}

impl Landscape {
    /// RECTP, RECYR and RECNO joined.
    pub fn key(&self, mail: &Mail) -> String {
        format!("ADR{:02}{:012}", self.year, mail.record)
    }

    /// Message-ID with angle brackets.
    pub fn message_id(&self, mail: &Mail) -> String {
        format!("<{}@{}>", self.key(mail), self.domain)
    }

    /// The truth about every mail.
    pub fn truth(&self, mails: &[Mail]) -> Vec<Truth> {
        let one = |mail: &Mail| Truth {
            recipient: mail.recipient.clone(),
            subject: mail.subject.clone(),
            sap_key: self.shows_key.then(|| self.key(mail)),
            message_id: self.message_id(mail),
            requested_utc_ms: mail.requested,
            verdict: mail.finding.0,
            rule: mail.finding.1,
            action: mail.finding.2,
        };
        mails.iter().map(one).collect()
    }
}

impl Mail {
    /// Exchange takes the mail: SAP shows 718 and the trace gets a row with `events`.
    pub fn accept(&mut self, land: &Landscape, at: i64, route: &Route, rng: &mut Rng) {
        let origin = (at + rng.range(300, 1_500)) * 10_000 + rng.range(0, 9_999);
        let id = land.message_id(self);
        let reply = exchange::accepted(route.service, &id, self.size, rng);
        self.trace = Some(TraceRow {
            origin,
            sender: land.sender.to_owned(),
            recipients: vec![(self.recipient.clone(), events(&self.recipient, land.domain))],
            subject: self.subject.clone(),
            bytes: self.size,
            message_id: id,
            network_id: exchange::network_id(origin, rng),
            client_ip: route.client_ip.to_owned(),
            directionality: route.directionality,
            connector: route.connector,
        });
        self.attempts.push(Attempt { at, host: self.host, end: End::Accepted(reply) });
        self.status = status(at, rng, "S", 718);
        land.relay.clone_into(&mut self.status.vars[1]);
        self.finding = DELIVERED;
    }

    /// The server answers with `reply`, SAP shows it under `kind` and `number`.
    pub fn refuse(&mut self, land: &Landscape, at: i64, sap: (&'static str, u16), reply: String, rng: &mut Rng) {
        self.status = status(at, rng, sap.0, sap.1);
        // The reply is chopped at 50 characters into V4 and then V3; SAP drops the blanks at
        // the end of each piece, and everything after 100 characters.
        let piece = |skip| cut(&reply.chars().skip(skip).collect::<String>(), 50);
        self.status.vars = [cut(&self.recipient, 50), land.relay.to_owned(), piece(50), piece(0)];
        self.attempts.push(Attempt { at, host: self.host, end: End::Refused(reply) });
    }

    /// Nobody answers.
    pub fn unreachable(&mut self, at: i64, error: &'static str) {
        self.attempts.push(Attempt { at, host: self.host, end: End::Unreachable(error) });
    }

    /// SAP gives up for want of a connection.
    pub fn give_up(&mut self, land: &Landscape, at: i64, rng: &mut Rng) {
        self.status = status(at, rng, "E", 816);
        "SMTP".clone_into(&mut self.status.vars[0]);
        land.relay.clone_into(&mut self.status.vars[1]);
    }
}

/// Events of a mail that reached its goal: own mailbox or the outside.
fn events(recipient: &str, domain: &str) -> &'static str {
    if recipient.ends_with(&format!("@{domain}")) { "Receive, Deliver" } else { "Receive, Send" }
}

/// SAP writes the status up to two seconds after the transmission.
fn status(at: i64, rng: &mut Rng, kind: &'static str, number: u16) -> Status {
    Status { at: at + rng.range(0, 2_000), kind, class: "XS", number, ..Status::default() }
}

/// The first `width` characters without blanks at the end.
pub fn cut(text: &str, width: usize) -> String {
    text.chars().take(width).collect::<String>().trim_end().to_owned()
}
