//! SM37 beside the list of mails: "no send job ran" as a fact.
#![allow(clippy::format_collect, clippy::type_complexity)] // rows are put together as they read

mod support;

use sostrace::Analysis;
use sostrace::source::Class;
use support::{TABLE, analyse_files, request, table};

const LIST: &str = include_str!("../src/formats/context/jobs.sample.txt");

/// A list with runs of the send job, and one other job that shows how far the list goes.
fn list(runs: &[(&str, &str)], other: &str) -> String {
    let row = |name: &str, status: &str, time: &str| format!("|{name:<24}|{status:<10}|10.03.2026|{time}|             5|\n");
    let header = "|JobName                 |Status    |Start Date|Start Time|Duration(sec.)|\n".to_owned();
    let runs: String = runs.iter().map(|(time, status)| row("RSCONN01 SEND", status, time)).collect();
    header + &runs + &row("SAP_COLLECTOR_PERFMON", "Finished", other)
}

/// A mail of 08:05 that still waits when the list is exported at 08:40.
fn waiting(jobs: &[(&str, &str)]) -> Analysis {
    let at = |number: u32, time: &str, kind: &str, message: (&str, u32)| {
        request(number, &format!("m{number}@fabrikam.example"), 0, kind, message, "").replace("080500", time).replace("080000", time)
    };
    let sap = format!("{TABLE}{}{}", at(1, "080500", "W", ("SO", 672)), at(2, "084000", "S", ("XS", 718)));
    let jobs = jobs.iter().map(|(name, text)| (*name, text.as_bytes()));
    analyse_files(&std::iter::once(("sap.txt", sap.as_bytes())).chain(jobs).collect::<Vec<_>>())
}

/// The list in the languages of the user (assumed: no export has been published).
#[test]
fn lists_in_other_languages() {
    let headers = [
        ("Nom du job", "Statut", "Date début", "Heure début", "Durée (s)", "Terminé"),
        ("Nombre de job", "Estado", "Fecha inicio", "Hora inicio", "Duración (seg)", "Terminado"),
        ("Nome do job", "Status", "Data início", "Hora início", "Duração(seg)", "Concluído"),
    ];
    let english = list(&[("07:55:00", "Finished"), ("08:00:00", "Finished"), ("08:45:00", "Finished")], "08:46:00");
    let silences = |list: &str| waiting(&[("jobs.txt", list)]).silences;
    for (job, status, date, time, duration, finished) in headers {
        let words = [
            ("JobName", job),
            ("Status ", status),
            ("Start Date", date),
            ("Start Time", time),
            ("Duration(sec.)", duration),
            ("Finished", finished),
        ];
        let list = words.into_iter().fold(english.clone(), |list, (english, word)| list.replace(english, word));
        assert_eq!((silences(&list), silences(&list).len()), (silences(&english), 1), "{list}");
    }
}

#[test]
fn a_silence_of_the_send_job_is_a_fact() {
    let rows: [(&[(&str, &str)], &str, Option<&str>); 7] = [
        (
            &[("07:55:00", "Finished"), ("08:00:00", "Finished"), ("08:45:00", "Finished")],
            "08:46:00",
            Some("between 2026-03-10 08:00:05 and 2026-03-10 08:45:00 (SM37)"),
        ),
        (
            &[("07:55:00", "Finished"), ("08:00:00", "Canceled")],
            "09:00:00",
            Some("the end of the list, (SM37); the run before was cancelled"),
        ),
        // The job ran and did not take the mail.
        (&[("07:55:00", "Finished"), ("08:00:00", "Finished"), ("08:10:00", "Finished"), ("08:15:00", "Finished")], "08:46:00", None),
        // Nobody knows what ran behind the end of the list.
        (&[("07:55:00", "Finished"), ("08:00:00", "Finished")], "08:01:00", None),
        // Still running, or longer than the pause behind it.
        (&[("07:55:00", "Finished"), ("08:00:00", "Active")], "09:00:00", None),
        // Every half hour is usual here.
        (
            &[
                ("07:00:00", "Finished"),
                ("07:30:00", "Finished"),
                ("08:00:00", "Finished"),
                ("08:30:00", "Finished"),
                ("09:00:00", "Finished"),
            ],
            "09:30:00",
            None,
        ),
        (&[], "09:30:00", None),
    ];
    for (runs, other, want) in rows {
        let analysis = waiting(&[("jobs.txt", &list(runs, other))]);
        let proofs: Vec<&str> = analysis.incidents.iter().flat_map(|incident| &incident.proofs).map(|proof| proof.text.as_str()).collect();
        let found = table(&analysis);
        assert_eq!(found[0]["verdict"], "waiting");
        let findings: Vec<&str> = analysis.journeys[0].findings.iter().map(|id| analysis.reading.store.text(*id)).collect();
        match want {
            Some(want) => {
                assert!(proofs.len() == 1 && proofs[0].starts_with("confirmed for 1") && proofs[0].contains(want), "{runs:?} {proofs:?}");
                assert_eq!((findings, found[0]["action"].as_str()), (vec!["WAIT-01"], "investigate"), "{runs:?}");
                assert!(found[0]["evidence"].contains("jobs.txt:3"), "{}", found[0]["evidence"]);
            }
            None => assert!(proofs.is_empty() && findings.is_empty(), "{runs:?} {proofs:?} {findings:?}"),
        }
    }
}

