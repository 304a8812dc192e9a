//! Delivery status notifications as saved mails or pasted text (RFC 3464; exchange.md section 1.16): what became of a
//! mail, told by the server that gave it up. Its arrival there and its end are two observations.
//!
//! The original mail is the one whose headers are returned, else the one that the report answers. Of texts nothing but
//! fields is kept. Assumed: that a server by another name than Microsoft's is a relay of one's own.

use super::columns::{Cells, Field};
use super::sighting::Sighting;
use crate::error::ReadError;
use crate::evidence::{Hop, TraceStatus};
use crate::formats::instant::mail_span;
use crate::formats::records::Place;
use crate::formats::{Claim, Format, Sink};
use crate::smtp::{decoded, domain, field, is_microsoft, path_address, unquoted};
use crate::source::{Class, lines};

/// Delivery status notification.
pub struct DeliveryReport;

impl Format for DeliveryReport {
    fn id(&self) -> &'static str {
        "delivery-report"
    }

    fn title(&self) -> &'static str {
        "Delivery status notification (.eml or text)"
    }

    fn hop(&self) -> Hop {
        Hop::Exchange
    }

    fn recognise(&self, head: &str) -> Option<Claim> {
        let at = |name: &str| lines(head).find(|(_, line)| is_field(line, name)).map(|(number, _)| number);
        let (first, _) = (at("Reporting-MTA")?, at("Final-Recipient").or_else(|| at("Original-Recipient"))?);
        Some(Claim { confidence: 90, why: format!("line {first}: the fields of a delivery status notification") })
    }

    fn read(&self, text: &str, sink: &mut Sink<'_>) -> Result<(), ReadError> {
        let last = u32::try_from(sink.source.ledger.lines()).unwrap_or(u32::MAX);
        // What is not one of its fields is a mail's own matter and is not looked at.
        sink.source.ledger.mark_run(1, last, Class::Frame);
        let mut report = Report::default();
        for (number, line) in lines(text) {
            let line = unquoted(line);
            if is_field(line, "Reporting-MTA") && report.part != Part::Before {
                std::mem::take(&mut report).push(sink);
                report.part = Part::Fields;
            }
            report.take(number, line);
        }
        report.push(sink);
        sink.source.utc = true;
        sink.source.selected = true;
        Ok(())
    }

    fn samples(&self) -> &'static [&'static str] {
        &[include_str!("report.sample.eml"), include_str!("report.sample.txt")]
    }
}

fn is_field(line: &str, name: &str) -> bool {
    field(unquoted(line)).is_some_and(|(known, _)| known.eq_ignore_ascii_case(name))
}

