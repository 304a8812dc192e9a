//! How fast each main format is read, beside `wc -l` and the obvious alternative over the same file, in one run:
//! `cargo bench --bench throughput`; with `taskset -c 0` before it on one core, as the ratios to the alternatives want it,
//! for of large files the bytes, the hash and a relay's lines are read by two threads. With `-- relay 1000000` the log of
//! so many mails read alone and by the whole program beside `pflogsumm`, with the memory of both programs.

#[path = "throughput/files.rs"]
mod files;
#[path = "throughput/relay.rs"]
mod relay;

use std::hint::black_box;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Runs of each measurement; the best one counts.
const RUNS: usize = 3;

/// What a user would reach for instead.
enum Alternative {
    /// `pflogsumm`, the report on Postfix logs that Debian packages; left out where it is not installed.
    Pflogsumm,
    /// `grep -c` of a fixed string.
    Grep(&'static str),
    /// The `csv` crate's plain read into owned strings.
    Csv,
    /// Splitting every line at a character into owned strings.
    Split(char),
}

fn main() -> std::io::Result<()> {
    // Cargo adds `--bench` to the arguments of every bench target.
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    if arguments.first().is_some_and(|first| first == "relay") {
        return relay::print(arguments.get(1).and_then(|mails| mails.parse().ok()).unwrap_or(files::ROWS));
    }
    let folder = tempfile::tempdir()?;
    println!("{:<18} {:>6} {:>10} {:>10} {:>16} {:>10} {:>9}", "format", "MB", "sostrace", "wc -l", "alternative", "MB/s", "ratio");
    let rows = [
        ("sap-list", files::list as fn() -> String, Alternative::Split('|')),
        ("sap-table", files::table, Alternative::Split('\t')),
        ("sap-icm", files::icm, Alternative::Grep("SMTP")),
        ("exchange-summary", files::summary, Alternative::Csv),
        ("relay-postfix", || files::postfix(files::ROWS), Alternative::Pflogsumm),
    ];
    let wanted = std::env::args().skip(1).find(|argument| !argument.starts_with('-'));
    for (name, make, alternative) in rows.into_iter().filter(|(name, ..)| wanted.as_ref().is_none_or(|wanted| wanted == name)) {
        let path = folder.path().join(name);
        std::fs::write(&path, make())?;
        row(name, &path, &alternative);
    }
    Ok(())
}

fn row(name: &str, path: &Path, alternative: &Alternative) {
    // Whole kilobytes are exact enough, and fit a float.
    let kilobytes = std::fs::metadata(path).map_or(0, |meta| u32::try_from(meta.len() / 1000).unwrap_or(u32::MAX));
    let megabytes = f64::from(kilobytes) / 1000.0;
    let own = best(|| {
        let reading = sostrace::read(&[path.to_path_buf()], &mut ());
        assert_eq!(reading.sources.first().map(|source| source.format), Some(name), "{:?}", reading.problems);
        assert!(!reading.store.records.is_empty(), "{name}: nothing in it is evidence, so this measures nothing");
        black_box(reading);
    });
    let wc = best(|| run("wc", &["-l"], path));
    let (what, other) = match alternative {
        Alternative::Pflogsumm if which("pflogsumm") => ("pflogsumm", best(|| run("pflogsumm", &[], path))),
        Alternative::Pflogsumm => ("(no pflogsumm)", Duration::MAX),
        Alternative::Grep(text) => ("grep -c", best(|| run("grep", &["-c", text], path))),
        Alternative::Csv => ("csv crate", best(|| read_csv(path))),
        Alternative::Split(at) => ("split", best(|| split(path, *at))),
    };
    let speed = |time: Duration| megabytes / time.as_secs_f64();
    let ratio = own.as_secs_f64() / other.as_secs_f64();
    println!("{name:<18} {megabytes:>6.1} {:>10.1} {:>10.1} {what:>16} {:>10.1} {ratio:>8.2}x", speed(own), speed(wc), speed(other));
}

fn best(mut work: impl FnMut()) -> Duration {
    let times = (0..RUNS).map(|_| {
        let begin = Instant::now();
        work();
        begin.elapsed()
    });
    times.min().unwrap_or_default()
}

fn which(program: &str) -> bool {
    Command::new(program).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok()
}

fn run(program: &str, arguments: &[&str], path: &Path) {
    // Into a pipe: grep stops at the first hit when its output goes nowhere.
    let output = Command::new(program).args(arguments).arg(path).stdout(Stdio::piped()).output();
    assert!(output.is_ok_and(|output| output.status.success()), "{program}");
}

fn read_csv(path: &Path) {
    let Ok(mut reader) = csv::Reader::from_path(path) else { return };
    let rows: Vec<Vec<String>> = reader.records().flatten().map(|row| row.iter().map(str::to_owned).collect()).collect();
    black_box(rows);
}

fn split(path: &Path, at: char) {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let rows: Vec<Vec<String>> = text.lines().map(|line| line.split(at).map(str::to_owned).collect()).collect();
    black_box(rows);
}
