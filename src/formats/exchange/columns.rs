//! Columns of the message trace by the names that cmdlets, reports, portals and scripts give them (exchange.md sections
//! 1.1 to 1.5, 1.10 to 1.12; the alias table at the end of 1.5). Names are compared without case, blanks, hyphens and
//! underscores.

/// What a column holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Field {
    Time,
    Sender,
    Recipient,
    RecipientStatus,
    Subject,
    Status,
    MessageId,
    TraceId,
    Size,
    ClientIp,
    ToIp,
    Connector,
    Tls,
    Direction,
    WindowStart,
    WindowEnd,
    Event,
    Source,
    Context,
    Related,
    ReturnPath,
    Custom,
    Action,
    Detail,
    Data,
    Delivery,
    Location,
}

/// Names of each column as [`super::super::objects::normal`] writes them; where a file has several, the earlier name goes first.
const ALIASES: &[(Field, &[&str])] = &[
    (
        Field::Time,
        &[
            "datetimeutc",
            "origintimestamputc",
            "origintimestamp",
            "receivedutc",
            "received",
            "receiveddatetime",
            "datetime",
            "timestamp",
            "dateutc",
            "date",
        ],
    ),
    (Field::Sender, &["senderaddress", "sender", "sendermailfromaddress", "senderfromaddress", "p1fromaddress", "p2fromaddresses", "from"]),
    (Field::Recipient, &["recipientaddress", "recipientemailaddress", "recipient", "recipients", "to"]),
    (Field::RecipientStatus, &["recipientstatus"]),
    (Field::Subject, &["messagesubject", "subject"]),
    (Field::Status, &["status", "deliverystatus"]),
    (Field::MessageId, &["messageid", "internetmessageid"]),
    (Field::TraceId, &["networkmessageid", "messagetraceid", "id"]),
    (Field::Size, &["totalbytes", "size", "messagesize"]),
    (Field::ClientIp, &["originalclientip", "clientip", "fromip", "senderip", "senderipv4", "senderipv6"]),
    (Field::ToIp, &["toip"]),
    (Field::Connector, &["connectorid", "connectors", "connector", "connectorname"]),
    (Field::Tls, &["tlsversion", "tlsused"]),
    (Field::Direction, &["directionality", "direction", "emaildirection"]),
    (Field::WindowStart, &["startdate"]),
    (Field::WindowEnd, &["enddate"]),
    (Field::Event, &["eventid", "event", "eventtype"]),
    (Field::Source, &["source"]),
    (Field::Context, &["sourcecontext"]),
    (Field::Related, &["relatedrecipientaddress"]),
    (Field::ReturnPath, &["returnpath"]),
    (Field::Custom, &["customdata"]),
    (Field::Action, &["action"]),
    (Field::Detail, &["detail", "description"]),
    (Field::Data, &["data"]),
    (Field::Delivery, &["deliveryaction"]),
    (Field::Location, &["latestdeliverylocation", "deliverylocation"]),
];

/// Values of one row, by what they are.
pub trait Cells {
    /// The value, trimmed; empty where the row has none.
    fn cell(&self, field: Field) -> &str;
}

/// The field that a normalised name stands for, with its place among the names of the field.
pub fn field(name: &str) -> Option<(Field, usize)> {
    ALIASES.iter().find_map(|(field, aliases)| Some((*field, aliases.iter().position(|alias| *alias == name)?)))
}

/// Where in a row each field stands.
pub struct Columns {
    at: Vec<(Field, Vec<usize>)>,
}

impl Columns {
    /// Positions by the normalised names of a header.
    pub fn of(names: &[String]) -> Self {
        let places =
            |aliases: &[&str]| -> Vec<usize> { aliases.iter().filter_map(|alias| names.iter().position(|name| name == alias)).collect() };
        Self { at: ALIASES.iter().map(|(field, aliases)| (*field, places(aliases))).collect() }
    }

    /// Positions of a field, the preferred one first.
    pub fn at(&self, field: Field) -> &[usize] {
        self.at.get(field as usize).map_or(&[], |(_, places)| places)
    }

    /// Whether the header has a field.
    pub fn has(&self, field: Field) -> bool {
        !self.at(field).is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::objects::normal;

    #[test]
    fn names_in_every_spelling() {
        for (place, (field, _)) in ALIASES.iter().enumerate() {
            assert_eq!(*field as usize, place, "the table stands in the order of the fields");
        }
        for name in ["SenderAddress", "sender_address", "Sender Address", "\"sender-address\"", "\u{feff}SENDERADDRESS"] {
            let columns = Columns::of(&[normal("Status"), normal(name)]);
            assert_eq!(columns.at(Field::Sender), [1], "{name}");
        }
        let both = Columns::of(&[normal("client_ip"), normal("original_client_ip")]);
        assert_eq!(both.at(Field::ClientIp), [1, 0]);
    }
}
