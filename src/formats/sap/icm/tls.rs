//! What a trace tells about a handshake above the line that says it failed (icm.md 3.2).

use super::codes;

/// Details of a handshake, of one thread.
#[derive(Clone, Debug, Default)]
pub struct Handshake {
    /// Physical lines, ascending.
    pub lines: Vec<u32>,
    /// Stamp above the last of them.
    pub stamp: Option<usize>,
    alert: Option<(u16, &'static str)>,
    versions: Option<String>,
    pse: Option<String>,
    peer: Option<String>,
    state: Option<String>,
}

/// A block of details is short; more lines say nothing new.
const MOST_LINES: usize = 16;

impl Handshake {
    /// Takes a line that tells something of a handshake.
    pub fn take(&mut self, numbers: &[u32], stamp: Option<usize>, text: &str) -> bool {
        let quoted = |text: &str| text.split('"').nth(1).map(str::to_owned);
        if let Some(alert) = codes::alert(text) {
            self.alert = Some(alert);
        } else if let Some((_, flags)) = text.split_once(" pvflags=") {
            self.versions = flags.split_once('(').and_then(|(_, list)| list.split(')').next()).map(str::to_owned);
        } else if text.contains("SSL session PSE \"") || text.contains("session uses PSE file \"") {
            self.pse = quoted(text).map(|path| path.rsplit(['/', '\\', '.']).nth(1).unwrap_or("").to_owned());
        } else if text.contains("SSL NI-hdl ") && text.contains(" peer=") {
            self.peer = text.split_once(" peer=").and_then(|(_, peer)| peer.split_whitespace().next()).map(str::to_owned);
        } else if text.contains("SSL_get_state()==") {
            self.state = quoted(text);
        } else {
            return false;
        }
        if self.lines.len() < MOST_LINES {
            self.lines.extend(numbers);
        }
        self.stamp = stamp;
        true
    }

    /// The details as words behind the failure.
    pub fn told(&self) -> String {
        let mut out = String::new();
        let mut add = |what: &str, value: &str| {
            out.push_str("; ");
            out.push_str(what);
            out.push_str(value);
        };
        if let Some((number, name)) = self.alert {
            add("fatal TLS alert ", &format!("{number} ({name})"));
        }
        if let Some(versions) = &self.versions {
            add("offered ", versions);
            if !versions.contains("TLSv1.2") && !versions.contains("TLSv1.3") {
                add("SAP offers no TLS 1.2", "");
            }
        }
        let rest = [("PSE ", &self.pse), ("peer ", &self.peer), ("state ", &self.state)];
        for (what, value) in rest {
            if let Some(value) = value.as_deref().filter(|value| !value.is_empty()) {
                add(what, value);
            }
        }
        out
    }
}
