//! Status of a send request: the number first, then letters and words, an icon only where nothing else tells
//! (sost.md sections 3.1 and 7).

use super::icon;
use crate::evidence::SapState;

/// Cells that tell the status, empty where the export has none.
#[derive(Clone, Copy, Debug, Default)]
pub struct Cells<'a> {
    pub status: &'a str,
    pub icon: &'a str,
    pub kind: &'a str,
    pub class: &'a str,
    pub number: &'a str,
    pub message: &'a str,
}

/// Interpreted status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// State.
    pub state: SapState,
    /// Class and number, `XS806`; empty when the export tells none.
    pub message: String,
}

/// Phrases of status cells, before single words: headings of SAP's data elements (sost.md sections 1.1, 1.2, 3.2 and
/// 5.2); German, French, Spanish and Portuguese ones and the negations in them are unverified.
const PHRASES: &[(&str, SapState)] = &[
    ("no entry in queue", SapState::NoQueueEntry),
    ("kein eintrag in der queue", SapState::NoQueueEntry),
    ("waiting for retry", SapState::Retry),
    ("wartend auf wiederholung", SapState::Retry),
    ("waiting for direct send", SapState::Direct),
    ("wartend auf direktversand", SapState::Direct),
    ("send in future", SapState::Future),
    ("dispatch time not yet reached", SapState::Future),
    ("in processing", SapState::Active),
    ("not yet sent", SapState::Waiting),
    ("not yet transmitted", SapState::Waiting),
    ("noch nicht gesendet", SapState::Waiting),
    ("noch nicht übermittelt", SapState::Waiting),
    ("could not be sent", SapState::Error),
    ("cannot be sent", SapState::Error),
    ("not sent", SapState::Error),
    ("nicht gesendet", SapState::Error),
    ("in transit", SapState::Sent),
    ("nouvelle tentative", SapState::Retry),
    ("nouvel essai", SapState::Retry),
    ("reintento", SapState::Retry),
    ("nova tentativa", SapState::Retry),
    ("pas encore envoyé", SapState::Waiting),
    ("aún no enviado", SapState::Waiting),
    ("todavía no enviado", SapState::Waiting),
    ("ainda não enviado", SapState::Waiting),
    ("non envoyé", SapState::Error),
    ("no enviado", SapState::Error),
    ("não enviado", SapState::Error),
];

/// Single words, the worse news first.
const WORDS: &[(&str, SapState)] = &[
    ("waiting", SapState::Waiting),
    ("wartend", SapState::Waiting),
    ("error", SapState::Error),
    ("errors", SapState::Error),
    ("fehler", SapState::Error),
    ("fehlerhaft", SapState::Error),
    ("transmitted", SapState::Transmitted),
    ("completed", SapState::Transmitted),
    ("übermittelt", SapState::Transmitted),
    ("sent", SapState::Sent),
    ("gesendet", SapState::Sent),
    ("attente", SapState::Waiting),
    ("espera", SapState::Waiting),
    ("pendiente", SapState::Waiting),
    ("pendente", SapState::Waiting),
    ("aguardando", SapState::Waiting),
    ("erreur", SapState::Error),
    ("erreurs", SapState::Error),
    ("erroné", SapState::Error),
    ("erronée", SapState::Error),
    ("échec", SapState::Error),
    ("erróneo", SapState::Error),
    ("errónea", SapState::Error),
    ("incorrecto", SapState::Error),
    ("fallido", SapState::Error),
    ("falha", SapState::Error),
    ("falhas", SapState::Error),
    ("errores", SapState::Error),
    ("erro", SapState::Error),
    ("erros", SapState::Error),
    ("transmis", SapState::Transmitted),
    ("transmitido", SapState::Transmitted),
    ("envoyé", SapState::Sent),
    ("enviado", SapState::Sent),
];

/// Words that turn the meaning of the others.
const NEGATIONS: &[&str] = &[
    "no", "not", "non", "none", "never", "without", "cannot", "nicht", "kein", "keine", "nie", "ohne", "pas", "sans", "sin", "não", "sem",
];

/// Reads the status cells. The type letter `E` or `A` is an error whatever words stand beside it; `S`, `I` and `W` are
/// heard only where neither status nor words tell (a waiting request may carry type `S`).
pub fn interpret(cells: &Cells<'_>) -> Status {
    let (class, number) = message(cells);
    let kind = by_letter(cells.kind);
    let state = number
        .and_then(|number| by_number(&class, number))
        .or_else(|| by_letter(cells.status))
        .or_else(|| kind.filter(|state| *state == SapState::Error))
        .or_else(|| by_words(cells.status))
        .or_else(|| by_words(cells.icon))
        .or(kind)
        .or_else(|| by_icon(cells.status))
        .or_else(|| by_icon(cells.icon))
        .unwrap_or(SapState::Unknown);
    let message = number.map_or_else(String::new, |number| format!("{class}{number:03}"));
    Status { state, message }
}

