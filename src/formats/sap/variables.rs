//! Message variables: the server's words, the server and the recipient (sost.md section 3.3).

use super::columns::Column as C;
use super::sheet::{Sheet, Value};
use super::status::{self, Status};
use crate::evidence::SapState;
use crate::smtp::find_reply;

/// Length of a message variable.
pub const VARIABLE: usize = 50;

/// The server's words and whether they are cut: the first reply in the joined variables V4 and V3, in V2, V1 or the
/// text; else the joined variables; else, of a failed mail, whatever words there are.
pub fn reply(sheet: &Sheet<'_>, row: &[&str], status: &Status) -> (String, bool) {
    let (joined, joined_cut) = joined(sheet, row, status.message == "XS899");
    let single = |at| sheet.values(row, C::Variable(at)).next().unwrap_or_default();
    let text = text(sheet, row);
    if find_reply(&joined).is_none() {
        let found = [single(2), single(1), text].into_iter().find_map(|value| Some((find_reply(value.text)?.whole, value.cut)));
        if let Some((reply, cut)) = found {
            return (reply.to_owned(), cut);
        }
    }
    let failed = matches!(status.state, SapState::Error | SapState::Retry);
    if !joined.is_empty() || !failed {
        return (joined, joined_cut);
    }
    if !text.text.is_empty() {
        return (text.text.to_owned(), text.cut);
    }
    let words = [single(1), single(2)].map(|value| value.text).into_iter().filter(|text| !text.is_empty() && !is_address(text));
    (words.collect::<Vec<_>>().join(" "), false)
}

fn is_address(text: &str) -> bool {
    text.contains('@') && !text.contains(char::is_whitespace)
}

/// V4 then V3, for XS 899 V3 then V4. A full variable goes on in the next one, even with a blank; a blank at the seam
/// of one that is not full is lost. One that is shown narrower than it is goes on nowhere.
fn joined(sheet: &Sheet<'_>, row: &[&str], reversed: bool) -> (String, bool) {
    let (first, second) = if reversed { (C::Variable(3), C::Variable(4)) } else { (C::Variable(4), C::Variable(3)) };
    let ((head, width), (tail, tail_width)) = (sheet.raw(row, first), sheet.raw(row, second));
    let narrow = |text: &str, width: Option<usize>| width.is_some_and(|width| width < VARIABLE && text.chars().count() >= width);
    let length = |text: &str| text.chars().count();
    if head.trim().is_empty() {
        return (tail.trim().to_owned(), narrow(tail, tail_width));
    }
    if narrow(head, width) || tail.trim().is_empty() {
        let goes_on = length(head) >= VARIABLE && !sheet.has(second);
        return (head.trim().to_owned(), narrow(head, width) || goes_on);
    }
    let cut = narrow(tail, tail_width) || (length(head) >= VARIABLE - 1 && length(tail) >= VARIABLE - 1);
    let whole = if length(head) < VARIABLE { format!("{head} {}", tail.trim_start()) } else { format!("{head}{tail}") };
    (whole.trim().to_owned(), cut)
}

