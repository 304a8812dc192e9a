//! The SMTP dialogues of a trace, told apart by connection id, else by thread (icm.md 2.2).

use super::calls::{Call, Calls, Owner};
use super::failure::Broken;
use super::line::Tail;
use super::mark::{self, Spoken};
use super::opener::{greets, opens};
use super::output::{Output, Passage, Peer};
use super::role::Role;
use super::styles::{SEVERAL, Voice};
use crate::evidence::{MINUTE, Millis};
use crate::formats::secret::{Secrets, redacted};
use crate::formats::session::{Decision, GUESSED, Session};
use crate::smtp::{Command, Reply, find_reply};
use std::collections::VecDeque;

/// A reply longer than this says no more.
const MOST_TEXT: usize = 8 * 1024;

/// A client waits ten minutes for the reply to the content (RFC 5321 section 4.5.3.2.6); twice as long is the end.
const SILENCE: Millis = 20 * MINUTE;

/// What the rules know a broken connection by.
const BROKEN: &str = "failed (NIECONN_BROKEN)";

/// Ended sessions whose secrets are still known.
const PAST: usize = 64;

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
    calls: Calls,
    /// What the last sessions sent that have ended: the kernel may still quote it.
    past: VecDeque<Secrets>,
}

impl Dialogue {
    /// A role line says who uses a connection from now on.
    pub fn role(&mut self, thread: &str, connection: Option<&str>, role: Role, out: &mut Output<'_, '_>) {
        for number in self.calls.replaced(thread, connection) {
            self.end(number, out);
        }
        if role.client && role.smtp {
            self.calls.open(thread, connection, Call { port: role.port, ..Call::default() });
        } else {
            self.calls.own(thread, connection, if role.smtp { Owner::Inbound } else { Owner::Other });
        }
    }

    /// Whether a thread writes the body of a mail.
    pub fn in_data(&self, thread: &str) -> bool {
        self.calls.last(thread).is_some_and(|call| call.session.in_data())
    }

    /// Whether a thread carries mail that is not ours.
    pub fn is_inbound(&self, thread: &str, connection: Option<&str>) -> bool {
        self.calls.owner(thread, connection) == Some(Owner::Inbound)
    }

    /// Whether the lines of a thread's dialogue carry the connection id, so that one without is another matter.
    pub fn is_tagged(&self, thread: &str) -> bool {
        self.calls.last(thread).is_some_and(|call| call.tagged)
    }

    /// Whether the last reply on a thread is not complete.
    pub fn is_partial(&self, thread: &str) -> bool {
        self.calls.last(thread).is_some_and(|call| call.partial.is_some())
    }

    /// A text of the kernel without what any session has sent for its logon: it may stand on another thread.
    pub fn redact(&self, text: &str) -> String {
        let live = self.calls.numbers().into_iter().filter_map(|number| self.calls.get(number)).map(|call| &call.session.secrets);
        let known = live.chain(&self.past).filter(|secrets| !secrets.is_empty());
        known.fold(redacted(text).into_owned(), |text, secrets| secrets.redact(&text).into_owned())
    }

    /// A line of a thread that is none of its dialogue: while its logon is open it may show the answer all the same.
    pub fn overhear(&mut self, thread: &str, text: &str) {
        let number = self.calls.of_thread(thread);
        if let Some(call) = number.and_then(|number| self.calls.get_mut(number)).filter(|call| call.session.in_auth()) {
            call.session.secrets.overheard(text);
        }
    }

    /// Whether a dump can begin a dialogue where the line above says that it is SMTP, which is as good as a mark.
    pub fn dump_opens(&self, thread: &str, tail: &Tail<'_>) -> bool {
        self.calls.may_open(thread, tail) && opens(&format!("SMTP: {}", tail.text))
    }

    /// What a line is; changes nothing.
    pub fn hear(&self, thread: &str, tail: &Tail<'_>) -> Heard {
        let open_bracket = || tail.text.rfind('[') > tail.text.rfind(']');
        let Some(call) = self.calls.number(thread, tail).and_then(|number| self.calls.get(number)) else {
            let begins = self.calls.may_open(thread, tail) && opens(tail.text);
            return if begins { Heard::Dialogue { wraps: !tail.closed && open_bracket() } } else { Heard::Nothing };
        };
        if tail.connection.is_some() && call.connection.is_some() && tail.connection != call.connection.as_deref() {
            return Heard::Body;
        }
        let expects_id = call.tagged || call.connection.is_some() && !call.spoken;
        let voice = voice(call, tail);
        match voice.spoken {
            Spoken::Server(_) if call.session.in_data() && !voice.distinct && !call.session.at_start_of_data() => Heard::Body,
            Spoken::Server(_) => Heard::Dialogue { wraps: !tail.closed && (open_bracket() || expects_id) },
            Spoken::Client(said) | Spoken::Unclear(said) if call.session.is_body(said) => Heard::Body,
            Spoken::Client(_) => Heard::Dialogue { wraps: false },
            Spoken::Unclear(said) if call.session.in_auth() && !said.contains(' ') => Heard::Dialogue { wraps: false },
            _ if call.session.in_data() => Heard::Body,
            _ => Heard::Nothing,
        }
    }

