//! How right the links are, measured against a known truth and beside what a spreadsheet would do:
//! `cargo bench --bench accuracy`, or with the number of seeds, `-- 5`; `-- scale` measures time and memory instead.

#[path = "generator/clock.rs"]
#[allow(dead_code)]
mod clock;
#[path = "generator/rng.rs"]
#[allow(dead_code)]
mod rng;
#[path = "accuracy/scale.rs"]
mod scale;
#[path = "accuracy/scenarios.rs"]
mod scenarios;
#[path = "accuracy/score.rs"]
mod score;
#[path = "accuracy/world.rs"]
mod world;

use peak_alloc::PeakAlloc;
use score::{Count, Score, score};
use sostrace::rules::Catalogue;
use sostrace::{Options, analyse, read};
use std::collections::BTreeMap;
use std::path::Path;
use world::Scenario;

#[global_allocator]
static HEAP: PeakAlloc = PeakAlloc;

/// Mails of a scenario.
const MAILS: u64 = 1000;
const SEEDS: u64 = 20;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    match arguments.first().map(String::as_str) {
        Some("scale") => scale::print(HEAP),
        Some(seeds) => accuracy(seeds.parse()?),
        None => accuracy(SEEDS),
    }
}

fn accuracy(seeds: u64) -> Result<(), Box<dyn std::error::Error>> {
    println!("{MAILS} mails, {seeds} seeds; 30 % of the trace are other people's rows");
    println!(
        "{:<26} {:>9} {:>7} {:>8} {:>9} {:>6} | {:>9} {:>7} | {:>9} {:>7}",
        "scenario", "precision", "recall", "verdicts", "offset ms", "open %", "nearest p", "r", "joined p", "r"
    );
    let catalogue = Catalogue::builtin()?;
    let mut calibration: BTreeMap<u32, (u32, u32)> = BTreeMap::new();
    for scenario in scenarios::ALL {
        let mut total = Score::default();
        for seed in 0..seeds {
            let one = run(scenario, seed, &catalogue)?;
            add(&mut total, &one);
            for (bucket, (made, right)) in one.calibration {
                let known = calibration.entry(bucket).or_default();
                (known.0, known.1) = (known.0 + made, known.1 + right);
            }
        }
        print(scenario, &total, seeds);
    }
    println!("\n{:<12} {:>9} {:>9} {:>8}", "confidence", "links", "wrong", "wrong %");
    for (bucket, (made, right)) in calibration {
        let wrong = made - right;
        println!("{:<12.2} {made:>9} {wrong:>9} {:>8.3}", f64::from(bucket) / 20.0, 100.0 * f64::from(wrong) / f64::from(made.max(1)));
    }
    Ok(())
}

fn run(scenario: &Scenario, seed: u64, catalogue: &Catalogue) -> Result<Score, Box<dyn std::error::Error>> {
    let world = world::make(scenario, MAILS, seed);
    let folder = tempfile::tempdir()?;
    let (sap, trace) = (folder.path().join("sap.txt"), folder.path().join("trace.csv"));
    std::fs::write(&sap, &world.sap)?;
    std::fs::write(&trace, &world.trace)?;
    let analysis = analyse(read(&[sap.clone(), trace], &mut ()), catalogue, &Options::default(), &mut ())?;
    let source = analysis.reading.sources.iter().position(|source| source.path == Path::new(&sap)).unwrap_or(0);
    Ok(score(&world, &analysis, u32::try_from(source)?))
}

fn add(total: &mut Score, one: &Score) {
    for (sum, count) in [(&mut total.links, one.links), (&mut total.nearest, one.nearest), (&mut total.joined, one.joined)] {
        sum.add(count);
    }
    total.verdicts = (total.verdicts.0 + one.verdicts.0, total.verdicts.1 + one.verdicts.1);
    total.open += one.open;
    total.offset = total.offset.max(one.offset);
}

fn print(scenario: &Scenario, total: &Score, seeds: u64) {
    let share = |part: u32, whole: u32| f64::from(part) / f64::from(whole.max(1));
    let mails = u32::try_from(MAILS * seeds).unwrap_or(u32::MAX);
    let both = |count: Count| (count.precision(), count.recall());
    let ((p, r), (np, nr), (jp, jr)) = (both(total.links), both(total.nearest), both(total.joined));
    println!(
        "{:<26} {p:>9.4} {r:>7.4} {:>8.4} {:>9} {:>6.2} | {np:>9.4} {nr:>7.4} | {jp:>9.4} {jr:>7.4}",
        scenario.name,
        share(total.verdicts.1, total.verdicts.0),
        total.offset,
        100.0 * share(total.open, mails),
    );
}
