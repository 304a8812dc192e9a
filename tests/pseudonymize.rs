//! `--pseudonymize`: no name of the customer in any output, the same token for the same value, and the same diagnosis.

mod support;

use parquet::file::reader::{FileReader, SerializedFileReader};
use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::path::{Path, PathBuf};
use support::{TABLE, folder, repository, request, sostrace as run};

/// Stands inside planted names; no token and no id has such a sequence.
const SENTINEL: &str = "zq0";
/// Names in the samples, and what is planted in their place, as long as they are.
const PLANTED: [(&str, &str); 6] = [
    ("contoso", "zq0toso"),
    ("fabrikam", "zq0rikam"),
    ("northwind", "zq0thwind"),
    ("tailspin", "zq0lspin"),
    ("adatum", "zq0tum"),
    ("Contoso", "zq0toso"),
];
/// Columns of the tables that name people, hosts and systems.
const NAMES: [&str; 14] = [
    "sender",
    "recipient",
    "subject",
    "sap_user",
    "system",
    "app_server",
    "node",
    "host",
    "peer",
    "connector",
    "message_id",
    "source",
    "egress",
    "user",
];

/// What stands in the tags of a workbook.
const MARKUP: &str = "journeys.xlsx, markup";

/// A text in one byte a character, and in two.
fn forms(text: &str) -> [Vec<u8>; 2] {
    [text.as_bytes().to_vec(), text.encode_utf16().flat_map(u16::to_le_bytes).collect()]
}

fn replaced(bytes: &[u8], old: &[u8], new: &[u8]) -> Vec<u8> {
    let (mut out, mut at) = (Vec::new(), 0);
    while at < bytes.len() {
        if bytes[at..].starts_with(old) {
            out.extend(new);
            at += old.len();
        } else {
            out.push(bytes[at]);
            at += 1;
        }
    }
    out
}

/// A file with sentinels in place of its names.
fn planted(bytes: &[u8]) -> Vec<u8> {
    PLANTED.iter().fold(bytes.to_vec(), |bytes, (old, new)| {
        forms(old).iter().zip(forms(new)).fold(bytes, |bytes, (old, new)| replaced(&bytes, old, &new))
    })
}

/// The samples of all formats.
fn samples(below: &Path, out: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(below).unwrap().map(|entry| entry.unwrap().path()) {
        if entry.is_dir() {
            samples(&entry, out);
        } else if entry.file_name().unwrap().to_str().unwrap().contains(".sample.") {
            out.push(entry);
        }
    }
}

/// Every output of a run over a path, as text: what is packed is unpacked.
fn outputs(path: &str, more: &[&str]) -> BTreeMap<String, String> {
    let place = tempfile::tempdir().unwrap();
    let at = |name: &str| place.path().join(name).display().to_string();
    let mut arguments: Vec<String> = ["analyze", "-v", path, "--rejects", &at("rejects.tsv")].map(str::to_owned).into();
    for format in sostrace::report::FORMATS {
        for table in sostrace::report::TABLES.iter().filter(|table| !format.whole() || table.name == "journeys") {
            let file = at(&format!("{}.{}", table.name, format.name));
            arguments.extend(["-o".to_owned(), if format.whole() { file } else { format!("{}={file}", table.name) }]);
        }
    }
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).chain(more.iter().copied()).collect();
    let mut out = BTreeMap::new();
    let mut keep = |name: &str, arguments: &[&str]| {
        let (_, text, err) = run(arguments);
        out.insert(name.to_owned(), text);
        out.insert(format!("{name}, stderr"), err);
    };
    keep("summary", &arguments);
    keep("ticket", &[&["analyze", path, "--format", "ticket"], more].concat());
    keep("inspect", &[&["inspect", path], more].concat());
    keep("timeline", &[&["timeline", "example", path], more].concat());
    for entry in std::fs::read_dir(place.path()).unwrap().map(|entry| entry.unwrap().path()) {
        let name = entry.file_name().unwrap().to_str().unwrap().to_owned();
        let text = unpacked(&entry);
        if entry.extension().is_some_and(|extension| extension == "xlsx") {
            // Places such as P11 are no names of systems.
            let parts = || text.split('<').filter_map(|part| part.split_once('>'));
            out.insert(MARKUP.to_owned(), parts().map(|(tag, _)| format!("<{tag}>\n")).collect::<Vec<_>>().concat());
            out.insert(name, parts().map(|(_, text)| format!("{text}\n")).collect::<Vec<_>>().concat());
        } else {
            out.insert(name, text);
        }
    }
    out
}

