//! From a row of cells to the evidence of a send request (sost.md sections 1.2 and 3.3).

use super::columns::{Column as C, STATUS};
use super::content::{self, Content, OBJECT, RECIPIENT};
use super::cut;
use super::icon;
use super::moments::Moments;
use super::sheet::Sheet;
use super::status::{self, Cells};
use super::variables;
use crate::error::ReadError;
use crate::evidence::{Evidence, Hop, Kind, SapFacts, SapState, Sym};
use crate::formats::Sink;
use crate::source::Class;

/// Reads all sheets of a file; an error of one of them does not hide the others.
pub fn emit_all(sheets: Vec<Sheet<'_>>, format: &'static str, sink: &mut Sink<'_>) -> Result<(), ReadError> {
    let (label, before) = (sink.source.label.clone(), sink.source.rows);
    let line = sheets.first().map_or(1, |sheet| sheet.line);
    let (mut outcome, mut rows) = (Ok(()), 0);
    for mut sheet in sheets {
        rows += sheet.rows.len();
        for note in cut::settle(&mut sheet) {
            sink.source.note(sheet.line, note);
        }
        match sheet.content(&label) {
            Ok(_) if sheet.rows.is_empty() => {}
            Ok(Content::Requests) => emit(&mut sheet, sink),
            Ok(table) => content::keep(table, &mut sheet, sink),
            Err(error) => {
                sheet.rows.iter().for_each(|(line, _)| sink.source.ledger.reject(*line, "below a header without a needed column"));
                outcome = Err(error);
            }
        }
    }
    if rows == 0 && outcome.is_ok() {
        let what = "there is no row below the header".to_owned();
        return Err(ReadError::Malformed { label, line, format, what, remedy: "Check the selection in SOST, then export again" });
    }
    let requests = sink.source.rows - before;
    if is_maximum(requests) {
        let told = format!("exactly {requests} rows: the maximum number of hits of the selection has probably cut the list");
        sink.source.note(line, told);
    }
    outcome
}

/// Round numbers from 500 on, as people set them for the maximum number of hits (sost.md section 1.1).
pub(crate) fn is_maximum(rows: usize) -> bool {
    let mut leading = rows;
    while leading >= 10 && leading.is_multiple_of(10) {
        leading /= 10;
    }
    rows >= 500 && matches!(leading, 1 | 2 | 5)
}

/// Pushes the requests of a sheet.
fn emit(sheet: &mut Sheet<'_>, sink: &mut Sink<'_>) {
    for note in sheet.settle() {
        sink.source.note(sheet.line, note);
    }
    let mut moments = Moments::of(sheet);
    if moments.either_order() {
        sink.store.tables.either_order.push(sink.index);
    }
    let (mut apart, mut blank, first) = (0, 0, sink.store.records.len());
    for (line, row) in &sheet.rows {
        let kind = RowKind::of(sheet, row);
        sink.source.rows += usize::from(matches!(kind, RowKind::Mail | RowKind::Apart));
        match kind {
            RowKind::Mail => push(sheet, &mut moments, *line, row, sink),
            RowKind::Nobody => sink.source.ledger.reject(*line, "neither a recipient nor a key"),
            RowKind::Apart | RowKind::Blank => {
                *(if kind == RowKind::Apart { &mut apart } else { &mut blank }) += 1;
                sink.source.ledger.mark(*line, Class::Frame);
            }
        }
    }
    if apart > 0 {
        sink.source.note(sheet.line, format!("{apart} requests to fax, printer, pager or SAP-internal addresses are no mail and left out"));
    }
    if blank > 0 {
        sink.source.note(sheet.line, format!("{blank} rows without recipient, subject and date are totals or blanks and left out"));
    }
    unread(sheet.line, first, sink);
    for note in lacks(sheet) {
        sink.source.note(sheet.line, note);
    }
    for (line, note) in moments.notes() {
        sink.source.note(line, note);
    }
}

