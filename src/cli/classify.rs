//! `sostrace classify`: one text per line, one judgement per text.

use super::{CommandError, Outcome, catalogue};
use crate::report::clean;
use crate::rules::{Catalogue, Matcher, Said};
use std::io::{self, BufRead, Write};
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  sostrace classify '550 5.7.64 TenantAttribution; Relay Access Denied'
  sostrace classify XS816
  grep -h ' 5[0-9][0-9] ' mail.log | sostrace classify -")]
pub struct Args {
    /// The texts; '-' or nothing reads one per line from standard input
    #[arg(value_name = "TEXT")]
    texts: Vec<String>,
    /// The text may have been cut at its end
    #[arg(long)]
    cut: bool,
    /// Folder with rules of your own
    #[arg(long, value_name = "DIR")]
    rules: Option<PathBuf>,
}

/// Runs the command.
pub fn run(args: &Args) -> Result<Outcome, CommandError> {
    let catalogue = catalogue(args.rules.as_deref())?;
    let matcher = Matcher::new(&catalogue)?;
    let mut out = io::stdout().lock();
    if args.texts.is_empty() || args.texts == ["-"] {
        for line in io::stdin().lock().split(b'\n') {
            let line = String::from_utf8_lossy(&line?).into_owned();
            judge(&matcher, &catalogue, &line, args.cut, &mut out)?;
        }
    } else {
        for text in &args.texts {
            judge(&matcher, &catalogue, text, args.cut, &mut out)?;
        }
    }
    out.flush()?;
    Ok(Outcome::Done)
}

fn judge(matcher: &Matcher<'_>, catalogue: &Catalogue, text: &str, cut: bool, out: &mut dyn Write) -> io::Result<()> {
    let Some(found) = matcher.judge(&Said { text, cut, ..Said::default() }) else {
        return writeln!(out, "-\tno rule knows this text\t{}", clean(text.trim_end()));
    };
    let guess = if found.guess { " (a guess)" } else { "" };
    let chain = if found.chain.len() > 1 { format!("; replies inside each other: {}", found.chain.join(" > ")) } else { String::new() };
    writeln!(out, "{}\t{}{guess}\t{}", found.rule.id, found.rule.title, clean(text.trim_end()))?;
    writeln!(out, "  why   {}{chain}", found.why)?;
    writeln!(out, "  who   {} acts first; the mails: {}", found.rule.owner, found.rule.action)?;
    let remedy = found.rule.remedy.first().map_or("", |remedy| remedy.text.as_str());
    writeln!(out, "  do    {remedy}")?;
    let others: Vec<&str> = found.others.iter().filter(|rule| catalogue.get(&rule.id).is_some()).map(|rule| rule.id.as_str()).collect();
    if others.is_empty() { Ok(()) } else { writeln!(out, "  also  {}", others.join(", ")) }
}
