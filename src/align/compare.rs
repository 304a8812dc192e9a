//! Whether two records can speak of the same mail.

use super::Map;
use crate::evidence::{Evidence, Store, Strings, Sym};
use crate::smtp::{decoded, fold_address_onto, squeeze, squeeze_onto};

/// A text as it is compared, and whether it may go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub struct Part {
    /// Folded text.
    pub text: Sym,
    /// The source cut it here.
    pub cut: bool,
}

impl Part {
    /// Nothing is told.
    pub fn is_empty(self) -> bool {
        self.text.is_empty()
    }
}

/// Whether two texts, each of which may be cut, can be the same; an empty one says nothing against it.
pub fn agree((one, one_cut): (&str, bool), (other, other_cut): (&str, bool)) -> bool {
    one.is_empty() || other.is_empty() || same((one, one_cut), (other, other_cut))
}

/// Whether two texts are the same as far as they go.
fn same((one, one_cut): (&str, bool), (other, other_cut): (&str, bool)) -> bool {
    one == other || (one_cut && other.starts_with(one)) || (other_cut && one.starts_with(other))
}

/// The records of a run with their texts as they are compared. Each text is folded once, and two that are the same then
/// have one handle: to compare them takes no look at their letters.
pub struct Texts<'a> {
    /// The records.
    pub store: &'a Store,
    folds: Folds,
}

impl<'a> Texts<'a> {
    /// Folds all texts by which records are compared.
    pub fn of(store: &'a mut Store) -> Self {
        let folds = Folds::of(store);
        Self { store, folds }
    }

    /// A text, folded or not.
    pub fn text(&self, sym: Sym) -> &'a str {
        self.store.text(sym)
    }

    /// Recipient of a record.
    pub fn recipient(&self, record: &Evidence) -> Part {
        Part { text: self.address(record.recipient), cut: record.cut.recipient }
    }

    /// Sender of a record.
    pub fn sender(&self, record: &Evidence) -> Part {
        Part { text: self.address(record.sender), cut: record.cut.sender }
    }

    /// Subject of a record, decoded and without white space: exports fold and trim it differently.
    pub fn subject(&self, record: &Evidence) -> Part {
        Part { text: self.folds.subjects.of(record.subject), cut: record.cut.subject }
    }

    /// Message-ID of a record: lower case, without the brackets that some exports leave out.
    pub fn message_id(&self, record: &Evidence) -> Sym {
        self.address(record.message_id)
    }

    /// An address, an id or a name as it is compared.
    pub fn address(&self, sym: Sym) -> Sym {
        self.folds.addresses.of(sym)
    }

    /// SAP key as it is compared, and what may be one in a folded Message-ID; empty where no request has it.
    pub fn key(&self, sym: Sym) -> Sym {
        self.folds.keys.of(sym)
    }

    /// Whether both can be the same text; an empty one says nothing against it.
    pub fn agree(&self, one: Part, other: Part) -> bool {
        one.is_empty() || other.is_empty() || self.same(one, other)
    }

    /// Whether both are the same text as far as they go.
    pub fn same(&self, one: Part, other: Part) -> bool {
        let prefix = || same((self.text(one.text), one.cut), (self.text(other.text), other.cut));
        one.text == other.text || (one.cut || other.cut) && prefix()
    }
}

/// Handles of folded texts by the handle of the text.
#[derive(Default)]
struct Fold(Vec<Sym>);

impl Fold {
    fn of(&self, sym: Sym) -> Sym {
        self.0.get(sym.index()).copied().unwrap_or_default()
    }

    fn slot(&mut self, sym: Sym) -> &mut Sym {
        if self.0.len() <= sym.index() {
            self.0.resize(sym.index() + 1, Sym::EMPTY);
        }
        &mut self.0[sym.index()]
    }

    /// Folds a text unless that is done; `onto` writes the folded one.
    fn add(&mut self, strings: &mut Strings, sym: Sym, room: &mut String, onto: fn(&mut String, &str)) {
        let slot = self.slot(sym);
        if slot.is_empty() && !sym.is_empty() {
            room.clear();
            onto(room, strings.get(sym));
            *slot = if room == strings.get(sym) { sym } else { strings.intern(room) };
        }
    }
}

#[derive(Default)]
struct Folds {
    addresses: Fold,
    subjects: Fold,
    keys: Fold,
}

impl Folds {
    fn of(store: &mut Store) -> Self {
        let (mut out, mut room) = (Self::default(), String::new());
        let Store { strings, records, sap, relay, .. } = store;
        for facts in sap.iter() {
            out.keys.add(strings, facts.key, &mut room, |room, key| squeeze_onto(room, inner_local(key)));
            for sym in [facts.system, facts.client] {
                out.addresses.add(strings, sym, &mut room, fold_address_onto);
            }
        }
        for record in records.iter() {
            for sym in [record.sender, record.recipient, record.message_id] {
                out.addresses.add(strings, sym, &mut room, fold_address_onto);
            }
            out.subjects.add(strings, record.subject, &mut room, |room, subject| squeeze_onto(room, &decoded(subject)));
        }
        for facts in relay.iter() {
            out.addresses.add(strings, facts.original, &mut room, fold_address_onto);
        }
        if out.keys.0.iter().any(|key| !key.is_empty()) {
            for record in records.iter() {
                out.keyed(strings, out.addresses.of(record.message_id), &mut room);
            }
        }
        out
    }

    /// A Message-ID holds a key only where some request has that.
    fn keyed(&mut self, strings: &Strings, message_id: Sym, room: &mut String) {
        let slot = self.keys.slot(message_id);
        if slot.is_empty() && !message_id.is_empty() {
            room.clear();
            squeeze_onto(room, inner_local(strings.get(message_id)));
            *slot = strings.find(room).unwrap_or_default();
        }
    }
}

/// Part of a Message-ID before `@`, lower case without blanks: what the SAP key is compared with.
pub fn local_part(message_id: &str) -> String {
    squeeze(inner_local(message_id))
}

fn inner_local(message_id: &str) -> &str {
    let inner = message_id.trim().trim_start_matches('<').trim_end_matches('>');
    inner.split_once('@').map_or(inner, |(local, _)| local)
}

/// Number of squeezed characters that two replies share at their beginning.
pub fn shared_prefix(a: &str, b: &str) -> usize {
    a.chars().zip(b.chars()).take_while(|(x, y)| x == y).count()
}

/// What bears a name that several may bear, by its index.
#[derive(Default)]
pub struct ByName {
    first: Map<Sym, u32>,
    /// The next one of the same name; itself for the last.
    next: Vec<u32>,
}

impl ByName {
    /// Puts those with a name where they are found.
    pub fn of(names: impl DoubleEndedIterator<Item = Sym> + ExactSizeIterator) -> Self {
        let mut out = Self { first: Map::default(), next: (0..crate::evidence::index(names.len())).collect() };
        for (at, name) in names.enumerate().rev().filter(|(_, name)| !name.is_empty()) {
            let at = crate::evidence::index(at);
            if let Some(behind) = out.first.insert(name, at) {
                out.next[at as usize] = behind;
            }
        }
        out
    }

    /// All of a name in their order.
    pub fn all(&self, name: Sym) -> impl Iterator<Item = usize> {
        let next = |at: &u32| self.next.get(*at as usize).copied().filter(|next| next != at);
        std::iter::successors(self.first.get(&name).copied(), next).map(|at| at as usize)
    }
}
