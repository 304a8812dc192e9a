//! `--pseudonymize`: a run for other eyes.

use super::{CommandError, tell};
use crate::pseudonym::{Key, Pseudonyms};
use std::path::PathBuf;

// The lines are shown as help, where backticks would be noise.
#[allow(clippy::doc_markdown)]
#[derive(Debug, clap::Args)]
pub struct Privacy {
    /// Replace names by tokens in every output, the same value by the same token in every run with this key file: mail
    /// addresses, subjects, hosts, IP addresses, users, systems, connectors, files; the file is made when it does not exist
    #[arg(long, value_name = "KEYFILE")]
    pseudonymize: Option<PathBuf>,
    /// Keep the domains of addresses and hosts
    #[arg(long, requires = "pseudonymize")]
    keep_domains: bool,
}

impl Privacy {
    /// What makes the tokens, where somebody asks for them.
    pub fn pseudonyms(&self) -> Result<Option<Pseudonyms>, CommandError> {
        let Some(path) = &self.pseudonymize else { return Ok(None) };
        let (key, made) = Key::open(path)?;
        if made {
            tell(&format!("{}: a new key; keep it to get the same tokens again", path.display()));
        } else if open_to_others(path) {
            tell(&format!("{}: others can read this key, and find the values behind the tokens: chmod 600", path.display()));
        }
        Ok(Some(Pseudonyms::new(&key, self.keep_domains)))
    }
}

#[cfg(unix)]
fn open_to_others(path: &std::path::Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(path).is_ok_and(|meta| meta.permissions().mode() & 0o077 != 0)
}

#[cfg(not(unix))]
fn open_to_others(_: &std::path::Path) -> bool {
    false
}
