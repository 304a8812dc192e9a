//! The extended report: events in any order, one mail per recipient (exchange.md sections 1.5 to 1.7).

mod support;

use sostrace::source::Class;
use sostrace::{Analysis, Options};
use std::collections::BTreeMap;
use support::{analyse_paths, folder, table};

const COLUMNS: [&str; 27] = [
    "date_time_utc",
    "client_ip",
    "client_hostname",
    "server_ip",
    "server_hostname",
    "source_context",
    "connector_id",
    "source",
    "event_id",
    "internal_message_id",
    "message_id",
    "network_message_id",
    "recipient_address",
    "recipient_status",
    "total_bytes",
    "recipient_count",
    "related_recipient_address",
    "reference",
    "message_subject",
    "sender_address",
    "return_path",
    "message_info",
    "directionality",
    "tenant_id",
    "original_client_ip",
    "original_server_ip",
    "custom_data",
];
const AP: &str = "ap@fabrikam.example";

/// An event at 08:05:`second` UTC, with the columns that matter to it.
fn event(second: u32, source: &str, name: &str, to: &str, more: &[(&str, &str)]) -> String {
    let time = format!("2026-03-10T08:05:{second:02}.5000000Z");
    let mut cells = BTreeMap::from([
        ("date_time_utc", time.as_str()),
        ("source", source),
        ("event_id", name),
        ("message_id", "<ADR51000000000001@contoso.example>"),
        ("recipient_address", to),
        ("sender_address", "sap@contoso.example"),
        ("return_path", "sap@contoso.example"),
        ("message_subject", "Invoice 1"),
        ("tenant_id", "00000000-0000-4000-8000-000000000001"),
    ]);
    cells.extend(more.iter().copied());
    let quoted = |name: &&str| format!("\"{}\"", cells.get(*name).copied().unwrap_or("").replace('"', "\"\""));
    COLUMNS.iter().map(quoted).collect::<Vec<_>>().join(",") + "\n"
}

fn read(events: &[String]) -> Analysis {
    let text = format!("{}\n{}", COLUMNS.join(","), events.concat());
    let folder = folder(&[("MTDetail.csv", text.as_bytes())]);
    let policy = sostrace::journey::Policy { sender: Some("sap@contoso.example".to_owned()), ..Default::default() };
    analyse_paths(&[folder.path().to_path_buf()], &Options { policy, ..Options::default() })
}

fn received() -> String {
    let custom = "S:DeliveryPriority=Normal;S:InboundConnectorData=Name=SAP relay;ConnectorType=OnPremises;S:tlsversion=TLS1.2";
    event(
        1,
        "SMTP",
        "RECEIVE",
        AP,
        &[("recipient_status", "To"), ("client_ip", "203.0.113.10"), ("connector_id", "A\\Default A"), ("custom_data", custom)],
    )
}

