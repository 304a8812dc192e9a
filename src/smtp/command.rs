//! SMTP commands (RFC 5321 section 4.1, RFC 4954 AUTH, RFC 3207 STARTTLS).

use super::address::path_address;

/// A command of the client. Credentials behind `AUTH` are never kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command<'a> {
    /// `EHLO` or `HELO` with the client's name.
    Hello(&'a str),
    /// `STARTTLS`.
    StartTls,
    /// `AUTH` with the mechanism alone.
    Auth(&'a str),
    /// `MAIL FROM:<path>`; empty for the null sender.
    Mail(&'a str),
    /// `RCPT TO:<path>`.
    Rcpt(&'a str),
    /// `DATA`.
    Data,
    /// `BDAT` (RFC 3030), true for the last chunk.
    Chunk(bool),
    /// `RSET`.
    Reset,
    /// `QUIT`.
    Quit,
    /// `NOOP`, `HELP`, `VRFY`, `EXPN`: answered, but without effect on a mail.
    Other,
}

impl Command<'_> {
    /// Name of the stage, as the rules write it.
    #[must_use]
    pub fn stage(&self) -> &'static str {
        match self {
            Self::Hello(_) => "ehlo",
            Self::StartTls => "starttls",
            Self::Auth(_) => "auth",
            Self::Mail(_) => "mail",
            Self::Rcpt(_) => "rcpt",
            Self::Data | Self::Chunk(_) => "data",
            Self::Reset => "rset",
            Self::Quit => "quit",
            Self::Other => "other",
        }
    }
}

/// What a command begins with.
const VERBS: &[&str] =
    &["EHLO", "HELO", "STARTTLS", "AUTH", "MAIL", "RCPT", "DATA", "BDAT", "RSET", "QUIT", "NOOP", "HELP", "VRFY", "EXPN"];

/// Mechanisms of RFC 4422's registry that mail servers offer; any other word behind `AUTH` is prose.
const MECHANISMS: &[&str] =
    &["PLAIN", "LOGIN", "XOAUTH2", "NTLM", "GSSAPI", "EXTERNAL", "CRAM-MD5", "DIGEST-MD5", "OAUTHBEARER", "GSS-SPNEGO"];

/// Whether a word names a mechanism of SMTP AUTH.
#[must_use]
pub fn is_mechanism(word: &str) -> bool {
    MECHANISMS.iter().any(|name| word.eq_ignore_ascii_case(name)) || word.get(..6).is_some_and(|head| head.eq_ignore_ascii_case("SCRAM-"))
}

/// Reads a command at the start of a text.
#[must_use]
pub fn command(text: &str) -> Option<Command<'_>> {
    let text = text.trim();
    let (verb, rest) = text.split_once([' ', '\t']).unwrap_or((text, ""));
    let verb = VERBS.iter().find(|known| verb.eq_ignore_ascii_case(known))?;
    let alone = rest.trim().is_empty();
    match *verb {
        "EHLO" | "HELO" => Some(Command::Hello(rest.split_whitespace().next().unwrap_or(""))),
        "STARTTLS" if alone => Some(Command::StartTls),
        "AUTH" => rest.split_whitespace().next().filter(|word| is_mechanism(word)).map(Command::Auth),
        "MAIL" => Some(Command::Mail(path_address(strip_word(rest, "FROM:")?))),
        "RCPT" => Some(Command::Rcpt(path_address(strip_word(rest, "TO:")?))),
        "DATA" if alone => Some(Command::Data),
        "BDAT" => chunk(rest),
        "RSET" if alone => Some(Command::Reset),
        "QUIT" if alone => Some(Command::Quit),
        "NOOP" | "HELP" if alone => Some(Command::Other),
        "VRFY" | "EXPN" if !alone => Some(Command::Other),
        _ => None,
    }
}

/// `BDAT 86 LAST`
fn chunk(rest: &str) -> Option<Command<'_>> {
    let mut words = rest.split_whitespace();
    words.next()?.parse::<u64>().ok()?;
    match words.next() {
        None => Some(Command::Chunk(false)),
        Some(word) => word.eq_ignore_ascii_case("LAST").then_some(Command::Chunk(true)),
    }
}

fn strip_word<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    let text = text.trim_start();
    let head = text.get(..word.len())?;
    head.eq_ignore_ascii_case(word).then(|| &text[word.len()..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_commands_and_drops_credentials() {
        assert_eq!(command("MAIL FROM:<a@contoso.example> SIZE=10"), Some(Command::Mail("a@contoso.example")));
        assert_eq!(command("rcpt to: <b@fabrikam.example>"), Some(Command::Rcpt("b@fabrikam.example")));
        assert_eq!(command("AUTH PLAIN c2VjcmV0"), Some(Command::Auth("PLAIN")));
        assert_eq!(command("AUTH SCRAM-SHA-256"), Some(Command::Auth("SCRAM-SHA-256")));
        assert_eq!(command("Auth info: none needed"), None);
        assert_eq!(command("BDAT 100"), Some(Command::Chunk(false)));
        assert_eq!(command("BDAT 20 LAST"), Some(Command::Chunk(true)));
        assert_eq!(command("bdat of the day"), None);
        assert_eq!(command("DATABASE opened"), None);
        assert_eq!(command("DATA block"), None);
    }
}
