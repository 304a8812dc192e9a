//! The send request overview as an "unconverted" list with pipes.

use std::fmt::Write as _;

use super::clock::{sap_wall, show};
use super::world::{Landscape, Mail, cut};

/// Rows of one printed page.
const PAGE: usize = 55;

/// One column: label and width in characters.
pub struct Column {
    label: &'static str,
    width: usize,
    cell: fn(&Landscape, &Mail) -> String,
}

/// A column is as wide as its field in the data dictionary, or as its label.
fn column(label: &'static str, length: usize, cell: fn(&Landscape, &Mail) -> String) -> Column {
    Column { label, width: length.max(label.len()), cell }
}

/// Columns that every layout shows.
fn common() -> Vec<Column> {
    vec![
        column("St", 6, |_, m| icon(m.status.kind).to_owned()),
        column("AddrType", 3, |_, _| "INT".to_owned()),
        column("Document title", 50, |_, m| m.subject.clone()),
        column("Sender name", 12, |_, m| m.user.to_owned()),
        column("Recipient", 35, |_, m| m.recipient.clone()),
        column("Send Date", 10, |l, m| show(sap_wall(l.zone, m.requested), "%d.%m.%Y")),
        column("Send Time", 8, |l, m| show(sap_wall(l.zone, m.requested), "%H:%M:%S")),
        column("Date of status", 10, |l, m| show(sap_wall(l.zone, m.status.at), "%d.%m.%Y")),
        column("Time of status", 8, |l, m| show(sap_wall(l.zone, m.status.at), "%H:%M:%S")),
        column("Message Class", 20, |_, m| m.status.class.to_owned()),
        column("Message number", 3, |_, m| format!("{:03}", m.status.number)),
    ]
}

/// Layout with the four message variables.
pub fn with_variables() -> Vec<Column> {
    let mut columns = common();
    columns.push(column("Message Variable", 50, |_, m| m.status.vars[0].clone()));
    columns.push(column("Message Variable", 50, |_, m| m.status.vars[1].clone()));
    columns.push(column("Message Variable", 50, |_, m| m.status.vars[2].clone()));
    columns.push(column("Message Variable", 50, |_, m| m.status.vars[3].clone()));
    columns
}

/// Layout with the key of the recipient and the message text, which the list cuts at 80.
pub fn with_text() -> Vec<Column> {
    let mut columns = common();
    columns.extend(key());
    columns.push(column("Text field lngth 255", 80, |_, m| text(m)));
    columns
}

/// Layout with the key of the recipient and the message variables.
pub fn with_all() -> Vec<Column> {
    let mut columns = with_variables();
    columns.extend(key());
    columns
}

/// The key of the recipient.
fn key() -> [Column; 3] {
    [
        column("Recipient Type", 3, |_, _| "ADR".to_owned()),
        column("Recipient year", 2, |l, _| format!("{:02}", l.year)),
        column("Recipient number", 12, |_, m| format!("{:012}", m.record)),
    ]
}

fn icon(kind: &str) -> &'static str {
    match kind {
        "S" => "@5B@",
        "E" => "@5C@",
        _ => "@5D@",
    }
}

fn text(mail: &Mail) -> String {
    let [node, ..] = &mail.status.vars;
    match mail.status.number {
        816 => {
            format!("Message cannot be transferred to node {node} due to connection error (final)")
        }
        // The real text of 718 is not public; this one is assumed.
        718 => "Document sent successfully".to_owned(),
        _ => String::new(),
    }
}

/// Writes the list; `today` is the date of the print, `end` the line end.
pub fn write(land: &Landscape, mails: &[Mail], columns: &[Column], today: &str, end: &str) -> String {
    let width = columns.iter().map(|c| c.width + 1).sum::<usize>() + 1;
    let rule = "-".repeat(width);
    let header = row(columns, |c| c.label.to_owned());
    let mut lines = Vec::new();
    for (page, part) in mails.chunks(PAGE).enumerate() {
        let title = format!("{today}{:24}Dynamic List Display", "");
        lines.push(format!("{title}{:>1$}", page + 1, width - title.len()));
        lines.extend([rule.clone(), header.clone(), rule.clone()]);
        lines.extend(part.iter().map(|mail| row(columns, |c| (c.cell)(land, mail))));
        lines.push(rule.clone());
    }
    lines.push(String::new());
    lines.join(end)
}

fn row(columns: &[Column], cell: impl Fn(&Column) -> String) -> String {
    let mut line = String::from("|");
    for c in columns {
        write!(line, "{:1$}|", cut(&cell(c), c.width), c.width).expect("a String takes all");
    }
    line
}
