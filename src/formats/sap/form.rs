//! The header of a list and the rows below it. A list wider than its print width breaks both over several lines
//! (sost.md section 1.4 a; assumed: each line of a row stands right below the one before, under its line of the header).

use super::ruler::{Ruler, split};

/// Lines of the header, each with its ruler, and the row that has begun.
#[derive(Debug, Default)]
pub struct Form<'a> {
    header: Vec<(&'a str, Ruler)>,
    begun: Option<(u32, usize, Vec<&'a str>)>,
}

/// What a line below the header is.
#[derive(Debug, PartialEq, Eq)]
pub enum Line<'a> {
    /// The last line of a row, which began at a line.
    Row(u32, Vec<&'a str>),
    /// More lines of the row follow.
    Begun,
    /// Its pipes stand elsewhere than in the header.
    Other,
}

impl<'a> Form<'a> {
    /// A header of one line or several.
    pub fn of(lines: &[&'a str]) -> Self {
        Self { header: lines.iter().map(|line| (*line, Ruler::of(line))).collect(), begun: None }
    }

    /// Cells of the header.
    pub fn cells(&self) -> Vec<&'a str> {
        self.header.iter().flat_map(|(line, _)| split(line)).collect()
    }

    /// Width of each cell.
    pub fn widths(&self) -> Vec<usize> {
        self.header.iter().flat_map(|(_, ruler)| ruler.widths()).collect()
    }

    /// Width at which a header of one line is cut.
    pub fn cut_at(&self) -> Option<usize> {
        if let [(_, ruler)] = self.header.as_slice() { ruler.cut_at() } else { None }
    }

    /// Lines of a row.
    pub fn lines(&self) -> u32 {
        u32::try_from(self.header.len()).unwrap_or(u32::MAX)
    }

    /// Whether a line is one of the header's.
    pub fn has(&self, line: &str) -> bool {
        self.header.iter().any(|(own, _)| *own == line)
    }

    /// Lines of the header.
    pub fn header(&self) -> impl Iterator<Item = &'a str> + '_ {
        self.header.iter().map(|(line, _)| *line)
    }

    /// Takes a line below the header; a row that stopped short is left, see [`Form::stopped`].
    pub fn take(&mut self, number: u32, line: &'a str) -> Line<'a> {
        let (first, place, mut row) = self.begun.take().unwrap_or_else(|| (number, 0, Vec::new()));
        let Some((_, ruler)) = self.header.get(place) else { return Line::Other };
        let whole = || Some(split(line)).filter(|cells| self.header.len() == 1 && cells.len() == ruler.widths().len());
        let Some(cells) = ruler.cells(line).or_else(whole) else { return Line::Other };
        row.extend(cells);
        if place + 1 == self.header.len() {
            return Line::Row(first, row);
        }
        self.begun = Some((first, place + 1, row));
        Line::Begun
    }

    /// Takes the last line of a row, whose lines do not belong together, for the first of another one; the lines before it
    /// are left alone.
    pub fn again(&mut self, first: u32, number: u32, line: &'a str) -> std::ops::Range<u32> {
        self.begun = None;
        match self.take(number, line) {
            Line::Begun => first..number,
            _ => first..number.saturating_add(1),
        }
    }

    /// The lines of a row that has begun where the next line does not go on with it.
    pub fn stopped(&mut self, next: u32, line: &str) -> Option<std::ops::Range<u32>> {
        let (first, place, _) = self.begun.as_ref()?;
        let end = first + u32::try_from(*place).unwrap_or(u32::MAX);
        let goes_on = end == next && self.header.get(*place).is_some_and(|(_, ruler)| ruler.cells(line).is_some());
        let lines = *first..end;
        (!goes_on).then(|| self.begun = None).map(|()| lines)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_over_several_lines() {
        let mut form = Form::of(&["|St|Title   |", "|Recipient       |Date |"]);
        assert_eq!(form.cells(), ["St", "Title   ", "Recipient       ", "Date "]);
        assert_eq!((form.widths(), form.lines()), (vec![2, 8, 16, 5], 2));
        assert_eq!(form.take(5, "|OK|Invoice |"), Line::Begun);
        assert_eq!(form.stopped(6, "|a@fabrikam.examp|10.03|"), None);
        assert_eq!(form.take(6, "|a@fabrikam.examp|10.03|"), Line::Row(5, vec!["OK", "Invoice ", "a@fabrikam.examp", "10.03"]));
        assert_eq!(form.take(7, "|OK|Invoice |"), Line::Begun);
        assert_eq!(form.stopped(9, "|a@fabrikam.examp|10.03|"), Some(7..8), "not right below");
        assert_eq!(form.take(9, "|a@fabrikam.examp|10.03|"), Line::Other);
        assert_eq!(form.take(10, "|OK|Invoice |"), Line::Begun);
        assert_eq!(form.stopped(11, "|OK|Invoice |"), Some(10..11));
    }
}
