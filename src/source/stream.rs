//! What comes out of packed bytes, as far as it may. Of the packed ones it is known how many were taken: a decoder takes
//! them as it needs them.

use super::unpack::Limits;
use std::cell::Cell;
use std::io::{self, Cursor, ErrorKind, Read, Seek, SeekFrom};
use std::rc::Rc;
use zip::ZipArchive;

/// Bytes that may come out of so few packed ones before it is worth a look at how many there are in all.
const DOUBTFUL: u64 = 8 << 20;

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

/// A packed stream that can be read again from its beginning.
pub enum Stream<'a, 'b> {
    Gzip(&'b [u8]),
    Zstd(&'b [u8]),
    Member(&'a mut ZipArchive<Metered<'b>>, &'a Meter, usize),
}

impl<'b> Stream<'_, 'b> {
    /// A reader of what is packed, with the count of the packed bytes that it has taken.
    pub fn reader(&mut self) -> io::Result<(Box<dyn Read + '_>, Meter)> {
        let metered = |bytes: &'b [u8]| {
            let meter = Meter::default();
            (Metered::new(bytes, &meter), meter)
        };
        Ok(match self {
            Self::Gzip(bytes) => {
                let (reader, meter) = metered(bytes);
                (Box::new(flate2::read::MultiGzDecoder::new(reader)), meter)
            }
            Self::Zstd(bytes) => {
                let (reader, meter) = metered(bytes);
                (Box::new(zstd::Decoder::new(reader)?), meter)
            }
            Self::Member(archive, meter, at) => {
                meter.reset();
                (Box::new(archive.by_index(*at)?), (*meter).clone())
            }
        })
    }
}

/// Why unpacking stopped.
pub enum Trouble {
    TooLarge,
    /// So much comes out of so little that nothing is kept until the whole is known.
    Doubtful,
    Damaged(io::Error),
}

/// Whether so much came out of so few packed bytes that it is worth a look at how much there is in all.
pub fn doubtful(size: u64, taken: u64, limits: &Limits) -> bool {
    size > DOUBTFUL && size > taken.saturating_mul(limits.ratio)
}

/// Reads to the end within the limits, or until there is doubt about the size so far.
pub fn pour(
    reader: &mut dyn Read,
    packed: u64,
    limits: &Limits,
    left: &mut u64,
    doubt: &dyn Fn(u64) -> bool,
    keep: &mut dyn FnMut(&[u8]),
) -> Result<(), Trouble> {
    let (mut chunk, mut size) = (vec![0; 64 << 10], 0_u64);
    loop {
        let count = match reader.read(&mut chunk) {
            Ok(0) => return Ok(()),
            Ok(count) => count,
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) => return Err(Trouble::Damaged(error)),
        };
        let bytes = u64::try_from(count).unwrap_or(u64::MAX);
        size = size.saturating_add(bytes);
        *left = left.checked_sub(bytes).ok_or(Trouble::TooLarge)?;
        if size > limits.large && size > packed.saturating_mul(limits.ratio) {
            return Err(Trouble::TooLarge);
        }
        if doubt(size) {
            return Err(Trouble::Doubtful);
        }
        keep(&chunk[..count]);
    }
}
