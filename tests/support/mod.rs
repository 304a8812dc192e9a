//! What the tests from outside share: files in a folder of their own, and a run over them.
#![allow(dead_code)] // each test target uses its own part

use sostrace::report::{COLUMNS, rows};
use sostrace::rules::Catalogue;
use sostrace::{Analysis, Options, analyse, read};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Header of a SAP table as "text with tabs".
pub const TABLE: &str = "MANDT\tRECTP\tRECYR\tRECNO\tTITEL\tSENDER\tADDRESS\tSNDDAT\tSNDTIM\tSTAT_DATE\tSTAT_TIME\tSTATUS\tMSGTY\tMSGID\tMSGNO\tMSGV1\tMSGV2\tMSGV3\tMSGV4\n";
/// Header of the enhanced summary of the message trace.
pub const TRACE: &str = "origin_timestamp_utc,sender_address,recipient_status,message_subject,total_bytes,message_id,network_message_id,original_client_ip,directionality,connector_id,delivery_priority\n";

/// A row of [`TABLE`], asked for at 08:00:00 and last changed at 08:05:`second` UTC of 2026-03-10.
pub fn request(number: u32, to: &str, second: u32, kind: &str, message: (&str, u32), reply: &str) -> String {
    let cut = |skip: usize| reply.chars().skip(skip).take(50).collect::<String>();
    format!(
        "100\tADR\t51\t{number:012}\tInvoice {number}\tsap@contoso.example\t{to}\t20260310\t080000\t20260310\t0805{second:02}\t{}\t{kind}\t{}\t{:03}\t{to}\t{}\t{}\t{}\n",
        message.1,
        message.0,
        message.1,
        "contoso-example.mail.protection.outlook.com:25",
        cut(50),
        cut(0),
    )
}

/// A row of [`TRACE`] of the mail with a number, at 08:05:`second` UTC of 2026-03-10.
pub fn arrival(number: u32, to: &str, second: u32, events: &str) -> String {
    format!(
        "2026-03-10T08:05:{second:02}.5000000Z,sap@contoso.example,\"{to}##{events}\",Invoice {number},2048,<ADR51{number:012}@contoso.example>,,203.0.113.10,Originating,SAP relay,Normal\n"
    )
}

/// Mail of other people before and behind, so that the trace covers the day.
pub fn others() -> String {
    let row = |hour: u32| {
        format!(
            "2026-03-10T{hour:02}:00:00.0000000Z,jane{hour}@fabrikam.example,\"tom{hour}@contoso.example##Receive, Deliver\",Hello,2048,<{hour}@fabrikam.example>,,198.51.100.7,Incoming,,Normal\n"
        )
    };
    [1, 2, 3, 20, 21, 22].map(row).concat()
}

/// Files in a folder of their own.
pub fn folder(files: &[(&str, &[u8])]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        std::fs::write(folder.path().join(name), bytes).unwrap();
    }
    folder
}

/// Analyses paths with the built-in rules.
pub fn analyse_paths(paths: &[PathBuf], options: &Options) -> Analysis {
    let catalogue = Catalogue::builtin().unwrap();
    analyse(read(paths, &mut ()), &catalogue, options, &mut ()).unwrap()
}

/// Analyses files in UTC.
pub fn analyse_files(files: &[(&str, &[u8])]) -> Analysis {
    let folder = folder(files);
    let options = Options {
        zones: vec![("sap".to_owned(), "UTC".parse().unwrap()), ("icm".to_owned(), "UTC".parse().unwrap())],
        ..Options::default()
    };
    analyse_paths(&[folder.path().to_path_buf()], &options)
}

/// The journeys table as maps from column to text.
pub fn table(analysis: &Analysis) -> Vec<BTreeMap<&'static str, String>> {
    let catalogue = Catalogue::builtin().unwrap();
    rows(analysis, &catalogue)
        .map(|row| COLUMNS.iter().map(|column| column.name).zip(row.iter().map(sostrace::report::Cell::text)).collect())
        .collect()
}

/// Path inside the repository.
pub fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Reads one file of a name and its text.
pub fn read_text(name: &str, text: &str) -> sostrace::Reading {
    let folder = folder(&[(name, text.as_bytes())]);
    read(&[folder.path().to_path_buf()], &mut ())
}

/// Each record of a relay's log as `kind phase recipient`, in order of lines.
pub fn fates(reading: &sostrace::Reading) -> Vec<String> {
    let store = &reading.store;
    let row = |record: &sostrace::evidence::Evidence| {
        let phase = store.relay_of(record).map_or("", |facts| facts.phase.word());
        format!("{:?} {phase} {}", record.kind, store.text(record.recipient))
    };
    store.records.iter().map(row).collect()
}

/// Calls the program in the repository: exit code, stdout and stderr.
pub fn sostrace(arguments: &[&str]) -> (i32, String, String) {
    let output = assert_cmd::Command::cargo_bin("sostrace").unwrap().current_dir(repository("")).args(arguments).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}
