//! The SMTP dialogues of a trace, told apart by connection id, else by thread (icm.md 2.2).

use super::line::Tail;
use super::mark::{self, Marks, Spoken};
use super::opener::{greets, opens};
use super::output::{Output, Passage, Peer};
use super::role::Role;
use super::session::{Decision, Session};
use crate::evidence::{MINUTE, Millis};
use crate::smtp::{Command, Reply, find_reply};
use std::collections::BTreeMap;

/// A reply longer than this says no more.
const MOST_TEXT: usize = 8 * 1024;

/// A client waits ten minutes for the reply to the content (RFC 5321 section 4.5.3.2.6); twice as long is the end.
const SILENCE: Millis = 20 * MINUTE;

/// Who uses a connection or thread.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Owner {
    /// A session of ours, by number; it may have ended.
    Session(u32),
    /// Another protocol.
    Other,
    /// Mail that SAP receives.
    Inbound,
}

/// A session with what the trace shows of it.
#[derive(Default)]
struct Call {
    key: String,
    port: u16,
    thread: String,
    connection: Option<String>,
    /// Its lines carry the connection id.
    tagged: bool,
    /// The server has spoken.
    spoken: bool,
    marks: Marks,
    session: Session,
    partial: Option<Passage>,
    /// Time of the last line while it is in a body.
    heard: Option<Millis>,
}

/// What a line is to the dialogues.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Heard {
    /// A line of a mail's body.
    Body,
    /// A line of a dialogue; `wraps`: it may go on in the next line.
    Dialogue { wraps: bool },
    /// Something else.
    Nothing,
}

/// All sessions of a file.
#[derive(Default)]
pub struct Dialogue {
    calls: BTreeMap<u32, Call>,
    connections: BTreeMap<String, Owner>,
    threads: BTreeMap<String, Owner>,
    count: u32,
}

impl Dialogue {
    /// A role line says who uses a connection from now on.
    pub fn role(&mut self, thread: &str, connection: Option<&str>, role: Role, out: &mut Output<'_, '_>) {
        self.retire(thread, connection, out);
        if role.client && role.smtp {
            self.open(thread, connection, Call { port: role.port, ..Call::default() });
        } else {
            self.own(thread, connection, if role.smtp { Owner::Inbound } else { Owner::Other });
        }
    }

    /// Whether a thread writes the body of a mail.
    pub fn in_data(&self, thread: &str) -> bool {
        self.last_call(thread).is_some_and(|call| call.session.in_data())
    }

    /// Whether a thread carries mail that is not ours.
    pub fn is_inbound(&self, thread: &str, connection: Option<&str>) -> bool {
        self.owner(thread, connection) == Some(Owner::Inbound)
    }

    /// Whether the lines of a thread's dialogue carry the connection id, so that one without is another matter.
    pub fn is_tagged(&self, thread: &str) -> bool {
        self.last_call(thread).is_some_and(|call| call.tagged)
    }

    /// Whether the last reply on a thread is not complete.
    pub fn is_partial(&self, thread: &str) -> bool {
        self.last_call(thread).is_some_and(|call| call.partial.is_some())
    }

    /// What a line is; changes nothing.
    pub fn hear(&self, thread: &str, tail: &Tail<'_>) -> Heard {
        let open_bracket = tail.text.rfind('[') > tail.text.rfind(']');
        let Some(call) = self.number(thread, tail).and_then(|number| self.calls.get(&number)) else {
            let begins = self.may_open(thread, tail) && opens(tail.text);
            return if begins { Heard::Dialogue { wraps: !tail.closed && open_bracket } } else { Heard::Nothing };
        };
        if tail.connection.is_some() && call.connection.is_some() && tail.connection != call.connection.as_deref() {
            return Heard::Body;
        }
        let expects_id = call.tagged || call.connection.is_some() && !call.spoken;
        match call.marks.read(tail.text) {
            Spoken::Server(_) if call.session.in_data() && !call.marks.distinct() && !call.session.at_start_of_data() => Heard::Body,
            Spoken::Server(_) => Heard::Dialogue { wraps: !tail.closed && (open_bracket || expects_id) },
            Spoken::Client(said) | Spoken::Unclear(said) if call.session.is_body(said) => Heard::Body,
            Spoken::Client(_) => Heard::Dialogue { wraps: false },
            Spoken::Unclear(said) if call.session.in_auth() && !said.contains(' ') => Heard::Dialogue { wraps: false },
            _ if call.session.in_data() => Heard::Body,
            _ => Heard::Nothing,
        }
    }

    /// A line of a body: only that it came is kept, and whether it was the last.
    pub fn body(&mut self, thread: &str, tail: &Tail<'_>) {
        let Some(number) = self.number(thread, tail) else { return };
        let Some(call) = self.calls.get_mut(&number) else { return };
        match call.marks.read(tail.text) {
            Spoken::Client(said) => call.session.body_line(said),
            _ => call.session.body_line(tail.text),
        }
    }

