//! The mail that is under way in a session.

/// Sender and recipients that the server has taken so far.
#[derive(Clone, Debug, Default)]
pub struct Transaction {
    /// Envelope sender.
    pub sender: String,
    /// Size announced with MAIL FROM.
    pub size: u32,
    /// Recipients that were accepted.
    pub recipients: Vec<String>,
}

/// `SIZE=180048` of MAIL FROM (RFC 1870).
pub fn announced_size(text: &str) -> u32 {
    let upper = text.to_ascii_uppercase();
    let digits = upper.split_once("SIZE=").map_or("", |(_, behind)| behind.split(|c: char| !c.is_ascii_digit()).next().unwrap_or(""));
    digits.parse().unwrap_or(0)
}
