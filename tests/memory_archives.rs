//! An archive that unpacks to far more than it is worth is refused before much of it is in memory.

use peak_alloc::PeakAlloc;
use sostrace::source::{Limits, unpack};
use std::io::{Cursor, Read, Write};
use std::path::Path;
use zip::write::SimpleFileOptions;

#[global_allocator]
static HEAP: PeakAlloc = PeakAlloc;

/// What refusing may cost.
const COST: usize = 32 << 20;

/// So many zeros, packed.
fn packed(size: u64, kind: &str) -> Vec<u8> {
    let mut zeros = std::io::repeat(b'0').take(size);
    match kind {
        "gzip" => {
            let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
            std::io::copy(&mut zeros.take(1 << 20), &mut writer).unwrap();
            // Members of a gzip file are one stream.
            writer.finish().unwrap().repeat(usize::try_from(size >> 20).unwrap())
        }
        "zstd" => zstd::encode_all(zeros, 3).unwrap(),
        _ => {
            let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
            writer.start_file("a.txt", SimpleFileOptions::default()).unwrap();
            std::io::copy(&mut zeros, &mut writer).unwrap();
            writer.write_all(b"the end").unwrap();
            writer.finish().unwrap().into_inner()
        }
    }
}

#[test]
fn a_bomb_costs_little_and_what_packs_well_is_read() {
    for kind in ["gzip", "zstd", "zip"] {
        let bomb = packed(96 << 20, kind);
        HEAP.reset_peak_usage();
        let before = HEAP.current_usage();
        let mut refused = Vec::new();
        unpack(Path::new("a"), bomb, &Limits::default(), &mut |_, content| refused.extend(content.err()));
        let cost = HEAP.peak_usage().saturating_sub(before);
        assert!(refused.len() == 1 && refused[0].to_string().contains("far more than logs do"), "{kind}: {refused:?}");
        assert!(cost <= COST, "{kind}: {} MiB", cost >> 20);
        // Below the size from which on the ratio counts, any ratio will do.
        let mut read = Vec::new();
        unpack(Path::new("a"), packed(12 << 20, kind), &Limits::default(), &mut |_, content| {
            read.push(content.map(|bytes| bytes.len() >> 20));
        });
        assert!(matches!(read[..], [Ok(12)]), "{kind}: {read:?}");
    }
}