/// Also where every mail left in the end, the summary says why some were late.
#[test]
fn the_summary_tells_a_silence() {
    let jobs = list(&[("07:55:00", "Finished"), ("08:00:00", "Finished"), ("08:45:00", "Finished")], "08:46:00");
    let analysis = waiting(&[("jobs.txt", &jobs)]);
    let style = sostrace::report::Style { color: false, width: 118, columns: None, verbose: false };
    let text = sostrace::report::summary(&analysis, &sostrace::rules::Catalogue::builtin().unwrap(), &[], &style);
    let want = "  silent   no send job ran from 2026-03-10 08:00:05 to 2026-03-10 08:45:00 (SM37); 2 mails were asked for then\n";
    assert!(text.contains(want), "{text}");
}

/// Logs complete a list, but cannot show alone that nothing else ran; those of other reports do not count.
#[test]
fn logs_of_the_send_job() {
    let log = |from: &str, to: &str, report: &str, end: &str| {
        format!(
            "|10.03.2026|{from}|Job started|00|516|S|\n|10.03.2026|{from}|Step 001 started (program {report}, variant X, user ID DDIC)|00|550|S|\n|10.03.2026|{to}|{end}|S|\n"
        )
    };
    let text = log("07:55:00", "07:55:04", "RSCONN01", "Job wurde beendet")
        + &log("08:00:00", "08:00:09", "RSCONN01", "Job cancelled after system exception|00|518")
        + &log("08:10:00", "08:10:09", "RSBTCDEL2", "Job finished|00|517")
        + &log("09:00:00", "09:00:09", "RSCONN01", "Job finished|00|517");
    let alone = waiting(&[("log.txt", &text)]);
    assert!(alone.incidents.iter().all(|incident| incident.proofs.is_empty()));
    let list = list(&[("07:55:00", "Finished"), ("09:00:00", "Finished")], "09:01:00");
    let analysis = waiting(&[("log.txt", &text), ("jobs.txt", &list)]);
    let source = analysis.reading.sources.iter().find(|source| source.format == "sap-job-log").unwrap();
    assert_eq!((source.rows, source.ledger.count(Class::Evidence), source.ledger.count(Class::Frame)), (3, 9, 3));
    let proofs: Vec<&str> = analysis.incidents.iter().flat_map(|incident| &incident.proofs).map(|proof| proof.text.as_str()).collect();
    assert_eq!(
        proofs,
        ["confirmed for 1: no send job ran between 2026-03-10 08:00:09 and 2026-03-10 09:00:00 (SM37); the run before was cancelled"]
    );
}

#[test]
fn lists_and_tables_of_jobs_in_one_class_per_line() {
    let german = "Jobname\tStatus\tStartdatum\tStartzeit\tDauer(Sek.)\nMAILVERSAND\tfertig\t10.03.2026\t08:00:02\t5\n\nMAILVERSAND\tfreigegeben\t\t\t0\n";
    let rows = [
        (LIST, (2, 9, 0), ""),
        (include_str!("../src/formats/context/jobs_table.sample.txt"), (2, 1, 0), ""),
        (german, (1, 3, 0), "a guess"),
        ("JobName\tStart date\tStart time\nA\t10.03.2026\t08:00:00\nB\t10.03.2026\t08:00:00\n", (0, 3, 0), "unknown"),
        (
            "JobName\tStart date\tStart time\nSAPCONNECT ALL SEND\t10.03.2026\t08:00:00\nSAPCONNECT ALL SEND\t10-Mar-26\t08:05:00\n",
            (1, 1, 1),
            "",
        ),
        (
            "10.03.2026 08:00:00 Job started 00 516 S\n10.03.2026 08:00:01 Step 001 started (program RSCONN01, variant X, user ID Y) 00 550 S\n10.03.2026 08:00:05 Job finished 00 517 S\n03.14.2026 09:00:00 Job started 00 516 S\n",
            (3, 0, 1),
            "",
        ),
    ];
    for (text, want, note) in rows {
        let analysis = analyse_files(&[("jobs.txt", text.as_bytes())]);
        let source = &analysis.reading.sources[0];
        let count = |class| source.ledger.count(class);
        assert_eq!((count(Class::Evidence), count(Class::Frame), count(Class::NotUnderstood)), want, "{text}");
        assert!(source.notes.iter().any(|other| other.text.contains(note)) != note.is_empty(), "{text}");
        assert!(analysis.journeys.is_empty(), "{text}");
    }
}

/// A spreadsheet program saved them again; the separator may stand inside of a quoted name.
#[test]
fn lists_and_logs_as_csv_are_read_as_what_they_were() {
    let list = include_str!("../src/formats/context/jobs.sample.csv");
    let log = include_str!("../src/formats/context/job_log.sample.csv");
    let rows = [(list, 2, (2, 2)), (log, 1, (3, 1))];
    for (text, facts, (evidence, frame)) in rows {
        let analysis = waiting(&[("jobs.csv", text)]);
        let source = analysis.reading.sources.iter().find(|source| source.context).unwrap();
        let counts = [Class::Evidence, Class::Frame, Class::NotUnderstood].map(|class| source.ledger.count(class));
        assert_eq!((analysis.reading.store.contexts().count(), counts), (facts, [evidence, frame, 0]), "{text}");
    }
}

#[test]
fn signs_of_other_lists_do_no_harm_to_a_list_between_pipes() {
    let text = list(&[("08:00:00", "Finished")], "08:46:00");
    let titled =
        format!("Job overview from 10.03.2026, 08:00; to 10.03.2026, 09:00\n{text}||Finished  |10.03.2026|08:50:00|             5|\n");
    let analysis = waiting(&[("jobs.txt", &titled), ("other.txt", &text)]);
    let source = analysis.reading.sources.iter().find(|source| source.label == "jobs.txt").unwrap();
    // A job without a name is no row of the list, and its cells do not move.
    assert_eq!(source.ledger.not_understood(9), [(5, "no row of the list of jobs")]);
}
