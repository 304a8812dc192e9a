//! Two threads for one text: lines are taken apart on one while the other puts together what they say.

use crate::source::lines;
use std::sync::mpsc;

/// Shorter texts are not worth a thread.
const LONG: usize = 1 << 20;
/// Lines that are handed over at once.
const BATCH: usize = 256;
/// Batches that may wait.
const WAITING: usize = 16;

/// Hands on every line in order, each made ready by `ready`.
pub fn each<'a, T: Send>(text: &'a str, ready: &(dyn Fn((u32, &'a str)) -> T + Sync), take: &mut dyn FnMut(&T)) {
    if text.len() < LONG {
        return lines(text).map(ready).for_each(|line| take(&line));
    }
    let (give, got) = mpsc::sync_channel(WAITING);
    std::thread::scope(|scope| {
        let reader = std::thread::Builder::new().spawn_scoped(scope, move || {
            let mut all = lines(text).map(ready);
            loop {
                let batch: Vec<T> = all.by_ref().take(BATCH).collect();
                // Nobody listens any more only when the other side has failed.
                if batch.is_empty() || give.send(batch).is_err() {
                    break;
                }
            }
        });
        if reader.is_err() {
            // The system has no thread to give.
            return lines(text).map(ready).for_each(|line| take(&line));
        }
        for batch in got {
            batch.iter().for_each(&mut *take);
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_keep_their_order_whatever_thread_reads_them() {
        let text = "a line\nand another\n\n".repeat(LONG / 10);
        let mut got = Vec::new();
        each(&text, &|(number, line): (u32, &str)| format!("{number} {line}"), &mut |line: &String| got.push(line.clone()));
        let want: Vec<String> = lines(&text).map(|(number, line)| format!("{number} {line}")).collect();
        assert!(text.len() > LONG && got == want);
    }
}
