//! Text with tabs from cells.

/// Rows of a worksheet in Excel's own limit.
const ROWS: usize = 1 << 20;
/// Columns that an export may have.
const COLUMNS: usize = 256;
/// Characters of a cell in Excel's own limit.
const CELL: usize = 32_767;
/// Bytes of a table.
const BYTES: usize = 1 << 30;

/// A growing text: the line is the row, so that line numbers are row numbers.
#[derive(Debug, Default)]
pub struct TabText {
    text: String,
    row: usize,
    column: usize,
    lost: bool,
}

impl TabText {
    /// Puts a value into a cell, counted from 0; what lies outside the limits of tables is left out.
    pub fn put(&mut self, row: usize, column: usize, value: &str) {
        let value = value.trim();
        if value.is_empty() {
            return;
        }
        if row >= ROWS || column >= COLUMNS || self.text.len() > BYTES {
            self.lost = true;
            return;
        }
        while self.row < row {
            self.text.push('\n');
            self.row += 1;
            self.column = 0;
        }
        while self.column < column {
            self.text.push('\t');
            self.column += 1;
        }
        // Who takes the text for a CSV with tabs must not take the quote for one that encloses the cell.
        self.text.extend(value.starts_with('"').then_some(' '));
        self.text.extend(value.chars().take(CELL).map(|c| if c.is_control() || c == '\u{a0}' { ' ' } else { c }));
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// What was left out.
    pub fn lost(&self) -> Option<&'static str> {
        self.lost.then_some("cells beyond 256 columns or 1048576 rows were left out")
    }

    /// The text.
    pub fn into_text(mut self) -> String {
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        self.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_a_row() {
        let mut tabs = TabText::default();
        for (row, column, value) in
            [(1, 1, "a\r\nb\tc"), (1, 3, " \"x\" "), (1, 4, ""), (3, 0, "d"), (3, 300, "far"), (usize::MAX, 0, "far")]
        {
            tabs.put(row, column, value);
        }
        assert!(tabs.lost().is_some());
        assert_eq!(tabs.into_text(), "\n\ta  b c\t\t \"x\"\n\nd\n");
        assert_eq!(TabText::default().into_text(), "");
    }
}
