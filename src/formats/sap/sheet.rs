//! A header with the rows below it, whatever the file form: the common ground of list and table.

use super::columns::{self, Column, Positions};
use super::content::Content;
use super::datetime;
use super::headers::Headers;
use super::icon;
use super::status;
use crate::error::ReadError;

/// Lines of a file read as one table.
#[derive(Debug)]
pub struct Sheet<'a> {
    /// Line of the header.
    pub line: u32,
    /// Header cells as written.
    pub header: Vec<&'a str>,
    /// Rows with their line.
    pub rows: Vec<(u32, Vec<&'a str>)>,
    layout: Vec<Option<Column>>,
    positions: Positions,
    /// Width of each cell in characters, where the form has one.
    widths: Vec<usize>,
    /// Characters at which each cell is cut.
    limits: Vec<usize>,
}

/// A value, and whether it fills its column and may go on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Value<'a> {
    pub text: &'a str,
    pub cut: bool,
}

impl<'a> Sheet<'a> {
    /// A sheet without rows.
    pub fn new(line: u32, header: Vec<&'a str>, widths: Vec<usize>, headers: &Headers) -> Self {
        let positions = columns::positions(&header, headers);
        let layout = columns::layout(&header, headers);
        Self { line, header, rows: Vec::new(), layout, positions, widths, limits: Vec::new() }
    }

    /// Whether the header has a column.
    pub fn has(&self, column: Column) -> bool {
        self.positions.contains_key(&column)
    }

    /// Whether the header of a place tells nothing.
    pub fn is_unknown(&self, at: usize) -> bool {
        self.layout.get(at).is_none_or(Option::is_none)
    }

    /// Settles what stands at a place whose header tells nothing.
    pub fn decide(&mut self, at: usize, column: Column) {
        if let Some(slot) = self.layout.get_mut(at) {
            *slot = Some(column);
            self.positions.entry(column).or_default().push(at);
        }
    }

    /// Position of a column.
    pub fn place(&self, column: Column) -> Option<usize> {
        self.positions.get(&column)?.first().copied()
    }

    /// Whether the values of a row are of the kind of their columns.
    pub fn fits(&self, row: &[&str]) -> bool {
        self.layout.iter().zip(row).all(|(column, cell)| column.is_none_or(|column| is_of(column, cell.trim())))
    }

    /// Cell of a row, trimmed; the preferred one of several that is not empty.
    pub fn cell(&self, row: &[&'a str], column: Column) -> &'a str {
        self.values(row, column).next().unwrap_or_default().text
    }

    /// Cells of a row that have one meaning and are not empty, the preferred one first.
    pub fn values<'s>(&'s self, row: &'s [&'a str], column: Column) -> impl Iterator<Item = Value<'a>> + 's {
        let places = self.positions.get(&column).map_or(&[][..], Vec::as_slice);
        places.iter().filter_map(move |at| {
            let text = row.get(*at)?.trim();
            let limit = self.limits.get(*at).copied().unwrap_or(usize::MAX);
            (!text.is_empty()).then(|| Value { text, cut: text.chars().count() >= limit })
        })
    }

