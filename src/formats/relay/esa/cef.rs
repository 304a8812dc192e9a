//! Events in Common Event Format: `CEF:0|Cisco|PRODUCT|VERSION|CLASS|NAME|SEVERITY|key=value key=value`.

use std::borrow::Cow;

/// Vendor and class of the gateway's consolidated event.
const EVENT: (&str, &str) = ("Cisco", "ESA_CONSOLIDATED_LOG_EVENT");

/// An event: its line, what stands before it there, and its values.
pub struct Event<'a> {
    /// The whole line.
    pub line: &'a str,
    /// Head of syslog, or a time.
    pub head: &'a str,
    values: Vec<(&'a str, &'a str)>,
}

/// A line with a mark of CEF.
pub enum Line<'a> {
    /// The consolidated event of a gateway.
    Own(Event<'a>),
    /// An event of another class or product.
    Other,
    /// The line ends before its values, or its header is not whole.
    Cut,
}

/// Reads a line; `None` where it has no mark of CEF.
pub fn read(line: &str) -> Option<Line<'_>> {
    let at = line.find("CEF:").filter(|at| line[at + 4..].starts_with(|c: char| c.is_ascii_digit()))?;
    let (mut fields, mut from, mut escaped) = (Vec::new(), at, false);
    for (place, c) in line[at..].char_indices().map(|(place, c)| (at + place, c)) {
        if c == '|' && !escaped {
            fields.push(&line[from..place]);
            from = place + 1;
            if fields.len() == 7 {
                break;
            }
        }
        escaped = c == '\\' && !escaped;
    }
    let [_, vendor, _, _, class, ..] = fields[..] else { return Some(Line::Cut) };
    if (vendor, class) != EVENT {
        return Some(Line::Other);
    }
    let values = values(&line[from..]);
    let whole = fields.len() == 7 && values.iter().any(|(key, _)| *key == "ESAMID");
    Some(if whole { Line::Own(Event { line, head: line[..at].trim_end_matches([' ', ':']), values }) } else { Line::Cut })
}

impl<'a> Event<'a> {
    /// A value without quotes around it and without escapes; empty where there is none.
    pub fn get(&self, key: &str) -> Cow<'a, str> {
        let value = self.values.iter().find(|(name, _)| *name == key).map_or("", |(_, value)| *value);
        let bare = value.strip_prefix('\'').and_then(|value| value.strip_suffix('\'')).unwrap_or(value);
        if bare.contains('\\') {
            let plain = [("\\=", "="), ("\\|", "|"), ("\\n", " "), ("\\r", " "), ("\\\\", "\\")];
            Cow::Owned(plain.iter().fold(bare.to_owned(), |text, (escape, meant)| text.replace(escape, meant)))
        } else {
            Cow::Borrowed(bare)
        }
    }
}

/// Keys and values; a value runs up to the blank before the next key, and a `=` inside is escaped.
fn values(text: &str) -> Vec<(&str, &str)> {
    let begins = |at: usize| {
        let from = text[..at].rfind(' ').map_or(0, |blank| blank + 1);
        let key = &text[from..at];
        (!key.is_empty() && key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')).then_some((from, key, at + 1))
    };
    let keys: Vec<(usize, &str, usize)> = text.match_indices('=').filter_map(|(at, _)| begins(at)).collect();
    let end = |at: usize| keys.get(at + 1).map_or(text.len(), |(next, ..)| *next);
    keys.iter().enumerate().map(|(at, (_, key, from))| (*key, text.get(*from..end(at)).unwrap_or("").trim())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_hold_blanks_and_escapes() {
        let line = "Mar 10 08:00:03 esa1: CEF:0|Cisco|C100V \\| x|13.0.0-283|ESA_CONSOLIDATED_LOG_EVENT|Consolidated Log Event|5|ESAMID=9101 endTime=Tue Mar 10 08:00:03 2026 cs4Label=ExternalMsgID cs4='<a@b>' msg='Rate\\=5 \\\\ x' ESASPFVerdict={'mailfrom': {'result': 'None'}}";
        let Some(Line::Own(event)) = read(line) else { panic!("an event") };
        let keys = ["ESAMID", "endTime", "cs4", "msg", "ESASPFVerdict", "duser"];
        let want = ["9101", "Tue Mar 10 08:00:03 2026", "<a@b>", "Rate=5 \\ x", "{'mailfrom': {'result': 'None'}}", ""];
        assert_eq!((event.head, keys.map(|key| event.get(key).into_owned())), ("Mar 10 08:00:03 esa1", want.map(str::to_owned)));
        assert!(matches!(read("CEF:0|Other|x|1|2|3|4|a=b"), Some(Line::Other)));
        assert!(matches!(read("CEF:0|Cisco|C100V|13|ESA_CONSOLIDATED_LOG_EVENT|Conso"), Some(Line::Cut)));
        assert!(read("no event").is_none());
    }
}
