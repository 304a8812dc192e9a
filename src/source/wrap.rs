//! What programs and people put around a log: a web page, quote marks of a mail, an indent, quotes around each line, line
//! ends of old systems. Each layer comes off without a line more or less, so that numbers of lines stay those of the file.
//!
//! Assumed: no such file was seen; each shape is what the program in question writes around other texts.

use super::lines;
use super::sheet::decoded;

/// Bytes in which a document says what it is.
const HEAD: usize = 2048;

/// A text without a layer, and what is said of it.
#[derive(Debug, PartialEq, Eq)]
pub struct Unwrapped {
    /// The text.
    pub text: String,
    /// What was taken off.
    pub note: &'static str,
}

/// Takes off what hides the log from every format: line ends that are none, and the page of a browser.
#[must_use]
pub fn plain(text: &str) -> Option<Unwrapped> {
    let returns = !text.contains('\n') && text.contains('\r');
    let head: String = text.trim_start().chars().take(HEAD).collect::<String>().to_ascii_lowercase();
    let page = ["<html", "<!doctype html", "<pre", "<head", "<body"].iter().any(|tag| head.starts_with(tag));
    if returns {
        let note = "lines end with a carriage return alone, as old systems write them";
        Some(Unwrapped { text: text.replace('\r', "\n"), note })
    } else if page && memchr::memmem::find(text.as_bytes(), b"<pre").is_some() {
        Some(Unwrapped { text: preformatted(text), note: "a web page: its preformatted text is read" })
    } else {
        None
    }
}

/// Takes one layer off a text that no format claims.
#[must_use]
pub fn unwrap(text: &str) -> Option<Unwrapped> {
    let written = || lines(text).map(|(_, line)| line).filter(|line| !line.trim().is_empty());
    let count = written().count();
    let most = |of: &dyn Fn(&str) -> bool| count > 0 && written().filter(|line| of(line)).count() * 10 >= count * 9;
    let enclosed = |line: &str| line.len() > 1 && line.starts_with('"') && line.trim_end().ends_with('"');
    if most(&|line| line.starts_with('>')) {
        let note = "each line begins with > as in the answer to a mail: it is left out, a guess";
        return Some(Unwrapped { text: each(text, &|line| unquoted(line).to_owned()), note });
    }
    if most(&enclosed) {
        let inner =
            |line: &str| line.trim_end().strip_prefix('"').and_then(|line| line.strip_suffix('"')).map(|line| line.replace("\"\"", "\""));
        let note = "each line is quoted as a whole, as a spreadsheet saves one column: the quotes are taken off, a guess";
        return Some(Unwrapped { text: each(text, &|line| inner(line).unwrap_or_else(|| line.to_owned())), note });
    }
    let indent = |line: &str| line.len() - line.trim_start_matches([' ', '\t']).len();
    let least = written().map(indent).min().filter(|least| *least > 0)?;
    let note = "all lines are indented: the indent is left out, a guess";
    Some(Unwrapped { text: each(text, &|line| line.get(least..).unwrap_or("").to_owned()), note })
}

/// The same text with its first lines blank, up to a line.
#[must_use]
pub fn without_above(text: &str, first: u32) -> String {
    let mut out = "\n".repeat((first as usize).saturating_sub(1));
    let begin =
        lines(text).find(|(number, _)| *number == first).map_or(text.len(), |(_, line)| line.as_ptr().addr() - text.as_ptr().addr());
    out.push_str(text.get(begin..).unwrap_or(""));
    out
}

fn unquoted(line: &str) -> &str {
    let Some(rest) = line.strip_prefix('>') else { return line };
    rest.strip_prefix(' ').unwrap_or(rest)
}

fn each(text: &str, change: &dyn Fn(&str) -> String) -> String {
    let mut out = String::with_capacity(text.len());
    for (_, line) in lines(text) {
        out.push_str(&change(line));
        out.push('\n');
    }
    out
}

/// What stands between `<pre>` and `</pre>`, without tags; of the rest the line ends alone.
fn preformatted(page: &str) -> String {
    let (mut out, mut inside, mut rest) = (String::with_capacity(page.len()), false, page);
    let put = |out: &mut String, text: &str, inside: bool| {
        out.extend(decoded(text).filter(|c| inside || *c == '\n').map(|c| if c == '\u{a0}' { ' ' } else { c }));
    };
    while let Some(at) = memchr::memchr(b'<', rest.as_bytes()) {
        put(&mut out, &rest[..at], inside);
        let markup = &rest[at + 1..];
        let end = memchr::memchr(b'>', markup.as_bytes());
        let Some(end) = end.filter(|_| markup.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '!'))) else {
            out.extend(inside.then_some('<'));
            rest = markup;
            continue;
        };
        let name: String = markup.chars().take_while(|c| !c.is_whitespace() && *c != '>').collect::<String>().to_ascii_lowercase();
        inside = name == "pre" || inside && name != "/pre";
        put(&mut out, &markup[..end], false);
        rest = &markup[end + 1..];
    }
    put(&mut out, rest, inside);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layers_come_off_line_by_line() {
        let rows = [
            ("> |a|\n> |b|\n", Some("|a|\n|b|\n")),
            (">> |a|\n>> |b|\n>\n", Some("> |a|\n> |b|\n\n")),
            ("\"a;\"\"b\"\"\"\n\n\"c;d\"", Some("a;\"b\"\n\nc;d\n")),
            ("  |a|\n\n    |b|\n", Some("|a|\n\n  |b|\n")),
            ("a\n  b\n", None),
            (">only one\n", Some("only one\n")),
            ("", None),
        ];
        for (text, want) in rows {
            assert_eq!(unwrap(text).map(|layer| layer.text).as_deref(), want, "{text:?}");
        }
    }

    #[test]
    fn pages_and_old_line_ends() {
        let rows = [
            ("a\rb\r", Some("a\nb\n")),
            ("a\r\nb\r\n", None),
            (
                "<html>\n<head><title>x</title>\n<body><pre>[Thr 1] SMTP &lt;&lt; 220 <b>mx</b>\nRCPT TO:&lt;a@x&gt;&nbsp;y\n5 < 6</pre>\nz</html>",
                Some("\n\n[Thr 1] SMTP << 220 mx\nRCPT TO:<a@x> y\n5 < 6\n"),
            ),
            ("<html>\nno preformatted text</html>", None),
            ("x <pre>y</pre>", None),
        ];
        for (text, want) in rows {
            assert_eq!(plain(text).map(|layer| layer.text).as_deref(), want, "{text:?}");
        }
        assert_eq!(without_above("title\r\n\r\na,b\nc", 3), "\n\na,b\nc");
    }
}
