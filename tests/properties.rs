//! What must hold whatever the input: each line in one class, no panic, no dependence on order, clocks that follow.

mod support;

use proptest::prelude::*;
use sostrace::Options;
use sostrace::evidence::Store;
use sostrace::formats::{REGISTRY, Sink};
use sostrace::source::{Class, Source, decode, lines};
use std::collections::BTreeMap;
use support::{TABLE, TRACE, analyse_paths, arrival, folder, others, repository, request, table};

/// Reads a text as every format, whether it claims it or not, and adds up the classes.
fn account(text: &str) {
    for format in REGISTRY {
        let _ = format.recognise(text);
        let count = lines(text).count();
        let (mut store, mut source) = (Store::default(), Source::new("x".into(), "x".to_owned(), count));
        let _ = format
            .read(text, &mut Sink { store: &mut store, source: &mut source, index: 0, settings: &sostrace::formats::Settings::default() });
        let classes = [Class::Evidence, Class::Frame, Class::Others, Class::NotUnderstood];
        assert_eq!(classes.iter().map(|class| source.ledger.count(*class)).sum::<usize>(), count, "{}", format.id());
        for record in &store.records {
            assert!(record.line >= 1 && (record.line + record.lines - 1) as usize <= count.max(1), "{}: {record:?}", format.id());
        }
    }
}

/// One change to a text: where (in thousandths), how much to take away, what to put there.
fn change() -> impl Strategy<Value = (usize, usize, String)> {
    let piece = prop_oneof![
        "\\PC{0,12}",
        "[|;,\"\t\r\n ]{1,6}",
        Just("\n[Thr 140339560240896] SMTP << 250 ok\n".to_owned()),
        Just("250-\u{1b}[2J\u{feff}".to_owned()),
        Just("Größe 価格 🎉 |".to_owned()),
        Just("99999999999999999999.99.9999999".to_owned()),
    ];
    (0usize..1000, 0usize..40, piece)
}

fn changed(text: &str, changes: &[(usize, usize, String)]) -> String {
    let mut text: Vec<char> = text.chars().collect();
    for (at, take, put) in changes {
        let from = text.len() * at / 1000;
        let to = (from + take).min(text.len());
        text.splice(from..to, put.chars());
    }
    text.into_iter().collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn each_line_of_a_damaged_export_is_in_one_class(which in any::<prop::sample::Index>(), changes in prop::collection::vec(change(), 0..12)) {
        let samples: Vec<&str> = REGISTRY.iter().flat_map(|format| format.samples()).copied().collect();
        account(&changed(samples[which.index(samples.len())], &changes));
    }

    /// Wherever a logon stands in a log of a relay, what logs on is kept nowhere.
    #[test]
    fn what_logs_on_is_never_kept(which in any::<prop::sample::Index>(), changes in prop::collection::vec(change(), 0..6), at in 0usize..1000, mechanism in prop::sample::select(vec!["PLAIN", "LOGIN", "XOAUTH2"])) {
        const SECRET: &str = "AGVycEBjb250b3NvAFMzY3JldDEy";
        for format in REGISTRY.iter().filter(|format| format.id().starts_with("relay-")) {
            let text = changed(format.samples()[which.index(format.samples().len())], &changes);
            let text = changed(&text, &[(at, 0, format!(" AUTH {mechanism} {SECRET} "))]);
            let (mut store, mut source) = (Store::default(), Source::new("x".into(), "x".to_owned(), lines(&text).count()));
            let _ = format
                .read(&text, &mut Sink { store: &mut store, source: &mut source, index: 0, settings: &sostrace::formats::Settings::default() });
            prop_assert!(!format!("{:?}", store.strings).contains(SECRET), "{}: {text}", format.id());
        }
    }

    #[test]
    fn each_line_of_any_bytes_is_in_one_class(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        account(&decode(&bytes).text);
    }

    #[test]
    fn a_file_cut_anywhere_is_read_as_far_as_it_goes(name in prop::sample::select(vec!["connector-mismatch/sost_PRD_100.txt", "connector-mismatch/dev_icm_sapapp1_level3.txt", "connector-mismatch/MTSummary_SAP_2026-03-10.csv"]), end in 0usize..1000) {
        let bytes = std::fs::read(repository("samples").join(name)).unwrap();
        account(&decode(&bytes[..bytes.len() * end / 1000]).text);
    }
}

