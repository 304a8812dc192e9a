//! Encodings: what is taken for likely is said to be, and the user has the last word.

mod support;

use assert_cmd::Command;
use support::{TABLE, folder, request};

fn run(path: &std::path::Path, arguments: &[&str]) -> (i32, String, String) {
    let output = Command::cargo_bin("sostrace").unwrap().current_dir(path).args(arguments).output().unwrap();
    (output.status.code().unwrap(), String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap())
}

fn polish() -> Vec<u8> {
    let row = request(1, "ap@fabrikam.example", 1, "S", ("XS", 718), "").replace("Invoice 1", "Żądanie zapłaty, źródło");
    encoding_rs::WINDOWS_1250.encode(&format!("{TABLE}{row}")).0.into_owned()
}

#[test]
fn the_user_has_the_last_word() {
    let folder = folder(&[("sost.txt", &polish())]);
    let rows: [(&[&str], &str, bool); 6] = [
        (&[], "windows-1250 (likely)", true),
        (&["--encoding", "sost.txt=cp1250"], "windows-1250 (explicit)", true),
        (&["--encoding", "sost.txt=iso-8859-2"], "ISO-8859-2 (explicit)", false),
        (&["--encoding", "sost.txt=1100"], "windows-1252 (explicit)", false),
        (&["--encoding", "sost.txt=4110"], "UTF-8 (explicit)", false),
        (&["--encoding", "sost.txt=latin1", "--encoding", "sost.txt=windows-1250"], "windows-1250 (explicit)", true),
    ];
    for (arguments, encoding, right) in rows {
        let (code, out, err) = run(folder.path(), &[&["inspect", "sost.txt"], arguments].concat());
        assert!(code == 0 && out.contains(&format!("  encoding        {encoding}\n")), "{arguments:?}: {out}{err}");
        let table = run(folder.path(), &[&["analyze", ".", "--format", "csv"], arguments].concat()).1;
        assert_eq!(table.contains("Żądanie zapłaty, źródło"), right, "{arguments:?}");
    }
}

#[test]
fn wishes_that_cannot_be_met_name_the_nearest() {
    let folder = folder(&[("sost.txt", &polish()), ("README", b"what happened")]);
    let rows = [
        ("sost.txt=windows-1520", "did you mean windows-1250?"),
        ("sost.txt=UTF8-LE", "did you mean utf-16le?"),
        ("sost.txt=4111", "did you mean 4110?"),
        ("sots.txt=utf-8", "did you mean sost.txt?"),
        ("ost.txt=utf-8", "did you mean sost.txt?"),
        ("sost.txt", "expected LABEL=NAME"),
    ];
    for (wish, hint) in rows {
        let (code, out, err) = run(folder.path(), &["analyze", ".", "--encoding", wish]);
        assert!(code == 2 && out.is_empty() && err.contains(hint), "{wish}: {err}");
    }
    assert_eq!(run(folder.path(), &["analyze", ".", "--encoding", "README=utf-8"]).0, 0);
}
