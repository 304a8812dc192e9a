//! Headers of a received mail, saved (.eml) or pasted: proof that it arrived, by whom it was passed on and when
//! (RFC 5321 section 4.4; sost.md section 4.6 and exchange.md section 3 on what Exchange adds). The body is never kept.

use crate::error::ReadError;
use crate::evidence::{Evidence, Hop, Kind, Millis, Span, Sym, TraceFacts, TraceStatus, day_time};
use crate::formats::exchange::Notice;
use crate::formats::instant::mail_date;
use crate::formats::{Claim, Format, Sink};
use crate::smtp::{decoded, field, is_microsoft, path_address, unquoted};
use crate::source::{Class, lines};

/// Fields with which a header begins, as far as they matter.
const FIRST: &[&str] = &[
    "received",
    "return-path",
    "delivered-to",
    "x-received",
    "message-id",
    "from",
    "date",
    "to",
    "subject",
    "authentication-results",
    "dkim-signature",
    "arc-seal",
    "arc-message-signature",
    "arc-authentication-results",
    "x-original-to",
    "mime-version",
];

/// Headers of a received mail.
pub struct Headers;

impl Format for Headers {
    fn id(&self) -> &'static str {
        "mail-headers"
    }

    fn title(&self) -> &'static str {
        "headers of a received mail (.eml or pasted)"
    }

    fn hop(&self) -> Hop {
        Hop::Exchange
    }

    fn recognise(&self, head: &str) -> Option<Claim> {
        let block = Block::of(head)?;
        // A report about a mail is none of that mail's copies.
        let report = block.get("content-type").is_some_and(|value| value.to_lowercase().contains("delivery-status"));
        let whole = block.all("received").next().is_some() && block.get("message-id").is_some();
        let line = block.line;
        let notice = Notice.recognise(head).is_some();
        (whole && !report && !notice)
            .then(|| Claim { confidence: 80, why: format!("line {line}: a mail header with Received and Message-ID") })
    }

    fn read(&self, text: &str, sink: &mut Sink<'_>) -> Result<(), ReadError> {
        sink.source.context = true;
        sink.source.utc = true;
        sink.source.ledger.mark_run(1, u32::try_from(lines(text).count()).unwrap_or(u32::MAX), Class::Frame);
        let Some(block) = Block::of(text) else { return Ok(()) };
        let behind = lines(text).skip_while(|(number, _)| *number < block.line + block.lines);
        if let Some((number, _)) = behind.into_iter().find(|(_, line)| unquoted(line).starts_with("Received:")) {
            sink.source.note(number, "another mail header below the first one: only the first is read, put each into a file of its own");
        }
        block.emit(sink);
        Ok(())
    }

    fn samples(&self) -> &'static [&'static str] {
        &[include_str!("headers.sample.eml")]
    }
}

/// The fields of a header, unfolded.
struct Block {
    line: u32,
    lines: u32,
    fields: Vec<(String, String)>,
}

impl Block {
    /// From the first field that begins a header to the blank line below.
    fn of(text: &str) -> Option<Self> {
        let lines = |text| lines(text).map(|(number, line)| (number, unquoted(line)));
        let first = |line: &str| field(line).is_some_and(|(name, _)| FIRST.contains(&name.to_ascii_lowercase().as_str()));
        let (line, _) = lines(text).find(|(_, line)| first(line))?;
        let mut out = Self { line, lines: 0, fields: Vec::new() };
        for (_, text) in lines(text).skip_while(|(number, _)| *number < line).take_while(|(_, text)| !text.trim().is_empty()) {
            if let Some((name, value)) = field(text) {
                out.fields.push((name.to_ascii_lowercase(), value.to_owned()));
            } else if let Some((_, value)) = out.fields.last_mut().filter(|_| text.starts_with(char::is_whitespace)) {
                value.push(' ');
                value.push_str(text.trim());
            } else {
                break;
            }
            out.lines += 1;
        }
        Some(out)
    }

    fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> + 'a {
        self.fields.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    fn get<'a>(&'a self, name: &'a str) -> Option<&'a str> {
        self.all(name).next()
    }

