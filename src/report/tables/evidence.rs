//! The records that the journeys rest on, and the facts around them. Other people's mail is counted, never written.

use crate::align::Link;
use crate::evidence::{ContextFacts, Detail, Evidence, Kind, day_time};
use crate::journey::Journey;
use crate::report::run::Run;
use crate::report::table::{Cell, Column, Named, Rows, number, share, text, time};
use crate::report::timeline::said;
use crate::smtp::Enhanced;
use std::collections::HashMap;

/// The table.
pub const EVIDENCE: Named = Named { name: "evidence", columns: COLUMNS, rows: all };

const COLUMNS: &[Column] = &[
    text("source"),
    number("line"),
    number("lines"),
    text("journey"),
    text("hop"),
    text("kind"),
    time("from"),
    time("to"),
    text("local_time"),
    text("zone"),
    text("zone_basis"),
    text("link"),
    share("confidence"),
    text("said"),
    text("system"),
    text("client"),
    text("app_server"),
    text("node"),
    text("sap_user"),
    text("sender"),
    text("recipient"),
    text("subject"),
    number("size"),
    text("message_id"),
    text("sap_key"),
    text("request_guid"),
    text("queue_id"),
    text("next_queue_id"),
    text("network_message_id"),
    text("session"),
    text("host"),
    number("port"),
    text("peer"),
    text("tls"),
    text("mechanism"),
    text("connector"),
    text("status"),
    text("message"),
    number("reply_code"),
    text("enhanced_code"),
    text("reply"),
];

fn all(run: Run<'_>) -> Rows<'_> {
    let mut of: Vec<(u32, &Journey)> =
        run.analysis.journeys.iter().flat_map(|journey| journey.evidence.iter().map(move |at| (*at, journey))).collect();
    of.sort_by_key(|(record, _)| *record);
    let links = links(run);
    Box::new((0u32..).zip(&run.store().records).filter_map(move |(at, record)| {
        let first = of.partition_point(|(known, _)| *known < at);
        let journeys: Vec<&str> =
            of[first..].iter().take_while(|(known, _)| *known == at).map(|(_, journey)| journey.id.as_str()).collect();
        let around = matches!(record.detail, Detail::Context(_)) && run.analysis.recipient_domains.is_empty();
        (!journeys.is_empty() || around).then(|| row(run, (at, record), journeys.join(";"), links.get(&at)))
    }))
}

/// Why each record belongs to its mail.
fn links(run: Run<'_>) -> HashMap<u32, Link> {
    let mails = &run.analysis.alignment.mails;
    mails.iter().flat_map(|mail| mail.attempts.iter().chain(&mail.relays).chain(&mail.arrivals)).copied().collect()
}

fn row<'a>(run: Run<'a>, (at, record): (u32, &'a Evidence), journeys: String, link: Option<&Link>) -> Vec<Cell<'a>> {
    let source = run.source(record);
    let clock = run.analysis.alignment.clocks.get(record.source as usize);
    let utc = run.analysis.alignment.utc.get(at as usize).copied().flatten();
    let mut row = vec![
        Cell::of(source.map_or("", |source| &source.label)),
        Cell::Number(Some(i64::from(record.line))),
        Cell::Number(Some(i64::from(record.lines))),
        Cell::Text(journeys.into()),
        Cell::of(record.hop.word()),
        Cell::of(kind(record.kind)),
        Cell::Time(utc.map(|span| span.from)),
        Cell::Time(utc.map(|span| span.to)),
        Cell::owned(record.local.map_or_else(String::new, |span| day_time(span.from))),
        Cell::owned(clock.map_or_else(String::new, |clock| clock.zone.to_string())),
        Cell::of(clock.map_or("", |clock| clock.basis.word())),
        Cell::of(link.map_or("", |link| link.key.word())),
        Cell::Share(link.map(|link| link.confidence)),
        Cell::owned(said(run.analysis, record)),
    ];
    row.extend(landscape(run, record));
    row.extend([
        run.cell(record.sender),
        run.cell(record.recipient),
        run.cell(record.subject),
        Cell::Number((record.size > 0).then_some(i64::from(record.size))),
        run.cell(record.message_id),
    ]);
    row.extend(ids(run, record));
    row.extend(session(run, record));
    row.extend(status(run, record));
    row
}

fn landscape<'a>(run: Run<'a>, record: &'a Evidence) -> [Cell<'a>; 5] {
    let land = run.source(record).map(|source| &source.landscape);
    let sap = run.store().sap_of(record);
    let system = sap.map_or("", |sap| run.store().text(sap.system));
    let cell = |sym: Option<_>| sym.map_or(Cell::of(""), |sym| run.cell(sym));
    [
        Cell::of(if system.is_empty() { land.map_or("", |land| &land.system) } else { system }),
        cell(sap.map(|sap| sap.client)),
        Cell::of(land.map_or("", |land| &land.app_server)),
        cell(sap.map(|sap| sap.node)),
        cell(sap.map(|sap| sap.user)),
    ]
}

fn ids<'a>(run: Run<'a>, record: &'a Evidence) -> [Cell<'a>; 6] {
    let store = run.store();
    let (sap, relay, trace, smtp) = (store.sap_of(record), store.relay_of(record), store.trace_of(record), store.smtp_of(record));
    let cell = |sym: Option<_>| sym.map_or(Cell::of(""), |sym| run.cell(sym));
    [
        cell(sap.map(|sap| sap.key)),
        cell(sap.map(|sap| sap.guid)),
        cell(relay.map(|relay| relay.queue_id)),
        cell(relay.map(|relay| relay.next_queue_id)),
        cell(trace.map(|trace| trace.network_message_id).or(relay.map(|relay| relay.network_message_id))),
        cell(smtp.map(|smtp| smtp.session)),
    ]
}

