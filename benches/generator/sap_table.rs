//! A table display saved as text with tabs: title lines, then technical field names.

use std::fmt::Write as _;

use super::clock::{sap_wall, show};
use super::world::{Landscape, Mail, cut};

const NAMES: [&str; 24] = [
    "MANDT",
    "SNDREQ",
    "RECTP",
    "RECYR",
    "RECNO",
    "TITEL",
    "USERNAM",
    "SENDER",
    "ADDRESS",
    "SNDART",
    "SNDDAT",
    "SNDTIM",
    "STAT_DATE",
    "STAT_TIME",
    "STATUS",
    "MSGTY",
    "MSGID",
    "MSGNO",
    "MSGV1",
    "MSGV2",
    "MSGV3",
    "MSGV4",
    "NODE",
    "OBJLEN",
];

/// Writes the table with CRLF; the first column is empty, as the list's selection column.
pub fn write(land: &Landscape, mails: &[Mail], client: &str, today: &str) -> String {
    let mut text = format!("{today}\t\t\tDynamic List Display\t\t\t1\r\n");
    write!(text, "\tZSOES_STATUS: {} Entries\r\n\r\n", mails.len()).expect("a String takes all");
    text.push_str(&line(&NAMES));
    for mail in mails {
        text.push_str(&line(&cells(land, mail, client)));
    }
    text
}

fn line<T: AsRef<str>>(cells: &[T]) -> String {
    let joined = cells.iter().map(AsRef::as_ref).collect::<Vec<_>>().join("\t");
    format!("\t{joined}\r\n")
}

fn cells(land: &Landscape, mail: &Mail, client: &str) -> [String; 24] {
    let sent = sap_wall(land.zone, mail.requested);
    let stamp = sap_wall(land.zone, mail.status.at);
    let status = &mail.status;
    let [v1, v2, v3, v4] = status.vars.clone();
    [
        client.to_owned(),
        mail.request_id.clone(),
        "ADR".to_owned(),
        format!("{:02}", land.year),
        format!("{:012}", mail.record),
        cut(&mail.subject, 50),
        mail.user.to_owned(),
        cut(land.sender, 35),
        cut(&mail.recipient, 35),
        "INT".to_owned(),
        show(sent, "%d.%m.%Y"),
        show(sent, "%H:%M:%S"),
        show(stamp, "%d.%m.%Y"),
        show(stamp, "%H:%M:%S"),
        status.number.to_string(),
        status.kind.to_owned(),
        status.class.to_owned(),
        format!("{:03}", status.number),
        v1,
        v2,
        v3,
        v4,
        "SMTP".to_owned(),
        mail.size.to_string(),
    ]
}
