//! From a row of cells to the evidence of a send request (sost.md sections 1.2 and 3.3).

use super::columns::Column as C;
use super::datetime::{self, Order};
use super::sheet::Sheet;
use super::status::{self, Cells};
use crate::evidence::{Evidence, Hop, Kind, SapFacts, SapState, Span, Sym};
use crate::formats::Sink;
use crate::smtp::find_reply;
use crate::source::Class;

/// Length of `SO_ADRNAM`.
const ADDRESS: usize = 35;
/// Length of `SO_OBJ_DES`.
const TITLE: usize = 50;
/// Length of a message variable.
const VARIABLE: usize = 50;
/// Length of the rendered message.
const TEXT: usize = 255;

/// What holds for a whole sheet.
struct Limits {
    order: Order,
    sender: usize,
    recipient: usize,
    title: usize,
    text: usize,
}

/// Pushes the requests of a sheet.
pub fn emit(sheet: &Sheet<'_>, sink: &mut Sink<'_>) {
    let dates = sheet.rows.iter().flat_map(|(_, row)| [sheet.cell(row, C::SendDate), sheet.cell(row, C::StatusDate)]);
    let (order, doubtful) = datetime::order(dates);
    if doubtful || order == Order::DayFirst {
        let reading = if order == Order::DayFirst { "day" } else { "month" };
        sink.source.note(sheet.line, format!("dates are read {reading} first: a guess from the form and the values of the column"));
    }
    let limits = Limits {
        order,
        sender: sheet.limit(C::Sender, ADDRESS),
        recipient: sheet.limit(C::Recipient, ADDRESS),
        title: sheet.limit(C::Title, TITLE),
        text: sheet.limit(C::Text, TEXT),
    };
    let mut apart = 0;
    for (line, row) in &sheet.rows {
        sink.source.rows += 1;
        if is_mail(sheet.cell(row, C::SendMethod)) {
            push(sheet, &limits, *line, row, sink);
        } else {
            apart += 1;
            sink.source.ledger.mark(*line, Class::Frame);
        }
    }
    if apart > 0 {
        sink.source.note(sheet.line, format!("{apart} requests to fax, printer, pager or SAP-internal addresses are no mail and left out"));
    }
}

/// Send methods other than Internet mail (sost.md section 1.2).
fn is_mail(method: &str) -> bool {
    let method = method.to_uppercase();
    !["FAX", "PAG", "PRT", "RML", "X40", "TELFAX", "TELEX", "PRINTER", "SAPOFFICE", "X.400"].iter().any(|other| method.starts_with(other))
}

fn push(sheet: &Sheet<'_>, limits: &Limits, line: u32, row: &[&str], sink: &mut Sink<'_>) {
    let cell = |column| sheet.cell(row, column);
    let status = status::interpret(&Cells {
        status: cell(C::Status),
        icon: cell(C::Icon),
        kind: cell(C::MessageType),
        class: cell(C::MessageClass),
        number: cell(C::MessageNumber),
        message: cell(C::Message),
    });
    let requested = datetime::millis(cell(C::SendDate), cell(C::SendTime), limits.order).map(Span::second);
    let changed = datetime::millis(cell(C::StatusDate), cell(C::StatusTime), limits.order).map(Span::second);
    let mut record = Evidence::at(sink.index, line, Hop::Sap, Kind::Request);
    record.local = changed.or(requested);
    let (reply, cut) = reply(sheet, row, &status, limits);
    let (recipient, recipient_cut) = recipient(cell(C::Recipient), cell(C::Variable(1)), limits.recipient);
    let (sender, user) = senders(cell(C::Sender), cell(C::User));
    let strings = &mut sink.store.strings;
    record.recipient = strings.intern(recipient);
    record.sender = strings.intern(sender);
    record.subject = strings.intern(cell(C::Title));
    record.reply = strings.intern(&reply);
    record.size = size(cell(C::Size));
    record.cut.reply = cut;
    record.cut.recipient = recipient_cut;
    record.cut.sender = sender.chars().count() >= limits.sender;
    record.cut.subject = cell(C::Title).chars().count() >= limits.title;
    let (host, port) = host_port(cell(C::Variable(2)));
    let words = if cell(C::Text).is_empty() { variables(sheet, row) } else { cell(C::Text).to_owned() };
    let facts = SapFacts {
        key: key(sheet, row).map_or(Sym::EMPTY, |key| strings.intern(&key)),
        guid: strings.intern(cell(C::Guid)),
        client: strings.intern(cell(C::Client)),
        system: strings.intern(cell(C::System)),
        node: strings.intern(cell(C::Node)),
        user: strings.intern(user),
        state: status.state,
        status: strings.intern(cell(C::Status)),
        message: strings.intern(&status.message),
        text: strings.intern(&words),
        host: strings.intern(host),
        port,
        requested,
    };
    sink.source.ledger.mark(line, Class::Evidence);
    for span in [requested, record.local].into_iter().flatten() {
        sink.source.cover(span);
    }
    sink.store.push_sap(record, facts);
}

