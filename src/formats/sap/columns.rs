//! Column headers of SAP's exports: technical names, labels, and labels cut to the width of their column.
//! Unknown headers are kept and ignored.

use super::aliases::ALIASES;
use super::headers::Headers;
use foldhash::fast::FixedState;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::LazyLock;

/// What a column holds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash)]
pub enum Column {
    System,
    Client,
    Guid,
    RecType,
    RecYear,
    RecNumber,
    ObjType,
    ObjYear,
    ObjNumber,
    /// Number of an address, of the recipient in SOES and of the row in ADR6.
    AddressNumber,
    /// The address must not be used (ADR6).
    NoUse,
    Title,
    User,
    Sender,
    Recipient,
    SendMethod,
    SendDate,
    SendTime,
    /// Date of the send process (SOOS), the same event as the send date of SOES.
    ProcessDate,
    ProcessTime,
    StatusDate,
    StatusTime,
    /// When the status was written into SOST.
    EntryDate,
    EntryTime,
    Status,
    Icon,
    MessageType,
    MessageClass,
    MessageNumber,
    Message,
    Variable(u8),
    Text,
    /// Language of a text (T100).
    Language,
    Node,
    Size,
}

use Column as C;

/// Table that a joined export names in a header's suffix, the preferred one first: SOES holds the present status,
/// SOST the history (sost.md section 2).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Table {
    Soes,
    Unnamed,
    Sost,
    Soos,
}

/// Shortest cut header that is still recognised.
const CUT_MIN: usize = 5;

/// Aliases by name, with their rank among those of the same meaning.
static NAMES: LazyLock<BTreeMap<&str, (usize, Column)>> =
    LazyLock::new(|| ALIASES.iter().enumerate().map(|(rank, (name, column))| (*name, (rank, *column))).collect());

/// Lower case, one blank between words, no dots; without the name of the table.
pub fn normal(header: &str) -> String {
    split_table(header).1
}

fn split_table(header: &str) -> (Table, String) {
    let mut name = String::with_capacity(header.len());
    for word in header.split_whitespace() {
        name.extend((!name.is_empty()).then_some(' '));
        let letters = word.chars().filter(|c| *c != '.');
        if word.is_ascii() {
            name.extend(letters.map(|c| c.to_ascii_lowercase()));
        } else {
            name.extend(letters.flat_map(char::to_lowercase));
        }
    }
    for (suffix, table) in
        [("_soes", Table::Soes), ("_sost", Table::Sost), ("_soos", Table::Soos), ("_sood", Table::Unnamed), ("_adr6", Table::Unnamed)]
    {
        if let Some(short) = name.strip_suffix(suffix) {
            return (table, short.to_owned());
        }
    }
    (Table::Unnamed, name)
}

/// Rank and meaning of a normalised header; a cut one counts where all its continuations mean the same.
fn meaning(name: &str, headers: &Headers) -> Option<(usize, Column)> {
    if name.is_empty() {
        return None;
    }
    if let Some(own) = headers.column(name) {
        return Some((0, own));
    }
    if let Some(known) = NAMES.get(name) {
        return Some(*known);
    }
    if name.chars().count() < CUT_MIN {
        return None;
    }
    let mut longer = NAMES.range(name..).take_while(|(alias, _)| alias.starts_with(name)).map(|(_, known)| *known);
    let first = longer.next()?;
    longer.all(|(_, column)| column == first.1).then_some(first)
}

/// Shortest cut header for which the values below it are asked.
const ASKED_MIN: usize = 3;

/// The known headers that a cut one may be, where they mean different things or it is very short. `N°` is told by its sign.
pub fn continuations(header: &str) -> Vec<(&'static str, Column)> {
    let name = normal(header);
    let tells = name.chars().count() >= ASKED_MIN || name.ends_with(['°', 'º']);
    if !tells || NAMES.contains_key(name.as_str()) {
        return Vec::new();
    }
    ALIASES.iter().filter(|(alias, _)| alias.starts_with(name.as_str())).copied().collect()
}

/// Headers of SOST alone (sost.md section 2).
const HISTORY: &[&str] = &["creator", "sta_order"];

/// What known headers begin with, as many bytes as a cut one shows at least; shorter ones whole.
static BEGINS: LazyLock<HashSet<[u8; CUT_MIN], FixedState>> =
    LazyLock::new(|| NAMES.keys().chain(HISTORY).filter_map(|name| begin(name)).collect());

