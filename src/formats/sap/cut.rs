//! Headers cut so short that they may be several columns: the values below tell which.

use super::columns::{self, Column, Column as C};
use super::datetime;
use super::icon;
use super::sheet::Sheet;
use super::status;
use crate::evidence::SapState;

/// Columns that their values give away, those first that a result needs most.
const TOLD: [Column; 13] = [
    C::Recipient,
    C::Status,
    C::MessageNumber,
    C::Message,
    C::SendDate,
    C::SendTime,
    C::StatusDate,
    C::StatusTime,
    C::ProcessDate,
    C::ProcessTime,
    C::MessageClass,
    C::MessageType,
    C::Sender,
];

/// Settles what cut headers are where nothing else in the header is that; says what was chosen.
pub fn settle(sheet: &mut Sheet<'_>) -> Vec<String> {
    let mut notes = Vec::new();
    for at in 0..sheet.header.len() {
        let header = sheet.header[at].trim();
        let meanings = columns::continuations(header);
        if !sheet.is_unknown(at) || meanings.is_empty() {
            continue;
        }
        let chosen = choose(sheet, at, &meanings);
        let several = meanings.iter().any(|(_, column)| *column != meanings[0].1);
        let names = meanings.iter().map(|(name, _)| format!("'{name}'")).collect::<Vec<_>>().join(", ");
        let may_be = if several { format!(" and may be any of {names}") } else { String::new() };
        let told = match chosen {
            Some((_, C::Recipient)) if holds(sheet, at, C::Recipient) => {
                "its values are mail addresses, so it is read as the recipient, a guess".to_owned()
            }
            Some((name, _)) => format!("it is read as '{name}', a guess"),
            // A column without values has nothing to be read.
            None if values(sheet, at).next().is_none() => continue,
            None => "it is not read".to_owned(),
        };
        if let Some((_, column)) = chosen {
            sheet.decide(at, column);
        }
        notes.push(format!("the header '{header}' is cut{may_be}: {told}"));
    }
    notes
}

/// The one meaning that is left, else the first that the values fit; with a header of it.
fn choose<'m>(sheet: &Sheet<'_>, at: usize, meanings: &[(&'m str, Column)]) -> Option<(&'m str, Column)> {
    let (name, first) = meanings.first()?;
    if meanings.iter().all(|(_, column)| column == first) {
        return (!sheet.has(*first)).then_some((*name, *first));
    }
    let may_be = |column: &&Column| !sheet.has(**column) && holds(sheet, at, **column);
    let column = TOLD.iter().filter(|column| meanings.iter().any(|(_, other)| other == *column)).find(may_be)?;
    meanings.iter().filter(|(_, other)| other == column).min_by_key(|(name, _)| name.len()).copied()
}

/// Cells of a column that are not empty.
fn values<'s>(sheet: &'s Sheet<'_>, at: usize) -> impl Iterator<Item = &'s str> {
    sheet.rows.iter().filter_map(move |(_, row)| row.get(at)).map(|cell| cell.trim()).filter(|cell| !cell.is_empty())
}

/// Whether most values at a place are of the kind of a column.
fn holds(sheet: &Sheet<'_>, at: usize, column: Column) -> bool {
    let fitting = values(sheet, at).filter(|cell| is_value_of(column, cell)).count();
    fitting * 2 > values(sheet, at).count()
}

fn is_value_of(column: Column, cell: &str) -> bool {
    match column {
        C::Recipient | C::Sender => cell.contains('@') && !cell.contains(char::is_whitespace),
        C::Status => {
            let known = || status::interpret(&status::Cells { status: cell, ..status::Cells::default() }).state != SapState::Unknown;
            icon::parts(cell).0.is_some() || known()
        }
        C::Message => status::reference(cell).is_some() || status::headed(cell).is_some(),
        C::MessageNumber => cell.len() <= 3 && cell.bytes().all(|b| b.is_ascii_digit()),
        C::MessageClass => status::is_of_mail(cell),
        C::MessageType => matches!(cell, "E" | "A" | "W" | "S" | "I"),
        C::SendDate | C::StatusDate | C::ProcessDate => datetime::is_date(cell),
        C::SendTime | C::StatusTime | C::ProcessTime => datetime::time(cell).is_some(),
        _ => false,
    }
}
