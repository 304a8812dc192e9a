//! Which files a run is about.

use crate::error::ReadError;
use std::collections::BTreeMap;
use std::fs;
#[cfg(unix)]
use std::io::Seek;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// What stands for the standard input among the paths.
const STDIN: &str = "-";

/// A file to be looked at.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Found {
    /// Where it is; `stdin` for the standard input.
    pub path: PathBuf,
    /// Whether the user named it; a stranger inside a folder is harmless, a named one is an error.
    pub named: bool,
    /// Whether it is the standard input.
    pub stdin: bool,
}

impl Found {
    /// Its size; nothing where the system does not tell, as of a pipe.
    #[must_use]
    pub fn size(&self) -> u64 {
        if self.stdin { 0 } else { fs::metadata(&self.path).map_or(0, |meta| meta.len()) }
    }

    /// Its bytes.
    ///
    /// # Errors
    /// Those of the operating system.
    pub fn read(&self) -> io::Result<Vec<u8>> {
        if !self.stdin {
            return whole(&self.path);
        }
        let mut bytes = Vec::new();
        io::stdin().lock().read_to_end(&mut bytes)?;
        Ok(bytes)
    }
}

/// Files of at least so many bytes are read by two threads: most of the time goes into making memory ready for them.
#[cfg(unix)]
const LARGE: usize = 16 << 20;

/// All bytes of a file. It is opened once: who writes into a pipe may be gone before it is opened again.
fn whole(path: &Path) -> io::Result<Vec<u8>> {
    let mut file = fs::File::open(path)?;
    #[cfg(unix)]
    let mut bytes = halves(&mut file, LARGE)?;
    #[cfg(not(unix))]
    let mut bytes = Vec::new();
    // All of it, or what a log has got meanwhile.
    file.read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The bytes that a file of at least `large` has, the file standing behind them; none of a smaller one, or of one that is
/// shorter by now.
#[cfg(unix)]
fn halves(file: &mut fs::File, large: usize) -> io::Result<Vec<u8>> {
    use std::os::unix::fs::FileExt;
    let meta = file.metadata()?;
    let size = usize::try_from(meta.len()).unwrap_or(usize::MAX);
    if !meta.is_file() || size < large {
        return Ok(Vec::new());
    }
    // Asked for before, so that a file that does not fit is an error and no end of the program.
    Vec::<u8>::new().try_reserve_exact(size)?;
    let mut bytes = vec![0; size];
    let middle = size / 2;
    let (front, back) = bytes.split_at_mut(middle);
    let (front, back) = rayon::join(|| file.read_exact_at(front, 0), || file.read_exact_at(back, middle as u64));
    match front.and(back) {
        Ok(()) => file.seek(io::SeekFrom::Start(size as u64)).map(|_| bytes),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

/// Files below the given paths, sorted, each once however its path is spelled. A folder is walked without following links
/// to folders, and only its regular files count: a pipe in it would never end. A pipe that is named is read, and so is the
/// standard input as `-`.
#[must_use]
pub fn find(paths: &[PathBuf]) -> (Vec<Found>, Vec<ReadError>) {
    let (mut found, mut errors) = (Files::default(), Vec::new());
    for path in paths {
        if path.as_os_str() == STDIN {
            found.0.insert(path.clone(), Found { path: PathBuf::from("stdin"), named: true, stdin: true });
            continue;
        }
        match fs::metadata(path) {
            Ok(meta) if meta.is_dir() => walk(path, &mut found, &mut errors),
            Ok(_) => found.add(path.clone(), true),
            Err(error) if error.kind() == io::ErrorKind::NotFound => errors.push(ReadError::NotFound(path.clone())),
            Err(error) => errors.push(ReadError::Io(path.clone(), error)),
        }
    }
    let mut found: Vec<Found> = found.0.into_values().collect();
    found.sort_by_cached_key(|file| older_first(&file.path));
    (found, errors)
}

/// Order of files: by path, but `dev_icm.old` before the `dev_icm` that goes on with it.
pub fn older_first(path: &Path) -> (PathBuf, bool) {
    let old = path.extension().is_some_and(|end| end.eq_ignore_ascii_case("old"));
    (if old { path.with_extension("") } else { path.to_path_buf() }, !old)
}

/// Where a path really leads, also that of a member inside an archive; the path itself where that cannot be told.
#[must_use]
pub fn real(path: &Path) -> PathBuf {
    let found = path.ancestors().find_map(|above| Some((fs::canonicalize(above).ok()?, path.strip_prefix(above).ok()?)));
    match found {
        Some((above, inside)) if inside.as_os_str().is_empty() => above,
        Some((above, inside)) => above.join(inside),
        None => path.to_path_buf(),
    }
}

/// Files by where they really are.
#[derive(Default)]
struct Files(BTreeMap<PathBuf, Found>);

impl Files {
    /// Of two spellings the smaller one is kept, whichever comes first; a file that is named once is named.
    fn add(&mut self, path: PathBuf, named: bool) {
        let known = self.0.entry(real(&path)).or_insert_with(|| Found { path: path.clone(), named, stdin: false });
        known.named |= named;
        known.path = path.min(std::mem::take(&mut known.path));
    }
}

fn walk(folder: &Path, found: &mut Files, errors: &mut Vec<ReadError>) {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) => return errors.push(ReadError::Io(folder.to_path_buf(), error)),
    };
    for entry in entries.flatten().filter(|entry| !entry.file_name().to_string_lossy().starts_with('.')) {
        let path = entry.path();
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            walk(&path, found, errors);
        } else if fs::metadata(&path).is_ok_and(|meta| meta.is_file()) {
            found.add(path, false);
        }
    }
}

