//! Files appear whole or not at all.

use crate::error::UsageError;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;
use tempfile::{Builder, NamedTempFile};

/// What writes a file.
pub type Body<'a> = dyn FnMut(&mut dyn Write) -> io::Result<()> + 'a;

/// Writes a file: first beside it, to the disk, then by one rename. Whoever looks sees the old file, none, or the whole new
/// one, and what appeared meanwhile is not overwritten either.
///
/// # Errors
/// When the file exists and `force` is not given, or cannot be written.
pub fn write_whole(path: &Path, force: bool, body: &mut Body<'_>) -> Result<(), UsageError> {
    if path.exists() && !force {
        return Err(UsageError::Exists(path.to_path_buf()));
    }
    let failed = |error: &io::Error| UsageError::Write(path.to_path_buf(), error.to_string());
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let beside = beside(folder, body).map_err(|error| failed(&error))?;
    let placed = if force { beside.persist(path) } else { beside.persist_noclobber(path) };
    match placed {
        Ok(_) => sync(folder),
        Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => return Err(UsageError::Exists(path.to_path_buf())),
        Err(error) => return Err(failed(&error.error)),
    }
    Ok(())
}

/// The whole content in a temporary file of the folder, which goes away unless it is put in its place.
fn beside(folder: &Path, body: &mut Body<'_>) -> io::Result<NamedTempFile> {
    let mut builder = Builder::new();
    builder.prefix(".sostrace-").suffix(".tmp");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // Like any other new file: the umask takes away what it must.
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    let file = builder.tempfile_in(folder)?;
    let mut out = BufWriter::with_capacity(1 << 20, file.as_file());
    body(&mut out)?;
    out.flush()?;
    drop(out);
    file.as_file().sync_all()?;
    Ok(file)
}

/// The new name reaches the disk too, where the system can be asked for that.
fn sync(folder: &Path) {
    let _ = File::open(folder).and_then(|folder| folder.sync_all());
}
