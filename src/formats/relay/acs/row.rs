//! A row of the logs, whatever writes it.

use crate::evidence::{Kind, Phase, RelayFacts, Sym};
use crate::formats::records::Place;
use crate::formats::relay::output::{Begins, Output};
use crate::formats::relay::syslog::Stamp;
use crate::source::Class;

/// Tables and categories of the service's e-mail.
const CATEGORIES: &[&str] = &["EmailSendMailOperational", "EmailStatusUpdateOperational", "EmailUserEngagementOperational"];

/// The service: it names none of its machines, and its tables are told to be of one relay by this.
const SERVICE: &str = "azurecomm.net";

/// Values by normalised names of their columns.
pub trait Row {
    /// A value; empty where there is none.
    fn get(&self, key: &str) -> &str;

    /// Whether it is of the service.
    fn is_own(&self) -> bool {
        let category = ["operationcategory", "category", "type"].map(|key| self.get(key).trim_start_matches("ACS"));
        let told = ["deliverystatus", "recipientid", "correlationid"].map(|key| !self.get(key).is_empty());
        category.iter().any(|name| CATEGORIES.contains(name)) || told == [true; 3]
    }
}

/// Evidence of a row.
pub fn push(row: &dyn Row, stamp: Option<Stamp>, place: Place, out: &mut Output<'_, '_>) {
    let Some(stamp) = stamp else {
        out.sink.source.note(place.line, "rows without a time are counted, but tell of no mail");
        return out.mark(place, Class::Frame);
    };
    let at = out.at(&stamp);
    let Some((kind, phase)) = fate(row) else { return out.mark(place, Class::Frame) };
    out.mark(place, Class::Evidence);
    // Rows of one mail have its id in common; only some of them name its Message-ID.
    let name = out.name(SERVICE);
    let mail = Some(row.get("correlationid")).filter(|id| !id.is_empty()).map(|id| out.mail(name, id, Begins::Never));
    let (message_id, sender) = (out.message_id(row.get("internetmessageid")), sender(row, out));
    if let Some(mail) = mail {
        let known = out.of(mail);
        for (slot, told) in [(&mut known.message_id, message_id), (&mut known.sender, sender)] {
            *slot = if told.is_empty() { *slot } else { told };
        }
        known.taken = true;
    }
    let (recipient, reply) = (out.keep(row.get("recipientid")), out.keep(&words(row)));
    let host = out.keep(row.get("recipientmailserverhostname"));
    let facts = RelayFacts { name, host, phase, dsn: row.get("enhancedsmtpstatuscode").parse().ok(), ..RelayFacts::default() };
    let mut record = out.begin(place, at, kind);
    (record.recipient, record.reply, record.message_id, record.sender) = (recipient, reply, message_id, sender);
    // Other recipients may stand in another file, so none is taken for the only one.
    out.push(record, facts, mail, at);
}

fn sender(row: &dyn Row, out: &mut Output<'_, '_>) -> Sym {
    match (row.get("senderusername"), row.get("senderdomain")) {
        ("", _) | (_, "") => Sym::EMPTY,
        (user, domain) => out.keep(&format!("{user}@{domain}")),
    }
}

/// What the recipient's server said; where the service itself failed the mail, its word for that. Codes are not said
/// twice where the message begins with them.
fn words(row: &dyn Row) -> String {
    let (code, enhanced, message) = (row.get("smtpstatuscode"), row.get("enhancedsmtpstatuscode"), row.get("failuremessage"));
    let codes = if !code.is_empty() && message.starts_with(code) { ["", ""] } else { [code, enhanced] };
    let said: Vec<&str> = codes.into_iter().chain([message, row.get("failurereason")]).filter(|word| !word.is_empty()).collect();
    let status = row.get("deliverystatus");
    let own = matches!(status, "Suppressed" | "Dropped" | "Quarantined" | "FilteredSpam");
    match (own, said.is_empty()) {
        (true, true) => format!("DeliveryStatus {status}"),
        (true, false) => format!("DeliveryStatus {status}: {}", said.join(" ")),
        (false, _) => said.join(" "),
    }
}

/// What a status is; the sending itself has none. Without a recipient a row is of the whole mail, and that it is on its
/// way says no more than the sending.
fn fate(row: &dyn Row) -> Option<(Kind, Phase)> {
    let status = row.get("deliverystatus");
    Some(match status {
        "" if row.get("operationtype") == "SendMail" || row.get("operationname") == "SendMail" => (Kind::Accept, Phase::Queued),
        "Delivered" => (Kind::Deliver, Phase::Sent),
        "Bounced" | "Failed" => (Kind::Fail, Phase::Bounced),
        "Suppressed" | "Dropped" => (Kind::Fail, Phase::Removed),
        "Quarantined" | "FilteredSpam" => (Kind::Fail, Phase::Quarantined),
        "Expanded" => (Kind::Event, Phase::Expanded),
        "OutForDelivery" if !row.get("recipientid").is_empty() => (Kind::Event, Phase::Active),
        _ => return None,
    })
}
