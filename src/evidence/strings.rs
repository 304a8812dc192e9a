//! Interned texts: each distinct text is kept once.

use foldhash::fast::FixedState;
use std::collections::HashMap;
use std::sync::Arc;

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
}

/// The table of texts.
#[derive(Debug)]
pub struct Strings {
    texts: Vec<Arc<str>>,
    /// Hashed with a fixed seed: nothing depends on the order of the map, and a run is the same every time.
    known: HashMap<Arc<str>, Sym, FixedState>,
}

impl Default for Strings {
    fn default() -> Self {
        let empty: Arc<str> = Arc::from("");
        Self { texts: vec![Arc::clone(&empty)], known: HashMap::from_iter([(empty, Sym::EMPTY)]) }
    }
}

impl Strings {
    /// Handle of a text, new or known.
    pub fn intern(&mut self, text: &str) -> Sym {
        if text.is_empty() {
            return Sym::EMPTY;
        }
        if let Some(sym) = self.known.get(text) {
            return *sym;
        }
        let sym = Sym(super::index(self.texts.len()));
        let text: Arc<str> = Arc::from(text);
        self.texts.push(Arc::clone(&text));
        self.known.insert(text, sym);
        sym
    }

    /// Text of a handle.
    #[must_use]
    pub fn get(&self, sym: Sym) -> &str {
        self.texts.get(sym.0 as usize).map_or("", |text| text)
    }

    /// Handle of a text that is already known.
    #[must_use]
    pub fn find(&self, text: &str) -> Option<Sym> {
        self.known.get(text).copied()
    }
}
