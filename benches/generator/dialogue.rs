//! SMTP dialogues of a `dev_icm` trace at level 3.
//!
//! The shape is an assumption: no real trace of the SMTP client is public. So the marks of
//! direction, the wrapping and the place of the connection id change from session to session.

use std::fmt::Write as _;

use super::clock::show;
use super::encode::base64;
use super::exchange::{self, Service};
use super::icm::{Record, thread};
use super::rng::Rng;
use super::world::{Attempt, End, Landscape, Mail};

/// Longest text of a line before it is wrapped.
const WRAP: usize = 110;
/// How the three styles mark what the client says and what the server answers.
const MARKS: [(&str, &str); 3] = [("SMTP >> ", "SMTP << "), ("SMTP send: ", "SMTP recv: "), ("-> ", "<- ")];

/// A session that is being written.
pub struct Session {
    records: Vec<Record>,
    at: i64,
    thread: u64,
    conn: i64,
    marks: (&'static str, &'static str),
    server: String,
}

impl Session {
    /// Opens the connection `lead` milliseconds before the mail itself.
    fn open(attempt: &Attempt, lead: i64, service: Service, rng: &mut Rng) -> Self {
        let mut session = Self {
            records: Vec::new(),
            at: attempt.at - lead,
            thread: thread(2 + rng.bits() % 4),
            conn: rng.range(0x0004_0001, 0x0004_FFFF),
            marks: *rng.pick(&MARKS),
            server: exchange::front(service, rng),
        };
        let hdl = rng.range(30, 90);
        let local = format!("192.0.2.{}:{}", 11 + attempt.host, rng.range(41_000, 59_000));
        let peer = match service {
            Service::Endpoint => "192.0.2.25:25",
            Service::Submission => "192.0.2.87:587",
        };
        session.raw(format!("NiIConnect: hdl {hdl} took local address {local}"));
        let conn = session.conn;
        session.raw(format!("role: Client, protocol: SMTP, local: {local}, peer: {peer} {{{conn:08x}}}"));
        session
    }

    fn raw(&mut self, text: String) {
        self.records.push(Record::new(self.at, self.thread, text));
    }

    /// Writes one message, wrapped at a blank if it is long; the id stands at the end.
    fn say(&mut self, mark: &str, text: &str) {
        let mut lines = vec![String::new()];
        for word in text.split(' ') {
            let line = lines.last_mut().expect("there is a first line");
            if line.is_empty() {
                line.push_str(word);
            } else if line.len() + word.len() < WRAP {
                line.push(' ');
                line.push_str(word);
            } else {
                lines.push(word.to_owned());
            }
        }
        let last = lines.last_mut().expect("there is a first line");
        write!(last, " {{{:08x}}}", self.conn).expect("a String takes all");
        let mut lines = lines.into_iter();
        let first = lines.next().unwrap_or_default();
        let record = Record::new(self.at, self.thread, format!("{mark}{first}"));
        self.records.push(lines.fold(record, |record, line| record.and(format!("  {line}"))));
    }

    fn client(&mut self, text: &str) {
        self.at += 4;
        self.say(self.marks.0, text);
    }

    fn server(&mut self, text: &str) {
        self.at += 22;
        self.say(self.marks.1, text);
    }

    fn hello(&mut self, domain: &str, ip: &str, features: &[&str]) {
        self.client(&format!("EHLO {domain}"));
        self.server(&format!("250-{} Hello [{ip}]", self.server.clone()));
        for (i, feature) in features.iter().enumerate() {
            let dash = if i + 1 == features.len() { ' ' } else { '-' };
            self.say(self.marks.1, &format!("250{dash}{feature}"));
        }
    }

    fn banner(&mut self, rng: &mut Rng) {
        let time = show(self.at, "%a, %e %b %Y %H:%M:%S +0000");
        let id = exchange::session_id(self.at, rng);
        let server = self.server.clone();
        self.server(&format!("220 {server} Microsoft ESMTP MAIL Service ready at {time} [{id}]"));
    }

    fn quit(mut self) -> Vec<Record> {
        self.client("QUIT");
        self.server("221 2.0.0 Service closing transmission channel");
        self.records
    }
}