/// Class and number. Without a class, 672 and 73 are those of `SAPoffice`, the rest of `SAPconnect`.
fn message(cells: &Cells<'_>) -> (String, Option<u16>) {
    let told = [cells.number, cells.status, cells.message];
    let whole = told.into_iter().find_map(reference);
    let Some((told, number)) = whole.or_else(|| told.into_iter().find_map(headed).map(|(class, number, _)| (class, number))) else {
        return (cells.class.to_uppercase(), None);
    };
    let class = match (if cells.class.is_empty() { told } else { cells.class }, number) {
        ("", 672 | 73) => "SO",
        ("", _) => "XS",
        (named, _) => named,
    };
    (class.to_uppercase(), Some(number))
}

/// Class and number of `XS 806`, `XS-816`, `E XS 816`, `XS(816)`, `XS806` and `806`; other texts name no message.
pub fn reference(cell: &str) -> Option<(&str, u16)> {
    let cell = cell.trim();
    let cell = match cell.split_once(' ') {
        Some((letter, rest)) if by_letter(letter).is_some() => rest.trim_start(),
        _ => cell,
    };
    let open = cell.strip_suffix(')').unwrap_or(cell);
    let class = open.trim_end_matches(|c: char| c.is_ascii_digit());
    let digits = &open[class.len()..];
    let number = digits.parse::<u16>().ok().filter(|number| digits.len() <= 3 && *number > 0)?;
    let (class, bracket) = match class.strip_suffix('(') {
        Some(class) => (class, true),
        None => (class.strip_suffix('-').unwrap_or(class), false),
    };
    let class = class.trim_end();
    let named = class.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || matches!(c, '_' | '/'));
    (named && bracket == cell.ends_with(')')).then_some((class, number))
}

/// Class, number and text of `XS 806 550 5.1.1 no such user`, where one cell holds the message as a whole. Only the
/// classes of SAP's mail are taken: other texts begin with a word and a number too.
pub fn headed(cell: &str) -> Option<(&str, u16, &str)> {
    let cell = cell.trim();
    let behind = match cell.split_once(' ') {
        Some((letter, rest)) if by_letter(letter).is_some() => rest.trim_start(),
        _ => cell,
    };
    let end = behind.find(|c: char| !(c.is_ascii_uppercase() || c == '_')).filter(|end| is_of_mail(&behind[..*end]))?;
    let digits = behind[end..].find(|c: char| c.is_ascii_digit()).map(|at| end + at).filter(|at| behind[end..*at].len() <= 1)?;
    let rest = digits + behind[digits..].find(|c: char| !c.is_ascii_digit())?;
    let (head, text) = behind.split_at(if behind[rest..].starts_with(')') { rest + 1 } else { rest });
    let (class, number) = reference(head)?;
    let text = text.strip_prefix([':', ',', ';']).unwrap_or(text);
    (rest - digits == 3 && text.starts_with(' ')).then(|| (class, number, text.trim()))
}

/// Message classes of SAP's mail (sost.md section 3.2).
pub fn is_of_mail(class: &str) -> bool {
    matches!(class, "XS" | "SO" | "SX") || class.starts_with("BCS")
}

/// Ranges hold in the classes of `SAPconnect` and `SAPoffice` only; of the others, and where no range is known, the type
/// letter tells (sost.md sections 3.1 and 3.2).
fn by_number(class: &str, number: u16) -> Option<SapState> {
    match (class, number) {
        ("SO" | "XS", 672) => Some(SapState::NoQueueEntry),
        ("SO", 73) | ("XS", 701 | 703) => Some(SapState::Transmitted),
        ("XS", 600..=699) => Some(SapState::Retry),
        ("XS", 700..=799) => Some(SapState::Sent),
        ("XS", 1..=199 | 800..=899) => Some(SapState::Error),
        _ => None,
    }
}

/// State that a message's class and number stand for, where they are known.
pub(crate) fn state_of(message: &str) -> Option<SapState> {
    reference(message).and_then(|(class, number)| by_number(class, number))
}

fn by_letter(letter: &str) -> Option<SapState> {
    match letter.trim() {
        "W" => Some(SapState::Waiting),
        "E" | "A" => Some(SapState::Error),
        "S" | "I" => Some(SapState::Sent),
        _ => None,
    }
}

fn by_words(cell: &str) -> Option<SapState> {
    let text = icon::parts(cell).1.to_lowercase();
    let words: Vec<&str> = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let text = format!(" {} ", words.join(" "));
    let phrase = PHRASES.iter().find(|(phrase, _)| text.contains(&format!(" {phrase} ")));
    let negated = words.iter().any(|word| NEGATIONS.contains(word));
    let word = || WORDS.iter().filter(|_| !negated).find(|(word, _)| words.contains(word));
    phrase.or_else(word).map(|(_, state)| *state)
}

/// Icons: `@5B@` green, `@5C@` red, `@5D@` yellow; which of them SOST uses is not documented (sost.md section 1.4 e).
fn by_icon(cell: &str) -> Option<SapState> {
    match icon::parts(cell).0? {
        "5B" | "08" => Some(SapState::Sent),
        "5C" | "0A" => Some(SapState::Error),
        "5D" | "09" => Some(SapState::Waiting),
        _ => None,
    }
}

#[cfg(test)]
#[path = "status_tests.rs"]
mod tests;
