//! Ids under which the next server says that it has taken a mail (relay.md sections 1.1 to 1.3).

use memchr::memmem::Finder;
use std::sync::LazyLock;

/// `Ok: queued as 4jYGcw19Y5z1V71L` (Postfix and those that copy it), `OK id=1xVa3D-000021-2m` (Exim),
/// `2.0.0 6ANJsEMG000145 Message accepted for delivery` (sendmail). Of several, as behind a content filter, the last.
#[must_use]
pub fn next_queue_id(reply: &str) -> Option<&str> {
    let text = reply.as_bytes();
    let last = |mark: &Finder<'static>| Some(mark.find_iter(text).last()? + mark.needle().len());
    if let Some(behind) = BEFORE.iter().filter_map(last).max() {
        return word(&reply[behind..]);
    }
    if let Some(session) = SESSION.find(text) {
        return word(&reply[session + SESSION.needle().len()..]);
    }
    word(reply[..ACCEPTED.find(text)?].rsplit(' ').next()?)
}

/// What stands before an id.
static BEFORE: LazyLock<[Finder<'static>; 3]> = LazyLock::new(|| ["queued as ", " OK id=", " Ok id="].map(Finder::new));
/// Proxmox's filter names its session (relay.md section 1.7).
static SESSION: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("2.5.0 OK ("));
/// Sendmail's words stand behind it.
static ACCEPTED: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(" Message accepted for delivery"));

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
