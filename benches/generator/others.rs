//! Mail of other people in the same tenant: the trace shows it, SAP has nothing to do with it.

use super::exchange;
use super::rng::Rng;
use super::trace::TraceRow;

const MAILBOXES: &[&str] = &[
    "reception@contoso.example",
    "purchasing@contoso.example",
    "plant.manager@contoso.example",
    "marketing@contoso.example",
    "accounting@contoso.example",
    "legal@contoso.example",
    "sales.backoffice@contoso.example",
];
const OUTSIDE: &[&str] = &[
    "info@fabrikam.example",
    "desk@northwind.example",
    "ap@fabrikam.example",
    "orders@northwind.example",
    "service@adatum.example",
    "contact@tailspin.example",
];
const SUBJECTS: &[&str] = &[
    "Re: agenda, room and catering",
    "Fwd: \"urgent\" question about your order",
    "Lunch on Thursday?",
    "Minutes of the meeting, draft 2",
    "AW: Rückfrage zur Rechnung",
    "Accepted: weekly call",
    "Newsletter: new products, new prices",
    "Re: Invoice 90001234",
    "Out of office",
    "Quote for pallets; valid until Friday",
];

/// `count` rows between two instants (milliseconds since 1970 UTC).
pub fn rows(rng: &mut Rng, count: usize, span: (i64, i64)) -> Vec<TraceRow> {
    (0..count).map(|_| row(rng, span)).collect()
}

/// How many foreign rows make 35 of 100 beside `own` rows.
pub fn beside(own: usize) -> usize {
    own * 35 / 65
}

fn row(rng: &mut Rng, span: (i64, i64)) -> TraceRow {
    let origin = rng.range(span.0, span.1) * 10_000 + rng.range(0, 9_999);
    let incoming = rng.chance(45);
    let outgoing = !incoming && rng.chance(50);
    let (senders, goals, events) = match (incoming, outgoing) {
        (true, _) => (OUTSIDE, MAILBOXES, "Receive, Deliver"),
        (_, true) => (MAILBOXES, OUTSIDE, "Receive, Send"),
        _ => (MAILBOXES, MAILBOXES, "Receive, Deliver"),
    };
    let sender = (*rng.pick(senders)).to_owned();
    TraceRow {
        origin,
        recipients: recipients(rng, goals, events),
        subject: (*rng.pick(SUBJECTS)).to_owned(),
        bytes: rng.range(9_000, 2_400_000),
        message_id: message_id(rng, &sender, incoming),
        network_id: exchange::network_id(origin, rng),
        client_ip: if incoming { format!("198.51.100.{}", rng.range(2, 250)) } else { String::new() },
        directionality: if incoming { "Incoming" } else { "Originating" },
        connector: if outgoing { "To_DefaultOpportunisticTLS" } else { "" },
        sender,
    }
}

/// One to three different recipients; now and then a delivery fails.
fn recipients(rng: &mut Rng, goals: &[&str], events: &'static str) -> Vec<(String, &'static str)> {
    let count = if rng.chance(25) { 2 + rng.below(2) } else { 1 };
    let start = rng.below(goals.len());
    let one = |i: usize| {
        let events = if rng.chance(3) { "Receive, Fail" } else { events };
        (goals[(start + i) % goals.len()].to_owned(), events)
    };
    (0..count).map(one).collect()
}

fn message_id(rng: &mut Rng, sender: &str, incoming: bool) -> String {
    let random = rng.hex(32).to_uppercase();
    if incoming {
        let domain = sender.rsplit('@').next().unwrap_or(sender);
        format!("<{}@mail.{domain}>", random.to_lowercase())
    } else {
        let host = exchange::host(rng);
        let label = host.split('.').next().unwrap_or(&host).to_owned();
        format!("<{label}{random}@{host}>")
    }
}