    /// A line of a body: only that it came is kept, and whether it was the last.
    pub fn body(&mut self, thread: &str, tail: &Tail<'_>) {
        let Some(number) = self.calls.number(thread, tail) else { return };
        let Some(call) = self.calls.get_mut(number) else { return };
        match voice(call, tail).spoken {
            Spoken::Client(said) => call.session.body_line(said),
            _ => call.session.body_line(tail.text),
        }
    }

    /// Gives up a body that went silent: the thread does other work now.
    pub fn give_up(&mut self, thread: &str, now: Option<Millis>, out: &mut Output<'_, '_>) {
        let Some(number) = self.calls.of_thread(thread) else { return };
        let Some(call) = self.calls.get_mut(number) else { return };
        let before = std::mem::replace(&mut call.heard, now.filter(|_| call.session.in_data()));
        let silent = matches!((before, call.heard), (Some(before), Some(now)) if now - before > SILENCE);
        if silent {
            self.end(number, out);
        }
    }

    /// Takes a line of a dialogue.
    pub fn take(&mut self, thread: &str, tail: &Tail<'_>, passage: Passage, out: &mut Output<'_, '_>) {
        let number = self.calls.number(thread, tail).unwrap_or_else(|| {
            let session = if greets(tail.text) { Session::default() } else { Session::under_way() };
            self.calls.open(thread, tail.connection, Call { session, ..Call::default() })
        });
        let Some(call) = self.calls.get_mut(number) else { return };
        match voice(call, tail).spoken {
            Spoken::Server(_) if call.session.in_data() && call.tagged && tail.connection.is_none() => call.session.body_line(""),
            Spoken::Server(said) => {
                call.styles.learn(tail.text);
                (call.spoken, call.distinct) = (true, call.styles.tell_apart(tail.text));
                tell_several(call, &passage, out);
                self.calls.heard_on(number, thread, tail.connection);
                self.server(number, said, passage, out);
            }
            Spoken::Client(said) | Spoken::Unclear(said) => {
                call.styles.learn(tail.text);
                let distinct = call.styles.tell_apart(tail.text);
                tell_several(call, &passage, out);
                self.calls.heard_on(number, thread, None);
                self.client(number, said, distinct, &passage, out);
            }
            Spoken::Nothing => {}
        }
    }

    /// A line without thread prefix right behind an incomplete reply.
    pub fn goes_on(&mut self, thread: &str, passage: Passage, out: &mut Output<'_, '_>) {
        if let Some(number) = self.calls.of_thread(thread) {
            let text = passage.text.clone();
            self.server(number, &text, passage, out);
        }
    }

    /// Leaves all sessions to the next file, in which the lines of this one are not known.
    pub fn pause(&mut self, out: &mut Output<'_, '_>) {
        for number in self.calls.numbers() {
            self.complete(number, out);
        }
    }

    /// Goes on with the sessions of the file before: where content was sent in it, the beginning of this one stands for
    /// the place.
    pub fn resume(&mut self) {
        for number in self.calls.numbers() {
            if let Some(call) = self.calls.get_mut(number).filter(|call| !call.session.sent_at.0.is_empty()) {
                call.session.sent_at.0 = vec![1];
            }
        }
    }

    /// Whether no session is open.
    pub fn is_idle(&self) -> bool {
        self.calls.first().is_none()
    }

    /// Ends all sessions, at a new header or at the end of the file.
    pub fn end_all(&mut self, out: &mut Output<'_, '_>) {
        while let Some(number) = self.calls.first() {
            self.end(number, out);
        }
        self.calls.clear();
    }

    /// Whether a thread may send the body of a mail, and no line of it has come.
    pub fn at_start_of_data(&self, thread: &str) -> bool {
        self.calls.last(thread).is_some_and(|call| call.session.at_start_of_data())
    }

    /// The connection of a thread broke, which ends the mail that is under way on it; `false` where there is none, or where
    /// it may be another connection.
    pub fn breaks(&mut self, thread: &str, broken: Broken, mut passage: Passage, out: &mut Output<'_, '_>) -> bool {
        let Some(number) = self.calls.of_thread(thread) else { return false };
        let shared =
            self.calls.numbers().into_iter().filter_map(|other| self.calls.get(other)).filter(|call| call.thread == thread).count();
        let other = self.calls.get(number).is_some_and(|call| call.port != 0 && broken.port != 0 && call.port != broken.port);
        if shared != 1 || other {
            return false;
        }
        self.complete(number, out);
        let Some(call) = self.calls.get_mut(number) else { return false };
        let Some(decision) = call.session.breaks(broken.writing) else { return false };
        if let Decision::Unknown { .. } = decision {
            let (lines, stamp) = std::mem::take(&mut call.session.sent_at);
            passage.lines.splice(0..0, lines);
            passage.stamp = stamp.or(passage.stamp);
        } else if !passage.text.contains(BROKEN) {
            passage.text.push_str("; ");
            passage.text.push_str(BROKEN);
        }
        if call.port == 0 {
            call.port = broken.port;
        }
        emit(call, passage, &decision, out);
        self.end(number, out);
        true
    }

