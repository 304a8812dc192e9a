//! Size and time of each output beside reading and analysing the same files: `cargo bench --bench outputs`, or with the
//! number of mails, `-- 1000000`.

#[path = "generator/clock.rs"]
#[allow(dead_code)]
mod clock;
#[path = "generator/rng.rs"]
#[allow(dead_code)]
mod rng;
#[path = "accuracy/scenarios.rs"]
#[allow(dead_code)]
mod scenarios;
#[path = "accuracy/world.rs"]
#[allow(dead_code)]
mod world;

use sostrace::report::{Dialect, FORMATS, Run, TABLES, write_whole};
use sostrace::rules::Catalogue;
use sostrace::{Options, ReadOptions, analyse, read_with};
use std::path::Path;
use std::time::{Duration, Instant};

/// The tables that grow with the mails, beside the journeys.
const TABLES_TOO: [&str; 2] = ["evidence", "resend"];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    println!("{:<9} {:<20} {:>8} {:>9} {:>11}", "mails", "output", "s", "MB", "% of analysis");
    match arguments.first() {
        Some(mails) => measure(mails.parse()?),
        None => [10_000, 1_000_000].into_iter().try_for_each(measure),
    }
}

fn measure(mails: u64) -> Result<(), Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    let input = folder.path().join("in");
    std::fs::create_dir(&input)?;
    let world = world::make(&world::Scenario { recipients: mails / 5, ..scenarios::PLAIN }, mails, 1);
    std::fs::write(input.join("sap.txt"), &world.sap)?;
    std::fs::write(input.join("trace.csv"), &world.trace)?;
    drop(world);
    let catalogue = Catalogue::builtin()?;
    let begin = Instant::now();
    let reading = read_with(&[input], &ReadOptions::default(), &mut ());
    let read = begin.elapsed();
    let analysis = analyse(reading, &catalogue, &Options::default(), &mut ())?;
    let whole = begin.elapsed();
    let row = |output: &str, took: Duration, bytes: u64| {
        let share = 100.0 * took.as_secs_f64() / whole.as_secs_f64();
        let size = f64::from(u32::try_from(bytes / 1000).unwrap_or(u32::MAX)) / 1000.0;
        println!("{mails:<9} {output:<20} {:>8.2} {size:>9.1} {share:>11.1}", took.as_secs_f64());
    };
    row("(reading)", read, 0);
    row("(reading, analysis)", whole, 0);
    let run = Run::new(&analysis, &catalogue);
    let write = |name: &str, format: &sostrace::report::Format, table| -> Result<(), Box<dyn std::error::Error>> {
        let path = folder.path().join(name);
        let begin = Instant::now();
        let mut remarks = Vec::new();
        write_whole(Path::new(&path), false, &mut |out| {
            remarks = format.write(run, table, Dialect::default(), out)?;
            Ok(())
        })?;
        row(name, begin.elapsed(), std::fs::metadata(&path)?.len());
        for remark in remarks {
            println!("{:<9} {remark}", "");
        }
        Ok(())
    };
    for format in FORMATS {
        for table in TABLES.iter().filter(|table| table.name == "journeys" || (TABLES_TOO.contains(&table.name) && !format.whole())) {
            write(&format!("{}.{}", table.name, format.name), format, table)?;
        }
    }
    Ok(())
}
