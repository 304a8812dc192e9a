//! Third-party logs of relays lie outside the repository; where they are, each is taken for what it is, little of it is
//! not understood, and the lab's mails end as its own book says.

mod support;

use sostrace::evidence::{Kind, Phase};
use sostrace::source::Class;
use sostrace::{Reading, read};
use std::path::{Path, PathBuf};

/// File, the format that must claim it, and how many lines may at most be not understood.
const CLAIMED: &[(&str, &str, usize)] = &[
    // One line of a verbose dialogue and one without its head.
    ("postfix-exo-real-lines.log", "relay-postfix", 1),
    ("postfix-exo-mailtrace-mail-snip.log", "relay-postfix", 0),
    ("postfix-fgforrest-long-queue-ids.log", "relay-postfix", 0),
    ("postfix-youyo-test-iso8601.log", "relay-postfix", 0),
    ("postfix-youyo-test.log", "relay-postfix", 0),
    ("proxmox-mail-gateway-real.log", "relay-postfix", 0),
    ("generated-postfix/postlogd-maillog_file.log", "relay-postfix", 0),
    ("generated-postfix/long-ids.maillog-traditional-rfc3164.log", "relay-postfix", 0),
    ("generated-postfix/long-ids.maillog-iso8601.log", "relay-postfix", 0),
    ("generated-postfix/long-ids.maillog-rfc5424.log", "relay-postfix", 0),
    ("generated-postfix/long-ids.maillog-rfc3164-with-pri.log", "relay-postfix", 0),
    ("generated-postfix/long-ids.maillog-rsyslog-json.jsonl", "relay-postfix", 0),
    ("generated-postfix/long-ids.journalctl-o-json.jsonl", "relay-postfix", 0),
    ("generated-postfix/long-ids.journalctl-o-export.txt", "relay-postfix", 0),
    ("generated-postfix/long-ids.journalctl-o-short-iso.log", "relay-postfix", 0),
    ("generated-postfix/long-ids.journalctl-o-short-iso-precise.log", "relay-postfix", 0),
    ("generated-postfix/long-ids.journalctl-o-short-full.log", "relay-postfix", 0),
    // The excerpt cuts long records into two lines each, as a forum does.
    ("exchange-protocol-log-receive-excerpt.log", "relay-exchange-protocol", 1),
    ("exchange-protocol-log-send-TESTFIXTURE.log", "relay-exchange-protocol", 0),
    ("../exchange/smtpreceive-exchange2016-auth-login-failed.log", "relay-exchange-protocol", 0),
    ("../exchange/smtpsend-hybrid-outbound-to-office365-tls.log", "relay-exchange-protocol", 0),
    ("../exchange/message-tracking-exchange2010-utf8bom.log", "relay-exchange-tracking", 0),
    ("../exchange/message-tracking-exchange2013.log", "relay-exchange-tracking", 0),
    ("../exchange/message-tracking-exchange2016-msgtrkms.log", "relay-exchange-tracking", 0),
    // Recipients of a command go on in the next line.
    ("exim-exo-real-alaveteli.log", "relay-exim", 1),
    ("generated-exim/exim-mainlog-default-selectors.log", "relay-exim", 0),
    ("generated-exim/exim-mainlog-full-selectors.log", "relay-exim", 0),
    ("generated-exim/exim-rejectlog.log", "relay-exim", 0),
    ("generated-sendmail/sendmail-maillog-rfc3164.log", "relay-sendmail", 0),
    ("generated-sendmail/sendmail-maillog-iso8601.log", "relay-sendmail", 0),
    // One of its two lines has lost the head of syslog.
    ("sendmail-real-lines.log", "relay-sendmail", 1),
    ("hmailserver-real.log", "relay-hmail", 0),
    ("generated-postfix/long-ids.postqueue-j.jsonl", "relay-postqueue", 0),
    ("generated-postfix/long-ids.postqueue-p.txt", "relay-mailq", 0),
    ("sendgrid-event-webhook-examples.json", "relay-sendgrid", 0),
    ("azure-communication-services-email-logs.jsonl", "relay-acs", 0),
    ("iis-smtp-w3c-2010.log", "relay-iis", 0),
];

/// Pieces in which nothing decides about a mail.
const SILENT: &[&str] = &["excerpt", "2010-utf8bom", "exchange2013", "azure", "outbound-to-office365"];

fn samples() -> Option<PathBuf> {
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/samples/relay");
    let found = samples.is_dir();
    if !found {
        eprintln!("skipped: no folder of third-party samples beside the repository");
    }
    found.then_some(samples)
}