    fn server(&mut self, number: u32, said: &str, mut passage: Passage, out: &mut Output<'_, '_>) {
        let Some(reply) = mark::reply(said) else { return };
        let Some(call) = self.calls.get_mut(number) else { return };
        let other = call.partial.as_ref().is_some_and(|partial| partial.text.get(..3) != said.get(..3));
        let number = if other { self.complete(number, out) } else { number };
        let Some(call) = self.calls.get_mut(number) else { return };
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
    /// Gives the number of the session, which is a new one behind a greeting.
    fn complete(&mut self, number: u32, out: &mut Output<'_, '_>) -> u32 {
        let Some(mut whole) = self.calls.get_mut(number).and_then(|call| call.partial.take()) else { return number };
        let anew = |call: &Call| find_reply(&whole.text).is_some_and(|reply| call.session.greets_anew(&reply));
        let number = if self.calls.get(number).is_some_and(anew) { self.again(number, out) } else { number };
        let Some(call) = self.calls.get_mut(number) else { return number };
        whole.text = call.session.secrets.redact(&whole.text).into_owned();
        let told = call.styles.are_several() && !call.session.awaits_reply() && whole.text == call.last_reply;
        if told {
            return number;
        }
        call.last_reply.clone_from(&whole.text);
        let Some(reply) = find_reply(&whole.text) else { return number };
        let decision = call.session.received(&reply, call.distinct);
        if std::mem::take(&mut call.session.guessed) {
            out.sink.source.note(whole.lines.first().copied().unwrap_or(1), GUESSED);
        }
        if call.session.at_start_of_data() {
            call.session.sent_at = (whole.lines.clone(), whole.stamp);
        }
        if let Some(decision) = decision {
            emit(call, whole, &decision, out);
        }
        if call.session.closed {
            self.end(number, out);
        }
        number
    }

    fn client(&mut self, number: u32, said: &str, distinct: bool, passage: &Passage, out: &mut Output<'_, '_>) {
        let number = self.complete(number, out);
        let Some(call) = self.calls.get_mut(number) else { return };
        if call.session.is_body(said) {
            call.session.body_line(said);
            return;
        }
        let follows = call.session.sent(said, distinct);
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
    fn again(&mut self, number: u32, out: &mut Output<'_, '_>) -> u32 {
        let Some(call) = self.calls.get(number) else { return number };
        let (thread, connection, styles, tagged) = (call.thread.clone(), call.connection.clone(), call.styles.clone(), call.tagged);
        self.end(number, out);
        self.calls.open(&thread, connection.as_deref(), Call { styles, distinct: true, tagged, spoken: true, ..Call::default() })
    }

    fn end(&mut self, number: u32, out: &mut Output<'_, '_>) {
        if self.calls.get(number).is_some_and(|call| call.partial.is_some() && !call.session.closed) {
            self.complete(number, out);
        }
        let Some(mut call) = self.calls.remove(number) else { return };
        if let Some(decision) = call.session.end() {
            let (lines, stamp) = std::mem::take(&mut call.session.sent_at);
            emit(&call, Passage { lines, stamp, text: String::new() }, &decision, out);
        }
        if !call.session.secrets.is_empty() {
            self.past.push_back(call.session.secrets);
            self.past.drain(..self.past.len().saturating_sub(PAST));
        }
    }
}

/// Tells once of a session that is marked in several ways.
fn tell_several(call: &mut Call, passage: &Passage, out: &mut Output<'_, '_>) {
    if call.styles.are_several() && !std::mem::replace(&mut call.told_several, true) {
        out.sink.source.note(passage.lines.first().copied().unwrap_or(1), SEVERAL);
    }
}

/// What a line is to a session.
fn voice<'a>(call: &Call, tail: &Tail<'a>) -> Voice<'a> {
    let tagged = tail.connection.is_some() && tail.connection == call.connection.as_deref();
    let goes_on = call.partial.as_ref().is_some_and(|partial| partial.text.get(..3) == tail.text.get(..3));
    call.styles.read(tail.text, &call.session, tagged || goes_on)
}

/// An outcome that is not known is told in words of our own, not in those of another reply; what broke stands behind them.
fn emit(call: &Call, mut passage: Passage, decision: &Decision, out: &mut Output<'_, '_>) {
    if let Decision::Unknown { stage, .. } = decision {
        let told = if *stage == "data" { "no reply to DATA" } else { "no reply after the end of data" };
        passage.text = if passage.text.is_empty() { told.to_owned() } else { format!("{told}; {}", passage.text) };
    }
    let peer = Peer { key: &call.key, host: &call.session.host, port: call.port };
    out.decision(&passage, decision, &call.session, &peer);
}

/// The lines of one reply repeat the enhanced code.
fn strip_enhanced<'a>(text: &'a str, reply: &Reply<'_>) -> &'a str {
    reply.enhanced.and_then(|code| text.strip_prefix(&code.to_string())).map_or(text, str::trim_start)
}
