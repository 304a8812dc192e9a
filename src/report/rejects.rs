//! Lines that were not understood: `LABEL:LINE`, reason and text with tabs between them.

use super::clean;
use crate::pipeline::Reading;
use std::io::{self, Write};

/// Writes all that were collected.
///
/// # Errors
/// Those of the stream.
pub fn rejects(reading: &Reading, out: &mut dyn Write) -> io::Result<()> {
    for reject in &reading.rejects {
        let label = reading.sources.get(reject.source).map_or("", |source| source.label.as_str());
        writeln!(out, "{}:{}\t{}\t{}", clean(label), reject.line, clean(&reject.reason), clean(&reject.text))?;
    }
    Ok(())
}
