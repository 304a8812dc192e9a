//! Compiles the rule catalogue in: every TOML file below `src/rules/catalogue` becomes an entry of `FILES`.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

const CATALOGUE: &str = "src/rules/catalogue";

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed={CATALOGUE}");
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").ok_or_else(|| io::Error::other("CARGO_MANIFEST_DIR is not set"))?);
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or_else(|| io::Error::other("OUT_DIR is not set"))?);
    let mut names = Vec::new();
    for family in sorted(&root.join(CATALOGUE))? {
        for file in sorted(&family)? {
            names.extend(entry_name(&family, &file));
        }
    }
    let mut code =
        String::from("/// Rule files of the program: `FAMILY/ID.toml` and its text, sorted.\npub static FILES: &[(&str, &str)] = &[\n");
    for name in names {
        // The path is joined at compile time, so the generated file says nothing about the machine.
        let _ = writeln!(code, "    ({name:?}, include_str!(concat!(env!(\"CARGO_MANIFEST_DIR\"), \"/{CATALOGUE}/{name}\"))),");
    }
    code.push_str("];\n");
    fs::write(out.join("catalogue.rs"), code)
}

/// Entries of a folder by name; none when it is a file.
fn sorted(folder: &Path) -> io::Result<Vec<PathBuf>> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let mut entries = fs::read_dir(folder)?.map(|e| e.map(|e| e.path())).collect::<io::Result<Vec<_>>>()?;
    entries.sort();
    Ok(entries)
}

fn entry_name(family: &Path, file: &Path) -> Option<String> {
    if file.extension()? != "toml" {
        return None;
    }
    Some(format!("{}/{}", family.file_name()?.to_str()?, file.file_name()?.to_str()?))
}
