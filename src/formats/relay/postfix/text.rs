//! Pieces that Postfix's messages are made of.

use nom::bytes::complete::tag;
use nom::character::complete::u16 as number;
use nom::sequence::preceded;
use nom::{IResult, Parser};

/// `NAME[ADDRESS]:PORT`; the name is empty where it is unknown.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Peer<'a> {
    pub name: &'a str,
    pub ip: &'a str,
    pub port: u16,
}

/// A peer at the beginning of a text, and what follows.
pub fn peer(text: &str) -> Option<(Peer<'_>, &str)> {
    let end = text.bytes().position(|b| b.is_ascii_whitespace()).unwrap_or(text.len());
    let word = text[..end].trim_end_matches([',', ';']);
    let open = memchr::memrchr(b'[', word.as_bytes())?;
    let close = open + memchr::memchr(b']', &word.as_bytes()[open..])?;
    let (ip, behind) = (&word[open + 1..close], &word[close + 1..]);
    let port = preceded::<_, _, nom::error::Error<&str>, _, _>(tag(":"), number).parse(behind).map_or(0, |(_, port)| port);
    let name = if &word[..open] == "unknown" { "" } else { &word[..open] };
    Some((Peer { name, ip, port }, &text[close + 1..]))
}

/// Queue id at the beginning of a message with its colon (relay.md section 1.1.3), or `NOQUEUE` as the empty id.
pub fn queue_id(input: &str) -> IResult<&str, &str> {
    if let Some(behind) = input.strip_prefix("NOQUEUE: ") {
        return Ok((behind, ""));
    }
    let (id, behind) = input.split_at(input.bytes().take(LONGEST).take_while(u8::is_ascii_alphanumeric).count());
    let behind = behind.strip_prefix(": ").filter(|_| is_queue_id(id));
    behind.map(|behind| (behind, id)).ok_or_else(|| nom::Err::Error(nom::error::Error::new(input, nom::error::ErrorKind::Verify)))
}

/// Letters and digits of an id at most.
const LONGEST: usize = 32;

/// Short ids are upper-case hexadecimal digits, long ones have no vowels and a `z` before the inode.
pub fn is_queue_id(id: &str) -> bool {
    let short = id.bytes().all(|b| matches!(b, b'0'..=b'9' | b'A'..=b'F'));
    id.len() >= 6 && (short || long_id(id).is_some())
}

/// Digits of base 52 in order of their value.
const DIGITS: &[u8] = b"0123456789BCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz";

/// Values of the digits of base 52 by their letters; what is none has [`NO_DIGIT`].
const VALUES: [u8; 256] = {
    let (mut out, mut value) = ([NO_DIGIT; 256], 0_u8);
    while (value as usize) < DIGITS.len() {
        out[DIGITS[value as usize] as usize] = value;
        value += 1;
    }
    out
};

/// See [`VALUES`].
const NO_DIGIT: u8 = u8::MAX;

/// Value of a digit.
fn digit(letter: u8) -> Option<i64> {
    let value = VALUES[usize::from(letter)];
    (value != NO_DIGIT).then_some(i64::from(value))
}

/// Seconds since 1970 at which a mail with a long id arrived: all before the last `z` but four digits of microseconds
/// (Postfix `src/global/mail_queue.h`; relay.md section 1.1.3).
pub fn long_id(id: &str) -> Option<i64> {
    let at = id.bytes().rposition(|letter| letter == b'z').filter(|at| *at >= 10 && at + 1 < id.len())?;
    if id[at + 1..].bytes().any(|letter| digit(letter).is_none()) {
        return None;
    }
    let value = |seconds: i64, letter: u8| Some(seconds * 52 + digit(letter)?);
    id.as_bytes()[at - 4..at].iter().try_fold(0, |n, letter| value(n, *letter))?;
    let seconds = id.as_bytes()[..at - 4].iter().take(9).try_fold(0, |n, letter| value(n, *letter))?;
    (946_684_800..4_102_444_800).contains(&seconds).then_some(seconds)
}

/// Address of `key=<address>`; the last `>` before a blank, comma or the end closes it.
pub fn address<'a>(text: &'a str, key: &str) -> Option<&'a str> {
    let behind = text.strip_prefix(key).or_else(|| text.split_once(key).map(|(_, behind)| behind))?;
    let inside = behind.strip_prefix('<')?;
    let end = inside.match_indices('>').find(|(at, _)| inside[at + 1..].is_empty() || inside[at + 1..].starts_with([' ', ',']));
    Some(&inside[..end?.0])
}

/// Where the words of a refusal end and the envelope begins: `; from=<..> to=<..> proto=ESMTP helo=<..>`.
pub fn envelope(text: &str) -> (&str, &str) {
    let marks = ["; from=<", "; to=<", "; proto=", "; helo=<"];
    marks.iter().find_map(|mark| text.rfind(mark)).map_or((text, ""), |at| (&text[..at], &text[at + 2..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_and_their_times() {
        let rows = [
            ("4jYGcw19Y5z1V71L", true, Some(1_795_463_120)),
            ("3mPVKl0Mhjz7sXv", true, Some(1_442_000_000)),
            ("5BBB918C6", true, None),
            ("0F5383D", true, None),
            ("ED06590130AA1C9D6D862", true, None),
            ("warning", false, None),
            ("BEEF", false, None),
            ("statistics", false, None),
        ];
        for (id, want, at) in rows {
            assert_eq!(is_queue_id(id), want, "{id}");
            match at {
                // The exact second of a lab mail; of others the year.
                Some(1_795_463_120) => assert_eq!(long_id(id), at),
                Some(near) => assert!(long_id(id).is_some_and(|at| (at - near).abs() < 40_000_000), "{id} {:?}", long_id(id)),
                None => assert_eq!(long_id(id), None, "{id}"),
            }
        }
    }

    #[test]
    fn peers() {
        let rows = [
            ("unknown[192.0.2.1]: 554 5.7.1", ("", "192.0.2.1", 0), ": 554 5.7.1"),
            ("mx.contoso.example[192.0.2.1]:25, delay", ("mx.contoso.example", "192.0.2.1", 25), ":25, delay"),
            ("a.contoso.example[2001:db8::6]:587: Cannot", ("a.contoso.example", "2001:db8::6", 587), ":587: Cannot"),
            ("[192.0.2.9]:4711: 550", ("", "192.0.2.9", 4711), ":4711: 550"),
        ];
        for (text, (name, ip, port), rest) in rows {
            assert_eq!(peer(text), Some((Peer { name, ip, port }, rest)), "{text}");
        }
        assert_eq!(peer("none, delay"), None);
    }

    #[test]
    fn addresses() {
        let text = "to=<\"max, m>x\"@contoso.example>, orig_to=<root>, relay";
        assert_eq!(address(text, "to="), Some("\"max, m>x\"@contoso.example"));
        assert_eq!(address(text, "orig_to="), Some("root"));
        assert_eq!(address("from=<>, size=1", "from="), Some(""));
        assert_eq!(address("to=<cut", "to="), None);
    }
}
