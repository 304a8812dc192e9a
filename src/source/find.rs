//! Which files a run is about.

use crate::error::ReadError;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// A file to be looked at.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Found {
    /// Where it is.
    pub path: PathBuf,
    /// Whether the user named it; a stranger inside a folder is harmless, a named one is an error.
    pub named: bool,
}

/// Files below the given paths, sorted, each once; folders are walked without following links to folders.
#[must_use]
pub fn find(paths: &[PathBuf]) -> (Vec<Found>, Vec<ReadError>) {
    let (mut found, mut errors) = (BTreeMap::new(), Vec::new());
    for path in paths {
        match fs::metadata(path) {
            Ok(meta) if meta.is_dir() => walk(path, &mut found, &mut errors),
            Ok(_) => {
                found.insert(path.clone(), true);
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => errors.push(ReadError::NotFound(path.clone())),
            Err(error) => errors.push(ReadError::Io(path.clone(), error)),
        }
    }
    (found.into_iter().map(|(path, named)| Found { path, named }).collect(), errors)
}

fn walk(folder: &Path, found: &mut BTreeMap<PathBuf, bool>, errors: &mut Vec<ReadError>) {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) => return errors.push(ReadError::Io(folder.to_path_buf(), error)),
    };
    for entry in entries.flatten() {
        let path = entry.path();
        let hidden = entry.file_name().to_string_lossy().starts_with('.');
        match entry.file_type() {
            Ok(kind) if kind.is_dir() && !hidden => walk(&path, found, errors),
            Ok(kind) if !kind.is_dir() && !hidden => {
                found.entry(path).or_insert(false);
            }
            _ => {}
        }
    }
}

/// Shortest path suffix of each path that is unique among them.
#[must_use]
pub fn labels(paths: &[PathBuf]) -> Vec<String> {
    let parts: Vec<Vec<String>> =
        paths.iter().map(|p| p.components().map(|c| c.as_os_str().to_string_lossy().into_owned()).collect()).collect();
    let suffix = |at: usize, depth: usize| {
        let names = &parts[at];
        names[names.len().saturating_sub(depth)..].join("/")
    };
    (0..parts.len())
        .map(|at| {
            let unique = |depth: &usize| (0..parts.len()).all(|other| other == at || suffix(other, *depth) != suffix(at, *depth));
            let depth = (1..=parts[at].len()).find(unique).unwrap_or(parts[at].len());
            suffix(at, depth)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_the_shortest_unique_suffix() {
        let paths = ["a/app1/dev_icm", "a/app2/dev_icm", "a/sost.txt"].map(PathBuf::from);
        assert_eq!(labels(&paths), ["app1/dev_icm", "app2/dev_icm", "sost.txt"]);
    }
}
