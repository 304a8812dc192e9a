//! Records of syslog as objects: JSON of rsyslog (`syslogtag`, `message`) and of the journal (`MESSAGE`,
//! `SYSLOG_IDENTIFIER`), and the journal's export with `KEY=VALUE` lines. The journal's times are UTC.

use super::stamp::{self, Stamp};
use super::{Entry, Piece};
use crate::formats::records::Place;
use serde_json::{Map, Value};
use std::borrow::Cow;

/// Words of the keys, which shippers write in either case.
const HOST: &[&str] = &["_HOSTNAME", "host", "hostname", "HOSTNAME", "fromhost"];
const PROGRAM: &[&str] = &["SYSLOG_IDENTIFIER", "syslogtag", "programname", "program", "ident", "app-name"];
const PID: &[&str] = &["_PID", "SYSLOG_PID", "procid", "pid"];
const MESSAGE: &[&str] = &["MESSAGE", "message", "msg"];
/// Microseconds since 1970: the sender's own time before the journal's.
const EPOCH: &[&str] = &["_SOURCE_REALTIME_TIMESTAMP", "__REALTIME_TIMESTAMP"];
const TIME: &[&str] = &["@timestamp", "timestamp", "timereported", "time"];

/// One JSON object on a line.
pub fn json(line: &str, place: Place, take: &mut dyn FnMut(Piece<'_>, Place)) {
    let Ok(Value::Object(object)) = serde_json::from_str::<Value>(line.trim_end().trim_end_matches(',')) else {
        return take(Piece::Unknown("no whole JSON object"), place);
    };
    let get = |keys: &[&str]| -> Cow<'_, str> { keys.iter().find_map(|key| text(&object, key)).unwrap_or(Cow::Borrowed("")) };
    record(&get, place, take);
}

/// A value as text; the journal writes what is not UTF-8 as a list of bytes.
fn text<'a>(object: &'a Map<String, Value>, key: &str) -> Option<Cow<'a, str>> {
    match object.get(key)? {
        Value::String(text) => Some(Cow::Borrowed(text)),
        Value::Number(number) => Some(Cow::Owned(number.to_string())),
        Value::Array(bytes) => {
            let bytes: Option<Vec<u8>> = bytes.iter().map(|byte| u8::try_from(byte.as_u64()?).ok()).collect();
            Some(Cow::Owned(String::from_utf8_lossy(&bytes?).into_owned()))
        }
        _ => None,
    }
}

fn record<'v>(get: &dyn Fn(&[&str]) -> Cow<'v, str>, place: Place, take: &mut dyn FnMut(Piece<'_>, Place)) {
    let (host, program, pid, message) = (get(HOST), get(PROGRAM), get(PID), get(MESSAGE));
    let Some(stamp) = moment(&get(EPOCH), &get(TIME)) else {
        return take(Piece::Unknown("a record of syslog without a time"), place);
    };
    if message.trim().is_empty() {
        return take(Piece::Frame, place);
    }
    let (name, inside) = program.trim_end_matches(':').split_once('[').unwrap_or((program.trim_end_matches(':'), ""));
    let pid = if pid.is_empty() { inside.trim_end_matches(']') } else { &pid };
    let message = message.trim();
    take(Piece::Entry(Entry { stamp, host: &host, program: name, pid: pid.parse().unwrap_or(0), message }), place);
}

fn moment(epoch: &str, time: &str) -> Option<Stamp> {
    match epoch.parse::<i64>() {
        Ok(micros) => Stamp::of_utc(micros / 1000).filter(|at| at.year.is_some_and(|year| (2000..2100).contains(&year))),
        Err(_) => stamp::iso(time).or_else(|_| stamp::traditional(time)).ok().map(|(_, stamp)| stamp),
    }
}

/// The record of an export that is being read.
#[derive(Default)]
pub struct Export {
    fields: Vec<(String, String)>,
    place: Option<Place>,
}

impl Export {
    /// A record has begun.
    pub fn is_open(&self) -> bool {
        self.place.is_some()
    }

    /// Whether a line belongs to a record: it begins one, or one is open.
    pub fn takes(&mut self, number: u32, line: &str) -> bool {
        let begins = ["__CURSOR=", "__REALTIME_TIMESTAMP="].iter().any(|key| line.starts_with(key));
        if self.place.is_none() && !begins {
            return false;
        }
        let place = self.place.get_or_insert(Place { line: number, lines: 0 });
        place.lines += 1;
        let field = line.split_once('=').filter(|(key, _)| [HOST, PROGRAM, PID, MESSAGE, EPOCH].iter().any(|keys| keys.contains(key)));
        self.fields.extend(field.map(|(key, value)| (key.to_owned(), value.to_owned())));
        true
    }

    /// Ends the open record.
    pub fn hand_on(&mut self, take: &mut dyn FnMut(Piece<'_>, Place)) {
        let Some(place) = self.place.take() else { return };
        let fields = std::mem::take(&mut self.fields);
        let find = |key: &&str| fields.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str());
        let get = |keys: &[&str]| -> Cow<'_, str> { Cow::Borrowed(keys.iter().find_map(find).unwrap_or("")) };
        record(&get, place, take);
    }
}
