//! The pages of the documentation, made from the same files as `explain`.

use super::catalogue::Catalogue;
use super::model::Rule;
use super::page::{action, provenance, recognised};
use super::ways::{WAYS_AS_OF, way};
use std::fmt::Write as _;

/// Pages below the folder of the documentation, as path and text: one for each rule, and the index.
#[must_use]
pub fn documents(catalogue: &Catalogue) -> Vec<(String, String)> {
    let pages = catalogue.iter().map(|rule| (format!("{}/{}.md", rule.family().to_lowercase(), rule.id), document(rule)));
    pages.chain([("README.md".to_owned(), index(catalogue))]).collect()
}

fn index(catalogue: &Catalogue) -> String {
    let mut out = String::from(
        "# Rules\n\nMade from `src/rules/catalogue`; `sostrace explain ID` prints the same.\n\nV1, V2 and V3 are the states of the article *Exchange Online Integration for Email-Outbound from SAP*: V1 of 2022 to about 2024, V2 of 2025\n(the first option \"retiring soon\"), V3 with OAuth. They number the ways of sending differently, so that rules name them by id.\n",
    );
    let mut family = "";
    for rule in catalogue.iter() {
        if rule.family() != family {
            family = rule.family();
            let _ = write!(out, "\n## {family}\n\n| rule | title | acts first | the mails |\n| --- | --- | --- | --- |\n");
        }
        let path = format!("{}/{}.md", family.to_lowercase(), rule.id);
        let _ = writeln!(out, "| [{}]({path}) | {} | {} | {} |", rule.id, cell(&rule.title), rule.owner, rule.action);
    }
    out
}

fn cell(text: &str) -> String {
    plain(text).replace('|', "\\|")
}

/// Angle brackets would be tags.
fn plain(text: &str) -> String {
    text.replace('<', "\\<")
}

fn document(rule: &Rule) -> String {
    let mut out = format!("# {}: {}\n\n{}\n\n", rule.id, plain(&rule.title), plain(&rule.cause));
    let needs = if rule.needs.is_empty() { String::new() } else { format!(", needs {}", rule.needs.join(", ")) };
    let _ = write!(
        out,
        "- **Who** {} acts first{needs}\n- **Heals?** {}\n- **The mails** {}\n",
        rule.owner,
        rule.heal.meaning(),
        action(&rule.action)
    );
    out.push_str("\n## What to do\n\n");
    for (number, remedy) in (1..).zip(&rule.remedy) {
        let label = if remedy.weakens_security { " **(weakens security)**" } else { "" };
        let _ = writeln!(out, "{number}. {}{label}", plain(&remedy.text));
    }
    let _ = write!(out, "\nGone when: {}\n", plain(&rule.verify));
    let marks = recognised(rule);
    if !marks.is_empty() {
        let _ = write!(out, "\n## Recognised by\n\n```text\n{}\n```\n", marks.join("\n"));
    }
    if !rule.note.is_empty() {
        let _ = write!(out, "\n## Mind\n\n{}\n", plain(&rule.note));
    }
    let ways: Vec<_> = rule.options.iter().filter_map(|id| way(id)).collect();
    if !ways.is_empty() {
        let _ = write!(out, "\n## Ways of sending (as of {WAYS_AS_OF})\n\n");
        for way in ways {
            let _ = writeln!(out, "- `{}`: {}. Today: {}.", way.id, way.article, way.today);
        }
    }
    out.push_str("\n## References\n\n");
    for reference in &rule.references {
        let version = reference.article_version.as_ref().map_or_else(String::new, |version| format!(" ({version} of the article)"));
        let _ = writeln!(out, "- [{}]({}){version}", reference.title, reference.url);
    }
    let _ = write!(out, "\nChecked on {}; {}.\n", rule.as_of, provenance(&rule.provenance));
    out
}