#[test]
fn the_end_of_a_mail() {
    let outside = |second| {
        event(
            second,
            "SMTP",
            "SENDEXTERNAL",
            AP,
            &[("source_context", "250 2.0.0 Ok: queued as 4711"), ("connector_id", "To_DefaultOpportunisticTLS")],
        )
    };
    let failed = |second, status: &str| event(second, "SMTP", "FAIL", AP, &[("recipient_status", status)]);
    let inner = "250 2.6.0 <x@contoso.example> [InternalId=1, Hostname=A.eurprd01.prod.outlook.com] 9 bytes in 0.1, 1 KB/sec Queued mail for delivery";
    let rows = [
        ("sent outside", vec![outside(4), received()], "delivered", "outside", "", ""),
        ("to a mailbox", vec![event(4, "STOREDRIVER", "DELIVER", AP, &[]), received()], "delivered", "mailbox", "", ""),
        ("a step inside is no end", vec![received(), event(3, "SMTP", "SEND", AP, &[("source_context", inner)])], "unknown", "", "", ""),
        (
            "another server took it",
            vec![received(), event(3, "SMTP", "SEND", AP, &[("source_context", "250 ok")])],
            "delivered",
            "outside",
            "",
            "",
        ),
        ("failed", vec![failed(4, "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found")], "bounced", "", "550", "RCPT-03"),
        (
            "the last error, with semicolons and brackets",
            vec![failed(4, "[{LED=550 5.1.10 RESOLVER.ADR.RecipientNotFound; not found [x]};{MSG=};{FQDN=};{IP=};{LRT=}]"), received()],
            "bounced",
            "",
            "550",
            "RCPT-03",
        ),
        (
            "tried again and sent",
            vec![outside(9), event(4, "SMTP", "DEFER", AP, &[("recipient_status", "451 4.4.1 later")])],
            "delivered",
            "outside",
            "",
            "",
        ),
        (
            "still trying",
            vec![received(), event(4, "SMTP", "DEFER", AP, &[("recipient_status", "450 4.4.316 Connection refused")])],
            "deferred",
            "",
            "450",
            "",
        ),
        ("sent and given up later", vec![failed(9, "550 4.4.7 QUEUE.Expired;expired"), outside(4)], "bounced", "", "550", ""),
        ("refused by a transport rule, then delivered again", vec![failed(2, "550 5.7.1 x"), outside(4)], "delivered", "outside", "", ""),
        (
            "a group",
            vec![received(), event(4, "ROUTING", "FAIL", AP, &[("recipient_status", "250 2.1.5 RESOLVER.GRP.Expanded; expanded")])],
            "unknown",
            "",
            "",
            "",
        ),
        (
            "copies and agents decide nothing",
            vec![received(), event(5, "REDUNDANCY", "HADISCARD", AP, &[]), event(6, "AGENT", "AGENTINFO", AP, &[])],
            "unknown",
            "",
            "",
            "",
        ),
    ];
    for (what, events, verdict, delivered_to, code, rule) in rows {
        let analysis = read(&events);
        let rows = table(&analysis);
        assert_eq!(rows.len(), 1, "{what}");
        let got = |column: &str| rows[0][column].as_str();
        assert_eq!((got("verdict"), got("delivered_to"), got("reply_code")), (verdict, delivered_to, code), "{what}");
        assert!(rule.is_empty() || got("rule") == rule, "{what}: {}", got("rule"));
        assert_eq!(analysis.reading.sources[0].ledger.count(Class::NotUnderstood), 0, "{what}");
    }
}

/// Only the first event tells connector, TLS and host; the last one tells the end.
#[test]
fn the_hand_over_is_known_at_the_end() {
    let sent =
        event(4, "SMTP", "SENDEXTERNAL", AP, &[("connector_id", "To_DefaultOpportunisticTLS"), ("return_path", "bounce@contoso.example")]);
    let front = event(2, "SMTP", "RECEIVE", AP, &[("client_ip", "2001:db8::1"), ("connector_id", "B\\Default B")]);
    let analysis = read(&[sent, front, received()]);
    let row = &table(&analysis)[0];
    assert_eq!((row["connector"].as_str(), row["exchange_status"].as_str()), ("SAP relay", "Delivered"));
    let shown = sostrace::report::timeline(&analysis, "Invoice").1;
    assert!(shown.contains("Delivered, over TLS1.2, return path bounce@contoso.example"), "{shown}");
    let direct = read(&[event(1, "SMTP", "RECEIVE", AP, &[("client_ip", "203.0.113.10"), ("connector_id", "A\\Default A")])]);
    assert_eq!(table(&direct)[0]["connector"], "");
}