fn session<'a>(run: Run<'a>, record: &'a Evidence) -> [Cell<'a>; 6] {
    let store = run.store();
    let (sap, relay, trace, smtp) = (store.sap_of(record), store.relay_of(record), store.trace_of(record), store.smtp_of(record));
    let cell = |sym: Option<_>| sym.map_or(Cell::of(""), |sym| run.cell(sym));
    let port = smtp.map(|smtp| smtp.port).or(relay.map(|relay| relay.port)).or(sap.map(|sap| sap.port)).filter(|port| *port > 0);
    [
        cell(smtp.map(|smtp| smtp.host).or(relay.map(|relay| relay.host)).or(sap.map(|sap| sap.host))),
        Cell::Number(port.map(i64::from)),
        cell(smtp.map(|smtp| smtp.egress).or(trace.map(|trace| trace.client_ip)).or(relay.map(|relay| relay.client_ip))),
        cell(trace.map(|trace| trace.tls)),
        cell(smtp.map(|smtp| smtp.mechanism)),
        cell(trace.map(|trace| trace.connector)),
    ]
}

fn status<'a>(run: Run<'a>, record: &'a Evidence) -> [Cell<'a>; 5] {
    let store = run.store();
    let (sap, relay, trace, smtp) = (store.sap_of(record), store.relay_of(record), store.trace_of(record), store.smtp_of(record));
    let own = sap.map(|sap| store.text(sap.status)).or(trace.map(|trace| trace.status.word())).or(relay.map(|relay| relay.phase.word()));
    let setting = store.context_of(record).map(|facts| match facts {
        ContextFacts::AcceptedDomain(_) => "accepted-domain",
        ContextFacts::Connector(_) => "connector",
        ContextFacts::Switch { name, .. } => name,
        ContextFacts::SignIn { .. } => "sign-in",
        ContextFacts::Job { .. } => "send-job",
    });
    let enhanced = smtp.and_then(|smtp| smtp.enhanced).or(relay.and_then(|relay| relay.dsn));
    let code = smtp.map(|smtp| smtp.code).filter(|code| *code > 0);
    let reply = if record.reply.is_empty() { sap.map_or(record.reply, |sap| sap.text) } else { record.reply };
    [
        Cell::of(own.or(setting).unwrap_or("")),
        sap.map_or(Cell::of(""), |sap| run.cell(sap.message)),
        Cell::Number(code.map(i64::from)),
        Cell::owned(enhanced.map_or_else(String::new, |code: Enhanced| code.to_string())),
        run.cell(reply),
    ]
}

fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Request => "request",
        Kind::Connect => "connect",
        Kind::Tls => "tls",
        Kind::Auth => "auth",
        Kind::Reply => "reply",
        Kind::Accept => "accept",
        Kind::Deliver => "deliver",
        Kind::Fail => "fail",
        Kind::Defer => "defer",
        Kind::Event => "event",
        Kind::Config => "config",
    }
}
