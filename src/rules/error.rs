//! What can be wrong with a rule file, and what to do about it.

use std::path::PathBuf;

/// A rule file that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum RuleError {
    /// The folder or a file in it cannot be read.
    #[error("{}: cannot be read ({source}); check the path given with --rules and its permissions", path.display())]
    Unreadable {
        /// The folder or file.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// The folder holds no rule file.
    #[error("{}: no rule file (ID.toml) in this folder; check the path given with --rules and the names of the files", path.display())]
    NoRules {
        /// The folder.
        path: PathBuf,
    },
    /// A file holds other bytes than UTF-8.
    #[error("{}: is not UTF-8 text; save the file as UTF-8", path.display())]
    NotUtf8 {
        /// The file.
        path: PathBuf,
    },
    /// The file is no rule: bad TOML, unknown or missing key, wrong type.
    #[error("{file}:{line}:{column}: {message}{hint}")]
    Malformed {
        /// The file.
        file: String,
        /// Line in it, from 1.
        line: usize,
        /// Character in the line, from 1.
        column: usize,
        /// What is wrong.
        message: String,
        /// The nearest known key, or nothing.
        hint: String,
    },
    /// A value is outside its vocabulary or contradicts another.
    #[error("{file}:{line}:{column}: {key}: {message}")]
    Invalid {
        /// The file.
        file: String,
        /// Line of the key, the last one where the key is absent.
        line: usize,
        /// Character of the value, else of the key, from 1.
        column: usize,
        /// The key.
        key: String,
        /// What is wrong and what would be right.
        message: String,
    },
    /// Two files carry the same id.
    #[error("{file}: rule {id} stands in {other} already; give one of them another id or remove it")]
    Duplicate {
        /// The second file.
        file: String,
        /// The id.
        id: String,
        /// The first file.
        other: String,
    },
    /// The literals cannot be compiled.
    #[error("the texts of the rules cannot be compiled ({0}); remove rule files given with --rules until it works and report the last one")]
    Automaton(String),
}
