//! First lines of mails in listings.

use crate::evidence::Millis;
use crate::formats::relay::syslog::{Stamp, traditional};

/// Who wrote the listing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum By {
    Postfix,
    Sendmail,
    Exim,
}

/// First line of a mail.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Begin<'a> {
    pub by: By,
    pub id: &'a str,
    pub size: u32,
    pub arrival: Stamp,
    pub sender: &'a str,
    pub held: bool,
}

impl<'a> Begin<'a> {
    /// The beginning of a mail, if the line is one.
    pub fn of(line: &'a str) -> Option<Self> {
        if line.starts_with(|c: char| c.is_ascii_alphanumeric()) {
            return Self::dated(line).or_else(|| Self::aged(line));
        }
        Self::aged(line)
    }

    /// `4jYGdN65crz1V72b*     1023 Mon Nov 23 19:45:44 sender`; sendmail leaves out the seconds.
    fn dated(line: &'a str) -> Option<Self> {
        let (id, rest) = line.split_once(' ')?;
        let (mark, id) = (id.trim_start_matches(|c: char| c.is_ascii_alphanumeric()), id.trim_end_matches(['*', '!', '#', '-', '?']));
        let (size, rest) = rest.trim_start().split_once(' ')?;
        let (_, rest) = rest.trim_start().split_once(' ')?;
        let rest = rest.trim_start();
        let (sender, arrival, by) = if let Ok((sender, arrival)) = traditional(rest) {
            (sender, arrival, By::Postfix)
        } else {
            let end = rest.find(':')? + 3;
            let arrival = traditional(&format!("{}:00", rest.get(..end)?)).ok()?.1;
            (rest.get(end..)?, arrival, By::Sendmail)
        };
        let known = id.len() >= 6 && id.bytes().all(|b| b.is_ascii_alphanumeric());
        let sender = sender.strip_prefix(' ').filter(|_| known)?.trim();
        let sender = if sender == "MAILER-DAEMON" { "" } else { bare(sender) };
        Some(Self { by, id, size: size.parse().ok()?, arrival, sender, held: mark.contains('!') })
    }

    /// `25m  2.9K 1xVa3D-000021-2m <sender> *** frozen ***`.
    fn aged(line: &'a str) -> Option<Self> {
        let mut words = line.split_whitespace();
        let (age, size, id, sender) = (words.next()?, words.next()?, words.next()?, words.next()?);
        let unit = age.chars().last().filter(|unit| "smhdw".contains(*unit))?;
        age.strip_suffix(unit)?.parse::<u32>().ok()?;
        let sender = sender.strip_prefix('<')?.strip_suffix('>')?;
        let held = line.trim_end().ends_with("*** frozen ***");
        Some(Self { by: By::Exim, id, size: bytes(size)?, arrival: Stamp::of_utc(exim_time(id)?)?, sender, held })
    }
}

/// `2.9K`, `1023`, `11M`.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // a size of a mail, clamped
fn bytes(text: &str) -> Option<u32> {
    let (number, unit) = match text.chars().last()? {
        'K' => (&text[..text.len() - 1], 1024.0),
        'M' => (&text[..text.len() - 1], 1024.0 * 1024.0),
        _ => (text, 1.0),
    };
    number.parse::<f64>().ok().map(|number| (number * unit).clamp(0.0, f64::from(u32::MAX)) as u32)
}

/// The first six characters of an id of Exim are seconds in base 62.
fn exim_time(id: &str) -> Option<Millis> {
    const DIGITS: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let parts: Vec<usize> = id.split('-').map(str::len).collect();
    if !matches!(parts[..], [6, 6, 2] | [6, 11, 4]) {
        return None;
    }
    let digit = |byte: u8| DIGITS.iter().position(|known| *known == byte).and_then(|at| Millis::try_from(at).ok());
    let seconds = id.bytes().take(6).try_fold(0, |sum: Millis, byte| Some(sum * 62 + digit(byte)?))?;
    Some(seconds * 1000)
}

/// An address without brackets.
pub fn bare(address: &str) -> &str {
    address.trim_start_matches('<').trim_end_matches('>')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::day_time;

    #[test]
    fn first_lines() {
        let rows = [
            (
                "4jYGdN65crz1V72b*     1023 Mon Nov 23 19:45:44 sap@contoso.example",
                Some((By::Postfix, "4jYGdN65crz1V72b", 1023, "sap@contoso.example", false)),
            ),
            ("5BBB918C6!       10 Mon Nov  3 19:45:44 MAILER-DAEMON", Some((By::Postfix, "5BBB918C6", 10, "", true))),
            (
                "6ANJsEMG000145*     1023 Mon Nov 23 19:54 <sap@contoso.example>",
                Some((By::Sendmail, "6ANJsEMG000145", 1023, "sap@contoso.example", false)),
            ),
            ("25m  2.9K 1xVa3D-000021-2m <sap@contoso.example>", Some((By::Exim, "1xVa3D-000021-2m", 2969, "sap@contoso.example", false))),
            (" 4d   11M 1xVa3D-000000005vi-0000 <> *** frozen ***", Some((By::Exim, "1xVa3D-000000005vi-0000", 11_534_336, "", true))),
            ("Nov 23 19:45:44 relay01 postfix/smtp[1]: 4jYGdN65crz1V72b: removed", None),
            ("   ok@fabrikam.example", None),
        ];
        for (line, want) in rows {
            let got = Begin::of(line).map(|begin| (begin.by, begin.id, begin.size, begin.sender, begin.held));
            assert_eq!(got, want, "{line}");
        }
        // The lab's mail of that id came at this second.
        assert_eq!(exim_time("1xVa3D-000021-2m").map(day_time).as_deref(), Some("2026-11-23 19:50:07"));
    }
}
