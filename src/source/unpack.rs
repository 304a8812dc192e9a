//! Archives become the files inside them: gzip and zstd in place, zip members under the archive's path. Whoever packs
//! a file in an incident means no harm, but what was mailed around is not trusted: sizes, names and depth have limits.

use super::stream::{Meter, Metered, Stream, Trouble, doubtful, pour};
use crate::error::ReadError;
use std::collections::BTreeSet;
use std::io::{Cursor, Read, Seek};
use std::path::{Path, PathBuf};
use zip::{CompressionMethod, ZipArchive};

/// What unpacking one file may cost.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Bytes that come out of a file, all its members and their members together.
    pub total: u64,
    /// Unpacked bytes from which on the ratio counts: small texts of one line over and over pack very well.
    pub large: u64,
    /// How many times its packed size a large member may be; deflate reaches 1032, logs stay below 100.
    pub ratio: u64,
    /// Archives inside archives.
    pub depth: usize,
    /// Members of a file and its members.
    pub members: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { total: 2 << 30, large: 64 << 20, ratio: 500, depth: 3, members: 10_000 }
    }
}

/// Takes a file or member with its bytes, or why it was refused.
pub type Take<'a> = dyn FnMut(PathBuf, Result<Vec<u8>, ReadError>) + 'a;

/// Hands on the file itself, or the members of an archive by name; a workbook is a file.
pub fn unpack(path: &Path, bytes: Vec<u8>, limits: &Limits, take: &mut Take<'_>) {
    Unpacker { limits, left: limits.total, members: limits.members, take }.file(path.to_path_buf(), bytes, 0);
}

/// Whether a zip archive has a member of a name.
#[must_use]
pub fn has_member(bytes: &[u8], name: &str) -> bool {
    ZipArchive::new(Cursor::new(bytes)).is_ok_and(|archive| archive.index_for_name(name).is_some())
}

/// Whether a zip archive stays within the limits; for readers that unpack it themselves.
#[must_use]
pub fn within(bytes: &[u8], limits: &Limits) -> bool {
    let Ok(mut archive) = ZipArchive::new(Cursor::new(bytes)) else { return false };
    let mut left = limits.total;
    (0..archive.len()).all(|at| {
        let Ok(mut member) = archive.by_index(at) else { return true };
        let packed = member.compressed_size();
        !matches!(pour(&mut member, packed, limits, &mut left, &|_| false, &mut |_| ()), Err(Trouble::TooLarge))
    })
}

#[derive(Clone, Copy)]
enum Kind {
    Gzip,
    Zstd,
    Zip,
}

impl Kind {
    fn of(bytes: &[u8]) -> Option<Self> {
        let rows: [(&[u8], Self); 4] =
            [(b"\x1F\x8B\x08", Self::Gzip), (b"\x28\xB5\x2F\xFD", Self::Zstd), (b"PK\x03\x04", Self::Zip), (b"PK\x05\x06", Self::Zip)];
        rows.into_iter().find(|(magic, _)| bytes.starts_with(magic)).map(|(_, kind)| kind)
    }
}

struct Unpacker<'a, 'b> {
    limits: &'a Limits,
    /// Bytes that may still come out.
    left: u64,
    /// Members that may still be looked at.
    members: usize,
    take: &'a mut Take<'b>,
}

impl Unpacker<'_, '_> {
    fn file(&mut self, path: PathBuf, bytes: Vec<u8>, depth: usize) {
        match Kind::of(&bytes) {
            None => (self.take)(path, Ok(bytes)),
            Some(Kind::Zip) => self.zip(path, bytes, depth),
            Some(_) if depth >= self.limits.depth => self.too_deep(path),
            Some(Kind::Gzip) => self.stream(path, &mut Stream::Gzip(&bytes), bytes.len() as u64, depth),
            Some(Kind::Zstd) => self.stream(path, &mut Stream::Zstd(&bytes), bytes.len() as u64, depth),
        }
    }

    /// One packed stream; what came out before it broke off is handed on all the same.
    fn stream(&mut self, path: PathBuf, stream: &mut Stream<'_, '_>, packed: u64, depth: usize) {
        let (mut out, before) = (Vec::new(), self.left);
        let mut poured = self.pour(stream, packed, true, &mut |bytes| out.extend_from_slice(bytes));
        if matches!(poured, Err(Trouble::Doubtful)) {
            (out, self.left) = (Vec::new(), before);
            poured = self.pour(stream, packed, false, &mut |_| ());
            if !matches!(poured, Err(Trouble::TooLarge)) {
                self.left = before;
                poured = self.pour(stream, packed, false, &mut |bytes| out.extend_from_slice(bytes));
            }
        }
        match poured {
            Ok(()) => self.file(path, out, depth + 1),
            Err(Trouble::TooLarge | Trouble::Doubtful) => self.refuse(path, TOO_LARGE.0, TOO_LARGE.1),
            Err(Trouble::Damaged(error)) => {
                self.damaged(path.clone(), &error.to_string());
                if !out.is_empty() {
                    self.file(path, out, depth + 1);
                }
            }
        }
    }

