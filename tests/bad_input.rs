//! What is wrong with a file is said with its name, its line and what to do; everything else is still analysed.

mod support;

use assert_cmd::Command;
use support::{TABLE, TRACE, folder, request};

fn run(path: &std::path::Path, arguments: &[&str]) -> (i32, String, String) {
    let output = Command::cargo_bin("sostrace").unwrap().current_dir(path).args(arguments).output().unwrap();
    (output.status.code().unwrap(), String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap())
}

/// Whatever is wrong with the other file, this one is analysed.
fn good() -> Vec<u8> {
    format!("{TABLE}{}", request(1, "ap@fabrikam.example", 1, "S", ("XS", 718), "")).into_bytes()
}

#[test]
fn each_trouble_has_a_message_and_the_rest_is_done() {
    let utf16: Vec<u8> = [0xFF, 0xFE].into_iter().chain(TRACE.encode_utf16().flat_map(u16::to_le_bytes)).chain([0x41]).collect();
    let rows: [(&str, &[u8], &[&str]); 7] = [
        ("empty.txt", b"", &["empty.txt", "is empty", "Export it again"]),
        ("screen.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", &["screen.png", "a PNG picture", "inspect --help"]),
        ("cut.csv", &utf16, &["cut.csv:1", "UTF-16LE", "cut off", "again"]),
        (
            "trace.csv",
            b"origin_timestamp_utc,sender_address,message_id,network_message_id\n",
            &["trace.csv:1", "recipient_status", "origin_timestamp_utc", "Export"],
        ),
        (
            "list.txt",
            b"|St|Document title|Send Date|Send Time|\n|@5B@|x|10.03.2026|06:01:39|\n",
            &["list.txt:1", "recipient", "Document title", "layout"],
        ),
        ("notes.txt", b"Dear colleagues,\nnothing works.\n", &["notes.txt:1", "no known format", "Dear colleagues"]),
        ("book.xlsx", b"PK\x03\x04\x14\0\0\0", &["book.xlsx", "XLSX"]),
    ];
    for (name, bytes, words) in rows {
        let good = good();
        let folder = folder(&[(name, bytes), ("good.txt", &good)]);
        let (code, out, err) = run(folder.path(), &["analyze", name, "good.txt"]);
        assert_eq!(code, 2, "{name}: {err}");
        assert!(words.iter().all(|word| err.contains(word)), "{name}: {err}");
        assert!(out.contains("1 handed-off"), "{name}: {out}");
        assert_eq!(run(folder.path(), &["inspect", name, "good.txt"]).0, 2, "{name}");
    }
}

#[test]
fn paths_that_lead_nowhere() {
    let good = good();
    let folder = folder(&[("good.txt", &good)]);
    std::fs::create_dir(folder.path().join("nothing")).unwrap();
    for (path, words) in [("missing.txt", "no such file"), ("nothing", "no log found in this folder")] {
        let (code, out, err) = run(folder.path(), &["analyze", path, "good.txt"]);
        assert!(code == 2 && err.contains(path) && err.contains(words), "{err}");
        assert!(out.contains("1 handed-off"), "{out}");
        let (code, out, err) = run(folder.path(), &["analyze", path]);
        assert!(code == 2 && out.is_empty() && err.contains(words), "{err}");
    }
}

#[test]
fn strangers_in_a_folder_are_listed_and_harmless() {
    let good = good();
    let folder =
        folder(&[("good.txt", &good), ("README.md", b"# What happened\n"), ("screen.png", b"\x89PNG\r\n\x1a\n\0\0"), ("empty.log", b"")]);
    let (code, out, err) = run(folder.path(), &["analyze", "."]);
    assert_eq!((code, err.as_str()), (0, ""));
    for words in ["README.md (a text that is no known log)", "screen.png (a PNG picture)", "empty.log (an empty file)"] {
        assert!(out.replace('\n', " ").contains(words) || out.contains(words), "{words}: {out}");
    }
}

#[test]
fn the_same_file_twice_is_read_once() {
    let good = good();
    let folder = folder(&[("a.txt", &good), ("b.txt", &good)]);
    let (code, out, _) = run(folder.path(), &["analyze", "."]);
    assert!(
        code == 0 && out.contains("SAP tried to send 1 mails") && out.contains("Read once: ./b.txt has the same bytes as ./a.txt"),
        "{out}"
    );
}

#[test]
fn a_folder_spelled_twice_is_read_once() {
    let good = good();
    let folder = folder(&[("good.txt", &good)]);
    let (code, out, err) = run(folder.path(), &["analyze", ".", "./.", "good.txt"]);
    assert!(code == 0 && err.is_empty() && out.contains("SAP tried to send 1 mails"), "{out}{err}");
}

#[test]
fn what_a_log_says_never_controls_the_terminal() {
    let row = request(1, "ap@fabrikam.example", 1, "E", ("XS", 806), "550 5.1.10 \u{1b}[31mred\u{1b}]0;owned\u{7} \u{202e}x");
    let text = format!("{TABLE}{}", row.replace("Invoice 1", "=cmd()\u{1b}[2J"));
    let folder = folder(&[("sap.txt", text.as_bytes())]);
    for arguments in [
        &["analyze", "sap.txt"][..],
        &["inspect", "sap.txt"],
        &["timeline", "ap@fabrikam.example", "sap.txt"],
        &["analyze", "sap.txt", "--format", "csv"],
    ] {
        let (_, out, err) = run(folder.path(), arguments);
        // CSV ends its lines with both characters (RFC 4180).
        let bad = |text: &str| text.replace("\r\n", "\n").chars().any(|c| (c.is_control() && c != '\n') || c == '\u{202e}');
        assert!(!bad(&out) && !bad(&err), "{arguments:?}: {out:?}");
    }
    assert!(run(folder.path(), &["analyze", "sap.txt", "--format", "csv"]).1.contains(",'=cmd()"));
}