fn unpacked(path: &Path) -> String {
    match path.extension().and_then(|extension| extension.to_str()) {
        Some("parquet") => {
            let reader = SerializedFileReader::new(std::fs::File::open(path).unwrap()).unwrap();
            reader.get_row_iter(None).unwrap().map(|row| format!("{}\n", row.unwrap())).collect::<Vec<_>>().concat()
        }
        Some("xlsx") => {
            let mut archive = zip::ZipArchive::new(std::fs::File::open(path).unwrap()).unwrap();
            let mut text = String::new();
            for at in 0..archive.len() {
                archive.by_index(at).unwrap().read_to_string(&mut text).unwrap();
            }
            text
        }
        _ => std::fs::read_to_string(path).unwrap(),
    }
}

/// Names that stand in the tables of a plain run, but for those of Microsoft and of everybody.
fn names(path: &str) -> BTreeSet<String> {
    let (place, mut out) = (tempfile::tempdir().unwrap(), BTreeSet::new());
    let tables = ["journeys", "evidence"].map(|table| (table, place.path().join(table).with_extension("csv")));
    let [journeys, evidence] = tables.each_ref().map(|(table, file)| format!("{table}={}", file.display()));
    run(&["analyze", path, "-o", &journeys, "-o", &evidence]);
    for (_, file) in &tables {
        let mut reader = csv::Reader::from_path(file).unwrap();
        let header = reader.headers().unwrap().clone();
        for record in reader.records().map(Result::unwrap) {
            for (name, cell) in header.iter().zip(&record).filter(|(name, _)| NAMES.contains(name)) {
                let cell = sostrace::report::raw_value(cell);
                let own = if name == "message_id" { cell.rsplit('@').next().unwrap().trim_end_matches('>') } else { &cell };
                let known = sostrace::smtp::is_microsoft(own) || ["SMTP", "localhost", "127.0.0.1", "sap", "postfix"].contains(&own);
                if own.len() > 2 && own.contains(char::is_alphabetic) | own.contains('.') && !known {
                    out.insert(own.to_owned());
                }
            }
        }
    }
    out
}

fn assert_nothing_leaks(file: &Path, names: &BTreeSet<String>, pseudonymized: &BTreeMap<String, String>) {
    let alone = |text: &str, name: &str| {
        let part = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == '-');
        text.match_indices(name).any(|(at, _)| !part(text[..at].chars().next_back()) && !part(text[at + name.len()..].chars().next()))
    };
    for (output, text) in pseudonymized {
        let leak = |what: &str| {
            let at = text.find(what).unwrap();
            let from = (0..=at.saturating_sub(80)).rev().find(|from| text.is_char_boundary(*from)).unwrap();
            format!("{}: {what:?} in {output}: ...{}", file.display(), text[from..].chars().take(200).collect::<String>())
        };
        for sentinel in [SENTINEL, "192.0.2.", "198.51.100.", "203.0.113.", "2001:db8", "2001:DB8"] {
            assert!(!text.contains(sentinel), "{}", leak(sentinel));
        }
        let name = file.file_name().unwrap().to_str().unwrap();
        assert!(!text.contains(name), "{}", leak(name));
        for name in names.iter().filter(|_| output != MARKUP) {
            assert!(!alone(text, name), "{}", leak(name));
        }
    }
}

#[test]
fn no_name_of_any_format_reaches_any_output() {
    let mut all = Vec::new();
    samples(&repository("src/formats"), &mut all);
    all.sort();
    assert!(all.len() > 30, "{}", all.len());
    for sample in ["connector-mismatch", "smtp-auth-off", "night-outage", "relay-backlog"] {
        all.push(repository(&format!("samples/{sample}")));
    }
    let key = folder(&[]);
    let key = key.path().join("key").display().to_string();
    for file in all {
        let place = tempfile::tempdir().unwrap();
        let inside = place.path().join("zq0folder");
        std::fs::create_dir(&inside).unwrap();
        let files =
            if file.is_dir() { std::fs::read_dir(&file).unwrap().map(|entry| entry.unwrap().path()).collect() } else { vec![file.clone()] };
        for one in files {
            let name = format!("zq0_{}", one.file_name().unwrap().to_str().unwrap());
            std::fs::write(inside.join(name), planted(&std::fs::read(&one).unwrap())).unwrap();
        }
        let path = inside.display().to_string();
        assert_nothing_leaks(&file, &names(&path), &outputs(&path, &["--pseudonymize", &key]));
    }
}

