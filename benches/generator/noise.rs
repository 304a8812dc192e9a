//! Lines of a `dev_icm` trace that have nothing to do with the mails of a story.

use super::icm::{Record, thread};
use super::rng::Rng;

/// HTTP traffic at level 3 between two instants, about one request per `every` milliseconds.
pub fn http(rng: &mut Rng, span: (i64, i64), every: i64) -> Vec<Record> {
    let mut records = Vec::new();
    let mut at = span.0;
    loop {
        at += rng.range(every / 2, every * 3 / 2);
        if at >= span.1 {
            return records;
        }
        records.extend(request(rng, at));
    }
}

fn request(rng: &mut Rng, at: i64) -> Vec<Record> {
    let worker = thread(20 + rng.bits() % 6);
    let conn = rng.range(0x0003_0001, 0x0003_FFFF);
    let port = rng.range(40_000, 60_000);
    let path = rng.pick(&["/sap/bc/ping", "/sap/opu/odata/iwfnd/catalog", "/sap/public/icman"]);
    let answer = rng.pick(&["200 OK", "304 Not Modified", "250 Custom", "503 Service Unavailable"]);
    let bytes = rng.range(180, 9_000);
    vec![
        Record::new(at, worker, format!("IcmReadFromConn: {bytes} bytes from 192.0.2.40:{port} {{{conn:08x}}}"))
            .and(format!("GET {path} HTTP/1.1"))
            .and("host: erp.contoso.example:44300"),
        Record::new(at + 35, worker, format!("HTTP/1.1 {answer} {{{conn:08x}}}"))
            .and("role: Server, protocol: HTTPS, local: 192.0.2.10:44300, peer: 192.0.2.40"),
    ]
}

/// The failed TLS handshake of some HTTPS client.
pub fn tls_error(at: i64) -> Record {
    Record::new(at, thread(31), "<<- ERROR: SapSSLSessionStart(sssl_hdl=7f21b40012c0)==SSSLERR_PEER_CERT_UNTRUSTED")
        .and("*** ERROR => SSL handshake with rates.adatum.example:443 failed: SSSLERR_PEER_CERT_UNTRUSTED (-102)")
        .and("The peer's X.509 Certificate (chain) is untrusted {0002c11a} [icxxconn.c   1977]")
}

/// Sparse lines of level 1 between two instants.
pub fn quiet(rng: &mut Rng, span: (i64, i64), every: i64) -> Vec<Record> {
    let mut records = Vec::new();
    let mut at = span.0 + 1_000;
    while at < span.1 {
        let worker = thread(10 + rng.bits() % 4);
        let conn = rng.range(0x0001_0001, 0x0001_FFFF);
        let peer = format!("192.0.2.{}:{}", rng.range(50, 90), rng.range(40_000, 60_000));
        records.push(match rng.below(3) {
            0 => Record::new(
                at,
                worker,
                format!("*** WARNING => IcmNetCheck: client {peer} closed the connection {{{conn:08x}}} [icxxconn.c   1644]"),
            ),
            1 => Record::new(at, worker, "IcmWatchDogThread: check completed"),
            _ => Record::new(
                at,
                worker,
                format!("*** ERROR => NiIRead: SiRecv failed for hdl {}/sock {}", rng.range(20, 90), rng.range(20, 90)),
            )
            .bare(format!("    (SI_ECONN_BROKEN/104; I4; ST; {peer}) [nixxi.cpp    5434]")),
        });
        at += rng.range(every / 2, every * 3 / 2);
    }
    records
}

/// The three lines of a connection that does not come about; `server` is `host:port`.
pub fn no_connection(rng: &mut Rng, at: i64, server: &str, address: &str, error: &str) -> Record {
    let (host, port) = server.rsplit_once(':').expect("a server is host:port");
    let hdl = rng.range(30, 99);
    let session = rng.range(1_000, 9_999);
    let conn = rng.range(0x0000_0100, 0x0000_FFFF);
    let (call, detail) = match error {
        "NIETIMEOUT" => ("NiIConnect: connect pending after 5000ms", "SI_ETIMEOUT/110"),
        _ => ("NiIConnect: SiPeekPendConn failed", "SI_ECONN_REFUSE/111"),
    };
    Record::new(at, thread(2 + rng.bits() % 3), format!("*** ERROR => {call} for hdl {hdl}/sock {}", hdl - 9))
        .bare(format!("    ({detail}; I4; ST; {address}:{port}) [nixxi.cpp    3285]"))
        .and(format!(
            "*** WARNING => Connection request from (9/{session}/0) to host: {host}, service: {port} failed ({error}) {{{conn:08x}}} [icxxconn.c   2208]"
        ))
}
