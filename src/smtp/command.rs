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
    /// `DATA` or `BDAT`.
    Data,
    /// `RSET`.
    Reset,
    /// `QUIT`.
    Quit,
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
            Self::Data => "data",
            Self::Reset => "rset",
            Self::Quit => "quit",
        }
    }
}

/// Reads a command at the start of a text.
#[must_use]
pub fn command(text: &str) -> Option<Command<'_>> {
    let text = text.trim();
    let (verb, rest) = text.split_once([' ', '\t']).unwrap_or((text, ""));
    let alone = rest.trim().is_empty();
    match verb.to_ascii_uppercase().as_str() {
        "EHLO" | "HELO" => Some(Command::Hello(rest.split_whitespace().next().unwrap_or(""))),
        "STARTTLS" if alone => Some(Command::StartTls),
        "AUTH" => Some(Command::Auth(rest.split_whitespace().next()?)),
        "MAIL" => Some(Command::Mail(path_address(strip_word(rest, "FROM:")?))),
        "RCPT" => Some(Command::Rcpt(path_address(strip_word(rest, "TO:")?))),
        "DATA" if alone => Some(Command::Data),
        "BDAT" => Some(Command::Data),
        "RSET" if alone => Some(Command::Reset),
        "QUIT" if alone => Some(Command::Quit),
        _ => None,
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
        assert_eq!(command("DATABASE opened"), None);
        assert_eq!(command("DATA block"), None);
    }
}
