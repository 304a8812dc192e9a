//! Lines that begin a dialogue where no connection line did.

use super::mark::{self, Content};
use crate::formats::session::is_acceptance;
use crate::smtp::Command;

/// A greeting, whatever its mark.
pub fn greets(text: &str) -> bool {
    matches!(mark::split(text), Some(found) if matches!(&found.content, Content::Reply(reply) if reply.code == Some(220)))
}

/// Whether a line can begin a dialogue where no connection line did: a greeting, an envelope, or a recipient, a
/// refusal or an acceptance behind a mark. Without a mark a greeting names a host.
pub fn opens(text: &str) -> bool {
    let Some(found) = mark::split(text) else { return false };
    match &found.content {
        Content::Reply(reply) => {
            let refused = reply.code.is_some_and(|code| code >= 400);
            let host = reply.text.split_whitespace().next().is_some_and(|word| word.contains('.') && word.contains(char::is_alphabetic));
            match reply.code {
                Some(220) => host || !found.mark.is_empty(),
                Some(250) => is_acceptance(reply) && !found.mark.is_empty(),
                _ => refused && !found.mark.is_empty() && (reply.enhanced.is_some() || found.names_smtp()),
            }
        }
        Content::Command(Command::Mail(_)) => found.said.contains('<'),
        // Alone it may be quoted in the body of a mail whose beginning is not in sight.
        Content::Command(Command::Rcpt(_)) => found.said.contains('<') && !found.mark.is_empty(),
        Content::Command(Command::Hello(_)) => {
            found.said.split_whitespace().count() == 2 && found.said.starts_with(|c: char| c.is_ascii_uppercase())
        }
        Content::Command(_) => found.names_smtp(),
    }
}