    /// Gives up a body that went silent: the thread does other work now.
    pub fn give_up(&mut self, thread: &str, now: Option<Millis>, out: &mut Output<'_, '_>) {
        let Some(number) = self.of_thread(thread) else { return };
        let Some(call) = self.calls.get_mut(&number) else { return };
        let before = std::mem::replace(&mut call.heard, now.filter(|_| call.session.in_data()));
        let silent = matches!((before, call.heard), (Some(before), Some(now)) if now - before > SILENCE);
        if silent {
            self.end(number, out);
        }
    }

    /// Takes a line of a dialogue.
    pub fn take(&mut self, thread: &str, tail: &Tail<'_>, passage: Passage, out: &mut Output<'_, '_>) {
        let number = self.number(thread, tail).unwrap_or_else(|| {
            let session = if greets(tail.text) { Session::default() } else { Session::under_way() };
            self.open(thread, tail.connection, Call { session, ..Call::default() })
        });
        let Some(call) = self.calls.get_mut(&number) else { return };
        match call.marks.read(tail.text) {
            Spoken::Server(_) if call.session.in_data() && call.tagged && tail.connection.is_none() => call.session.body_line(""),
            Spoken::Server(said) => {
                call.marks.learn(tail.text);
                call.spoken = true;
                if let Some(connection) = tail.connection {
                    call.tagged = true;
                    call.connection.get_or_insert_with(|| connection.to_owned());
                    assign(&mut self.connections, connection, Owner::Session(number));
                }
                assign(&mut self.threads, thread, Owner::Session(number));
                self.server(number, said, passage, out);
            }
            Spoken::Client(said) | Spoken::Unclear(said) => {
                call.marks.learn(tail.text);
                assign(&mut self.threads, thread, Owner::Session(number));
                self.client(number, said, &passage, out);
            }
            Spoken::Nothing => {}
        }
    }

    /// A line without thread prefix right behind an incomplete reply.
    pub fn goes_on(&mut self, thread: &str, passage: Passage, out: &mut Output<'_, '_>) {
        if let Some(number) = self.of_thread(thread) {
            let text = passage.text.clone();
            self.server(number, &text, passage, out);
        }
    }

    /// Ends all sessions, at a new header or at the end of the file.
    pub fn end_all(&mut self, out: &mut Output<'_, '_>) {
        let open: Vec<u32> = self.calls.keys().copied().collect();
        for number in open {
            self.end(number, out);
        }
        *self = Self { count: self.count, ..Self::default() };
    }

    fn server(&mut self, number: u32, said: &str, mut passage: Passage, out: &mut Output<'_, '_>) {
        let Some(reply) = mark::reply(said) else { return };
        let Some(call) = self.calls.get_mut(&number) else { return };
        let code = |text: &str| text.get(..3).map(ToOwned::to_owned);
        if call.partial.as_ref().is_some_and(|partial| code(&partial.text) != code(said)) {
            self.complete(number, out);
        }
        let Some(call) = self.calls.get_mut(&number) else { return };
        said.clone_into(&mut passage.text);
        match &mut call.partial {
            None => call.partial = Some(passage),
            Some(partial) => {
                partial.lines.append(&mut passage.lines);
                if partial.text.len() < MOST_TEXT {
                    partial.text.push(' ');
                    partial.text.push_str(strip_enhanced(said.get(4..).unwrap_or("").trim_start(), &reply));
                }
            }
        }
        if said.as_bytes().get(3) != Some(&b'-') {
            self.complete(number, out);
        }
    }

    /// A reply is complete: by its last line, by a line with another code, or because the client goes on.
    fn complete(&mut self, number: u32, out: &mut Output<'_, '_>) {
        let Some(mut whole) = self.calls.get_mut(&number).and_then(|call| call.partial.take()) else { return };
        let anew = |call: &Call| find_reply(&whole.text).is_some_and(|reply| call.session.greets_anew(&reply));
        if self.calls.get(&number).is_some_and(anew) {
            self.again(number, out);
        }
        let Some(call) = self.calls.get_mut(&number) else { return };
        whole.text = call.session.secrets.redact(&whole.text).into_owned();
        let Some(reply) = find_reply(&whole.text) else { return };
        let decision = call.session.received(&reply, call.marks.distinct());
        if call.session.at_start_of_data() {
            call.session.sent_at = (whole.lines.clone(), whole.stamp);
        }
        if let Some(decision) = decision {
            emit(call, whole, &decision, out);
        }
        if call.session.closed {
            self.end(number, out);
        }
    }

    fn client(&mut self, number: u32, said: &str, passage: &Passage, out: &mut Output<'_, '_>) {
        self.complete(number, out);
        let Some(call) = self.calls.get_mut(&number) else { return };
        if call.session.is_body(said) {
            call.session.body_line(said);
            return;
        }
        let follows = call.session.sent(said, call.marks.distinct());
        if matches!(crate::smtp::command(said), Some(Command::Data | Command::Chunk(_))) {
            call.session.sent_at = (passage.lines.clone(), passage.stamp);
        }
        if !follows {
            let line = passage.lines.first().copied().unwrap_or(0);
            out.sink.source.note(line, "a session sends thousands of commands without a reply: its replies are not in the trace");
            self.end(number, out);
        }
    }

