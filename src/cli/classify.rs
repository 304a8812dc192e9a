//! `sostrace classify`: one text per line, one judgement per text.

use super::{CommandError, Outcome, catalogue};
use crate::formats::secret::Logons;
use crate::report::{clean, guarded};
use crate::rules::{Judgement, Matcher, Said};
use clap::ValueEnum;
use memchr::memchr3;
use rayon::prelude::*;
use serde_json::json;
use std::borrow::Cow;
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::path::PathBuf;
use std::sync::mpsc::sync_channel;

/// Bytes that are read at once, where there are so many.
const CHUNK: usize = 1 << 20;
/// Lines that one processor takes at once.
const PART: usize = 256;

/// Judges a text, and tells it.
type Judge<'a> = dyn Fn(&str, &mut dyn Write) -> io::Result<()> + Sync + 'a;

/// How judgements are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Form {
    /// Some lines for each text; what arguments get
    Details,
    /// One line for each text; what lines of standard input get
    Table,
    /// Columns input, rule, kind (does it heal?), owner, option, title
    Csv,
    /// One object for each text and line
    Json,
}

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  sostrace classify '550 5.7.64 TenantAttribution; Relay Access Denied'
  sostrace classify XS816
  grep -h ' 5[0-9][0-9] ' mail.log | sostrace classify --format csv")]
pub struct Args {
    /// The texts; '-' or nothing reads one per line from standard input
    #[arg(value_name = "TEXT")]
    texts: Vec<String>,
    /// The text may have been cut at its end
    #[arg(long)]
    cut: bool,
    /// How to print
    #[arg(long, value_enum, value_name = "FORMAT")]
    format: Option<Form>,
    /// Folder with rules of your own
    #[arg(long, value_name = "DIR")]
    rules: Option<PathBuf>,
}

/// Runs the command.
pub fn run(args: &Args) -> Result<Outcome, CommandError> {
    let catalogue = catalogue(args.rules.as_deref())?;
    let matcher = Matcher::new(&catalogue)?;
    let mut out = BufWriter::new(io::stdout());
    let piped = args.texts.is_empty() || args.texts == ["-"];
    let form = args.format.unwrap_or(if piped { Form::Table } else { Form::Details });
    head(form, &mut out)?;
    // Whoever feeds line by line sees an answer to each.
    out.flush()?;
    let judge = |text: &str, out: &mut dyn Write| {
        let found = matcher.judge(&Said { text, cut: args.cut, ..Said::default() });
        put(form, text.trim_end(), found.as_ref(), out)
    };
    if piped {
        pipe(&judge, &mut out)?;
    } else {
        let mut logons = Logons::default();
        args.texts.iter().try_for_each(|text| judge(&logons.line(text), &mut out))?;
    }
    out.flush()?;
    Ok(Outcome::Done)
}

/// Judges the lines of standard input while what was told of earlier ones is being written.
fn pipe(judge: &Judge<'_>, out: &mut (dyn Write + Send)) -> io::Result<()> {
    let mut lines = BufReader::with_capacity(CHUNK, io::stdin().lock());
    std::thread::scope(|scope| {
        let (sender, receiver) = sync_channel::<Vec<Vec<u8>>>(2);
        let writer = scope.spawn(move || {
            for parts in receiver {
                parts.iter().try_for_each(|part| out.write_all(part))?;
                out.flush()?;
            }
            Ok(())
        });
        let mut logons = Logons::default();
        while let Some(whole) = whole_lines(&mut lines)? {
            // Nobody takes more where the writer has failed, and it tells why.
            if sender.send(told(&whole, &mut logons, judge)?).is_err() {
                break;
            }
        }
        drop(sender);
        writer.join().unwrap_or_else(|_| Err(io::Error::other("the writer of the output stopped")))
    })
}

