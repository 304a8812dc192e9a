//! The frame of a `dev_icm` trace: header, time stamp lines, thread prefixes.

use std::fmt::Write as _;

use chrono_tz::Tz;

use super::clock::{os_wall, show};

/// Kernel and process that write a trace.
pub struct Process {
    /// Kernel release, for example `785`.
    pub release: u16,
    /// Trace level 0 to 3.
    pub level: u8,
    /// System id.
    pub sid: &'static str,
    /// Host name without domain.
    pub host: &'static str,
    /// Zone of the operating system.
    pub zone: Tz,
    /// First instant of the file, milliseconds since 1970 UTC.
    pub from: i64,
}

/// One line after the prefix.
pub enum Line {
    /// With the prefix of the thread.
    Thread(String),
    /// Without any prefix: the continuation of older code.
    Bare(String),
}

/// Lines that one thread writes at one moment.
pub struct Record {
    /// Milliseconds since 1970 UTC.
    pub at: i64,
    /// Thread id.
    pub thread: u64,
    /// The lines in order.
    pub lines: Vec<Line>,
}

impl Record {
    /// Record of a single line.
    pub fn new(at: i64, thread: u64, text: impl Into<String>) -> Self {
        Self { at, thread, lines: vec![Line::Thread(text.into())] }
    }

    /// The same record with one more line of the thread.
    pub fn and(mut self, text: impl Into<String>) -> Self {
        self.lines.push(Line::Thread(text.into()));
        self
    }

    /// The same record with one more line without prefix.
    pub fn bare(mut self, text: impl Into<String>) -> Self {
        self.lines.push(Line::Bare(text.into()));
        self
    }
}

/// A pthread address as Linux shows it.
pub fn thread(index: u64) -> u64 {
    140_339_535_062_784 + index * 8_392_704
}

/// The whole file, LF at line ends. Records are sorted by time, keeping their order.
pub fn write(process: &Process, mut records: Vec<Record>) -> Vec<u8> {
    let mut start = Record::new(process.from, thread(0), "Trace file initialized");
    if process.level > 1 {
        // Full traces are switched on for minutes only, and reset before.
        start = start.and("TRACE FILE TRUNCATED ( pid =     5054 )");
    }
    records.insert(0, start);
    records.sort_by_key(|record| record.at);
    let mut text = header(process);
    let mut last = i64::MIN;
    for record in records {
        let prefix = format!("[Thr {}]", record.thread);
        if moved_on(process, last, record.at) {
            last = record.at;
            text.push_str(&stamp(process, &prefix, record.at));
        }
        for line in record.lines {
            match line {
                Line::Thread(line) => writeln!(text, "{prefix} {line}").expect("a String takes all"),
                Line::Bare(line) => writeln!(text, "{line}").expect("a String takes all"),
            }
        }
    }
    text.into_bytes()
}

/// A stamp is written only when the clock has moved on by its resolution.
fn moved_on(process: &Process, last: i64, now: i64) -> bool {
    if last == i64::MIN {
        return true;
    }
    if process.release >= 785 { now - last >= 50 } else { now / 1_000 != last / 1_000 }
}

fn stamp(process: &Process, prefix: &str, at: i64) -> String {
    let wall = os_wall(process.zone, at);
    if process.release >= 785 {
        let ms = wall.rem_euclid(1_000);
        format!("{prefix} {}:{ms:03} {}\n", show(wall, "%a %b %e %H:%M:%S"), show(wall, "%Y"))
    } else {
        format!("\n{prefix} {}\n", show(wall, "%a %b %e %H:%M:%S %Y"))
    }
}

fn header(process: &Process) -> String {
    let rule = "-".repeat(51);
    let Process { release, level, sid, host, .. } = process;
    format!(
        "{rule}\ntrc file: \"dev_icm\", trc level: {level}, release: \"{release}\"\n{rule}\n\
         sysno      00\nsid        {sid}\nsystemid   390 (AMD/Intel x86_64 with Linux)\n\
         relno      {release}0\npatchlevel 0\npatchno    200\nintno      0\n\
         make       multithreaded, Unicode, 64 bit, optimized\n\
         profile    /usr/sap/{sid}/SYS/profile/{sid}_D00_{host}\npid        5054\n"
    )
}