    /// One record for each recipient that this copy may have reached.
    fn emit(&self, sink: &mut Sink<'_>) {
        let passages: Vec<Passage<'_>> = self.all("received").filter_map(Passage::of).collect();
        let Some(last) = passages.first() else {
            return sink.source.ledger.mark_run(self.line, self.lines, Class::NotUnderstood);
        };
        sink.source.cover(Span::second(last.at));
        sink.source.rows = 1;
        sink.source.ledger.mark_run(self.line, self.lines, Class::Evidence);
        let (recipients, sure) = self.recipients(&passages);
        if !sure {
            sink.source.note(self.line, "the header does not say whose copy this is: it proves the arrival at Exchange, not at a mailbox");
        }
        let status = if sure { self.status(last) } else { TraceStatus::GettingStatus };
        let (told, facts) = (sink.store.strings.intern(&self.told(&passages)), self.facts(status, sink));
        for recipient in recipients {
            let mut record = Evidence::at(sink.index, self.line, Hop::Exchange, if sure { Kind::Deliver } else { Kind::Event });
            (record.lines, record.local) = (self.lines, Some(Span::second(last.at)));
            let strings = &mut sink.store.strings;
            record.recipient = strings.intern(&recipient);
            record.sender = strings.intern(path_address(self.get("return-path").or(self.get("from")).unwrap_or("")));
            record.subject = strings.intern(&decoded(self.get("subject").unwrap_or("")));
            record.message_id = strings.intern(self.get("message-id").unwrap_or(""));
            record.reply = told;
            sink.store.push_trace(record, facts.clone());
        }
    }

    /// Whose copy it is: the server that delivered says so, else the only address it was sent to.
    fn recipients(&self, passages: &[Passage<'_>]) -> (Vec<String>, bool) {
        let named = self.get("delivered-to").or(self.get("x-original-to")).or(passages.iter().find_map(|passage| passage.recipient));
        if let Some(one) = named {
            return (vec![path_address(one).to_owned()], true);
        }
        let sent = |name| self.all(name).flat_map(|value| value.split(',')).map(path_address).filter(|address| address.contains('@'));
        let all: Vec<String> = sent("to").chain(sent("cc")).map(str::to_owned).collect();
        let sure = all.len() == 1;
        (all, sure)
    }

    /// A mail that somebody could save was delivered: into a mailbox of Exchange, its junk folder, or by another server.
    fn status(&self, last: &Passage<'_>) -> TraceStatus {
        let junk = self.get("x-microsoft-antispam-mailbox-delivery").is_some_and(|value| value.contains("dest:J"));
        match (junk, is_microsoft(last.by)) {
            (true, _) => TraceStatus::Junked,
            (false, true) => TraceStatus::Delivered,
            (false, false) => TraceStatus::Sent,
        }
    }

    fn facts(&self, status: TraceStatus, sink: &mut Sink<'_>) -> TraceFacts {
        let network =
            self.get("x-ms-exchange-organization-network-message-id").or(self.get("x-ms-exchange-crosstenant-network-message-id"));
        let ip = self.get("x-ms-exchange-crosstenant-originalattributedtenantconnectingip");
        let ip = ip.and_then(|value| value.split_once("Ip=[")?.1.split(']').next());
        let strings = &mut sink.store.strings;
        TraceFacts {
            network_message_id: strings.intern(network.unwrap_or("")),
            status,
            connector: Sym::EMPTY,
            client_ip: strings.intern(ip.unwrap_or("")),
            originating: self.auth_as().map(|auth| auth.eq_ignore_ascii_case("Internal")),
            tls: Sym::EMPTY,
            return_path: Sym::EMPTY,
        }
    }

    fn auth_as(&self) -> Option<&str> {
        self.get("x-ms-exchange-organization-authas").or(self.get("x-ms-exchange-crosstenant-authas"))
    }

    /// The way of the mail, the first server first, and how Exchange took its sender.
    fn told(&self, passages: &[Passage<'_>]) -> String {
        let way: Vec<String> = passages.iter().rev().map(|passage| format!("{} {}", passage.by, day_time(passage.at))).collect();
        let auth = self.auth_as().map_or_else(String::new, |auth| format!("; AuthAs {auth}"));
        format!("received by {}{auth}", way.join(", "))
    }
}

/// One `Received` field.
struct Passage<'a> {
    by: &'a str,
    at: Millis,
    recipient: Option<&'a str>,
}

impl<'a> Passage<'a> {
    fn of(value: &'a str) -> Option<Self> {
        let (way, time) = value.rsplit_once(';')?;
        let at = mail_date(time)?;
        let behind = |word: &str| way.split_once(word).and_then(|(_, rest)| rest.split_whitespace().next());
        let by = if way.starts_with("by ") { way.split_whitespace().nth(1) } else { behind(" by ") }?;
        Some(Self { by, at, recipient: behind(" for ").filter(|to| to.contains('@')) })
    }
}
