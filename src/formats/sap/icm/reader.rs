//! Physical lines to dialogues, failures and frame.

mod network;

use super::alone;
use super::clock::Clock;
use super::dialogue::{Dialogue, Heard};
use super::dump;
use super::header::{Header, Part};
use super::line::{self, Stamp, Tail};
use super::output::{Output, Passage, Peer};
use super::prefix::Prefix;
use super::record::{self, Record};
use super::role;
use super::tls::Handshake;
use super::unfinished::{Unfinished, is_old};
use crate::evidence::Span;
use crate::formats::Sink;
use crate::formats::session::{Decision, Session};
use crate::source::{Class, lines};
use memchr::memmem::Finder;
use std::collections::{BTreeMap, BTreeSet};

/// Words without which a line of another matter says nothing of handshakes or of the trace itself.
const TELLING: [&str; 4] = ["SSL", "TLS", "TRACE FILE", "BINDUMP"];

/// Reads a file that may go on with another, and says what it leaves to the next one, where it is one of those that others
/// go on with.
pub fn read(text: &str, before: Option<Unfinished>, sink: &mut Sink<'_>) -> Option<Unfinished> {
    let (source, resumes) = (before.as_ref().map(Unfinished::source), before.is_some());
    let (clock, dialogue) = before.map_or_else(Default::default, |before| resume(before, sink));
    let mut reader = Reader {
        prefix: Prefix::of(text),
        clock,
        header: Header::default(),
        dialogue,
        resumes,
        out: Output::new(sink),
        open: BTreeMap::new(),
        reasons: BTreeMap::new(),
        handshakes: BTreeMap::new(),
        failed: BTreeMap::new(),
        dumps: BTreeMap::new(),
        caption: String::new(),
        smtp: Finder::new("SMTP"),
        rebuilds: None,
        text,
        telling: TELLING.map(Finder::new),
        ports: role::smtp_ports(text),
        last: String::new(),
    };
    if reader.prefix.is_copied() {
        reader.out.sink.source.note(1, "each line begins with what a copy of the trace put there: it is left out, a guess");
    }
    let first = reader.out.sink.store.records.len();
    for (number, physical) in lines(text) {
        reader.line(number, reader.prefix.line(physical));
    }
    let leaves = is_old(&reader.out.sink.source.path);
    reader.settle_all();
    if leaves {
        reader.dialogue.pause(&mut reader.out);
    } else {
        reader.dialogue.end_all(&mut reader.out);
    }
    reader.clock.folds();
    if reader.out.sink.store.records.len() == first
        && let Some((number, _)) = lines(text).find(|(_, line)| dump::is_strange(reader.prefix.line(line)))
    {
        let told = "looks like a hex dump of a shape that is not known: what it shows is not read";
        reader.out.sink.source.note(number, told);
    }
    let Reader { out, clock, dialogue, .. } = reader;
    out.finish(&clock);
    if let Some(source) = source {
        Unfinished::turn(source, &clock, sink.store);
    }
    leaves.then(|| Unfinished::new(sink, text, clock, dialogue))
}

/// Takes over what the file before has left.
fn resume(before: Unfinished, sink: &mut Sink<'_>) -> (Clock, Dialogue) {
    let name = before.name();
    let Unfinished { clock, mut dialogue, .. } = before;
    if !dialogue.is_idle() {
        sink.source.note(1, format!("it goes on with the sessions that were open at the end of {name}"));
    }
    dialogue.resume();
    (Clock::after(clock), dialogue)
}

