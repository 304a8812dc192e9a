//! Pieces of sendmail's messages.

use crate::evidence::{HOUR, MINUTE, Millis};

/// Queue id at the beginning of a message (8.12 and later: 14 characters, more with long process numbers).
pub fn queue_id(message: &str) -> Option<(&str, &str)> {
    let (id, rest) = message.split_once(": ")?;
    let sound =
        (12..=20).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric()) && id[8..].bytes().any(|b| b.is_ascii_digit());
    sound.then_some((id, rest))
}

/// Digits of the year modulo 60 and the month that an id begins with; read off ids of three years, not documented.
const DIGITS: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// Year, month and day of a queue id.
pub fn date(id: &str) -> Option<(i32, u32, u32)> {
    let digit = |at: usize| i32::try_from(DIGITS.iter().position(|known| *known == id.as_bytes()[at])?).ok();
    let (year, month, day) = (digit(0)?, digit(1)?, digit(2)?);
    // Counted from 1900, so 2020 is a round number.
    let year = if year < 40 { 2020 + year } else { 1960 + year };
    Some((year, u32::try_from(month + 1).ok()?, u32::try_from(day).ok()?))
}

/// Value of a key up to the next one; `reply=` and `stat=` hold commas.
pub fn value<'a>(text: &'a str, key: &str) -> &'a str {
    let Some(at) = text.match_indices(key).map(|(at, _)| at).find(|at| *at == 0 || text[..*at].ends_with(", ")) else { return "" };
    let rest = &text[at + key.len()..];
    let end = match key {
        "stat=" | "reject=" => rest.len(),
        "reply=" => rest.find(", stat=").unwrap_or(rest.len()),
        _ => rest.find(", ").unwrap_or(rest.len()),
    };
    &rest[..end]
}

/// `NAME. [IP]`: name without its dot, and address.
pub fn peer(relay: &str) -> (&str, &str) {
    let (name, ip) = relay.split_once('[').map_or((relay, ""), |(name, ip)| (name, ip.split(']').next().unwrap_or("")));
    (name.split(' ').next().unwrap_or("").trim_end_matches('.'), ip)
}

/// `[D+]HH:MM:SS` in milliseconds.
pub fn delay(text: &str) -> u32 {
    let (days, clock) = text.split_once('+').unwrap_or(("0", text));
    let mut parts = clock.split(':').map(|part| part.parse::<Millis>().unwrap_or(0));
    let mut next = || parts.next().unwrap_or(0);
    let total = days.parse::<Millis>().unwrap_or(0).saturating_mul(24 * HOUR) + next() * HOUR + next() * MINUTE + next() * 1000;
    u32::try_from(total).unwrap_or(0)
}

/// Whether a name that was shortened in the middle is this one.
pub fn shortened(short: &str, whole: &str) -> bool {
    short
        .split_once("...")
        .is_some_and(|(head, tail)| whole.len() >= head.len() + tail.len() && whole.starts_with(head) && whole.ends_with(tail))
}

/// Ends of the names of Exchange Online's servers that are long enough to be shortened.
const ENDS: &[&str] = &[".mail.protection.outlook.com", ".olc.protection.outlook.com", ".mail.eo.outlook.com"];

/// The whole name of an endpoint of Exchange Online, where what was left out lies within the part that all have.
pub fn endpoint(short: &str) -> Option<String> {
    let (head, tail) = short.split_once("...")?;
    ENDS.iter().find_map(|end| {
        let begun = (2..=head.len().min(end.len())).rev().find(|length| head.ends_with(&end[..*length]))?;
        let fits = end.ends_with(tail) && begun + tail.len() <= end.len() && head.len() > begun;
        fits.then(|| format!("{}{end}", &head[..head.len() - begun]))
    })
}

/// Addresses of `to=<a>,<b>`.
pub fn recipients(text: &str) -> impl Iterator<Item = &str> {
    let list = text.strip_prefix("to=").unwrap_or("");
    let end = [", ctladdr=", ", delay=", ", mailer=", ", stat="].iter().filter_map(|key| list.find(key)).min().unwrap_or(list.len());
    list[..end].split(',').map(|address| address.trim().trim_start_matches('<').trim_end_matches('>')).filter(|address| !address.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces() {
        assert_eq!(queue_id("6ANJsEMG000145: from=<a>"), Some(("6ANJsEMG000145", "from=<a>")));
        assert_eq!(queue_id("STARTTLS=client, relay=a: b"), None);
        assert_eq!((date("6ANJsEMG000145"), date("p7606Kc7002749")), (Some((2026, 11, 23)), Some((2011, 8, 6))));
        let text = "to=<a@b.example>,<c@d.example>, ctladdr=<x> (0/0), delay=1+02:03:04, relay=mx.b.p...b.example. [192.0.2.1], dsn=5.1.1, reply=550 5.1.1 no, never, stat=User unknown";
        assert_eq!(recipients(text).collect::<Vec<_>>(), ["a@b.example", "c@d.example"]);
        assert_eq!((value(text, "reply="), value(text, "stat="), value(text, "dsn=")), ("550 5.1.1 no, never", "User unknown", "5.1.1"));
        assert_eq!((delay(value(text, "delay=")), peer(value(text, "relay="))), (93_784_000, ("mx.b.p...b.example", "192.0.2.1")));
        let whole = Some("contoso-example.mail.protection.outlook.com".to_owned());
        assert_eq!(endpoint("contoso-example.mail.p...ction.outlook.com"), whole);
        assert_eq!(endpoint("contoso-example-with-a-...ction.outlook.com"), None, "the name of the tenant is cut");
        assert_eq!(endpoint("mx.b.p...b.example"), None);
        assert!(shortened("mx.b.p...b.example", "mx.b.protection.b.example") && !shortened("mx.b.example", "mx.b.example"));
    }
}