    /// Cell with the blanks it begins with, and the width of its column.
    pub fn raw(&self, row: &[&'a str], column: Column) -> (&'a str, Option<usize>) {
        let at = self.place(column);
        let text = at.and_then(|at| row.get(at)).map_or("", |cell| cell.trim_end());
        (text, at.and_then(|at| self.widths.get(at)).copied())
    }

    /// Learns from all rows where values are cut and which of two status columns is the better; says what it chose.
    pub fn settle(&mut self) -> Vec<String> {
        self.choose_status();
        self.limits = (0..self.header.len()).map(|at| self.limit(at)).collect();
        let names = |places: &[usize]| {
            let names = places.iter().map(|at| format!("'{}'", self.header.get(*at).map_or("", |cell| cell.trim())));
            names.collect::<Vec<_>>().join(" and ")
        };
        let doubled = self.positions.values().filter_map(|places| places.split_at_checked(1)).filter(|(_, rest)| !rest.is_empty());
        let doubled = doubled.map(|(first, rest)| {
            let (first, rest) = (names(first), names(rest));
            format!("{first} and {rest} mean the same: {first} is read, {rest} where it is empty or longer")
        });
        let known = self.layout.iter().enumerate().filter(|(_, column)| column.is_some());
        let unused = |at: &usize| !self.positions.values().any(|places| places.contains(at));
        let unused: Vec<usize> = known.map(|(at, _)| at).filter(unused).collect();
        let told = format!("the status is read from one table of the join: {} left out", names(&unused));
        doubled.chain((!unused.is_empty()).then_some(told)).collect()
    }

    /// The status column with the most numbers comes first; one that holds nothing but icons counts as icon column.
    fn choose_status(&mut self) {
        let Some(mut places) = self.positions.remove(&Column::Status) else { return };
        let count = |at: usize, of: fn(&str) -> bool| {
            self.rows.iter().filter_map(|(_, row)| row.get(at)).filter(|cell| !cell.trim().is_empty() && of(cell)).count()
        };
        places.sort_by_cached_key(|at| std::cmp::Reverse(count(*at, |cell| status::reference(cell).is_some())));
        let (icons, others): (Vec<usize>, Vec<usize>) =
            places.iter().partition(|at| count(**at, |_| true) > 0 && count(**at, |cell| icon::parts(cell).0.is_none()) == 0);
        if others.is_empty() {
            self.positions.insert(Column::Status, icons);
        } else {
            self.positions.insert(Column::Status, others);
            self.positions.entry(Column::Icon).or_default().extend(icons);
        }
        self.positions.retain(|_, places| !places.is_empty());
    }

    /// Characters at which values of a column are cut: the dictionary's length unless a longer value occurs, or the
    /// width of the cell when that is less.
    fn limit(&self, at: usize) -> usize {
        let Some((column, _)) = self.positions.iter().find(|(_, places)| places.contains(&at)) else { return usize::MAX };
        let longest = self.rows.iter().filter_map(|(_, row)| row.get(at)).map(|cell| cell.trim().chars().count()).max().unwrap_or(0);
        let dictionary = columns::length(*column, self.header[at]).filter(|length| longest <= *length);
        dictionary.unwrap_or(usize::MAX).min(self.widths.get(at).copied().unwrap_or(usize::MAX))
    }

    /// What the rows are about, or what is missing for telling mails and their status.
    pub fn content(&self, label: &str) -> Result<Content, ReadError> {
        if let Some(content) = Content::of(&self.positions) {
            return Ok(content);
        }
        let missing = columns::missing(&self.positions).unwrap_or_default();
        let found: Vec<&str> = self.header.iter().map(|cell| cell.trim()).filter(|cell| !cell.is_empty()).collect();
        Err(ReadError::MissingColumn {
            label: label.to_owned(),
            line: self.line,
            missing: missing.to_owned(),
            found: found.join(", "),
            remedy: "Choose a layout with recipient, subject, status, message class and number, message variables, dates and times, and export again",
        })
    }
}

/// Whether a value may stand in a column of dates, times, numbers or message classes; others take anything.
fn is_of(column: Column, text: &str) -> bool {
    use Column as C;
    let blank = datetime::blank(text);
    match column {
        C::SendDate | C::ProcessDate | C::StatusDate | C::EntryDate => blank || datetime::is_date(text),
        C::SendTime | C::ProcessTime | C::StatusTime | C::EntryTime => blank || datetime::time(text).is_some(),
        C::Client | C::RecYear | C::RecNumber | C::ObjYear | C::ObjNumber | C::MessageNumber => text.bytes().all(|b| b.is_ascii_digit()),
        C::MessageClass => !text.contains(' ') && !text.chars().any(char::is_lowercase),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheet<'a>(header: &[&'a str], rows: &[&[&'a str]]) -> (Sheet<'a>, Vec<String>) {
        let mut sheet = Sheet::new(1, header.to_vec(), Vec::new(), &Headers::default());
        sheet.rows = (2..).zip(rows.iter().map(|row| row.to_vec())).collect();
        let notes = sheet.settle();
        (sheet, notes)
    }

    #[test]
    fn the_number_wins_over_the_icon_whatever_the_headers_are_called() {
        for header in [["St", "Status of the sent object"], ["Status", "St"], ["St", "Status"]] {
            for number in [0, 1] {
                let mut row = ["@5D@"; 2];
                row[number] = "806";
                let (sheet, notes) = sheet(&header, &[&row]);
                assert_eq!((sheet.cell(&row, Column::Status), sheet.cell(&row, Column::Icon)), ("806", "@5D@"), "{header:?}");
                assert!(notes.is_empty(), "{notes:?}");
            }
        }
        let (alone, _) = sheet(&["St"], &[&["@5D@"]]);
        assert_eq!(alone.cell(&["@5D@"], Column::Status), "@5D@");
    }

    #[test]
    fn a_second_column_helps_out_and_is_told() {
        let cut = "very.long.mailbox.name@customers.fa";
        let rows: [&[&str]; 2] = [&[cut, "very.long.mailbox.name@customers.fabrikam.example"], &[cut, ""]];
        let (sheet, notes) = sheet(&["ADDRESS", "SMTP_ADDR"], &rows);
        let read: Vec<Value<'_>> = rows.iter().filter_map(|row| sheet.values(row, Column::Recipient).next()).collect();
        assert_eq!(read, [Value { text: rows[0][1], cut: false }, Value { text: cut, cut: true }]);
        assert_eq!(notes, ["'SMTP_ADDR' and 'ADDRESS' mean the same: 'SMTP_ADDR' is read, 'ADDRESS' where it is empty or longer"]);
    }
}
