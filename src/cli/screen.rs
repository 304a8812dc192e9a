//! How a summary looks on the terminal.

use crate::report::Style;
use clap::ValueEnum;
use std::io::{self, IsTerminal};

/// Columns of the summary where nobody's terminal says less.
const WIDTH: usize = 120;
/// Narrower than this nothing can be read.
const NARROW: usize = 40;

/// When to colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal, unless `NO_COLOR` is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

#[derive(Debug, clap::Args)]
pub struct Screen {
    /// Colours in the summary [default: auto]
    #[arg(long, value_enum)]
    color: Option<Color>,
}

impl Screen {
    /// The style of a summary on standard output; the user's file may say when to colour.
    pub fn style(&self, verbose: bool, file: Option<Color>) -> Style {
        let color = match self.color.or(file).unwrap_or(Color::Auto) {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none(),
        };
        let columns = terminal_size::terminal_size_of(io::stdout()).map(|(columns, _)| usize::from(columns.0));
        Style { color, width: columns.unwrap_or(WIDTH).clamp(NARROW, WIDTH), columns, verbose }
    }
}
