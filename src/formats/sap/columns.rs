//! Column headers of SAP's exports: technical names, labels, and labels cut to the width of their column.
//!
//! Nobody has published a SOST export with its header, so the table below rests on the labels of the data dictionary
//! (sost.md section 1.2) and on unverified translations (section 1.3). Unknown headers are kept and ignored.

/// What a column holds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash)]
pub enum Column {
    System,
    Client,
    Guid,
    RecType,
    RecYear,
    RecNumber,
    Title,
    User,
    Sender,
    Recipient,
    SendMethod,
    SendDate,
    SendTime,
    StatusDate,
    StatusTime,
    Status,
    Icon,
    MessageType,
    MessageClass,
    MessageNumber,
    Message,
    Variable(u8),
    Text,
    Node,
    Size,
}

use Column as C;

/// Normalised header and its meaning.
const ALIASES: &[(&str, Column)] = &[
    ("sysid", C::System),
    ("mandt", C::Client),
    ("client", C::Client),
    ("mdt", C::Client),
    ("sndreq", C::Guid),
    ("guid", C::Guid),
    ("send request", C::Guid),
    ("sendeauftrag", C::Guid),
    ("rectp", C::RecType),
    ("recipient type", C::RecType),
    ("recyr", C::RecYear),
    ("recipient year", C::RecYear),
    ("recno", C::RecNumber),
    ("recipient number", C::RecNumber),
    ("titel", C::Title),
    ("objdes", C::Title),
    ("document title", C::Title),
    ("doc title", C::Title),
    ("title", C::Title),
    ("subject", C::Title),
    ("dokumenttitel", C::Title),
    ("titre du document", C::Title),
    ("titre", C::Title),
    ("usernam", C::User),
    ("sender name", C::User),
    ("sender", C::Sender),
    ("absender", C::Sender),
    ("expéditeur", C::Sender),
    ("remitente", C::Sender),
    ("remetente", C::Sender),
    ("emisor", C::Sender),
    ("address name", C::Recipient),
    ("address", C::Recipient),
    ("smtp_addr", C::Recipient),
    ("recipient", C::Recipient),
    ("empfänger", C::Recipient),
    ("destinataire", C::Recipient),
    ("destinatario", C::Recipient),
    ("destinatário", C::Recipient),
    ("sndart", C::SendMethod),
    ("addrtype", C::SendMethod),
    ("send method", C::SendMethod),
    ("send meth", C::SendMethod),
    ("sendeart", C::SendMethod),
    ("sendeweg", C::SendMethod),
    ("méthode d'envoi", C::SendMethod),
    ("snddat", C::SendDate),
    ("send date", C::SendDate),
    ("date", C::SendDate),
    ("sendedatum", C::SendDate),
    ("datum", C::SendDate),
    ("date d'envoi", C::SendDate),
    ("sndtim", C::SendTime),
    ("send time", C::SendTime),
    ("time", C::SendTime),
    ("sendezeit", C::SendTime),
    ("uhrzeit", C::SendTime),
    ("heure d'envoi", C::SendTime),
    ("stat_date", C::StatusDate),
    ("date of status", C::StatusDate),
    ("status date", C::StatusDate),
    ("statusdatum", C::StatusDate),
    ("stat_time", C::StatusTime),
    ("time of status", C::StatusTime),
    ("status time", C::StatusTime),
    ("statuszeit", C::StatusTime),
    ("status", C::Status),
    ("status of the sent object", C::Status),
    ("st", C::Status),
    ("sts", C::Status),
    ("sta", C::Status),
    ("statut", C::Status),
    ("estado", C::Status),
    ("icon", C::Icon),
    ("carrier field for icons", C::Icon),
    ("msgty", C::MessageType),
    ("message type", C::MessageType),
    ("nachrichtentyp", C::MessageType),
    ("msgid", C::MessageClass),
    ("message class", C::MessageClass),
    ("nachrichtenklasse", C::MessageClass),
    ("msgno", C::MessageNumber),
    ("message number", C::MessageNumber),
    ("msg no", C::MessageNumber),
    ("nachrichtennr", C::MessageNumber),
    ("nachrichtennummer", C::MessageNumber),
    ("msg", C::Message),
    ("message", C::Message),
    ("meldung", C::Message),
    ("msgv1", C::Variable(1)),
    ("msgv2", C::Variable(2)),
    ("msgv3", C::Variable(3)),
    ("msgv4", C::Variable(4)),
    ("message variable", C::Variable(1)),
    ("nachrichtenvariable", C::Variable(1)),
    ("msgtxt", C::Text),
    ("text field lngth 255", C::Text),
    ("message text", C::Text),
    ("meldungstext", C::Text),
    ("node", C::Node),
    ("node id", C::Node),
    ("knoten", C::Node),
    ("objlen", C::Size),
    ("length", C::Size),
    ("size", C::Size),
    ("document size", C::Size),
    ("größe", C::Size),
];

/// Shortest cut header that is still recognised.
const CUT_MIN: usize = 5;

/// Lower case, one blank between words, no trailing dots; joined exports add the table's name (sost.md section 2).
pub fn normal(header: &str) -> String {
    let words: Vec<&str> = header.split_whitespace().collect();
    let mut name = words.join(" ").to_lowercase().replace('.', "");
    for suffix in ["_soes", "_soos", "_sost"] {
        if let Some(short) = name.strip_suffix(suffix) {
            name = short.to_owned();
        }
    }
    name
}

/// Meaning of one header cell.
fn meaning(cell: &str) -> Option<Column> {
    let name = normal(cell);
    if let Some((_, column)) = ALIASES.iter().find(|(alias, _)| *alias == name) {
        return Some(*column);
    }
    let mut longer = ALIASES.iter().filter(|(alias, _)| name.chars().count() >= CUT_MIN && alias.starts_with(&name)).map(|(_, c)| *c);
    let first = longer.next()?;
    longer.all(|other| other == first).then_some(first)
}

/// Meaning of all cells of a header line. `Address name` twice is sender, then recipient; `Message Variable` counts up;
/// a second column of the same meaning is ignored.
pub fn layout(cells: &[&str]) -> Vec<Option<Column>> {
    let addresses = cells.iter().filter(|cell| normal(cell) == "address name").count();
    let (mut seen, mut variables, mut out) = (Vec::new(), 0, Vec::with_capacity(cells.len()));
    for cell in cells {
        let column = meaning(cell).map(|column| match column {
            C::Recipient if addresses == 2 && normal(cell) == "address name" && !seen.contains(&C::Sender) => C::Sender,
            C::Variable(1) if !normal(cell).starts_with("msgv") => {
                variables += 1;
                C::Variable(variables.min(4))
            }
            other => other,
        });
        let fresh = column.filter(|column| !seen.contains(column));
        seen.extend(fresh);
        out.push(fresh);
    }
    out
}

/// Number of cells whose meaning is known.
pub fn hits(layout: &[Option<Column>]) -> usize {
    layout.iter().flatten().count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_technical_names_and_cut_labels() {
        let labels = ["St", "Document ti", "Address name", "Address name", "Message Variable", "Message Variable", "Whatever"];
        let want = [Some(C::Status), Some(C::Title), Some(C::Sender), Some(C::Recipient), Some(C::Variable(1)), Some(C::Variable(2)), None];
        assert_eq!(layout(&labels), want);
        assert_eq!(layout(&["SNDREQ_SOOS", "MSGV4", "Titel"]), [Some(C::Guid), Some(C::Variable(4)), Some(C::Title)]);
    }
}
