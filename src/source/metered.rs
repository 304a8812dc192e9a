//! Packed bytes of which it is known how many were taken: a decoder takes them as it needs them.

use std::cell::Cell;
use std::io::{self, Cursor, Read, Seek, SeekFrom};
use std::rc::Rc;

/// Number of bytes that were taken.
#[derive(Clone, Debug, Default)]
pub struct Meter(Rc<Cell<u64>>);

impl Meter {
    /// Bytes since the last reset.
    pub fn taken(&self) -> u64 {
        self.0.get()
    }

    /// Begins anew.
    pub fn reset(&self) {
        self.0.set(0);
    }
}

/// A reader of bytes that tells its meter.
pub struct Metered<'a> {
    bytes: Cursor<&'a [u8]>,
    meter: Meter,
}

impl<'a> Metered<'a> {
    /// Stands at the first byte.
    pub fn new(bytes: &'a [u8], meter: &Meter) -> Self {
        Self { bytes: Cursor::new(bytes), meter: meter.clone() }
    }
}

impl Read for Metered<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = self.bytes.read(into)?;
        self.meter.0.set(self.meter.0.get().saturating_add(count as u64));
        Ok(count)
    }
}

impl Seek for Metered<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.bytes.seek(to)
    }
}