/// The first bytes in lower case; `None` where they tell nothing, for normalising changes them.
fn begin(name: &str) -> Option<[u8; CUT_MIN]> {
    let mut begin = [0; CUT_MIN];
    let plain = |b: &u8| b.is_ascii() && !b.is_ascii_whitespace() && *b != b'.';
    for (slot, byte) in begin.iter_mut().zip(name.as_bytes()) {
        *slot = Some(byte).filter(|byte| plain(byte))?.to_ascii_lowercase();
    }
    Some(begin)
}

/// Whether a cell can be a header at all: most values begin like none.
fn may_be_header(cell: &str, headers: &Headers) -> bool {
    let cell = cell.trim();
    // The name of a table behind it makes any header longer.
    let joined = cell.len() > CUT_MIN && cell.as_bytes()[cell.len() - CUT_MIN] == b'_';
    !headers.is_empty() || joined || !cell.is_empty() && begin(cell).is_none_or(|begin| BEGINS.contains(&begin))
}

/// Meaning of all cells of a header line. `Address name` twice is sender, then recipient; `Message Variable` counts up.
pub fn layout(cells: &[&str], headers: &Headers) -> Vec<Option<Column>> {
    let name = |cell: &&str| if may_be_header(cell, headers) { normal(cell) } else { String::new() };
    let names: Vec<String> = cells.iter().map(name).collect();
    let addresses = names.iter().filter(|name| *name == "address name").count();
    // In SOST the column SENDER names the author of the status, not of the mail (sost.md section 2).
    let history = names.iter().any(|name| HISTORY.contains(&name.as_str()));
    let (mut sender, mut variables) = (false, 0);
    let of = |name: &String| match meaning(name, headers)?.1 {
        C::Sender if history && name == "sender" && headers.column(name).is_none() => None,
        C::Recipient if addresses == 2 && name == "address name" && !sender => {
            sender = true;
            Some(C::Sender)
        }
        C::Variable(1) if !name.starts_with("msgv") && headers.column(name).is_none() => {
            variables += 1;
            (variables <= 4).then_some(C::Variable(variables))
        }
        other => Some(other),
    };
    names.iter().map(of).collect()
}

/// Where each column may stand, with all that cut headers of unsettled meaning may be.
pub fn possible(cells: &[&str], own: &Headers) -> Positions {
    let mut out = positions(cells, own);
    let unknown = layout(cells, own).into_iter().enumerate().filter(|(_, column)| column.is_none());
    for (at, _) in unknown {
        for (_, column) in cells.get(at).map(|cell| continuations(cell)).unwrap_or_default() {
            out.entry(column).or_default().push(at);
        }
    }
    out
}

/// Number of different meanings in a header.
pub fn hits(layout: &[Option<Column>]) -> usize {
    layout.iter().flatten().collect::<BTreeSet<_>>().len()
}

/// Positions of each meaning, the preferred one first.
pub type Positions = BTreeMap<Column, Vec<usize>>;

/// Where each column stands. Of a joined export, status, class, number and type come from one table, and so do the
/// message variables.
pub fn positions(cells: &[&str], own: &Headers) -> Positions {
    let headers: Vec<(Table, String)> = cells.iter().map(|cell| split_table(cell)).collect();
    let mut known: Vec<(Column, usize)> =
        layout(cells, own).into_iter().enumerate().filter_map(|(at, column)| Some((column?, at))).collect();
    for group in [is_status as fn(Column) -> bool, is_variable] {
        let first = |of: fn(Column) -> bool| known.iter().filter(|(c, _)| group(*c) && of(*c)).map(|(_, at)| headers[*at].0).min();
        let table = first(is_number).or(first(|_| true));
        known.retain(|(column, at)| !group(*column) || Some(headers[*at].0) == table);
    }
    let mut out = Positions::new();
    for (column, at) in known {
        out.entry(column).or_default().push(at);
    }
    let rank = |at: &usize| (headers[*at].0, meaning(&headers[*at].1, own).map(|(rank, _)| rank), *at);
    for places in out.values_mut() {
        places.sort_by_key(rank);
    }
    out
}

fn is_status(column: Column) -> bool {
    matches!(column, C::Status | C::MessageType | C::MessageClass | C::MessageNumber)
}

fn is_number(column: Column) -> bool {
    matches!(column, C::Status | C::MessageNumber)
}

fn is_variable(column: Column) -> bool {
    matches!(column, C::Variable(_))
}

