//! A progress line on stderr: for work over a second, and only where somebody watches.

use crate::pipeline::Progress;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::{IsTerminal, stderr};
use std::path::Path;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::{JoinHandle, spawn};
use std::time::Duration;

/// Work that is done before needs no line.
const SHORT: Duration = Duration::from_secs(1);
/// How often the line is drawn where nothing happens.
const TICK: Duration = Duration::from_millis(200);
/// While files are read: how much of how much, how fast, how long still.
const READING: &str = "{spinner} {bytes} of {total_bytes} · {binary_bytes_per_sec} · {eta} left · {msg}";
/// Steps that need all files, whose length nobody knows.
const STEP: &str = "{spinner} {msg} · {elapsed}";

/// Shows what is being done; silent when stderr is no terminal or with `-q`.
pub struct Bar {
    bar: ProgressBar,
    /// Waits until the work is no short one; ends with this handle.
    appears: Option<(Sender<()>, JoinHandle<()>)>,
}

impl Bar {
    /// A bar, hidden when nobody watches, and at first.
    pub fn new(quiet: bool) -> Self {
        let mut bar = Self::on(ProgressDrawTarget::hidden());
        if !quiet && stderr().is_terminal() {
            let (ends, ended) = channel();
            let line = bar.bar.clone();
            let waiter = spawn(move || {
                if ended.recv_timeout(SHORT) == Err(RecvTimeoutError::Timeout) {
                    line.set_draw_target(ProgressDrawTarget::stderr());
                    line.enable_steady_tick(TICK);
                }
            });
            bar.appears = Some((ends, waiter));
        }
        bar
    }

    /// A bar that is drawn somewhere.
    fn on(target: ProgressDrawTarget) -> Self {
        Self { bar: ProgressBar::with_draw_target(Some(0), target), appears: None }
    }

    /// Does what writes to the terminal itself, without the line.
    pub fn aside<R>(&self, work: impl FnOnce() -> R) -> R {
        self.bar.suspend(work)
    }

    fn style(&self, template: &str) {
        if let Ok(style) = ProgressStyle::with_template(template) {
            self.bar.set_style(style);
        }
    }
}

impl Progress for Bar {
    fn begin(&mut self, bytes: u64) {
        self.style(READING);
        self.bar.set_length(bytes);
    }

    fn file(&mut self, at: usize, of: usize, path: &Path) {
        self.bar.set_message(format!("file {at} of {of}: {}", crate::report::clean(&path.display().to_string())));
    }

    fn done(&mut self, bytes: u64) {
        self.bar.inc(bytes);
    }

    fn step(&mut self, name: &'static str) {
        self.style(STEP);
        self.bar.set_message(name);
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        if let Some((ends, waiter)) = self.appears.take() {
            drop(ends);
            let _ = waiter.join();
        }
        self.bar.finish_and_clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use indicatif::TermLike;
    use std::io;
    use std::sync::{Arc, Mutex};

    /// A terminal that remembers what was written.
    #[derive(Debug, Clone, Default)]
    struct Screen(Arc<Mutex<String>>);

    impl TermLike for Screen {
        fn width(&self) -> u16 {
            120
        }
        fn move_cursor_up(&self, _: usize) -> io::Result<()> {
            Ok(())
        }
        fn move_cursor_down(&self, _: usize) -> io::Result<()> {
            Ok(())
        }
        fn move_cursor_right(&self, _: usize) -> io::Result<()> {
            Ok(())
        }
        fn move_cursor_left(&self, _: usize) -> io::Result<()> {
            Ok(())
        }
        fn write_line(&self, text: &str) -> io::Result<()> {
            self.write_str(text)
        }
        fn write_str(&self, text: &str) -> io::Result<()> {
            self.0.lock().unwrap().push_str(text);
            Ok(())
        }
        fn clear_line(&self) -> io::Result<()> {
            Ok(())
        }
        fn flush(&self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn the_line_has_bytes_files_rate_and_what_remains() {
        let screen = Screen::default();
        let mut bar = Bar::on(ProgressDrawTarget::term_like(Box::new(screen.clone())));
        bar.begin(3 << 20);
        bar.file(1, 2, Path::new("a\u{1b}[31m.txt"));
        bar.done(1 << 20);
        bar.bar.force_draw();
        bar.step("linking");
        bar.bar.force_draw();
        let shown = screen.0.lock().unwrap().clone();
        for part in ["1.00 MiB of 3.00 MiB", "/s ·", "left · file 1 of 2: a [31m.txt", "linking"] {
            assert!(shown.contains(part), "{part}: {shown}");
        }
    }

    #[test]
    fn nothing_is_drawn_where_nobody_watches() {
        assert!(Bar::new(true).bar.is_hidden() && Bar::new(true).appears.is_none());
    }
}