/// The rendered message; a `Message` column that names no message holds it too, or behind the message's name.
pub fn text<'a>(sheet: &Sheet<'a>, row: &[&'a str]) -> Value<'a> {
    let behind = |value: Value<'a>| Value { text: status::headed(value.text).map_or(value.text, |(.., text)| text), ..value };
    let message = || sheet.values(row, C::Message).find(|value| status::reference(value.text).is_none()).map(behind);
    sheet.values(row, C::Text).next().or_else(message).unwrap_or_default()
}

/// The preferred address of the list, or a longer form of it in another column, or in V1 where the list has cut it.
pub fn recipient<'a>(sheet: &Sheet<'a>, row: &[&'a str]) -> Value<'a> {
    let (v1, width) = sheet.raw(row, C::Variable(1));
    let v1 = Value { text: v1.trim(), cut: v1.chars().count() >= width.unwrap_or(VARIABLE).min(VARIABLE) };
    let extends = |long: &str, short: &str| long.len() > short.len() && long.to_lowercase().starts_with(&short.to_lowercase());
    let longest = |known: Value<'a>, other: Value<'a>| if extends(other.text, known.text) { other } else { known };
    match sheet.values(row, C::Recipient).reduce(longest) {
        Some(address) if address.cut => longest(address, v1),
        Some(address) => address,
        None if v1.text.contains('@') => v1,
        None => Value::default(),
    }
}

/// `host:port`, or a host alone; a short name needs its port to be one, an IPv6 address its brackets.
pub fn host_port(text: &str) -> (&str, u16) {
    if text.contains(|c: char| c.is_whitespace() || c == '@') {
        return ("", 0);
    }
    let port = |digits: &str| digits.parse::<u16>().ok().filter(|port| *port > 0);
    if let Some((address, behind)) = text.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        return if address.contains(':') { (address, behind.strip_prefix(':').and_then(port).unwrap_or(0)) } else { ("", 0) };
    }
    match text.rsplit_once(':').map(|(host, digits)| (host, port(digits))) {
        Some((host, Some(port))) if !host.is_empty() && !host.contains(':') => (host, port),
        None if text.contains('.') => (text, 0),
        _ => ("", 0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DENIED: &str = "550 5.7.64 TenantAttribution; Relay Access Denied";
    const FULL: &str = "550 5.7.64 TenantAttribution because of that Relay";

    fn read(variables: [&str; 4], widths: Option<[usize; 4]>, number: &str) -> (String, bool) {
        let mut sheet = Sheet::new(
            1,
            vec!["MSGV1", "MSGV2", "MSGV3", "MSGV4"],
            widths.map_or(Vec::new(), Vec::from),
            &super::super::headers::Headers::default(),
        );
        sheet.rows.push((2, variables.to_vec()));
        sheet.settle();
        reply(&sheet, &variables, &status::interpret(&status::Cells { number, ..status::Cells::default() }))
    }

    #[test]
    fn the_reply_is_found_in_any_variable() {
        assert_eq!(FULL.len(), VARIABLE);
        let whole = format!("{FULL} Access Denied SMTP");
        let rows: [([&str; 4], &str, &str); 11] = [
            (["a@fabrikam.example", "", "", DENIED], "806", DENIED),
            (["a@fabrikam.example", "", DENIED, ""], "806", DENIED),
            (["a@fabrikam.example", DENIED, "", ""], "806", DENIED),
            ([DENIED, "", "", ""], "806", DENIED),
            (["", "", " Access Denied SMTP", FULL], "806", &whole),
            (["", "", FULL, " Access Denied SMTP"], "899", &whole),
            (["", "mail.fabrikam.example:25", "refused by peer", "connection"], "816", "connection refused by peer"),
            (["SMTP", "mailrelay:25", "", ""], "816", "SMTP mailrelay:25"),
            (["SMTP", "mailrelay:25", "", ""], "718", ""),
            (["a@fabrikam.example", "no such user", "", ""], "806", "no such user"),
            (["a@fabrikam.example", "", "", ""], "806", ""),
        ];
        for (variables, number, want) in rows {
            assert_eq!(read(variables, None, number), (want.to_owned(), false), "{variables:?} {number}");
        }
    }

    #[test]
    fn a_narrow_variable_goes_on_nowhere() {
        let narrow = &FULL[..30];
        let rows: [([&str; 4], [usize; 4], &str, bool); 4] = [
            (["", "", " Access Denied", narrow], [10, 10, 24, 30], narrow, true),
            (["", "", "", narrow], [10, 10, 24, 30], narrow, true),
            (["", "", "", narrow], [50; 4], narrow, false),
            (["", "", " Access", FULL], [50, 50, 7, 50], "550 5.7.64 TenantAttribution because of that Relay Access", true),
        ];
        for (variables, widths, want, cut) in rows {
            assert_eq!(read(variables, Some(widths), "806"), (want.to_owned(), cut), "{widths:?}");
        }
    }

    #[test]
    fn hosts() {
        let rows = [
            ("mail.fabrikam.example:25", "mail.fabrikam.example", 25),
            ("mail.fabrikam.example", "mail.fabrikam.example", 0),
            ("192.0.2.3:587", "192.0.2.3", 587),
            ("mailrelay:25", "mailrelay", 25),
            ("[2001:db8::1]:25", "2001:db8::1", 25),
            ("[2001:db8::1]", "2001:db8::1", 0),
            ("a@fabrikam.example", "", 0),
            ("mailrelay", "", 0),
            ("550 5.1.1 unknown", "", 0),
            (":25", "", 0),
            ("", "", 0),
        ];
        for (text, host, port) in rows {
            assert_eq!(host_port(text), (host, port), "{text}");
        }
    }
}
