//! Texts of SAP's messages in the customer's own language, from a T100 export (sost.md section 3.2): a number gets its
//! text, and a text that names no number gets the number it belongs to.

use crate::evidence::{MessageText, SapFacts, SapState, Store, Sym};
use crate::formats::state_of;
use crate::smtp::squeeze;
use crate::source::Source;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Fewer squeezed characters than this between the variables recognise no text.
const TELLING: usize = 8;

/// A piece of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Words(String),
    /// Message variable, from 0.
    Variable(usize),
}

/// Fills in texts and numbers, and says in each source of texts what it holds and gave.
pub fn tell(store: &mut Store, sources: &mut [Source], texts: &[MessageText]) {
    if texts.is_empty() {
        return;
    }
    let spoken = number(store, texts);
    let mut languages: BTreeMap<Sym, (usize, usize)> = BTreeMap::new();
    for text in texts {
        let (matches, count) = languages.entry(text.language).or_default();
        *matches = spoken.get(&text.language).copied().unwrap_or(0);
        *count += 1;
    }
    let name = |language: Sym| std::cmp::Reverse(store.text(language).to_owned());
    let chosen = languages.iter().max_by_key(|(language, counts)| (**counts, name(**language))).map_or(Sym::EMPTY, |(sym, _)| *sym);
    let given = render(store, texts, chosen);
    for (at, source) in (0u32..).zip(sources) {
        let mut held: BTreeMap<&str, usize> = BTreeMap::new();
        texts.iter().filter(|text| text.source == at).for_each(|text| *held.entry(store.text(text.language)).or_default() += 1);
        if !held.is_empty() {
            let count: usize = held.values().sum();
            let held: Vec<String> = held.into_iter().map(|(language, count)| format!("{language} ({count})")).collect();
            let (language, spoken) = (store.text(chosen), spoken.values().sum::<usize>());
            source.note(1, format!(
                "T100: {count} texts of SAP's mail messages in {}; {given} rows of this run got the text of their message in {language}, {spoken} their number from its text",
                held.join(", ")
            ));
        }
    }
}

/// Gives rows without a number the one whose text they show; tells how many spoke which language.
fn number(store: &mut Store, texts: &[MessageText]) -> BTreeMap<Sym, usize> {
    let templates = Templates::new(store, texts);
    let mut known: HashMap<Sym, Option<usize>> = HashMap::new();
    let mut spoken: BTreeMap<Sym, usize> = BTreeMap::new();
    let mut found: Vec<(usize, usize)> = Vec::new();
    for (at, facts) in store.sap.iter().enumerate().filter(|(_, facts)| facts.message.is_empty()) {
        let shown = [facts.text, facts.status].into_iter().filter(|sym| !sym.is_empty());
        let mut text = shown.map(|sym| *known.entry(sym).or_insert_with(|| templates.find(store.text(sym))));
        found.extend(text.find_map(|text| text).map(|text| (at, text)));
    }
    for (at, text) in found {
        let MessageText { language, message, .. } = texts[text];
        *spoken.entry(language).or_default() += 1;
        let state = state_of(store.text(message)).unwrap_or(SapState::Unknown);
        let facts = &mut store.sap[at];
        facts.message = message;
        facts.state = if facts.state == SapState::Unknown { state } else { facts.state };
    }
    spoken
}

/// Gives rows with a number but no text the text in a language; tells how many.
fn render(store: &mut Store, texts: &[MessageText], language: Sym) -> usize {
    let own = texts.iter().filter(|text| text.language == language);
    let known: HashMap<Sym, Vec<Piece>> = own.map(|text| (text.message, pieces(store.text(text.text)))).collect();
    let mut given = 0;
    for at in 0..store.sap.len() {
        let facts = &store.sap[at];
        let Some(pieces) = known.get(&facts.message).filter(|_| facts.text.is_empty()) else { continue };
        let text = filled(store, pieces, facts);
        store.sap[at].text = store.strings.intern(&text);
        given += 1;
    }
    given
}