/// Length of a field in the data dictionary, at which its values are cut (sost.md section 1.2).
pub fn length(column: Column, header: &str) -> Option<usize> {
    match column {
        C::Recipient if normal(header) == "smtp_addr" => None,
        C::Sender | C::Recipient => Some(35),
        C::Title | C::Variable(_) => Some(50),
        C::Text => Some(255),
        _ => None,
    }
}

/// Columns that tell the status; the text of the message does too where an export of T100 has it.
pub const STATUS: [Column; 5] = [C::Status, C::Icon, C::MessageNumber, C::MessageType, C::Message];

/// What a header lacks for telling mails and their status.
pub fn missing(positions: &Positions) -> Option<&'static str> {
    let has = |column: &Column| positions.contains_key(column);
    let key = [C::RecType, C::RecYear, C::RecNumber].iter().all(has);
    let status = STATUS.iter().chain(&[C::Text]).any(has);
    match (key || has(&C::Recipient), status) {
        (false, _) => Some("the recipient (ADDRESS, 'Recipient') or the key RECTP, RECYR, RECNO"),
        (true, false) => Some("the status (STATUS, MSGNO, 'Message number')"),
        (true, true) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layout(cells: &[&str]) -> Vec<Option<Column>> {
        super::layout(cells, &Headers::default())
    }

    #[test]
    fn every_known_header_may_be_one() {
        for (alias, _) in ALIASES {
            let cuts = alias.char_indices().map(|(at, _)| alias[..at].trim_end()).filter(|cut| cut.chars().count() >= CUT_MIN);
            for name in cuts.chain([*alias]).flat_map(|name| [name.to_owned(), format!("{}_SOES", name.to_uppercase())]) {
                assert!(may_be_header(&name, &Headers::default()), "{name}");
            }
        }
    }

    fn positions(cells: &[&str]) -> Positions {
        super::positions(cells, &Headers::default())
    }

    #[test]
    fn labels_technical_names_and_cut_labels() {
        let labels = ["St", "Document ti", "Address name", "Address name", "Message Variable", "Message Variable", "Whatever"];
        let want = [Some(C::Status), Some(C::Title), Some(C::Sender), Some(C::Recipient), Some(C::Variable(1)), Some(C::Variable(2)), None];
        assert_eq!(layout(&labels), want);
        assert_eq!(layout(&["SNDREQ_SOOS", "MSGV4", "Titel"]), [Some(C::Guid), Some(C::Variable(4)), Some(C::Title)]);
    }

    #[test]
    fn every_language_and_table() {
        let rows = [
            ("Nachr.", C::Message),
            ("Komm.art", C::SendMethod),
            ("N° message", C::MessageNumber),
            ("Título", C::Title),
            ("Fecha envío", C::SendDate),
            ("Hora envío", C::SendTime),
            ("Mensaje", C::Message),
            ("Mensagem", C::Message),
            ("Tipo envio", C::SendMethod),
            ("SNDART_L", C::SendMethod),
            ("SDDAT_SOOS", C::ProcessDate),
            ("SDTIM", C::ProcessTime),
            ("SNDNAM", C::User),
            ("ENTRY_DATE_SOST", C::EntryDate),
            ("ENTRY_TIME", C::EntryTime),
            ("OBJDES_SOOD", C::Title),
            ("SMTP_ADDR_ADR6", C::Recipient),
        ];
        for (header, column) in rows {
            assert_eq!(layout(&[header]), [Some(column)], "{header}");
        }
    }

    #[test]
    fn the_better_of_two_columns_comes_first_and_one_table_tells_the_status() {
        let two = ["ADDRESS", "SMTP_ADDR", "St", "Status of the sent object", "Date", "Send Date"];
        let want = [(C::Recipient, vec![1, 0]), (C::SendDate, vec![5, 4]), (C::Status, vec![3, 2])];
        assert_eq!(positions(&two), Positions::from(want));
        let joined = ["STATUS_SOES", "MSGID_SOES", "MSGID_SOST", "MSGNO_SOST", "MSGTY_SOST", "MSGV1_SOST", "MSGV4_SOES"];
        let want = [(C::Status, vec![0]), (C::MessageClass, vec![1]), (C::Variable(4), vec![6])];
        assert_eq!(positions(&joined), Positions::from(want));
        let history = ["MSGID_SOES", "MSGNO_SOST", "MSGID_SOST"];
        let want = [(C::MessageClass, vec![2]), (C::MessageNumber, vec![1])];
        assert_eq!(positions(&history), Positions::from(want));
    }
}
