//! Ids under which the next server says that it has taken a mail (relay.md sections 1.1 to 1.3).

use aho_corasick::{AhoCorasick, Match};
use std::sync::LazyLock;

/// `Ok: queued as 4jYGcw19Y5z1V71L` (Postfix and those that copy it), `OK id=1xVa3D-000021-2m` (Exim),
/// `2.0.0 6ANJsEMG000145 Message accepted for delivery` (sendmail). Of several, as behind a content filter, the last.
#[must_use]
pub fn next_queue_id(reply: &str) -> Option<&str> {
    let found: Vec<Match> = MARKS.as_ref()?.find_iter(reply).collect();
    let marked = |mark: &Match| mark.pattern().as_usize() < SESSION;
    if let Some(last) = found.iter().rfind(|mark| marked(mark)) {
        return word(&reply[last.end()..]);
    }
    let first = |pattern: usize| found.iter().find(|mark| mark.pattern().as_usize() == pattern);
    if let Some(session) = first(SESSION) {
        return word(&reply[session.end()..]);
    }
    word(reply[..first(ACCEPTED)?.start()].rsplit(' ').next()?)
}

/// What stands before an id, or behind it.
static MARKS: LazyLock<Option<AhoCorasick>> =
    LazyLock::new(|| AhoCorasick::new(["queued as ", " OK id=", " Ok id=", "2.5.0 OK (", " Message accepted for delivery"]).ok());
/// Proxmox's filter names its session (relay.md section 1.7).
const SESSION: usize = 3;
/// See [`MARKS`].
const ACCEPTED: usize = 4;

/// Letters, digits and hyphens; an id has a digit.
fn word(text: &str) -> Option<&str> {
    let end = text.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))).unwrap_or(text.len());
    let id = &text[..end];
    (id.len() >= 5 && id.bytes().any(|b| b.is_ascii_digit())).then_some(id)
}

#[cfg(test)]
mod tests {
    #[test]
    fn ids_in_replies() {
        let rows = [
            ("250 2.0.0 Ok: queued as 4jYGcw19Y5z1V71L", Some("4jYGcw19Y5z1V71L")),
            ("250 2.0.0 from MTA(smtp:[127.0.0.1]:10025): 250 2.0.0 Ok: queued as 71111424269E)", Some("71111424269E")),
            ("250 OK id=1xVa3D-000021-2m", Some("1xVa3D-000021-2m")),
            ("250 2.0.0 6ANJsEMG000145 Message accepted for delivery", Some("6ANJsEMG000145")),
            ("250 2.6.0 <a@contoso.example> [InternalId=1, Hostname=A] Queued mail for delivery", None),
            ("250 2.5.0 OK (2C225C6817C7EEE1481)", Some("2C225C6817C7EEE1481")),
            ("250 2.0.0 queued as spam", None),
            ("250 Message accepted for delivery", None),
            ("", None),
        ];
        for (reply, want) in rows {
            assert_eq!(super::next_queue_id(reply), want, "{reply}");
        }
    }
}