/// Says which status was read and not understood.
fn unread(line: u32, first: usize, sink: &mut Sink<'_>) {
    let store = &*sink.store;
    let records = store.records.get(first..).unwrap_or_default();
    let unknown =
        |record: &Evidence| store.sap_of(record).is_some_and(|facts| facts.state == SapState::Unknown && !facts.status.is_empty());
    let rows: Vec<&Evidence> = records.iter().filter(|record| unknown(record)).collect();
    let Some(facts) = rows.first().and_then(|record| store.sap_of(record)) else { return };
    let (count, example) = (rows.len(), store.text(facts.status).to_owned());
    let note = format!(
        "{count} rows have a status that is not known, the first is \"{example}\": a layout with message class and number, or T100, tells it"
    );
    sink.source.note(line, note);
}

/// What the header does not have, and what that means for the result. With the key another table may have it.
fn lacks(sheet: &Sheet<'_>) -> impl Iterator<Item = &'static str> {
    let keyed = RECIPIENT.iter().all(|column| sheet.has(*column));
    let rows = [
        (
            STATUS.iter().any(|column| sheet.has(*column)),
            "no column with the status: the text of the message tells it where T100 is given too",
        ),
        (sheet.has(C::SendDate) || sheet.has(C::ProcessDate), "no column with the send date: when a mail was requested is not known"),
        (sheet.has(C::SendTime) || sheet.has(C::ProcessTime), "no column with the send time: a mail was requested at any time of its day"),
        (sheet.has(C::Title), "no column with the subject: mails to one recipient are hard to tell apart"),
    ];
    rows.into_iter().filter(move |(has, _)| !has && !keyed).map(|(_, note)| note)
}

/// What a row is about.
#[derive(Clone, Copy, PartialEq, Eq)]
enum RowKind {
    Mail,
    /// Fax, printer, pager and SAP-internal requests.
    Apart,
    /// Totals and blank rows.
    Blank,
    /// A request that nobody can be found for.
    Nobody,
}

impl RowKind {
    fn of(sheet: &Sheet<'_>, row: &[&str]) -> Self {
        let empty = |columns: &[C]| columns.iter().all(|column| sheet.cell(row, *column).is_empty());
        match variables::recipient(sheet, row).text.is_empty() && number(sheet, row, RECIPIENT).is_none() && empty(&[C::Guid]) {
            _ if !is_mail(sheet.cell(row, C::SendMethod)) => Self::Apart,
            false => Self::Mail,
            true if status::reference(sheet.cell(row, C::Status)).is_some() => Self::Nobody,
            true if is_prose(row) => Self::Nobody,
            true if empty(&[C::Title, C::SendDate, C::ProcessDate, C::StatusDate, C::EntryDate, C::MessageNumber]) => Self::Blank,
            true => Self::Nobody,
        }
    }
}

/// Whether a row is one cell of several words: what is no table. Totals have a star, a sum or a number.
fn is_prose(row: &[&str]) -> bool {
    let &[text] = row else { return false };
    let marked = |c: char| c.is_ascii_digit() || matches!(c, '*' | '=' | '-' | ':' | 'Σ');
    text.split_whitespace().nth(1).is_some() && !text.contains(marked)
}

/// Send methods other than Internet mail (sost.md section 1.2); German ones unverified.
fn is_mail(method: &str) -> bool {
    const OTHERS: &[&str] =
        &["FAX", "PAG", "PRT", "RML", "X40", "TELFAX", "TELEFAX", "TELEX", "SMS", "PRINTER", "DRUCKER", "SAPOFFICE", "X.400"];
    let method = icon::parts(method).1.to_uppercase();
    !OTHERS.iter().any(|other| method.starts_with(other))
}

fn push(sheet: &Sheet<'_>, moments: &mut Moments, line: u32, row: &[&str], sink: &mut Sink<'_>) {
    let cell = |column| sheet.cell(row, column);
    let status = status::interpret(&Cells {
        status: cell(C::Status),
        icon: cell(C::Icon),
        kind: cell(C::MessageType),
        class: cell(C::MessageClass),
        number: cell(C::MessageNumber),
        message: cell(C::Message),
    });
    let (requested, changed) = moments.read(sheet, line, row);
    let mut record = Evidence::at(sink.index, line, Hop::Sap, Kind::Request);
    record.local = changed.or(requested);
    let (reply, reply_cut) = variables::reply(sheet, row, &status);
    let recipient = variables::recipient(sheet, row);
    let sender = sheet.values(row, C::Sender).next().unwrap_or_default();
    let (address, user) = senders(sender.text, cell(C::User));
    let title = sheet.values(row, C::Title).next().unwrap_or_default();
    let strings = &mut sink.store.strings;
    record.recipient = strings.intern(recipient.text);
    record.sender = strings.intern(address);
    record.subject = strings.intern(title.text);
    record.reply = strings.intern(&reply);
    record.size = size(cell(C::Size));
    record.cut.reply = reply_cut;
    record.cut.recipient = recipient.cut;
    record.cut.sender = sender.cut && !address.is_empty();
    record.cut.subject = title.cut;
    let (host, port) = variables::host_port(cell(C::Variable(2)));
    let text = variables::text(sheet, row).text;
    let facts = SapFacts {
        key: number(sheet, row, RECIPIENT).map_or(Sym::EMPTY, |key| strings.intern(&key)),
        guid: strings.intern(cell(C::Guid)),
        object: number(sheet, row, OBJECT).map_or(Sym::EMPTY, |object| strings.intern(&object)),
        address: content::address(sheet, row).map_or(Sym::EMPTY, |address| strings.intern(&address)),
        client: strings.intern(cell(C::Client)),
        system: strings.intern(cell(C::System)),
        node: strings.intern(cell(C::Node)),
        user: strings.intern(user),
        state: status.state,
        status: strings.intern(written(sheet, row)),
        message: strings.intern(&status.message),
        text: strings.intern(text),
        variables: [1, 2, 3, 4].map(|at| strings.intern(cell(C::Variable(at)))),
        host: strings.intern(host),
        port,
        requested,
        timed: changed.is_some(),
    };
    sink.source.ledger.mark(line, Class::Evidence);
    for span in [requested, record.local].into_iter().flatten() {
        sink.source.cover(span);
    }
    sink.store.push_sap(record, facts);
}

/// The status as written; the history has a type and a number only.
fn written<'a>(sheet: &Sheet<'a>, row: &[&'a str]) -> &'a str {
    let cells = [C::Status, C::Icon, C::MessageType, C::MessageNumber].map(|column| sheet.cell(row, column));
    cells.into_iter().find(|cell| !cell.is_empty()).unwrap_or_default()
}

/// Address of the sender and SAP user: the label `Sender` stands for either.
fn senders<'a>(sender: &'a str, user: &'a str) -> (&'a str, &'a str) {
    match (sender.contains('@'), user.is_empty()) {
        (true, _) => (sender, user),
        (false, true) => ("", sender),
        (false, false) => ("", user),
    }
}

/// Type, year and number as one, 17 characters: RECTP, RECYR and RECNO (sost.md section 4.1), OBJTP, OBJYR and OBJNO.
pub fn number(sheet: &Sheet<'_>, row: &[&str], columns: [C; 3]) -> Option<String> {
    let [kind, year, number] = columns.map(|column| sheet.cell(row, column));
    let whole = kind.len() == 3 && !year.is_empty() && !number.is_empty();
    whole.then(|| format!("{kind}{year:0>2}{number:0>12}"))
}

fn size(text: &str) -> u32 {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    digits.parse().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fax_and_printer_are_no_mail() {
        let rows = [
            ("INT", true),
            ("", true),
            ("@1S\\QInternet@", true),
            ("Fax number", false),
            ("@1S\\QFax@", false),
            ("Telefax", false),
            ("SMS", false),
            ("Drucker", false),
        ];
        for (method, mail) in rows {
            assert_eq!(is_mail(method), mail, "{method}");
        }
    }

    #[test]
    fn one_cell_of_words_is_no_total() {
        let rows: [(&[&str], bool); 6] = [
            (&["this is garbage"], true),
            (&["* Total 3"], false),
            (&["* Total"], false),
            (&["Total"], false),
            (&["3 entries"], false),
            (&["", "two words", ""], false),
        ];
        for (row, prose) in rows {
            assert_eq!(is_prose(row), prose, "{row:?}");
        }
    }

    #[test]
    fn round_numbers_of_rows_are_maxima() {
        for (rows, round) in
            [(0, false), (100, false), (499, false), (500, true), (1000, true), (1500, false), (2000, true), (50_000, true)]
        {
            assert_eq!(is_maximum(rows), round, "{rows}");
        }
    }
}
