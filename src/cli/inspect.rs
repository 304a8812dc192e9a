//! `sostrace inspect`: what each file is.

use super::known::{Known, Wishes};
use super::privacy::Privacy;
use super::rejects::Rejects;
use super::{CommandError, Outcome, Paths, print};
use crate::evidence::{Fold, day_time};
use crate::pipeline::Analysis;
use crate::pseudonym::pseudonymize;
use crate::report::{clean, clock_offset};
use crate::source::Class;
use std::fmt::Write as _;

/// Lines shown that were not understood.
const SHOWN: usize = 10;

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  sostrace inspect incident/\n  sostrace inspect incident.zip --rejects rejects.tsv")]
pub struct Args {
    #[command(flatten)]
    paths: Paths,
    #[command(flatten)]
    known: Known,
    #[command(flatten)]
    rejects: Rejects,
    #[command(flatten)]
    privacy: Privacy,
}

/// Runs the command.
pub fn run(args: &Args) -> Result<Outcome, CommandError> {
    let config = args.known.config()?;
    let catalogue = args.known.catalogue()?;
    let known = args.known.over(&config);
    let mut names = args.privacy.pseudonyms()?;
    let wishes = Wishes { rejects: args.rejects.wanted(), names: names.as_ref(), ..Wishes::default() };
    let (mut analysis, outcome) = known.judge(&args.paths, config, &catalogue, &wishes)?;
    if let Some(names) = &mut names {
        pseudonymize(&mut analysis, names);
    }
    let mut out = String::new();
    for at in 0..analysis.reading.sources.len() {
        describe(&analysis, at, &mut out);
    }
    for (path, what) in &analysis.reading.strangers {
        let _ = writeln!(out, "{}\n  no log: {what}\n", clean(&path.display().to_string()));
    }
    print(&out)?;
    Ok(outcome.max(args.rejects.write(&analysis.reading)))
}

fn describe(analysis: &Analysis, at: usize, out: &mut String) {
    let source = &analysis.reading.sources[at];
    let _ = writeln!(out, "{}", clean(&source.label));
    let _ = writeln!(out, "  format          {}, {} % sure ({})", source.format, source.confidence, clean(&source.why));
    let _ = writeln!(out, "  encoding        {} ({})", source.encoding.name, source.encoding.basis);
    let _ = writeln!(out, "  bytes           {}, SHA-256 {}", source.bytes, source.sha256);
    if let Some(clock) = analysis.alignment.clocks.get(at) {
        let _ = writeln!(out, "  zone            {} ({}): from {}", clock.zone, clock.basis.word(), clean(&clock.why));
        if clock.anchors > 0 {
            let _ = writeln!(out, "  clock           {}", clock_offset(clock));
        }
        if let Some(span) = source.span.map(|span| clock.utc(span, Fold::Unknown)) {
            let _ = writeln!(out, "  span            {} to {} UTC", day_time(span.from), day_time(span.to));
        }
    }
    let land = &source.landscape;
    let level = land.trace_level.map_or_else(String::new, |level| format!(" trace level {level}"));
    if !land.system.is_empty() || !land.app_server.is_empty() || !level.is_empty() {
        let _ = writeln!(out, "  landscape       {} {}{level}", clean(&land.system), clean(&land.app_server));
    }
    let ledger = &source.ledger;
    let count = |class| ledger.count(class);
    let _ = writeln!(
        out,
        "  lines           {} = {} evidence + {} frame + {} others' mail + {} not understood; {} rows or events",
        ledger.lines(),
        count(Class::Evidence),
        count(Class::Frame),
        count(Class::Others),
        count(Class::NotUnderstood),
        source.rows
    );
    for (line, why) in ledger.not_understood(SHOWN) {
        let _ = writeln!(out, "  not understood  line {line}: {why}");
    }
    for note in &source.notes {
        let _ = writeln!(out, "  note            line {}: {}", note.line, clean(&note.text));
    }
    out.push('\n');
}