/// Names where only words are expected: in replies, statuses, remarks and lines that nobody understands.
#[test]
fn names_inside_texts_are_found() {
    let planted = [
        "550 5.1.1 <zq0.jane@zq0.example>: user zq0.jane unknown at zq0gw.zq0.example[198.51.100.7]",
        "550 5.7.64 TenantAttribution; Relay Access Denied ZQ0DOM\\zq0svc [zq0-com.mail.protection.outlook.com 2026]",
        "454 4.7.5 cannot read /usr/sap/zq0/sec/x.pse for Invoice zq0 subject",
        "550 5.7.60 SMTP; Client does not have permissions to send as this sender zq0.jane",
    ];
    let rows: Vec<String> = (1..)
        .zip(planted)
        .map(|(number, reply)| {
            let row = request(number, "zq0.jane@zq0.example", number, "E", ("XS", 816), reply);
            row.replace(&format!("Invoice {number}\t"), "Invoice zq0 subject\t")
        })
        .collect();
    let table = format!("{TABLE}{}zq0 not a row zq0.jane@zq0.example\n", rows.concat());
    let place = folder(&[
        ("zq0sost.txt", table.as_bytes()),
        ("zq0notes.md", b"zq0 hello"),
        ("key", b"# mine\nsostrace-key-1 0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f\n"),
    ]);
    let key = place.path().join("key").display().to_string();
    let path = place.path().join("zq0sost.txt").display().to_string();
    let missing = place.path().join("zq0none.txt").display().to_string();
    let notes = place.path().join("zq0notes.md").display().to_string();
    let more = [
        "--pseudonymize",
        &key,
        "--zone",
        "sap=UTC",
        "--accepted-domain",
        "zq0.example",
        "--priority",
        "subject=Invoice zq0",
        &missing,
        &notes,
    ];
    for (output, text) in outputs(&path, &["--pseudonymize", &key]).iter().chain(&{
        let (_, out, err) = run(&[&["analyze", &path, "--format", "json"], &more[..]].concat());
        let (_, summary, _) = run(&[&["analyze", &path], &more[..]].concat());
        assert!(summary.contains("priority 4: 4 rejected"), "{summary}");
        BTreeMap::from([("json".to_owned(), out), ("stderr".to_owned(), err), ("summary of all".to_owned(), summary)])
    }) {
        // The key's own name was given for this run.
        assert!(!text.to_lowercase().replace(&key.to_lowercase(), "").contains(SENTINEL), "{output}: {text}");
    }
}

#[test]
fn the_same_value_has_the_same_token_and_the_diagnosis_is_the_same() {
    let place = tempfile::tempdir().unwrap();
    let keys = ["a", "b"].map(|name| place.path().join(name).display().to_string());
    let table = |arguments: &[&str]| -> Vec<BTreeMap<String, String>> {
        let (code, out, err) = run(&[&["analyze", "samples/relay-backlog", "--format", "csv"], arguments].concat());
        assert!(code == 0, "{err}");
        csv::Reader::from_reader(out.as_bytes()).deserialize().map(Result::unwrap).collect()
    };
    let plain = table(&[]);
    let first = table(&["--pseudonymize", &keys[0]]);
    assert_eq!(first, table(&["--pseudonymize", &keys[0]]));
    let other = table(&["--pseudonymize", &keys[1]]);
    let domains = table(&["--pseudonymize", &keys[0], "--keep-domains"]);
    let mut tokens: BTreeMap<(&str, String), &str> = BTreeMap::new();
    for (at, row) in plain.iter().enumerate() {
        for same in [
            "verdict",
            "action",
            "rule",
            "owner",
            "option",
            "relay_option",
            "stopped_at",
            "requested_at",
            "finished_at",
            "sap_key",
            "reply_code",
            "recipient_scope",
        ] {
            assert_eq!(row[same], first[at][same], "{same}");
        }
        for name in ["sender", "recipient", "subject", "sap_user", "journey"] {
            assert!(row[name].is_empty() || row[name] != first[at][name] && first[at][name] != other[at][name], "{name} {}", row[name]);
            // One value, one token, and one token, one value.
            let known = tokens.entry((name, row[name].to_lowercase())).or_insert(&first[at][name]);
            assert_eq!(*known, first[at][name], "{name} {}", row[name]);
        }
        let domain = row["recipient"].rsplit('@').next().unwrap().to_lowercase();
        assert!(domains[at]["recipient"].ends_with(&domain) && domains[at]["recipient"] != row["recipient"]);
        assert!(
            row["host"].is_empty() || !row["host"].contains("outlook.com") || first[at]["host"].contains("outlook.com"),
            "{}",
            first[at]["host"]
        );
    }
    let values: BTreeSet<&str> = tokens.values().copied().collect();
    assert_eq!(values.len(), tokens.len());
    // A mail is found by its own names and by their tokens.
    let token = &first[0]["recipient"];
    let (_, by_name, _) = run(&["timeline", &plain[0]["recipient"], "samples/relay-backlog", "--pseudonymize", &keys[0]]);
    let (_, by_token, _) = run(&["timeline", token, "samples/relay-backlog", "--pseudonymize", &keys[0]]);
    assert!(by_name == by_token && by_name.contains(token.as_str()), "{by_name}\n{by_token}");
    // Two runs for other eyes can be compared.
    let file = |name: &str| place.path().join(name).display().to_string();
    for name in ["x.json", "y.parquet"] {
        run(&["analyze", "samples/relay-backlog", "--pseudonymize", &keys[0], "-o", &file(name)]);
    }
    let (_, told, _) = run(&["compare", &file("x.json"), &file("y.parquet")]);
    assert!(told.contains(&format!("matched  {} by journey", plain.len())), "{told}");
}

