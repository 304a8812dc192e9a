//! A page for a ticket: what happened, who must do what, which mails, and what it rests on.

use super::clean::clean;
use super::counts::counts;
use super::export::gaps;
use super::run::Run;
use super::table::Cell;
use super::tables::{RESEND, SOURCES, shared};
use crate::evidence::{Millis, day_time};
use crate::incident::Incident;
use std::io::{self, Write};

/// Mails that are listed; the list of thousands belongs into a table.
const LISTED: usize = 50;

/// Writes the page.
pub fn write(run: Run<'_>, out: &mut dyn Write) -> io::Result<Vec<String>> {
    let (counts, total) = (counts(run), run.analysis.journeys.len());
    writeln!(out, "# What became of {total} mails\n")?;
    if !run.analysis.recipient_domains.is_empty() {
        writeln!(out, "Only mails to {}.\n", escaped(&run.analysis.recipient_domains.join(", ")))?;
    }
    writeln!(out, "| ended | mails |\n| --- | ---: |")?;
    for (verdict, count) in counts.verdicts {
        writeln!(out, "| {} | {count} |", verdict.word())?;
    }
    writeln!(out, "\n| to do | mails |\n| --- | ---: |")?;
    for (action, count) in counts.actions {
        writeln!(out, "| {} | {count} |", action.word())?;
    }
    if !run.analysis.incidents.is_empty() {
        writeln!(out, "\n## Incidents, the most urgent first (UTC)")?;
    }
    for incident in &run.analysis.incidents {
        one(run, incident, out)?;
    }
    mails(run, out)?;
    silent(run, out)?;
    sources(run, out)?;
    Ok(Vec::new())
}

fn one(run: Run<'_>, incident: &Incident, out: &mut dyn Write) -> io::Result<()> {
    let rule = run.rule(incident.rule);
    let id = rule.map_or("no known cause", |rule| &rule.id);
    let time = |at: Option<Millis>| at.map_or_else(|| "not in the logs".to_owned(), day_time);
    writeln!(out, "\n### {} {}: {} mails\n", incident.id, escaped(id), incident.journeys.len())?;
    writeln!(out, "{}\n", escaped(rule.map_or("No rule knows the cause.", |rule| &rule.cause)))?;
    writeln!(out, "- began between {} (last good) and {} (first bad)", time(incident.onset.after), time(incident.onset.before))?;
    writeln!(out, "- ended between {} (last bad) and {} (first good)", time(incident.end.after), time(incident.end.before))?;
    if !incident.shared.is_empty() {
        let all: Vec<String> = incident.shared.iter().map(shared).collect();
        writeln!(out, "- the failed mails share: {}", escaped(&all.join("; ")))?;
    }
    for proof in &incident.proofs {
        writeln!(out, "- proof: {} ({})", escaped(&proof.text), escaped(&run.places(&proof.records)))?;
    }
    let Some(rule) = rule else { return Ok(()) };
    let needed = rule.needed(incident.by_relay);
    let needs = if needed.is_empty() { String::new() } else { format!(", needs {}", needed.join(", ")) };
    writeln!(out, "- who: **{}** acts first{}\n", escaped(rule.acts_first(incident.by_relay)), escaped(&needs))?;
    for (number, remedy) in (1..).zip(&rule.remedy) {
        let label = if remedy.weakens_security { " (weakens security)" } else { "" };
        writeln!(out, "{number}. {}{label}", escaped(&remedy.text))?;
    }
    writeln!(out, "\nDone when: {}", escaped(&rule.verify))
}

/// The mails that somebody must do something about.
fn mails(run: Run<'_>, out: &mut dyn Write) -> io::Result<()> {
    const SHOWN: [&str; 7] = ["journey", "do", "rule", "recipient", "subject", "requested_at", "gone_when"];
    let places: Vec<usize> = SHOWN.iter().filter_map(|name| RESEND.columns.iter().position(|column| column.name == *name)).collect();
    // What needs nothing has no owner.
    let owner = RESEND.columns.iter().position(|column| column.name == "owner").unwrap_or(0);
    let mut rows = RESEND.of(run).rows.filter(|row| row.get(owner).is_some_and(|cell| !cell.text().is_empty())).peekable();
    if rows.peek().is_none() {
        return Ok(());
    }
    writeln!(out, "\n## Mails\n\n| {} |\n|{}", SHOWN.join(" | "), " --- |".repeat(SHOWN.len()))?;
    for row in rows.by_ref().take(LISTED) {
        let cells: Vec<String> = places.iter().filter_map(|at| row.get(*at)).map(|cell| escaped(&cell.text())).collect();
        writeln!(out, "| {} |", cells.join(" | "))?;
    }
    let more = rows.count();
    if more > 0 {
        writeln!(out, "\nand {more} more: `sostrace analyze ... -o resend=resend.csv` lists all.")?;
    }
    Ok(())
}

fn silent(run: Run<'_>, out: &mut dyn Write) -> io::Result<()> {
    let gaps = gaps(run.analysis);
    if !gaps.is_empty() {
        writeln!(out, "\n## What no log covers, and what to export next\n")?;
    }
    for gap in gaps {
        writeln!(out, "- {}: `{}`", escaped(&gap.what), clean(&gap.export).replace('`', "'"))?;
    }
    Ok(())
}

fn sources(run: Run<'_>, out: &mut dyn Write) -> io::Result<()> {
    const SHOWN: [&str; 5] = ["source", "sha256", "format", "zone", "covers"];
    writeln!(out, "\n## What this rests on\n\n| {} |\n|{}", SHOWN.join(" | "), " --- |".repeat(SHOWN.len()))?;
    let places: Vec<usize> = SHOWN.iter().filter_map(|name| SOURCES.columns.iter().position(|column| column.name == *name)).collect();
    for row in SOURCES.of(run).rows {
        let cells: Vec<String> = places.iter().filter_map(|at| row.get(*at)).map(Cell::text).map(|text| escaped(&text)).collect();
        writeln!(out, "| {} |", cells.join(" | "))?;
    }
    writeln!(out, "\nMade by Sostrace {}: `{}`", env!("CARGO_PKG_VERSION"), clean(run.command).replace('`', "'"))
}

/// A text that stays text: neither markup nor a cell's end.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in clean(text).chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' | '#' | '$' | '!' => out.extend(['\\', c]),
            _ => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    #[test]
    fn texts_of_logs_are_no_markup() {
        assert_eq!(
            super::escaped("a|b <img src=x> [c](http://d) `e` _f_\n# g"),
            "a\\|b &lt;img src=x&gt; \\[c\\](http://d) \\`e\\` \\_f\\_ \\# g"
        );
    }
}