#[test]
fn several_recipients_in_one_row() {
    let both = "a@contoso.example;b@contoso.example";
    let rows = [
        ("550 5.1.10 no;550 5.2.2 full", ["550 5.1.10 no", "550 5.2.2 full"]),
        ("550 4.4.7 QUEUE.Expired;expired;since", ["550 4.4.7 QUEUE.Expired;expired;since"; 2]),
        ("550 4.4.7 QUEUE.Expired; expired", ["550 4.4.7 QUEUE.Expired; expired"; 2]),
        (
            "550 5.1.10 RESOLVER.ADR.RecipientNotFound; not found;550 4.4.7 QUEUE.Expired; expired",
            ["550 5.1.10 RESOLVER.ADR.RecipientNotFound; not found", "550 4.4.7 QUEUE.Expired; expired"],
        ),
    ];
    for (status, want) in rows {
        let analysis = read(&[event(1, "SMTP", "FAIL", both, &[("recipient_status", status)])]);
        let mut got: Vec<(String, String)> = table(&analysis).iter().map(|row| (row["recipient"].clone(), row["reply"].clone())).collect();
        got.sort();
        let shared = analysis.reading.sources[0].notes.iter().any(|note| note.text.starts_with("one status stands for several recipients"));
        assert_eq!(shared, want[0] == want[1], "{status}");
        let want: Vec<(String, String)> = both.split(';').zip(want).map(|(to, reply)| (to.to_owned(), reply.to_owned())).collect();
        assert_eq!(got, want);
    }
}

/// RESOLVE and EXPAND name the new address; the old one is that of the request.
#[test]
fn a_replaced_address_ends_with_the_new_one() {
    let sap = support::TABLE.to_owned() + &support::request(1, "group@contoso.example", 1, "S", ("SO", 718), "");
    let text = [
        event(
            2,
            "ROUTING",
            "EXPAND",
            "jane@contoso.example;joe@contoso.example",
            &[("related_recipient_address", "group@contoso.example")],
        ),
        event(1, "SMTP", "RECEIVE", "group@contoso.example", &[]),
        event(3, "ROUTING", "FAIL", "group@contoso.example", &[("recipient_status", "250 2.1.5 RESOLVER.GRP.Expanded; expanded")]),
        event(4, "STOREDRIVER", "DELIVER", "jane@contoso.example", &[]),
        event(4, "STOREDRIVER", "DELIVER", "joe@contoso.example", &[]),
        event(2, "ROUTING", "RESOLVE", "jane@contoso.example", &[("related_recipient_address", "JANE@contoso.example")]),
    ];
    let trace = format!("{}\n{}", COLUMNS.join(","), text.concat());
    let analysis = support::analyse_files(&[("sap.txt", sap.as_bytes()), ("trace.csv", trace.as_bytes())]);
    let got: Vec<(String, String)> = table(&analysis).iter().map(|row| (row["recipient"].clone(), row["verdict"].clone())).collect();
    assert_eq!(got, [("group@contoso.example".to_owned(), "delivered".to_owned())]);
}

/// Pages of a report overlap: a row that stands there twice is one event, one that differs in any cell is another.
#[test]
fn an_equal_row_counts_once() {
    let other = event(2, "SMTP", "DEFER", AP, &[("recipient_status", "451 4.7.0 x"), ("client_ip", "203.0.113.11")]);
    let defer = event(2, "SMTP", "DEFER", AP, &[("recipient_status", "451 4.7.0 x")]);
    let rows = [
        (vec![received(), received()], 1, 1),
        (vec![received(), received(), received()], 2, 1),
        (vec![defer.clone(), defer.clone()], 1, 1),
        (vec![defer, other], 0, 2),
        (vec![event(1, "SMTP", "RECEIVE", AP, &[("message_id", "")]), event(1, "SMTP", "RECEIVE", AP, &[("message_id", "")])], 0, 2),
    ];
    for (events, repeated, records) in rows {
        let analysis = read(&events);
        let source = &analysis.reading.sources[0];
        let told = source.notes.iter().find(|note| note.text.contains("in the file before"));
        assert_eq!(told.map_or(0, |note| note.text.split(' ').next().unwrap().parse().unwrap()), repeated, "{events:?}");
        assert_eq!(analysis.reading.store.records.len(), records, "{events:?}");
        assert_eq!(source.ledger.count(Class::NotUnderstood), 0);
    }
}
