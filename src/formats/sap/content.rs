//! What the rows of a header are about: requests, or one of the tables that complete them (sost.md section 2).

use super::columns::{self, Column as C, Positions};
use super::headers::Headers;
use super::moments::Moments;
use super::request::number;
use super::sheet::Sheet;
use super::status;
use crate::evidence::{MessageText, Named, SapFacts, SendProcess};
use crate::formats::Sink;
use crate::source::Class;

/// Content of a sheet.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Content {
    /// Send requests with a status: SOST list, SOES, SOST.
    Requests,
    /// SOOS.
    Processes,
    /// SOOD.
    Titles,
    /// ADR6.
    Addresses,
    /// T100.
    Texts,
}

/// Type, year and number of a document.
pub const OBJECT: [C; 3] = [C::ObjType, C::ObjYear, C::ObjNumber];
/// Type, year and number of a recipient.
pub const RECIPIENT: [C; 3] = [C::RecType, C::RecYear, C::RecNumber];

impl Content {
    /// Tells it from the columns; `None` when something needed is missing.
    pub fn of(positions: &Positions) -> Option<Self> {
        let has = |column: &C| positions.contains_key(column);
        let all = |columns: [C; 3]| columns.iter().all(has);
        if columns::missing(positions).is_none() {
            Some(Self::Requests)
        } else if all(OBJECT) && all(RECIPIENT) {
            Some(Self::Processes)
        } else if all(OBJECT) && has(&C::Title) {
            Some(Self::Titles)
        } else if has(&C::AddressNumber) && has(&C::Recipient) && !has(&C::Title) {
            Some(Self::Addresses)
        } else if [C::Language, C::MessageClass, C::MessageNumber, C::Text].iter().all(has) {
            Some(Self::Texts)
        } else {
            None
        }
    }

    /// Whether cells are the header of a table that completes requests, however few columns were chosen.
    pub fn completes(cells: &[&str], headers: &Headers) -> bool {
        Self::of(&columns::positions(cells, headers)).is_some_and(|content| content != Self::Requests)
    }
}

/// Keeps the rows of a table that completes requests. They are frame: evidence is what they complete.
pub fn keep(content: Content, sheet: &mut Sheet<'_>, sink: &mut Sink<'_>) {
    for note in sheet.settle() {
        sink.source.note(sheet.line, note);
    }
    let mut moments = Moments::of(sheet);
    for (line, row) in &sheet.rows {
        let found = match content {
            Content::Requests => true,
            Content::Processes => process(sheet, &mut moments, *line, row, sink),
            Content::Titles => {
                let named = named(sheet, row, number(sheet, row, OBJECT), C::Title, sink);
                named.map(|title| sink.store.tables.titles.push(title)).is_some()
            }
            Content::Addresses => {
                let named = named(sheet, row, address(sheet, row), C::Recipient, sink);
                named.map(|address| sink.store.tables.addresses.push(address)).is_some()
            }
            Content::Texts => text(sheet, row, sink),
        };
        if found {
            sink.source.ledger.mark(*line, Class::Frame);
            sink.source.rows += 1;
        } else {
            sink.source.ledger.reject(*line, "a row without the number by which it is found");
        }
    }
    for (line, note) in moments.notes() {
        sink.source.note(line, note);
    }
}

/// Number of an address with the zeros that spreadsheets drop.
pub fn address(sheet: &Sheet<'_>, row: &[&str]) -> Option<String> {
    let number = sheet.cell(row, C::AddressNumber);
    (!number.is_empty() && number.bytes().any(|b| b != b'0')).then(|| format!("{number:0>10}"))
}

fn process(sheet: &Sheet<'_>, moments: &mut Moments, line: u32, row: &[&str], sink: &mut Sink<'_>) -> bool {
    let (Some(key), Some(object)) = (number(sheet, row, RECIPIENT), number(sheet, row, OBJECT)) else { return false };
    let requested = moments.read(sheet, line, row).0;
    let strings = &mut sink.store.strings;
    let mut of = |column| strings.intern(sheet.cell(row, column));
    let (system, client, guid, user) = (of(C::System), of(C::Client), of(C::Guid), of(C::User));
    let (key, object) = (strings.intern(&key), strings.intern(&object));
    let facts = SapFacts { key, guid, object, client, system, user, requested, ..SapFacts::default() };
    sink.store.tables.processes.push(SendProcess { source: sink.index, facts });
    true
}

/// A text with its number; one that must not be used is passed over.
fn named(sheet: &Sheet<'_>, row: &[&str], number: Option<String>, column: C, sink: &mut Sink<'_>) -> Option<Named> {
    let value = sheet.values(row, column).next().unwrap_or_default();
    let text = if sheet.cell(row, C::NoUse).is_empty() { value.text } else { "" };
    let strings = &mut sink.store.strings;
    let [system, client, number, text] =
        [sheet.cell(row, C::System), sheet.cell(row, C::Client), number?.as_str(), text].map(|text| strings.intern(text));
    Some(Named { source: sink.index, system, client, number, text, cut: value.cut })
}

/// A text of SAP's mail messages; those of other classes are passed over (sost.md section 3.2).
fn text(sheet: &Sheet<'_>, row: &[&str], sink: &mut Sink<'_>) -> bool {
    let (class, number) = (sheet.cell(row, C::MessageClass).to_uppercase(), sheet.cell(row, C::MessageNumber));
    if class.is_empty() || number.is_empty() {
        return false;
    }
    if status::is_of_mail(&class) {
        let strings = &mut sink.store.strings;
        let [language, message, text] =
            [sheet.cell(row, C::Language), &format!("{class}{number:0>3}"), sheet.cell(row, C::Text)].map(|text| strings.intern(text));
        sink.store.tables.texts.push(MessageText { source: sink.index, language, message, text });
    }
    true
}
