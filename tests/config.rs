//! The file of settings: the command line wins over it, it wins over the default; what it says is checked word by word.

mod support;

use support::{folder, sostrace as run};

const SAMPLE: &str = "samples/connector-mismatch";

/// Runs over a sample with a file of settings.
fn with(settings: &str, arguments: &[&str]) -> (i32, String, String) {
    let folder = folder(&[("s.toml", settings.as_bytes())]);
    let file = folder.path().join("s.toml").display().to_string();
    run(&[arguments, &["--config", &file]].concat())
}

#[test]
fn the_settings_that_hold_are_shown_with_their_origin_and_can_be_read_again() {
    let (code, out, err) = run(&["config", "show", "--config", "tests/settings/sostrace.toml"]);
    assert_eq!((code, err.as_str()), (0, ""));
    for line in [
        "zone = [\"sap=Europe/Berlin\"]  # tests/settings/sostrace.toml:4",
        "encoding = []  # default",
        "# since is not set  # default",
        "delimiter = \";\"  # tests/settings/sostrace.toml:10",
        "bom = false  # default",
        "color = \"auto\"  # default",
        "\"Worum es geht\" = \"subject\"  # tests/settings/sostrace.toml:14",
        "subject = [\"payment advice\"]  # tests/settings/sostrace.toml:17",
    ] {
        assert!(out.lines().any(|shown| shown == line), "{line}\n{out}");
    }
    // What is printed is a file of settings that says the same.
    let again = with(&out, &["config", "show"]).1;
    let values = |text: &str| -> Vec<String> { text.lines().map(|line| line.split("  # ").next().unwrap().to_owned()).collect() };
    assert_eq!(values(&again), values(&out));
}

/// Each option in the file has the same effect as on the command line, and gives way to it there.
#[test]
fn the_command_line_wins_over_the_file() {
    // Setting, the same as an option, another option that wins.
    let rows: [(&str, &[&str], &[&str]); 9] = [
        ("[run]\nzone = [\"sap=Europe/Berlin\"]", &["--zone", "sap=Europe/Berlin"], &["--zone", "sap=+05:00"]),
        (
            "[run]\nencoding = [\"sost_PRD_100.txt=windows-1250\"]",
            &["--encoding", "sost_PRD_100.txt=windows-1250"],
            &["--encoding", "sost_PRD_100.txt=windows-1253"],
        ),
        ("[run]\nsince = \"2026-03-10 10:00\"", &["--since", "2026-03-10 10:00"], &["--since", "2026-03-10 12:00"]),
        ("[run]\nuntil = \"2026-03-10 10:00\"", &["--until", "2026-03-10 10:00"], &["--until", "2026-03-10 12:00"]),
        (
            "[run]\naccepted-domain = [\"fabrikam.example\"]",
            &["--accepted-domain", "fabrikam.example"],
            &["--accepted-domain", "contoso.example"],
        ),
        ("[run]\noption = \"direct-send\"", &["--option", "direct-send"], &["--option", "hve"]),
        ("[output]\ndelimiter = \";\"", &["--delimiter", ";"], &["--delimiter", "|"]),
        ("[output]\nbom = true", &["--bom"], &["--bom=false"]),
        ("[output]\ndecimal-comma = true", &["--decimal-comma"], &["--decimal-comma=false"]),
    ];
    for (settings, same, other) in rows {
        let print = ["analyze", SAMPLE, "--format", "csv"];
        let (code, file, err) = with(settings, &print);
        assert_eq!(code, 0, "{settings}: {err}");
        let option = run(&[&print[..], same].concat()).1;
        assert!(file == option, "{settings}");
        let won = run(&[&print[..], other].concat()).1;
        assert!(with(settings, &[&print[..], other].concat()).1 == won, "{settings} {other:?}");
        assert!(option != won, "{other:?} shows nothing");
    }
}

#[test]
fn sender_colour_and_fail_on_come_from_the_file_too() {
    let trace = ["analyze", "samples/connector-mismatch/MTSummary_SAP_2026-03-10.csv"];
    let settings = "[run]\nsender = \"nobody@contoso.example\"\n";
    assert!(with(settings, &trace).1.contains("no mail of --sender"));
    let settings = "[output]\ncolor = \"always\"\n[run]\nfail-on = [\"rejected\"]\n";
    let (code, out, _) = with(settings, &["analyze", SAMPLE]);
    assert!(code == 1 && out.contains("\u{1b}[1m"), "{code}");
    let (code, out, _) = with(settings, &["analyze", SAMPLE, "--color", "never", "--fail-on", "conflict"]);
    assert!(code == 0 && !out.contains('\u{1b}'), "{code}");
}

#[test]
fn what_is_not_known_is_an_error_with_its_line_and_the_nearest_name() {
    for (settings, want) in [
        ("[rum]\n", "s.toml:1\": rum: \"rum\": no such value; did you mean run?"),
        ("\n[run]\nzones = []\n", "s.toml:3\": [run]: \"zones\": no such value; did you mean zone?"),
        ("[output]\ndelimeter = \";\"\n", "s.toml:2\": [output]: \"delimeter\": no such value; did you mean delimiter?"),
        ("[run]\ndelimiter = \";\"\n", "no such value"),
        ("[run]\nzone = \"sap=UTC\"\n", "s.toml:2\": [run] zone must be a list of texts"),
        ("[run]\nzone = [\"sap\"]\n", "[run] zone \"sap\": expected HOP=ZONE"),
        ("[run]\nencoding = [\"a.txt=utf-99\"]\n", "[run] encoding"),
        ("[run]\nsince = \"yesterday\"\n", "[run] since \"yesterday\": expected a time in UTC"),
        ("[run]\nsince = 3\n", "[run] since must be a text in quotes"),
        ("[run]\noption = \"direct\"\n", "[run] option \"direct\": no such value; did you mean direct-send?"),
        ("\n\n[run]\nfail-on = [\"regected\"]\n", "s.toml:4\": [run] fail-on \"regected\": no such value; did you mean rejected?"),
        ("[run]\nsender = \" \"\n", "[run] sender \" \": expected a value"),
        ("[output]\nbom = \"yes\"\n", "[output] bom must be true or false"),
        ("[output]\ndelimiter = \"x\"\n", "[output] delimiter \"x\": expected one of"),
        ("[output]\ncolor = \"alway\"\n", "did you mean always?"),
    ] {
        let (code, out, err) = with(settings, &["analyze", SAMPLE]);
        assert!(code == 2 && out.is_empty() && err.contains(want), "{settings}: {err}");
    }
    let (code, _, err) = run(&["config", "show", "--config", "no/such.toml"]);
    assert!(code == 2 && err.contains("cannot be read"), "{err}");
}
