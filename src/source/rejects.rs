//! Lines that were not understood, for who asks for them. They may be anything, so what may hold logon data is withheld.

use super::{Class, Ledger, lines};
use crate::smtp::find_reply;

/// Characters of a line that are kept.
const MOST: usize = 500;
/// Base64 words of this length may be credentials.
const CODED: usize = 16;
/// Lines below one that speaks of a logon that may be answers to it.
const ANSWERS: u32 = 5;
/// Words in a row that make a hex dump.
const DUMPED: usize = 4;
/// What stands for a text that is not shown.
const WITHHELD: &str = "(withheld: may hold logon data)";
/// The same for bodies.
const BODY: &str = "(withheld: may be the text of a mail)";

/// A line that was not understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reject {
    /// Index of its source.
    pub source: usize,
    /// Physical line.
    pub line: u32,
    /// Why.
    pub reason: String,
    /// What it says.
    pub text: String,
}

/// All lines of a text that were not understood. In a trace of a `dialogue` any line may be of a mail's body: only the
/// codes of replies are shown.
#[must_use]
pub fn rejects(text: &str, ledger: &Ledger, source: usize, dialogue: bool) -> Vec<Reject> {
    let mut secret_until = 0;
    let mut out = Vec::new();
    for (line, text) in lines(text) {
        if speaks_of_logon(text) {
            secret_until = line.saturating_add(ANSWERS);
        }
        if ledger.class(line) != Some(Class::NotUnderstood) {
            continue;
        }
        let withheld = line <= secret_until || is_coded(text) || is_dump(text);
        let text = match (withheld, dialogue) {
            (true, _) => WITHHELD.to_owned(),
            (false, true) => codes(text).map_or_else(|| BODY.to_owned(), |codes| format!("{codes} {BODY}")),
            (false, false) => text.chars().take(MOST).collect(),
        };
        out.push(Reject { source, line, reason: ledger.reason(line).to_owned(), text });
    }
    out
}

/// The codes of a reply: its words may be those of a mail that quotes one.
fn codes(text: &str) -> Option<String> {
    let reply = find_reply(text)?;
    let (code, enhanced) = (reply.code?, reply.enhanced?);
    Some(format!("{code} {}.{}.{}", enhanced.class, enhanced.subject, enhanced.detail))
}

/// Whether a line may be of a logon.
pub(super) fn speaks_of_logon(text: &str) -> bool {
    memchr::memchr2_iter(b'a', b'A', text.as_bytes())
        .any(|at| text.as_bytes().get(at..at + 4).is_some_and(|word| word.eq_ignore_ascii_case(b"auth")))
}

/// Whether a line has a word that may be a credential.
pub(super) fn is_coded(text: &str) -> bool {
    let coded = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'=');
    text.as_bytes().split(|b| !coded(*b)).any(|word| word.len() >= CODED)
}

/// Bytes in hexadecimal digits, as traces print what was sent.
fn is_dump(text: &str) -> bool {
    let hex = |word: &str| word.len().is_multiple_of(2) && word.len() <= 8 && word.bytes().all(|b| b.is_ascii_hexdigit());
    let mut words = text.split_whitespace();
    // The last row of a dump may be short: an offset and a byte.
    let offset = words.next().is_some_and(|word| hex(word.trim_end_matches(':')) && word.len() >= 4);
    if offset && words.next().is_some_and(hex) {
        return true;
    }
    let mut run = 0;
    text.split_whitespace().any(|word| {
        run = if hex(word) { run + 1 } else { 0 };
        run >= DUMPED
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_hold_logon_data_is_withheld() {
        let rows = [
            ("a line of its own", true),
            ("AUTH PLAIN x", false),
            ("c2Fw", false),
            ("2", false),
            ("3", false),
            ("4", false),
            ("5", false),
            ("6", true),
            ("user=AGFkbWluAHNlY3JldA==", false),
            ("0030  41555448 20504c41 494e2041 47466b62", false),
            ("short AGFkbWlu word", true),
            ("0040  0d0a", false),
            ("Größe 3 |", true),
            ("00000040  64 47 56 7a                                         dGVz", false),
            ("Größe 4 |", true),
        ];
        let text = rows.map(|(line, _)| line).join("\n");
        let mut ledger = Ledger::new(rows.len());
        ledger.reject(1, "why");
        let got = rejects(&text, &ledger, 3, false);
        assert_eq!(got[0], Reject { source: 3, line: 1, reason: "why".to_owned(), text: rows[0].0.to_owned() });
        for ((line, shown), reject) in rows.iter().zip(&got) {
            assert_eq!(reject.text == *line, *shown, "{line}: {}", reject.text);
        }
        ledger.mark(1, Class::Frame);
        assert_eq!(rejects(&text, &ledger, 3, false).len(), rows.len() - 1);
        let trace = "[Thr 1] 550 5.1.1 no such user\n[Thr 1] Dear Jane\n";
        let shown: Vec<String> = rejects(trace, &Ledger::new(2), 0, true).into_iter().map(|reject| reject.text).collect();
        assert_eq!(shown, [format!("550 5.1.1 {BODY}"), BODY.to_owned()]);
        let long = "é ".repeat(600);
        assert_eq!(rejects(&long, &Ledger::new(1), 0, false)[0].text.chars().count(), 500);
    }
}
