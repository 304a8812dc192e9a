//! The pages below `docs/rules` are those of the rules. `DOCS=overwrite cargo test --test docs` makes them anew.

use sostrace::rules::{Catalogue, OPTIONS, WAYS, documents};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/rules")
}

/// Files below a folder, by their path in it.
fn found(folder: &Path, below: &Path, out: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found(&path, below, out);
        } else {
            let name = path.strip_prefix(below).unwrap().display().to_string().replace('\\', "/");
            out.insert(name, fs::read_to_string(&path).unwrap().replace("\r\n", "\n"));
        }
    }
}

#[test]
fn the_pages_are_current() {
    let wanted: BTreeMap<String, String> = documents(&Catalogue::builtin().unwrap()).into_iter().collect();
    if std::env::var_os("DOCS").is_some_and(|word| word == "overwrite") {
        let _ = fs::remove_dir_all(folder());
        for (name, text) in &wanted {
            let path = folder().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
    }
    let mut there = BTreeMap::new();
    found(&folder(), &folder(), &mut there);
    let stale = wanted.iter().filter(|(name, text)| there.get(*name) != Some(text)).map(|(name, _)| name);
    let stale: Vec<&String> = stale.chain(there.keys().filter(|name| !wanted.contains_key(*name))).collect();
    assert!(stale.is_empty(), "not current: {stale:?}; DOCS=overwrite cargo test --test docs makes them anew");
}

#[test]
fn the_index_leads_to_every_page_and_pages_are_short() {
    let pages: BTreeMap<String, String> = documents(&Catalogue::builtin().unwrap()).into_iter().collect();
    for (name, text) in pages.iter().filter(|(name, _)| *name != "README.md") {
        assert!(pages["README.md"].contains(&format!("]({name})")), "{name}");
        assert!(text.lines().count() < 80, "{name}");
    }
}

/// The numbers of the options changed their meaning between the versions of the article: no text may rely on them.
#[test]
fn ways_are_named_never_numbered() {
    assert_eq!(WAYS.iter().map(|way| way.id).collect::<Vec<_>>(), OPTIONS);
    for (name, text) in documents(&Catalogue::builtin().unwrap()) {
        let text = text.to_lowercase();
        for number in 1..=4 {
            assert!(!text.contains(&format!("option {number}")), "{name}");
        }
    }
}
