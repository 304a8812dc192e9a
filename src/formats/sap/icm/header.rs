//! Header blocks: `trc file: ...`, then `key       value` lines (icm.md 1.3).

use crate::formats::Sink;

/// Keys of the block; any of them may be absent.
const KEYS: &[&str] = &["sysno", "sid", "systemid", "relno", "patchlevel", "patchno", "intno", "make", "profile", "pid"];

/// What a line without a thread prefix is to the header.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Part {
    /// The line that starts a new segment.
    Start,
    /// A key of the block.
    Key,
}

/// Whether the reader stands inside a block. A file may begin inside one.
#[derive(Debug)]
pub struct Header {
    inside: bool,
}

impl Default for Header {
    fn default() -> Self {
        Self { inside: true }
    }
}

impl Header {
    /// A line of another kind ends the block.
    pub fn leave(&mut self) {
        self.inside = false;
    }

    /// Reads a line of the block; `None` when it is none.
    pub fn take(&mut self, number: u32, physical: &str, sink: &mut Sink<'_>) -> Option<Part> {
        if physical.trim_start().starts_with("trc file:") {
            self.inside = true;
            level(number, physical, sink);
            return Some(Part::Start);
        }
        // The screen that shows the file names it above (icm.md 1.3).
        if self.inside && physical.trim_matches(['|', ' ']).starts_with("ICM Trace File") {
            return Some(Part::Key);
        }
        let (key, value) = physical.split_once([' ', '\t'])?;
        if !self.inside || !KEYS.contains(&key) {
            return None;
        }
        match key {
            "sid" => value.trim().clone_into(&mut sink.source.landscape.system),
            "profile" => {
                let name = value.trim().rsplit(['/', '\\']).next().unwrap_or("");
                name.rsplit('_').next().unwrap_or("").clone_into(&mut sink.source.landscape.app_server);
            }
            _ => {}
        }
        Some(Part::Key)
    }
}

fn level(number: u32, physical: &str, sink: &mut Sink<'_>) {
    let Some((_, level)) = physical.split_once("trc level:") else { return };
    let digits = level.trim_start().split(|c: char| !c.is_ascii_digit()).next().unwrap_or("");
    let level: Option<u8> = digits.parse().ok();
    sink.source.landscape.trace_level = sink.source.landscape.trace_level.max(level);
    if level.is_some_and(|level| level < 2) {
        sink.source.note(number, "trace level 1 shows connections only, no SMTP dialogue: replies of the server cannot be seen here");
    }
}
