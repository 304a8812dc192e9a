//! Rows of SAP's tables that are no mail by themselves and complete the rows of others (sost.md section 2).

use super::{SapFacts, Sym};

/// Row of SOOS, which document went to whom: what a request would know, without its status.
#[derive(Clone, Debug)]
pub struct SendProcess {
    /// Index of the source.
    pub source: u32,
    /// Key, document, GUID, user and time of the request.
    pub facts: SapFacts,
}

/// A text by the number it is found under: SOOD (title by OBJTP+OBJYR+OBJNO) or ADR6 (mail address by ADDRNUMBER).
#[derive(Clone, Debug)]
pub struct Named {
    /// Index of the source.
    pub source: u32,
    /// System id, mostly unknown.
    pub system: Sym,
    /// Client.
    pub client: Sym,
    /// The number.
    pub number: Sym,
    /// The text.
    pub text: Sym,
    /// It fills its column and may go on.
    pub cut: bool,
}

/// Row of T100: the text of a message in one language.
#[derive(Clone, Debug)]
pub struct MessageText {
    /// Index of the source.
    pub source: u32,
    /// Language as written, `DE` or `D`.
    pub language: Sym,
    /// Class and number, `XS806`.
    pub message: Sym,
    /// Text with placeholders.
    pub text: Sym,
}

/// The tables of a run.
#[derive(Debug, Default)]
pub struct Tables {
    /// SOOS.
    pub processes: Vec<SendProcess>,
    /// SOOD.
    pub titles: Vec<Named>,
    /// ADR6.
    pub addresses: Vec<Named>,
    /// T100.
    pub texts: Vec<MessageText>,
    /// Sources whose dates fit two orders of day and month; they were read month first.
    pub either_order: Vec<u32>,
}
