//! What stands in front of every line: the thread of the ICM, the component of a work process, and the frame of a list
//! that a trace was copied from (icm.md sections 1.4 and 10; the frame is assumed).

use super::line;
use crate::source::lines;

/// Lines by which the prefix of a file is known.
const LOOK_AT: usize = 2000;
/// The one thread of a work process.
const WORK_PROCESS: &str = "work process";

/// The prefix of a file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Prefix {
    /// `M  text` instead of `[Thr n] text`.
    pub letters: bool,
    /// `| text |`, as lists print a line.
    framed: bool,
}

impl Prefix {
    /// Looks at the beginning of a file.
    pub fn of(text: &str) -> Self {
        let head = || lines(text).take(LOOK_AT).map(|(_, line)| line);
        let framed = head().any(|line| line.starts_with('|') && line::thread(unframed(line)).is_some());
        let named = head().any(|line| line.contains("trc file: \"dev_w") && !line.contains("dev_webdisp"));
        let threads = head().any(|line| line::thread(unframed(line)).is_some());
        let letters = !threads && (named || Self::mostly_letters(text));
        Self { letters, framed }
    }

    /// Most lines have a letter in front, and one of them is a stamp or a message of the kernel.
    fn mostly_letters(text: &str) -> bool {
        let written = || lines(text).take(LOOK_AT).map(|(_, line)| line).filter(|line| !line.trim().is_empty());
        let prefixed = || written().filter_map(letter);
        let own = |rest: &str| line::stamp(rest).is_some() || rest.starts_with("*** ERROR =>") || rest.starts_with("***LOG");
        prefixed().any(own) && prefixed().count() * 2 > written().count()
    }

    /// The line without frame.
    pub fn line(self, physical: &str) -> &str {
        if self.framed { unframed(physical) } else { physical }
    }

    /// Thread and rest; `None` for lines without prefix.
    pub fn split(self, line: &str) -> Option<(&str, &str)> {
        if self.letters { letter(line).map(|rest| (WORK_PROCESS, rest)) } else { line::thread(line) }
    }
}

/// `M  text`, or one blank where it is a stamp or the blanks were lost on a web page.
fn letter(line: &str) -> Option<&str> {
    let mut chars = line.chars();
    let component = chars.next().is_some_and(|c| c.is_ascii_uppercase());
    let rest = chars.as_str();
    (component && (rest.is_empty() || rest.starts_with(' '))).then(|| rest.strip_prefix("  ").or(rest.strip_prefix(' ')).unwrap_or(rest))
}

fn unframed(line: &str) -> &str {
    let inner = line.strip_prefix('|').and_then(|inner| inner.trim_end().strip_suffix('|'));
    inner.map_or(line, |inner| inner.strip_prefix(' ').unwrap_or(inner).trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_kinds_of_prefix() {
        let work = "M  ThInit: x\nC Wed Dec 29 13:36:40 2010 \nC  \n[dbsdbsql.cpp 137]\n";
        let rows = [
            (work, "M  *** ERROR => x", Some((WORK_PROCESS, "*** ERROR => x"))),
            (work, "C Wed Dec 29 13:36:40 2010", Some((WORK_PROCESS, "Wed Dec 29 13:36:40 2010"))),
            (work, "[dbsdbsql.cpp 137]", None),
            ("[Thr 17] x\n", "[Thr 18]   y", Some(("18", "  y"))),
            ("[Thr 17] x\n", "M  y", None),
            ("| [Thr 17] x     |\n", "| [Thr 18] y     |", Some(("18", "y"))),
            ("trc file: \"dev_w3\", trc level: 2\n", "M  y", Some((WORK_PROCESS, "y"))),
            ("A man of letters\nI am not one\n", "A man", None),
        ];
        for (file, line, want) in rows {
            let prefix = Prefix::of(file);
            assert_eq!(prefix.split(prefix.line(line)), want, "{line}");
        }
    }
}
