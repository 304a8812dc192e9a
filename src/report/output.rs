//! Files appear whole or not at all.

use super::Format;
use crate::error::UsageError;
use crate::pipeline::Analysis;
use crate::rules::Catalogue;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::Path;

/// Writes the journeys into a file.
///
/// # Errors
/// When the file exists and `force` is not given, or cannot be written.
pub fn write_file(path: &Path, format: &Format, force: bool, analysis: &Analysis, catalogue: &Catalogue) -> Result<(), UsageError> {
    write_whole(path, force, &mut |out| (format.write)(analysis, catalogue, out))
}

/// What writes a file.
pub type Body<'a> = dyn FnMut(&mut dyn Write) -> io::Result<()> + 'a;

/// Writes a file, beside it first, then by one rename.
///
/// # Errors
/// When the file exists and `force` is not given, or cannot be written.
pub fn write_whole(path: &Path, force: bool, body: &mut Body<'_>) -> Result<(), UsageError> {
    if path.exists() && !force {
        return Err(UsageError::Exists(path.to_path_buf()));
    }
    let failed = |error: io::Error| UsageError::Write(path.to_path_buf(), error.to_string());
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let beside = path.with_file_name(format!(".{name}.{}.tmp", std::process::id()));
    let written = File::create(&beside).and_then(|file| {
        let mut out = BufWriter::new(file);
        body(&mut out)?;
        out.flush()
    });
    if let Err(error) = written.and_then(|()| fs::rename(&beside, path)) {
        let _ = fs::remove_file(&beside);
        return Err(failed(error));
    }
    Ok(())
}

/// Prints the journeys.
///
/// # Errors
/// Those of the stream.
pub fn write_stream(format: &Format, analysis: &Analysis, catalogue: &Catalogue, out: &mut dyn Write) -> io::Result<()> {
    (format.write)(analysis, catalogue, out)
}