/// Shortest path suffix of each path that is unique among them.
#[must_use]
pub fn labels(paths: &[PathBuf]) -> Vec<String> {
    let parts: Vec<Vec<String>> =
        paths.iter().map(|p| p.components().map(|c| c.as_os_str().to_string_lossy().into_owned()).collect()).collect();
    let mut out: Vec<Option<String>> = vec![None; parts.len()];
    for depth in 1..=parts.iter().map(Vec::len).max().unwrap_or(0) {
        let suffixes: Vec<String> = parts.iter().map(|names| names[names.len().saturating_sub(depth)..].join("/")).collect();
        let mut counts = BTreeMap::<&str, usize>::new();
        for suffix in &suffixes {
            *counts.entry(suffix).or_default() += 1;
        }
        for (at, label) in out.iter_mut().enumerate().filter(|(_, label)| label.is_none()) {
            let done = counts.get(suffixes[at].as_str()) == Some(&1) || depth == parts[at].len();
            *label = done.then(|| suffixes[at].clone());
        }
        if out.iter().all(Option::is_some) {
            break;
        }
    }
    out.into_iter().map(Option::unwrap_or_default).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_the_shortest_unique_suffix() {
        let paths = ["a/app1/dev_icm", "a/app2/dev_icm", "a/sost.txt"].map(PathBuf::from);
        assert_eq!(labels(&paths), ["app1/dev_icm", "app2/dev_icm", "sost.txt"]);
        let twice = ["x", "a/x", "a/x", "y"].map(PathBuf::from);
        assert_eq!(labels(&twice), ["x", "a/x", "a/x", "y"]);
        assert!(labels(&[]).is_empty());
    }

    #[cfg(unix)]
    #[test]
    fn a_file_is_read_whole_by_two_threads_too() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        for size in [0_u8, 1, 2, 101] {
            let content: Vec<u8> = (0..size).collect();
            fs::write(&path, &content).unwrap();
            let mut file = fs::File::open(&path).unwrap();
            let mut bytes = halves(&mut file, 1).unwrap();
            assert_eq!(bytes, content);
            // What is written meanwhile stands behind what was read.
            fs::write(&path, [&content[..], b"more"].concat()).unwrap();
            file.read_to_end(&mut bytes).unwrap();
            assert_eq!(bytes, [&content[..], b"more"].concat());
            assert!(halves(&mut fs::File::open(&path).unwrap(), 1000).unwrap().is_empty());
        }
    }

    /// A pipe that is named gives what was written into it, although who wrote is gone.
    #[cfg(unix)]
    #[test]
    fn a_pipe_is_read_to_its_end() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pipe");
        assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success());
        let writer = path.clone();
        let writing = std::thread::spawn(move || fs::write(writer, b"all of it"));
        assert_eq!(whole(&path).unwrap(), b"all of it");
        writing.join().unwrap().unwrap();
    }

    #[cfg(unix)]
    #[test]
    fn only_regular_files_of_a_folder_count() {
        use std::os::unix::fs::symlink;
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::create_dir(at("real")).unwrap();
        fs::write(at("real/a.txt"), "a").unwrap();
        fs::write(at(".hidden"), "a").unwrap();
        symlink("real", at("folder-link")).unwrap();
        symlink("nowhere", at("dangling-link")).unwrap();
        fs::write(at("real/b.log"), "b").unwrap();
        let outside = tempfile::tempdir().unwrap();
        fs::write(outside.path().join("c.txt"), "c").unwrap();
        symlink(outside.path().join("c.txt"), at("file-link")).unwrap();
        // The same file under another name is one file.
        symlink("real/b.log", at("second-name")).unwrap();
        let socket = at("socket");
        let _listener = std::os::unix::net::UnixListener::bind(&socket).unwrap();
        let names = |paths: &[PathBuf]| {
            let (found, errors) = find(paths);
            assert!(errors.is_empty(), "{errors:?}");
            found.into_iter().map(|file| (file.path, file.named)).collect::<Vec<_>>()
        };
        assert_eq!(names(&[folder.path().to_path_buf()]), [(at("file-link"), false), (at("real/a.txt"), false), (at("real/b.log"), false)]);
        assert_eq!(
            names(&[socket.clone(), at("folder-link")]),
            [(at("folder-link/a.txt"), false), (at("folder-link/b.log"), false), (socket, true)]
        );
    }
}