struct Reader<'a, 'b, 't> {
    prefix: Prefix,
    clock: Clock,
    header: Header,
    dialogue: Dialogue,
    /// No line of a thread has come yet, and the file goes on with another.
    resumes: bool,
    out: Output<'a, 'b>,
    /// By thread: the record that may go on.
    open: BTreeMap<String, Record>,
    /// By thread: the last failure of the network layer.
    reasons: BTreeMap<String, Passage>,
    /// By thread: what was told of its last handshake.
    handshakes: BTreeMap<String, Handshake>,
    /// By thread: the handshake that failed last, while nothing is told of it.
    failed: BTreeMap<String, Failed>,
    /// By thread: the part of a dumped block that is not a whole line yet.
    dumps: BTreeMap<String, dump::Rest>,
    /// The thread whose last line names SMTP: what it dumps now is a dialogue.
    caption: String,
    smtp: Finder<'static>,
    /// Whether dumps are rebuilt; known at the first of them.
    rebuilds: Option<bool>,
    /// The whole file.
    text: &'t str,
    /// One of [`TELLING`] stands in a line.
    telling: [Finder<'static>; TELLING.len()],
    /// Ports at which the file speaks SMTP.
    ports: BTreeSet<u16>,
    /// Thread of the last line that had one.
    last: String,
}

/// A handshake whose failure stands above what is told of it.
struct Failed {
    /// Index of its record.
    record: usize,
    passage: Passage,
    told: Handshake,
}

