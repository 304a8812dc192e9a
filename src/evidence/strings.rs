//! Interned texts: each distinct text is kept once, all of them in one buffer.

use foldhash::fast::FixedState;
use string_interner::backend::StringBackend;
use string_interner::symbol::SymbolU32;
use string_interner::{StringInterner, Symbol};

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

    fn of(symbol: SymbolU32) -> Self {
        Self(super::index(symbol.to_usize()))
    }
}

/// The table of texts. Hashed with a fixed seed: nothing depends on the order of the table, and a run is the same every
/// time.
#[derive(Debug)]
pub struct Strings(StringInterner<StringBackend<SymbolU32>, FixedState>);

impl Default for Strings {
    fn default() -> Self {
        let mut texts = StringInterner::new();
        // The first text has the handle 0.
        texts.get_or_intern_static("");
        Self(texts)
    }
}

impl Strings {
    /// Handle of a text, new or known.
    pub fn intern(&mut self, text: &str) -> Sym {
        if text.is_empty() { Sym::EMPTY } else { Sym::of(self.0.get_or_intern(text)) }
    }

    /// Text of a handle.
    #[must_use]
    pub fn get(&self, sym: Sym) -> &str {
        SymbolU32::try_from_usize(sym.0 as usize).and_then(|symbol| self.0.resolve(symbol)).unwrap_or("")
    }

    /// Handle of a text that is already known.
    #[must_use]
    pub fn find(&self, text: &str) -> Option<Sym> {
        self.0.get(text).map(Sym::of)
    }
}