fn filled(store: &Store, pieces: &[Piece], facts: &SapFacts) -> String {
    let piece = |piece: &Piece| match piece {
        Piece::Words(words) => words.clone(),
        Piece::Variable(at) => facts.variables.get(*at).map_or("", |sym| store.text(*sym)).to_owned(),
    };
    pieces.iter().map(piece).collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// `&1` to `&4` and `&V1&` to `&V4&` name a variable, a plain `&` the next one, `&&` is the character.
fn pieces(text: &str) -> Vec<Piece> {
    let (mut out, mut words, mut next, mut rest) = (Vec::new(), String::new(), 0, text);
    while let Some((before, after)) = rest.split_once('&') {
        words.push_str(before);
        let digit =
            |text: &str| text.chars().next().and_then(|c| c.to_digit(10)).filter(|at| (1..=4).contains(at)).map(|at| at as usize - 1);
        let long = after.strip_prefix(['V', 'v']).and_then(|inner| Some((digit(inner)?, inner.get(1..)?.strip_prefix('&')?)));
        let short = || Some((digit(after)?, after.get(1..)?));
        let (variable, behind) = if let Some(after) = after.strip_prefix('&') {
            words.push('&');
            rest = after;
            continue;
        } else if let Some(named) = long.or_else(short) {
            named
        } else {
            next += 1;
            (next - 1, after)
        };
        if !words.is_empty() {
            out.push(Piece::Words(std::mem::take(&mut words)));
        }
        out.push(Piece::Variable(variable));
        rest = behind;
    }
    words.push_str(rest);
    out.extend((!words.is_empty()).then_some(Piece::Words(words)));
    out
}

/// Texts by the squeezed words they begin with.
struct Templates {
    by_head: HashMap<String, Vec<Template>>,
    lengths: BTreeSet<usize>,
}

struct Template {
    /// Index of the text.
    text: usize,
    message: Sym,
    /// Squeezed words in order; the text ends with the last one unless `open`.
    words: Vec<String>,
    open: bool,
    length: usize,
}

impl Templates {
    fn new(store: &Store, texts: &[MessageText]) -> Self {
        let mut out = Self { by_head: HashMap::new(), lengths: BTreeSet::new() };
        for (at, text) in texts.iter().enumerate() {
            let pieces = pieces(store.text(text.text));
            let words: Vec<String> =
                pieces.iter().filter_map(|piece| if let Piece::Words(words) = piece { Some(squeeze(words)) } else { None }).collect();
            let length = words.iter().map(String::len).sum();
            if length >= TELLING {
                let head = if let Some(Piece::Words(words)) = pieces.first() { squeeze(words) } else { String::new() };
                let open = matches!(pieces.last(), Some(Piece::Variable(_)));
                out.lengths.insert(head.len());
                out.by_head.entry(head).or_default().push(Template { text: at, message: text.message, words, open, length });
            }
        }
        out
    }

    /// The text with the most words that a shown one can be; `None` where two messages have equally many.
    fn find(&self, shown: &str) -> Option<usize> {
        let shown = squeeze(shown.rsplit_once("\\Q").map_or(shown, |(_, tip)| tip.trim_end_matches('@')));
        let heads = self.lengths.iter().filter_map(|length| self.by_head.get(shown.get(..*length)?));
        let fitting: Vec<&Template> = heads.flatten().filter(|template| template.fits(&shown)).collect();
        let best = fitting.iter().max_by_key(|template| template.length)?;
        let rival = fitting.iter().any(|other| other.length == best.length && other.message != best.message);
        (!rival).then_some(best.text)
    }
}

impl Template {
    fn fits(&self, shown: &str) -> bool {
        let mut rest = shown;
        for words in &self.words {
            let Some((_, behind)) = rest.split_once(words.as_str()) else { return false };
            rest = behind;
        }
        self.open || rest.is_empty() || self.words.last().is_some_and(|last| rest.ends_with(last.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_of_every_kind() {
        let (words, variable) = (|text: &str| Piece::Words(text.to_owned()), Piece::Variable);
        let rows = [
            ("No delivery to &1, unknown", vec![words("No delivery to "), variable(0), words(", unknown")]),
            (
                "SAPconnect &1: &2 (0x&3)",
                vec![words("SAPconnect "), variable(0), words(": "), variable(1), words(" (0x"), variable(2), words(")")],
            ),
            ("&V4&&V3&", vec![variable(3), variable(2)]),
            ("& at &", vec![variable(0), words(" at "), variable(1)]),
            ("Research && development", vec![words("Research & development")]),
            ("Größe &9", vec![words("Größe "), variable(0), words("9")]),
            ("&V", vec![variable(0), words("V")]),
            ("", vec![]),
        ];
        for (text, want) in rows {
            assert_eq!(pieces(text), want, "{text}");
        }
    }
}
