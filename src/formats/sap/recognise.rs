//! What makes a header one of SAP's send requests: the columns that are needed, and a sign that SAP wrote it. Markdown
//! tables and message traces with tabs have the former (`Status`, `Subject`, `Recipient`), never the latter.

use super::columns::{self, Column as C, normal};
use super::content::Content;
use super::headers::Headers;
use super::icon;

/// Header cells that must be known before a line counts as the header.
pub const KNOWN: usize = 3;

/// Headers of message traces and of their cmdlets' output (exchange.md sections 1 and 2).
const FOREIGN: &[&str] = &[
    "messageid",
    "message_id",
    "message-id",
    "senderaddress",
    "sender_address",
    "recipientaddress",
    "recipient_address",
    "networkmessageid",
    "network_message_id",
];

/// Field names and dictionary labels that no other system has (sost.md section 1.2); `MSGID` is left out, for logs of
/// mail servers call the Message-ID so.
const OWN: &[&str] = &[
    "mandt",
    "sndreq",
    "rectp",
    "recyr",
    "recno",
    "objtp",
    "objno",
    "objdes",
    "adrnr",
    "addrnumber",
    "sprsl",
    "arbgb",
    "msgnr",
    "usernam",
    "sndnam",
    "smtp_addr",
    "sndart",
    "snddat",
    "sndtim",
    "sddat",
    "sdtim",
    "stat_date",
    "stat_time",
    "entry_date",
    "entry_time",
    "msgty",
    "msgno",
    "msgv1",
    "msgv2",
    "msgv3",
    "msgv4",
    "msgtxt",
    "objlen",
    "document title",
    "dokumenttitel",
    "titre du document",
    "address name",
    "addrtype",
    "date of status",
    "time of status",
    "status of the sent object",
    "carrier field for icons",
    "text field lngth 255",
];

/// Known columns of a header that SAP wrote: all needed ones and one sign, or so many signs that what is missing can be
/// told. `icons` says whether a cell of the file holds an icon.
pub fn header(cells: &[&str], icons: bool, headers: &Headers) -> Option<usize> {
    let names: Vec<String> = cells.iter().map(|cell| normal(cell)).collect();
    if names.iter().any(|name| FOREIGN.contains(&name.as_str())) {
        return None;
    }
    let layout = columns::layout(cells, headers);
    let has = |column: C| layout.contains(&Some(column));
    let message = names.iter().zip(&layout).any(|(name, column)| match column {
        Some(C::MessageClass) => name != "msgid",
        Some(C::MessageNumber) => true,
        _ => false,
    });
    let signs = [
        names.iter().any(|name| OWN.contains(&name.as_str()) || headers.column(name).is_some()),
        message,
        has(C::SendMethod),
        (has(C::SendDate) && has(C::SendTime)) || (has(C::StatusDate) && has(C::StatusTime)),
        icons,
    ];
    let (known, signs) = (columns::hits(&layout), signs.into_iter().filter(|sign| *sign).count());
    // Headers may be cut; what each of them is the values below tell later.
    let needed = Content::of(&columns::positions(cells, headers)).is_some()
        || (known >= KNOWN && columns::missing(&columns::possible(cells, headers)).is_none());
    // Logs of jobs have messages with dates, but no mails.
    let mails = needed || [C::Recipient, C::Title, C::Status, C::RecNumber, C::SendMethod].into_iter().any(has);
    (mails && is_header(cells, known, headers) && signs >= if needed { 1 } else { 2 }).then_some(known)
}

/// Whether cells with so many known ones are a header; two are enough for the table of addresses.
pub fn is_header(cells: &[&str], known: usize, headers: &Headers) -> bool {
    known >= KNOWN || (known + 1 == KNOWN && Content::completes(cells, headers))
}

/// Whether a cell is an icon.
pub fn is_icon(cell: &str) -> bool {
    icon::parts(cell).0.is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sap_wrote_it() {
        let rows: [(&str, bool, Option<usize>); 14] = [
            ("Status Subject Recipient", false, None),
            ("St Title Recipient", true, Some(3)),
            ("Status TITEL Recipient OBJLEN", false, Some(4)),
            ("Date Sender Recipient Subject Status Size", false, None),
            ("Date Time Sender Recipient Subject Status", false, Some(6)),
            ("MessageId Date Time SenderAddress Recipient Status", false, None),
            ("Date Message_ID Recipient Status SNDART", false, None),
            ("MSGID Sender Recipient Status", false, None),
            ("MANDT RECTP RECYR RECNO STATUS", false, Some(5)),
            ("SNDDAT SNDTIM TITEL SNDART", false, Some(4)),
            ("Stat Dokumentti Absend Empf Sendedatum Sendezei Nac", false, Some(4)),
            ("Doc Sender Recipi Date Time Stat", false, Some(3)),
            ("Sender Recipi Subject Stat", false, None),
            ("Emp Sta Abs", false, None),
        ];
        for (cells, icons, known) in rows {
            assert_eq!(header(&cells.split(' ').collect::<Vec<_>>(), icons, &Headers::default()), known, "{cells}");
        }
    }
}
