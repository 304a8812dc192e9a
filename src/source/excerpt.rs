//! Lines of a source as they stand there, for who wants to see what a statement rests on. Logon data and the texts of mails
//! stay out: of a dialogue only what is told of the reply anyway is shown, with what frames it.

use super::rejects::{is_coded, speaks_of_logon};
use crate::evidence::Hop;
use std::io::{self, BufRead, BufReader, Write};

/// Characters of a line that are shown.
const MOST: usize = 600;
/// Words that frame a reply in a trace: the thread and the direction in front, the session and the place in the program,
/// each in brackets, behind.
const FRAME: (usize, usize) = (4, 3);
/// What stands for a line that is not shown.
const WITHHELD: &str = "(withheld: may hold logon data or the text of a mail)";

/// The text of a source, packed: what was read once from a pipe or an archive can be shown later.
#[derive(Debug, Default)]
pub struct Packed(Vec<u8>);

impl Packed {
    /// Packs a text; one that cannot be packed is left out, and none of its lines is shown.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let Ok(mut encoder) = zstd::Encoder::new(Vec::new(), 1) else { return Self::default() };
        let packed = encoder.write_all(text.as_bytes()).and_then(|()| encoder.finish());
        packed.map_or_else(|_| Self::default(), Self)
    }

    /// Tells all lines with their 1-based number.
    ///
    /// # Errors
    /// When it cannot be unpacked.
    pub fn each(&self, tell: &mut dyn FnMut(u32, &str)) -> io::Result<()> {
        if self.0.is_empty() {
            return Ok(());
        }
        let mut text = BufReader::new(zstd::Decoder::new(self.0.as_slice())?);
        let (mut line, mut number) = (String::new(), 0u32);
        while text.read_line(&mut line)? > 0 {
            number = number.saturating_add(1);
            super::lines(&line).for_each(|(_, line)| tell(number, line));
            line.clear();
        }
        Ok(())
    }
}

/// A line of a system's log as it may be shown; in a dialogue the `reply` that it was read as says what of it is known.
#[must_use]
pub fn excerpt(line: &str, reply: &str, of: Hop) -> String {
    let known = match of {
        // Tables of requests and of the message trace have no column for either.
        Hop::Sap | Hop::Exchange => true,
        Hop::Icm => is_of_reply(line, reply),
        Hop::Relay | Hop::Outside => !(speaks_of_logon(line) && is_coded(line)),
    };
    if !known {
        return WITHHELD.to_owned();
    }
    let left = line.chars().count().saturating_sub(MOST);
    let text: String = line.trim_end().chars().take(MOST).collect();
    if left > 0 { format!("{text}… ({left} more characters)") } else { text }
}

/// Whether a line holds nothing but a part of a reply in its frame. A fold of the line never ends inside of a word.
fn is_of_reply(line: &str, reply: &str) -> bool {
    let known = format!(" {} ", reply.split_whitespace().collect::<Vec<_>>().join(" "));
    let words: Vec<&str> = line.split_whitespace().collect();
    let is_part = |front: usize, behind: usize| {
        let part = words.get(front..words.len().saturating_sub(behind)).filter(|part| !part.is_empty());
        let frame = words.iter().take(front).chain(words.iter().rev().take(behind));
        let bracketed = words.iter().rev().take(behind).next_back().is_none_or(|word| word.starts_with(['{', '[']));
        bracketed
            && part.is_some_and(|part| known.contains(&format!(" {} ", part.join(" "))))
            && frame.copied().all(|word| !is_coded(word) && !speaks_of_logon(word))
    };
    (0..=FRAME.0).any(|front| (0..=FRAME.1).any(|behind| is_part(front, behind)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_packed_has_the_same_lines() {
        for text in ["", "a", "a\r\nb\n", "a\n\nb", "\u{feff}é\r\n\u{feff}b"] {
            let mut got = Vec::new();
            Packed::of(text).each(&mut |number, line| got.push((number, line.to_owned()))).unwrap();
            let want: Vec<(u32, String)> = crate::source::lines(text).map(|(number, line)| (number, line.to_owned())).collect();
            assert_eq!(got, want, "{text:?}");
        }
    }

    #[test]
    fn dialogues_show_replies_only() {
        const REPLY: &str = "550 5.7.64 TenantAttribution; Relay Access Denied [AB 2026-03-10 08DE]";
        let rows = [
            ("[Thr 140339560240896] <- 550 5.7.64 TenantAttribution; Relay Access Denied [AB {0004107a}", true),
            ("[Thr 140339560240896]   2026-03-10 08DE] {0004107a}", true),
            ("[Thr 140339560240896] -> RCPT TO:<orders@northwind.example> {0004107a}", false),
            ("[Thr 1] 550 5.7.64 TenantAttribution; {0004107a} [icxxconn.c   1644]", true),
            ("[Thr 1] 550 5.7.64 TenantAttribution; said the server", false),
            ("[Thr 1] AUTH PLAIN 550 5.7.64", false),
            ("[Thr 1] AGFkbWluAHNlY3JldA== 550 5.7.64 TenantAttribution;", false),
            ("[Thr 1] Dear Jane, the password is swordfish", false),
        ];
        for (line, shown) in rows {
            assert_eq!(excerpt(line, REPLY, Hop::Icm) == line, shown, "{line}");
        }
    }

    #[test]
    fn other_logs_show_their_lines_without_logon_data() {
        for (line, of, shown) in [
            ("2026-03-10,sap@contoso.example,Authorization of a payment,<ADR51000004512900@contoso.example>", Hop::Exchange, true),
            ("| ADR51000004512900 | Größe | 535 5.7.139 Authentication unsuccessful", Hop::Sap, true),
            ("to=<a@fabrikam.example>, status=bounced (host said: 550 5.7.64 Relay Access Denied)", Hop::Relay, true),
            ("warning: SASL authentication failed: UGFzc3dvcmQ6UGFzc3dvcmQ6", Hop::Relay, false),
        ] {
            assert_eq!(excerpt(line, "", of) == line, shown, "{line}");
        }
        assert!(excerpt(&"é ".repeat(400), "", Hop::Relay).ends_with("… (200 more characters)"));
    }
}
