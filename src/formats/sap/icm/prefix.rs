//! What stands in front of every line: the thread of the ICM, the component of a work process, and the frame of a list
//! or tool that a trace was copied from (icm.md sections 1.4 and 10; frames and fronts are assumed).

use super::line;
use crate::source::lines;
use regex::Regex;
use std::sync::LazyLock;

/// Lines by which the prefix of a file is known.
const LOOK_AT: usize = 2000;
/// The one thread of a work process.
const WORK_PROCESS: &str = "work process";

/// What tools that copy a trace put in front of each line; the first that fits the most lines is the file's.
static FRONTS: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    let fronts = [
        r"^(?:\t| {1,8})",
        r"^> ?",
        r"^\|(?: *\d+(?: *\|)?)? ?",
        r"^ *\d+(?:[:|\t-] ?| {1,2})",
        r"^(?:> ?)?(?:[A-Za-z]:)?[^\s\[\]:|]+:(?:\d+:)?",
        r"^(?:> ?)?(?:[A-Za-z]:)?[^\s\[\]:|]*dev_\w+[:-](?:\d+[:-])?",
        r"^(?:<\d+>)?[A-Z][a-z]{2} +\d+ \d\d:\d\d:\d\d \S+ [^\s:]+: ?",
        r"^(?:<\d+>1? ?)?\d{4}-\d\d-\d\dT\S+ \S+ [^\s:]+: ?",
        r"^(?:<\d+>1 )?\d{4}-\d\d-\d\dT\S+ \S+ \S+ \S+ \S+ -(?: |$)",
    ];
    fronts.iter().filter_map(|front| Regex::new(front).ok()).collect()
});

/// The prefix of a file.
#[derive(Clone, Copy, Debug)]
pub struct Prefix {
    /// `M  text` instead of `[Thr n] text`.
    pub letters: bool,
    /// What a tool wrote in front of it.
    front: Option<&'static Regex>,
}

impl Prefix {
    /// Looks at the beginning of a file.
    pub fn of(text: &str) -> Self {
        let plain = Prefixed::count(text, None);
        let copied = || FRONTS.iter().map(|front| (Some(front), Prefixed::count(text, Some(front))));
        let (front, found) =
            std::iter::once((None, plain)).chain(copied()).rev().max_by_key(|(_, found)| found.most()).unwrap_or((None, plain));
        let letters = found.letters > found.threads || found.threads == 0;
        Self { letters: letters && (found.named || found.is_kernel()), front }
    }

    /// Whether a tool that copied the trace wrote something before each line.
    pub fn is_copied(self) -> bool {
        self.front.is_some()
    }

    /// The line without what a tool wrote in front of it, and without the end of its frame.
    pub fn line(self, physical: &str) -> &str {
        self.front.map_or(physical, |front| copied(front, physical).unwrap_or(physical))
    }

    /// Thread and rest; `None` for lines without prefix.
    pub fn split(self, line: &str) -> Option<(&str, &str)> {
        let letters = || letter(line).filter(|_| self.letters).map(|rest| line::thread(rest).unwrap_or((WORK_PROCESS, rest)));
        line::thread(line).or_else(letters)
    }
}

/// Lines of a file's beginning by their prefix, behind a certain front.
#[derive(Clone, Copy, Default)]
struct Prefixed {
    written: usize,
    threads: usize,
    letters: usize,
    /// Lines with a letter that are a stamp or a message of the kernel.
    kernel: usize,
    /// The header names a work process.
    named: bool,
}

impl Prefixed {
    fn count(text: &str, front: Option<&Regex>) -> Self {
        let mut found = Self::default();
        for (_, physical) in lines(text).take(LOOK_AT).filter(|(_, line)| !line.trim().is_empty()) {
            found.written += 1;
            let Some(line) = front.map_or(Some(physical), |front| copied(front, physical)) else { continue };
            found.named |= line.trim_start().starts_with("trc file: \"dev_w") && !line.contains("dev_webdisp");
            if line::thread(line).is_some() {
                found.threads += 1;
            } else if let Some(rest) = letter(line) {
                found.letters += 1;
                let rest = line::thread(rest).map_or(rest, |(_, rest)| rest);
                let own = line::stamp(rest).is_some() || rest.starts_with("*** ERROR =>") || rest.starts_with("***LOG");
                found.kernel += usize::from(own);
            }
        }
        found
    }

    /// Most lines have a letter in front, and one of them is the kernel's own.
    fn is_kernel(&self) -> bool {
        self.kernel > 0 && self.letters * 2 > self.written
    }