#[test]
fn the_key_is_made_for_its_owner_and_a_broken_one_is_an_error() {
    let place = folder(&[("broken", b"secret\n"), ("short", b"sostrace-key-1 0f0f\n")]);
    let at = |name: &str| place.path().join(name).display().to_string();
    let sample = "samples/smtp-auth-off";
    let (code, _, err) = run(&["analyze", sample, "--pseudonymize", &at("new")]);
    assert!(code == 0 && err.contains("a new key; keep it"), "{err}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = |name: &str| std::fs::metadata(at(name)).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode("new"), 0o600);
        std::fs::set_permissions(at("new"), std::fs::Permissions::from_mode(0o644)).unwrap();
        assert!(run(&["analyze", sample, "--pseudonymize", &at("new")]).2.contains("chmod 600"));
        std::fs::set_permissions(at("new"), std::fs::Permissions::from_mode(0o600)).unwrap();
    }
    let text = std::fs::read_to_string(at("new")).unwrap();
    let (code, _, err) = run(&["analyze", sample, "--pseudonymize", &at("new")]);
    assert_eq!((code, err.as_str(), std::fs::read_to_string(at("new")).unwrap()), (0, "", text));
    for (name, want) in [
        ("broken", "this is no key: expected one line"),
        ("short", "64 hexadecimal digits"),
        (".", "cannot be read"),
        ("no/folder/key", "cannot be made"),
    ] {
        let (code, out, err) = run(&["analyze", sample, "--pseudonymize", &at(name)]);
        assert!(code == 2 && out.is_empty() && err.contains(want), "{name}: {err}");
    }
    assert_eq!(std::fs::read(at("broken")).unwrap(), b"secret\n");
    let (code, _, err) = run(&["analyze", sample, "--keep-domains"]);
    assert!(code == 2 && err.contains("--pseudonymize"), "{err}");
}

/// Names in what the program says itself: settings, proofs, errors; and in fields of odd shapes.
#[test]
fn names_that_no_shape_gives_away_are_found_too() {
    let refused = request(1, "ap@fabrikam.example", 1, "E", ("XS", 816), "550 5.7.64 TenantAttribution; Relay Access Denied [198.51.100");
    let row = (refused + &request(2, "ap@fabrikam.example", 8, "S", ("XS", 718), ""))
        .replace("sap@contoso.example", "sap@ZQ0HOST")
        .replace("contoso-example.mail.protection.outlook.com:25", "zq0mx[192.0.2.9]:25");
    let trace = format!(
        "{}2026-03-10T08:05:09.5000000Z,sap@ZQ0HOST,\"ap@fabrikam.example##Receive, Deliver\",Invoice 2,2048,<zq0jane.2026@ZQ0HOST>,,203.0.113.10,Originating,,Normal\n",
        support::TRACE
    );
    let connectors = "Name : Zq0 relay\nSenderIPAddresses : {192.0.2.1-192.0.2.9, 203.0.113.0/28, 2001:db8:99::/48}\nConnectorType : OnPremises\nEnabled : True\n\n";
    let place = folder(&[
        ("zq0sost.txt", format!("{TABLE}{row}").as_bytes()),
        ("zq0trace.csv", trace.as_bytes()),
        ("zq0connectors.txt", connectors.as_bytes()),
    ]);
    let keys = folder(&[]);
    let (path, key) = (place.path().display().to_string(), keys.path().join("key").display().to_string());
    let plain = outputs(&path, &["--zone", "sap=UTC"]);
    for known in ["zq0host", "zq0mx", "zq0jane", "192.0.2.", "203.0.113."] {
        assert!(plain.values().any(|text| text.to_lowercase().contains(known)), "{known} is planted in vain");
    }
    for (output, text) in outputs(&path, &["--zone", "sap=UTC", "--pseudonymize", &key]) {
        for name in [SENTINEL, "192.0.2.", "198.51.100", "203.0.113.", "2001:db8:99"] {
            assert!(!text.to_lowercase().contains(name), "{name} in {output}: {text}");
        }
    }
    let (code, _, err) = run(&["analyze", &path, "--zone", "fou=UTC", "--pseudonymize", &key]);
    assert!(code == 2 && err.contains("no file of this run is called so") && !err.contains(SENTINEL), "{err}");
    let (code, _, err) = run(&["analyze", &path, "--zone", "fou=UTC"]);
    assert!(code == 2 && err.contains("zq0sost.txt"), "{err}");
}