impl Reader<'_, '_, '_> {
    fn line(&mut self, number: u32, physical: &str) {
        self.mark(number, Class::Frame);
        let Some((thread, rest)) = self.prefix.split(physical) else { return self.bare(number, physical) };
        self.header.leave();
        self.resumes = false;
        if self.last != thread {
            thread.clone_into(&mut self.last);
        }
        if self.dump(number, thread, rest.trim()) || self.stamp(number, thread, rest) {
            return;
        }
        if rest.starts_with("  ") && self.open.get_mut(thread).is_some_and(|record| record.join(number, rest)) {
            self.settle(thread);
            return;
        }
        self.close(thread);
        self.dialogue.give_up(thread, self.clock.at(self.clock.now()), &mut self.out);
        self.start(number, thread, rest.trim());
    }

    /// A line without thread prefix: header, continuation, or a message of a function that writes none (icm.md 1.4).
    fn bare(&mut self, number: u32, physical: &str) {
        let (text, last) = (physical.trim(), self.last.clone());
        match self.header.take(number, physical, self.out.sink) {
            Some(Part::Start) if std::mem::take(&mut self.resumes) => return,
            Some(Part::Start) => return self.end_segment(),
            Some(Part::Key) => return,
            None if text.is_empty() || line::is_rule(text) => return,
            None => self.header.leave(),
        }
        if self.dump(number, &last, text) || self.stamp(number, &last, physical) {
            return;
        }
        let continues = physical.starts_with([' ', '\t', '(', '[']);
        if continues && self.open.get_mut(&last).is_some_and(|record| record.join(number, physical)) {
            self.settle(&last);
            return;
        }
        self.close(&last);
        if self.dialogue.in_data(&last) {
            self.dialogue.body(&last, &line::tail(text));
        } else if self.dialogue.is_partial(&last) && super::mark::reply(text).is_some() {
            self.dialogue.goes_on(&last, self.passage(number, text), &mut self.out);
        } else if record::is_message(text) {
            self.close("");
            self.start(number, "", text);
        } else if self.failed.get(&last).is_some_and(|failed| failed.passage.stamp == self.clock.now()) && self.tells(text) {
            self.other(&[number], &last, text);
        } else if !physical.starts_with([' ', '\t']) {
            self.out.sink.source.ledger.reject(number, "neither thread prefix nor a shape of the trace");
        }
    }

    /// A line of a hex dump: what it shows is heard like lines of the trace. Other lines end the block.
    fn dump(&mut self, number: u32, thread: &str, text: &str) -> bool {
        let rebuilds = line::is_hex_dump(text) && *self.rebuilds.get_or_insert_with(|| dump::alone(self.text));
        let Some(bytes) = rebuilds.then(|| dump::bytes(text)).flatten() else {
            if let Some(mut rest) = self.dumps.remove(thread).filter(|rest| !rest.is_empty()) {
                let first = !rest.told;
                rest.take().into_iter().for_each(|(lines, text)| self.dumped(lines, thread, &text, first));
            }
            if self.smtp.find(text.as_bytes()).is_some() {
                thread.clone_into(&mut self.caption);
            } else if self.caption == thread {
                self.caption.clear();
            }
            return false;
        };
        self.close(thread);
        self.dialogue.give_up(thread, self.clock.at(self.clock.now()), &mut self.out);
        let mut rest = self.dumps.remove(thread).unwrap_or_default();
        for (lines, text) in rest.add(number, &bytes) {
            let first = !std::mem::replace(&mut rest.told, true);
            self.dumped(lines, thread, &text, first);
        }
        self.dumps.insert(thread.to_owned(), rest);
        true
    }

    /// A line that was dumped. Where no dialogue knows it, only the `first` one of a block is looked at like any other
    /// line of the trace: what follows may be content.
    fn dumped(&mut self, lines: Vec<u32>, thread: &str, text: &str, first: bool) {
        let tail = Tail { text, connection: None, closed: true };
        let opens = || self.caption == thread && self.dialogue.dump_opens(thread, &tail);
        match self.dialogue.hear(thread, &tail) {
            Heard::Body => self.dialogue.body(thread, &tail),
            Heard::Nothing if !first => {}
            Heard::Nothing if !opens() => self.other(&lines, thread, text),
            Heard::Nothing if super::mark::reply(text).is_some_and(|reply| reply.code.is_some_and(|code| code >= 400)) => {
                let refused = Decision::Refused { stage: "", recipients: Vec::new() };
                self.alone(&lines, thread, &self.dialogue.redact(text), &refused);
            }
            Heard::Dialogue { .. } | Heard::Nothing => {
                let passage = Passage { lines, stamp: self.clock.now(), text: text.to_owned() };
                self.dialogue.take(thread, &tail, passage, &mut self.out);
            }
        }
    }

    fn stamp(&mut self, number: u32, thread: &str, rest: &str) -> bool {
        let Some(stamp) = line::stamp(rest) else { return false };
        let body = self.dialogue.in_data(thread);
        match stamp {
            Stamp::At(at) if !(body && self.clock.jumps(at)) => {
                self.clock.push(at);
                self.out.sink.source.cover(Span::instant(at));
            }
            _ if body => self.dialogue.body(thread, &line::tail(rest)),
            _ => self.out.sink.source.ledger.reject(number, "a time stamp that the calendar does not know"),
        }
        true
    }

    fn start(&mut self, number: u32, thread: &str, text: &str) {
        let tail = line::tail(text);
        let heard = match self.dialogue.hear(thread, &tail) {
            // A body begins with its header: a message in its place is one of the kernel.
            Heard::Body if record::is_network(text) && self.dialogue.at_start_of_data(thread) => Heard::Nothing,
            heard => heard,
        };
        let quoted = heard == Heard::Body && tail.connection.is_none() && self.dialogue.is_tagged(thread);
        if let Some(role) = role::role(tail.text).filter(|_| !quoted) {
            return self.dialogue.role(thread, tail.connection, role, &mut self.out);
        }
        let wraps = match heard {
            Heard::Body => return self.dialogue.body(thread, &tail),
            Heard::Dialogue { wraps } => wraps,
            Heard::Nothing if record::is_message(text) => !tail.closed,
            Heard::Nothing => return self.other(&[number], thread, text),
        };
        let kind = if heard == Heard::Nothing { record::Kind::Message } else { record::Kind::Dialogue };
        let record = Record { kind, passage: self.passage(number, text) };
        if wraps {
            self.open.insert(thread.to_owned(), record);
        } else {
            self.finish(thread, record);
        }
    }

    fn passage(&self, number: u32, text: &str) -> Passage {
        Passage { lines: vec![number], stamp: self.clock.now(), text: text.to_owned() }
    }

    /// Finishes the open record of a thread when its last line has closed it.
    fn settle(&mut self, thread: &str) {
        if self.open.get(thread).is_some_and(Record::is_closed) {
            self.close(thread);
        }
    }

    fn close(&mut self, thread: &str) {
        if let Some(record) = self.open.remove(thread) {
            self.finish(thread, record);
        }
    }

    fn finish(&mut self, thread: &str, mut record: Record) {
        let text = std::mem::take(&mut record.passage.text);
        let tail = line::tail(&text);
        match record.kind {
            record::Kind::Dialogue => self.dialogue.take(thread, &tail, record.passage, &mut self.out),
            record::Kind::Message => {
                tail.text.clone_into(&mut record.passage.text);
                self.message(thread, record.passage);
            }
        }
    }

    fn tells(&self, text: &str) -> bool {
        self.telling.iter().any(|word| word.find(text.as_bytes()).is_some())
    }

    /// A line of another matter: some say what the trace does not show, and no reply may go unseen.
    fn other(&mut self, numbers: &[u32], thread: &str, text: &str) {
        if self.tells(text) {
            self.handshake(numbers, thread, text);
            self.limits(numbers, text);
        }
        let taken = alone::acceptance(text);
        let stands = taken.is_some() || alone::stands_in(text);
        if !stands {
            self.dialogue.overhear(thread, text);
        }
        if !stands || self.dialogue.is_inbound(thread, line::tail(text).connection) {
            return;
        }
        let refused = Decision::Refused { stage: "", recipients: Vec::new() };
        match taken.map(|reply| (reply, Decision::Accepted(Vec::new()))).or_else(|| Some((alone::quoted(text)?, refused))) {
            Some((reply, decision)) => self.alone(numbers, thread, &self.dialogue.redact(reply), &decision),
            None => numbers.iter().for_each(|number| self.out.sink.source.ledger.reject(*number, "a reply outside a known dialogue")),
        }
    }

    /// A reply without its dialogue.
    fn alone(&mut self, numbers: &[u32], thread: &str, reply: &str, decision: &Decision) {
        if self.out.has_just_told(reply, self.clock.now()) {
            return;
        }
        let line = numbers.first().copied().unwrap_or(0);
        if matches!(decision, Decision::Accepted(_)) {
            self.out.sink.source.note(line, alone::ALONE);
        }
        let key = format!("{thread}:{line}");
        let passage = Passage { lines: numbers.to_vec(), stamp: self.clock.now(), text: reply.to_owned() };
        self.out.decision(&passage, decision, &Session::default(), &Peer { key: &key, host: "", port: 0 });
    }

    /// What the trace does not show.
    fn limits(&mut self, numbers: &[u32], text: &str) {
        let source = &mut *self.out.sink.source;
        let number = numbers.first().copied().unwrap_or(0);
        if text.contains("TRACE FILE TRUNCATED") {
            source.note(number, "the trace was truncated: what was written before its first time stamp is gone");
        }
        if text.contains("BINDUMP of content denied") {
            source.note(number, "content is hidden: set icm/trace_secured_data = TRUE for the time of the analysis, and protect the trace, it then holds secrets");
        }
    }

    /// A new header: threads and connections of the old process are gone (icm.md 1.3).
    fn end_segment(&mut self) {
        self.settle_all();
        self.dialogue.end_all(&mut self.out);
        self.reasons.clear();
        self.handshakes.clear();
        self.failed.clear();
        self.last.clear();
    }

    /// Finishes what lines below might have gone on with.
    fn settle_all(&mut self) {
        while let Some((thread, mut rest)) = self.dumps.pop_first() {
            let first = !rest.told;
            if let Some((lines, text)) = rest.take().filter(|(_, text)| !text.is_empty()) {
                self.dumped(lines, &thread, &text, first);
            }
        }
        while let Some((thread, record)) = self.open.pop_first() {
            self.finish(&thread, record);
        }
    }

    fn mark(&mut self, number: u32, class: Class) {
        self.out.sink.source.ledger.mark(number, class);
    }
}
