//! A progress line on stderr, only where somebody watches.

use crate::pipeline::Progress;
use indicatif::{ProgressBar, ProgressStyle};
use std::io::{IsTerminal, stderr};
use std::path::Path;
use std::time::Duration;

/// Shows what is being done; silent when stderr is no terminal or with `-q`.
pub struct Bar(Option<ProgressBar>);

impl Bar {
    /// A bar, hidden when nobody watches.
    pub fn new(quiet: bool) -> Self {
        let watched = !quiet && stderr().is_terminal();
        Self(watched.then(|| {
            let bar = ProgressBar::new_spinner();
            if let Ok(style) = ProgressStyle::with_template("{spinner} {msg}") {
                bar.set_style(style);
            }
            bar.enable_steady_tick(Duration::from_millis(200));
            bar
        }))
    }
}

impl Progress for Bar {
    fn file(&mut self, at: usize, of: usize, path: &Path) {
        if let Some(bar) = &self.0 {
            bar.set_message(format!("reading {at}/{of} {}", crate::report::clean(&path.display().to_string())));
        }
    }

    fn step(&mut self, name: &'static str) {
        if let Some(bar) = &self.0 {
            bar.set_message(name);
        }
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        if let Some(bar) = &self.0 {
            bar.finish_and_clear();
        }
    }
}
