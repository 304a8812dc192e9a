//! The key: a file of one line, made when it does not exist.

use std::fmt::Write as _;
use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// What the line begins with; the digit is the version of the tokens.
const MARK: &str = "sostrace-key-1 ";
/// Bytes of a key.
const LENGTH: usize = 32;

/// A secret by which tokens are made.
pub struct Key(pub(super) [u8; LENGTH]);

/// Why there is no key.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The operating system refused to read or to make it.
    #[error("--pseudonymize {path}: the key file cannot be {what} ({reason}). Name a file in a folder you may write to", path = .path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// `read` or `made`.
        what: &'static str,
        /// Why.
        reason: io::Error,
    },
    /// Something else than a key.
    #[error(
        "--pseudonymize {path}: this is no key: expected one line, '{MARK}' and {digits} hexadecimal digits. Restore it from a copy, or name a file that does not exist to get a new key (its tokens are others)",
        path = .0.display(),
        digits = LENGTH * 2
    )]
    Broken(PathBuf),
    /// The system has no randomness to offer.
    #[error("--pseudonymize {path}: the system gives no random numbers for a key ({reason}). Make the key on another machine", path = .0.display(), reason = .1)]
    Random(PathBuf, String),
}

impl Key {
    /// The key of a file, and whether the file was made for it.
    ///
    /// # Errors
    /// When the file holds something else, or cannot be read or made.
    pub fn open(path: &Path) -> Result<(Self, bool), KeyError> {
        match fs::read(path) {
            Ok(bytes) => parse(&bytes).map(|key| (key, false)).ok_or_else(|| KeyError::Broken(path.to_path_buf())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => make(path).map(|key| (key, true)),
            Err(reason) => Err(KeyError::Io { path: path.to_path_buf(), what: "read", reason }),
        }
    }

    /// A key for tests and tools.
    #[must_use]
    pub fn new(bytes: [u8; LENGTH]) -> Self {
        Self(bytes)
    }
}

/// Comments begin with `#`.
fn parse(bytes: &[u8]) -> Option<Key> {
    let text = std::str::from_utf8(bytes).ok()?;
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    let (Some(line), None) = (lines.next(), lines.next()) else { return None };
    let digits = line.strip_prefix(MARK)?.trim().as_bytes();
    let mut key = [0; LENGTH];
    if digits.len() != LENGTH * 2 {
        return None;
    }
    for (byte, pair) in key.iter_mut().zip(digits.chunks(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(pair).ok().filter(|pair| !pair.starts_with('+'))?, 16).ok()?;
    }
    Some(Key(key))
}

/// Only its owner may read it; whoever has it can find out which value a token stands for.
fn make(path: &Path) -> Result<Key, KeyError> {
    let mut key = [0; LENGTH];
    getrandom::fill(&mut key).map_err(|error| KeyError::Random(path.to_path_buf(), error.to_string()))?;
    let digits = key.iter().fold(String::new(), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    });
    let text = format!(
        "# The key of 'sostrace --pseudonymize'. Whoever has it can find the values behind the tokens: keep it, and keep it to yourself.\n{MARK}{digits}\n"
    );
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let written = options.open(path).and_then(|mut file| file.write_all(text.as_bytes()).and_then(|()| file.sync_all()));
    written.map_err(|reason| KeyError::Io { path: path.to_path_buf(), what: "made", reason })?;
    Ok(Key(key))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_one_line_of_a_known_shape() {
        let digits = "0f".repeat(32);
        for (text, want) in [
            (format!("sostrace-key-1 {digits}\n"), true),
            (format!("# mine\n\nsostrace-key-1 {digits}"), true),
            (format!("sostrace-key-1 {digits}\nsostrace-key-1 {digits}\n"), false),
            (format!("sostrace-key-2 {digits}\n"), false),
            (format!("sostrace-key-1 {}\n", &digits[1..]), false),
            (format!("sostrace-key-1 {}\n", digits.replace("0f", "+f")), false),
            (String::new(), false),
        ] {
            assert_eq!(parse(text.as_bytes()).is_some_and(|key| key.0 == [15; 32]), want, "{text}");
        }
    }
}
