//! The header of a list as a ruler for its rows: cells stand where the header's cells stand (sost.md section 1.4 a).

/// Offsets of the header's pipes, in characters.
#[derive(Debug, Default)]
pub struct Ruler {
    /// Pipes that begin a cell.
    pipes: Vec<usize>,
    /// Where the last cell ends: the last pipe, or the width at which the lines are cut.
    end: usize,
    closed: bool,
}

impl Ruler {
    /// Takes the measures of a header.
    pub fn of(header: &str) -> Self {
        let mut pipes: Vec<usize> = header.chars().enumerate().filter(|(_, c)| *c == '|').map(|(at, _)| at).collect();
        let closed = header.trim_end().ends_with('|');
        let last = if closed { pipes.pop() } else { None };
        Self { pipes, end: last.unwrap_or_else(|| header.chars().count()), closed }
    }

    /// Width of the lines where it cuts the last cell.
    pub fn cut_at(&self) -> Option<usize> {
        (!self.closed).then_some(self.end)
    }

    /// Width of each cell.
    pub fn widths(&self) -> Vec<usize> {
        let ends = self.pipes.iter().skip(1).copied().chain([self.end]);
        self.pipes.iter().zip(ends).map(|(begin, end)| end.saturating_sub(begin + 1)).collect()
    }

    /// Cells between the header's pipes; `None` when one of them is missing, so that a pipe inside a value does no harm.
    /// The last pipe may be missing, as some editors and copies lose it.
    pub fn cells<'a>(&self, line: &'a str) -> Option<Vec<&'a str>> {
        let line = line.trim_end();
        let (mut begins, mut next, mut end) = (Vec::with_capacity(self.pipes.len()), 0, line.len());
        for (at, (byte, c)) in line.char_indices().enumerate() {
            if self.pipes.get(next) == Some(&at) {
                if c != '|' {
                    return None;
                }
                begins.push(byte);
                next += 1;
            } else if at == self.end && c == '|' && byte + 1 == line.len() {
                end = byte;
            } else if self.closed && (at >= self.end || (c == '|' && byte + 1 == line.len())) {
                return None;
            }
        }
        if begins.len() < self.pipes.len() {
            return None;
        }
        let ends = begins.iter().skip(1).copied().chain([end]);
        Some(begins.iter().zip(ends).map(|(begin, end)| &line[begin + 1..end]).collect())
    }
}

/// Cells between all pipes of a line.
pub fn split(line: &str) -> Vec<&str> {
    let line = line.trim_end();
    let inner = line.strip_prefix('|').unwrap_or(line);
    inner.strip_suffix('|').unwrap_or(inner).split('|').collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pipe_inside_a_subject_does_no_harm() {
        let ruler = Ruler::of("|St|Document title|Recipient       |");
        let rows = [
            ("|OK|Größe A|B     |ap@fabrikam.exam|", Some(["OK", "Größe A|B     ", "ap@fabrikam.exam"])),
            ("|OK|lost its pipe |ap@fabrikam.exam", Some(["OK", "lost its pipe ", "ap@fabrikam.exam"])),
            ("|OK|ends in a pipe|ap@fabrikam.exa||", Some(["OK", "ends in a pipe", "ap@fabrikam.exa|"])),
            ("|OK|wide signs    |請求@fabrikam.ex|", None),
            ("|OK|short|x|", None),
            ("|OK|too long      |ap@fabrikam.example|", None),
        ];
        for (line, cells) in rows {
            assert_eq!(ruler.cells(line), cells.map(Vec::from), "{line}");
        }
        assert_eq!((ruler.widths(), ruler.cut_at()), (vec![2, 14, 16], None));
    }

    #[test]
    fn lines_cut_at_their_width() {
        let ruler = Ruler::of("|St|Document title|Recip");
        assert_eq!((ruler.widths(), ruler.cut_at()), (vec![2, 14, 5], Some(24)));
        assert_eq!(ruler.cells("|OK|Invoice 90001 |ap@fa"), Some(vec!["OK", "Invoice 90001 ", "ap@fa"]));
        assert_eq!(ruler.cells("|OK|Invoice 90001 |"), Some(vec!["OK", "Invoice 90001 ", ""]));
    }
}
