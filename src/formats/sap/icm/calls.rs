//! The sessions of a file, found by connection id, else by thread (icm.md 2.2.4).

use super::line::Tail;
use super::opener::greets;
use super::output::Passage;
use super::styles::Styles;
use crate::evidence::Millis;
use crate::formats::session::Session;
use foldhash::fast::FixedState;
use std::collections::{BTreeMap, HashMap};

/// Who uses a connection or thread.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Owner {
    /// A session of ours, by number; it may have ended.
    Session(u32),
    /// Another protocol.
    Other,
    /// Mail that SAP receives.
    Inbound,
}

/// A session with what the trace shows of it.
#[derive(Default)]
pub struct Call {
    /// Key for evidence.
    pub key: String,
    /// Port of the peer, 0 where unknown.
    pub port: u16,
    /// Thread on which it began.
    pub thread: String,
    /// Its id.
    pub connection: Option<String>,
    /// Its lines carry the connection id.
    pub tagged: bool,
    /// The server has spoken.
    pub spoken: bool,
    /// How its lines are marked.
    pub styles: Styles,
    /// It was told that they are marked in several ways.
    pub told_several: bool,
    /// Whether the last line of the server can be none of the client.
    pub distinct: bool,
    /// The last reply.
    pub last_reply: String,
    /// State of the protocol.
    pub session: Session,
    /// A reply of several lines that is not complete.
    pub partial: Option<Passage>,
    /// Time of the last line while it is in a body.
    pub heard: Option<Millis>,
}

/// Who uses what; only looked up, so the order of the map is nobody's.
type Owners = HashMap<String, Owner, FixedState>;

/// All sessions, and who uses which connection and thread.
#[derive(Default)]
pub struct Calls {
    live: BTreeMap<u32, Call>,
    connections: Owners,
    threads: Owners,
    count: u32,
}

impl Calls {
    /// A new session of a thread, and of a connection where the line names one.
    pub fn open(&mut self, thread: &str, connection: Option<&str>, call: Call) -> u32 {
        self.count += 1;
        let key = format!("{}#{}", connection.unwrap_or(thread), self.count);
        self.own(thread, connection, Owner::Session(self.count));
        let (thread, connection) = (thread.to_owned(), connection.map(ToOwned::to_owned));
        self.live.insert(self.count, Call { key, thread, connection, ..call });
        self.count
    }

    /// A session by number.
    pub fn get(&self, number: u32) -> Option<&Call> {
        self.live.get(&number)
    }

    /// A session by number.
    pub fn get_mut(&mut self, number: u32) -> Option<&mut Call> {
        self.live.get_mut(&number)
    }

    /// The first session that has not ended.
    pub fn first(&self) -> Option<u32> {
        self.live.first_key_value().map(|(number, _)| *number)
    }

    /// All sessions that have not ended.
    pub fn numbers(&self) -> Vec<u32> {
        self.live.keys().copied().collect()
    }

    /// Takes a session out; its connection is free.
    pub fn remove(&mut self, number: u32) -> Option<Call> {
        let call = self.live.remove(&number)?;
        if let Some(connection) = &call.connection {
            self.connections.remove(connection);
        }
        Some(call)
    }

    /// Forgets all threads and connections.
    pub fn clear(&mut self) {
        *self = Self { count: self.count, ..Self::default() };
    }

    /// A session has spoken on a thread and a connection.
    pub fn heard_on(&mut self, number: u32, thread: &str, connection: Option<&str>) {
        let owner = Owner::Session(number);
        if let (Some(id), Some(call)) = (connection, self.live.get_mut(&number)) {
            call.tagged = true;
            call.connection.get_or_insert_with(|| id.to_owned());
            assign(&mut self.connections, id, owner);
        }
        assign(&mut self.threads, thread, owner);
    }

    /// The sessions that a new one replaces: of the same connection, and of the thread where no id tells them apart.
    pub fn replaced(&self, thread: &str, connection: Option<&str>) -> Vec<u32> {
        let session = |owner: Option<&Owner>| if let Some(Owner::Session(number)) = owner { Some(*number) } else { None };
        let same = connection.and_then(|id| session(self.connections.get(id)));
        let bare = session(self.threads.get(thread)).filter(|number| self.get(*number).is_some_and(|call| !call.tagged));
        same.into_iter().chain(bare).collect()
    }

    /// Says who uses a thread and a connection from now on.
    pub fn own(&mut self, thread: &str, connection: Option<&str>, owner: Owner) {
        if let Some(connection) = connection {
            assign(&mut self.connections, connection, owner);
        }
        assign(&mut self.threads, thread, owner);
    }

    /// Who uses a connection, else a thread.
    pub fn owner(&self, thread: &str, connection: Option<&str>) -> Option<Owner> {
        let owner = match connection {
            Some(id) => self.connections.get(id),
            None => self.threads.get(thread),
        };
        owner.copied().filter(|owner| if let Owner::Session(number) = owner { self.live.contains_key(number) } else { true })
    }

    /// Number of the last session of a thread.
    pub fn of_thread(&self, thread: &str) -> Option<u32> {
        if let Some(Owner::Session(number)) = self.owner(thread, None) { Some(number) } else { None }
    }

    /// The session of a line: by its id; by its thread where it has none; and where the id is new, the thread's while
    /// that has none yet, or while that is in a body, which may quote any id but does not greet.
    pub fn number(&self, thread: &str, tail: &Tail<'_>) -> Option<u32> {
        match self.owner(thread, tail.connection) {
            Some(Owner::Session(number)) => return Some(number),
            None if tail.connection.is_some() => {}
            _ => return None,
        }
        let number = self.of_thread(thread)?;
        let call = self.live.get(&number)?;
        (call.connection.is_none() || call.session.in_data() && !greets(tail.text)).then_some(number)
    }

    /// Whether nobody uses the connection or thread of a line.
    pub fn may_open(&self, thread: &str, tail: &Tail<'_>) -> bool {
        self.owner(thread, tail.connection).is_none()
    }

    /// The last session of a thread.
    pub fn last(&self, thread: &str) -> Option<&Call> {
        self.live.get(&self.of_thread(thread)?)
    }
}

fn assign(owners: &mut Owners, key: &str, owner: Owner) {
    if let Some(known) = owners.get_mut(key) {
        *known = owner;
    } else {
        owners.insert(key.to_owned(), owner);
    }
}
