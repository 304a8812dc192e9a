//! Status of a send request: the number first, then the type, then words, an icon only where nothing else tells
//! (sost.md section 3.1).

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

/// Words of the status column; English ones are the headings of SAP's data elements, German ones unverified.
const WORDS: &[(&str, SapState)] = &[
    ("no entry in queue", SapState::NoQueueEntry),
    ("kein eintrag in der queue", SapState::NoQueueEntry),
    ("waiting for retry", SapState::Retry),
    ("wartend auf wiederholung", SapState::Retry),
    ("waiting for direct send", SapState::Direct),
    ("wartend auf direktversand", SapState::Direct),
    ("send in future", SapState::Future),
    ("dispatch time not yet reached", SapState::Future),
    ("in processing", SapState::Active),
    ("waiting", SapState::Waiting),
    ("wartend", SapState::Waiting),
    ("transmitted", SapState::Transmitted),
    ("übermittelt", SapState::Transmitted),
    ("error", SapState::Error),
    ("fehler", SapState::Error),
    ("sent", SapState::Sent),
    ("gesendet", SapState::Sent),
];

/// Reads the status cells.
pub fn interpret(cells: &Cells<'_>) -> Status {
    let (class, number) = message(cells);
    let state = number
        .and_then(|number| by_number(&class, number))
        .or_else(|| by_letter(if cells.kind.is_empty() { cells.status } else { cells.kind }))
        .or_else(|| by_words(cells.status))
        .or_else(|| by_icon(if cells.icon.is_empty() { cells.status } else { cells.icon }))
        .unwrap_or(SapState::Unknown);
    let message = number.map_or_else(String::new, |number| format!("{class}{number:03}"));
    Status { state, message }
}

/// Class and number. Without a class, 672 and 73 are those of SAPoffice, the rest of SAPconnect.
fn message(cells: &Cells<'_>) -> (String, Option<u16>) {
    let digits = |text: &str| text.trim().parse::<u16>().ok().filter(|number| *number > 0 && *number < 1000);
    let joined: String = cells.message.split_whitespace().collect();
    let split = joined.find(|c: char| c.is_ascii_digit()).unwrap_or(joined.len());
    let (joined_class, joined_number) = joined.split_at(split);
    let number = digits(cells.number).or_else(|| digits(cells.status)).or_else(|| digits(joined_number));
    let class = if cells.class.is_empty() { joined_class } else { cells.class };
    let class = match (class, number) {
        ("", Some(672 | 73)) => "SO",
        ("", Some(_)) => "XS",
        (named, _) => named,
    };
    (class.to_uppercase(), number)
}

fn by_number(class: &str, number: u16) -> Option<SapState> {
    match number {
        672 => Some(SapState::NoQueueEntry),
        73 | 701 | 703 => Some(SapState::Transmitted),
        600..=699 => Some(SapState::Retry),
        700..=799 => Some(SapState::Sent),
        800..=899 => Some(SapState::Error),
        1..=199 if class == "XS" => Some(SapState::Error),
        _ => None,
    }
}

fn by_letter(letter: &str) -> Option<SapState> {
    match letter.trim() {
        "W" => Some(SapState::Waiting),
        "E" | "A" => Some(SapState::Error),
        "S" | "I" => Some(SapState::Sent),
        _ => None,
    }
}

fn by_words(status: &str) -> Option<SapState> {
    let tooltip = status.split_once("\\Q").map_or(status, |(_, words)| words).to_lowercase();
    WORDS.iter().find(|(word, _)| tooltip.contains(word)).map(|(_, state)| *state)
}

/// Icons: `@5B@` green, `@5C@` red, `@5D@` yellow; which of them SOST uses is not documented (sost.md section 1.4 e).
fn by_icon(icon: &str) -> Option<SapState> {
    match icon.trim().strip_prefix('@')?.get(..2)? {
        "5B" | "08" => Some(SapState::Sent),
        "5C" | "0A" => Some(SapState::Error),
        "5D" | "09" => Some(SapState::Waiting),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_comes_first() {
        let rows = [
            (Cells { class: "XS", number: "718", status: "@5C@", ..Cells::default() }, SapState::Sent, "XS718"),
            (Cells { status: "806", ..Cells::default() }, SapState::Error, "XS806"),
            (Cells { status: "73", ..Cells::default() }, SapState::Transmitted, "SO073"),
            (Cells { status: "672", kind: "W", ..Cells::default() }, SapState::NoQueueEntry, "SO672"),
            (Cells { message: "XS 602", ..Cells::default() }, SapState::Retry, "XS602"),
            (Cells { status: "W", ..Cells::default() }, SapState::Waiting, ""),
            (Cells { status: "@5C\\QErrors@", ..Cells::default() }, SapState::Error, ""),
            (Cells { icon: "@5B@", ..Cells::default() }, SapState::Sent, ""),
            (Cells { status: "Waiting for Retry", ..Cells::default() }, SapState::Retry, ""),
            (Cells::default(), SapState::Unknown, ""),
        ];
        for (cells, state, message) in rows {
            assert_eq!(interpret(&cells), Status { state, message: message.to_owned() }, "{cells:?}");
        }
    }
}
