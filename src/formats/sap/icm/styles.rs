//! The ways in which the lines of one session are marked. Usually there is one; where several functions of the kernel
//! write the lines of a dialogue, each may have its own or none (assumed: no dialogue of a real trace was seen, icm.md
//! 2.2), so a line with another mark belongs to the session where its content says so and the protocol expects it.

use super::mark::{self, Content, Marks, Spoken};
use crate::formats::session::Session;
use crate::smtp::{Command, Reply};

/// More ways are none: the marks are other text.
const MOST: usize = 8;

/// What is told of a session that is marked in several ways.
pub const SEVERAL: &str =
    "the lines of a session are marked in several ways, some perhaps not at all: their content tells whose they are, a guess";

/// All ways of a session, the oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Styles {
    own: Marks,
    others: Vec<Marks>,
}

/// What a line is to a session, and whether its mark alone tells it from a line of the client.
#[derive(Debug, PartialEq, Eq)]
pub struct Voice<'a> {
    pub spoken: Spoken<'a>,
    pub distinct: bool,
}

impl Styles {
    /// Reads a line by the ways of the session, and by its content alone where they do not know it. `bound`: the line
    /// carries the id of the session's connection, or goes on with its reply.
    pub fn read<'a>(&self, text: &'a str, session: &Session, bound: bool) -> Voice<'a> {
        let (known, way) = self.known(text);
        match known.spoken {
            // In a body nothing is expected: it may quote any dialogue.
            _ if session.in_data() => return known,
            Spoken::Server(_) => return known,
            // One mark for both sides, of which the client was heard first.
            Spoken::Client(said) if way.is_some_and(Marks::server_spoke) || mark::reply(said).is_none() => return known,
            _ => {}
        }
        match mark::split(text).filter(|found| self.expects(&found.content, found.said, session, bound)) {
            Some(found) if matches!(found.content, Content::Reply(_)) => Voice { spoken: Spoken::Server(found.said), distinct: false },
            Some(found) => Voice { spoken: Spoken::Client(found.said), distinct: false },
            None => known,
        }
    }

    /// Remembers the mark of a side when it speaks for the first time in its way.
    pub fn learn(&mut self, text: &str) {
        let reads = |way: &Marks| matches!(way.read(text), Spoken::Server(_) | Spoken::Client(_));
        if let Some(way) = self.ways_mut().find(|way| reads(way)) {
            way.learn(text);
        } else if mark::split(text).is_some() && self.others.len() < MOST {
            let mut way = Marks::default();
            way.learn(text);
            self.others.push(way);
        }
    }

    /// Whether the mark of a line that was learnt tells it from one of the other side.
    pub fn tell_apart(&self, text: &str) -> bool {
        self.known(text).0.distinct
    }

    /// Whether the session is written in several ways, so that a line may be told twice.
    pub fn are_several(&self) -> bool {
        !self.others.is_empty()
    }

    fn ways(&self) -> impl Iterator<Item = &Marks> {
        std::iter::once(&self.own).chain(&self.others)
    }

    fn ways_mut(&mut self) -> impl Iterator<Item = &mut Marks> {
        std::iter::once(&mut self.own).chain(&mut self.others)
    }

    fn server_is_silent(&self) -> bool {
        self.ways().all(|way| !way.server_spoke())
    }

    /// What the session's own ways make of a line, and the way that knows it.
    fn known<'a>(&self, text: &'a str) -> (Voice<'a>, Option<&Marks>) {
        let mut unclear = Voice { spoken: Spoken::Nothing, distinct: false };
        for way in self.ways() {
            let voice = Voice { spoken: way.read(text), distinct: way.distinct() };
            match voice.spoken {
                Spoken::Server(_) | Spoken::Client(_) => return (voice, Some(way)),
                Spoken::Unclear(_) if unclear.spoken == Spoken::Nothing => unclear = voice,
                _ => {}
            }
        }
        (unclear, None)
    }

    /// Whether the protocol expects such a line now. What follows a DATA whose answer is not in the trace may be a body.
    fn expects(&self, content: &Content<'_>, said: &str, session: &Session, bound: bool) -> bool {
        match content {
            Content::Reply(reply) if session.has_asked_to_send() => reply.code == Some(354),
            Content::Reply(reply) => session.awaits_reply() && (self.server_is_silent() || is_plain(reply, bound)),
            Content::Command(_) if session.has_asked_to_send() => false,
            Content::Command(Command::Mail(_) | Command::Rcpt(_)) => said.contains('<'),
            Content::Command(_) if session.in_auth() => false,
            Content::Command(Command::Auth(_)) => true,
            Content::Command(Command::Hello(_)) => is_shouted(said) && said.split_whitespace().count() == 2,
            // Words like `data` and `quit` are names of other things too.
            Content::Command(_) => is_shouted(said) && (bound || self.ways().all(|way| !way.client_spoke())),
        }
    }
}

/// Whether the verb stands in capitals, as programs write it.
fn is_shouted(said: &str) -> bool {
    said.split_whitespace().next().is_some_and(|verb| verb.bytes().all(|b| b.is_ascii_uppercase()))
}

/// A reply that is no line of another matter: it has an enhanced code or the usual words, or is bound to the session.
fn is_plain(reply: &Reply<'_>, bound: bool) -> bool {
    let usual = reply.text.get(..2).is_some_and(|word| word.eq_ignore_ascii_case("ok"));
    reply.enhanced.is_some() || usual || bound && reply.code.is_some_and(|code| code < 400)
}