    /// Unpacks a stream from its beginning. `wary`: it stops where much comes out of little.
    fn pour(&mut self, stream: &mut Stream<'_, '_>, packed: u64, wary: bool, keep: &mut dyn FnMut(&[u8])) -> Result<(), Trouble> {
        let (mut reader, meter) = stream.reader().map_err(Trouble::Damaged)?;
        let doubt = |size: u64| wary && doubtful(size, meter.taken(), self.limits);
        pour(&mut reader, packed, self.limits, &mut self.left, &doubt, keep)
    }

    fn zip(&mut self, path: PathBuf, bytes: Vec<u8>, depth: usize) {
        let meter = Meter::default();
        let members = match ZipArchive::new(Metered::new(&bytes, &meter)) {
            Ok(archive) if is_office(&archive) => None,
            Ok(_) if depth >= self.limits.depth => return self.too_deep(path),
            Ok(archive) => Some(archive),
            Err(error) => return self.damaged(path, &error.to_string()),
        };
        let Some(mut archive) = members else { return (self.take)(path, Ok(bytes)) };
        let Some(left) = self.members.checked_sub(archive.len()) else {
            let what = format!("archives with more than {} members are not read", self.limits.members);
            return self.refuse(path, &what, "Unpack it and give the folder, or pack the logs only");
        };
        self.members = left;
        // By name, so that the order of packing changes nothing; as in a folder, `.old` comes before what goes on with it.
        let names: BTreeSet<(String, bool, String, usize)> = (0..archive.len())
            .filter_map(|at| {
                let entry = archive.by_index_data(at).ok()?;
                let name =
                    entry.name().map_or_else(|_| String::from_utf8_lossy(entry.name_raw()).into_owned(), std::borrow::Cow::into_owned);
                let newer = name.strip_suffix(".old");
                Some((newer.unwrap_or(&name).to_owned(), newer.is_none(), name, at))
            })
            .collect();
        for (_, _, name, at) in names {
            self.member(&path, &name, (&mut archive, &meter, at), depth);
        }
    }

    fn member(&mut self, archive_path: &Path, name: &str, member: (&mut ZipArchive<Metered<'_>>, &Meter, usize), depth: usize) {
        let (archive, meter, at) = member;
        let name = name.replace('\\', "/");
        if is_junk(&name) {
            return;
        }
        let Some(inner) = inner_path(&name) else {
            let what = format!("the member {name:?} names a place outside the archive and was not read");
            return self.refuse(archive_path.to_path_buf(), &what, "Unpack the archive by hand, look at that file, and give the files");
        };
        let path = archive_path.join(inner);
        let (what, remedy) = match archive.by_index_data(at) {
            Ok(entry) if !entry.is_file() => return,
            Ok(entry) if entry.encrypted() => {
                ("this member is encrypted and was not read", "Unpack the archive with its password and give the files")
            }
            Ok(entry) if !matches!(entry.compression(), CompressionMethod::Stored | CompressionMethod::Deflated) => {
                ("this member is packed in a way that is not known here", "Unpack the archive and give the files")
            }
            // One that says itself that it is too large takes nothing from the others.
            Ok(entry) if entry.size() > self.left => TOO_LARGE,
            Ok(entry) => {
                let packed = entry.compressed_size();
                drop(entry);
                return self.stream(path, &mut Stream::Member(archive, meter, at), packed, depth);
            }
            Err(error) => return self.damaged(path, &error.to_string()),
        };
        self.refuse(path, what, remedy);
    }

    fn refuse(&mut self, path: PathBuf, what: &str, remedy: &'static str) {
        (self.take)(path.clone(), Err(ReadError::Archive { path, what: what.to_owned(), remedy }));
    }

    fn too_deep(&mut self, path: PathBuf) {
        let what = format!("archives are nested more than {} deep", self.limits.depth);
        self.refuse(path, &what, "Unpack the outer archives and give what is inside");
    }

    fn damaged(&mut self, path: PathBuf, why: &str) {
        let what = format!("the archive (or XLSX workbook) is damaged or cut off ({why}); what could be unpacked was analysed");
        self.refuse(path, &what, "Copy or pack the file again");
    }
}

const TOO_LARGE: (&str, &str) =
    ("this unpacks to far more than logs do and was not read", "If it is meant to be so large, unpack it by hand and give the files");

/// Office documents are zip archives too; what they are is told by whoever reads them.
fn is_office<R: Read + Seek>(archive: &ZipArchive<R>) -> bool {
    ["[Content_Types].xml", "xl/workbook.xml"].iter().any(|name| archive.index_for_name(name).is_some())
}

/// What packers leave beside the files; hidden files are passed over as in folders.
fn is_junk(name: &str) -> bool {
    let hidden = |part: &str| part.starts_with('.') && part != "." && part != "..";
    name.split('/').any(|part| hidden(part) || matches!(part, "__MACOSX" | "Thumbs.db" | "desktop.ini"))
}

/// Path of a member below its archive; `None` when it names a place elsewhere.
fn inner_path(name: &str) -> Option<PathBuf> {
    let drive = name.as_bytes().get(1) == Some(&b':');
    let parts: Vec<&str> = name.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
    let outside = name.starts_with('/') || drive || parts.is_empty() || parts.contains(&"..");
    (!outside).then(|| parts.iter().collect())
}