    /// A second greeting: the connection is a new one, on the same thread and in the same style.
    fn again(&mut self, number: u32, out: &mut Output<'_, '_>) {
        let Some(call) = self.calls.get(&number) else { return };
        let (thread, connection, marks, tagged) = (call.thread.clone(), call.connection.clone(), call.marks.clone(), call.tagged);
        self.end(number, out);
        self.count += 1;
        let key = format!("{}#{}", connection.as_deref().unwrap_or(&thread), self.count);
        self.own(&thread, connection.as_deref(), Owner::Session(number));
        self.calls.insert(number, Call { key, thread, connection, marks, tagged, spoken: true, ..Call::default() });
    }

    fn open(&mut self, thread: &str, connection: Option<&str>, call: Call) -> u32 {
        self.count += 1;
        let key = format!("{}#{}", connection.unwrap_or(thread), self.count);
        self.own(thread, connection, Owner::Session(self.count));
        let (thread, connection) = (thread.to_owned(), connection.map(ToOwned::to_owned));
        self.calls.insert(self.count, Call { key, thread, connection, ..call });
        self.count
    }

    fn own(&mut self, thread: &str, connection: Option<&str>, owner: Owner) {
        if let Some(connection) = connection {
            assign(&mut self.connections, connection, owner);
        }
        assign(&mut self.threads, thread, owner);
    }

    /// Ends the session that a new one replaces: of the same connection, and of the thread where no id tells them apart.
    fn retire(&mut self, thread: &str, connection: Option<&str>, out: &mut Output<'_, '_>) {
        let session = |owner: Option<&Owner>| if let Some(Owner::Session(number)) = owner { Some(*number) } else { None };
        let same = connection.and_then(|id| session(self.connections.get(id)));
        let bare = session(self.threads.get(thread)).filter(|number| self.calls.get(number).is_some_and(|call| !call.tagged));
        for number in same.into_iter().chain(bare) {
            self.end(number, out);
        }
    }

    fn end(&mut self, number: u32, out: &mut Output<'_, '_>) {
        if self.calls.get(&number).is_some_and(|call| call.partial.is_some() && !call.session.closed) {
            self.complete(number, out);
        }
        let Some(mut call) = self.calls.remove(&number) else { return };
        if let Some(connection) = &call.connection {
            self.connections.remove(connection);
        }
        if let Some(decision) = call.session.end() {
            let (lines, stamp) = std::mem::take(&mut call.session.sent_at);
            emit(&call, Passage { lines, stamp, text: String::new() }, &decision, out);
        }
    }

    fn owner(&self, thread: &str, connection: Option<&str>) -> Option<Owner> {
        let owner = match connection {
            Some(id) => self.connections.get(id),
            None => self.threads.get(thread),
        };
        owner.copied().filter(|owner| if let Owner::Session(number) = owner { self.calls.contains_key(number) } else { true })
    }

    fn of_thread(&self, thread: &str) -> Option<u32> {
        if let Some(Owner::Session(number)) = self.owner(thread, None) { Some(number) } else { None }
    }

    /// The session of a line: by its id; by its thread where it has none; and where the id is new, the thread's while
    /// that has none yet, or while that is in a body, which may quote any id but does not greet.
    fn number(&self, thread: &str, tail: &Tail<'_>) -> Option<u32> {
        match self.owner(thread, tail.connection) {
            Some(Owner::Session(number)) => return Some(number),
            None if tail.connection.is_some() => {}
            _ => return None,
        }
        let number = self.of_thread(thread)?;
        let call = self.calls.get(&number)?;
        (call.connection.is_none() || call.session.in_data() && !greets(tail.text)).then_some(number)
    }

    fn may_open(&self, thread: &str, tail: &Tail<'_>) -> bool {
        self.owner(thread, tail.connection).is_none()
    }

    fn last_call(&self, thread: &str) -> Option<&Call> {
        self.calls.get(&self.of_thread(thread)?)
    }
}

fn assign(owners: &mut BTreeMap<String, Owner>, key: &str, owner: Owner) {
    if let Some(known) = owners.get_mut(key) {
        *known = owner;
    } else {
        owners.insert(key.to_owned(), owner);
    }
}

/// An outcome that is not known is told in words of our own, not in those of another reply.
fn emit(call: &Call, mut passage: Passage, decision: &Decision, out: &mut Output<'_, '_>) {
    match decision {
        Decision::Unknown { stage: "data", .. } => "no reply to DATA".clone_into(&mut passage.text),
        Decision::Unknown { .. } => "no reply after the end of data".clone_into(&mut passage.text),
        _ => {}
    }
    let peer = Peer { key: &call.key, host: &call.session.host, port: call.port };
    out.decision(&passage, decision, &call.session, &peer);
}

/// The lines of one reply repeat the enhanced code.
fn strip_enhanced<'a>(text: &'a str, reply: &Reply<'_>) -> &'a str {
    reply.enhanced.and_then(|code| text.strip_prefix(&code.to_string())).map_or(text, str::trim_start)
}
