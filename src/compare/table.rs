//! The changes as a table: all mails but those that are as before.

use super::change::{Change, Class, Comparison};
use super::pair::Key;
use crate::report::{Cell, Column, Table, Type};

/// Columns in order; new ones go to the end.
pub const CHANGES: &[Column] = &[
    text("change"),
    text("journey"),
    text("old_journey"),
    text("matched_by"),
    text("verdict"),
    text("old_verdict"),
    text("action"),
    text("rule"),
    text("old_rule"),
    text("rule_title"),
    text("owner"),
    text("system"),
    text("client"),
    text("sap_key"),
    text("message_id"),
    text("sender"),
    text("recipient"),
    text("subject"),
    text("requested_at"),
    text("reply"),
];

const fn text(name: &'static str) -> Column {
    Column { name, of: Type::Text }
}

/// The table of a comparison.
#[must_use]
pub fn table<'a>(comparison: &'a Comparison<'a>) -> Table<'a> {
    let changed = comparison.changes.iter().filter(|change| change.class != Class::Same);
    Table { columns: CHANGES, rows: Box::new(changed.map(row)) }
}

fn row<'a>(change: &Change<'a>) -> Vec<Cell<'a>> {
    let of = |journey: Option<&'a super::Journey>, name: &str| Cell::of(journey.map_or("", |journey| journey.get(name)));
    let mut row = vec![
        Cell::of(change.class.word()),
        of(change.new, "journey"),
        of(change.old, "journey"),
        Cell::of(change.key.map_or("", Key::word)),
        of(change.new, "verdict"),
        of(change.old, "verdict"),
        of(change.new, "action"),
        of(change.new, "rule"),
        of(change.old, "rule"),
        of(change.cause(), "rule_title"),
        of(change.cause(), "owner"),
    ];
    row.extend(CHANGES.iter().skip(row.len()).map(|column| of(change.journey(), column.name)));
    row
}
