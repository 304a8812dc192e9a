//! Values of options: times, zones, encodings, words of closed vocabularies.

use crate::align::Zone;
use crate::error::UsageError;
use crate::evidence::Millis;
use crate::source::codec;
use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime};
use std::path::PathBuf;

/// A time in UTC: RFC 3339, `YYYY-MM-DD HH:MM[:SS]`, or a day.
pub fn time(option: &'static str, text: &str) -> Result<Millis, UsageError> {
    if let Ok(at) = DateTime::parse_from_rfc3339(text) {
        return Ok(at.timestamp_millis());
    }
    let forms = ["%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M"];
    let parsed = forms.iter().find_map(|form| NaiveDateTime::parse_from_str(text, form).ok());
    let parsed = parsed.or_else(|| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().map(|day| day.and_time(NaiveTime::MIN)));
    parsed.map(|at| at.and_utc().timestamp_millis()).ok_or_else(|| UsageError::Option {
        option,
        value: text.to_owned(),
        what: "expected a time in UTC such as 2026-03-10T09:00:00Z, '2026-03-10 09:00' or 2026-03-10".to_owned(),
    })
}

/// A domain as it stands behind the `@`.
pub fn domain(text: &str) -> Result<String, UsageError> {
    let bare = text.trim().trim_start_matches('@').to_lowercase();
    if bare.is_empty() || bare.contains('@') || bare.contains(char::is_whitespace) {
        let what = "expected what stands behind the @ of an address, such as fabrikam.example".to_owned();
        return Err(UsageError::Option { option: "recipient-domain", value: text.to_owned(), what });
    }
    Ok(bare)
}

/// `HOP=ZONE` or `LABEL=ZONE`.
pub fn zone(text: &str) -> Result<(String, Zone), UsageError> {
    let wrong = |what: String| UsageError::Option { option: "zone", value: text.to_owned(), what };
    let (name, zone) = text
        .rsplit_once('=')
        .ok_or_else(|| wrong("expected HOP=ZONE or LABEL=ZONE, such as sap=Europe/Berlin or app1/dev_icm=+01:00".to_owned()))?;
    Ok((name.to_owned(), zone.parse().map_err(wrong)?))
}

/// `LABEL=NAME`.
pub fn encoding(text: &str) -> Result<(PathBuf, &'static encoding_rs::Encoding), UsageError> {
    let wrong = |what: String| UsageError::Option { option: "encoding", value: text.to_owned(), what };
    let (label, name) =
        text.rsplit_once('=').ok_or_else(|| wrong("expected LABEL=NAME, such as sost.txt=windows-1250 or app1/dev_icm=4103".to_owned()))?;
    match codec(name) {
        Ok(codec) => Ok((PathBuf::from(label), codec)),
        Err(known) => word("encoding", &name.to_lowercase(), known).and(Err(wrong("no such encoding".to_owned()))),
    }
}

/// A word of a closed vocabulary, else an error with the nearest one.
pub fn word(option: &'static str, value: &str, known: &[&str]) -> Result<(), UsageError> {
    if known.contains(&value) {
        return Ok(());
    }
    let what = format!("no such value; did you mean {}? Known: {}", nearest(value, known), known.join(", "));
    Err(UsageError::Option { option, value: value.to_owned(), what })
}

/// The known word that looks most like another one.
pub fn nearest<'a>(value: &str, known: &[&'a str]) -> &'a str {
    let scored = known.iter().map(|name| (strsim::jaro_winkler(name, value), *name));
    scored.max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(a.1))).map_or("", |(_, name)| name)
}
