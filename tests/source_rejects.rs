//! `--rejects`: what was not understood, in full, in a file, and never what may be a secret.

mod support;

use assert_cmd::Command;
use support::{TABLE, folder, request};

fn run(path: &std::path::Path, arguments: &[&str]) -> (i32, String) {
    let output = Command::cargo_bin("sostrace").unwrap().current_dir(path).args(arguments).output().unwrap();
    (output.status.code().unwrap(), String::from_utf8(output.stderr).unwrap())
}

#[test]
fn every_line_that_was_not_understood() {
    let row = request(1, "ap@fabrikam.example", 1, "S", ("XS", 718), "");
    let broken = "100\t\t\t\tInvoice\n100\t\t\t\tred \u{1b}[31m\n100\t\t\t\tAGFkbWluAHNlY3JldA==\n";
    let (a, b) = (format!("{TABLE}{row}{broken}"), format!("{TABLE}{row}100\t\t\t\tother\n"));
    let folder = folder(&[("a.txt", a.as_bytes()), ("b.txt", b.as_bytes())]);
    let reason = "neither a recipient nor a key";
    let want = format!(
        "a.txt:3\t{reason}\t100    Invoice\na.txt:4\t{reason}\t100    red  [31m\na.txt:5\t{reason}\t(withheld: may hold logon data)\nb.txt:3\t{reason}\t100    other\n"
    );
    let written = || std::fs::read_to_string(folder.path().join("rejects.tsv")).unwrap();
    for command in ["analyze", "inspect"] {
        let arguments = [command, "a.txt", "b.txt", "--rejects", "rejects.tsv"];
        assert_eq!(run(folder.path(), &arguments), (0, String::new()), "{command}");
        assert_eq!(written(), want, "{command}");
        std::fs::write(folder.path().join("rejects.tsv"), "mine").unwrap();
        let (code, err) = run(folder.path(), &arguments);
        assert!(code == 2 && err.contains("exists already") && written() == "mine", "{err}");
        assert_eq!(run(folder.path(), &[&arguments[..], &["--force"]].concat()).0, 0);
        assert_eq!(written(), want, "{command}");
        std::fs::remove_file(folder.path().join("rejects.tsv")).unwrap();
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2, "a temporary file was left");
}
