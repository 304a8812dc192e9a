//! What the terminal shows: widths, colours, nothing of the data that commands it; completions and manual page know every
//! command and option.

mod support;

use std::collections::{BTreeMap, BTreeSet};
use support::{TABLE, analyse_paths, folder, repository, request, sostrace as run};
use unicode_width::UnicodeWidthStr;

const SAMPLE: &str = "samples/connector-mismatch";

/// The summary of a sample on a terminal of some width.
fn summary(sample: &str, width: usize, verbose: bool) -> String {
    let path = std::path::PathBuf::from(sample);
    let analysis = analyse_paths(&[repository(sample)], &sostrace::Options::default());
    let catalogue = sostrace::rules::Catalogue::builtin().unwrap();
    let style = sostrace::report::Style { color: false, width: width.min(120), columns: Some(width), verbose };
    sostrace::report::summary(&analysis, &catalogue, &[path], &style)
}

/// Everything below the files without blanks and breaks.
fn words(text: &str) -> String {
    let below = text.find("SAP tried").or_else(|| text.find("Seen on")).unwrap();
    text[below..].split_whitespace().filter(|word| *word != "\\").collect()
}

#[test]
fn no_line_is_wider_than_the_terminal_and_nothing_is_lost() {
    for sample in ["connector-mismatch", "smtp-auth-off", "night-outage", "relay-backlog"] {
        let path = format!("samples/{sample}");
        for verbose in [false, true] {
            let wide = summary(&path, 200, verbose);
            for width in [40, 60, 80, 120, 200] {
                let text = summary(&path, width, verbose);
                let widest = text.lines().map(UnicodeWidthStr::width).max();
                assert!(widest <= Some(width), "{sample} at {width}: {}", text.lines().max_by_key(|line| line.width()).unwrap());
                assert_eq!(words(&text), words(&wide), "{sample} at {width}");
                for label in std::fs::read_dir(repository(&path)).unwrap().map(|entry| entry.unwrap().file_name()) {
                    assert!(text.contains(label.to_str().unwrap()), "{label:?} at {width}");
                }
            }
        }
    }
}

#[test]
fn the_summary_at_each_width() {
    for width in [60, 80, 120, 200] {
        insta::assert_snapshot!(format!("width-{width}"), summary(SAMPLE, width, false));
    }
}

#[test]
fn colours_are_a_matter_of_the_option_the_environment_and_the_terminal() {
    let colored = |arguments: &[&str], no_color: bool| {
        let mut command = assert_cmd::Command::cargo_bin("sostrace").unwrap();
        command.current_dir(repository("")).args(["analyze", SAMPLE]).args(arguments).env_remove("NO_COLOR");
        if no_color {
            command.env("NO_COLOR", "1");
        }
        command.output().unwrap().stdout.contains(&0x1b)
    };
    // No terminal listens here.
    for (arguments, no_color, want) in [
        (&[][..], false, false),
        (&["--color", "auto"], false, false),
        (&["--color", "never"], false, false),
        (&["--color", "always"], false, true),
        // Who asks for colours on the command line means it.
        (&["--color", "always"], true, true),
        (&["--color", "always", "--format", "csv"], false, false),
    ] {
        assert_eq!(colored(arguments, no_color), want, "{arguments:?} {no_color}");
    }
}

