//! Archives as people hand them in: members are sources of their own, and what is dangerous is refused with a remedy.

mod support;

use sostrace::source::{Limits, unpack};
use sostrace::{Reading, read};
use std::io::{Cursor, Write};
use std::path::{Path, PathBuf};
use support::{TABLE, folder, request};
use zip::write::SimpleFileOptions;

fn good(number: u32) -> Vec<u8> {
    format!("{TABLE}{}", request(number, "ap@fabrikam.example", 1, "S", ("XS", 718), "")).into_bytes()
}

fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in members {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap()
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 3).unwrap()
}

/// The same bytes with a text replaced everywhere, as long as the other.
fn patched(mut bytes: Vec<u8>, from: &[u8], to: &[u8]) -> Vec<u8> {
    assert_eq!(from.len(), to.len());
    let places: Vec<usize> = bytes.windows(from.len()).enumerate().filter(|(_, part)| *part == from).map(|(at, _)| at).collect();
    assert!(!places.is_empty());
    for at in places {
        bytes[at..at + to.len()].copy_from_slice(to);
    }
    bytes
}

/// Reads files of a folder, each named.
fn reading(files: &[(&str, &[u8])]) -> Reading {
    let folder = folder(files);
    let paths: Vec<PathBuf> = files.iter().map(|(name, _)| folder.path().join(name)).collect();
    read(&paths, &mut ())
}

fn labels(reading: &Reading) -> Vec<&str> {
    reading.sources.iter().map(|source| source.label.as_str()).collect()
}

fn problems(reading: &Reading) -> String {
    reading.problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

#[test]
fn members_are_sources_of_their_own() {
    let inner = zip(&[("app1/dev_icm", &good(1)), ("app2/dev_icm", &good(2)), ("README.txt", b"what happened"), ("empty", b"")]);
    let rows: [(&str, Vec<u8>, &[&str]); 7] = [
        ("a.zip", inner.clone(), &["app1/dev_icm", "app2/dev_icm"]),
        ("a.zip", zip(&[("b.zip", &inner), ("c.gz", &gzip(&good(3)))]), &["app1/dev_icm", "app2/dev_icm", "c.gz"]),
        ("sost.txt.gz", gzip(&good(1)), &["sost.txt.gz"]),
        ("sost.txt.gz", [gzip(&good(1)), gzip(b"")].concat(), &["sost.txt.gz"]),
        ("sost.zst", zstd(&good(1)), &["sost.zst"]),
        ("a.zip.gz", gzip(&inner), &["app1/dev_icm", "app2/dev_icm"]),
        ("a.zip", patched(zip(&[("x_y", &good(1))]), b"x_y", b"x\\y"), &["y"]),
    ];
    for (name, bytes, want) in rows {
        let reading = reading(&[(name, &bytes)]);
        assert_eq!((labels(&reading).as_slice(), problems(&reading).as_str()), (want, ""), "{name}");
    }
    let two = reading(&[("a.zip", &inner), ("b.zip", &zip(&[("app1/dev_icm", &good(4))]))]);
    assert_eq!(labels(&two), ["a.zip/app1/dev_icm", "app2/dev_icm", "b.zip/app1/dev_icm"]);
    assert_eq!(two.strangers.len(), 2);
}

#[test]
fn what_is_refused_is_told_and_the_rest_is_read() {
    let with = |name: &str| zip(&[(name, &good(2)), ("good.txt", &good(1))]);
    // A byte of the first local header and of the first one in the directory, where it stands two bytes further.
    let header = |at: usize, put: u8| {
        let mut bytes = with("sost.txt");
        for (magic, at) in [(b"PK\x03\x04", at), (b"PK\x01\x02", at + 2)] {
            let place = bytes.windows(4).position(|part| part == magic).unwrap();
            bytes[place + at] = put;
        }
        bytes
    };
    let deep = |levels: usize| (0..levels).fold(good(2), |inner, _| zip(&[("i.zip", &inner)]));
    let whole = with("sost.txt");
    let rows: [(&str, Vec<u8>, usize, &[&str]); 8] = [
        ("up", patched(with("xx/evil"), b"xx/evil", b"../evil"), 1, &["\"../evil\"", "outside the archive", "by hand"]),
        ("absolute", patched(with("x/evil"), b"x/evil", b"//evil"), 1, &["outside the archive"]),
        ("drive", patched(with("x_evil"), b"x_evil", b"C:evil"), 1, &["outside the archive"]),
        ("encrypted", header(6, 1), 1, &["sost.txt: ", "encrypted", "password"]),
        ("deep", zip(&[("d.zip", &deep(3)), ("good.txt", &good(1))]), 1, &["nested more than 3 deep", "outer archives"]),
        ("cut", whole[..whole.len() - 30].to_vec(), 0, &["damaged or cut off", "again"]),
        ("gzip cut", gzip(&good(1))[..90].to_vec(), 0, &["damaged or cut off"]),
        ("packed otherwise", header(8, 12), 1, &["sost.txt: ", "packed in a way that is not known here"]),
    ];
    for (name, bytes, sources, words) in rows {
        let reading = reading(&[("a.zip", &bytes)]);
        let told = problems(&reading);
        assert!(words.iter().all(|word| told.contains(word)), "{name}: {told} {:?} {:?}", reading.strangers, labels(&reading));
        assert!(reading.sources.len() >= sources, "{name}: {:?} {told}", labels(&reading));
    }
    assert_eq!(labels(&reading(&[("a.zip", &deep(3))])), ["i.zip"]);
}

#[test]
fn archives_without_a_log() {
    let readme = zip(&[("README.txt", b"what happened")]);
    for (name, bytes) in [("a.zip", &readme), ("a.zip", &zip(&[]))] {
        assert!(problems(&reading(&[(name, bytes)])).contains("no log found in this archive"), "{name}");
    }
    let folder = folder(&[("a.zip", &readme), ("good.txt", &good(1))]);
    let reading = read(&[folder.path().to_path_buf()], &mut ());
    assert_eq!((problems(&reading).as_str(), labels(&reading).as_slice()), ("", &["good.txt"][..]));
    assert!(reading.strangers.iter().any(|(path, what)| path.ends_with("a.zip") && what == "an archive without a log"));
}

#[test]
fn standard_input_is_read_once() {
    let (file, archive) = (good(1), zip(&[("app1/sost.txt", &good(1))]));
    for (bytes, label) in [(&file, "stdin"), (&gzip(&file), "stdin"), (&archive, "sost.txt")] {
        let mut command = assert_cmd::Command::cargo_bin("sostrace").unwrap();
        let output = command.args(["inspect", "-", "-"]).write_stdin(bytes.clone()).output().unwrap();
        let out = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success() && out.starts_with(&format!("{label}\n  format          sap-table")), "{out}");
        assert_eq!(out.matches("SHA-256").count(), 1, "{out}");
    }
    let mut command = assert_cmd::Command::cargo_bin("sostrace").unwrap();
    let output = command.args(["inspect", "-"]).write_stdin("").output().unwrap();
    let err = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.code() == Some(2) && err.contains("stdin: the file is empty"), "{err}");
}