/// Whole plain session with the MX endpoint; `ip` is the address Exchange sees, `body` one
/// line of the mail's text.
pub fn plain(land: &Landscape, mail: &Mail, attempt: &Attempt, ip: &str, body: &str, rng: &mut Rng) -> Vec<Record> {
    let features = ["SIZE 157286400", "PIPELINING", "DSN", "ENHANCEDSTATUSCODES", "STARTTLS", "8BITMIME", "SMTPUTF8"];
    let mut session = Session::open(attempt, 90, Service::Endpoint, rng);
    session.banner(rng);
    session.hello(land.domain, ip, &features);
    session.client(&format!("MAIL FROM:<{}> SIZE={}", land.sender, mail.size));
    session.server("250 2.1.0 Sender OK");
    session.client(&format!("RCPT TO:<{}>", mail.recipient));
    match &attempt.end {
        End::Refused(reply) => {
            // Not before the time that the reply itself carries.
            session.at = session.at.max(attempt.at + 400);
            session.server(reply);
        }
        End::Accepted(reply) => {
            session.server("250 2.1.5 Recipient OK");
            data(&mut session, land, mail, body);
            let taken = mail.trace.as_ref().map_or(session.at, |row| row.origin / 10_000);
            session.at = session.at.max(taken);
            session.server(reply);
        }
        End::Unreachable(_) => return session.records,
    }
    session.quit()
}

fn data(session: &mut Session, land: &Landscape, mail: &Mail, body: &str) {
    session.client("DATA");
    session.server("354 Start mail input; end with <CRLF>.<CRLF>");
    session.at += 5;
    let lines = [
        format!("From: <{}>", land.sender),
        format!("To: <{}>", mail.recipient),
        format!("Message-ID: {}", land.message_id(mail)),
        "X-Mailer: SAP NetWeaver 7.85".to_owned(),
        String::new(),
        body.to_owned(),
        ".".to_owned(),
    ];
    for line in lines {
        session.raw(line);
    }
}

const SUBMISSION: [&str; 5] = ["SIZE 157286400", "DSN", "STARTTLS", "ENHANCEDSTATUSCODES", "SMTPUTF8"];
const SECURED: [&str; 5] = ["SIZE 157286400", "DSN", "AUTH LOGIN XOAUTH2", "8BITMIME", "SMTPUTF8"];

fn starttls(attempt: &Attempt, domain: &str, rng: &mut Rng) -> Session {
    let mut session = Session::open(attempt, 260, Service::Submission, rng);
    session.banner(rng);
    session.hello(domain, "203.0.113.20", &SUBMISSION);
    session.client("STARTTLS");
    session.server("220 2.0.0 SMTP server ready");
    session.at += 60;
    session.raw("<<- SapSSLSessionStart(sssl_hdl=7f2a5c0031b0)==SAP_O_K".to_owned());
    session
}

/// Session with AUTH LOGIN whose encrypted part is shown, the password included.
pub fn secured(land: &Landscape, attempt: &Attempt, password: &str, rng: &mut Rng) -> Vec<Record> {
    let mut session = starttls(attempt, land.domain, rng);
    session.hello(land.domain, "203.0.113.20", &SECURED);
    session.client("AUTH LOGIN");
    session.server("334 VXNlcm5hbWU6");
    session.client(&base64(land.sender.as_bytes()));
    session.server("334 UGFzc3dvcmQ6");
    session.client(&base64(password.as_bytes()));
    if let End::Refused(reply) | End::Accepted(reply) = &attempt.end {
        session.at = session.at.max(attempt.at + 400);
        session.server(reply);
    }
    session.quit()
}

/// The same session with `icm/trace_secured_data = FALSE`: nothing after STARTTLS is shown.
pub fn denied(land: &Landscape, attempt: &Attempt, rng: &mut Rng) -> Vec<Record> {
    let mut session = starttls(attempt, land.domain, rng);
    for bytes in [24, 212, 12, 18, 34, 18, 26, 218, 6, 52] {
        session.at += 21;
        let conn = session.conn;
        session.raw(format!("SMTP data block, {bytes} bytes {{{conn:08x}}}"));
        session.raw("BINDUMP of content denied".to_owned());
    }
    session.records
}
