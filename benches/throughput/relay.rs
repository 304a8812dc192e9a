//! A relay's log of any length, read alone and through the whole program, beside `pflogsumm`: seconds, and memory at its
//! most.

use super::files;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How often the memory of a program is looked at.
const LOOK: Duration = Duration::from_millis(2);

/// Prints a row for each program that reads a log of so many mails.
pub fn print(mails: u32) -> std::io::Result<()> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("mail.log");
    std::fs::write(&path, files::postfix(mails))?;
    let kilobytes = std::fs::metadata(&path).map_or(0, |meta| u32::try_from(meta.len() / 1000).unwrap_or(u32::MAX));
    let megabytes = f64::from(kilobytes) / 1000.0;
    println!("{mails} mails, {megabytes:.0} MB, the whole program from start to end");
    println!("{:<20} {:>8} {:>8} {:>9}", "program", "s", "MB/s", "peak MB");
    let begin = Instant::now();
    let reading = std::hint::black_box(sostrace::read(std::slice::from_ref(&path), &mut ()));
    let time = begin.elapsed().as_secs_f64();
    assert!(!reading.store.records.is_empty(), "{:?}", reading.problems);
    println!("{:<20} {time:>8.2} {:>8.1} {:>9}", "reading alone", megabytes / time, "-");
    drop(reading);
    let own = env!("CARGO_BIN_EXE_sostrace");
    let rows: [(&str, &str, &[&str]); 3] =
        [("sostrace inspect", own, &["inspect"]), ("sostrace analyze", own, &["analyze"]), ("pflogsumm", "pflogsumm", &[])];
    for (name, program, arguments) in rows {
        match run(program, arguments, &path) {
            Ok((time, peak)) => {
                println!("{name:<20} {:>8.2} {:>8.1} {:>9}", time.as_secs_f64(), megabytes / time.as_secs_f64(), peak / 1024);
            }
            Err(error) => println!("{name:<20} {error}"),
        }
    }
    Ok(())
}

/// Time of a program, and kilobytes of memory at its most; 0 where the system does not tell.
fn run(program: &str, arguments: &[&str], path: &Path) -> std::io::Result<(Duration, u64)> {
    let begin = Instant::now();
    let mut child = Command::new(program).args(arguments).arg(path).stdout(Stdio::null()).spawn()?;
    let mut peak = 0;
    while child.try_wait()?.is_none() {
        peak = resident(&child).unwrap_or(0).max(peak);
        std::thread::sleep(LOOK);
    }
    Ok((begin.elapsed(), peak))
}

/// The most that a process has held so far, as Linux counts it.
fn resident(child: &Child) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse().ok()
}
