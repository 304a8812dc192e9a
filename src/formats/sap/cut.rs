//! Headers cut so short that they may be several columns: where one of them is the recipient, the values below tell.

use super::columns::{self, Column};
use super::sheet::Sheet;

/// Reads a cut header as the recipient where nothing else is and its values are mail addresses; says what was chosen.
pub fn settle(sheet: &mut Sheet<'_>) -> Vec<String> {
    let mut notes = Vec::new();
    for at in 0..sheet.header.len() {
        let header = sheet.header[at].trim();
        let meanings = columns::continuations(header);
        if !sheet.is_unknown(at) || !meanings.iter().any(|(_, column)| *column == Column::Recipient) {
            continue;
        }
        let names = meanings.iter().map(|(name, _)| format!("'{name}'")).collect::<Vec<_>>().join(", ");
        let told = if !sheet.has(Column::Recipient) && holds_addresses(sheet, at) {
            sheet.decide(at, Column::Recipient);
            "its values are mail addresses, so it is read as the recipient, a guess"
        } else {
            "it is not read"
        };
        notes.push(format!("the header '{header}' is cut and may be any of {names}: {told}"));
    }
    notes
}

/// Whether most values of a column are mail addresses.
fn holds_addresses(sheet: &Sheet<'_>, at: usize) -> bool {
    let values = || sheet.rows.iter().filter_map(|(_, row)| row.get(at)).map(|cell| cell.trim()).filter(|cell| !cell.is_empty());
    let addresses = values().filter(|cell| cell.contains('@') && !cell.contains(char::is_whitespace)).count();
    addresses * 2 > values().count()
}
