//! Results of earlier runs, in each format that `-o` writes.

use super::parquet;
use super::result::{FIELDS, Journey, Results};
use crate::journey::Verdict;
use crate::report::{JOURNEYS, raw_value};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Extensions of files that can be compared.
const EXTENSIONS: &str = ".json, .jsonl, .csv, .tsv or .parquet";

/// Why a file of results cannot be compared.
#[derive(Debug, thiserror::Error)]
pub enum CompareError {
    /// The operating system refused.
    #[error("{path}: cannot be read ({reason}). Check the path and the permissions", path = .0.display(), reason = .1)]
    Io(PathBuf, std::io::Error),
    /// An extension that `-o` does not write, or that holds no rows to compare.
    #[error("{}: results to compare are {EXTENSIONS}, as 'sostrace analyze -o FILE' writes them", .0.display())]
    Extension(PathBuf),
    /// Something else than a table of journeys.
    #[error("{path}: {what}. Compare files of journeys, as 'sostrace analyze PATH... -o FILE' writes them", path = .0.display(), what = .1)]
    Strange(PathBuf, String),
    /// A row that is broken.
    #[error("{path}:{line}: {what}. The file was cut off or changed: write it again with -o", path = .path.display())]
    Row {
        /// The file.
        path: PathBuf,
        /// Its line, or its row where it has no lines.
        line: usize,
        /// What is wrong.
        what: String,
    },
}

/// Reads a file of journeys.
///
/// # Errors
/// When it cannot be read, or is none.
pub fn read(path: &Path) -> Result<Results, CompareError> {
    let extension = path.extension().map(|extension| extension.to_string_lossy().to_lowercase()).unwrap_or_default();
    let mut reader = Reader { path, results: Results { name: path.display().to_string(), ..Results::default() }, seen: BTreeMap::new() };
    match extension.as_str() {
        "csv" | "tsv" => reader.delimited(&text(path)?)?,
        "jsonl" => reader.lines(&text(path)?)?,
        "json" => reader.document(&text(path)?)?,
        "parquet" => {
            let rows = parquet::rows(path)?;
            reader.columns(rows.columns.iter().map(String::as_str))?;
            for (at, fields) in rows.rows.into_iter().enumerate() {
                reader.add(at + 1, fields)?;
            }
        }
        _ => return Err(CompareError::Extension(path.to_path_buf())),
    }
    Ok(reader.results)
}

fn text(path: &Path) -> Result<String, CompareError> {
    let bytes = std::fs::read(path).map_err(|error| CompareError::Io(path.to_path_buf(), error))?;
    let text = String::from_utf8(bytes)
        .map_err(|_| CompareError::Strange(path.to_path_buf(), "it is no UTF-8, which all results are written in".to_owned()))?;
    Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
}

/// A file on its way in.
struct Reader<'a> {
    path: &'a Path,
    results: Results,
    /// Where each journey stands.
    seen: BTreeMap<String, usize>,
}

impl Reader<'_> {
    /// Whatever stands behind the name of the first column delimits the cells.
    fn delimited(&mut self, text: &str) -> Result<(), CompareError> {
        let header = text.lines().next().unwrap_or("");
        let first = JOURNEYS.columns.first().map_or("", |column| column.name);
        let delimiter = header.trim_start_matches('"').strip_prefix(first).and_then(|rest| rest.trim_start_matches('"').bytes().next());
        let delimiter = delimiter.filter(u8::is_ascii_punctuation).or(delimiter.filter(|byte| *byte == b'\t'));
        let Some(delimiter) = delimiter else { return Err(self.strange(format!("its header does not begin with the column {first}"))) };
        let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).from_reader(text.as_bytes());
        let header = reader.headers().cloned().map_err(|error| self.strange(error.to_string()))?;
        self.columns(header.iter())?;
        let places = FIELDS.map(|field| header.iter().position(|column| column == field));
        for record in reader.records() {
            let record = record.map_err(|error| {
                let line = error.position().map_or(0, |position| usize::try_from(position.line()).unwrap_or(usize::MAX));
                self.row(line, "the row has more or fewer cells than the header".to_owned())
            })?;
            let line = record.position().map_or(0, |position| usize::try_from(position.line()).unwrap_or(usize::MAX));
            let cell = |at: Option<usize>| at.and_then(|at| record.get(at)).map(|cell| raw_value(cell).into_owned()).unwrap_or_default();
            self.add(line, places.map(cell))?;
        }
        Ok(())
    }

    /// One object in each line.
    fn lines(&mut self, text: &str) -> Result<(), CompareError> {
        for (at, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            let object: Map<String, Value> =
                serde_json::from_str(line).map_err(|error| self.row(at + 1, format!("no object of JSON ({error})")))?;
            self.object(at + 1, &object)?;
        }
        Ok(())
    }

    /// A document of a whole run; its journeys are counted, for they have no lines of their own.
    fn document(&mut self, text: &str) -> Result<(), CompareError> {
        let document: Value = serde_json::from_str(text).map_err(|error| self.row(error.line(), format!("no JSON ({error})")))?;
        self.results.schema_version = document.get("schema_version").and_then(Value::as_u64);
        let journeys = document.get("journeys").and_then(Value::as_array);
        let journeys = journeys.ok_or_else(|| self.strange("it is JSON without a list of journeys".to_owned()))?;
        for (at, journey) in journeys.iter().enumerate() {
            let object = journey.as_object().ok_or_else(|| self.row(at + 1, "the journey is no object of JSON".to_owned()))?;
            self.object(at + 1, object)?;
        }
        Ok(())
    }

    fn object(&mut self, line: usize, object: &Map<String, Value>) -> Result<(), CompareError> {
        if self.results.columns.is_empty() {
            self.columns(object.keys().map(String::as_str))?;
        }
        let field = |name: &str| object.get(name).and_then(Value::as_str).unwrap_or("").to_owned();
        self.add(line, FIELDS.map(field))
    }

    /// The names of the columns: without these it is something else.
    fn columns<'a>(&mut self, names: impl Iterator<Item = &'a str>) -> Result<(), CompareError> {
        self.results.columns = names.map(str::to_owned).collect();
        // What also other tables have: the place of the journey tells this one.
        for needed in ["journey", "verdict", "action", "recipient"] {
            if !self.results.columns.iter().any(|column| column == needed) {
                return Err(self.strange(format!("it has no column {needed}")));
            }
        }
        Ok(())
    }

    fn add(&mut self, line: usize, fields: [String; FIELDS.len()]) -> Result<(), CompareError> {
        let [id, verdict, ..] = &fields;
        let known = Verdict::ALL.into_iter().find(|known| known.word() == verdict);
        let known = known.ok_or_else(|| self.row(line, format!("{verdict:?} is no verdict")))?;
        if let Some(first) = self.seen.insert(id.clone(), line) {
            return Err(self.row(line, format!("the journey {id} stands already in row {first}")));
        }
        self.results.journeys.push(Journey::new(known, line, fields));
        Ok(())
    }

    fn strange(&self, what: String) -> CompareError {
        CompareError::Strange(self.path.to_path_buf(), what)
    }

    fn row(&self, line: usize, what: String) -> CompareError {
        CompareError::Row { path: self.path.to_path_buf(), line, what }
    }
}
