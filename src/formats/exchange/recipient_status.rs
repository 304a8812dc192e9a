//! The column `recipient_status`: `addr##Receive, Deliver;addr##Receive, Fail` (exchange.md section 1).

use crate::evidence::TraceStatus;
use nom::branch::alt;
use nom::bytes::complete::{take_till1, take_until};
use nom::character::complete::char;
use nom::combinator::recognize;
use nom::multi::many1_count;
use nom::sequence::delimited;
use nom::{IResult, Parser};

/// One recipient with its events as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item<'a> {
    /// Address, which real data quotes now and then.
    pub address: &'a str,
    /// Events in order of the file, as written.
    events: &'a str,
}

impl Item<'_> {
    /// What its events come to.
    pub fn status(&self) -> TraceStatus {
        status(self.events)
    }
}

fn quoted(input: &str) -> IResult<&str, &str> {
    recognize(delimited(char('"'), take_until("\""), char('"'))).parse(input)
}

/// Everything up to a semicolon outside quotes; a lone quote is an ordinary character.
fn part(input: &str) -> IResult<&str, &str> {
    recognize(many1_count(alt((quoted, take_till1(|c| matches!(c, ';' | '"')), recognize(char('"')))))).parse(input)
}

fn item(whole: &str) -> Option<Item<'_>> {
    let at = whole.as_bytes().windows(2).rposition(|two| two == b"##")?;
    Some(Item { address: whole[..at].trim(), events: &whole[at + 2..] })
}

/// Splits the column. `None` when no part has `##`; an address without beside others that have it is a recipient of whom
/// nothing is told.
pub fn items(text: &str) -> Option<Vec<Item<'_>>> {
    if memchr::memchr2(b';', b'"', text.as_bytes()).is_none() {
        return if text.trim().is_empty() { Some(Vec::new()) } else { item(text).map(|item| vec![item]) };
    }
    let (mut rest, mut out, mut told) = (text, Vec::new(), false);
    while !rest.trim().is_empty() {
        let (behind, whole) = part(rest).ok()?;
        let found = item(whole);
        told |= found.is_some();
        let bare = || whole.contains('@').then(|| Item { address: whole.trim(), events: "" });
        out.push(found.or_else(bare)?);
        rest = behind.strip_prefix(';').unwrap_or(behind);
    }
    (told || out.is_empty()).then_some(out)
}

/// Events and what each comes to, the furthest first.
const EVENTS: &[(&[&str], TraceStatus)] = &[
    (&["Deliver", "Delivered"], TraceStatus::Delivered),
    (&["Expand", "Expanded"], TraceStatus::Expanded),
    (&["Resolve", "Resolved", "Redirect"], TraceStatus::Resolved),
    (&["Send", "SendExternal"], TraceStatus::Sent),
    (&["Quarantine", "Quarantined"], TraceStatus::Quarantined),
    (&["FilteredAsSpam"], TraceStatus::FilteredAsSpam),
    (&["Fail", "Failed", "Drop"], TraceStatus::Failed),
    (&["Defer", "Pending"], TraceStatus::Pending),
];

/// What a set of events comes to. The order in the file is not that of time, so the furthest one counts. A group or an
/// alias ends with a failure of its own that says only that others took its place; a mail sent on that failed later
/// came back (exchange.md sections 1.1 and 1.4).
fn status(events: &str) -> TraceStatus {
    let one_of = |words: &[&str], event: &str| words.iter().any(|word| event.eq_ignore_ascii_case(word));
    let (mut seen, mut failed) = ([false; EVENTS.len()], false);
    for event in events.split(',').map(str::trim) {
        failed |= one_of(&["Fail", "Failed"], event);
        if let Some(at) = EVENTS.iter().position(|(words, _)| one_of(words, event)) {
            seen[at] = true;
        }
    }
    let counts = |(seen, (_, status)): &(bool, &(&[&str], TraceStatus))| *seen && (*status != TraceStatus::Sent || !failed);
    seen.into_iter().zip(EVENTS).find(counts).map_or(TraceStatus::GettingStatus, |(_, (_, status))| *status)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quoted_addresses_and_several_recipients() {
        let text = "a@contoso.example##Receive, Deliver;\"B;C<b\"@fabrikam.example##Receive, Fail";
        let got: Vec<(&str, TraceStatus)> = items(text).unwrap().iter().map(|item| (item.address, item.status())).collect();
        assert_eq!(got, [("a@contoso.example", TraceStatus::Delivered), ("\"B;C<b\"@fabrikam.example", TraceStatus::Failed)]);
        assert_eq!(items("no events"), None);
        assert_eq!(items("a@x.example;b@x.example"), None);
        assert_eq!(items("a@x.example##Receive; Deliver"), None);
        let some: Vec<TraceStatus> = items("a@x.example##Receive, Send;b@x.example").unwrap().iter().map(Item::status).collect();
        assert_eq!(some, [TraceStatus::Sent, TraceStatus::GettingStatus]);
        assert_eq!(status("Receive"), TraceStatus::GettingStatus);
        assert_eq!(status("Receive, Defer"), TraceStatus::Pending);
        assert_eq!(status("Receive, Expand, Fail"), TraceStatus::Expanded);
        assert_eq!(status("Receive, Resolve, Deliver"), TraceStatus::Delivered);
        assert_eq!(status("Receive, Send, Fail"), TraceStatus::Failed);
        assert_eq!(items("\"lonely@x.example##Receive").unwrap().len(), 1);
    }
}