    /// How much the front explains.
    fn most(&self) -> usize {
        let letters = if self.named || self.is_kernel() { self.letters } else { 0 };
        self.threads.max(letters)
    }
}

/// The line behind the front; a frame ends with a bar too.
fn copied<'a>(front: &Regex, physical: &'a str) -> Option<&'a str> {
    let rest = &physical[front.find(physical)?.end()..];
    if !physical.starts_with('|') {
        return Some(rest);
    }
    rest.trim_end().strip_suffix('|').map(str::trim_end)
}

/// `M  text`, or one blank where it is a stamp or the blanks were lost on a web page.
fn letter(line: &str) -> Option<&str> {
    let mut chars = line.chars();
    let component = chars.next().is_some_and(|c| c.is_ascii_uppercase());
    let rest = chars.as_str();
    (component && (rest.is_empty() || rest.starts_with(' '))).then(|| rest.strip_prefix("  ").or(rest.strip_prefix(' ')).unwrap_or(rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_of_prefix() {
        let work = "M  ThInit: x\nC Wed Dec 29 13:36:40 2010 \nC  \n[dbsdbsql.cpp 137]\n";
        let rows = [
            (work, "M  *** ERROR => x", Some((WORK_PROCESS, "*** ERROR => x"))),
            (work, "C Wed Dec 29 13:36:40 2010", Some((WORK_PROCESS, "Wed Dec 29 13:36:40 2010"))),
            (work, "[dbsdbsql.cpp 137]", None),
            ("[Thr 17] x\n", "[Thr 18]   y", Some(("18", "  y"))),
            ("[Thr 17] x\n", "M  y", None),
            ("| [Thr 17] x     |\n", "| [Thr 18] y     |", Some(("18", "y"))),
            ("|  1|[Thr 17] x     |\n", "| 12|[Thr 18] y     |", Some(("18", "y"))),
            ("dev_icm:[Thr 17] x\n", "dev_icm:[Thr 18] y", Some(("18", "y"))),
            ("app1/dev_icm:9:[Thr 17] x\n", "app1/dev_icm:10:[Thr 18] y", Some(("18", "y"))),
            ("    9\t[Thr 17] x\n", "   10\t[Thr 18] y", Some(("18", "y"))),
            ("9: [Thr 17] x\n", "10: [Thr 18] y", Some(("18", "y"))),
            ("Mar 10 09:55:02 sapapp1 icm[4711]: [Thr 17] x\n", "Mar 10 09:55:03 sapapp1 icm[4711]: [Thr 18] y", Some(("18", "y"))),
            ("2026-03-10T09:55:02Z sapapp1 icm: [Thr 17] x\n", "2026-03-10T09:55:03Z sapapp1 icm: [Thr 18] y", Some(("18", "y"))),
            ("    [Thr 17] x\n", "    [Thr 18]   y", Some(("18", "  y"))),
            ("\t[Thr 17] x\n", "\t[Thr 18] y", Some(("18", "y"))),
            ("> [Thr 17] x\n", "> [Thr 18] y", Some(("18", "y"))),
            ("12-[Thr 17] x\n13:[Thr 17] x\n", "14-[Thr 18] y", Some(("18", "y"))),
            ("dev_icm-12-[Thr 17] x\ndev_icm:13:[Thr 17] x\n", "dev_icm-14-[Thr 18] y", Some(("18", "y"))),
            ("C:\\work\\dev_icm:1:[Thr 17] x\n", "C:\\work\\dev_icm:2:[Thr 18] y", Some(("18", "y"))),
            ("M  [Thr 140] *** ERROR => x\n", "M  [Thr 141] y", Some(("141", "y"))),
            ("| M  *** ERROR => x |\n", "| M  *** ERROR => y  |", Some((WORK_PROCESS, "*** ERROR => y"))),
            ("trc file: \"dev_w3\"\nM  x\nM  y\n[Thr 9] z\n", "M  y", Some((WORK_PROCESS, "y"))),
            ("trc file: \"dev_w3\"\nM  x\nM  y\n[Thr 9] z\n", "[Thr 9] z", Some(("9", "z"))),
            ("trc file: \"dev_w3\", trc level: 2\n", "M  y", Some((WORK_PROCESS, "y"))),
            ("A man of letters\nI am not one\n", "A man", None),
        ];
        for (file, line, want) in rows {
            let prefix = Prefix::of(file);
            assert_eq!(prefix.split(prefix.line(line)), want, "{line}");
        }
    }
}
