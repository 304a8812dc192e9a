//! Time and memory of linking as the number of mails grows, as ratios to reading the same files.

use super::{scenarios, world};
use peak_alloc::PeakAlloc;
use sostrace::{align, read};
use std::time::Instant;

const SIZES: [u64; 3] = [10_000, 100_000, 1_000_000];

/// Prints a row for each size, with all mails different and with all the same.
pub fn print(heap: PeakAlloc) -> Result<(), Box<dyn std::error::Error>> {
    println!("{:<22} {:>9} {:>8} {:>8} {:>8} {:>12} {:>12}", "mails", "MB", "read s", "align s", "ratio", "heap / input", "linked");
    let all_alike = world::Scenario { name: "all alike", twins: 100, ..scenarios::KEYLESS };
    for (scenario, most) in [(scenarios::PLAIN, 1_000_000), (scenarios::KEYLESS, 1_000_000), (all_alike, 100_000)] {
        for size in SIZES.into_iter().filter(|size| *size <= most) {
            let recipients = if scenario.twins == 100 { 1 } else { size / 5 };
            row(&world::Scenario { recipients, ..scenario }, size, heap)?;
        }
    }
    Ok(())
}

fn row(scenario: &world::Scenario, size: u64, heap: PeakAlloc) -> Result<(), Box<dyn std::error::Error>> {
    let world = world::make(scenario, size, 1);
    let bytes = world.sap.len() + world.trace.len();
    let folder = tempfile::tempdir()?;
    std::fs::write(folder.path().join("sap.txt"), &world.sap)?;
    std::fs::write(folder.path().join("trace.csv"), &world.trace)?;
    drop(world);
    heap.reset_peak_usage();
    let before = heap.current_usage();
    let begin = Instant::now();
    let mut reading = read(&[folder.path().to_path_buf()], &mut ());
    let parsed = begin.elapsed();
    let begin = Instant::now();
    let alignment = align::align(&mut reading.store, &reading.sources, &[]);
    let aligned = begin.elapsed();
    let peak = heap.peak_usage().saturating_sub(before);
    let linked = alignment.mails.iter().filter(|mail| !mail.arrivals.is_empty()).count();
    let part = |of: usize| f64::from(u32::try_from(of / 1000).unwrap_or(u32::MAX)) / 1000.0;
    println!(
        "{:<22} {:>9.1} {:>8.2} {:>8.2} {:>8.2} {:>12.2} {linked:>12}",
        format!("{size} {}", scenario.name),
        part(bytes),
        parsed.as_secs_f64(),
        aligned.as_secs_f64(),
        aligned.as_secs_f64() / parsed.as_secs_f64(),
        part(peak) / part(bytes),
    );
    Ok(())
}
