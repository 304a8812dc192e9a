//! `sostrace analyze`: the main job.

use super::known::Known;
use super::outputs::Outputs;
use super::rejects::Rejects;
use super::screen::Screen;
use super::weight::Weight;
use super::{CommandError, Outcome, Paths, print, when};
use crate::error::UsageError;
use crate::journey::{Journey, Verdict};
use crate::pipeline::Analysis;
use crate::report::{Run, summary};
use crate::rules::Catalogue;

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Exit status: 0 done; 1 done, and --fail-on matched; 2 a path could not be read or understood, or a usage error.

Examples:
  sostrace analyze sost.txt MTSummary.csv
  sostrace analyze incident/ -o journeys.csv -o journeys.parquet
  sostrace analyze incident/ -o incidents=incidents.csv -o evidence=evidence.parquet
  sostrace analyze incident/ --format tsv | less -S
  sostrace analyze sost.txt --zone sap=Europe/Berlin --fail-on missing")]
pub struct Args {
    #[command(flatten)]
    paths: Paths,
    #[command(flatten)]
    known: Known,
    #[command(flatten)]
    outputs: Outputs,
    #[command(flatten)]
    weight: Weight,
    #[command(flatten)]
    rejects: Rejects,
    /// Exit with 1 when a journey has this verdict or rule (repeatable)
    #[arg(long, value_name = "VERDICT|RULE")]
    fail_on: Vec<String>,
    #[command(flatten)]
    screen: Screen,
    /// No progress
    #[arg(short, long)]
    quiet: bool,
    /// All incidents in full, where zones come from
    #[arg(short, long)]
    verbose: bool,
}

/// Runs the command.
pub fn run(args: &Args) -> Result<Outcome, CommandError> {
    let catalogue = args.known.catalogue()?;
    let outputs = args.outputs.wanted()?;
    check_fail_on(&args.fail_on, &catalogue)?;
    let (analysis, mut outcome) = args.known.judge(&args.paths, &catalogue, &args.weight, args.quiet, args.rejects.wanted())?;
    if analysis.reading.sources.is_empty() {
        return Ok(Outcome::Trouble);
    }
    let command = format!("sostrace analyze {}", args.known.words(&args.paths).join(" "));
    let run = Run { analysis: &analysis, catalogue: &catalogue, command: &command };
    outcome = outcome.max(outputs.write(run, args.rejects.force));
    outcome = outcome.max(args.rejects.write(&analysis.reading));
    if !outputs.print(run)? {
        print(&summary(&analysis, &catalogue, &args.paths.paths, &args.screen.style(args.verbose)))?;
    }
    Ok(outcome.max(matched(&args.fail_on, &analysis)))
}

fn check_fail_on(wanted: &[String], catalogue: &Catalogue) -> Result<(), UsageError> {
    let verdicts = Verdict::ALL.iter().map(|verdict| verdict.word());
    let names: Vec<&str> = verdicts.chain(catalogue.iter().map(|rule| rule.id.as_str())).collect();
    let known = |word: &str| names.iter().any(|name| name.eq_ignore_ascii_case(word));
    wanted.iter().filter(|word| !known(word)).try_for_each(|word| when::word("fail-on", word, &names))
}

fn matched(wanted: &[String], analysis: &Analysis) -> Outcome {
    let text = |rule| analysis.reading.store.text(rule);
    let is_wanted = |word: &str| wanted.iter().any(|wanted| wanted.eq_ignore_ascii_case(word));
    let broken = |journey: &Journey| {
        let rules = journey.findings.iter().chain([&journey.rule]);
        is_wanted(journey.verdict.word()) || rules.map(|rule| text(*rule)).any(&is_wanted)
    };
    let hit = analysis.journeys.iter().any(broken) || analysis.incidents.iter().any(|incident| is_wanted(text(incident.pattern)));
    if hit { Outcome::Matched } else { Outcome::Done }
}
