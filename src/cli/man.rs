//! The manual page: one for all commands, each with its options and examples.

use super::{Cli, CommandError, Outcome, print};
use clap::{Command, CommandFactory};
use clap_mangen::Man;
use std::io;

/// Prints the manual page.
pub fn man() -> Result<Outcome, CommandError> {
    let mut cli = Cli::command();
    cli.build();
    let mut out = Vec::new();
    let whole = Man::new(cli.clone());
    whole.render_title(&mut out)?;
    whole.render_name_section(&mut out)?;
    whole.render_synopsis_section(&mut out)?;
    whole.render_description_section(&mut out)?;
    whole.render_options_section(&mut out)?;
    for command in cli.get_subcommands() {
        section(command, &mut out)?;
    }
    whole.render_extra_section(&mut out)?;
    whole.render_version_section(&mut out)?;
    print(&String::from_utf8_lossy(&out))?;
    Ok(Outcome::Done)
}

/// A command and those below it; what is a section of a page of its own is a part of one here.
fn section(command: &Command, out: &mut Vec<u8>) -> io::Result<()> {
    if command.get_name() == "help" {
        return Ok(());
    }
    let name = command.get_bin_name().unwrap_or_else(|| command.get_name()).to_uppercase();
    let (page, mut parts) = (Man::new(command.clone()), Vec::new());
    page.render_synopsis_section(&mut parts)?;
    page.render_description_section(&mut parts)?;
    page.render_options_section(&mut parts)?;
    if command.get_after_help().is_some() {
        page.render_extra_section(&mut parts)?;
    }
    let parts = String::from_utf8_lossy(&parts);
    out.extend(format!(".SH \"{name}\"\n").bytes());
    for line in parts.lines() {
        out.extend(line.replacen(".SH ", ".SS ", 1).bytes());
        out.push(b'\n');
    }
    command.get_subcommands().try_for_each(|below| section(below, out))
}
