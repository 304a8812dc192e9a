//! Interned texts: each distinct text is kept once, all of them in one buffer.

use foldhash::fast::FixedState;
use hashbrown::HashTable;
use std::hash::BuildHasher;

/// Handle of an interned text; the default is the empty text.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Sym(u32);

impl Sym {
    /// The empty text.
    pub const EMPTY: Self = Self(0);

    /// Whether the text is empty.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Its place in a table of all handles.
    #[must_use]
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// Handles that [`Strings::intern`] looks at first.
const USUAL: usize = 256;

/// The table of texts. Hashed with a fixed seed: nothing depends on the order of the table, and a run is the same every
/// time.
#[derive(Debug)]
pub struct Strings {
    /// All texts, one behind the other.
    buffer: String,
    /// Where the text of each handle ends in the buffer.
    ends: Vec<usize>,
    /// Hash and handle of each text; the hash is kept so that no text is read again when the table grows.
    table: HashTable<(u32, Sym)>,
    /// The text last seen of each short hash: senders, hosts and ids of the mail at hand come again and again.
    usual: [Sym; USUAL],
}

impl Default for Strings {
    fn default() -> Self {
        // The first text has the handle 0.
        Self { buffer: String::new(), ends: vec![0], table: HashTable::new(), usual: [Sym::EMPTY; USUAL] }
    }
}

impl Strings {
    /// Handle of a text, new or known.
    pub fn intern(&mut self, text: &str) -> Sym {
        if text.is_empty() {
            return Sym::EMPTY;
        }
        let usual = short(text);
        if self.get(self.usual[usual]) == text {
            return self.usual[usual];
        }
        let hash = hash(text);
        let sym = self.known(hash, text).unwrap_or_else(|| self.add(hash, text));
        self.usual[usual] = sym;
        sym
    }

    /// Number of handles, which those of new texts go on from.
    #[must_use]
    #[allow(clippy::len_without_is_empty)] // the empty text is always there
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Text of a handle.
    #[must_use]
    pub fn get(&self, sym: Sym) -> &str {
        let at = sym.index();
        let from = at.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        self.ends.get(at).and_then(|end| self.buffer.get(from..*end)).unwrap_or("")
    }

    /// Handle of a text that is already known.
    #[must_use]
    pub fn find(&self, text: &str) -> Option<Sym> {
        if text.is_empty() { Some(Sym::EMPTY) } else { self.known(hash(text), text) }
    }

    /// Makes room for so many more texts of so many bytes, as far as there is any.
    pub fn make_room(&mut self, texts: usize, bytes: usize) {
        // Room that is not to be had is taken when it is needed.
        let _ = self.buffer.try_reserve(bytes).and_then(|()| self.ends.try_reserve(texts));
        let _ = self.table.try_reserve(texts, |(hash, _)| wide(*hash));
    }

    fn known(&self, hash: u32, text: &str) -> Option<Sym> {
        self.table.find(wide(hash), |(known, sym)| *known == hash && self.get(*sym) == text).map(|(_, sym)| *sym)
    }

    fn add(&mut self, hash: u32, text: &str) -> Sym {
        let sym = Sym(super::index(self.ends.len()));
        self.buffer.push_str(text);
        self.ends.push(self.buffer.len());
        self.table.insert_unique(wide(hash), (hash, sym), |(hash, _)| wide(*hash));
        sym
    }
}

/// The lower half of the hash of a text.
fn hash(text: &str) -> u32 {
    let hash = FixedState::with_seed(0).hash_one(text.as_bytes());
    u32::try_from(hash & u64::from(u32::MAX)).unwrap_or(0)
}

/// The table looks at both ends of a hash.
fn wide(hash: u32) -> u64 {
    u64::from(hash) << 32 | u64::from(hash)
}

/// A number below [`USUAL`] from the length and the ends of a text.
fn short(text: &str) -> usize {
    let bytes = text.as_bytes();
    let (first, last) = (bytes.first().copied().unwrap_or(0), bytes.last().copied().unwrap_or(0));
    (bytes.len().wrapping_mul(31) ^ usize::from(first) ^ usize::from(last).wrapping_mul(7)) % USUAL
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        /// One handle for each text, in order of their coming, whatever room was made.
        #[test]
        fn each_text_is_kept_once(texts in proptest::collection::vec("[abä]{0,3}|x{16,18}y?", 0..200), room in 0_usize..50) {
            let (mut strings, mut known) = (Strings::default(), vec![String::new()]);
            for (at, text) in texts.iter().enumerate() {
                if at % 7 == 0 {
                    strings.make_room(room, room * 3);
                }
                let place = known.iter().position(|other| other == text).unwrap_or(known.len());
                if place == known.len() {
                    proptest::prop_assert_eq!(strings.find(text), None);
                    known.push(text.clone());
                }
                proptest::prop_assert_eq!(strings.intern(text).index(), place);
            }
            for (at, text) in known.iter().enumerate() {
                let sym = strings.find(text);
                proptest::prop_assert_eq!(sym.map(Sym::index), Some(at));
                proptest::prop_assert_eq!(sym.map(|sym| strings.get(sym)), Some(text.as_str()));
            }
            proptest::prop_assert_eq!(strings.len(), known.len());
        }
    }
}
