//! The words of a non-delivery report, pasted into a text file, and reports quoted by a mail program.

mod support;

use sostrace::source::Class;
use support::{TABLE, analyse_files, request, table};

const WORDS: &str = include_str!("../src/formats/exchange/notice.sample.txt");
const QUOTED: &str = include_str!("../src/formats/exchange/notice_table.sample.txt");
const FIELDS: &str = include_str!("../src/formats/exchange/report.sample.eml");
const HEADERS: &str = include_str!("../src/formats/context/headers.sample.eml");

fn quoted(text: &str) -> String {
    text.lines().flat_map(|line| ["> ", line, "\n"]).collect()
}

#[test]
fn the_words_of_a_report_end_the_mail() {
    let cut = &WORDS[..WORDS.find("Original message headers").unwrap()];
    let forwarded =
        format!("From: postmaster@contoso.example\nSubject: Undeliverable: Invoice 1\nDate: Tue, 10 Mar 2026 08:06:00 +0000\n\n{WORDS}");
    let french = WORDS
        .replace("Generating server", "Serveur de génération")
        .replace("Remote Server returned '", "Le serveur distant a renvoyé « ")
        .replace("lookup'", "lookup »")
        .replace("Delivery has failed to these recipients or groups", "Échec de la remise à ces destinataires ou groupes")
        .replace("Original message headers", "En-têtes d'origine");
    let rows = [
        ("in French", french, "sap-key", "RCPT-03", 2),
        ("as pasted", WORDS.to_owned(), "sap-key", "RCPT-03", 2),
        ("quoted", quoted(WORDS), "sap-key", "RCPT-03", 2),
        ("with its own header", forwarded, "sap-key", "RCPT-03", 2),
        ("Exchange's table, quoted", QUOTED.to_owned(), "sap-key", "RCPT-04", 1),
        ("without the mail's header", cut.to_owned(), "none", "", 0),
    ];
    for (what, text, link, rule, lines) in rows {
        let sap = format!("{TABLE}{}", request(1, "ap@fabrikam.example", 2, "S", ("XS", 718), ""));
        let analysis = analyse_files(&[("sap.txt", sap.as_bytes()), ("ndr.txt", text.as_bytes())]);
        let source = analysis.reading.sources.iter().find(|source| source.label == "ndr.txt");
        let source = source.unwrap_or_else(|| panic!("{what}: {:?}", analysis.reading.problems));
        assert_eq!((source.format, source.ledger.count(Class::Evidence)), ("delivery-notice", lines), "{what}");
        let rows = table(&analysis);
        assert_eq!(rows.len(), 1, "{what}");
        let untold = source.notes.iter().any(|note| note.text.contains("without the mail's header"));
        assert_eq!(untold, link == "none", "{what}");
        let verdict = if untold { "handed-off" } else { "bounced" };
        assert_eq!(["verdict", "rule", "link"].map(|column| rows[0][column].as_str()), [verdict, rule, link], "{what}");
    }
}

#[test]
fn a_report_without_reply_or_recipient_is_named() {
    let text = "Generating server: relay.contoso.example\nRemote Server returned 'nothing'\n";
    let analysis = analyse_files(&[("ndr.txt", text.as_bytes())]);
    assert_eq!(analysis.reading.sources[0].ledger.not_understood(9), [(2, "a report without recipient or reply")]);
}

#[test]
fn quotes_of_mail_programs_change_nothing() {
    for (text, format) in [(FIELDS, "delivery-report"), (HEADERS, "mail-headers")] {
        let [plain, marked] = [text.to_owned(), quoted(text)].map(|text| analyse_files(&[("mail.txt", text.as_bytes())]));
        let of = |analysis: &sostrace::Analysis| {
            let source = &analysis.reading.sources[0];
            (source.format.to_string(), source.ledger.clone(), analysis.reading.store.records.len())
        };
        assert_eq!(of(&marked), of(&plain), "{format}");
        assert_eq!(of(&plain).0, format);
    }
}