/// Escape sequences, bells, overrides of the direction in every text that a file can bring.
#[test]
fn nothing_of_the_data_commands_the_terminal() {
    const EVIL: &str = "\u{1b}]0;x\u{7}\u{1b}[2J\u{9b}31m\u{202e}\u{8}";
    let row = request(1, &format!("a{EVIL}@fabrikam.example"), 1, "E", ("XS", 816), &format!("550 5.7.64 {EVIL} Relay Access Denied"));
    let row = row.replace("Invoice 1", &format!("Invoice {EVIL}")).replace("sap@", &format!("sap{EVIL}@"));
    let strange = format!("{TABLE}{row}{EVIL}not a row\n");
    let name = format!("sost{EVIL}.txt");
    let folder = folder(&[(&name, strange.as_bytes()), (&format!("no{EVIL}log.md"), b"hello")]);
    let (path, out) = (folder.path().display().to_string(), tempfile::tempdir().unwrap());
    let json = out.path().join("r.json").display().to_string();
    let wrong = format!("{path}/none{EVIL}");
    for arguments in [
        &["analyze", &path, "-v", "-o", &json][..],
        &["analyze", &path, &wrong],
        &["analyze", &path, "--format", "ticket"],
        &["analyze", &path, "--format", "md"],
        &["analyze", &path, "--format", "tsv"],
        &["analyze", &path, "--sender", EVIL],
        &["inspect", &path],
        &["timeline", "Invoice", &path],
        &["timeline", EVIL, &path],
        &["compare", &json, &json, "-v"],
        &["classify", EVIL],
        &["explain", EVIL],
    ] {
        let (_, out, err) = run(arguments);
        let evil = |c: char| (c.is_control() && !matches!(c, '\n' | '\t')) || matches!(c, '\u{202a}'..='\u{202e}');
        for text in [&out, &err] {
            assert!(!text.contains(evil), "{arguments:?}: {:?}", text.lines().find(|line| line.contains(evil)));
        }
        assert!(!out.is_empty() || !err.is_empty(), "{arguments:?}");
    }
}

/// Names below a heading of a help text: commands, or options with their long names.
fn listed(help: &str, heading: &str) -> Vec<String> {
    let lines = help.lines().skip_while(|line| *line != heading).skip(1).take_while(|line| line.is_empty() || line.starts_with(' '));
    let names = lines.filter(|line| line.trim_start().starts_with('-') || line.len() - line.trim_start().len() == 2);
    names.filter_map(|line| line.split_whitespace().find(|word| !(word.len() <= 3 && word.starts_with('-'))).map(str::to_owned)).collect()
}

/// Every command with its long options, as the help tells them.
fn commands(path: &[&str], out: &mut BTreeMap<String, BTreeSet<String>>) {
    let help = run(&[path, &["--help"]].concat()).1;
    let options = listed(&help, "Options:").into_iter().map(|word| word.split(['=', '[', '<']).next().unwrap().to_owned());
    out.insert(path.join(" "), options.filter(|word| word.starts_with("--")).collect());
    for name in listed(&help, "Commands:").into_iter().filter(|name| name != "help") {
        commands(&[path, &[name.as_str()]].concat(), out);
    }
}

#[test]
fn completions_and_manual_page_know_every_command_and_option() {
    let mut all = BTreeMap::new();
    commands(&[], &mut all);
    for (command, option) in [("analyze", "--zone"), ("config show", "--config"), ("compare", "--fail-on"), ("rules list", "--rules")] {
        assert!(all[command].contains(option), "{command} {option}: {all:?}");
    }
    let man = run(&["man"]).1.replace("\\-", "-");
    let bash = run(&["completions", "bash"]).1;
    let shells = ["bash", "zsh", "fish", "elvish", "powershell"].map(|shell| (shell, run(&["completions", shell]).1));
    for (command, options) in &all {
        let heading = format!(".SH \"SOSTRACE {}\"\n", command.to_uppercase());
        let section = if command.is_empty() { &man } else { man.split_once(&heading).expect(&heading).1 };
        let section = section.split("\n.SH \"SOSTRACE").next().unwrap();
        let case = format!("\n        sostrace__subcmd__{})\n", command.replace(' ', "__subcmd__"));
        let case = if command.is_empty() { "\n        sostrace)\n" } else { &case };
        let case = bash.split_once(case).unwrap_or_else(|| panic!("bash: {case}")).1.lines().next().unwrap();
        for option in options {
            let name = option.trim_start_matches('-');
            assert!(section.contains(&format!("{option}\\fR")), "man: {command} {option}\n{section}");
            assert!(case.split_whitespace().any(|word| word.trim_end_matches('"') == option), "bash: {command} {option}: {case}");
            for (shell, script) in &shells {
                assert!(script.contains(if *shell == "fish" { name } else { option }), "{shell}: {command} {option}");
            }
        }
        for (shell, script) in &shells {
            assert!(command.split(' ').all(|word| script.contains(word)), "{shell}: {command}");
        }
    }
}
