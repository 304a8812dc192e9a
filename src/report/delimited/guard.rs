//! Spreadsheets run what begins like a formula, whoever wrote it. Such text gets an apostrophe in front, and so does text
//! that has one of its own, so that one apostrophe less is always the raw value.
//!
//! A spreadsheet whose country separates lists by semicolons splits a file with commas at those inside the texts, and the
//! other way round, whatever the quotes: behind them the same is done.

use std::borrow::Cow;

/// What begins a formula in Excel or `LibreOffice`, full width forms included, or is taken off before one.
const FORMULA: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'];

/// A text as a cell that stays text.
pub fn guarded(text: &str) -> Cow<'_, str> {
    let mut places = places(text).filter(|at| hazardous(&text[*at..], *at == 0)).peekable();
    if places.peek().is_none() {
        return Cow::Borrowed(text);
    }
    let (mut out, mut done) = (String::with_capacity(text.len() + 2), 0);
    for at in places {
        out.push_str(&text[done..at]);
        out.push('\'');
        done = at;
    }
    out.push_str(&text[done..]);
    Cow::Owned(out)
}

/// The value of a cell before it was guarded: one apostrophe less at its beginning and behind each comma, semicolon or tab.
#[must_use]
pub fn raw_value(cell: &str) -> Cow<'_, str> {
    let mut places = places(cell).filter(|at| cell[*at..].starts_with('\'')).peekable();
    if places.peek().is_none() {
        return Cow::Borrowed(cell);
    }
    let (mut out, mut done) = (String::with_capacity(cell.len()), 0);
    for at in places {
        out.push_str(&cell[done..at]);
        done = at + 1;
    }
    out.push_str(&cell[done..]);
    Cow::Owned(out)
}

/// Whether a spreadsheet would take a text for a number or a date and show another one: `5.4.1` is the fifth of April
/// where dates have dots, `007` is 7, and of more than fifteen digits the last are lost.
pub(super) fn would_change(text: &str) -> bool {
    let numeric = |c: char| c.is_ascii_digit() || ['.', ',', ':', '/', '-', 'e', 'E'].contains(&c);
    let whole = text.len() <= 15 && text.bytes().all(|b| b.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    text.starts_with(|c: char| c.is_ascii_digit()) && text.chars().all(numeric) && !whole
}

/// Where some spreadsheet may see the beginning of a cell.
fn places(text: &str) -> impl Iterator<Item = usize> {
    std::iter::once(0).chain(memchr::memchr3_iter(b',', b';', b'\t', text.as_bytes()).map(|at| at + 1))
}

fn hazardous(rest: &str, first: bool) -> bool {
    let bare = rest.trim_start_matches(|c: char| c == '"' || (first && c == ' '));
    rest.starts_with('\'') || bare.starts_with(FORMULA)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_begins_like_a_formula_is_disarmed() {
        let rows = [
            ("=HYPERLINK(\"x\")", "'=HYPERLINK(\"x\")"),
            ("+49 30 1234", "'+49 30 1234"),
            ("-", "'-"),
            ("@5B@", "'@5B@"),
            ("\t=1", "'\t'=1"),
            ("\r=1", "'\r=1"),
            ("  =1", "'  =1"),
            ("\u{ff1d}1+1", "'\u{ff1d}1+1"),
            ("\u{ff20}SUM(1)", "'\u{ff20}SUM(1)"),
            ("'quoted'", "''quoted'"),
            ("a;=1+1", "a;'=1+1"),
            ("a,\"=1+1", "a,'\"=1+1"),
            ("a;'b", "a;''b"),
            ("Invoice 4711, due in March - final", "Invoice 4711, due in March - final"),
            ("", ""),
        ];
        for (text, want) in rows {
            assert_eq!((guarded(text).as_ref(), raw_value(want).as_ref()), (want, text));
        }
    }

    #[test]
    fn what_is_shown_as_another_number_is_known() {
        for text in ["5.4.1", "5.7", "1,5", "007", "000", "12e3", "2026-03-10", "10/3", "12:30", "1234567890123456"] {
            assert!(would_change(text) && raw_value(&format!("'{text}")) == text, "{text}");
        }
        for text in ["", "0", "550", "718", "5.7.64 TenantAttribution", "a1", "10.2.1.x", "'5.4.1", "177056295309"] {
            assert!(!would_change(text), "{text}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

        /// Of texts made of what matters, and of any texts.
        #[test]
        fn the_raw_value_comes_back_and_nothing_begins_a_formula(text in prop_oneof!["['=+@,;\"\t\r\n a\u{ff1d}\u{ff0b}-]{0,12}", "\\PC{0,30}"]) {
            let cell = guarded(&text);
            prop_assert_eq!(raw_value(&cell), text.as_str());
            for piece in std::iter::once(cell.as_ref()).chain(cell.split([',', ';', '\t']).skip(1)) {
                prop_assert!(!piece.trim_start_matches('"').starts_with(FORMULA) || piece.is_empty(), "{piece:?} of {cell:?}");
            }
        }
    }
}