#[test]
fn logs_of_relays_are_taken_for_what_they_are() {
    let Some(samples) = samples() else { return };
    for (file, format, most) in CLAIMED {
        let reading = read(&[samples.join(file)], &mut ());
        let Some(source) = reading.sources.first() else { panic!("{file}: {:?}", reading.problems) };
        assert_eq!(source.format, *format, "{file}");
        let count = source.ledger.count(Class::NotUnderstood);
        assert!(count <= *most, "{file}: {count} lines are not understood: {:?}", source.ledger.not_understood(9));
        assert_eq!(reading.store.records.is_empty(), SILENT.iter().any(|silent| file.contains(silent)), "{file}");
        assert!(reading.store.records.iter().all(|record| record.source == 0 && record.local.is_some()), "{file}");
    }
}

/// The last word about a recipient in the last of its queue ids.
fn end(reading: &Reading, chain: &str, recipient: &str) -> (String, usize) {
    let store = &reading.store;
    let last = chain.rsplit('>').next().unwrap_or(chain);
    let own = store.records.iter().filter_map(|record| Some((record, store.relay_of(record)?)));
    let own = own.filter(|(record, facts)| {
        let named = [record.recipient, facts.original].iter().any(|sym| store.text(*sym) == recipient);
        store.text(facts.queue_id) == last && named && matches!(record.kind, Kind::Deliver | Kind::Defer | Kind::Fail)
    });
    let all: Vec<_> = own.collect();
    let word = all.last().map_or("", |(_, facts)| match facts.phase {
        // The lab's book ends before a person deletes what is left.
        Phase::Suspended | Phase::Removed => "deferred",
        phase => phase.word(),
    });
    (word.to_owned(), all.len())
}

#[test]
fn mails_of_the_lab_end_as_its_book_says() {
    let Some(samples) = samples() else { return };
    let lab = samples.join("generated-postfix");
    let book = std::fs::read_to_string(lab.join("long-ids.expected-outcomes.tsv")).unwrap();
    for shape in ["maillog-traditional-rfc3164", "maillog-iso8601", "maillog-rfc5424"] {
        let reading = read(&[lab.join(format!("long-ids.{shape}.log"))], &mut ());
        let (mut seen, mut refused) = (0, 0);
        for row in book.lines().skip(1).map(|row| row.split('\t').collect::<Vec<_>>()) {
            let (scenario, chain, recipient, status) = (row[0], row[5], row[8], row[10]);
            if chain.is_empty() {
                refused += 1;
                continue;
            }
            let recipient = recipient.trim_matches(['<', '>']);
            let (got, _) = end(&reading, chain, recipient);
            assert_eq!(got, status.trim_start_matches("force-"), "{shape}: {scenario}, {recipient}");
            let steps: Vec<&str> = chain.split('>').collect();
            for pair in steps.windows(2) {
                let next = reading
                    .store
                    .relay
                    .iter()
                    .find(|facts| reading.store.text(facts.queue_id) == pair[0] && !facts.next_queue_id.is_empty());
                assert_eq!(next.map(|facts| reading.store.text(facts.next_queue_id)), Some(pair[1]), "{shape}: {scenario}");
            }
            seen += 1;
        }
        let rejected = reading.store.relay.iter().filter(|facts| facts.phase == Phase::Rejected).count();
        assert!(seen == 97 && refused == 19 && rejected >= 11, "{shape}: {seen} {refused} {rejected}");
        assert_eq!(reading.store.relay.iter().filter(|facts| facts.phase == Phase::BounceNotice).count(), 55, "{shape}");
    }
}

/// Both listings of one queue tell the same.
#[test]
fn both_listings_of_a_queue() {
    let Some(samples) = samples() else { return };
    let [json, text] =
        ["j.jsonl", "p.txt"].map(|name| read(&[samples.join(format!("generated-postfix/long-ids.postqueue-{name}"))], &mut ()));
    let rows = |reading: &Reading| {
        let row = |record: &sostrace::evidence::Evidence| {
            let facts = reading.store.relay_of(record).unwrap();
            let text = |sym| reading.store.text(sym).to_owned();
            (text(facts.queue_id), text(record.recipient), record.kind, text(record.reply), record.size, record.local.map(|at| at.from))
        };
        let mut out: Vec<_> = reading.store.records.iter().map(row).collect();
        out.sort_by(|a, b| (&a.0, &a.1).cmp(&(&b.0, &b.1)));
        out
    };
    let (json, text) = (rows(&json), rows(&text));
    assert!(json.len() > 20 && json == text, "{json:#?}\n{text:#?}");
}
