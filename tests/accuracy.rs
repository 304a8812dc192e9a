//! Links against a known truth, a seed of each scenario of the accuracy bench (`cargo bench --bench accuracy` has twenty).

#[path = "../benches/generator/clock.rs"]
#[allow(dead_code)]
mod clock;
#[path = "../benches/generator/rng.rs"]
#[allow(dead_code)]
mod rng;
#[path = "../benches/accuracy/scenarios.rs"]
mod scenarios;
#[path = "../benches/accuracy/score.rs"]
#[allow(dead_code)]
mod score;
mod support;
#[path = "../benches/accuracy/world.rs"]
mod world;

use score::score;
use sostrace::Options;
use support::{analyse_paths, folder};

#[test]
fn links_are_right_and_doubt_is_told() {
    for scenario in scenarios::ALL {
        let world = world::make(scenario, 400, 7);
        let folder = folder(&[("sap.txt", world.sap.as_bytes()), ("trace.csv", world.trace.as_bytes())]);
        let analysis = analyse_paths(&[folder.path().to_path_buf()], &Options::default());
        let sap = analysis.reading.sources.iter().position(|source| source.label == "sap.txt").unwrap();
        let got = score(&world, &analysis, u32::try_from(sap).unwrap());
        let (precision, recall) = (got.links.precision(), got.links.recall());
        let (all, right) = got.verdicts;
        // Of so few mails in the doubled hour of the autumn night two wrong ones are half a percent.
        assert!(precision >= 0.99 && recall >= 0.985, "{}: precision {precision}, recall {recall}", scenario.name);
        assert!(f64::from(right) >= 0.99 * f64::from(all), "{}: {right} of {all} verdicts", scenario.name);
        assert!(got.offset <= 2000, "{}: {} ms off", scenario.name, got.offset);
        let sure = got.calibration.iter().filter(|(tenth, _)| **tenth >= 18).map(|(_, (made, right))| made - right).sum::<u32>();
        assert_eq!(sure, 0, "{}: wrong although sure", scenario.name);
    }
}

/// Whether ABAP shows the hour of the autumn night once or twice is told by its mails.
#[test]
fn the_hour_that_the_clocks_go_back_in() {
    for scenario in scenarios::ALL.iter().filter(|scenario| scenario.name.starts_with("autumn")) {
        let world = world::make(scenario, 1000, 3);
        let folder = folder(&[("sap.txt", world.sap.as_bytes()), ("trace.csv", world.trace.as_bytes())]);
        let analysis = analyse_paths(&[folder.path().to_path_buf()], &Options::default());
        let clocks: Vec<&str> = analysis.alignment.clocks.iter().map(|clock| clock.why.as_str()).collect();
        assert_eq!(clocks.iter().any(|why| why.contains("at half speed")), scenario.stretched, "{}: {clocks:?}", scenario.name);
    }
}

/// Of very many mails a part tells the clock.
#[test]
fn the_clock_of_many_mails() {
    for recipients in [10_000, 4] {
        let scenario = world::Scenario { ahead: 187, recipients, ..scenarios::KEYLESS };
        let world = world::make(&scenario, 51_000, 5);
        let folder = folder(&[("sap.txt", world.sap.as_bytes()), ("trace.csv", world.trace.as_bytes())]);
        let mut reading = sostrace::read(&[folder.path().to_path_buf()], &mut ());
        let alignment = sostrace::align::align(&mut reading.store, &reading.sources, &[]);
        let clock = &alignment.clocks[0];
        assert!((-188_000..=-186_000).contains(&clock.drift_ms), "{recipients}: {} ms, {}", clock.drift_ms, clock.why);
    }
}

/// A block of mails that all look the same is linked one to one, in linear time.
#[test]
fn thousands_of_twins() {
    let scenario = world::Scenario { twins: 100, recipients: 1, ..scenarios::KEYLESS };
    let world = world::make(&scenario, 5000, 3);
    let folder = folder(&[("sap.txt", world.sap.as_bytes()), ("trace.csv", world.trace.as_bytes())]);
    // Mails that all look the same tell no zone.
    let options = Options { zones: vec![("sap".to_owned(), "Europe/Berlin".parse().unwrap())], ..Options::default() };
    let analysis = analyse_paths(&[folder.path().to_path_buf()], &options);
    let mut rows: Vec<u32> = analysis.alignment.mails.iter().flat_map(|mail| mail.arrivals.iter().map(|(row, _)| *row)).collect();
    let count = rows.len();
    rows.sort_unstable();
    rows.dedup();
    assert_eq!(rows.len(), count, "no arrival belongs to two");
    let real = world.mails.iter().filter(|mail| mail.arrival.is_some()).count();
    assert!(count * 1000 >= real * 985, "{count} of {real}");
}