/// The server's words: V4 then V3, for XS 899 V3 then V4; a blank at the seam is lost when the first is not full
/// (sost.md section 3.3). Without variables, a reply inside the rendered text.
fn reply(sheet: &Sheet<'_>, row: &[&str], status: &status::Status, limits: &Limits) -> (String, bool) {
    let (v3, v4) = (sheet.cell(row, C::Variable(3)), sheet.cell(row, C::Variable(4)));
    let (first, second) = if status.message == "XS899" { (v3, v4) } else { (v4, v3) };
    if !first.is_empty() {
        let seam = if first.chars().count() < VARIABLE && !second.is_empty() { " " } else { "" };
        let full = |text: &str| text.chars().count() >= VARIABLE - 1;
        return (format!("{first}{seam}{second}"), full(first) && full(second));
    }
    let text = sheet.cell(row, C::Text);
    let cut = text.chars().count() >= limits.text;
    match find_reply(text) {
        Some(reply) => (reply.whole.to_owned(), cut),
        None if matches!(status.state, SapState::Error | SapState::Retry) => (text.to_owned(), cut),
        None => (second.to_owned(), false),
    }
}

/// The address of the list, or its longer form in V1 where the list has cut it (sost.md section 3.3).
fn recipient<'a>(address: &'a str, v1: &'a str, limit: usize) -> (&'a str, bool) {
    let cut = address.chars().count() >= limit;
    if cut && v1.len() > address.len() && v1.to_lowercase().starts_with(&address.to_lowercase()) {
        return (v1, v1.chars().count() >= VARIABLE);
    }
    if address.is_empty() && v1.contains('@') {
        return (v1, v1.chars().count() >= VARIABLE);
    }
    (address, cut)
}

/// Address of the sender and SAP user: the label `Sender` stands for either.
fn senders<'a>(sender: &'a str, user: &'a str) -> (&'a str, &'a str) {
    match (sender.contains('@'), user.is_empty()) {
        (true, _) => (sender, user),
        (false, true) => ("", sender),
        (false, false) => ("", user),
    }
}

/// RECTP, RECYR and RECNO as one, 17 characters (sost.md section 4.1).
fn key(sheet: &Sheet<'_>, row: &[&str]) -> Option<String> {
    let (kind, year, number) = (sheet.cell(row, C::RecType), sheet.cell(row, C::RecYear), sheet.cell(row, C::RecNumber));
    let whole = kind.len() == 3 && !year.is_empty() && !number.is_empty();
    whole.then(|| format!("{kind}{year:0>2}{number:0>12}"))
}

fn variables(sheet: &Sheet<'_>, row: &[&str]) -> String {
    let all = (1..=4).map(|at| sheet.cell(row, C::Variable(at))).filter(|text| !text.is_empty());
    all.collect::<Vec<_>>().join(" ")
}

/// `host:port`, or a host alone; anything with blanks is no host.
fn host_port(text: &str) -> (&str, u16) {
    if text.contains(char::is_whitespace) || !text.contains('.') {
        return ("", 0);
    }
    let (host, port) = text.rsplit_once(':').unwrap_or((text, ""));
    match port.parse() {
        Ok(port) => (host, port),
        Err(_) => (text, 0),
    }
}

fn size(text: &str) -> u32 {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    digits.parse().unwrap_or(0)
}