/// The journeys without what names files and lines.
fn findings(analysis: &sostrace::Analysis) -> Vec<BTreeMap<&'static str, String>> {
    let mut rows = table(analysis);
    for row in &mut rows {
        row.remove("evidence");
    }
    rows
}

#[test]
fn names_and_order_of_the_files_change_nothing() {
    let files = ["soes_E01_200.xls", "trace_E01.csv", "dev_icm_sapapp1.txt", "dev_icm_sapapp3_secured.txt"];
    let bytes = files.map(|name| std::fs::read(repository("samples/smtp-auth-off").join(name)).unwrap());
    let under = |names: [&str; 4]| {
        let named: Vec<(&str, &[u8])> = names.into_iter().zip(bytes.iter().map(Vec::as_slice)).collect();
        let folder = folder(&named);
        findings(&analyse_paths(&[folder.path().to_path_buf()], &Options::default()))
    };
    let first = under(["a", "b", "c", "d"]);
    assert_eq!(first.len(), 295);
    assert_eq!(first, under(["d", "c", "b", "a"]));
    assert_eq!(first, under(["c", "a", "d", "b"]));
}

#[test]
fn the_order_of_the_rows_of_a_trace_changes_nothing() {
    let sap = std::fs::read(repository("samples/connector-mismatch/sost_PRD_100.txt")).unwrap();
    let trace = std::fs::read(repository("samples/connector-mismatch/MTSummary_SAP_2026-03-10.csv")).unwrap();
    let trace = decode(&trace).text;
    let (header, rows) = trace.split_once('\n').unwrap();
    let with = |rows: Vec<&str>| {
        let text = format!("{header}\n{}\n", rows.join("\n"));
        let folder = folder(&[("sap", &sap), ("trace", text.as_bytes())]);
        findings(&analyse_paths(&[folder.path().to_path_buf()], &Options::default()))
    };
    let rows: Vec<&str> = rows.lines().collect();
    let (even, odd): (Vec<_>, Vec<_>) = rows.iter().enumerate().partition(|(at, _)| at % 2 == 0);
    let shuffled = odd.into_iter().rev().chain(even).map(|(_, row)| *row).collect();
    assert_eq!(with(rows.clone()), with(shuffled));
}

/// A clock that is so many seconds late shows in the estimate, and the links stay the same.
#[test]
fn a_shifted_clock_shifts_the_estimate() {
    let run = |late: i64| {
        let shift = |text: String| {
            let clock = |seconds: i64| {
                chrono::NaiveTime::MIN.overflowing_add_signed(chrono::TimeDelta::seconds(seconds - late)).0.format("%H%M%S").to_string()
            };
            let second = |n: i64| (format!("\t0805{n:02}\t"), format!("\t{}\t", clock(8 * 3600 + 5 * 60 + n)));
            (10..20)
                .fold(text.replace("\t080000\t", &format!("\t{}\t", clock(8 * 3600))), |text, n| text.replace(&second(n).0, &second(n).1))
        };
        let rows: String = (10..20).map(|n| shift(request(n, &format!("m{n}@fabrikam.example"), n, "S", ("XS", 718), ""))).collect();
        let arrivals: String = (10..20).map(|n| arrival(n, &format!("m{n}@fabrikam.example"), n, "Receive, Send")).collect();
        let (sap, trace) = (format!("{TABLE}{rows}"), format!("{TRACE}{}{arrivals}", others()));
        let folder = folder(&[("sap", sap.as_bytes()), ("trace", trace.as_bytes())]);
        let analysis = analyse_paths(&[folder.path().to_path_buf()], &Options::default());
        let delivered = findings(&analysis).iter().filter(|row| row["verdict"] == "delivered").count();
        let clock = analysis
            .reading
            .sources
            .iter()
            .position(|source| source.format == "sap-table")
            .and_then(|at| analysis.alignment.clocks.get(at))
            .cloned();
        (delivered, clock.unwrap().drift_ms)
    };
    let (delivered, exact) = run(0);
    assert_eq!(delivered, 10);
    for late in [-240, -61, 45, 180, 300] {
        let (delivered, drift) = run(late);
        assert_eq!(delivered, 10, "{late} s late");
        // One second is the grain of SAP's times.
        assert!((drift - exact - late * 1000).abs() <= 1000, "{late} s late: {drift} ms, {exact} ms when right");
    }
}
