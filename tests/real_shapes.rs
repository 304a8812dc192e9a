//! Third-party texts that show real shapes lie outside the repository; where they are, each is taken for what it is.

use sostrace::read;
use std::path::Path;

/// File and the format that must claim it.
const CLAIMED: &[(&str, &str)] = &[
    ("exchange/defender-emailevents-streaming-connector-named.ndjson", "defender-email-json"),
    ("exchange/dsn-exchange-online-delivery-status.txt", "delivery-report"),
    ("exchange/get-messagetrace-convertto-json.ndjson", "exchange-trace-json"),
    ("exchange/get-messagetrace-remote-session-header.csv", "exchange-trace"),
    ("exchange/graph-exchangemessagetrace.json", "exchange-trace-json"),
    ("exchange/graph-exchangemessagetracedetail.json", "exchange-detail-json"),
    ("exchange/reporting-webservice-messagetrace.json", "exchange-trace-json"),
    ("exchange/reporting-webservice-odata-json-date.ndjson", "exchange-trace-json"),
    ("icm/dev_icm-header-785-level2.txt", "sap-icm"),
    ("icm/dev_icm-ssl-conn-closed-2020.txt", "sap-icm"),
    ("icm/dev_icm-ssl-peer-cert-untrusted.txt", "sap-icm"),
    ("icm/dev_w0-701-windows.txt", "sap-icm"),
    ("sost/headers-sap-was701-relay-exo-gmail.txt", "mail-headers"),
];

#[test]
fn real_shapes_are_taken_for_what_they_are() {
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/samples");
    if !samples.is_dir() {
        eprintln!("skipped: no folder of third-party samples beside the repository");
        return;
    }
    for (file, format) in CLAIMED {
        let reading = read(&[samples.join(file)], &mut ());
        assert_eq!(reading.sources.first().map(|source| source.format), Some(*format), "{file}: {:?}", reading.problems);
    }
    // All of them together: none may stop the run.
    let all = read(&[samples], &mut ());
    assert!(all.sources.len() >= CLAIMED.len() - 1, "{}", all.sources.len());
}
