//! The consolidated event log of Cisco's gateway.

use super::{journey, of_log};
use crate::support::{fates, read_text};
use sostrace::evidence::day_time;
use sostrace::source::Class;

const EVENTS: &str = include_str!("../../src/formats/relay/esa/events.sample.log");

#[test]
fn one_event_for_each_mail() {
    let reading = read_text("cef.log", EVENTS);
    let source = &reading.sources[0];
    let counts = (source.format, source.ledger.count(Class::Evidence), source.ledger.count(Class::NotUnderstood), source.utc);
    assert_eq!(counts, ("relay-cisco-esa-events", 3, 0, false), "{:?}", source.ledger.not_understood(5));
    let want = [
        "Accept queued ap@fabrikam.example",
        "Deliver sent ap@fabrikam.example",
        "Accept queued ",
        "Fail bounced denied@fabrikam.example",
        "Fail bounced other@fabrikam.example",
        "Accept queued late@fabrikam.example",
        "Fail quarantined late@fabrikam.example",
    ];
    assert_eq!(fates(&reading), want);
    let (store, record) = (&reading.store, &reading.store.records[1]);
    let facts = store.relay_of(record).unwrap();
    let texts = [record.subject, record.message_id, facts.queue_id, facts.client_ip, facts.name].map(|sym| store.text(sym));
    assert_eq!(texts, ["Invoice=1", "<ADR51000000000001@contoso.example>", "9101", "192.0.2.11", "esa1"]);
    assert_eq!((record.size, record.local.map(|at| day_time(at.from)).as_deref()), (6001, Some("2026-03-10 08:05:03")));
}

#[test]
fn what_became_of_its_mails() {
    let all = of_log("cef.log", EVENTS);
    let columns = ["verdict", "stopped_at", "reply", "relay_queue_id", "evidence"];
    let refused = "550 5.7.64 TenantAttribution; Relay Access Denied";
    let rows = [
        ("ap", ["handed-off", "relay", "", "9101", "cef.log:1"]),
        ("denied", ["bounced", "relay", refused, "9102", "cef.log:2"]),
        ("other", ["bounced", "relay", refused, "9102", "cef.log:2"]),
        ("late", ["diverted", "relay", "QUARANTINED To POLICY", "9103", "cef.log:3"]),
    ];
    assert_eq!(all.len(), rows.len());
    for (to, want) in rows {
        assert_eq!(journey(&all, &format!("{to}@fabrikam.example"), &columns), want, "{to}");
    }
}

/// A mail that was tried for hours is logged at its end: its beginning lies before the lines above, and no clock goes back.
#[test]
fn events_are_in_order_of_their_ends() {
    let late = EVENTS.replace("startTime=Tue Mar 10 08:06:01 2026", "startTime=Tue Mar 10 04:06:01 2026");
    let reading = read_text("cef.log", &late);
    assert!(reading.sources[0].notes.is_empty() && !reading.sources[0].selected, "{:?}", reading.sources[0].notes);
    let row = journey(&of_log("cef.log", &late), "denied@fabrikam.example", &["submitted_at", "finished_at"]);
    assert_eq!(row, ["2026-03-10T04:06:01.000Z", "2026-03-10T08:06:03.000Z"]);
}

/// What is cut, of another product, or of an action that nobody knows is told as such.
#[test]
fn lines_that_tell_no_end() {
    let other = "Mar 10 08:05:03 esa1 CEF:0|Other|x|1|2|3|4|a=b\n";
    let cut = "Mar 10 08:05:03 esa1 CEF:0|Cisco|C100V|13|ESA_CONSOLIDATED_LOG_EVENT|Conso\n";
    let unknown = EVENTS.lines().next().unwrap().replace("act=DELIVERED", "act=TELEPORTED") + "\n";
    let reading = read_text("cef.log", &[&unknown, other, cut, "no event\n"].concat());
    let ledger = &reading.sources[0].ledger;
    assert_eq!([Class::Evidence, Class::Frame, Class::NotUnderstood].map(|class| ledger.count(class)), [1, 1, 2]);
    assert_eq!(fates(&reading), ["Accept queued "]);
    assert!(reading.sources[0].notes.iter().any(|note| note.text.contains("last action")), "{:?}", reading.sources[0].notes);
}
