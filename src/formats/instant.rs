//! Times that say which zone they are of, or that all formats here write in UTC: ISO 8601 and RFC 5322.

use crate::evidence::{HOUR, Millis, Span};
use chrono::{DateTime, NaiveDate, NaiveDateTime};

/// 2000-01-01 to 2100-01-01, the years a mail can be of: what falls outside is no time of one.
pub const SENSIBLE: std::ops::Range<Millis> = 946_684_800_000..4_102_444_800_000;

/// ISO 8601 with or without `T`, `Z` and fractions; without a zone it is UTC.
pub fn iso(text: &str) -> Option<Millis> {
    if let Some(at) = usual(text) {
        return Some(at).filter(|at| SENSIBLE.contains(at));
    }
    let zoned = DateTime::parse_from_rfc3339(text).ok().map(|at| at.timestamp_millis());
    zoned.or_else(|| zoneless(text)).filter(|at| SENSIBLE.contains(at))
}

/// Value of two digits.
pub fn two(tens: u8, ones: u8) -> Option<u32> {
    Some(digit(tens)? * 10 + digit(ones)?)
}

fn digit(byte: u8) -> Option<u32> {
    byte.is_ascii_digit().then(|| u32::from(byte - b'0'))
}

/// The form that Exchange and most services write, `2026-08-11T09:47:13.1234567Z`: nearly every row of a trace.
fn usual(text: &str) -> Option<Millis> {
    let (head, rest) = text.as_bytes().split_first_chunk()?;
    let [y0, y1, y2, y3, b'-', m0, m1, b'-', d0, d1, b'T', h0, h1, b':', n0, n1, b':', s0, s1] = *head else { return None };
    let year = i32::try_from(two(y0, y1)? * 100 + two(y2, y3)?).ok()?;
    let date = NaiveDate::from_ymd_opt(year, two(m0, m1)?, two(d0, d1)?)?;
    let (hour, minute, second) = (two(h0, h1)?, two(n0, n1)?, two(s0, s1)?);
    let fraction = rest.strip_suffix(b"Z")?;
    let fraction = if let [b'.', digits @ ..] = fraction { digits } else { fraction };
    let thousandths = [100, 10, 1].iter().zip(fraction).try_fold(0, |sum, (worth, byte)| Some(sum + worth * digit(*byte)?))?;
    let whole = rest.len() == 1 || (3..=11).contains(&rest.len()) && rest[0] == b'.' && fraction.iter().all(u8::is_ascii_digit);
    let time = Millis::from((hour * 60 + minute) * 60 + second) * 1000 + Millis::from(thousandths);
    (whole && hour <= 23 && minute <= 59 && second <= 59).then(|| Millis::from(date.to_epoch_days()) * 24 * HOUR + time)
}

fn zoneless(text: &str) -> Option<Millis> {
    let text = text.trim_end_matches('Z').trim_end_matches(" UTC");
    let parsed = ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f"].iter().find_map(|form| NaiveDateTime::parse_from_str(text, form).ok());
    parsed.map(|at| at.and_utc().timestamp_millis())
}

/// Whether letters beside a time of twelve hours mean the afternoon, as cultures write it; `None` for other letters.
pub fn afternoon(letters: &str) -> Option<bool> {
    match letters {
        "AM" | "午前" | "上午" | "오전" => Some(false),
        "PM" | "午後" | "下午" | "오후" => Some(true),
        _ => None,
    }
}

/// The letters of a text, in capitals.
pub fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphabetic()).flat_map(char::to_uppercase).collect()
}

/// Date of RFC 5322 section 3.3; the name of the day, which may be wrong, and comments say nothing.
pub fn mail_date(text: &str) -> Option<Millis> {
    let text = text.split_once(',').map_or(text, |(_, rest)| rest);
    let text = text.split('(').next().unwrap_or(text).trim();
    DateTime::parse_from_rfc2822(text).ok().map(|at| at.timestamp_millis()).filter(|at| SENSIBLE.contains(at))
}

/// The same as a span: it knows seconds.
pub fn mail_span(text: &str) -> Option<Span> {
    mail_date(text).map(Span::second)
}

#[cfg(test)]
mod tests {
    use super::{iso, mail_date};
    use crate::evidence::day_time;

    #[test]
    fn dates_of_mails() {
        let rows = [
            ("Tue, 10 Mar 2026 09:05:03 +0100 (CET)", Some("2026-03-10 08:05:03")),
            ("Wed, 10 Mar 2026 09:05:03 +0100", Some("2026-03-10 08:05:03")),
            ("10 Mar 2026 08:05:03 GMT", Some("2026-03-10 08:05:03")),
            ("Tue, 10 Mar 0026 09:05:03 +0100", None),
            ("Tue, soon", None),
            ("", None),
        ];
        for (text, want) in rows {
            assert_eq!(mail_date(text).map(day_time).as_deref(), want, "{text}");
        }
    }

    #[test]
    fn iso_times() {
        let rows = [
            ("2026-08-11T09:47:13.1234567Z", Some("2026-08-11 09:47:13")),
            ("2026-08-11T11:47:13+02:00", Some("2026-08-11 09:47:13")),
            ("2026-08-11 09:47:13 UTC", Some("2026-08-11 09:47:13")),
            ("0026-03-10T08:00:00Z", None),
            ("+262142-01-01T00:00:00Z", None),
            ("2026-08-11T09:47:13Z", Some("2026-08-11 09:47:13")),
            ("2026-08-11T09:47:13.5Z", Some("2026-08-11 09:47:13")),
            ("2026-02-30T09:47:13Z", None),
            ("2026-08-11T24:00:00Z", None),
            ("2026-08-11T09:47:1xZ", None),
            ("2026-08-11T09:47:13.12x4567Z", None),
            ("2026-08-11T09:47:13,5Z", None),
        ];
        for (text, want) in rows {
            assert_eq!(iso(text).map(day_time).as_deref(), want, "{text}");
        }
        let thousandths =
            ["2026-08-11T09:47:13.1239999Z", "2026-08-11T09:47:13.12Z", "2026-08-11T09:47:13.1Z"].map(|text| iso(text).unwrap() % 1000);
        assert_eq!(thousandths, [123, 120, 100]);
    }

    proptest::proptest! {
        /// The short way reads what the long one reads.
        #[test]
        fn both_ways_agree(text in "20[0-9]{2}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-6][0-9]:[0-6][0-9](\\.[0-9]{1,9})?Z") {
            let long = chrono::DateTime::parse_from_rfc3339(&text).ok().map(|at| at.timestamp_millis());
            if let Some(short) = super::usual(&text) {
                proptest::prop_assert_eq!(Some(short), long);
            }
        }
    }
}
