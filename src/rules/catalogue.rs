//! Where rules come from: compiled in, and from a folder of the user's.

use super::error::RuleError;
use super::model::Rule;
use super::validate::Source;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

include!(concat!(env!("OUT_DIR"), "/catalogue.rs"));

/// All rules of a run, by id.
#[derive(Debug, Default)]
pub struct Catalogue {
    rules: BTreeMap<String, Rule>,
}

impl Catalogue {
    /// The rules that are compiled in.
    ///
    /// # Errors
    /// When one of them is malformed, which a test rules out.
    pub fn builtin() -> Result<Self, RuleError> {
        let sources: Vec<Source> = FILES.iter().map(|(file, text)| Source { file: (*file).to_owned(), text: (*text).to_owned() }).collect();
        Self::default().with(&sources)
    }

    /// Adds the rules below a folder; an id that is known, in any case, is overridden.
    ///
    /// # Errors
    /// When the folder holds no rule file, a file cannot be read or is no rule, or an id stands in two files.
    pub fn with_dir(self, folder: &Path) -> Result<Self, RuleError> {
        let sources: Vec<Source> = files(folder)?.iter().map(|path| read(path)).collect::<Result<_, _>>()?;
        if sources.is_empty() {
            return Err(RuleError::NoRules { path: folder.to_path_buf() });
        }
        self.with(&sources)
    }

    fn with(mut self, sources: &[Source]) -> Result<Self, RuleError> {
        let mut seen: BTreeMap<String, &Source> = BTreeMap::new();
        for source in sources {
            let rule = source.rule()?;
            if let Some(other) = seen.insert(rule.id.clone(), source) {
                return Err(RuleError::Duplicate { file: source.file.clone(), id: rule.id, other: other.file.clone() });
            }
            self.rules.insert(rule.id.clone(), rule);
        }
        // Rules name each other, so the names can be checked only when all are there.
        for (id, source) in &seen {
            self.get(id).map_or(Ok(()), |rule| source.check_ids(rule, |id| self.get(id).is_some()))?;
        }
        Ok(self)
    }

    /// A rule by its id, in any case.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&Rule> {
        self.rules.get(id).or_else(|| self.rules.get(&id.to_ascii_uppercase()))
    }

    /// All rules by id.
    pub fn iter(&self) -> impl Iterator<Item = &Rule> {
        self.rules.values()
    }

    /// The id most like a text.
    #[must_use]
    pub fn nearest(&self, id: &str) -> Option<&str> {
        let wanted = id.to_uppercase();
        let scored = self.rules.keys().map(|known| (strsim::jaro_winkler(known, &wanted), known.as_str()));
        scored.filter(|(score, _)| *score > 0.75).max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(a.1))).map(|(_, id)| id)
    }
}

/// Text of one file.
fn read(path: &Path) -> Result<Source, RuleError> {
    let text = std::fs::read_to_string(path).map_err(|source| match source.kind() {
        std::io::ErrorKind::InvalidData => RuleError::NotUtf8 { path: path.to_path_buf() },
        _ => RuleError::Unreadable { path: path.to_path_buf(), source },
    })?;
    Ok(Source { file: path.display().to_string(), text })
}

/// TOML files below a folder, sorted.
fn files(folder: &Path) -> Result<Vec<PathBuf>, RuleError> {
    let unreadable = |source| RuleError::Unreadable { path: folder.to_path_buf(), source };
    let mut out = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if path.is_dir() {
            out.extend(files(&path)?);
        } else if path.extension().is_some_and(|extension| extension == "toml") {
            out.push(path);
        }
    }
    out.sort();
    Ok(out)
}