/// The lines that are there by now, and the rest of the last one of them; nothing at the end.
fn whole_lines(input: &mut impl BufRead) -> io::Result<Option<Vec<u8>>> {
    let mut lines = loop {
        match input.fill_buf() {
            Ok(there) => break there.to_vec(),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    };
    input.consume(lines.len());
    if !lines.is_empty() && !lines.ends_with(b"\n") {
        input.read_until(b'\n', &mut lines)?;
    }
    Ok((!lines.is_empty()).then_some(lines))
}

/// What is told of lines, in their order, by all processors; none repeats a logon.
fn told(lines: &[u8], logons: &mut Logons, judge: &Judge<'_>) -> io::Result<Vec<Vec<u8>>> {
    let text = String::from_utf8_lossy(lines.strip_suffix(b"\n").unwrap_or(lines));
    let lines: Vec<Cow<'_, str>> = text.split('\n').map(|line| logons.line(line)).collect();
    let part = |lines: &[Cow<'_, str>]| {
        let mut out = Vec::new();
        for line in lines {
            judge(line, &mut out)?;
        }
        Ok(out)
    };
    lines.par_chunks(PART).map(part).collect()
}

fn head(form: Form, out: &mut dyn Write) -> io::Result<()> {
    match form {
        Form::Table => row(out, ["rule", "how sure", "acts first", "title", "text"]),
        Form::Csv => writeln!(out, "input,rule,kind,owner,option,title"),
        Form::Details | Form::Json => Ok(()),
    }
}

fn put(form: Form, text: &str, found: Option<&Judgement<'_>>, out: &mut dyn Write) -> io::Result<()> {
    match form {
        Form::Details => details(text, found, out),
        Form::Table => {
            let rule = found.map(|found| found.rule);
            let (id, owner, title) = rule.map_or(("-", "-", "no rule knows this text"), |rule| (&rule.id, &rule.owner, &rule.title));
            row(out, [id, found.map_or("", sure), owner, title, &clean(text)])
        }
        Form::Csv => csv(text, found, out),
        Form::Json => {
            let rule = found.map(|found| found.rule);
            let object = json!({
                "input": text,
                "rule": rule.map(|rule| &rule.id),
                "kind": rule.map(|rule| rule.heal),
                "owner": rule.map(|rule| &rule.owner),
                "needs": rule.map(|rule| &rule.needs),
                "options": rule.map(|rule| &rule.options),
                "title": rule.map(|rule| &rule.title),
                "action": rule.map(|rule| &rule.action),
                "sure": found.map(sure),
                "why": found.map(|found| &found.why),
                "chain": found.map(|found| &found.chain),
                "others": found.map(|found| found.others.iter().map(|rule| &rule.id).collect::<Vec<_>>()),
            });
            writeln!(out, "{object}")
        }
    }
}

/// How sure a judgement is, in a word.
fn sure(found: &Judgement<'_>) -> &'static str {
    match (found.rule.matching.is_generic(), found.guess) {
        (true, _) => "generic",
        (false, true) => "a guess",
        (false, false) => "sure",
    }
}

/// A row of fixed columns, so that the first line is printed before the last one is read.
fn row(out: &mut dyn Write, [rule, sure, owner, title, text]: [&str; 5]) -> io::Result<()> {
    let short: String = if title.chars().count() > 50 { title.chars().take(49).chain(['…']).collect() } else { title.to_owned() };
    writeln!(out, "{rule:<11} {sure:<8} {owner:<18} {short:<50} {text}")
}

fn csv(text: &str, found: Option<&Judgement<'_>>, out: &mut dyn Write) -> io::Result<()> {
    let rule = found.map(|found| found.rule);
    let (id, kind, owner, title) =
        rule.map_or(("", "", "", ""), |rule| (rule.id.as_str(), rule.heal.as_str(), rule.owner.as_str(), rule.title.as_str()));
    let options = rule.map_or_else(String::new, |rule| rule.options.join(";"));
    for (at, value) in [text, id, kind, owner, &options, title].into_iter().enumerate() {
        if at > 0 {
            out.write_all(b",")?;
        }
        field(value, out)?;
    }
    out.write_all(b"\n")
}

/// A field of CSV that no spreadsheet runs.
fn field(value: &str, out: &mut dyn Write) -> io::Result<()> {
    let value = guarded(value);
    if memchr3(b',', b'"', b'\n', value.as_bytes()).is_some() || value.contains('\r') {
        write!(out, "\"{}\"", value.replace('"', "\"\""))
    } else {
        out.write_all(value.as_bytes())
    }
}

fn details(text: &str, found: Option<&Judgement<'_>>, out: &mut dyn Write) -> io::Result<()> {
    let Some(found) = found else { return writeln!(out, "-\tno rule knows this text\t{}", clean(text)) };
    let sure = match sure(found) {
        "sure" => String::new(),
        "generic" => " (generic: no rule knows these words)".to_owned(),
        guess => format!(" ({guess})"),
    };
    writeln!(out, "{}\t{}{sure}\t{}", found.rule.id, found.rule.title, clean(text))?;
    writeln!(out, "  why   {}", because(found))?;
    writeln!(out, "  who   {} acts first; the mails: {}", found.rule.owner, found.rule.action)?;
    let remedy = found.rule.remedy.first().map_or("", |remedy| remedy.text.as_str());
    writeln!(out, "  do    {remedy}")?;
    let others: Vec<&str> = found.others.iter().map(|rule| rule.id.as_str()).collect();
    if others.is_empty() { Ok(()) } else { writeln!(out, "  also  {}", others.join(", ")) }
}

/// What spoke for the rule, and the replies that stand inside each other.
pub fn because(found: &Judgement<'_>) -> String {
    let chain = if found.chain.len() > 1 { format!("; replies inside each other: {}", found.chain.join(" > ")) } else { String::new() };
    format!("{}{chain}", found.why)
}