#[test]
fn junk_of_packers_is_passed_over() {
    let junk = zip(&[("__MACOSX/._sost.txt", &good(2)), ("x/.DS_Store", b"x"), ("Thumbs.db", b"x"), ("./sost.txt", &good(1))]);
    let reading = reading(&[("a.zip", &junk)]);
    assert_eq!((labels(&reading).as_slice(), reading.strangers.len(), reading.problems.len()), (&["sost.txt"][..], 0, 0));
}

#[test]
fn bombs_are_refused() {
    let zeros = vec![b'0'; 4 << 20];
    let limits = Limits { total: 6 << 20, large: 1 << 20, ratio: 100, ..Limits::default() };
    let roomy = Limits { ratio: 1 << 20, ..limits };
    let four = zip(&[("1", &zeros), ("2", &zeros), ("3", b"small")]);
    let many = zip(&[("1", b"x"), ("2", &zip(&[("3", b"x"), ("4", b"x")])), ("3", b"x")]);
    let few = Limits { members: 4, ..Limits::default() };
    let rows = [
        (many, few, vec![("a/1", true), ("a/2", false), ("a/3", true)]),
        (gzip(&zeros), limits, vec![("a", false)]),
        (zstd(&zeros), limits, vec![("a", false)]),
        (gzip(&zeros), roomy, vec![("a", true)]),
        (four, roomy, vec![("a/1", true), ("a/2", false), ("a/3", true)]),
    ];
    for (bytes, limits, want) in rows {
        let mut got = Vec::new();
        unpack(Path::new("a"), bytes, &limits, &mut |path, content| got.push((path.display().to_string(), content)));
        assert_eq!(got.iter().map(|(path, content)| (path.as_str(), content.is_ok())).collect::<Vec<_>>(), want);
        let refused = got.into_iter().filter_map(|(_, content)| content.err());
        let words = ["far more than logs do", "more than 4 members"];
        assert!(refused.into_iter().all(|error| words.iter().any(|word| error.to_string().contains(word))));
    }
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig { cases: 64, ..Default::default() })]

    #[test]
    fn damaged_archives_never_panic(which in 0usize..3, at in 0usize..1000, take in 0usize..20, put in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..20)) {
        let mut bytes = [zip(&[("a/b", &good(1)), ("c", &gzip(b"x"))]), gzip(&good(1)), zstd(&good(1))][which].clone();
        let from = bytes.len() * at / 1000;
        let to = (from + take).min(bytes.len());
        bytes.splice(from..to, put);
        unpack(Path::new("a"), bytes, &Limits::default(), &mut |_, _| ());
    }
}