/// Behind the type: `rfc822;a@contoso.example`, `smtp;550 5.1.1 ...`.
fn typed(value: &str) -> &str {
    value
        .split_once(';')
        .filter(|(kind, _)| kind.trim().bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-'))
        .map_or(value, |(_, rest)| rest.trim())
}

/// Where in the report a line stands.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
enum Part {
    /// Header and text of the report itself.
    #[default]
    Before,
    /// Fields of the message and of its recipients.
    Fields,
    /// Behind the fields, before the returned header.
    Between,
    /// The header of the mail that is reported.
    Returned,
    /// Its body.
    Behind,
}

/// One field with the lines it stands on.
struct Line {
    name: String,
    value: String,
    place: Place,
}

/// One report while its lines go by.
#[derive(Default)]
struct Report {
    part: Part,
    /// Fields before, of the message and returned, by where they stand.
    own: Vec<Line>,
    message: Vec<Line>,
    recipients: Vec<Vec<Line>>,
    returned: Vec<Line>,
}

/// Fields that are kept; all others stay unread.
const BEFORE: &[&str] = &["date", "in-reply-to"];
const MESSAGE: &[&str] = &["reporting-mta", "arrival-date", "original-message-id"];
const RECIPIENT: &[&str] = &["final-recipient", "original-recipient", "action", "status", "diagnostic-code", "last-attempt-date"];
const RETURNED: &[&str] = &["message-id", "from", "subject", "date", "to"];

impl Report {
    fn take(&mut self, number: u32, line: &str) {
        if line.starts_with([' ', '\t']) && !line.trim().is_empty() {
            return self.go_on(number, line.trim());
        }
        let Some((name, value)) = field(line) else { return self.edge(line) };
        let name = name.to_ascii_lowercase();
        if self.part == Part::Before && name == "reporting-mta" {
            self.part = Part::Fields;
        }
        let open = || self.recipients.last().is_some_and(|group| !group.iter().any(|field| field.name == name));
        let known = is_recipient(&name) || MESSAGE.contains(&name.as_str()) || (RECIPIENT.contains(&name.as_str()) && open());
        if self.part == Part::Between && known {
            // A line of no known shape had seemed to end the fields.
            self.part = Part::Fields;
        }
        let returned = match self.part {
            Part::Between => RETURNED.contains(&name.as_str()),
            Part::Fields => matches!(name.as_str(), "message-id" | "received"),
            _ => false,
        };
        if returned {
            self.part = Part::Returned;
        }
        if self.part == Part::Fields && is_recipient(&name) && self.begins_recipient(&name) {
            self.recipients.push(Vec::new());
        }
        let (kept, fields): (&[&str], Option<&mut Vec<Line>>) = match self.part {
            Part::Before => (BEFORE, Some(&mut self.own)),
            Part::Fields if MESSAGE.contains(&name.as_str()) => (MESSAGE, Some(&mut self.message)),
            Part::Fields => (RECIPIENT, self.recipients.last_mut()),
            Part::Returned => (RETURNED, Some(&mut self.returned)),
            Part::Between | Part::Behind => (&[], None),
        };
        // An unknown field is kept without its value, so that its folded lines join nothing else.
        let value = if kept.contains(&name.as_str()) { value.to_owned() } else { String::new() };
        if let Some(fields) = fields {
            fields.push(Line { name, value, place: Place { line: number, lines: 1 } });
        }
    }

    /// A recipient's group begins with the first of its two addresses.
    fn begins_recipient(&self, name: &str) -> bool {
        self.recipients
            .last()
            .is_none_or(|group| group.iter().any(|field| field.name == name || field.name == "action" || field.name == "status"))
    }

    /// A folded line belongs to the field before it.
    fn go_on(&mut self, number: u32, more: &str) {
        let fields = match self.part {
            Part::Before => Some(&mut self.own),
            Part::Fields if self.recipients.is_empty() => Some(&mut self.message),
            Part::Fields => self.recipients.last_mut(),
            Part::Returned => Some(&mut self.returned),
            Part::Between | Part::Behind => None,
        };
        if let Some(field) = fields.and_then(|fields| fields.last_mut()).filter(|field| field.place.line + field.place.lines == number) {
            field.place.lines += 1;
            if !field.value.is_empty() {
                field.value = format!("{} {more}", field.value);
            }
        }
    }

    /// A blank line or a boundary ends a part.
    fn edge(&mut self, line: &str) {
        self.part = match self.part {
            Part::Fields if line.starts_with("--") || !line.trim().is_empty() => Part::Between,
            Part::Returned if line.trim().is_empty() => Part::Behind,
            other => other,
        };
    }

    /// Turns the report into evidence: of each recipient its arrival, where its time is told, and its end.
    fn push(self, sink: &mut Sink<'_>) {
        let reporter = typed(value(&self.message, "reporting-mta"));
        let answered = value(&self.own, "in-reply-to");
        let message_id = [value(&self.message, "original-message-id"), value(&self.returned, "message-id"), answered]
            .into_iter()
            .find(|id| !id.is_empty())
            .unwrap_or("");
        let subject = decoded(value(&self.returned, "subject"));
        let arrived = mail_span(value(&self.message, "arrival-date"));
        if let (true, Some(first)) = (self.recipients.is_empty(), self.message.first()) {
            for field in &self.message {
                reject(field.place, "a report without a recipient", sink);
            }
            sink.source.note(first.place.line, "the report names no recipient: it was cut, or is of another form");
        }
        for group in &self.recipients {
            let recipient =
                [value(group, "original-recipient"), value(group, "final-recipient")].map(typed).into_iter().find(|r| !r.is_empty());
            let (Some(recipient), Some(status)) = (recipient, status(value(group, "action"))) else {
                for field in group {
                    reject(field.place, "a recipient without address or action", sink);
                }
                continue;
            };
            let code = [typed(value(group, "diagnostic-code")), value(group, "status")].into_iter().find(|text| !text.is_empty());
            let place = whole(group);
            let told = mail_span(value(group, "last-attempt-date")).or_else(|| mail_span(value(&self.own, "date")));
            if told.is_none() && arrived.is_some() {
                sink.source.note(place.line, "the report tells no time of the end: the time of arrival stands for it, a guess");
            }
            let ended = told.or(arrived);
            let sender = path_address(value(&self.returned, "from"));
            let end = Sighting {
                hop: hop(reporter, sender, recipient),
                sender,
                recipient,
                subject: &subject,
                message_id,
                reply: code.unwrap_or(""),
                ..Sighting::new(&Nothing, place, ended, status)
            };
            let at = self.message.iter().find(|field| field.name == "arrival-date").map(|field| field.place);
            // Without a Message-ID nothing would tell that both are of one mail.
            if let (Some(arrived), Some(place), false) = (arrived, at, message_id.is_empty()) {
                Sighting { place, at: Some(arrived), status: TraceStatus::GettingStatus, reply: "", ..end }.push(sink);
            }
            end.push(sink);
            sink.source.rows += 1;
            sink.source.ledger.mark_run(place.line, place.lines, Class::Evidence);
        }
    }
}

/// Whose server reports: Exchange's, the recipient's own outside, else a relay on the way.
fn hop(reporter: &str, sender: &str, recipient: &str) -> Hop {
    let (own, theirs) = (domain(sender).to_lowercase(), domain(recipient).to_lowercase());
    let host = reporter.to_lowercase();
    let at_goal =
        !theirs.is_empty() && own != theirs && host.strip_suffix(&theirs).is_some_and(|head| head.is_empty() || head.ends_with('.'));
    match (is_microsoft(reporter), at_goal) {
        (true, _) => Hop::Exchange,
        (false, true) => Hop::Outside,
        (false, false) => Hop::Relay,
    }
}

/// Names with which the group of a recipient begins.
fn is_recipient(name: &str) -> bool {
    matches!(name, "final-recipient" | "original-recipient")
}

fn reject(place: Place, reason: &str, sink: &mut Sink<'_>) {
    (place.line..place.line + place.lines).for_each(|at| sink.source.ledger.reject(at, reason));
}

/// All lines of a group.
fn whole(group: &[Line]) -> Place {
    let (Some(first), Some(last)) = (group.first(), group.last()) else { return Place { line: 1, lines: 1 } };
    Place { line: first.place.line, lines: last.place.line + last.place.lines - first.place.line }
}

/// A report has no columns.
struct Nothing;

impl Cells for Nothing {
    fn cell(&self, _: Field) -> &'static str {
        ""
    }
}

fn value<'a>(fields: &'a [Line], name: &str) -> &'a str {
    fields.iter().find(|field| field.name == name && !field.value.is_empty()).map_or("", |field| &field.value)
}

/// Actions of RFC 3464 section 2.3.3.
fn status(action: &str) -> Option<TraceStatus> {
    Some(match action.split_whitespace().next()?.to_ascii_lowercase().as_str() {
        "failed" => TraceStatus::Failed,
        "delayed" => TraceStatus::Pending,
        "delivered" => TraceStatus::Delivered,
        "relayed" => TraceStatus::Sent,
        "expanded" => TraceStatus::Expanded,
        _ => return None,
    })
}
