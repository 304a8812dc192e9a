//! What can go wrong, in words that say what to do.

use std::path::PathBuf;

/// A path or file that could not be read or understood. Everything else is still analysed.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The path does not exist.
    #[error("{}: no such file or directory. Check the path; several paths may be given", .0.display())]
    NotFound(PathBuf),
    /// The operating system refused.
    #[error("{path}: cannot be read ({reason}). Check the permissions, or copy the file to a place you may read", path = .0.display(), reason = .1)]
    Io(PathBuf, std::io::Error),
    /// Zero bytes.
    #[error("{0}: the file is empty. Export it again and check that the selection has hits")]
    Empty(String),
    /// Bytes that are no text.
    #[error("{0}: this is {1}, not a log. Sostrace reads text exports; see 'sostrace inspect --help' for what it knows")]
    Binary(String, &'static str),
    /// Text that no format claims.
    #[error(
        "{0}:1: no known format: expected a SAP list with '|' columns, a table as tab text, CSV or workbook, a dev_icm trace, a message trace as CSV or JSON, or one of the exports README.md lists, found {1:?}. Export it again as README.md describes, or leave the file out"
    )]
    NoFormat(String, String),
    /// An archive or a member of one that was not or not wholly read.
    #[error("{}: {what}. {remedy}", .path.display())]
    Archive {
        /// Archive, or member below it.
        path: PathBuf,
        /// What is wrong.
        what: String,
        /// What to do.
        remedy: &'static str,
    },
    /// A folder or archive in which nothing was a log.
    #[error("{path}: no log found in this {holder} ({count} files looked at). Name the files, or the folder that holds the exports", path = .0.display(), holder = .1, count = .2)]
    NoLogs(PathBuf, &'static str, usize),
    /// The last character is incomplete.
    #[error(
        "{label}:{line}: the file ends in the middle of a {encoding} character: the copy was cut off. What could be read was analysed; copy or export the file again"
    )]
    Truncated {
        /// Source.
        label: String,
        /// Last line.
        line: u32,
        /// Encoding.
        encoding: &'static str,
    },
    /// A header without a column that is needed.
    #[error("{label}:{line}: the header has no column for {missing}; found: {found}. {remedy}")]
    MissingColumn {
        /// Source.
        label: String,
        /// Line of the header.
        line: u32,
        /// What is missing.
        missing: String,
        /// The header as read.
        found: String,
        /// What to do.
        remedy: &'static str,
    },
    /// A recognised file without a single record.
    #[error("{label}:{line}: recognised as {format}, but {what}. {remedy}")]
    Malformed {
        /// Source.
        label: String,
        /// Line.
        line: u32,
        /// Format.
        format: &'static str,
        /// What is wrong.
        what: String,
        /// What to do.
        remedy: &'static str,
    },
}

impl ReadError {
    /// What a file that is no log is, in a few words.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Empty(_) => "an empty file",
            Self::Binary(_, what) => what,
            Self::NoFormat(..) => "a text that is no known log",
            Self::NoLogs(..) => "an archive without a log",
            _ => "not readable",
        }
    }

    /// Whether it says no more than that a file is no log.
    #[must_use]
    pub fn is_stranger(&self) -> bool {
        matches!(self, Self::Empty(_) | Self::Binary(..) | Self::NoFormat(..) | Self::NoLogs(..))
    }
}

/// A wish that cannot be fulfilled: wrong option, unwritable output, broken rule.
#[derive(Debug, thiserror::Error)]
pub enum UsageError {
    /// A value of an option is not understood.
    #[error("--{option} {value:?}: {what}")]
    Option {
        /// Option name.
        option: &'static str,
        /// Value given.
        value: String,
        /// What is expected.
        what: String,
    },
    /// The output exists.
    #[error("{}: exists already. Choose another name, or overwrite it with --force", .0.display())]
    Exists(PathBuf),
    /// The output cannot be written.
    #[error("{path}: cannot be written ({reason})", path = .0.display(), reason = .1)]
    Write(PathBuf, String),
    /// A rule file.
    #[error(transparent)]
    Rule(#[from] crate::rules::RuleError),
}
