//! Every reply that the collected knowledge quotes has a rule of its own, or a reason why it has none.

mod support;

use regex::Regex;
use sostrace::rules::{Catalogue, Matcher, Said};
use sostrace::smtp::squeeze;
use std::fs;
use std::sync::LazyLock;

/// Documents that quote replies; they lie beside the repository where they are kept at all.
const DOCUMENTS: [&str; 3] = ["rules.md", "exchange.md", "relay.md"];

struct Row {
    reply: String,
    /// `-` where there is none.
    rule: String,
    reason: String,
}

fn table() -> Vec<Row> {
    let text = fs::read_to_string(support::repository("tests/quoted_replies/replies.tsv")).unwrap();
    let row = |line: &str| {
        let mut cells = line.split('\t').map(str::to_owned);
        Row { reply: cells.next().unwrap(), rule: cells.next().unwrap(), reason: cells.next().unwrap() }
    };
    text.lines().skip(1).map(row).collect()
}

#[test]
fn every_quoted_reply_gives_its_rule_or_a_reason() {
    let catalogue = Catalogue::builtin().unwrap();
    let matcher = Matcher::new(&catalogue).unwrap();
    let rows = table();
    assert!(rows.len() > 250, "{} replies", rows.len());
    for Row { reply, rule, reason } in &rows {
        let found = matcher.judge(&Said { text: reply, ..Said::default() }).map(|found| found.rule);
        if rule == "-" {
            assert!(found.is_none_or(|found| found.matching.is_generic()), "{reply:?} has a rule by now: {}", found.unwrap().id);
            assert!(!reason.is_empty(), "{reply:?} has neither rule nor reason");
        } else {
            assert_eq!(found.map(|found| found.id.as_str()), Some(rule.as_str()), "{reply}");
            assert!(!found.unwrap().matching.is_generic() && reason.is_empty(), "{reply}");
        }
    }
}

#[test]
fn no_quoted_reply_is_missing_in_the_table() {
    let folder = support::repository("../shared/knowledge");
    if !folder.is_dir() {
        eprintln!("skipped: the documents that quote the replies are not beside the repository");
        return;
    }
    let known: Vec<String> = table().into_iter().map(|row| row.reply).collect();
    let quoted: Vec<(String, String)> =
        DOCUMENTS.iter().flat_map(|name| quotes(name, &fs::read_to_string(folder.join(name)).unwrap())).collect();
    assert!(quoted.len() > 200, "{} replies found: their form has changed", quoted.len());
    let missing: Vec<&(String, String)> = quoted.iter().filter(|(_, reply)| !known.iter().any(|known| same(reply, known))).collect();
    assert!(missing.is_empty(), "not in the table: {missing:#?}");
}

/// Where a reply stands and its words: code in back quotes or in a block, with a refusing code and words behind it; in the
/// tables of rules the text column, whose codes stand in a column of their own.
fn quotes(name: &str, text: &str) -> Vec<(String, String)> {
    let reply = Regex::new(r"(^|[^\w.@+-])([45]\d\d[ -](\d\.\d+\.\d+)?|[45]\.\d{1,3}\.\d{1,3})[^\d.@].*[A-Za-z]{3}").unwrap();
    let span = Regex::new("`([^`]+)`").unwrap();
    let rule_row = Regex::new(r"^\| [A-Z]+-\d+ \|").unwrap();
    let (mut out, mut block) = (Vec::new(), false);
    for (at, line) in (1..).zip(text.lines()) {
        if line.starts_with("```") {
            block = !block;
            continue;
        }
        let texts = if rule_row.is_match(line) { line.split(" | ").nth(2).unwrap_or("") } else { "" };
        let all = span.captures_iter(line).map(|found| found[1].to_owned()).filter(|text| reply.is_match(text));
        let of_rule = span.captures_iter(texts).map(|found| found[1].to_owned()).filter(|text| text.contains(' '));
        let of_block = (block && reply.is_match(line)).then(|| line.to_owned());
        out.extend(all.chain(of_rule).chain(of_block).map(|reply| (format!("{name}:{at}"), reply)));
    }
    out
}

/// What stands for anything in a quotation: `...`, `<x>`, `[x]` and `*`.
static GAP: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\.\.\.|…|<[^<>]*>|\[[^\[\]]*\]|\*").unwrap());

/// A quotation is a row of the table where all words of the one stand in the other.
fn same(quoted: &str, known: &str) -> bool {
    holds(&squeeze(known), quoted) || holds(&squeeze(quoted), known)
}

/// Whether a text holds all parts of a pattern in their order.
fn holds(text: &str, pattern: &str) -> bool {
    let mut rest = text;
    let parts = GAP.split(pattern).map(|part| squeeze(part.trim_matches([' ', '.', ';', ',']))).filter(|part| !part.is_empty());
    parts.fold(true, |held, part| {
        let at = rest.find(&part);
        rest = at.and_then(|at| rest.get(at + part.len()..)).unwrap_or("");
        held && at.is_some()
    })
}
