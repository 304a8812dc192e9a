//! `sostrace analyze`: the main job.

use super::config::Config;
use super::known::{Known, Wishes};
use super::outputs::Outputs;
use super::privacy::Privacy;
use super::rejects::Rejects;
use super::screen::Screen;
use super::weight::Weight;
use super::{CommandError, Outcome, Paths, print, when};
use crate::error::UsageError;
use crate::journey::{Journey, Verdict};
use crate::pipeline::Analysis;
use crate::pseudonym::pseudonymize;
use crate::report::{Run, summary};
use crate::rules::Catalogue;

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Exit status: 0 done; 1 done, and --fail-on matched; 2 a path could not be read or understood, or a usage error.

Examples:
  sostrace analyze sost.txt MTSummary.csv
  sostrace analyze incident/ -o journeys.csv -o journeys.parquet
  sostrace analyze incident/ -o report.html
  sostrace analyze incident/ -o incidents=incidents.csv -o evidence=evidence.parquet
  sostrace analyze incident/ --format tsv | less -S
  sostrace analyze sost.txt --zone sap=Europe/Berlin --fail-on missing
  sostrace analyze incident/ --pseudonymize my.key -o for-the-vendor.json")]
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
    privacy: Privacy,
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
    let config = args.known.config()?;
    let catalogue = args.known.catalogue()?;
    let outputs = args.outputs.wanted(&config)?;
    let fail_on = fail_on(args, &config, &catalogue)?;
    let style = args.screen.style(args.verbose, config.color());
    let known = args.known.over(&config);
    let mut names = args.privacy.pseudonyms()?;
    let wishes = Wishes {
        weight: Some(&args.weight),
        quiet: args.quiet,
        rejects: args.rejects.wanted(),
        texts: outputs.quotes() && names.is_none(),
        names: names.as_ref(),
    };
    let (mut analysis, mut outcome) = known.judge(&args.paths, config, &catalogue, &wishes)?;
    if analysis.reading.sources.is_empty() {
        return Ok(Outcome::Trouble);
    }
    if let Some(names) = &mut names {
        pseudonymize(&mut analysis, names);
    }
    let command = format!("sostrace analyze {}", args.known.words(&args.paths, names.as_ref()).join(" "));
    let run = Run { analysis: &analysis, catalogue: &catalogue, command: &command };
    outcome = outcome.max(outputs.write(run, args.rejects.force));
    outcome = outcome.max(args.rejects.write(&analysis.reading));
    if !outputs.print(run)? {
        print(&summary(&analysis, &catalogue, &args.paths.shown(names.as_ref()), &style))?;
    }
    Ok(outcome.max(matched(&fail_on, &analysis)))
}

/// Verdicts and rules that make the run fail: those of the command line, else those of the file of settings.
fn fail_on(args: &Args, config: &Config, catalogue: &Catalogue) -> Result<Vec<String>, UsageError> {
    let verdicts = Verdict::ALL.iter().map(|verdict| verdict.word());
    let names: Vec<&str> = verdicts.chain(catalogue.iter().map(|rule| rule.id.as_str())).collect();
    let unknown = |word: &&String| !names.iter().any(|name| name.eq_ignore_ascii_case(word));
    let check = |words: &[String]| words.iter().filter(unknown).try_for_each(|word| when::word("fail-on", word, &names));
    if args.fail_on.is_empty() {
        let words = config.list("fail-on");
        check(&words).map_err(|error| config.blame("fail-on", error))?;
        return Ok(words);
    }
    check(&args.fail_on)?;
    Ok(args.fail_on.clone())
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
