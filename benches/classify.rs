//! `classify` on lines of a pipe beside `grep -E` with ten patterns on the same lines: `cargo bench --bench classify`.

use sostrace::rules::Catalogue;
use std::fmt::Write as _;
use std::fs::File;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const LINES: usize = 200_000;
const RUNS: usize = 3;
/// What an administrator greps for.
const PATTERNS: &str = "5\\.7\\.64|5\\.7\\.(57|139)|535 5\\.7\\.3|5\\.1\\.(1|10)|5\\.4\\.1|5\\.2\\.2|4\\.4\\.7|4\\.7\\.500|NIECONN_REFUSED|(timed out|SSSLERR)";

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let catalogue = Catalogue::builtin()?;
    let samples = catalogue.iter().flat_map(|rule| &rule.samples).map(|sample| sample.text.as_str());
    let texts: Vec<&str> = samples.filter(|text| !text.is_empty() && !text.contains('\n')).collect();
    let folder = tempfile::tempdir()?;
    println!("{:<26} {:>9} {:>8} {:>11} {:>8} {:>8}", "lines", "MB", "own s", "lines / s", "grep s", "ratio");
    for (name, failures) in [("replies alone", 1), ("a log, one in ten fails", 10)] {
        let path = folder.path().join("lines");
        std::fs::write(&path, lines(&texts, failures))?;
        let own = best(|| run(env!("CARGO_BIN_EXE_sostrace"), &["classify", "--format", "csv"], &path))?;
        let grep = best(|| run("grep", &["-E", PATTERNS], &path))?;
        let megabytes = f64::from(u32::try_from(std::fs::metadata(&path)?.len() / 1000)?) / 1000.0;
        let per_second = f64::from(u32::try_from(LINES)?) / own.as_secs_f64();
        let ratio = own.as_secs_f64() / grep.as_secs_f64();
        println!("{name:<26} {megabytes:>9.1} {:>8.2} {per_second:>11.0} {:>8.2} {ratio:>7.2}x", own.as_secs_f64(), grep.as_secs_f64());
    }
    Ok(())
}

/// Lines of which every `failures`th is a sample of the catalogue, no two of them the same.
fn lines(texts: &[&str], failures: usize) -> String {
    let mut out = String::new();
    for at in 0..LINES {
        let head = format!(
            "Mar 10 08:{:02}:{:02} mailgw postfix/smtp[{}]: {:010X}: to=<ap{at}@fabrikam.example>",
            at / 60 % 60,
            at % 60,
            at % 997,
            at
        );
        let said = texts[at / failures % texts.len()];
        let _ = match (failures, at % failures) {
            (1, _) => writeln!(out, "{said} [{at:08X}.contoso.example]"),
            (_, 0) => writeln!(out, "{head}, relay=mx.fabrikam.example[198.51.100.25]:25, delay=0.8, status=bounced (host said: {said})"),
            _ => writeln!(
                out,
                "{head}, relay=mx.fabrikam.example[198.51.100.25]:25, delay=0.8, dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as {at:X})"
            ),
        };
    }
    out
}

fn run(program: &str, arguments: &[&str], path: &Path) -> std::io::Result<()> {
    // Into a pipe: grep stops at the first hit when its output goes nowhere.
    let output = Command::new(program).args(arguments).stdin(File::open(path)?).stdout(Stdio::piped()).output()?;
    assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
    Ok(())
}

fn best(mut work: impl FnMut() -> std::io::Result<()>) -> std::io::Result<Duration> {
    let mut least = Duration::MAX;
    for _ in 0..RUNS {
        let begin = Instant::now();
        work()?;
        least = least.min(begin.elapsed());
    }
    Ok(least)
}
